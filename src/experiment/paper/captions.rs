//! 8. Captions from the left and from the right.

use super::parts::{Runs, ablation_chart, coin, models, named, open, preset, seeds, without};
use crate::analysis::Term;
use crate::config::Config;
use crate::experiment::{Axis, Chart, Experiment, Job, Measure, Measurement, Row, Scale, Summary, Verdict};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 8,
    name: "captions",
    title: "Left and right: one text layer against two",
    claim: "When each scene is captioned from the left or from the right, one text layer no longer generalizes and two do; the vision side still relies on EP.",
    rule: "Median order on unseen pairs: 0.4 to 0.6 with one text layer, at least 0.9 with two, and 0.4 to 0.6 with two and EP cut. All three reproduce it, some partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let measures =
        [Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes, without(&[Term::EP]), without(&[Term::PP]), without(&[Term::VP])];
    let count = scale.pick(1, 2, 5);
    let of = |name| seeds(&preset(name), count, 1500, &measures);
    [of("left-right-one-layer"), of("left-right")].concat()
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let of = |layers: u32| runs.whose(move |c: &Config| c.text_layers == layers);
    let (one, two) = (of(1), of(2));
    let rows = |split: &str| -> Vec<Row> {
        let row = |(name, runs): (&str, &Runs)| runs.rows(&[(format!("{split}, {name}"), format!("{split}.order"))], Some(0.5));
        [("one text layer", &one), ("two text layers", &two)].into_iter().flat_map(row).collect()
    };
    let names = [Term::EP, Term::PP, Term::VP].map(|term| named(&[term]));
    let charts = vec![
        Chart::Rows {
            title: "order, left and right captions".to_owned(),
            x: Axis::share("order"),
            rows: [rows("seen"), rows("unseen")].concat(),
        },
        ablation_chart(&two, "order on unseen pairs without a vision term, two text layers", &names, "order", Some(0.5)),
    ];
    if one.count() == 0 || two.count() == 0 {
        return open(charts);
    }
    let finding = format!(
        "With one text layer order is {} on seen and {} on unseen pairs (single objects {}); with two it is {} and {}, and retrieval on unseen pairs {}. With two layers and without EP, order on unseen pairs is {}. Over {}.",
        one.text("seen.order"),
        one.text("unseen.order"),
        one.text("single.retrieval"),
        two.text("seen.order"),
        two.text("unseen.order"),
        two.text("unseen.retrieval"),
        two.text("EP unseen.order"),
        models(runs.count()),
    );
    let parts = [coin(one.median("unseen.order")), two.median("unseen.order") >= 0.9, coin(two.median("EP unseen.order"))];
    Summary { verdict: Verdict::of(&parts), finding, charts }
}
