//! The names of what is measured: `unseen.order`, `EP unseen.order`, `slope.0`. Code builds a [`Metric`];
//! sweeps, reports and the page write it as text, and text is read back into it.

use std::fmt;
use std::str::FromStr;

use super::metric::{Agreement, Part};
use super::{Intervention, Metric};
use crate::analysis::{Factor, Score, Space, Term};
use crate::task::Split;

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Metric::Loss => f.write_str("loss"),
            Metric::NotFinite => f.write_str("not_finite"),
            Metric::Accuracy(before, split, score) => write!(f, "{before}{}.{}", split.name(), score.name()),
            Metric::SwapCosine(before) => write!(f, "{before}swap_cosine"),
            Metric::Slope => f.write_str("slope"),
            Metric::Steepest => f.write_str("steepest"),
            Metric::HeadSlope(head) => write!(f, "slope.{head}"),
            Metric::Down(head) => write!(f, "down.{head}"),
            Metric::Ep(head, pixel) => write!(f, "ep.{head}.{pixel}"),
            Metric::Share(part) => write!(f, "share.{part:?}"),
            Metric::Variance(term) => write!(f, "variance.{}", term.name()),
            Metric::Row(head, term, pixel) => write!(f, "row.{head}.{}.{pixel}", term.name()),
            Metric::First(head) => write!(f, "first.{head}"),
            Metric::Least(head) => write!(f, "least.{head}"),
            Metric::Second(head) => write!(f, "second.{head}"),
            Metric::Attention(head, token) => write!(f, "attention.{head}.{token}"),
            Metric::Preference(head, term) => write!(f, "preference.{head}.{}", term.name()),
            Metric::Objects(head) => write!(f, "objects.{head}"),
            Metric::Direction(before, head) => write!(f, "{before}direction.{head}"),
            Metric::Factor(before, layer, place, factor) => {
                write!(f, "{before}factor.{layer}.{place}.{}", factor.name())
            }
            Metric::Alignment(space, agreement) => write!(f, "{}.{}", space.name(), agreement.name()),
        }
    }
}

/// A name that no metric has.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("there is no metric \"{0}\"")]
pub struct UnknownMetric(String);

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Metric, UnknownMetric> {
        let metric = behind(name).or_else(|| plain(name));
        // Numbers have several spellings (`1e0`, `+1`); a metric has one.
        metric
            .filter(|metric| metric.to_string() == name)
            .ok_or_else(|| UnknownMetric(name.to_owned()))
    }
}

/// A name behind what was done: `EP unseen.order`, `swap_cosine`, `direction.0` or `factor.1.8.scene`.
fn behind(name: &str) -> Option<Metric> {
    let (before, place) = match name.rsplit_once(' ') {
        None => (Intervention::None, name),
        Some((before, place)) => (Intervention::read(before)?, place),
    };
    let words: Vec<&str> = place.split('.').collect();
    let number = |i: usize| words[i].parse::<u32>().ok();
    Some(match words[..] {
        ["swap_cosine"] => Metric::SwapCosine(before),
        ["direction", _] => Metric::Direction(before, number(1)?),
        ["factor", _, _, factor] => {
            let factor = Factor::ALL.into_iter().find(|known| known.name() == factor)?;
            Metric::Factor(before, number(1)?, number(2)?, factor)
        }
        [split, score] => {
            let split = Split::ALL.into_iter().find(|known| known.name() == split)?;
            let score = Score::ALL.into_iter().find(|known| known.name() == score)?;
            Metric::Accuracy(before, split, score)
        }
        _ => return None,
    })
}

/// A name of words and numbers with dots between.
fn plain(name: &str) -> Option<Metric> {
    let words: Vec<&str> = name.split('.').collect();
    let number = |i: usize| words[i].parse::<u32>().ok();
    let term = |i: usize| words[i].parse::<Term>().ok();
    Some(match words[..] {
        ["loss"] => Metric::Loss,
        ["not_finite"] => Metric::NotFinite,
        ["slope"] => Metric::Slope,
        ["steepest"] => Metric::Steepest,
        ["slope", _] => Metric::HeadSlope(number(1)?),
        ["down", _] => Metric::Down(number(1)?),
        ["ep", _, _] => Metric::Ep(number(1)?, number(2)?),
        ["share", part] => Metric::Share(Part::ALL.into_iter().find(|known| format!("{known:?}") == part)?),
        ["variance", _] => Metric::Variance(term(1)?),
        ["row", _, _, _] => Metric::Row(number(1)?, term(2)?, number(3)?),
        ["first", _] => Metric::First(number(1)?),
        ["least", _] => Metric::Least(number(1)?),
        ["second", _] => Metric::Second(number(1)?),
        ["attention", _, _] => Metric::Attention(number(1)?, number(2)?),
        ["objects", _] => Metric::Objects(number(1)?),
        ["preference", _, _] => Metric::Preference(number(1)?, term(2)?),
        [space, agreement] => {
            let space = Space::ALL.into_iter().find(|known| known.name() == space)?;
            let agreement = Agreement::ALL
                .into_iter()
                .find(|known| known.name() == agreement)?;
            Metric::Alignment(space, agreement)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::analysis::{Ablation, Role, Tower};
    use crate::experiment::Deed;

    fn ablation() -> impl Strategy<Value = Ablation> {
        let terms = proptest::collection::vec(select(&Term::ALL[..]), 1..5);
        let heads = proptest::option::of(proptest::collection::vec(0u32..16, 0..4));
        let tower = select(&Tower::ALL[..]);
        (tower, 1u32..5, terms, -1.0..2.0f64, heads).prop_map(|(tower, layer, terms, strength, heads)| {
            Ablation {
                tower,
                layer,
                terms,
                strength,
                heads,
            }
        })
    }

    fn metric() -> impl Strategy<Value = Metric> {
        let before = prop_oneof![
            Just(Intervention::None),
            ablation().prop_map(Intervention::Ablation),
            any::<f64>()
                .prop_filter("a slope is a number", |x| x.is_finite())
                .prop_map(Intervention::Ramp),
            (
                select(&Deed::ALL[..]),
                proptest::option::of(select(&Role::ALL[..]))
            )
                .prop_map(|(deed, role)| Intervention::Heads(deed, role)),
            Just(Intervention::Untaught),
            Just(Intervention::BothSides),
            any::<u32>().prop_map(Intervention::Patch),
        ];
        let (term, head, at) = (select(&Term::ALL[..]), any::<u32>(), any::<u32>());
        prop_oneof![
            before.clone().prop_map(Metric::SwapCosine),
            (before.clone(), any::<u32>()).prop_map(|(b, head)| Metric::Direction(b, head)),
            (
                before.clone(),
                any::<u32>(),
                any::<u32>(),
                select(&Factor::ALL[..])
            )
                .prop_map(|(b, layer, place, factor)| Metric::Factor(b, layer, place, factor)),
            (before, select(&Split::ALL[..]), select(&Score::ALL[..]))
                .prop_map(|(b, p, s)| Metric::Accuracy(b, p, s)),
            select(&[Metric::Loss, Metric::NotFinite, Metric::Slope, Metric::Steepest][..]),
            select(&Part::ALL[..]).prop_map(Metric::Share),
            term.clone().prop_map(Metric::Variance),
            (head, at).prop_map(|(head, at)| Metric::Ep(head, at)),
            (head, at).prop_map(|(head, at)| Metric::Attention(head, at)),
            (head, term.clone(), at).prop_map(|(head, term, at)| Metric::Row(head, term, at)),
            (head, term).prop_map(|(head, term)| Metric::Preference(head, term)),
            head.prop_flat_map(|head| {
                let kinds = [
                    Metric::HeadSlope,
                    Metric::Down,
                    Metric::First,
                    Metric::Least,
                    Metric::Second,
                    Metric::Objects,
                ];
                select(kinds.map(|kind| kind(head)).to_vec())
            }),
            (select(&Space::ALL[..]), select(&Agreement::ALL[..])).prop_map(|(s, a)| Metric::Alignment(s, a)),
        ]
    }

    proptest! {
        /// A name is its metric, and no other's.
        #[test]
        fn names_are_read_as_they_are_written(metric in metric(), other in metric()) {
            prop_assert_eq!(metric.to_string().parse(), Ok(metric.clone()));
            prop_assert_eq!(metric == other, metric.to_string() == other.to_string());
        }
    }

    #[test]
    fn a_name_that_no_metric_has_is_refused() {
        let near = [
            "unseen.ordr",
            "EX unseen.order",
            "EP  unseen.order",
            "ramp x unseen.order",
            "silent nobody unseen.order",
            "taught unseen.order",
            "ep.0",
            "slope.-1",
            "slope.01",
            "",
        ];
        for name in near {
            let error = name.parse::<Metric>().unwrap_err();
            assert_eq!(error.to_string(), format!("there is no metric \"{name}\""));
        }
    }
}
