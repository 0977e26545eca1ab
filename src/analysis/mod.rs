//! What a snapshot's parameters mean: terms, ablations, accuracies, slopes. Engine-independent, on the CPU.

mod ablate;
mod accuracy;
mod align;
mod decompose;
mod evaluator;
mod factors;
mod heads;
mod scene;
mod slope;
mod swap;
mod text;

pub use crate::model::Term;
pub use ablate::{Ablation, strengths, surgery};
pub use accuracy::{Accuracies, Accuracy, Evaluation, Score};
pub use decompose::{CaptionScore, Decomposition, HeadDecomposition, TermRow};

pub use align::{Alignment, AlignmentChance, Space};
pub use evaluator::Evaluator;
pub use factors::Factor;
pub use heads::{Gaze, Role};
pub use scene::Scene;
pub use slope::least_squares_slope;
pub use text::TextHead;

use serde::{Deserialize, Serialize};

use crate::model::UnknownTerm;

/// A question that cannot be asked of a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// A strip or caption outside the world.
    #[error("{0}")]
    Scene(String),
    /// An ablation of terms, heads or a strength that do not exist.
    #[error("{0}")]
    Ablation(String),
    /// A layer that does not exist.
    #[error("{0}")]
    Layer(String),
    /// A term that does not exist.
    #[error(transparent)]
    Term(#[from] UnknownTerm),
    /// A row that cannot stand in the place of EP's.
    #[error("{0}")]
    Surgery(String),
    /// The model's own numbers grow out of bounds: what of it has no value.
    #[error("the model's {0} is not finite, though its weights are")]
    NotFinite(&'static str),
}

/// Refuses numbers that would be shown as `NaN`, or in JSON as nothing.
fn finite<'a>(what: &'static str, numbers: impl IntoIterator<Item = &'a f64>) -> Result<(), AnalysisError> {
    if numbers.into_iter().all(|x| x.is_finite()) {
        Ok(())
    } else {
        Err(AnalysisError::NotFinite(what))
    }
}

/// One of the two encoders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Tower {
    /// Strips, read at CLS.
    #[default]
    Vision,
    /// Captions, read at EOT.
    Text,
}

impl Tower {
    /// Both.
    pub const ALL: [Tower; 2] = [Tower::Vision, Tower::Text];

    /// Its name, as users and files write it.
    pub fn name(self) -> &'static str {
        match self {
            Tower::Vision => "vision",
            Tower::Text => "text",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name is what serde writes.
    #[test]
    fn towers_have_one_name() {
        for tower in Tower::ALL {
            assert_eq!(serde_json::to_value(tower).unwrap(), tower.name());
        }
    }
}
