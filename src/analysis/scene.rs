//! A scene that is asked about: a strip, or a caption by its labels.

use serde::{Deserialize, Serialize};

use super::AnalysisError;
use crate::config::ValidConfig;
use crate::task::{Caption, all_captions, holds};

/// A strip for the vision tower, or a caption for the text tower.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Scene {
    /// Pixels, 0 background.
    Strip(Vec<u32>),
    /// Labels in the order they are named: one, or all the objects of a scene.
    Caption(Vec<u32>),
}

impl Scene {
    /// The caption that is true of the strip, or that has these labels in this order.
    ///
    /// # Errors
    /// Where the strip or the labels are not of the config's world, or no caption orders the strip's objects.
    pub fn caption(&self, config: &ValidConfig) -> Result<Caption, AnalysisError> {
        let labels: Vec<u32> = match self {
            Scene::Strip(strip) => {
                if strip.len() != config.pixels as usize {
                    let message = format!(
                        "the strip has {} pixels, but must have {}",
                        strip.len(),
                        config.pixels
                    );
                    return Err(AnalysisError::Scene(message));
                }
                strip.iter().copied().filter(|p| *p > 0).collect()
            }
            Scene::Caption(labels) => labels.clone(),
        };
        if let Some(label) = labels.iter().find(|x| !(1..=config.labels).contains(*x)) {
            return Err(AnalysisError::Scene(format!(
                "the label is {label}, but must be between 1 and {}",
                config.labels
            )));
        }
        if labels.len() != 1 && labels.len() != config.objects as usize {
            let most = if config.objects == 3 { "three" } else { "two" };
            let message = format!(
                "the scene has {} objects, but must have one or {most}",
                labels.len()
            );
            return Err(AnalysisError::Scene(message));
        }
        if let Some(x) = labels
            .iter()
            .enumerate()
            .find_map(|(i, x)| labels[..i].contains(x).then_some(x))
        {
            let how_many = if labels.len() == 2 { "both" } else { "two" };
            return Err(AnalysisError::Scene(format!(
                "{how_many} objects are {x}, but they must differ"
            )));
        }
        let says = |caption: &&Caption| match self {
            Scene::Strip(strip) => holds(config, strip, **caption),
            Scene::Caption(_) => *caption.labels() == *labels,
        };
        all_captions(config).iter().find(says).copied().ok_or_else(|| {
            AnalysisError::Scene("no caption orders these objects: they stand in one column".to_owned())
        })
    }
}
