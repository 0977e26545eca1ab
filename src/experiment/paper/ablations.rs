//! 4. Ablations on every split, in all heads and in each.

use super::parts::{Runs, SKILL, ablation_chart, coin, models, named, number, open, seeds, without};
use crate::analysis::{Ablation, Term, Tower};
use crate::config::Config;
use crate::experiment::{Experiment, Job, Measure, Measurement, Scale, Summary, Verdict, label};
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

fn per_head() -> impl Iterator<Item = Ablation> {
    let heads = 0..Config::default().heads;
    heads.map(|head| Ablation { tower: Tower::Vision, terms: vec![Term::EP], strength: 0.0, heads: Some(vec![head]) })
}

fn jobs(scale: Scale) -> Vec<Job> {
    let splits = Split::ALL.to_vec();
    let mut measures = vec![Measure::Accuracies(splits.clone()), Measure::Slopes];
    measures.extend(TERMS.map(|term| match without(&[term]) {
        Measure::Ablation(ablation, _) => Measure::Ablation(ablation, splits.clone()),
        other => other,
    }));
    measures.extend(pairs().map(|pair| without(&pair)));
    measures.extend(per_head().map(|ablation| Measure::Ablation(ablation, vec![Split::Unseen])));
    seeds(&Config::default(), scale.pick(2, 4, 8), 1000, &measures)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let singles: Vec<String> = TERMS.iter().map(|term| named(&[*term])).collect();
    let doubles: Vec<String> = pairs().map(|pair| named(&pair)).collect();
    let heads: Vec<String> = per_head().map(|ablation| label(&ablation)).collect();
    let chart =
        |title: &str, names: &[String], metric: &str| ablation_chart(&runs, title, names, metric, (metric == "order").then_some(0.5));
    let charts = vec![
        chart("order on unseen pairs without a term", &singles, "order"),
        chart("recognition on unseen pairs without a term", &singles, "recognition"),
        chart("retrieval on unseen pairs without two terms", &doubles, "retrieval"),
        chart("order on unseen pairs without EP in one head", &heads, "order"),
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
