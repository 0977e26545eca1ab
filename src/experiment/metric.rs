//! The names of what is measured: `unseen.order`, `EP unseen.order`, `slope.0`. Code builds a [`Metric`];
//! sweeps, reports and the page write it as text, and text is read back into it.

use std::fmt;
use std::str::FromStr;

use super::Intervention;
use super::documented::documented;
use crate::analysis::{Factor, Score, Space, Term};
use crate::task::Split;

/// The parts of the CLS row's logits: X stands for the input, token and position embedding together, B for
/// the bias; first the query's, then the key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// X W_QK X^T: EE, EP, PE and PP.
    XX,
    /// Input queries on the keys' bias: EB and PB.
    XB,
    /// The queries' bias on input keys: BE and BP.
    BX,
    /// Bias on bias.
    BB,
}

impl Part {
    /// All four.
    pub const ALL: [Part; 4] = [Part::XX, Part::XB, Part::BX, Part::BB];

    /// The terms that the part is the sum of.
    pub fn terms(self) -> &'static [Term] {
        match self {
            Part::XX => &[Term::EE, Term::EP, Term::PE, Term::PP],
            Part::XB => &[Term::EB, Term::PB],
            Part::BX => &[Term::BE, Term::BP],
            Part::BB => &[Term::BB],
        }
    }
}

/// One of the numbers of an [`Alignment`](crate::analysis::Alignment), or of what it is
/// [by chance](crate::analysis::AlignmentChance).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// [`Alignment::raw`](crate::analysis::Alignment::raw).
    Raw,
    /// [`Alignment::raw_mismatched`](crate::analysis::Alignment::raw_mismatched).
    RawMismatched,
    /// [`Alignment::fitted`](crate::analysis::Alignment::fitted).
    Fitted,
    /// [`Alignment::held`](crate::analysis::Alignment::held).
    Held,
    /// [`Alignment::held_mismatched`](crate::analysis::Alignment::held_mismatched).
    HeldMismatched,
    /// [`Alignment::held_matched`](crate::analysis::Alignment::held_matched).
    HeldMatched,
    /// [`AlignmentChance::rotation`](crate::analysis::AlignmentChance::rotation).
    ChanceRotation,
    /// [`AlignmentChance::permutation`](crate::analysis::AlignmentChance::permutation).
    ChancePermutation,
}

impl Agreement {
    /// All eight.
    pub const ALL: [Agreement; 8] = [
        Agreement::Raw,
        Agreement::RawMismatched,
        Agreement::Fitted,
        Agreement::Held,
        Agreement::HeldMismatched,
        Agreement::HeldMatched,
        Agreement::ChanceRotation,
        Agreement::ChancePermutation,
    ];

    fn name(self) -> &'static str {
        match self {
            Agreement::Raw => "raw",
            Agreement::RawMismatched => "raw_mismatched",
            Agreement::Fitted => "fitted",
            Agreement::Held => "held",
            Agreement::HeldMismatched => "held_mismatched",
            Agreement::HeldMatched => "held_matched",
            Agreement::ChanceRotation => "chance_rotation",
            Agreement::ChancePermutation => "chance_permutation",
        }
    }
}

documented! {
/// One number that can be measured of a model. [`Display`](fmt::Display) writes its name, [`FromStr`] reads
/// it.
///
/// ```
/// use leftright::analysis::{Ablation, Score, Term};
/// use leftright::experiment::{Intervention, Metric};
/// use leftright::task::Split;
///
/// let without_ep = Intervention::Ablation(Ablation::vision(&[Term::EP], 0.0));
/// let metric = Metric::Accuracy(without_ep, Split::Unseen, Score::Order);
/// assert_eq!(metric.to_string(), "EP unseen.order");
/// assert_eq!("EP unseen.order".parse(), Ok(metric));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// `loss`: of the last step; NaN where training has diverged.
    Loss,
    /// `not_finite`: how often a scene was judged by a score that is not finite; absent where none was.
    NotFinite,
    /// `unseen.order`, `EP unseen.order`, `ramp 1.5 unseen.order`: a score on a split, behind what was done
    /// before.
    Accuracy(Intervention, Split, Score),
    /// `swap_cosine`, `EP swap_cosine`: how alike a strip and its swap are, over unseen pairs, behind what
    /// was done before.
    SwapCosine(Intervention),
    /// `slope`: the steepest head's EP slope, in logits per pixel, with its sign.
    Slope,
    /// `steepest`: which head that is.
    Steepest,
    /// `slope.0`: one head's EP slope, in logits per pixel (per column on a grid).
    HeadSlope(u32),
    /// `down.0`: one head's EP slope down the rows of a grid, in logits per row.
    Down(u32),
    /// `ep.0.3`: EP of a head at a pixel, in logits.
    Ep(u32, u32),
    /// `share.XX`: a part's share of the mean magnitude of the CLS row.
    Share(Part),
    /// `variance.EP`: a term's share of the variance of the logits over keys.
    Variance(Term),
    /// `row.0.EP.3`: a term of a head at a background pixel, in logits.
    Row(u32, Term, u32),
    /// `first.0`: a text head's mean attention on the label named first.
    First(u32),
    /// `least.0`: the least of it over all captions.
    Least(u32),
    /// `second.0`: its mean attention on the label named second.
    Second(u32),
    /// `attention.0.1`: its mean attention on a token of the caption.
    Attention(u32, u32),
    /// `preference.0.EP`: how much a term adds to the first label's logit over the second's.
    Preference(u32, Term),
    /// `objects.0`: a vision head's mean attention on the two objects of unseen pairs.
    Objects(u32),
    /// `direction.0`, `EP direction.0`: which of the two it looks at more, 1 the right one alone, -1 the
    /// left, behind what was done before.
    Direction(Intervention, u32),
    /// `factor.1.8.scene`, `both-sides factor.1.8.scene`: a factor's share of what the residual stream of
    /// the text tower tells of captions from either side, after a layer (from 1), at a place, behind what
    /// was done before.
    Factor(Intervention, u32, u32, Factor),
    /// `token.raw`, `circuit.held`: the mean cosine of labels' image and text vectors, as token embeddings or
    /// carried through values, output and projection: `raw` as they are, `fitted` rotated, of the labels that
    /// the rotation was fitted on, `held` of the others; `mismatched` of different labels. `held_matched` is
    /// how often a held label is nearest to itself; `chance_rotation` and `chance_permutation` are what
    /// `held` stays below in 95 % of rotations at random, and of rotations fitted to shuffled labels.
    Alignment(Space, Agreement),
}
}

impl Metric {
    /// A score on unseen pairs, with nothing done before.
    pub fn unseen(score: Score) -> Metric {
        Metric::Accuracy(Intervention::None, Split::Unseen, score)
    }

    /// The unit of its values; none where they have no unit, or are a number of things.
    pub fn unit(&self) -> Option<&'static str> {
        match self {
            Metric::Loss => Some("nat"),
            Metric::Slope | Metric::HeadSlope(_) => Some("logit/pixel"),
            Metric::Down(_) => Some("logit/row"),
            Metric::Ep(..) | Metric::Row(..) | Metric::Preference(..) => Some("logit"),
            _ => None,
        }
    }

    /// Whether it is of one head, or of heads that were named. Heads have no order, so that of models with
    /// different seeds such numbers cannot be compared.
    pub fn by_head(&self) -> bool {
        match self {
            Metric::Steepest
            | Metric::HeadSlope(_)
            | Metric::Down(_)
            | Metric::Ep(..)
            | Metric::Row(..)
            | Metric::First(_)
            | Metric::Least(_)
            | Metric::Second(_)
            | Metric::Attention(..)
            | Metric::Preference(..)
            | Metric::Objects(_)
            | Metric::Direction(..) => true,
            Metric::Accuracy(before, ..) | Metric::SwapCosine(before) | Metric::Factor(before, ..) => {
                before.names_heads()
            }
            Metric::Loss
            | Metric::NotFinite
            | Metric::Slope
            | Metric::Share(_)
            | Metric::Variance(_)
            | Metric::Alignment(..) => false,
        }
    }
}

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
        let tower = select(&[Tower::Vision, Tower::Text][..]);
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

    /// A meaning begins with names of one metric, and of no other's: what is documented is what is measured.
    #[test]
    fn meanings_begin_with_examples() {
        let kind = |name: &str| std::mem::discriminant(&name.parse::<Metric>().unwrap());
        let mut kinds = Vec::new();
        for meaning in Metric::MEANINGS {
            let (names, _) = meaning.split_once(':').unwrap();
            let names: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
            assert!(names.iter().all(|name| kind(name) == kind(names[0])), "{meaning}");
            assert!(!kinds.contains(&kind(names[0])), "{meaning}");
            kinds.push(kind(names[0]));
        }
    }

    /// What a column of a table says of itself: its own meaning and unit, without the examples' names.
    #[test]
    fn a_metric_says_what_it_is() {
        let about = |name: &str| {
            let metric: Metric = name.parse().unwrap();
            (metric.meaning(), metric.unit())
        };
        let slope = "the steepest head's EP slope, in logits per pixel, with its sign.";
        assert_eq!(about("slope"), (slope, Some("logit/pixel")));
        assert_eq!(
            about("ep.0.3"),
            ("EP of a head at a pixel, in logits.", Some("logit"))
        );
        assert_eq!(about("EP unseen.order").1, None);
        for meaning in Metric::MEANINGS {
            let name = meaning.split('`').nth(1).unwrap();
            assert!(
                meaning.ends_with(about(name).0) && !about(name).0.is_empty(),
                "{meaning}"
            );
        }
    }

    #[test]
    fn numbers_of_heads_are_known() {
        let by_head = |name: &str| name.parse::<Metric>().unwrap().by_head();
        for name in [
            "steepest",
            "slope.0",
            "row.0.EP.3",
            "EP@0+2 unseen.order",
            "attention.1.0",
        ] {
            assert!(by_head(name), "{name}");
        }
        for name in [
            "slope",
            "EP unseen.order",
            "ramp 1.5 unseen.order",
            "share.XX",
            "EP swap_cosine",
        ] {
            assert!(!by_head(name), "{name}");
        }
    }
}
