//! Models between two steps.

use super::params::ParamTable;
use crate::config::Population;

/// A population's whole training state between two steps; P models, each `len` floats by the parameter table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Steps done.
    pub step: u32,
    /// Parameters `[P, len]`.
    pub params: Vec<f32>,
    /// AdamW's first moments `[P, len]`.
    pub first: Vec<f32>,
    /// AdamW's second moments `[P, len]`.
    pub second: Vec<f32>,
}

impl Snapshot {
    /// New models, each initialised by its own config.
    pub fn initial(population: &Population) -> Snapshot {
        let params: Vec<f32> = population
            .iter()
            .flat_map(|c| ParamTable::new(c).initialise(c))
            .collect();
        Snapshot {
            step: 0,
            first: vec![0.0; params.len()],
            second: vec![0.0; params.len()],
            params,
        }
    }

    /// The gradients `[P, len]` of the one step from `before` to here, by AdamW's first moments: m = b1 m' +
    /// (1 - b1) g.
    pub fn gradients_since(&self, before: &Snapshot, population: &Population) -> Vec<f32> {
        let len = self.first.len() / population.len();
        let beta1 = |i: usize| population[i / len].beta1 as f32;
        let gradient = |(i, (m, was)): (usize, (&f32, &f32))| (m - beta1(i) * was) / (1.0 - beta1(i));
        self.first
            .iter()
            .zip(&before.first)
            .enumerate()
            .map(gradient)
            .collect()
    }

    /// Whether AdamW's moments are here, without which training would not go on as it would have.
    pub fn has_state(&self) -> bool {
        self.step == 0 || self.second.iter().any(|x| *x != 0.0)
    }

    /// Whether training can go on from here.
    pub fn is_finite(&self) -> bool {
        [&self.params, &self.first, &self.second]
            .into_iter()
            .flatten()
            .all(|x| x.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// A population of two models with two parameters each, as far as moments go.
    fn moments(first: [f32; 4]) -> Snapshot {
        Snapshot {
            first: first.to_vec(),
            ..Snapshot::default()
        }
    }

    #[test]
    fn gradients_are_read_back_from_each_models_moments() {
        let config = |beta1| {
            Config {
                beta1,
                ..Config::default()
            }
            .validate()
            .unwrap()
        };
        let population = Population::new(vec![config(0.75), config(0.5)]).unwrap();
        let (before, gradients) = ([2.0, -4.0, 8.0, 16.0], [1.0, -2.0, 3.0, 0.0]);
        let after = [
            0.75 * 2.0 + 0.25 * 1.0,
            0.75 * -4.0 + 0.25 * -2.0,
            0.5 * 8.0 + 0.5 * 3.0,
            0.5 * 16.0,
        ];
        assert_eq!(
            moments(after).gradients_since(&moments(before), &population),
            gradients
        );
    }

    #[test]
    fn one_number_out_of_bounds_stops_training() {
        let whole = || Snapshot::initial(&Population::from(crate::config::ValidConfig::default()));
        assert!(whole().is_finite());
        let mut spoilt = [whole(), whole(), whole()];
        spoilt[0].params[7] = f32::NAN;
        spoilt[1].first[7] = f32::INFINITY;
        spoilt[2].second[7] = f32::NEG_INFINITY;
        assert!(spoilt.iter().all(|snapshot| !snapshot.is_finite()));
    }
}
