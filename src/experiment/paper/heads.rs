//! 19. Which head does what.
//!
//! The rule was written before anything was run; then seed 0 alone was looked at, in which all held but that
//! order is carried. It stands as it was.

use super::parts::{COIN, HEADS, Runs, SKILL, cut, models, number, open, seeds, those};
use crate::analysis::{Gaze, Role, Score, Term};
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Deed, Dot, Experiment, Intervention, Job, Measure, Measurement,
    Metric, Scale, Summary, Values, median,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 19,
    name: "heads",
    title: "Which head does what",
    claim: "The whole circuit: of the heads that read the strip, at least one points: of its attention to the two objects more goes to the one at its end, always the same end; and at least one finds: it looks at both alike. What the finding heads add names the objects, in no order. What the pointing heads add says which stands at the end, and that alone puts them in order. A pointing head points by its EP, and without it finds like the others. So order can be carried: a model of the same seed that learned names but no order, since its captions are from either side, has order once it gets the pointing heads of both towers, and not from the finding ones.",
    rule: "A head with at least half of its attention on the two objects points where its direction, the mean over unseen pairs of (attention on the right one - on the left) / (on both), is at least 0.5 either way, and finds where it is less. Roles: in at least three quarters of the seeds some head points and some head finds. Naming: with the pointing heads silent, recognition on unseen pairs is at least 0.9 and order 0.4 to 0.6. Ordering: with only the pointing heads, order is at least 0.9. By EP: without EP in the pointing heads order is 0.4 to 0.6 and their largest direction at most 0.1; without EP in the finding heads order is at least 0.9 times the model's own. Carried: the model that was taught no order has order of at least 0.75 with the pointing heads of both towers, and of 0.4 to 0.6 as it is and with the finding ones. Medians over seeds. All five reproduce it, some partly.",
    jobs,
    summarise,
};

/// Steps for which the model that is taught no order trains: those of the models of experiment 8.
const UNTAUGHT_STEPS: u32 = 1500;

fn jobs(scale: Scale) -> Vec<Job> {
    let measures = [
        Measure::Accuracies(vec![Split::Unseen]),
        Measure::Roles,
        Measure::Transplant(UNTAUGHT_STEPS),
    ];
    seeds(&Config::default(), scale.pick(4, 4, 16), 1000, &measures)
}

/// What is done to heads, in words.
const DEEDS: [(Deed, Option<Role>, &str); 12] = [
    (Deed::Silent, Some(Role::Pointing), "without pointing heads"),
    (Deed::Only, Some(Role::Pointing), "with pointing heads alone"),
    (Deed::Flat, Some(Role::Pointing), "without EP in pointing heads"),
    (Deed::Silent, Some(Role::Finding), "without finding heads"),
    (Deed::Only, Some(Role::Finding), "with finding heads alone"),
    (Deed::Flat, Some(Role::Finding), "without EP in finding heads"),
    (Deed::Carried, Some(Role::Pointing), "+ vision's pointing heads"),
    (
        Deed::CarriedBoth,
        Some(Role::Pointing),
        "+ both towers' pointing heads",
    ),
    (Deed::Carried, Some(Role::Finding), "+ vision's finding heads"),
    (
        Deed::CarriedBoth,
        Some(Role::Finding),
        "+ both towers' finding heads",
    ),
    (Deed::Carried, None, "+ all vision heads"),
    (Deed::CarriedBoth, None, "+ all heads of both towers"),
];

fn after(deed: Deed, role: Option<Role>, score: Score) -> Metric {
    on_unseen(Intervention::Heads(deed, role), score)
}

fn on_unseen(before: Intervention, score: Score) -> Metric {
    Metric::Accuracy(before, Split::Unseen, score)
}

/// What each head looks at.
fn gazes(values: &Values) -> Vec<Gaze> {
    let gaze = |h: u32| {
        Some(Gaze {
            objects: values.get(&Metric::Objects(h))?,
            direction: values.get(&Metric::Direction(Intervention::None, h))?,
        })
    };
    (0..HEADS).map_while(gaze).collect()
}

/// The heads of a role.
fn heads(values: &Values, role: Role) -> impl Iterator<Item = u32> {
    let heads = (0..).zip(gazes(values));
    heads.filter(move |(_, gaze)| gaze.role() == role).map(|(h, _)| h)
}

/// The largest direction of the pointing heads, either way, under an intervention; NaN where none points.
fn direction(values: &Values, before: &Intervention) -> f64 {
    let of_head = |h: u32| number(values, &Metric::Direction(before.clone(), h)).abs();
    heads(values, Role::Pointing)
        .map(of_head)
        .fold(f64::NAN, f64::max)
}

fn charts(runs: &Runs) -> Vec<Chart> {
    let rows = |score: Score| {
        let named =
            |(deed, role, name): (Deed, Option<Role>, &str)| (name.to_owned(), after(deed, role, score));
        let itself = ("as it is".to_owned(), Metric::unseen(score));
        let untaught = (
            "the untaught model".to_owned(),
            on_unseen(Intervention::Untaught, score),
        );
        let (own, carried) = DEEDS.split_at(6);
        let own = std::iter::once(itself).chain(own.iter().copied().map(named));
        let carried = std::iter::once(untaught).chain(carried.iter().copied().map(named));
        own.chain(carried).collect::<Vec<_>>()
    };
    let chart = |score: Score, chance: Option<f64>| Chart::Rows {
        title: format!("{} on unseen pairs", score.name()),
        x: Axis::share(score.name()),
        rows: runs.rows(&rows(score), chance),
    };
    let dots = runs.iter().flat_map(|(config, values)| {
        gazes(values).into_iter().enumerate().map(move |(h, gaze)| Dot {
            x: gaze.direction,
            y: gaze.objects,
            group: gaze.role() as u32,
            label: format!("seed {}, head {h}: {}", config.seed, gaze.role().name()),
        })
    });
    vec![
        Chart::Scatter {
            title: "what each head looks at".to_owned(),
            x: Axis {
                bounds: Some([-1.0, 1.0]),
                ..Axis::fitted("direction: -1 the left object, 1 the right")
            },
            y: Axis::share("attention on the objects"),
            groups: Role::ALL.map(|role| role.name().to_owned()).into(),
            dots: dots.collect(),
        },
        chart(Score::Order, Some(0.5)),
        chart(Score::Recognition, None),
    ]
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let charts = charts(&runs);
    if runs.count() == 0 {
        return open(charts);
    }
    let flat = Intervention::Ablation(cut(&[Term::EP]));
    let count = |role: Role| median(runs.iter().map(|(_, v)| heads(v, role).count() as f64));
    let both = runs.holds(|v| {
        let mut roles = [Role::Pointing, Role::Finding].into_iter();
        roles.all(|role| heads(v, role).next().is_some())
    });
    let order = |deed: Deed, role: Option<Role>| after(deed, role, Score::Order);
    let untaught = on_unseen(Intervention::Untaught, Score::Order);
    let [points, finds] = [Role::Pointing, Role::Finding].map(Some);
    let kept = |v: &Values| number(v, &order(Deed::Flat, finds)) / number(v, &Metric::unseen(Score::Order));
    let recognition = after(Deed::Silent, points, Score::Recognition);
    let finding = format!(
        "Over {}, {:.0} of the heads point and {:.0} find (medians), some of either in {}; the most pointing head's direction is {}, and {} without EP. With the pointing heads silent recognition is {} and order {}; with them alone order is {} and recognition {}. Without EP in the pointing heads order is {}; without it in the finding ones it is {} of the model's own. The model that was taught no order has {} (recognition {}); with the pointing heads of vision carried into it {}, with those of both towers {}; with the finding heads of both {}, with all heads of both {} (recognition {}).",
        models(runs.count()),
        count(Role::Pointing),
        count(Role::Finding),
        those(both, runs.count()),
        runs.told(|v| direction(v, &Intervention::None)),
        runs.told(|v| direction(v, &flat)),
        runs.text(&recognition),
        runs.text(&order(Deed::Silent, points)),
        runs.text(&order(Deed::Only, points)),
        runs.text(&after(Deed::Only, points, Score::Recognition)),
        runs.text(&order(Deed::Flat, points)),
        runs.told(kept),
        runs.text(&untaught),
        runs.text(&on_unseen(Intervention::Untaught, Score::Recognition)),
        runs.text(&order(Deed::Carried, points)),
        runs.text(&order(Deed::CarriedBoth, points)),
        runs.text(&order(Deed::CarriedBoth, finds)),
        runs.text(&order(Deed::CarriedBoth, None)),
        runs.text(&after(Deed::CarriedBoth, None, Score::Recognition)),
    );
    let median_of = |law: &dyn Fn(&Values) -> f64| median(runs.iter().map(|(_, v)| law(v)));
    let is = |what: &str, metric: &Metric, bound: Bound| Condition::new(what, runs.median(metric), bound);
    let criteria = vec![
        Condition::share(
            "seeds with a pointing and a finding head",
            both,
            runs.count(),
            Bound::AtLeast(0.75),
        )
        .into(),
        Criterion(vec![
            is(
                "recognition without pointing heads",
                &recognition,
                Bound::AtLeast(SKILL),
            ),
            is("order without them", &order(Deed::Silent, points), COIN),
        ]),
        is(
            "order with pointing heads alone",
            &order(Deed::Only, points),
            Bound::AtLeast(SKILL),
        )
        .into(),
        Criterion(vec![
            is(
                "order without EP in pointing heads",
                &order(Deed::Flat, points),
                COIN,
            ),
            Condition::new(
                "their largest direction without EP",
                median_of(&|v| direction(v, &flat)),
                Bound::AtMost(0.1),
            ),
            Condition::new(
                "order without EP in finding heads, over the model's own",
                median_of(&kept),
                Bound::AtLeast(0.9),
            ),
        ]),
        Criterion(vec![
            is("order of the untaught model", &untaught, COIN),
            is(
                "with pointing heads carried into both towers",
                &order(Deed::CarriedBoth, points),
                Bound::AtLeast(0.75),
            ),
            is(
                "with finding heads carried",
                &order(Deed::CarriedBoth, finds),
                COIN,
            ),
        ]),
    ];
    Summary::decided(criteria, finding, charts)
}
