//! What the heads of a role do: what a model is without them, and what another is with them.

use super::lessons::from_either_side;
use super::measure::insert;
use super::{Deed, Intervention, Metric, Values};
use crate::analysis::{Ablation, AnalysisError, Evaluator, Gaze, Role, Term, Tower};
use crate::task::Split;

/// The roles of heads that something is done to.
const ROLES: [Role; 2] = [Role::Pointing, Role::Finding];

/// The heads of a role (none given: all heads), and the others.
fn heads(gazes: &[Gaze], role: Option<Role>) -> (Vec<u32>, Vec<u32>) {
    (0..gazes.len() as u32).partition(|h| role.is_none_or(|role| gazes[*h as usize].role() == role))
}

/// Every [`Metric::Objects`], [`Metric::Direction`] as the model is and without EP, and the accuracies on
/// unseen pairs without the heads of a role, with them alone, and without their EP.
pub(super) fn roles(evaluator: &Evaluator, params: &[f32], values: &mut Values) -> Result<(), AnalysisError> {
    let ep = Ablation::vision(&[Term::EP], 0.0);
    let gazes = evaluator.gazes(params, Tower::Vision, &[])?;
    values.extend(
        (0..)
            .map(Metric::Objects)
            .zip(gazes.iter().map(|gaze| gaze.objects)),
    );
    let without = evaluator.gazes(params, Tower::Vision, std::slice::from_ref(&ep))?;
    for (before, gazes) in [
        (Intervention::None, &gazes),
        (Intervention::Ablation(ep.clone()), &without),
    ] {
        let directions = gazes.iter().map(|gaze| gaze.direction);
        values.extend(
            (0..)
                .map(|h| Metric::Direction(before.clone(), h))
                .zip(directions),
        );
    }
    for role in ROLES.map(Some) {
        let (own, others) = heads(&gazes, role);
        for (deed, silent) in [(Deed::Silent, &own), (Deed::Only, &others)] {
            let left = evaluator.silence(params, Tower::Vision, silent)?;
            let accuracy = evaluator.accuracy(&left, &[], Split::Unseen)?;
            insert(values, &Intervention::Heads(deed, role), Split::Unseen, &accuracy);
        }
        let flat = Ablation {
            heads: Some(own),
            ..ep.clone()
        };
        let accuracy = evaluator.accuracy(params, &[flat], Split::Unseen)?;
        insert(
            values,
            &Intervention::Heads(Deed::Flat, role),
            Split::Unseen,
            &accuracy,
        );
    }
    Ok(())
}

/// The accuracies on unseen pairs of the [untaught](Intervention::Untaught) model, trained for so many steps,
/// and of it with the heads of a role, or all heads, carried into it.
pub(super) fn transplant(
    evaluator: &Evaluator,
    params: &[f32],
    steps: u32,
    values: &mut Values,
) -> Result<(), AnalysisError> {
    let gaze = |tower: Tower| evaluator.gazes(params, tower, &[]).map(|gazes| (tower, gazes));
    let gazes = [gaze(Tower::Vision)?, gaze(Tower::Text)?];
    let (_, untaught) = from_either_side(evaluator.config(), None, steps)?;
    let mut judge = |before: &Intervention, model: &[f32]| -> Result<(), AnalysisError> {
        let accuracy = evaluator.accuracy(model, &[], Split::Unseen)?;
        insert(values, before, Split::Unseen, &accuracy);
        Ok(())
    };
    judge(&Intervention::Untaught, &untaught)?;
    for role in ROLES.map(Some).into_iter().chain([None]) {
        for (deed, towers) in [(Deed::Carried, &gazes[..1]), (Deed::CarriedBoth, &gazes[..])] {
            let mut model = untaught.clone();
            for (tower, gazes) in towers {
                evaluator.carry(params, *tower, &heads(gazes, role).0, &mut model)?;
            }
            judge(&Intervention::Heads(deed, role), &model)?;
        }
    }
    Ok(())
}
