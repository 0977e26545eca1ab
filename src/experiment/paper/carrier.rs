//! 17. What carries order, from its first step on.

use super::super::job::course;
use super::parts::{COIN, EFFECTIVE, after, models, number, open, over_steps, seeds, without};
use crate::analysis::{Score, Term};
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Scale, Series, Spread,
    Summary, Values,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 17,
    name: "carrier",
    title: "What carries order, from the start",
    claim: "EP carries order from the moment there is any, and no term hands it over: experiment 16 finds the ability before the slope because a slight slope is enough.",
    rule: "Of all snapshots, over seeds, with order on unseen pairs of at least 0.6: in at least 0.95 order is 0.4 to 0.6 without EP; in at least 0.95 each other term but EE, and each pair of them, leaves more than half of what is above chance; and at a seed's first such snapshot the slope has at most a tenth of its final size (median). All three reproduce it, some partly.",
    jobs,
    summarise,
};

/// Order from which on a snapshot counts as able.
const ABLE: f64 = 0.6;

/// Every term that changes a row, and VP, alone and in pairs.
fn cuts() -> Vec<Vec<Term>> {
    let alone = EFFECTIVE.iter().map(|term| vec![*term]);
    let pairs = EFFECTIVE
        .iter()
        .enumerate()
        .flat_map(|(i, a)| EFFECTIVE[..i].iter().map(move |b| vec![*b, *a]));
    alone.chain(pairs).collect()
}

/// The cuts that leave EP, and EE, by which the objects are found.
fn others() -> Vec<Vec<Term>> {
    let keeps = |terms: &Vec<Term>| !terms.contains(&Term::EP) && !terms.contains(&Term::EE);
    cuts().into_iter().filter(keeps).collect()
}

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Slopes];
    measures.extend(cuts().iter().map(|terms| without(terms)));
    let every = scale.pick(20, 20, 5);
    let jobs = seeds(&Config::default(), scale.pick(4, 4, 16), 500, &measures);
    jobs.into_iter().map(|job| Job { every, ..job }).collect()
}

/// What a cut leaves of order above chance, as a part of all of it.
fn left(values: &Values, terms: &[Term]) -> f64 {
    (number(values, &after(terms, Score::Order)) - 0.5)
        / (number(values, &Metric::unseen(Score::Order)) - 0.5)
}

/// One seed's snapshots, from its first able one on; none where it never is.
struct Run<'a> {
    /// The step of the first.
    first: u32,
    /// The slope there, as a part of the final one.
    slope: f64,
    able: Vec<&'a Values>,
}

impl<'a> Run<'a> {
    fn new(place: u32, job: &Job, measurements: &'a [Measurement]) -> Option<Run<'a>> {
        let run = course(place, job, measurements)?;
        let last = run.last()?;
        let able = |m: &&Measurement| number(&m.values, &Metric::unseen(Score::Order)) >= ABLE;
        let first = *run.iter().copied().find(able).as_ref()?;
        let slope = |m: &Measurement| number(&m.values, &Metric::Slope).abs();
        Some(Run {
            first: first.step,
            slope: slope(first) / slope(last),
            able: run.into_iter().filter(able).map(|m| &m.values).collect(),
        })
    }
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let order = |name: &str, metric: Metric| over_steps(measurements, name, |v| v.get(&metric));
    let under = |term: &Term| order(&format!("{} cut", term.name()), after(&[*term], Score::Order));
    let nothing = order("nothing cut", Metric::unseen(Score::Order));
    let series = std::iter::once(nothing).chain(EFFECTIVE.iter().map(under));
    let steepness = over_steps(measurements, "slope", |v| v.get(&Metric::Slope).map(f64::abs));
    let charts = vec![
        Chart::Lines {
            title: "order on unseen pairs, a term cut at each snapshot".to_owned(),
            x: Axis::fitted("step"),
            y: Axis::share("order"),
            series: series
                .filter(|Series { points, .. }| !points.is_empty())
                .collect(),
        },
        Chart::Lines {
            title: "EP slope of the steepest head".to_owned(),
            x: Axis::fitted("step"),
            y: Axis::fitted("|slope|, logits per pixel"),
            series: vec![steepness],
        },
    ];
    let runs: Vec<Run> = (0..)
        .zip(jobs)
        .filter_map(|(place, job)| Run::new(place, job, measurements))
        .collect();
    let (Some(first), Some(slope)) = (
        Spread::finite(runs.iter().map(|run| f64::from(run.first))),
        Spread::finite(runs.iter().map(|run| run.slope)),
    ) else {
        return open(charts);
    };
    let able: Vec<&Values> = runs.iter().flat_map(|run| run.able.iter().copied()).collect();
    let holds = |law: &dyn Fn(&Values) -> bool| able.iter().filter(|values| law(values)).count();
    let by_ep = holds(&|v| COIN.holds(number(v, &after(&[Term::EP], Score::Order))));
    let others = others();
    let kept = holds(&|v| others.iter().all(|terms| left(v, terms) > 0.5));
    let worst = |v: &Values| others.iter().map(|terms| left(v, terms)).fold(f64::NAN, f64::min);
    let leaves = Spread::finite(able.iter().map(|v| worst(v)));
    let finding = format!(
        "Over {}, order first reaches {ABLE} at step {:.0}, where the slope has {slope} of its final size. Of the {} snapshots from there on with such an order, it is a coin toss without EP in {by_ep}; every other cut, of one term or two, leaves more than half of what is above chance in {kept}, the worst of them {}.",
        models(runs.len()),
        first.median,
        able.len(),
        leaves.map_or_else(|| "–".to_owned(), |spread| spread.to_string()),
    );
    let most = Bound::AtLeast(0.95);
    let criteria = vec![
        Condition::share("able snapshots that EP carries", by_ep, able.len(), most).into(),
        Condition::share("able snapshots that no other cut halves", kept, able.len(), most).into(),
        Condition::new(
            "slope at the first able one, of the final",
            slope.median,
            Bound::AtMost(0.1),
        )
        .into(),
    ];
    Summary::decided(criteria, finding, charts)
}
