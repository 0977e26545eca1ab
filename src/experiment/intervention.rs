//! What can be done to a model before it is measured, and how that is written before a metric's name.

use std::fmt;

use crate::analysis::{Ablation, Role};

/// What is done to a model before its accuracy is measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Intervention {
    /// Nothing.
    None,
    /// Some terms are scaled.
    Ablation(Ablation),
    /// The steepest head's EP row is replaced by a ramp of this slope, in logits per pixel; the other heads
    /// lose theirs.
    Ramp(f64),
    /// Something is done to the vision heads of a role; none given means all heads.
    Heads(Deed, Option<Role>),
    /// It is another model: that of the same seed whose captions are from either side from the start, which
    /// one text layer does not learn to order.
    Untaught,
    /// It has been trained on with captions from either side.
    BothSides,
    /// One place of every caption has, after the text tower's first layer, what it has in the caption with
    /// the other word, left or right.
    Patch(u32),
}

/// What is done to the heads of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// They add nothing to the residual stream.
    Silent,
    /// No other head does.
    Only,
    /// They lose their EP.
    Flat,
    /// They are carried into the [untaught](Intervention::Untaught) model.
    Carried,
    /// They are, and the text heads of the same role too.
    CarriedBoth,
}

impl Deed {
    /// All five.
    pub const ALL: [Deed; 5] = [
        Deed::Silent,
        Deed::Only,
        Deed::Flat,
        Deed::Carried,
        Deed::CarriedBoth,
    ];

    fn name(self) -> &'static str {
        match self {
            Deed::Silent => "silent",
            Deed::Only => "only",
            Deed::Flat => "flat",
            Deed::Carried => "carried",
            Deed::CarriedBoth => "carried-both",
        }
    }
}

impl Intervention {
    /// Whether it is done to heads by their numbers, which differ from seed to seed; a role is of all seeds.
    pub(super) fn names_heads(&self) -> bool {
        matches!(self, Intervention::Ablation(ablation) if ablation.heads.is_some())
    }
}

/// With a space behind it, since a metric's name follows.
impl fmt::Display for Intervention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Intervention::None => Ok(()),
            Intervention::Ablation(ablation) => write!(f, "{ablation} "),
            Intervention::Ramp(slope) => write!(f, "ramp {slope} "),
            Intervention::Heads(deed, role) => {
                write!(f, "{} {} ", deed.name(), role.map_or("all", Role::name))
            }
            Intervention::Untaught => f.write_str("untaught "),
            Intervention::BothSides => f.write_str("both-sides "),
            Intervention::Patch(place) => write!(f, "patch {place} "),
        }
    }
}

impl Intervention {
    /// Reads what [`Display`](fmt::Display) writes, but for the space behind it.
    pub(super) fn read(text: &str) -> Option<Intervention> {
        Some(match text.split_once(' ') {
            None if text == "untaught" => Intervention::Untaught,
            None if text == "both-sides" => Intervention::BothSides,
            None => Intervention::Ablation(text.parse().ok()?),
            Some(("ramp", slope)) => Intervention::Ramp(slope.parse().ok()?),
            Some(("patch", place)) => Intervention::Patch(place.parse().ok()?),
            Some((deed, role)) => {
                let deed = Deed::ALL.into_iter().find(|known| known.name() == deed)?;
                let known = Role::ALL.into_iter().find(|known| known.name() == role);
                Intervention::Heads(deed, if role == "all" { None } else { Some(known?) })
            }
        })
    }
}
