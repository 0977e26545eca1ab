//! 4. Ablations on every split, in all heads and in each.

use super::parts::{Runs, SKILL, ablation_chart, coin, models, named, number, open, seeds};
use crate::analysis::{Ablation, Term, Tower};
use crate::config::Config;
use crate::experiment::{Chart, Experiment, Job, Measure, Measurement, Scale, Summary, Verdict, label, scaled};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 4,
    name: "ablations",
    title: "Cutting terms",
    claim: "Without EP, unseen-pair accuracy falls from about 0.9 to about 0.5 while both objects are still recognised; without PE or PP almost nothing changes; without BP there is a moderate drop; without EP and VP it is about 0.5.",
    rule: "Medians over seeds: without EP, order 0.4 to 0.6 and recognition within 0.05 of before; without PE and without PP, retrieval within 0.03 of before; without BP, 0.05 to 0.3 below it; without EP and VP, order 0.4 to 0.6. All four reproduce it, some partly.",
    jobs,
    summarise,
};

const TERMS: [Term; 7] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::BE, Term::EE, Term::VP];

fn pairs() -> impl Iterator<Item = [Term; 2]> {
    (0..TERMS.len()).flat_map(|i| (i + 1..TERMS.len()).map(move |j| [TERMS[i], TERMS[j]]))
}

/// One term in one head, head by head.
fn per_head() -> impl Iterator<Item = Ablation> {
    let cut = |head, term| Ablation { tower: Tower::Vision, layer: 1, terms: vec![term], strength: 0.0, heads: Some(vec![head]) };
    (0..Config::default().heads).flat_map(move |head| TERMS.map(|term| cut(head, term)))
}

fn jobs(scale: Scale) -> Vec<Job> {
    let splits = Split::ALL.to_vec();
    let mut measures = vec![Measure::Accuracies(splits.clone()), Measure::Slopes];
    let cuts = TERMS.iter().map(|term| scaled(&[*term], 0.0)).chain(pairs().map(|pair| scaled(&pair, 0.0))).chain(per_head());
    measures.extend(cuts.map(|cut| Measure::Ablation(cut, splits.clone())));
    seeds(&Config::default(), scale.pick(2, 4, 8), 1000, &measures)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let singles: Vec<String> = TERMS.iter().map(|term| named(&[*term])).collect();
    let doubles: Vec<String> = pairs().map(|pair| named(&pair)).collect();
    let chart =
        |title: &str, names: &[String], metric: &str| ablation_chart(&runs, title, names, metric, (metric == "order").then_some(0.5));
    let columns: Vec<String> = TERMS.iter().map(|term| term.name().to_owned()).collect();
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
    let by_split = Split::ALL.iter().flat_map(|split| singles.iter().map(|name| format!("{name} {}.retrieval", split.name())));
    let first = runs.iter().next();
    let by_head = per_head().map(|cut| first.and_then(|(_, values)| values.get(&format!("{} unseen.order", label(&cut))).copied()));
    let charts = vec![
        chart("order on unseen pairs without a term", &singles, "order"),
        chart("recognition on unseen pairs without a term", &singles, "recognition"),
        chart("retrieval on unseen pairs without two terms", &doubles, "retrieval"),
        map(
            "retrieval on every split without a term, median",
            "split",
            Split::ALL.map(|split| split.name().to_owned()).into(),
            by_split.map(|key| runs.spread(&key).map(|spread| spread.median)).collect(),
        ),
        map(
            "order on unseen pairs without a term in one head, first seed",
            "head",
            (0..Config::default().heads).map(|head| head.to_string()).collect(),
            by_head.collect(),
        ),
    ];
    if runs.count() == 0 {
        return open(charts);
    }
    let ep_vp = named(&[Term::EP, Term::VP]);
    let drop = |term: &str| runs.median("unseen.retrieval") - runs.median(&format!("{term} unseen.retrieval"));
    let kept = (runs.median("EP unseen.recognition") - runs.median("unseen.recognition")).abs() <= 0.05;
    let cut = runs.holds(|v| number(v, "unseen.order") >= SKILL && coin(number(v, "EP unseen.order")));
    let finding = format!(
        "Over {}, retrieval on unseen pairs is {}. Without EP order is {} and recognition {} (at chance in {cut} of {}); retrieval drops by {:.3} without PE, {:.3} without PP, {:.3} without BP, {:.3} without VP; without EP and VP order is {}.",
        models(runs.count()),
        runs.text("unseen.retrieval"),
        runs.text("EP unseen.order"),
        runs.text("EP unseen.recognition"),
        runs.count(),
        drop("PE"),
        drop("PP"),
        drop("BP"),
        drop("VP"),
        runs.text(&format!("{ep_vp} unseen.order")),
    );
    let parts = [
        coin(runs.median("EP unseen.order")) && kept,
        drop("PE").abs() <= 0.03 && drop("PP").abs() <= 0.03,
        (0.05..=0.3).contains(&drop("BP")),
        coin(runs.median(&format!("{ep_vp} unseen.order"))),
    ];
    Summary { verdict: Verdict::of(&parts), finding, charts }
}
