//! 10. Three objects.

use super::parts::{Runs, ablation_chart, models, named, open, preset, seeds, without};
use crate::analysis::Term;
use crate::config::Config;
use crate::experiment::{Experiment, Job, Measure, Measurement, Scale, Summary, Verdict};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 10,
    name: "three",
    title: "Three objects",
    claim: "The mechanism replicates with three objects: unseen triples are ordered right, and without EP no longer.",
    rule: "With 15 labels in triples and with 8: median order on unseen triples (chance 1/6, against all five other orders) at least 0.8; without EP at most 0.3, with recognition within 0.1 of before. All six reproduce it, some partly.",
    jobs,
    summarise,
};

const TERMS: [Term; 5] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::VP];

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes];
    measures.extend(TERMS.map(|term| without(&[term])));
    // Of 15 labels' 2730 triples a batch holds one single object a step; 8 labels make 336.
    let of = |pair_labels, count| seeds(&Config { pair_labels, ..preset("three") }, count, 2000, &measures);
    [of(8, scale.pick(2, 2, 5)), of(15, scale.pick(0, 1, 5))].concat()
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let sets: Vec<(u32, Runs)> = [8, 15]
        .into_iter()
        .filter(|labels| jobs.iter().any(|job| job.config.pair_labels == *labels))
        .map(|labels| (labels, runs.whose(move |c: &Config| c.pair_labels == labels)))
        .collect();
    let names = TERMS.map(|term| named(&[term]));
    let chart = |(labels, runs): &(u32, Runs), metric: &str, chance: Option<f64>| {
        ablation_chart(runs, &format!("{metric} on unseen triples without a term, {labels} labels in triples"), &names, metric, chance)
    };
    let charts = sets.iter().flat_map(|set| [chart(set, "order", Some(1.0 / 6.0)), chart(set, "recognition", None)]).collect();
    if sets.iter().any(|(_, runs)| runs.count() == 0) {
        return open(charts);
    }
    let text = |(labels, runs): &(u32, Runs)| {
        format!(
            "With {labels} labels in triples, over {}, order is {} on seen and {} on unseen triples (chance 0.17), recognition {}, retrieval on single objects {}; without EP order is {} and recognition {}.",
            models(runs.count()),
            runs.text("seen.order"),
            runs.text("unseen.order"),
            runs.text("unseen.recognition"),
            runs.text("single.retrieval"),
            runs.text("EP unseen.order"),
            runs.text("EP unseen.recognition"),
        )
    };
    let parts = |(_, runs): &(u32, Runs)| {
        [
            runs.median("unseen.order") >= 0.8,
            runs.median("EP unseen.order") <= 0.3,
            (runs.median("EP unseen.recognition") - runs.median("unseen.recognition")).abs() <= 0.1,
        ]
    };
    let finding = sets.iter().map(text).collect::<Vec<_>>().join(" ");
    Summary { verdict: Verdict::of(&sets.iter().flat_map(parts).collect::<Vec<_>>()), finding, charts }
}
