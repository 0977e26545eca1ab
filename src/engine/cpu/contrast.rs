//! CLIP's symmetric contrastive loss over a batch, and its gradient at both embeddings and the logit scale.
//!
//! Logits m = s U V^T for images U and texts V, s = min(exp(logit_scale), max_scale);
//! loss = -1/2 (mean log softmax of the rows + of the columns) on the diagonal.

use super::matmul::{Matrix, Store, matmul};
use super::real::Real;

/// Buffers of the loss, B sequences.
#[derive(Clone, Debug, Default)]
pub struct Contrast<T> {
    /// Logits, then their gradient, `[B, B]`.
    pub logits: Vec<T>,
    /// dL/dU `[B, E]`.
    pub d_image: Vec<T>,
    /// dL/dV `[B, E]`.
    pub d_text: Vec<T>,
    /// dL/d logit_scale.
    pub d_logit_scale: T,
    exp: Vec<T>,
    diagonal: Vec<T>,
    column: Vec<T>,
    greatest: Vec<T>,
}

impl<T: Real> Contrast<T> {
    /// The loss of unit embeddings `image`, `text` `[B, E]`; leaves the gradients in `self`.
    pub fn step(&mut self, b: usize, e: usize, image: &[T], text: &[T], logit_scale: T, max_scale: f64) -> T {
        let zero = T::default();
        for (buffer, len) in [
            (&mut self.logits, b * b),
            (&mut self.exp, b * b),
            (&mut self.d_image, b * e),
            (&mut self.d_text, b * e),
            (&mut self.diagonal, b),
            (&mut self.column, b),
        ] {
            buffer.resize(len, zero);
        }
        let unclamped = logit_scale.exp();
        let clamped = unclamped.to_f64() >= max_scale;
        let scale = if clamped { T::from_f64(max_scale) } else { unclamped };

        let (images, texts) = (Matrix::rows(image, e), Matrix::rows(text, e));
        matmul((b, b, e), images, texts.transposed(), &mut self.logits, b, Store::Set);
        self.logits.iter_mut().for_each(|m| *m *= scale);

        // Stable by each row's and each column's own maximum: cosines times 100 span more than one exp can.
        let loss = self.log_sum_exp(b);
        let weight = T::from_f64(0.5 / b as f64);
        let mut by_scale = zero;
        for (i, (logits, exp)) in self.logits.chunks_mut(b).zip(self.exp.chunks(b)).enumerate() {
            for ((m, p), column) in logits.iter_mut().zip(exp).zip(&self.column) {
                let probability = *p + (*m - *column).exp();
                let logit = *m;
                *m = weight * probability;
                by_scale += *m * logit;
            }
            let diagonal = T::from_f64(2.0) * weight;
            logits[i] -= diagonal;
            by_scale -= diagonal * self.diagonal[i];
        }
        self.d_logit_scale = if clamped { zero } else { by_scale };

        self.logits.iter_mut().for_each(|g| *g *= scale);
        let d_logits = Matrix::rows(&self.logits, b);
        matmul((b, e, b), d_logits, texts, &mut self.d_image, e, Store::Set);
        matmul((b, e, b), d_logits.transposed(), images, &mut self.d_text, e, Store::Set);
        loss
    }

    /// Leaves the rows' softmax in `exp`, the diagonal in `diagonal`, the columns' log-sum-exp in `column`; gives the loss.
    fn log_sum_exp(&mut self, b: usize) -> T {
        let lowest = T::from_f64(f64::from(f32::MIN));
        let greater = |a: T, b: T| if a > b { a } else { b };
        let mut loss = T::default();
        let greatest = &mut self.greatest;
        greatest.clear();
        greatest.resize(b, lowest);
        for (i, (logits, exp)) in self.logits.chunks(b).zip(self.exp.chunks_mut(b)).enumerate() {
            let most = logits.iter().copied().fold(lowest, greater);
            for ((p, m), g) in exp.iter_mut().zip(logits).zip(&mut *greatest) {
                *p = (*m - most).exp();
                *g = greater(*g, *m);
            }
            let total: T = exp.iter().copied().sum();
            exp.iter_mut().for_each(|p| *p = *p / total);
            self.diagonal[i] = logits[i];
            loss += most + T::from_f64(total.to_f64().ln()) - logits[i];
        }
        self.column.fill(T::default());
        for logits in self.logits.chunks(b) {
            for ((sum, m), g) in self.column.iter_mut().zip(logits).zip(&*greatest) {
                *sum += (*m - *g).exp();
            }
        }
        for ((sum, g), diagonal) in self.column.iter_mut().zip(&*greatest).zip(&self.diagonal) {
            *sum = *g + T::from_f64(sum.to_f64().ln());
            loss += *sum - *diagonal;
        }
        loss * T::from_f64(0.5 / b as f64)
    }
}
