//! What a head of the first layer does, told by what its read row looks at; and models of which some heads
//! are silent, or are another model's.

use super::slope::first_pixel;
use super::text::NAMED;
use super::{Ablation, AnalysisError, Evaluator, Scene, Term, Tower, strengths};
use crate::model::TowerModel;

/// What a head looks at where there are two objects.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gaze {
    /// Mean attention on the two together.
    pub objects: f64,
    /// Mean of (attention on the second of them - on the first) / (on both): 1 looks at the right object
    /// alone or the label named second, -1 at the other, 0 at neither more.
    pub direction: f64,
}

/// What a head does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It looks at the objects, and mostly at the one on its side.
    Pointing,
    /// It looks at the objects, at both.
    Finding,
    /// It looks elsewhere.
    Neither,
}

impl Role {
    /// All three.
    pub const ALL: [Role; 3] = [Role::Pointing, Role::Finding, Role::Neither];

    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Pointing => "pointing",
            Role::Finding => "finding",
            Role::Neither => "neither",
        }
    }
}

impl Gaze {
    /// A head whose attention is on the objects by half or more looks at them, and one whose direction is a
    /// half or more, either way, points.
    pub fn role(self) -> Role {
        match (self.objects >= 0.5, self.direction.abs() >= 0.5) {
            (true, true) => Role::Pointing,
            (true, false) => Role::Finding,
            (false, _) => Role::Neither,
        }
    }
}

/// The places of a strip's two objects in what the vision tower reads.
fn objects(strip: &[u32], first: usize) -> [usize; 2] {
    let mut places = (first..).zip(strip).filter(|(_, pixel)| **pixel > 0);
    [(); 2].map(|()| places.next().expect("an unseen strip has two objects").0)
}

impl Evaluator {
    /// What every head of a tower's first layer looks at, over some unseen pairs in both orders, under some
    /// ablations: a strip's objects, or the labels of its caption.
    ///
    /// # Errors
    /// As [`Evaluator::decompose`], and where scenes are not strips of two objects, each with a caption
    /// apart.
    pub fn gazes(
        &self,
        params: &[f32],
        tower: Tower,
        ablations: &[Ablation],
    ) -> Result<Vec<Gaze>, AnalysisError> {
        let config = self.config();
        if config.autoregressive || config.grid || config.objects != 2 {
            let message = "a head's role is told by strips of two objects that a caption is compared with";
            return Err(AnalysisError::Scene(message.to_owned()));
        }
        let mut gazes = vec![Gaze::default(); config.heads as usize];
        let items = self.some_unseen();
        let part = 1.0 / items.len() as f64;
        for item in items {
            let (scene, [first, second]) = match tower {
                Tower::Vision => {
                    let places = objects(&item.strip, first_pixel(config));
                    (Scene::Strip(item.strip.clone()), places)
                }
                Tower::Text => (Scene::Caption(item.caption.labels().to_vec()), NAMED),
            };
            let heads = self.decompose(params, &scene, 1, ablations)?.heads;
            for (gaze, head) in gazes.iter_mut().zip(heads) {
                let [first, second] = [first, second].map(|place| head.attention[place]);
                gaze.objects += part * (first + second);
                gaze.direction += part * (second - first) / (first + second);
            }
        }
        Ok(gazes)
    }

    /// The model without what some heads of a tower's first layer add to the residual stream.
    ///
    /// # Errors
    /// Where there is no such tower or head.
    pub fn silence(&self, params: &[f32], tower: Tower, heads: &[u32]) -> Result<Vec<f32>, AnalysisError> {
        let tower = self.tower_with(tower, heads)?;
        let mut silent = params.to_vec();
        for head in heads {
            outputs(tower, *head as usize).for_each(|place| silent[place].fill(0.0));
        }
        Ok(silent)
    }

    /// Puts some heads of a tower's first layer, as one model has them, in their places in another: the rows
    /// of queries, keys and values, and the columns of the output.
    ///
    /// # Errors
    /// As [`Evaluator::silence`].
    pub fn carry(
        &self,
        from: &[f32],
        tower: Tower,
        heads: &[u32],
        into: &mut [f32],
    ) -> Result<(), AnalysisError> {
        let tower = self.tower_with(tower, heads)?;
        let (layer, d, k) = (&tower.params.layers[0], tower.d, tower.d_head());
        for head in heads.iter().map(|head| *head as usize) {
            let inputs = [&layer.query, &layer.key, &layer.value]
                .into_iter()
                .flat_map(|map| {
                    let (weight, bias) = (map.weight.start + head * k * d, map.bias.start + head * k);
                    [weight..weight + k * d, bias..bias + k]
                });
            for place in inputs.chain(outputs(tower, head)) {
                into[place.clone()].copy_from_slice(&from[place]);
            }
        }
        Ok(())
    }

    /// A tower that has some heads.
    fn tower_with(&self, tower: Tower, heads: &[u32]) -> Result<&TowerModel, AnalysisError> {
        let ablation = Ablation {
            tower,
            heads: Some(heads.to_vec()),
            ..Ablation::vision(&[Term::EP], 1.0)
        };
        strengths(self.config(), tower, &[ablation])?;
        Ok(&self.towers()[tower as usize])
    }
}

/// Where the output's columns of a head lie among a model's parameters, row by row.
fn outputs(tower: &TowerModel, head: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let (d, k) = (tower.d, tower.d_head());
    let output = tower.params.layers[0].output.weight.clone();
    output.step_by(d).map(move |row| {
        let start = row + head * k;
        start..start + k
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_told_by_where_and_which_way_a_head_looks() {
        let role = |objects, direction| Gaze { objects, direction }.role();
        assert_eq!(
            [
                role(0.5, 0.5),
                role(0.9, -0.5),
                role(0.5, 0.49),
                role(1.0, -0.49),
                role(0.49, 1.0)
            ],
            [
                Role::Pointing,
                Role::Pointing,
                Role::Finding,
                Role::Finding,
                Role::Neither
            ]
        );
        assert_eq!(role(f64::NAN, 1.0), Role::Neither);
    }

    #[test]
    fn objects_are_found_behind_cls() {
        assert_eq!(objects(&[0, 16, 0, 0, 17], 1), [2, 5]);
    }
}
