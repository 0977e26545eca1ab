//! What a snapshot's parameters mean: terms, ablations, accuracies, slopes. Engine-independent, on the CPU.

mod ablate;
mod accuracy;
mod align;
mod decompose;
mod text;

pub use ablate::{Ablation, strengths, surgery};
pub use accuracy::{Accuracies, Accuracy, Evaluator};
pub use decompose::{CaptionScore, Decomposition, HeadDecomposition, Scene, TermRow, least_squares_slope};

pub use align::{Alignment, Space};
pub use text::TextHead;

use serde::{Deserialize, Serialize};

/// A question that cannot be asked of a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// A strip or caption outside the world.
    #[error("{0}")]
    Scene(String),
    /// An ablation of terms, heads or a strength that do not exist.
    #[error("{0}")]
    Ablation(String),
    /// A row that cannot stand in the place of EP's.
    #[error("{0}")]
    Surgery(String),
    /// The model's own numbers grow out of bounds: what of it has no value.
    #[error("the model's {0} is not finite, though its weights are")]
    NotFinite(&'static str),
}

/// Refuses numbers that would be shown as `NaN`, or in JSON as nothing.
fn finite<'a>(what: &'static str, numbers: impl IntoIterator<Item = &'a f64>) -> Result<(), AnalysisError> {
    if numbers.into_iter().all(|x| x.is_finite()) { Ok(()) } else { Err(AnalysisError::NotFinite(what)) }
}

/// An additive piece of the attention logits, first letter the query's source and second the key's (E token
/// embedding, P position embedding, B bias), or VP, the position part of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[allow(missing_docs)] // the names are their definition
pub enum Term {
    EE,
    EP,
    EB,
    PE,
    PP,
    PB,
    BE,
    BP,
    BB,
    VP,
}

impl Term {
    /// The nine terms of the logits, in the order of `Strengths::logit`.
    pub const LOGIT: [Term; 9] = [Term::EE, Term::EP, Term::EB, Term::PE, Term::PP, Term::PB, Term::BE, Term::BP, Term::BB];

    /// Its name.
    pub fn name(self) -> &'static str {
        let all: [&str; 10] = ["EE", "EP", "EB", "PE", "PP", "PB", "BE", "BP", "BB", "VP"];
        all[self as usize]
    }

    /// A term by its name.
    pub fn parse(name: &str) -> Result<Term, AnalysisError> {
        let all = Term::LOGIT.iter().chain([&Term::VP]);
        all.copied().find(|t| t.name() == name.trim()).ok_or_else(|| {
            AnalysisError::Ablation(format!("there is no term \"{name}\"; the terms are EE, EP, EB, PE, PP, PB, BE, BP, BB and VP"))
        })
    }
}

/// One of the two encoders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Tower {
    /// Strips, read at CLS.
    #[default]
    Vision,
    /// Captions, read at EOT.
    Text,
}
