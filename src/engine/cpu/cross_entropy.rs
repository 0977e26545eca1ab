//! The loss of a Transformer that writes the caption: the mean over all words that follow SOT, up to EOT, of
//! `-log softmax(logits)[word]`, and its gradient at the logits.

use crate::math::Real;
use crate::model::TowerModel;

/// Buffers of the loss.
#[derive(Clone, Debug, Default)]
pub struct CrossEntropy<T> {
    /// dL/d logits `[B, reads, words]`.
    pub d_logits: Vec<T>,
}

impl<T: Real> CrossEntropy<T> {
    /// The loss of `logits [B, reads, words]`; sequence b writes `written[b]` words, which follow its read
    /// places.
    pub fn step(&mut self, tower: &TowerModel, tokens: &[u32], written: &[u32], logits: &[T]) -> T {
        let (shape, words) = (&tower.shape, tower.e);
        self.d_logits.clear();
        self.d_logits.resize(logits.len(), T::default());
        let weight = T::from_f64(1.0 / f64::from(written.iter().sum::<u32>()));
        let mut loss = T::default();
        for (sequence, (tokens, written)) in tokens.chunks(shape.length).zip(written).enumerate() {
            for read in 0..*written as usize {
                let at = (sequence * shape.reads + read) * words;
                let target = tokens[shape.read_position(0, read) + 1] as usize;
                let (logits, d_logits) = (&logits[at..at + words], &mut self.d_logits[at..at + words]);
                let most = T::greatest(logits);
                for (d, logit) in d_logits.iter_mut().zip(logits) {
                    *d = *logit - most;
                }
                T::exp_all(d_logits);
                let total: T = d_logits.iter().copied().sum();
                d_logits.iter_mut().for_each(|d| *d = *d / total * weight);
                d_logits[target] -= weight;
                loss += (most + T::from_f64(total.to_f64().ln()) - logits[target]) * weight;
            }
        }
        loss
    }
}
