//! 9. Two dimensions.

use super::parts::{
    ABLATED, COIN, HEADS, Runs, SKILL, ablation_chart, after, cut, models, number, open, seeds, to_plateau,
    without,
};
use super::subsets;
use crate::analysis::{Score, Term};
use crate::config::{Preset, ValidConfig};
use crate::experiment::{
    Bound, Chart, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric, Scale, Summary, Values,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 9,
    name: "grid",
    title: "Two dimensions",
    claim: "The mechanism is the same on a 4 x 4 grid: EP falls from left to right, and without it the order is lost.",
    rule: "Median order on unseen pairs at least 0.9, and 0.4 to 0.6 without EP, for left of and for left of and above together. All four reproduce it, some partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![
        Measure::Accuracies(Split::ALL.to_vec()),
        Measure::Slopes,
        Measure::EpRows,
    ];
    measures.extend(ABLATED.map(|term| without(&[term])));
    if scale == Scale::Full {
        subsets::add(&mut measures);
    }
    let count = scale.pick(1, 2, 5);
    let jobs = |preset: Preset, steps| seeds(&preset.config(), count, steps, &measures);
    // Two relations take longer: at step 1500 order on unseen pairs is 0.78.
    let jobs = [
        jobs(Preset::Grid, 1500),
        jobs(Preset::GridAbove, scale.pick(5000, 6000, 6000)),
    ];
    to_plateau(jobs.concat(), scale)
}

/// One head's EP over the cells.
fn map(values: &Values, relation: &str, head: u32, side: u32) -> Option<Chart> {
    let cells: Vec<Option<f64>> = (0..side * side)
        .map(|i| values.get(&Metric::Ep(head, i)))
        .collect();
    let most = cells.iter().flatten().fold(1.0f64, |most, x| most.max(x.abs()));
    cells[0].is_some().then(|| Chart::Map {
        title: format!("EP, {relation}, head {head}, first seed"),
        x_label: "column".to_owned(),
        columns: (1..=side).map(|i| i.to_string()).collect(),
        y_label: "row".to_owned(),
        rows: (1..=side).map(|i| i.to_string()).collect(),
        cells,
        range: [-most, most],
        names: Vec::new(),
    })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let with = |above: bool| runs.whose(move |c: &ValidConfig| c.above == above);
    let (left, both) = (with(false), with(true));
    let mut charts = Vec::new();
    for (name, runs) in [("left of", &left), ("left of and above", &both)] {
        let title = format!("order on unseen pairs without a term, {name}");
        charts.push(ablation_chart(
            runs,
            &title,
            &ABLATED.map(|term| cut(&[term])),
            Score::Order,
            Some(0.5),
        ));
        if let Some((config, values)) = runs.iter().next() {
            charts
                .extend((0..config.heads).filter_map(|head| map(values, name, head, config.pixels.isqrt())));
        }
    }
    if left.count() == 0 || both.count() == 0 {
        return open(charts);
    }
    // The steepest slope across columns and down rows, of any head.
    let steepest = |runs: &Runs, metric: fn(u32) -> Metric| {
        let most = |v: &Values| {
            (0..HEADS)
                .map(|head| number(v, &metric(head)).abs())
                .filter(|x| x.is_finite())
                .fold(0.0, f64::max)
        };
        runs.told(most)
    };
    let text = |name: &str, runs: &Runs| {
        format!(
            "{name}: order on unseen pairs {}, without EP {} (recognition {}); EP's steepest slope is {} logits per column and {} per row",
            runs.text(&Metric::unseen(Score::Order)),
            runs.text(&after(&[Term::EP], Score::Order)),
            runs.text(&after(&[Term::EP], Score::Recognition)),
            steepest(runs, Metric::HeadSlope),
            steepest(runs, Metric::Down),
        )
    };
    let finding = format!(
        "{}. {}. Over {}{}.{}",
        text("Left of", &left),
        text("Left of and above", &both),
        models(runs.count()),
        runs.until(),
        subsets::sentence(&[("left of", &left), ("left of and above", &both)], COIN),
    );
    let criteria = [("left of", &left), ("left of and above", &both)].into_iter();
    let criteria = criteria.flat_map(|(which, runs)| {
        let (whole, cut) = (Metric::unseen(Score::Order), after(&[Term::EP], Score::Order));
        [
            Condition::new(
                format!("{which}: order"),
                runs.median(&whole),
                Bound::AtLeast(SKILL),
            ),
            Condition::new(format!("{which}: order without EP"), runs.median(&cut), COIN),
        ]
    });
    let criteria = criteria.map(Criterion::from).collect();
    Summary::decided(criteria, finding, charts)
}
