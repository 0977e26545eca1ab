//! The negative control: one sign turned in one shader fails that stage and what stands on it, and nothing
//! before it.

use super::common::Fixture;
use super::compare::{Compared, compare, differing};

/// The edit of one stage: one text, which must be there once, for another.
fn edit(stage: &'static str, text: &'static str, wrong: &'static str) -> impl Fn(&str, String) -> String {
    move |name, source| {
        if name != stage {
            return source;
        }
        assert_eq!(source.matches(text).count(), 1, "{stage}: {text}");
        source.replace(text, wrong)
    }
}

/// In the paper's model one sign turned fails what stands on it, and nothing else. Its arrays: 0 the embedded
/// pairs, 1 queries, 2 keys, 3 values, 4 what attention gives, 5 the read places, 6 the residual stream.
#[test]
fn one_turned_sign_fails_exactly_what_stands_on_it() {
    let fixture = Fixture::open("step_paper");
    let mut compared = compare(&fixture, &|_, source| source);
    compared.iter_mut().for_each(|one| one.differs = true);
    let all = differing(&compared);
    let from = |first: &str| all[all.iter().position(|name| name == first).unwrap()..].to_vec();
    let only = |names: &[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    let these = |names: &[&str]| {
        names
            .iter()
            .copied()
            .chain(["d parameters", "adamw"])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (stage, text, wrong, expected) in [
        (
            "embed",
            "= token + position;",
            "= token - position;",
            from("embed 0"),
        ),
        (
            "matmul",
            "sum[i][j] + added",
            "sum[i][j] - added",
            from("linear 6"),
        ),
        ("gather", "+ floats[x];", "- floats[x];", from("gather 5")),
        (
            "attention",
            "= exp(logits[i] - greatest) / total;",
            "= -exp(logits[i] - greatest) / total;",
            // The read places' own rows stand on no attention.
            from("attention 4")
                .into_iter()
                .filter(|name| name != "gather 5")
                .collect(),
        ),
        (
            "contrast",
            "let lse = greatest + log(",
            "let lse = greatest - log(",
            from("lse"),
        ),
        (
            "contrast",
            "(lse - scale * floats[cosines + own])",
            "(lse + scale * floats[cosines + own])",
            only(&["losses", "loss"]),
        ),
        ("contrast", "(p - select(", "(p + select(", from("d cosines")),
        (
            "contrast",
            "- floats[at + op.unit + i] * along",
            "+ floats[at + op.unit + i] * along",
            from("d output"),
        ),
        (
            "attention",
            "weight * (logits[i] - mean)",
            "weight * (logits[i] + mean)",
            these(&[
                "d logits 4",
                "d query 4",
                "d attention 2",
                "d attention 1",
                "d linear gather 0",
            ]),
        ),
        (
            "attention",
            "= weighted_sum(op, asks.keys, at + op.key, column);",
            "= -weighted_sum(op, asks.keys, at + op.key, column);",
            these(&["d query 4", "d attention 1", "d linear gather 0"]),
        ),
        (
            "attention",
            "return floats[runs[model].floats + op.given",
            "return -floats[runs[model].floats + op.given",
            these(&["d attention 3", "d attention 2", "d linear gather 0"]),
        ),
        (
            "gather",
            "select(0.0, 1.0, stands",
            "select(0.0, -1.0, stands",
            these(&["d attention 1", "d linear gather 0"]),
        ),
        ("embed", "sum += floats[d_out", "sum -= floats[d_out", these(&[])),
        ("columns", "sum += x;", "sum -= x;", these(&[])),
        ("report", "parts += floats", "parts -= floats", these(&[])),
        ("report", "losses += floats", "losses -= floats", only(&["loss"])),
        ("adamw", "= p - rate *", "= p + rate *", only(&["adamw"])),
    ] {
        let seen = differing(&compare(&fixture, &edit(stage, text, wrong)));
        assert_eq!(seen, expected, "{stage}: {wrong}");
    }
}

/// One sign turned in one operation is first seen in that operation, forward and backward.
#[test]
fn one_turned_sign_is_seen_in_its_operation() {
    for (name, stage, text, wrong, expected) in [
        (
            "step_norm",
            "norm",
            "(floats[at + op.x + i] - mean) * scale",
            "(floats[at + op.x + i] + mean) * scale",
            ["norm 1", ""],
        ),
        (
            "step_norm",
            "norm",
            "scale * (g - g_mean -",
            "scale * (g + g_mean -",
            ["", "d norm 7"],
        ),
        (
            "step_norm",
            "columns",
            "x *= floats",
            "x *= -floats",
            ["", "d parameters"],
        ),
        (
            "step_mlp",
            "gelu",
            "= x * cumulative(x);",
            "= -x * cumulative(x);",
            ["gelu 8", ""],
        ),
        (
            "step_mlp",
            "gelu",
            "(cumulative(x) + x * density)",
            "(cumulative(x) - x * density)",
            ["", "d gelu 7"],
        ),
        (
            "step_autoregressive",
            "cross_entropy",
            "/ total - select(",
            "/ total + select(",
            ["", "d output"],
        ),
        (
            "step_autoregressive",
            "cross_entropy",
            "greatest + log(total)",
            "greatest - log(total)",
            ["losses", ""],
        ),
        (
            "step_deep",
            "attention",
            "weight * (logits[i] - mean)",
            "weight * (logits[i] + mean)",
            ["", "d logits 17"],
        ),
    ] {
        let compared = compare(&Fixture::open(name), &edit(stage, text, wrong));
        let first = |is_gradient: bool| {
            let part: Vec<&Compared> = compared
                .iter()
                .filter(|one| one.is_gradient == is_gradient && one.name != "adamw")
                .collect();
            part.iter().find(|one| one.differs).map_or(String::new(), |one| {
                if is_gradient {
                    format!("d {}", one.name)
                } else {
                    one.name.clone()
                }
            })
        };
        let seen = [first(false), first(true)];
        assert_eq!(seen[0], expected[0], "{stage}: {wrong}");
        assert!(
            seen[1] == expected[1] || !expected[0].is_empty(),
            "{stage}: {wrong}: {seen:?}"
        );
    }
}
