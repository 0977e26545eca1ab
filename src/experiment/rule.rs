//! The rule that decides a claim: criteria, each of one or several numbers with the bounds that they must keep.

use std::fmt;

use serde::Serialize;

use super::stats::decimal;

/// What the measurements say of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every criterion holds.
    Reproduced,
    /// Some hold.
    Partly,
    /// None holds.
    Not,
    /// Too little is measured yet.
    Open,
}

/// What a number must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// More than this.
    MoreThan(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    LessThan(f64),
    /// Between the two, both allowed.
    Between(f64, f64),
}

impl Bound {
    /// Whether a number keeps it; NaN keeps none.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Bound::AtLeast(least) => value >= least,
            Bound::MoreThan(least) => value > least,
            Bound::AtMost(most) => value <= most,
            Bound::LessThan(most) => value < most,
            Bound::Between(least, most) => (least..=most).contains(&value),
        }
    }
}

/// As the end of a sentence: `at least 0.90`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Bound::AtLeast(least) => write!(f, "at least {}", decimal(least)),
            Bound::MoreThan(least) => write!(f, "more than {}", decimal(least)),
            Bound::AtMost(most) => write!(f, "at most {}", decimal(most)),
            Bound::LessThan(most) => write!(f, "less than {}", decimal(most)),
            Bound::Between(least, most) => write!(f, "{} to {}", decimal(least), decimal(most)),
        }
    }
}

impl Serialize for Bound {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One number of a rule and what it must be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Condition {
    /// What the number is, in words.
    pub what: String,
    /// The number; none where no model has it.
    pub value: Option<f64>,
    /// What it must be, as the end of a sentence.
    #[cfg_attr(feature = "web", tsify(type = "string"))]
    pub bound: Bound,
    /// Whether it is.
    pub holds: bool,
}

impl Condition {
    /// A number, NaN where no model has it, and what it must be.
    pub fn new(what: impl Into<String>, value: f64, bound: Bound) -> Condition {
        Condition {
            what: what.into(),
            value: Some(value).filter(|value| value.is_finite()),
            bound,
            holds: bound.holds(value),
        }
    }

    /// How many of some models, as a share of them.
    pub fn share(what: impl Into<String>, some: usize, all: usize, bound: Bound) -> Condition {
        Condition::new(what, some as f64 / all as f64, bound)
    }
}

/// `order without EP: 0.50 (must be 0.40 to 0.60)`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = decimal(self.value.unwrap_or(f64::NAN));
        write!(f, "{}: {value} (must be {})", self.what, self.bound)
    }
}

/// What counts as one in a verdict: conditions that must hold together.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion(pub Vec<Condition>);

impl From<Condition> for Criterion {
    fn from(condition: Condition) -> Criterion {
        Criterion(vec![condition])
    }
}

impl Verdict {
    /// All criteria of a rule hold, some, or none.
    pub fn judge(criteria: &[Criterion]) -> Verdict {
        let holds = |criterion: &&Criterion| criterion.0.iter().all(|condition| condition.holds);
        match criteria.iter().filter(holds).count() {
            0 => Verdict::Not,
            n if n == criteria.len() => Verdict::Reproduced,
            _ => Verdict::Partly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_holds_where_all_its_conditions_do_and_no_number_keeps_no_bound() {
        let (holds, fails) = (Bound::AtLeast(0.5), Bound::LessThan(0.5));
        let one = |bound, value| Condition::new("order", value, bound);
        let judge = |criteria: &[Criterion]| Verdict::judge(criteria);
        assert_eq!(judge(&[one(holds, 0.5).into()]), Verdict::Reproduced);
        assert_eq!(judge(&[one(fails, 0.5).into()]), Verdict::Not);
        assert_eq!(
            judge(&[one(holds, 0.5).into(), one(fails, 0.5).into()]),
            Verdict::Partly
        );
        assert_eq!(
            judge(&[Criterion(vec![one(holds, 0.5), one(fails, 0.5)])]),
            Verdict::Not
        );
        for bound in [
            holds,
            fails,
            Bound::MoreThan(0.0),
            Bound::AtMost(1.0),
            Bound::Between(0.0, 1.0),
        ] {
            let unmeasured = one(bound, f64::NAN);
            assert_eq!((unmeasured.holds, unmeasured.value), (false, None));
        }
    }

    #[test]
    fn bounds_are_kept_as_they_are_told() {
        let told = |bound: Bound, kept: f64, broken: f64, text: &str| {
            assert_eq!(
                (bound.holds(kept), bound.holds(broken), bound.to_string()),
                (true, false, text.to_owned())
            );
        };
        told(Bound::AtLeast(0.9), 0.9, 0.899, "at least 0.90");
        told(Bound::MoreThan(0.5), 0.501, 0.5, "more than 0.50");
        told(Bound::AtMost(0.1), 0.1, 0.101, "at most 0.10");
        told(Bound::LessThan(0.1), 0.099, 0.1, "less than 0.10");
        told(Bound::Between(0.4, 0.6), 0.6, 0.601, "0.40 to 0.60");
        let condition = Condition::share("models with a slope", 3, 4, Bound::AtLeast(0.75));
        assert_eq!(
            condition.to_string(),
            "models with a slope: 0.75 (must be at least 0.75)"
        );
    }
}
