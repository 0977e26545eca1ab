//! 20. Why two text layers.
//!
//! What one layer can and cannot say of a scene that is captioned from either side is worked out in
//! `src/analysis/factors.rs`.

use super::parts::{COIN, Runs, SKILL, models, on, open, seeds};
use crate::analysis::{Factor, Score};
use crate::config::{Config, Preset, ValidConfig};
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Experiment, Intervention, Job, Measure, Measurement, Metric,
    Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 20,
    name: "exclusive-or",
    title: "Why two text layers",
    claim: "With captions from either side a scene is the exclusive or of which label is named first and which word, left or right, stands between. Two text layers make it in the second: layer 1 brings the word to the place of the second label, layer 2 chooses between the labels by it, and before that it is at no place. One text layer has EOT ask the same of every caption, so what it reads adds up, but for its softmax's denominators, and trained from the start it makes no exclusive or. Yet one layer is not unable: begun from a model of captions from the left alone, it learns both sides.",
    rule: "Medians over seeds. One layer: order on seen and on unseen pairs 0.4 to 0.6, and the scene at most 0.05 of what EOT tells of a pair's four captions. Two layers: order on unseen pairs at least 0.9; the scene at most 0.05 at every place after layer 1, and at least 0.2 at EOT after layer 2. The word: with the second label's place after layer 1 as in the caption with the other word order is at most 0.25, with the word's own, with \"of\" or with EOT at least 0.75. Not unable: one layer, begun from the left alone, has order of at least 0.9 on seen and 0.8 on unseen pairs, and a scene of at least 0.2. All four reproduce it, some partly.",
    jobs,
    summarise,
};

/// The place of the word in `SOT X is on the left of Y EOT`, and those behind it.
const WORD: u32 = 5;
const OF: u32 = 6;
const SECOND: u32 = 7;
const EOT: u32 = 8;
const PLACES: [(u32, &str); 4] = [
    (WORD, "the word"),
    (OF, "\"of\""),
    (SECOND, "the second label"),
    (EOT, "EOT"),
];

fn jobs(scale: Scale) -> Vec<Job> {
    let shared = [
        Measure::Accuracies(vec![Split::Seen, Split::Unseen]),
        Measure::Factors,
    ];
    let patches = PLACES.map(|(place, _)| Measure::Patch(place));
    let count = scale.pick(1, 2, 16);
    let two = seeds(
        &Preset::LeftRight.config(),
        count,
        1500,
        &[&shared[..], &patches].concat(),
    );
    // One layer has as many steps from the start as in two lessons.
    let lesson = 1000;
    let one = seeds(&Preset::LeftRightOneLayer.config(), count, 2 * lesson, &shared);
    let begun = seeds(&Config::default(), count, lesson, &[Measure::BothSides(lesson)]);
    [two, one, begun].concat()
}

/// Order on unseen pairs where a place is as in the caption with the other word.
fn patched(place: u32) -> Metric {
    Metric::Accuracy(Intervention::Patch(place), Split::Unseen, Score::Order)
}

/// Order of the models that are taught the other side too.
fn taught(split: Split) -> Metric {
    Metric::Accuracy(Intervention::BothSides, split, Score::Order)
}

/// The models by how they learn: two layers, one, and one that is begun from the left alone.
fn kinds<'a>(runs: &Runs<'a>) -> [Runs<'a>; 3] {
    let with = |layers: u32| runs.whose(move |c: &ValidConfig| c.right && c.text_layers == layers);
    [with(2), with(1), runs.whose(|c| !c.right)]
}

fn charts([two, one, begun]: &[Runs; 3]) -> Vec<Chart> {
    let chart = |title: &str, x: &str, rows| Chart::Rows {
        title: title.to_owned(),
        x: Axis::share(x),
        rows,
    };
    let told = |factor: Factor| {
        let row = |runs: &Runs, before: &Intervention, layer, place, name: &str| {
            let share = Metric::Factor(before.clone(), layer, place, factor);
            runs.rows(&[(name.to_owned(), share)], None)
        };
        let (none, both) = (Intervention::None, Intervention::BothSides);
        let places = PLACES.map(|(place, what)| row(two, &none, 1, place, &format!("layer 1 of 2: {what}")));
        [
            row(one, &none, 1, EOT, "one layer: EOT"),
            row(begun, &both, 1, EOT, "one layer, left first: EOT"),
            places.concat(),
            row(two, &none, 2, EOT, "layer 2 of 2: EOT"),
        ]
        .concat()
    };
    let own = |split: Split| on(split, Score::Order);
    let learned = |split: Split| {
        let row = |name: &str, metric| [(format!("{}, {name}", split.name()), metric)];
        [
            one.rows(&row("one layer", own(split)), Some(0.5)),
            begun.rows(&row("one layer, left first", taught(split)), Some(0.5)),
            two.rows(&row("two layers", own(split)), Some(0.5)),
        ]
        .concat()
    };
    let nothing = ("nothing".to_owned(), own(Split::Unseen));
    let patches = PLACES.map(|(place, what)| (what.to_owned(), patched(place)));
    let patches: Vec<_> = std::iter::once(nothing).chain(patches).collect();
    vec![
        chart(
            "how much of what a pair's four captions differ in is the scene",
            "share of the variance",
            told(Factor::Scene),
        ),
        chart(
            "how much of it is the word alone",
            "share of the variance",
            told(Factor::Word),
        ),
        chart(
            "order, left and right captions",
            "order",
            [learned(Split::Seen), learned(Split::Unseen)].concat(),
        ),
        chart(
            "order on unseen pairs, two layers, a place after layer 1 as with the other word",
            "order",
            two.rows(&patches, Some(0.5)),
        ),
    ]
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let kinds = kinds(&runs);
    let charts = charts(&kinds);
    let [two, one, begun] = &kinds;
    if kinds.iter().any(|runs| runs.count() == 0) {
        return open(charts);
    }
    let order = |split: Split| on(split, Score::Order);
    let scene = |layer: u32, place: u32| Metric::Factor(Intervention::None, layer, place, Factor::Scene);
    let both = Metric::Factor(Intervention::BothSides, 1, EOT, Factor::Scene);
    let word = Metric::Factor(Intervention::None, 1, SECOND, Factor::Word);
    let finding = format!(
        "With one text layer order is {} on seen and {} on unseen pairs, and the scene is {} of what EOT tells of a pair's four captions. With two, order on unseen pairs is {}; the scene is {} at the word, {} at the second label and {} at EOT after layer 1, and {} at EOT after layer 2; the word is {} of what the second label's place tells. With that place as in the caption with the other word order is {}, with the word's own {}, with \"of\" {}, with EOT {}. One layer that is begun from the left alone and taught both sides has order of {} on seen and {} on unseen pairs, and a scene of {}. Over {}.",
        one.text(&order(Split::Seen)),
        one.text(&order(Split::Unseen)),
        one.text(&scene(1, EOT)),
        two.text(&order(Split::Unseen)),
        two.text(&scene(1, WORD)),
        two.text(&scene(1, SECOND)),
        two.text(&scene(1, EOT)),
        two.text(&scene(2, EOT)),
        two.text(&word),
        two.text(&patched(SECOND)),
        two.text(&patched(WORD)),
        two.text(&patched(OF)),
        two.text(&patched(EOT)),
        begun.text(&taught(Split::Seen)),
        begun.text(&taught(Split::Unseen)),
        begun.text(&both),
        models(runs.count()),
    );
    let is = |what: &str, runs: &Runs, metric: &Metric, bound: Bound| {
        Condition::new(what, runs.median(metric), bound)
    };
    let (little, much) = (Bound::AtMost(0.05), Bound::AtLeast(0.2));
    let at = PLACES.map(|(place, what)| {
        is(
            &format!("the scene at {what} after layer 1"),
            two,
            &scene(1, place),
            little,
        )
    });
    let patches = PLACES.map(|(place, what)| {
        let bound = if place == SECOND {
            Bound::AtMost(0.25)
        } else {
            Bound::AtLeast(0.75)
        };
        is(
            &format!("order with {what} as with the other word"),
            two,
            &patched(place),
            bound,
        )
    });
    let mut second = vec![is(
        "order with two layers",
        two,
        &order(Split::Unseen),
        Bound::AtLeast(SKILL),
    )];
    second.extend(at);
    second.push(is("the scene at EOT after layer 2", two, &scene(2, EOT), much));
    let criteria = vec![
        Criterion(vec![
            is("order with one layer, seen pairs", one, &order(Split::Seen), COIN),
            is("the same, unseen pairs", one, &order(Split::Unseen), COIN),
            is("the scene at its EOT", one, &scene(1, EOT), little),
        ]),
        Criterion(second),
        Criterion(patches.into()),
        Criterion(vec![
            is(
                "order with one layer begun from the left, seen pairs",
                begun,
                &taught(Split::Seen),
                Bound::AtLeast(SKILL),
            ),
            is(
                "the same, unseen pairs",
                begun,
                &taught(Split::Unseen),
                Bound::AtLeast(0.8),
            ),
            is("the scene at its EOT", begun, &both, much),
        ]),
    ];
    Summary::decided(criteria, finding, charts)
}
