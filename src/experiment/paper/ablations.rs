//! 4. Ablations on every split, in all heads and in each.

use super::super::stats::NO_NUMBER;
use super::parts::{
    COIN, EFFECTIVE, Runs, SKILL, ablation_chart, after, chance, cut, models, number, open, seeds, under,
};
use crate::analysis::{Ablation, Score, Term};
use crate::config::Config;
use crate::experiment::{
    Bound, Chart, Condition, Criterion, Experiment, Intervention, Job, Measure, Measurement, Metric, Scale,
    Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 4,
    name: "ablations",
    title: "Cutting terms",
    claim: "Without EP, unseen-pair accuracy falls from about 0.9 to about 0.5 while both objects are still recognised; without PE or PP almost nothing changes; without BP there is a moderate drop; without EP and VP it is about 0.5.",
    rule: "Medians over seeds: without EP, order 0.4 to 0.6 and recognition within 0.05 of before; without PE and without PP, retrieval within 0.03 of before; without BP, 0.05 to 0.3 below it; without EP and VP, order 0.4 to 0.6. All four reproduce it, some partly.",
    jobs,
    summarise,
};

fn pairs() -> impl Iterator<Item = [Term; 2]> {
    (0..EFFECTIVE.len()).flat_map(|i| (i + 1..EFFECTIVE.len()).map(move |j| [EFFECTIVE[i], EFFECTIVE[j]]))
}

/// One term in one head, head by head.
fn per_head() -> impl Iterator<Item = Ablation> {
    let in_head = |head, term| Ablation {
        heads: Some(vec![head]),
        ..cut(&[term])
    };
    (0..Config::default().heads).flat_map(move |head| EFFECTIVE.map(|term| in_head(head, term)))
}

fn jobs(scale: Scale) -> Vec<Job> {
    let splits = Split::ALL.to_vec();
    let mut measures = vec![Measure::Accuracies(splits.clone()), Measure::Slopes];
    let cuts = EFFECTIVE
        .iter()
        .map(|term| cut(&[*term]))
        .chain(pairs().map(|pair| cut(&pair)))
        .chain(per_head());
    measures.extend(cuts.map(|ablation| Measure::Ablation(ablation, splits.clone())));
    seeds(&Config::default(), scale.pick(2, 4, 16), 1000, &measures)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let singles = EFFECTIVE.map(|term| cut(&[term]));
    let doubles: Vec<Ablation> = pairs().map(|pair| cut(&pair)).collect();
    let chart = |title: &str, ablations: &[Ablation], score| {
        ablation_chart(&runs, title, ablations, score, chance(score))
    };
    let columns: Vec<String> = EFFECTIVE.iter().map(|term| term.name().to_owned()).collect();
    let map = |title: &str, y_label: &str, rows: Vec<String>, cells: Vec<Option<f64>>| Chart::Map {
        title: title.to_owned(),
        x_label: "term cut".to_owned(),
        columns: columns.clone(),
        y_label: y_label.to_owned(),
        rows,
        cells,
        range: [0.0, 1.0],
        names: Vec::new(),
    };
    let retrieval = |split, ablation: &Ablation| {
        Metric::Accuracy(Intervention::Ablation(ablation.clone()), split, Score::Retrieval)
    };
    let by_split = Split::ALL
        .into_iter()
        .flat_map(|split| singles.iter().map(move |ablation| retrieval(split, ablation)));
    let first = runs.iter().next();
    let by_head =
        per_head().map(|ablation| first.and_then(|(_, values)| values.get(&under(&ablation, Score::Order))));
    let charts = vec![
        chart("order on unseen pairs without a term", &singles, Score::Order),
        chart(
            "recognition on unseen pairs without a term",
            &singles,
            Score::Recognition,
        ),
        chart(
            "retrieval on unseen pairs without two terms",
            &doubles,
            Score::Retrieval,
        ),
        map(
            "retrieval on every split without a term, median",
            "split",
            Split::ALL.map(|split| split.name().to_owned()).into(),
            by_split
                .map(|metric| runs.spread(&metric).map(|spread| spread.median))
                .collect(),
        ),
        map(
            "order on unseen pairs without a term in one head, first seed",
            "head",
            (0..Config::default().heads)
                .map(|head| head.to_string())
                .collect(),
            by_head.collect(),
        ),
    ];
    if runs.count() == 0 {
        return open(charts);
    }
    let ep_vp = after(&[Term::EP, Term::VP], Score::Order);
    let drop = |term| {
        runs.median(&Metric::unseen(Score::Retrieval)) - runs.median(&after(&[term], Score::Retrieval))
    };
    let told = |term| {
        Some(drop(term))
            .filter(|x| x.is_finite())
            .map_or_else(|| NO_NUMBER.to_owned(), |x| format!("{x:.3}"))
    };
    let cuts = runs.holds(|v| {
        number(v, &Metric::unseen(Score::Order)) >= SKILL
            && COIN.holds(number(v, &after(&[Term::EP], Score::Order)))
    });
    let finding = format!(
        "Over {}, retrieval on unseen pairs is {}. Without EP order is {} and recognition {} (at chance in {cuts} of {}); retrieval drops by {} without PE, {} without PP, {} without BP, {} without VP; without EP and VP order is {}.",
        models(runs.count()),
        runs.text(&Metric::unseen(Score::Retrieval)),
        runs.text(&after(&[Term::EP], Score::Order)),
        runs.text(&after(&[Term::EP], Score::Recognition)),
        runs.count(),
        told(Term::PE),
        told(Term::PP),
        told(Term::BP),
        told(Term::VP),
        runs.text(&ep_vp),
    );
    let recognition = runs.median(&after(&[Term::EP], Score::Recognition))
        - runs.median(&Metric::unseen(Score::Recognition));
    let criteria = vec![
        Criterion(vec![
            Condition::new(
                "order without EP",
                runs.median(&after(&[Term::EP], Score::Order)),
                COIN,
            ),
            Condition::new(
                "change of recognition without EP",
                recognition,
                Bound::Between(-0.05, 0.05),
            ),
        ]),
        Criterion(
            [Term::PE, Term::PP]
                .map(|term| {
                    let what = format!("drop of retrieval without {}", term.name());
                    Condition::new(what, drop(term), Bound::Between(-0.03, 0.03))
                })
                .into(),
        ),
        Condition::new(
            "drop of retrieval without BP",
            drop(Term::BP),
            Bound::Between(0.05, 0.3),
        )
        .into(),
        Condition::new("order without EP and VP", runs.median(&ep_vp), COIN).into(),
    ];
    Summary::decided(criteria, finding, charts)
}
