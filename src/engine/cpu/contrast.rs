//! CLIP's symmetric contrastive loss over a batch, and its gradient at both embeddings and the logit scale.
//!
//! Logits m = s U V^T for images U and texts V, s = min(exp(logit_scale), max_scale);
//! loss = -1/2 (mean log softmax of the rows + of the columns) on the diagonal.

use super::matmul::{Matrix, Store, dot, matmul, reduce};
use super::real::Real;

/// Buffers of the loss, B sequences.
#[derive(Clone, Debug, Default)]
pub struct Contrast<T> {
    /// Logits, then their gradient times the scale, `[B, B]`.
    pub logits: Vec<T>,
    /// dL/dU `[B, E]`.
    pub d_image: Vec<T>,
    /// dL/dV `[B, E]`.
    pub d_text: Vec<T>,
    /// dL/d logit_scale.
    pub d_logit_scale: T,
    rows: Softmax<T>,
    columns: Softmax<T>,
}

/// Exponentials of logits less the greatest of their row or column, and what both passes over them leave for each.
#[derive(Clone, Debug, Default)]
struct Softmax<T> {
    /// `[B, B]`.
    exp: Vec<T>,
    /// `[B]`.
    greatest: Vec<T>,
    /// Of `exp`, `[B]`.
    sum: Vec<T>,
}

impl<T: Real> Softmax<T> {
    fn resize(&mut self, b: usize) {
        self.exp.resize(b * b, T::default());
        self.greatest.clear();
        self.greatest.resize(b, T::from_f64(f64::from(f32::MIN)));
        self.sum.clear();
        self.sum.resize(b, T::default());
    }

    /// The sum of all rows' or columns' `-log softmax` on the diagonal.
    fn loss(&self, b: usize, logits: &[T]) -> T {
        let diagonal = logits.iter().step_by(b + 1);
        let losses = self.greatest.iter().zip(&self.sum).zip(diagonal);
        losses.map(|((greatest, sum), logit)| *greatest + T::from_f64(sum.to_f64().ln()) - *logit).sum()
    }
}

fn greater<T: Real>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

impl<T: Real> Contrast<T> {
    /// The loss of unit embeddings `image`, `text` `[B, E]`; leaves the gradients in `self`.
    pub fn step(&mut self, b: usize, e: usize, image: &[T], text: &[T], logit_scale: T, max_scale: f64) -> T {
        let zero = T::default();
        for (buffer, len) in [(&mut self.logits, b * b), (&mut self.d_image, b * e), (&mut self.d_text, b * e)] {
            buffer.resize(len, zero);
        }
        let unclamped = logit_scale.exp();
        let clamped = unclamped.to_f64() >= max_scale;
        let scale = if clamped { T::from_f64(max_scale) } else { unclamped };

        let (images, texts) = (Matrix::rows(image, e), Matrix::rows(text, e));
        matmul((b, b, e), images, texts.transposed(), &mut self.logits, b, Store::Set);
        self.logits.iter_mut().for_each(|m| *m *= scale);

        self.exponentials(b);
        let weight = T::from_f64(0.5 / b as f64);
        let loss = (self.rows.loss(b, &self.logits) + self.columns.loss(b, &self.logits)) * weight;

        // Both softmaxes' gradients, times the scale, which both embeddings' gradients have.
        let weight = weight * scale;
        self.columns.sum.iter_mut().for_each(|sum| *sum = weight / *sum);
        let exponentials = self.rows.exp.chunks(b).zip(&self.rows.sum).zip(self.columns.exp.chunks(b));
        for (i, (logits, ((by_row, sum), by_column))) in self.logits.chunks_mut(b).zip(exponentials).enumerate() {
            let row = weight / *sum;
            for (((m, p), q), column) in logits.iter_mut().zip(by_row).zip(by_column).zip(&self.columns.sum) {
                *m = row * *p + *column * *q;
            }
            logits[i] -= weight + weight;
        }
        let d_logits = Matrix::rows(&self.logits, b);
        matmul((b, e, b), d_logits, texts, &mut self.d_image, e, Store::Set);
        matmul((b, e, b), d_logits.transposed(), images, &mut self.d_text, e, Store::Set);
        // The sum of logits times their gradients, without either: a logit is the scale times U V^T.
        self.d_logit_scale = if clamped { zero } else { dot(&self.d_image, image) };
        loss
    }

    /// Stable by each row's and each column's own maximum: cosines times 100 span more than one exp can.
    fn exponentials(&mut self, b: usize) {
        let (rows, columns) = (&mut self.rows, &mut self.columns);
        rows.resize(b);
        columns.resize(b);
        let by_row = rows.exp.chunks_mut(b).zip(&mut rows.greatest).zip(&mut rows.sum);
        for (logits, ((exp, greatest), sum)) in self.logits.chunks(b).zip(by_row) {
            *greatest = reduce(logits, *greatest, greater);
            for ((p, m), column) in exp.iter_mut().zip(logits).zip(&mut columns.greatest) {
                *p = *m - *greatest;
                *column = greater(*column, *m);
            }
            T::exp_all(exp);
            *sum = reduce(exp, T::default(), |a, b| a + b);
        }
        for (logits, exp) in self.logits.chunks(b).zip(columns.exp.chunks_mut(b)) {
            for ((q, m), greatest) in exp.iter_mut().zip(logits).zip(&columns.greatest) {
                *q = *m - *greatest;
            }
            T::exp_all(exp);
            for (sum, q) in columns.sum.iter_mut().zip(exp) {
                *sum += *q;
            }
        }
    }
}
