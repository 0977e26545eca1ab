//! What is reported of a model: retrieval, order and recognition on every split. [`super::Evaluator`]
//! measures them.

use serde::Serialize;

use crate::task::{Split, splits};

/// How often a model is right on one split, each from 0 to 1; none where the split has no scene, as a very small
/// world's can.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Accuracy {
    /// The nearest of all captions is true (in an autoregressive run: the caption it writes is).
    pub retrieval: Option<f64>,
    /// The scene's caption beats the same labels in any other order (chance 0.5, of three objects 1/6); a tie
    /// at the top is the toss it is, so two equals count a half. None for single objects.
    pub order: Option<f64>,
    /// The nearest caption names the scene's objects, in any order; none for single objects.
    pub recognition: Option<f64>,
    /// Scenes judged.
    pub items: u32,
    /// Of them, those with a score that is no number: their embeddings are too large to have a direction, or
    /// none at all. Nothing is known of how they would be judged; left out where there are none.
    #[cfg_attr(feature = "web", tsify(optional))]
    #[serde(skip_serializing_if = "none")]
    pub not_finite: u32,
}

fn none(count: &u32) -> bool {
    *count == 0
}

macro_rules! accuracies {
    ($($split:ident $name:ident $what:literal;)*) => {
        /// The accuracies on every split.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[cfg_attr(feature = "web", derive(tsify::Tsify))]
        pub struct Accuracies {
            $(#[doc = $what] pub $name: Accuracy,)*
        }

        impl Accuracies {
            /// What `judge` says of every split.
            pub(super) fn new(judge: impl Fn(Split) -> Accuracy) -> Accuracies {
                Accuracies { $($name: judge(Split::$split),)* }
            }
        }

        impl std::ops::Index<Split> for Accuracies {
            type Output = Accuracy;

            fn index(&self, split: Split) -> &Accuracy {
                match split {
                    $(Split::$split => &self.$name,)*
                }
            }
        }
    };
}
splits!(accuracies);

/// One of the three numbers of an [`Accuracy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// [`Accuracy::retrieval`].
    Retrieval,
    /// [`Accuracy::order`].
    Order,
    /// [`Accuracy::recognition`].
    Recognition,
}

impl Score {
    /// All three, in the order they are reported.
    pub const ALL: [Score; 3] = [Score::Retrieval, Score::Order, Score::Recognition];

    /// The scores that a split has: single objects have no order to get right, and none but themselves to be
    /// named.
    pub fn on(split: Split) -> &'static [Score] {
        if split == Split::Single {
            &Score::ALL[..1]
        } else {
            &Score::ALL
        }
    }

    /// The score's name.
    pub fn name(self) -> &'static str {
        match self {
            Score::Retrieval => "retrieval",
            Score::Order => "order",
            Score::Recognition => "recognition",
        }
    }
}

impl Accuracy {
    /// One score; none where the split has it not.
    pub fn score(&self, score: Score) -> Option<f64> {
        match score {
            Score::Retrieval => self.retrieval,
            Score::Order => self.order,
            Score::Recognition => self.recognition,
        }
    }
}

/// Accuracies and slopes at one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Evaluation {
    /// Steps done.
    pub step: u32,
    /// On every split.
    pub accuracies: Accuracies,
    /// EP slope of each vision head, in logits per pixel.
    pub slopes: Vec<f64>,
}
