//! What can be measured of a model, as code builds it, and the unit of each number.

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

    pub(super) fn name(self) -> &'static str {
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
/// One number that can be measured of a model. [`Display`](std::fmt::Display) writes its name,
/// [`FromStr`](std::str::FromStr) reads it.
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

    /// The unit of its values: `share` of what is a part of a whole, from 0 to 1; none where they have no unit, or
    /// are a number of things.
    pub fn unit(&self) -> Option<&'static str> {
        match self {
            Metric::Loss => Some("nat"),
            Metric::Slope | Metric::HeadSlope(_) => Some("logit/pixel"),
            Metric::Down(_) => Some("logit/row"),
            Metric::Ep(..) | Metric::Row(..) | Metric::Preference(..) => Some("logit"),
            Metric::Accuracy(..)
            | Metric::Share(_)
            | Metric::Variance(_)
            | Metric::First(_)
            | Metric::Least(_)
            | Metric::Second(_)
            | Metric::Attention(..)
            | Metric::Objects(_)
            | Metric::Factor(..)
            | Metric::Alignment(_, Agreement::HeldMatched) => Some("share"),
            Metric::NotFinite
            | Metric::SwapCosine(_)
            | Metric::Steepest
            | Metric::Direction(..)
            | Metric::Alignment(..) => None,
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

#[cfg(test)]
mod tests {
    use super::*;

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
        for share in [
            "EP unseen.order",
            "share.XX",
            "attention.0.1",
            "token.held_matched",
        ] {
            assert_eq!(about(share).1, Some("share"), "{share}");
        }
        for bare in ["steepest", "EP swap_cosine", "token.held", "not_finite"] {
            assert_eq!(about(bare).1, None, "{bare}");
        }
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
