//! Measurements whose verdict is known, experiment by experiment.

use leftright::analysis::Term;
use leftright::config::ValidConfig;
use leftright::experiment::{Metric, Values};

use super::circuit::{heads, one_layer, taught, two_layers};

/// The numbers of a model's measurement when a part (0 to 1) of its steps is done.
pub type Row = fn(&ValidConfig, f64) -> Values;

/// A metric by its name; a name that no metric has fails.
pub fn metric(name: &str) -> Metric {
    name.parse().unwrap()
}

pub fn values<const N: usize>(numbers: [(&str, f64); N]) -> Values {
    numbers
        .into_iter()
        .map(|(name, value)| (metric(name), value))
        .collect()
}

/// An experiment with numbers that just meet every part of its rule, and numbers that meet none.
pub struct Case {
    pub name: &'static str,
    pub reproduced: Row,
    pub not: Row,
}

pub const CASES: [Case; 20] = [
    Case {
        name: "generalization",
        reproduced: |_, _| {
            values([
                ("single.retrieval", 0.9),
                ("seen.retrieval", 0.9),
                ("unseen.retrieval", 0.9),
            ])
        },
        not: |_, _| {
            values([
                ("single.retrieval", 0.89),
                ("seen.retrieval", 0.5),
                ("unseen.retrieval", 0.1),
            ])
        },
    },
    Case {
        name: "diversity",
        reproduced: |c, _| diversity(c, 0.3, 0.099),
        not: |c, _| diversity(c, 0.1, 0.3),
    },
    Case {
        name: "decomposition",
        reproduced: |_, _| decomposition(0.76, |i| -3.0 * i, 1.0),
        not: |_, _| decomposition(0.95, |i| if i % 2.0 == 0.0 { 3.0 } else { -3.0 }, 1.0),
    },
    Case {
        name: "ablations",
        reproduced: |_, _| {
            values([
                ("unseen.retrieval", 0.75),
                ("unseen.order", 0.9),
                ("unseen.recognition", 1.0),
                ("EP unseen.order", 0.4),
                ("EP unseen.recognition", 0.96),
                ("PE unseen.retrieval", 0.73),
                ("PP unseen.retrieval", 0.77),
                ("BP unseen.retrieval", 0.5),
                ("VP unseen.retrieval", 0.75),
                ("EP+VP unseen.order", 0.6),
            ])
        },
        not: |_, _| {
            values([
                ("unseen.retrieval", 0.75),
                ("unseen.recognition", 1.0),
                ("EP unseen.order", 0.9),
                ("EP unseen.recognition", 0.2),
                ("PE unseen.retrieval", 0.5),
                ("PP unseen.retrieval", 0.5),
                ("BP unseen.retrieval", 0.75),
                ("VP unseen.retrieval", 0.75),
                ("EP+VP unseen.order", 0.9),
            ])
        },
    },
    Case {
        name: "slope",
        reproduced: |c, _| match (initial(c), c.pair_labels >= 9 && c.weight_decay == 0.0) {
            (true, _) => values([("slope", -0.1), ("unseen.order", 0.74)]),
            (_, true) => values([("slope", -1.5), ("unseen.order", 0.95)]),
            _ => values([("slope", 0.5), ("unseen.order", 0.6)]),
        },
        not: |c, _| match (initial(c), c.pair_labels >= 9 && c.weight_decay == 0.0) {
            (true, _) => values([("slope", 0.1), ("unseen.order", 0.75)]),
            (_, true) => values([("slope", 0.5), ("unseen.order", 0.95)]),
            _ => values([("slope", -1.5), ("unseen.order", 0.6)]),
        },
    },
    Case {
        name: "text",
        reproduced: |_, _| text([0.1, 0.5], 0.31, 0.3, 0.4),
        not: |_, _| text([0.1, 0.3], 0.1, 0.3, 0.95),
    },
    Case {
        name: "alignment",
        reproduced: |_, _| {
            values([
                ("token.raw", 0.29),
                ("token.fitted", 1.0),
                ("token.held", 0.5),
                ("token.held_matched", 0.6),
                ("token.chance_rotation", 0.49),
                ("token.chance_permutation", 0.45),
            ])
        },
        not: |_, _| {
            values([
                ("token.raw", 0.3),
                ("token.fitted", 1.0),
                ("token.held", 0.4),
                ("token.held_matched", 0.5),
                ("token.chance_rotation", 0.4),
                ("token.chance_permutation", 0.45),
            ])
        },
    },
    Case {
        name: "captions",
        reproduced: |c, _| {
            let order = if c.text_layers == 1 { 0.6 } else { 0.9 };
            values([("unseen.order", order), ("EP unseen.order", 0.4)])
        },
        not: |c, _| {
            let order = if c.text_layers == 1 { 0.9 } else { 0.6 };
            values([("unseen.order", order), ("EP unseen.order", 0.9)])
        },
    },
    Case {
        name: "grid",
        reproduced: |_, _| {
            values([
                ("unseen.order", 0.9),
                ("EP unseen.order", 0.6),
                ("slope.1", -2.0),
                ("down.1", 0.1),
            ])
        },
        not: |_, _| values([("unseen.order", 0.5), ("EP unseen.order", 0.8)]),
    },
    Case {
        name: "three",
        reproduced: |_, _| {
            values([
                ("unseen.order", 0.8),
                ("EP unseen.order", 0.3),
                ("unseen.recognition", 0.9),
                ("EP unseen.recognition", 0.81),
            ])
        },
        not: |_, _| {
            values([
                ("unseen.order", 0.7),
                ("EP unseen.order", 0.7),
                ("unseen.recognition", 0.9),
                ("EP unseen.recognition", 0.5),
            ])
        },
    },
    Case {
        name: "norm-mlp",
        reproduced: |_, _| values([("unseen.order", 0.9), ("EP unseen.order", 0.7)]),
        not: |_, _| values([("unseen.order", 0.8), ("EP unseen.order", 0.75)]),
    },
    Case {
        name: "autoregressive",
        reproduced: |_, _| {
            values([
                ("unseen.retrieval", 0.9),
                ("EP unseen.retrieval", 0.7),
                ("slope", -0.3),
            ])
        },
        not: |_, _| {
            values([
                ("unseen.retrieval", 0.8),
                ("EP unseen.retrieval", 0.75),
                ("slope", 0.2),
            ])
        },
    },
    Case {
        name: "reversal",
        reproduced: |_, _| reversal(0.1, 0.9),
        not: |_, _| reversal(0.9, 0.1),
    },
    Case {
        name: "surgery",
        reproduced: |_, _| {
            values([
                ("unseen.order", 1.0),
                ("ramp 0 unseen.order", 0.5),
                ("ramp 1 unseen.order", 0.9),
            ])
        },
        not: |_, _| {
            values([
                ("unseen.order", 1.0),
                ("ramp 0 unseen.order", 0.7),
                ("ramp 1 unseen.order", 0.8),
            ])
        },
    },
    Case {
        name: "phase",
        reproduced: |c, _| {
            phase(
                if c.cls_std / c.position_std >= 25.0 {
                    "EP"
                } else {
                    "PP"
                },
                0.16,
            )
        },
        not: |c, _| {
            phase(
                if c.cls_std / c.position_std >= 25.0 {
                    "VP"
                } else {
                    "EP"
                },
                0.16,
            )
        },
    },
    // The slope is half way at a quarter of the steps, order at three quarters; and the other way round.
    Case {
        name: "birth",
        reproduced: |_, part| birth(part, 0.25, 0.75),
        not: |_, part| birth(part, 0.75, 0.25),
    },
    // Order is there from a fifth of the steps on, the slope is whole at the end; EP or BP carries it.
    Case {
        name: "carrier",
        reproduced: |_, part| carrier(part, [0.4, 0.7], 0.2),
        not: |_, part| carrier(part, [0.7, 0.6], 0.22),
    },
    Case {
        name: "tie",
        reproduced: |_, _| tie([0.9, 0.99, 0.86], 0.6),
        not: |_, _| tie([0.91, 0.98, 0.84], 0.6),
    },
    Case {
        name: "heads",
        reproduced: |_, _| heads(-0.5, [0.9, 0.6], 0.9, [0.4, 0.1, 0.9], [0.6, 0.75, 0.4]),
        not: |_, _| heads(0.49, [0.89, 0.5], 0.89, [0.61, 0.0, 0.9], [0.5, 0.74, 0.5]),
    },
    Case {
        name: "exclusive-or",
        reproduced: |c, _| match (c.right, c.text_layers) {
            (false, _) => taught([0.9, 0.8], 0.2),
            (true, 1) => one_layer([0.6, 0.4], 0.05),
            _ => two_layers(0.9, [0.05, 0.2], [0.25, 0.75]),
        },
        not: |c, _| match (c.right, c.text_layers) {
            (false, _) => taught([0.89, 0.8], 0.2),
            (true, 1) => one_layer([0.61, 0.5], 0.0),
            _ => two_layers(0.89, [0.0, 0.2], [0.26, 0.75]),
        },
    },
];

/// Order of 0.8 from a fifth of the steps on, and without EP and without BP; a slope that is 2 at the end.
pub fn carrier(part: f64, [ep, bp]: [f64; 2], slope: f64) -> Values {
    let able = part >= 0.2;
    let order = |order: f64| if able { order } else { 0.5 };
    let mut row = values([
        ("unseen.order", order(0.8)),
        ("slope", if part < 1.0 { slope } else { -2.0 }),
        ("loss", 0.1),
    ]);
    let names = ["EP", "PE", "PP", "BP", "BE", "EE", "VP"];
    for (i, a) in names.into_iter().enumerate() {
        for b in names[..=i].iter().rev() {
            let name = if *b == a { a.to_owned() } else { format!("{b}+{a}") };
            let cut = |term: &str| a == term || *b == term;
            // Without EE no object is found, whatever else is there.
            let left = if cut("EE") {
                0.5
            } else if cut("EP") {
                ep
            } else if cut("BP") {
                bp
            } else {
                0.8
            };
            row.insert(metric(&format!("{name} unseen.order")), order(left));
        }
    }
    row
}

/// Retrieval to which the most labels add one amount, and the most layouts another.
pub fn diversity(c: &ValidConfig, labels: f64, layouts: f64) -> Values {
    let most = |is: bool, gain: f64| if is { gain } else { 0.0 };
    let gained = most(c.pair_labels == 15, labels) + most(c.pair_layouts == 40, layouts);
    // What decides is unseen pairs alone.
    values([
        ("unseen.retrieval", gained),
        ("unseen.order", gained),
        ("seen.retrieval", 0.5),
        ("single.retrieval", 0.5),
        ("slope", -2.0),
    ])
}

/// Head 1 is the steepest, with an EP row, and a PP row and a BP row of this slope.
pub fn decomposition(main: f64, ep: impl Fn(f64) -> f64, others: f64) -> Values {
    let mut numbers = values([("steepest", 1.0), ("slope", -3.0), ("share.XX", main)]);
    numbers.extend(Term::LOGIT.map(|term| (Metric::Variance(term), 1.0 / 9.0)));
    for i in 0..10 {
        let x = f64::from(i);
        numbers.extend(
            [("EP", ep(x)), ("PP", others * x), ("BP", -others * x)]
                .map(|(term, y)| (metric(&format!("row.1.{term}.{i}")), y)),
        );
        // Another head, as it must not be read.
        numbers.insert(metric(&format!("row.0.EP.{i}")), 0.0);
    }
    numbers
}

pub fn initial(c: &ValidConfig) -> bool {
    (c.cls_std, c.position_std) != (1.0, 0.02)
}

/// What two heads give the label named first on average; what the second of them gives it at least, and the
/// second label; order without the text tower's EP.
pub fn text([other, first]: [f64; 2], least: f64, second: f64, cut: f64) -> Values {
    let mut numbers = values([
        ("first.0", other),
        ("least.0", other),
        ("second.0", 0.0),
        ("first.1", first),
        ("least.1", least),
    ]);
    numbers.extend(
        [
            ("second.1", second),
            ("unseen.order", 0.95),
            ("text.EP unseen.order", cut),
        ]
        .map(|(name, x)| (metric(name), x)),
    );
    let others = ["EE", "PE", "PP", "BE", "BP", "VP", "EE+EP+PE+PP+BE+BP"];
    numbers.extend(others.map(|terms| (metric(&format!("text.{terms} unseen.order")), 0.95)));
    numbers
}

/// Order with EP reversed, and with one of the others.
pub fn reversal(ep: f64, others: f64) -> Values {
    let mut numbers = values([("unseen.order", 1.0), ("EP*-1 unseen.order", ep)]);
    numbers.extend(["PE", "PP", "BP", "VP"].map(|term| (metric(&format!("{term}*-1 unseen.order")), others)));
    numbers
}

/// Order where one term's removal costs this much, and no other's anything.
pub fn phase(worst: &str, cost: f64) -> Values {
    let mut numbers = values([("unseen.order", 0.9)]);
    let terms = ["EP", "PE", "PP", "BP", "BE", "VP"];
    numbers.extend(terms.map(|term| {
        (
            metric(&format!("{term} unseen.order")),
            if term == worst { 0.9 - cost } else { 0.9 },
        )
    }));
    numbers
}

/// A slope that jumps to 2 at one part of the steps, and order that jumps from 0.5 to 1 at another.
pub fn birth(part: f64, slope: f64, order: f64) -> Values {
    let jump = |at: f64, from: f64, to: f64| if part >= at { to } else { from };
    values([
        ("slope", jump(slope, 0.0, -2.0)),
        ("unseen.order", jump(order, 0.5, 1.0)),
        ("loss", 0.1),
    ])
}

/// A cosine as the model is, without EP, and without any other term, EE aside; and order without EP.
pub fn tie([own, ep, others]: [f64; 3], order: f64) -> Values {
    let mut row = values([
        ("swap_cosine", own),
        ("EP swap_cosine", ep),
        ("EE swap_cosine", 0.99),
        ("EP unseen.order", order),
    ]);
    let others = ["PE", "PP", "BP", "BE", "VP"].map(|term| (metric(&format!("{term} swap_cosine")), others));
    row.extend(others);
    row
}

pub fn case(name: &str) -> &'static Case {
    CASES.iter().find(|case| case.name == name).unwrap()
}
