//! What can be measured of a model, by name.

use serde::{Deserialize, Serialize};

#[cfg(feature = "report")]
use super::lessons::{both_sides, factors};
#[cfg(feature = "report")]
use super::roles::{roles, transplant};
use super::{Agreement, Intervention, Metric, Part, Values};
use crate::analysis::{
    Ablation, Accuracy, Alignment, AnalysisError, Evaluator, Scene, Score, Term, least_squares_slope, surgery,
};
#[cfg(feature = "report")]
use crate::analysis::{Tower, strengths};
use crate::task::Split;

/// One measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// [`Metric::Accuracy`] on some splits: `single.retrieval`, `unseen.order` and so on.
    Accuracies(Vec<Split>),
    /// The same under an ablation: `EP unseen.order`, `EP*-1 unseen.order`, `layer2.EP unseen.order`.
    Ablation(Ablation, Vec<Split>),
    /// [`Metric::Slope`], [`Metric::Steepest`] and every [`Metric::HeadSlope`].
    Slopes,
    /// Every [`Metric::Ep`], and on a grid every [`Metric::Down`].
    EpRows,
    /// How large the pieces of the CLS row are, over unseen scenes: every [`Metric::Share`] and
    /// [`Metric::Variance`].
    Shares,
    /// [`Metric::Row`] of EP, PP and BP.
    BackgroundRows,
    /// The text side, head by head: [`Metric::First`], [`Metric::Least`], [`Metric::Second`],
    /// [`Metric::Attention`] and [`Metric::Preference`].
    Text,
    /// Every [`Metric::Alignment`] but those of chance.
    Alignment,
    /// [`Metric::Accuracy`] on unseen pairs after surgery: the steepest head's EP row is replaced by a ramp
    /// of this slope, and the other heads lose theirs. The ramp falls or rises as the model's own does.
    Ramp(f64),
    /// [`Metric::SwapCosine`] as the model is, and under each ablation.
    #[cfg(feature = "report")]
    SwapCosine(Vec<Ablation>),
    /// [`Metric::Alignment`] by chance: two hundred draws, which takes seconds.
    #[cfg(feature = "report")]
    AlignmentChance,
    /// What vision heads look at, and what the model is without those of a role, with them alone and without
    /// their EP: every [`Metric::Objects`] and [`Metric::Direction`], and [`Metric::Accuracy`] on unseen
    /// pairs behind [`Intervention::Heads`].
    #[cfg(feature = "report")]
    Roles,
    /// [`Metric::Accuracy`] on unseen pairs of the [untaught](Intervention::Untaught) model, which it trains
    /// for so many steps, and of it with this model's heads of a role in the places of its own.
    #[cfg(feature = "report")]
    Transplant(u32),
    /// Every [`Metric::Factor`].
    #[cfg(feature = "report")]
    Factors,
    /// [`Metric::Accuracy`] on pairs, and every [`Metric::Factor`], behind [`Intervention::BothSides`]: it
    /// trains the model on for so many steps.
    #[cfg(feature = "report")]
    BothSides(u32),
    /// [`Metric::Accuracy`] on unseen pairs behind [`Intervention::Patch`] of a place.
    #[cfg(feature = "report")]
    Patch(u32),
}

/// Adds the scores of one accuracy, each as `metric` names it, and what of it is not finite.
pub(super) fn insert(values: &mut Values, before: &Intervention, split: Split, accuracy: &Accuracy) {
    for score in Score::ALL {
        if let Some(value) = accuracy.score(score) {
            values.insert(Metric::Accuracy(before.clone(), split, score), value);
        }
    }
    if accuracy.not_finite > 0 {
        let others = values.get(&Metric::NotFinite).unwrap_or(0.0);
        values.insert(Metric::NotFinite, others + f64::from(accuracy.not_finite));
    }
}

impl Measure {
    /// Every metric of it, in the order of reports, where all models have the same; none of a measure that
    /// goes by head or pixel.
    pub fn metrics(&self) -> Vec<Metric> {
        let accuracies = |before: &Intervention, splits: &[Split]| {
            let scores = splits
                .iter()
                .flat_map(|split| Score::on(*split).iter().map(move |score| (*split, *score)));
            scores
                .map(|(split, score)| Metric::Accuracy(before.clone(), split, score))
                .collect()
        };
        match self {
            Measure::Accuracies(splits) => accuracies(&Intervention::None, splits),
            Measure::Ablation(ablation, splits) => {
                accuracies(&Intervention::Ablation(ablation.clone()), splits)
            }
            Measure::Shares => {
                let shares = Part::ALL.map(Metric::Share).into_iter();
                shares.chain(Term::LOGIT.map(Metric::Variance)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Measures one model's parameters and adds the numbers to `values`.
    ///
    /// # Errors
    /// Where the model has not what is measured, or a number is not finite.
    pub fn take(
        &self,
        evaluator: &Evaluator,
        params: &[f32],
        values: &mut Values,
    ) -> Result<(), AnalysisError> {
        let config = evaluator.config();
        match self {
            Measure::Accuracies(splits) => {
                let judge = evaluator.judge_under(params, &[])?;
                for split in splits {
                    insert(values, &Intervention::None, *split, &judge(*split));
                }
            }
            Measure::Ablation(ablation, splits) => {
                let before = Intervention::Ablation(ablation.clone());
                let judge = evaluator.judge_under(params, std::slice::from_ref(ablation))?;
                for split in splits {
                    insert(values, &before, *split, &judge(*split));
                }
            }
            #[cfg(feature = "report")]
            Measure::SwapCosine(ablations) => {
                let each = ablations.iter().map(|ablation| {
                    (
                        Intervention::Ablation(ablation.clone()),
                        std::slice::from_ref(ablation),
                    )
                });
                for (before, ablations) in std::iter::once((Intervention::None, &[][..])).chain(each) {
                    if let Some(cosine) = evaluator.swap_cosine(params, ablations)? {
                        values.insert(Metric::SwapCosine(before), cosine);
                    }
                }
            }
            Measure::Slopes => {
                let slopes = evaluator.slopes(params);
                let head = steepest(&slopes);
                values.insert(Metric::Slope, slopes[head]);
                values.insert(Metric::Steepest, head as f64);
                values.extend((0..).map(Metric::HeadSlope).zip(slopes));
            }
            Measure::EpRows => ep_rows(evaluator, params, values),
            Measure::Shares => shares(evaluator, params, values)?,
            Measure::BackgroundRows => {
                for (h, rows) in (0..).zip(evaluator.background_rows(params)) {
                    for term in [Term::EP, Term::PP, Term::BP] {
                        let row = rows[term.place()].iter().copied();
                        values.extend((0..).map(|pixel| Metric::Row(h, term, pixel)).zip(row));
                    }
                }
            }
            Measure::Text => {
                for (h, head) in (0..).zip(evaluator.text_heads(params)?) {
                    values.insert(Metric::First(h), head.first);
                    values.insert(Metric::Least(h), head.least);
                    values.insert(Metric::Second(h), head.second);
                    values.extend((0..).map(|token| Metric::Attention(h, token)).zip(head.attention));
                    values.extend(
                        Term::LOGIT
                            .map(|term| Metric::Preference(h, term))
                            .into_iter()
                            .zip(head.preference),
                    );
                }
            }
            Measure::Alignment => {
                for alignment in evaluator.alignment(params)? {
                    let space = alignment.space;
                    let number = |(agreement, value)| (Metric::Alignment(space, agreement), value);
                    values.extend(agreements(&alignment).map(number));
                }
            }
            #[cfg(feature = "report")]
            Measure::AlignmentChance => {
                for chance in evaluator.alignment_chance(params)? {
                    let metric = |agreement| Metric::Alignment(chance.space, agreement);
                    values.insert(metric(Agreement::ChanceRotation), chance.rotation);
                    values.insert(metric(Agreement::ChancePermutation), chance.permutation);
                }
            }
            #[cfg(feature = "report")]
            Measure::Roles => roles(evaluator, params, values)?,
            #[cfg(feature = "report")]
            Measure::Transplant(steps) => transplant(evaluator, params, *steps, values)?,
            #[cfg(feature = "report")]
            Measure::Factors => factors(evaluator, params, &Intervention::None, values)?,
            #[cfg(feature = "report")]
            Measure::BothSides(steps) => both_sides(evaluator, params, *steps, values)?,
            #[cfg(feature = "report")]
            Measure::Patch(place) => {
                let captions = evaluator.embed_captions_patched(params, *place as usize)?;
                let vision = strengths(config, Tower::Vision, &[])?;
                let accuracy = evaluator.judge(params, &vision, &captions, Split::Unseen);
                insert(values, &Intervention::Patch(*place), Split::Unseen, &accuracy);
            }
            Measure::Ramp(slope) => {
                let vision = surgery(config, &ramp(evaluator, params, *slope))?;
                let accuracy = evaluator.judge(
                    params,
                    &vision,
                    &evaluator.embed_captions(params, &[])?,
                    Split::Unseen,
                );
                insert(values, &Intervention::Ramp(*slope), Split::Unseen, &accuracy);
            }
        }
        Ok(())
    }
}

fn agreements(alignment: &Alignment) -> [(Agreement, f64); 6] {
    [
        (Agreement::Raw, alignment.raw),
        (Agreement::RawMismatched, alignment.raw_mismatched),
        (Agreement::Fitted, alignment.fitted),
        (Agreement::Held, alignment.held),
        (Agreement::HeldMismatched, alignment.held_mismatched),
        (Agreement::HeldMatched, alignment.held_matched),
    ]
}

fn steepest(slopes: &[f64]) -> usize {
    (0..slopes.len()).fold(0, |best, h| {
        if slopes[h].abs() > slopes[best].abs() {
            h
        } else {
            best
        }
    })
}

/// The steepest head's row as a ramp about zero with the sign of its own slope; the other heads have none.
fn ramp(evaluator: &Evaluator, params: &[f32], slope: f64) -> Vec<Option<Vec<f64>>> {
    let config = evaluator.config();
    let slopes = evaluator.slopes(params);
    let head = steepest(&slopes);
    let middle = f64::from(config.pixels - 1) / 2.0;
    let row = (0..config.pixels)
        .map(|i| slope * slopes[head].signum() * (f64::from(i) - middle))
        .collect();
    (0..slopes.len())
        .map(|h| (h == head).then(|| Vec::clone(&row)))
        .collect()
}

fn ep_rows(evaluator: &Evaluator, params: &[f32], values: &mut Values) {
    let config = evaluator.config();
    let side = config.pixels.isqrt() as usize;
    for (h, row) in (0..).zip(evaluator.ep_rows(params)) {
        if config.grid {
            let down: Vec<f64> = (0..row.len()).map(|i| (i / side) as f64).collect();
            values.insert(Metric::Down(h), least_squares_slope(&down, &row));
        }
        values.extend((0..).map(|pixel| Metric::Ep(h, pixel)).zip(row));
    }
}

fn shares(evaluator: &Evaluator, params: &[f32], values: &mut Values) -> Result<(), AnalysisError> {
    let mut magnitude = [0.0; 4];
    let mut variance = [0.0; 9];
    let mut heads = 0.0;
    for item in evaluator.some_unseen() {
        for head in evaluator
            .decompose(params, &Scene::Strip(item.strip.clone()), 1, &[])?
            .heads
        {
            for (total, part) in magnitude.iter_mut().zip(Part::ALL) {
                let at = |t: usize| {
                    part.terms()
                        .iter()
                        .map(|term| head.term(*term).row[t])
                        .sum::<f64>()
                        .abs()
                };
                *total += (0..head.logits.len()).map(at).sum::<f64>();
            }
            variance
                .iter_mut()
                .zip(&head.terms)
                .for_each(|(total, term)| *total += term.share);
            heads += 1.0;
        }
    }
    let all: f64 = magnitude.iter().sum();
    values.extend(
        Part::ALL
            .map(Metric::Share)
            .into_iter()
            .zip(magnitude.map(|x| x / all)),
    );
    values.extend(
        Term::LOGIT
            .map(Metric::Variance)
            .into_iter()
            .zip(variance.map(|x| x / heads)),
    );
    Ok(())
}
