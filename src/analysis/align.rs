//! Image-text alignment: are a label's two embeddings the same direction, at once or after the best rotation?

use nalgebra::DMatrix;
use serde::Serialize;

use super::evaluator::Evaluator;
use super::slope::mean;
use super::{AnalysisError, finite};
use crate::rng::{Stream, key, normal, permute};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Space {
    /// The two token embeddings.
    Token,
    /// The same, carried through values, output and projection into the shared space.
    Circuit,
}

impl Space {
    /// Both.
    pub const ALL: [Space; 2] = [Space::Token, Space::Circuit];

    /// The space's name.
    pub fn name(self) -> &'static str {
        match self {
            Space::Token => "token",
            Space::Circuit => "circuit",
        }
    }
}

/// Mean cosines of labels' image and text vectors in one space.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Alignment {
    /// What is compared.
    pub space: Space,
    /// Every label with itself, as they are.
    pub raw: f64,
    /// Every label with every other, as they are.
    pub raw_mismatched: f64,
    /// The labels that the rotation was fitted on, rotated.
    pub fitted: f64,
    /// The held labels, rotated.
    pub held: f64,
    /// The held labels with every other held label, rotated: what chance looks like.
    pub held_mismatched: f64,
    /// How often a rotated held label is nearest to itself among the held labels.
    pub held_matched: f64,
}

/// What the held labels' cosine is by chance, in one space: of so many draws the one that 95 % are below.
#[derive(Clone, Debug, PartialEq)]
pub struct AlignmentChance {
    /// What is compared.
    pub space: Space,
    /// Of [`Alignment::held`] under a rotation drawn at random.
    pub rotation: f64,
    /// Of the same under the best rotation that brings each fitted label's image vector to the text vector of
    /// another, drawn at random.
    pub permutation: f64,
}

/// Draws of chance, of either kind.
const DRAWS: u32 = 100;

impl Evaluator {
    /// What the held labels' cosine would be by chance, in both spaces.
    ///
    /// # Errors
    /// Where the model's vectors are not finite.
    pub fn alignment_chance(&self, params: &[f32]) -> Result<Vec<AlignmentChance>, AnalysisError> {
        self.spaces(params)
            .map(|(space, image, text)| self.chance(space, &image, &text))
            .collect()
    }

    fn chance(
        &self,
        space: Space,
        image: &DMatrix<f64>,
        text: &DMatrix<f64>,
    ) -> Result<AlignmentChance, AnalysisError> {
        let config = self.config();
        let (held, fitted) = (config.held_labels as usize, config.labels - config.held_labels);
        let ends = |all: &DMatrix<f64>| all.rows(all.nrows() - held, held).into_owned();
        let (image_held, text_held) = (ends(image), ends(text));
        let cosine = |rotation: &DMatrix<f64>| {
            cosines(&product(&image_held, rotation), &text_held).trace() / held as f64
        };
        let image_fitted = image.rows(0, fitted as usize).into_owned();
        let (mut rotations, mut permutations) = (Vec::new(), Vec::new());
        for draw in 0..DRAWS {
            let key = key(config.seed, Stream::Chance, draw);
            rotations.push(cosine(&random_rotation(image.ncols(), key)));
            let other = |label: usize| permute(label as u32, fitted, key) as usize;
            let shuffled = DMatrix::from_fn(fitted as usize, text.ncols(), |i, j| text[(other(i), j)]);
            permutations.push(cosine(&procrustes(&image_fitted, &shuffled)?));
        }
        Ok(AlignmentChance {
            space,
            rotation: upper(rotations),
            permutation: upper(permutations),
        })
    }

    /// The alignment in both spaces; the rotation is fitted on the labels that are not held out.
    ///
    /// # Errors
    /// Where the model's vectors are not finite.
    pub fn alignment(&self, params: &[f32]) -> Result<Vec<Alignment>, AnalysisError> {
        self.spaces(params)
            .map(|(space, image, text)| self.align(space, &image, &text))
            .collect()
    }

    /// Image and text vectors of all labels `[labels, width]`, in both spaces.
    fn spaces(&self, params: &[f32]) -> impl Iterator<Item = (Space, DMatrix<f64>, DMatrix<f64>)> {
        let [vision, text] = [0, 1].map(|i| self.labels(params, i));
        let pairs = Space::ALL.into_iter().zip(vision.into_iter().zip(text));
        pairs.map(|(space, (image, text))| (space, image, text))
    }

    /// One tower's vectors of all labels `[labels, width]`, in both spaces.
    fn labels(&self, params: &[f32], tower: usize) -> [DMatrix<f64>; 2] {
        // An autoregressive model has one tower, for images and text.
        let tower = &self.towers()[tower.min(self.towers().len() - 1)];
        let matrix = |range: std::ops::Range<usize>, columns: usize| {
            let values = params[range].iter().map(|x| f64::from(*x));
            DMatrix::from_row_iterator(values.len() / columns, columns, values)
        };
        let rows = matrix(tower.params.rows.clone(), tower.d);
        let token = rows.rows(1, self.config().labels as usize).into_owned();
        let layer = &tower.params.layers[0];
        let [value, output, projection] = [
            &layer.value.weight,
            &layer.output.weight,
            &tower.params.projection,
        ]
        .map(|range| matrix(range.clone(), tower.d));
        let circuit = [value, output, projection]
            .iter()
            .fold(token.clone(), |x, weight| product(&x, &weight.transpose()));
        [token, circuit]
    }

    fn align(
        &self,
        space: Space,
        image: &DMatrix<f64>,
        text: &DMatrix<f64>,
    ) -> Result<Alignment, AnalysisError> {
        let fitted = (self.config().labels - self.config().held_labels) as usize;
        let held: Vec<usize> = (fitted..image.nrows()).collect();
        let all: Vec<usize> = (0..image.nrows()).collect();
        let rotation = procrustes(
            &image.rows(0, fitted).into_owned(),
            &text.rows(0, fitted).into_owned(),
        )?;
        let (plain, rotated) = (cosines(image, text), cosines(&product(image, &rotation), text));
        let own = |cosines: &DMatrix<f64>, labels: &[usize]| {
            mean(&labels.iter().map(|i| cosines[(*i, *i)]).collect::<Vec<_>>())
        };
        let others = |cosines: &DMatrix<f64>, labels: &[usize]| {
            let pairs = labels
                .iter()
                .flat_map(|i| labels.iter().filter(move |j| *j != i).map(move |j| (*i, *j)));
            mean(&pairs.map(|at| cosines[at]).collect::<Vec<_>>())
        };
        let nearest = |i: usize| held.iter().all(|j| *j == i || rotated[(i, *j)] < rotated[(i, i)]);
        Ok(Alignment {
            space,
            raw: own(&plain, &all),
            raw_mismatched: others(&plain, &all),
            fitted: own(&rotated, &all[..fitted]),
            held: own(&rotated, &held),
            held_mismatched: others(&rotated, &held),
            held_matched: held.iter().filter(|i| nearest(**i)).count() as f64 / held.len() as f64,
        })
    }
}

/// The number that 95 % of some are below.
fn upper(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() * 95 / 100]
}

/// A rotation or reflection, all alike likely: the Q of normal numbers, its signs as R's diagonal has them
/// (Mezzadri 2007).
fn random_rotation(width: usize, key: u32) -> DMatrix<f64> {
    let draw = |i: usize, j: usize| f64::from(normal(key, (i * width + j) as u32));
    let (mut q, r) = DMatrix::from_fn(width, width, draw).qr().unpack();
    for (mut column, scale) in q.column_iter_mut().zip(r.diagonal().iter()) {
        column *= scale.signum();
    }
    q
}

/// The matrix product, once for all who need it: the library's own is inlined into each.
#[inline(never)]
fn product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    a * b
}

/// The cosine of every row of one matrix with every row of another.
fn cosines(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let dots = product(a, &b.transpose());
    DMatrix::from_fn(a.nrows(), b.nrows(), |i, j| {
        dots[(i, j)] / (a.row(i).norm() * b.row(j).norm())
    })
}

/// The orthogonal matrix R that brings `a R` closest to `b`: from A^T B = U S V^T, R = U V^T (Schoenemann
/// 1966). Fewer rows than columns leave R free outside their span; there it is what the decomposition happens
/// to give.
fn procrustes(a: &DMatrix<f64>, b: &DMatrix<f64>) -> Result<DMatrix<f64>, AnalysisError> {
    let both = product(&a.transpose(), b);
    // Of numbers that are not finite the decomposition never ends.
    finite("alignment", &both)?;
    let svd = both.svd(true, true);
    let [u, v_t] = [svd.u, svd.v_t].map(|side| side.expect("both sides are asked for"));
    Ok(product(&u, &v_t))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A random rotation keeps lengths, and no direction is preferred: over many, a cosine has mean 0 and
    /// variance 1 / width.
    #[test]
    fn random_rotations_prefer_no_direction() {
        let (width, draws) = (8, 400);
        let rotations: Vec<DMatrix<f64>> = (0..draws)
            .map(|draw| random_rotation(width, key(1, Stream::Chance, draw)))
            .collect();
        let unit = DMatrix::<f64>::identity(width, width);
        assert!(
            rotations
                .iter()
                .all(|q| (q.transpose() * q - &unit).norm() < 1e-9)
        );
        for (i, j) in [(0, 0), (7, 7), (2, 5)] {
            let cosines: Vec<f64> = rotations.iter().map(|q| q[(i, j)]).collect();
            let squares: Vec<f64> = cosines.iter().map(|x| x * x).collect();
            assert!(mean(&cosines).abs() < 0.06, "{i} {j}: {}", mean(&cosines));
            assert!(
                (mean(&squares) * width as f64 - 1.0).abs() < 0.25,
                "{}",
                mean(&squares)
            );
        }
        assert_eq!(upper((0..100).map(f64::from).collect()), 95.0);
    }

    /// A rotated copy is found again, exactly; a copy of other numbers is not.
    #[test]
    fn procrustes_finds_a_rotation() {
        let value = |i: usize, j: usize, k: usize| ((i * 37 + j * 11 + k) % 23) as f64 - 11.0;
        let a = DMatrix::from_fn(12, 6, |i, j| value(i, j, 0));
        let rotation = DMatrix::from_fn(6, 6, |i, j| value(i, j, 5)).qr().q();
        let b = &a * &rotation;
        let (own, other) = (
            procrustes(&a, &b).unwrap(),
            DMatrix::from_fn(12, 6, |i, j| value(j, i, 3)),
        );
        assert!(
            (&a * &own - &b).norm() < 1e-9
                && (own.transpose() * &own - DMatrix::<f64>::identity(6, 6)).norm() < 1e-9
        );
        assert!((&a * procrustes(&a, &other).unwrap() - &other).norm() > 1.0);
    }
}
