//! A model of which each scene is captioned at random from the left or from the right: trained so from the
//! start, or once it has learned captions from the left alone.

use super::measure::insert;
use super::{Intervention, Metric, Values};
use crate::analysis::{AnalysisError, Evaluator, Factor};
use crate::config::{Config, Population, ValidConfig};
use crate::engine::cpu::Cpu;
use crate::model::Snapshot;
use crate::task::Split;

/// Trains a model with captions from either side, for so many steps: a new one of the config's seed, or one
/// with these parameters. Gives what it is judged by, and its parameters.
///
/// # Errors
/// Where scenes cannot be captioned so: see [`Config::right`].
pub(super) fn from_either_side(
    config: &ValidConfig,
    params: Option<&[f32]>,
    steps: u32,
) -> Result<(Evaluator, Vec<f32>), AnalysisError> {
    let config = Config {
        right: true,
        ..config.clone().into()
    };
    let config = config
        .validate()
        .map_err(|error| AnalysisError::Scene(error.to_string()))?;
    let population = Population::from(&config);
    let mut start = Snapshot::initial(&population);
    if let Some(params) = params {
        start.params.copy_from_slice(params);
    }
    let mut engine = Cpu::<f32>::new(&population, &start);
    (0..steps).for_each(|_| drop(engine.step()));
    Ok((Evaluator::new(&config), engine.snapshot().params))
}

/// The accuracies of the model [taught both sides](Intervention::BothSides) on pairs, of captions from either
/// side, and its factors at the end of its first text layer.
pub(super) fn both_sides(
    evaluator: &Evaluator,
    params: &[f32],
    steps: u32,
    values: &mut Values,
) -> Result<(), AnalysisError> {
    let (evaluator, params) = from_either_side(evaluator.config(), Some(params), steps)?;
    let judge = evaluator.judge_under(&params, &[])?;
    for split in [Split::Seen, Split::Unseen] {
        insert(values, &Intervention::BothSides, split, &judge(split));
    }
    factors(&evaluator, &params, &Intervention::BothSides, values)
}

/// Every [`Metric::Factor`] of a model.
pub(super) fn factors(
    evaluator: &Evaluator,
    params: &[f32],
    before: &Intervention,
    values: &mut Values,
) -> Result<(), AnalysisError> {
    for layer in 1..=evaluator.config().text_layers {
        for (place, shares) in evaluator.factors(params, layer)? {
            let name = |factor| Metric::Factor(before.clone(), layer, place as u32, factor);
            values.extend(Factor::ALL.map(name).into_iter().zip(shares));
        }
    }
    Ok(())
}
