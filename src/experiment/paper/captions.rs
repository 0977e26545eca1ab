//! 8. Captions from the left and from the right.

use super::parts::{COIN, Runs, ablation_chart, after, cut, models, on, open, seeds, to_plateau, without};
use crate::analysis::{Score, Term};
use crate::config::{Preset, ValidConfig};
use crate::experiment::{
    Axis, Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Row, Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
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
    let measures = [
        Measure::Accuracies(Split::ALL.to_vec()),
        Measure::Slopes,
        without(&[Term::EP]),
        without(&[Term::PP]),
        without(&[Term::VP]),
    ];
    let count = scale.pick(1, 2, 5);
    let jobs = |preset: Preset| seeds(&preset.config(), count, 1500, &measures);
    let jobs = [jobs(Preset::LeftRightOneLayer), jobs(Preset::LeftRight)].concat();
    to_plateau(jobs, scale)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let with = |layers: u32| runs.whose(move |c: &ValidConfig| c.text_layers == layers);
    let (one, two) = (with(1), with(2));
    let rows = |split: Split| -> Vec<Row> {
        let row = |(name, runs): (&str, &Runs)| {
            runs.rows(
                &[(format!("{}, {name}", split.name()), on(split, Score::Order))],
                Some(0.5),
            )
        };
        [("one text layer", &one), ("two text layers", &two)]
            .into_iter()
            .flat_map(row)
            .collect()
    };
    let cuts = [Term::EP, Term::PP, Term::VP].map(|term| cut(&[term]));
    let charts = vec![
        Chart::Rows {
            title: "order, left and right captions".to_owned(),
            x: Axis::share("order"),
            rows: [rows(Split::Seen), rows(Split::Unseen)].concat(),
        },
        ablation_chart(
            &two,
            "order on unseen pairs without a vision term, two text layers",
            &cuts,
            Score::Order,
            Some(0.5),
        ),
    ];
    if one.count() == 0 || two.count() == 0 {
        return open(charts);
    }
    let finding = format!(
        "With one text layer order is {} on seen and {} on unseen pairs (single objects {}); with two it is {} and {}, and retrieval on unseen pairs {}. With two layers and without EP, order on unseen pairs is {}. Over {}{}.",
        one.text(&on(Split::Seen, Score::Order)),
        one.text(&Metric::unseen(Score::Order)),
        one.text(&on(Split::Single, Score::Retrieval)),
        two.text(&on(Split::Seen, Score::Order)),
        two.text(&Metric::unseen(Score::Order)),
        two.text(&Metric::unseen(Score::Retrieval)),
        two.text(&after(&[Term::EP], Score::Order)),
        models(runs.count()),
        runs.until(),
    );
    let order = |runs: &Runs| runs.median(&Metric::unseen(Score::Order));
    let cut = two.median(&after(&[Term::EP], Score::Order));
    let criteria = vec![
        Condition::new("order with one text layer", order(&one), COIN).into(),
        Condition::new("order with two", order(&two), Bound::AtLeast(0.9)).into(),
        Condition::new("order with two and EP cut", cut, COIN).into(),
    ];
    Summary::decided(criteria, finding, charts)
}
