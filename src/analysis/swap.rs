//! How alike a strip and its swap are to a model: the strip on which the two objects have changed places.

use super::evaluator::edits;
use super::{Ablation, AnalysisError, Evaluator, Tower, strengths};
use crate::engine::cpu::encode;
use crate::task::{Batch, Split};

/// The strip of a pair on which the two objects have changed places.
fn swap(strip: &[u32]) -> Vec<u32> {
    let objects: Vec<u32> = strip.iter().copied().filter(|x| *x > 0).collect();
    let mut others = objects.iter().rev();
    let place = |x: &u32| {
        if *x == 0 {
            0
        } else {
            *others.next().expect("as many as there are objects")
        }
    };
    strip.iter().map(place).collect()
}

impl Evaluator {
    /// The mean cosine, over unseen pairs, of a strip's embedding with its swap's, under some ablations. None
    /// where a scene has three objects, or the model has no embeddings.
    ///
    /// # Errors
    /// As [`Evaluator::accuracies`].
    pub fn swap_cosine(&self, params: &[f32], ablations: &[Ablation]) -> Result<Option<f64>, AnalysisError> {
        let config = self.config();
        let vision = strengths(config, Tower::Vision, ablations)?;
        if config.autoregressive || config.objects != 2 {
            return Ok(None);
        }
        let mut batch = Batch::default();
        for item in self.items(Split::Unseen) {
            for strip in [&swap(&item.strip), &item.strip] {
                batch.push(config, strip, item.caption);
            }
        }
        let tower = &self.towers()[0];
        let images = encode(tower, params, edits(&vision), (&batch.vision, &[]));
        let pairs = images.chunks(2 * tower.e);
        let count = pairs.len() as f64;
        let cosines = pairs.map(|pair| {
            let (a, b) = pair.split_at(tower.e);
            a.iter().zip(b).map(|(x, y)| f64::from(x * y)).sum::<f64>()
        });
        Ok(Some(cosines.sum::<f64>() / count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_objects_change_places_and_back() {
        let strip = vec![0, 16, 0, 0, 17, 0];
        assert_eq!(swap(&strip), [0, 17, 0, 0, 16, 0]);
        assert_eq!(swap(&swap(&strip)), strip);
    }
}
