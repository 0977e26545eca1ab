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
    claim: "The mechanism orders three objects too: unseen triples are ordered right, and without EP no longer.",
    rule: "Median order on unseen triples (chance 1/6, against all five other orders) at least 0.8; without EP at most 0.3, with recognition within 0.1 of before. All three reproduce it, some partly.",
    jobs,
    summarise,
};

const TERMS: [Term; 5] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::VP];

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes];
    measures.extend(TERMS.map(|term| without(&[term])));
    // Eight labels make 336 triples; of fifteen labels' 2730 a batch would hold one single object a step.
    let base = Config { pair_labels: 8, ..preset("three") };
    seeds(&base, scale.pick(2, 2, 5), 2000, &measures)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let names = TERMS.map(|term| named(&[term]));
    let charts = vec![
        ablation_chart(&runs, "order on unseen triples without a term", &names, "order", Some(1.0 / 6.0)),
        ablation_chart(&runs, "recognition on unseen triples without a term", &names, "recognition", None),
    ];
    if runs.count() == 0 {
        return open(charts);
    }
    let finding = format!(
        "Over {}, order is {} on seen and {} on unseen triples (chance 0.17), recognition {}; without EP order is {} and recognition {}.",
        models(runs.count()),
        runs.text("seen.order"),
        runs.text("unseen.order"),
        runs.text("unseen.recognition"),
        runs.text("EP unseen.order"),
        runs.text("EP unseen.recognition"),
    );
    let parts = [
        runs.median("unseen.order") >= 0.8,
        runs.median("EP unseen.order") <= 0.3,
        (runs.median("EP unseen.recognition") - runs.median("unseen.recognition")).abs() <= 0.1,
    ];
    Summary { verdict: Verdict::of(&parts), finding, charts }
}
