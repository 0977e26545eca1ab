//! What sentences say of the numbers, where that is more than to repeat them.

use leftright::config::ValidConfig;
use leftright::experiment::{Scale, Values};

use super::cases::{birth, case, metric, text, values};
use super::summary;

/// A model whose order is at chance without EP counts only if it had order to lose.
#[test]
fn ablations_count_models_that_lose_their_order() {
    let lost = |before: f64, after: f64| {
        let row = |c: &ValidConfig, part: f64| {
            let mut row = (case("ablations").reproduced)(c, part);
            row.insert(metric("unseen.order"), before);
            row.insert(metric("EP unseen.order"), after);
            row
        };
        let finding = summary("ablations", Scale::Quick, &row).finding;
        let start = finding.find("(at chance in ").unwrap();
        finding[start..].split(')').next().unwrap().to_owned()
    };
    assert_eq!(lost(0.9, 0.5), "(at chance in 4 of 4");
    assert_eq!([lost(0.89, 0.5), lost(0.9, 0.7)], ["(at chance in 0 of 4"; 2]);
}

/// What is said of the models that hold labels back strictly is of those.
#[test]
fn autoregressive_models_are_told_apart() {
    let row = |c: &ValidConfig, part: f64| {
        let mut row = (case("autoregressive").reproduced)(c, part);
        row.insert(metric("unseen.retrieval"), if c.mixed { 0.8 } else { 0.3 });
        row
    };
    let finding = summary("autoregressive", Scale::Figure, &row).finding;
    for says in [
        "Where held labels meet others in training, what the model writes of unseen pairs is true in 0.80;",
        "Where held labels are in no training pair it writes the truth in 0.30 ",
    ] {
        assert!(finding.contains(says), "{finding}");
    }
}

/// Of heads that give the label named first alike, the first is the one that is looked at.
#[test]
fn of_equal_heads_the_first_leans() {
    let first = |_: &ValidConfig, _: f64| text([0.5, 0.5], 0.2, 0.3, 0.5);
    assert!(
        summary("text", Scale::Quick, &first)
            .finding
            .contains("whatever it is in 4 of them")
    );
}

/// A gain is the mean over what the other setting is, held; each start has its own.
#[test]
fn diversity_holds_the_other_setting() {
    // Layouts count where labels are 15, labels where layouts are many; from PyTorch's start nothing does.
    let row = |c: &ValidConfig, _: f64| {
        let labels = f64::from(u8::from(c.pair_labels == 15 && c.bias_std == 0.0));
        let layouts = f64::from(c.pair_layouts) / 100.0;
        values([
            ("unseen.retrieval", labels * (0.203 + layouts)),
            ("unseen.order", labels),
            ("seen.retrieval", 0.5),
            ("slope", -2.0 * labels),
        ])
    };
    let gains = |scale, start: &str| {
        let finding = summary("diversity", scale, &row).finding;
        let told = &finding[finding.find(&format!("Start {start}:")).unwrap()..];
        let said = told.find("unseen retrieval").unwrap();
        told[said..said + told[said..].find("; unseen recognition").unwrap()].to_owned()
    };
    // Labels: 0.203 and the mean of 1, 5, 20 and 40 hundredths. Layouts: 0.39 with 15 labels of four.
    assert_eq!(
        gains(Scale::Quick, "paper"),
        "unseen retrieval +0.37 and +0.10; unseen order +1.00 and +0.00"
    );
    // Of 1, 2, 5, 10, 20 and 40; of nine labels.
    assert_eq!(
        gains(Scale::Full, "paper"),
        "unseen retrieval +0.33 and +0.04; unseen order +1.00 and +0.00"
    );
    assert_eq!(
        gains(Scale::Full, "pytorch-linear"),
        "unseen retrieval +0.00 and +0.00; unseen order +0.00 and +0.00"
    );
}

/// Between two measurements, and before the first, a number is on a straight line.
#[test]
fn birth_reads_between_measurements() {
    let finding = |row: fn(f64) -> [f64; 2]| {
        let row = |_: &ValidConfig, part: f64| -> Values {
            let [slope, order] = row(part);
            values([("slope", slope), ("unseen.order", order), ("loss", 0.1)])
        };
        summary("birth", Scale::Quick, &row).finding
    };
    // Of 500 steps, measured every 10. Order is whole at step 250: it is half way at 125.
    assert_eq!(
        finding(|part| [-2.0 * part, 0.5 + 0.5 * (part / 0.5).min(1.0)]),
        "Over 6 models, order is half way at step 125 and the slope has half its final size at step 250: the accuracy comes first, by 125 steps; the slope does in 0 of 6 seeds. When order is half way the slope is at 0.25 [0.25, 0.25] (0.25 to 0.25) of its final size."
    );
    // A slope that is all there at step 130, and nothing at 120.
    assert_eq!(
        finding(|part| [
            if part < 0.26 { 0.0 } else { 2.0 },
            0.5 + 0.5 * (part / 0.5).min(1.0)
        ]),
        "Over 6 models, order is half way at step 125 and the slope has half its final size at step 125: the slope comes first, by 0 steps; the slope does in 0 of 6 seeds. When order is half way the slope is at 0.50 [0.50, 0.50] (0.50 to 0.50) of its final size."
    );
    // All is there at step 10: half the slope was at step 5, and order of 0.6 at 6/7 of the way.
    assert_eq!(
        finding(|_| [2.0, 0.7]),
        "Over 6 models, order is half way at step 9 and the slope has half its final size at step 5: the slope comes first, by 4 steps; the slope does in 6 of 6 seeds. When order is half way the slope is at 0.86 [0.86, 0.86] (0.86 to 0.86) of its final size."
    );
}

/// A seed that ends without a slope has no moment at which half of it was there.
#[test]
fn birth_leaves_out_seeds_without_a_slope() {
    let row = |c: &ValidConfig, part: f64| {
        let mut row = birth(part, 0.25, 0.75);
        if c.seed == 0 {
            row.insert(metric("slope"), 0.0);
        }
        row
    };
    assert!(
        summary("birth", Scale::Quick, &row)
            .finding
            .starts_with("Over 5 models, ")
    );
}
