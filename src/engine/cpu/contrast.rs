//! CLIP's symmetric contrastive loss over a batch, and its gradient at both embeddings and the logit scale.
//!
//! Logits m = s U V^T for images U and texts V, s = min(exp(logit_scale), max_scale);
//! loss = -1/2 (mean log softmax of the rows + of the columns) on the diagonal.

use crate::math::{Matrix, Real, Store, dot, matmul, reduce};

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

/// Exponentials of logits less one of them for each row or column, and their sum there.
#[derive(Clone, Debug, Default)]
struct Softmax<T> {
    /// `[B, B]`.
    exp: Vec<T>,
    /// What is subtracted, `[B]`.
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
        losses
            .map(|((greatest, sum), logit)| *greatest + T::from_f64(sum.to_f64().ln()) - *logit)
            .sum()
    }
}

impl<T: Real> Contrast<T> {
    /// The loss of unit embeddings `image`, `text` `[B, E]`; leaves the gradients in `self`.
    pub fn step(&mut self, b: usize, e: usize, image: &[T], text: &[T], logit_scale: T, max_scale: f64) -> T {
        let zero = T::default();
        for (buffer, len) in [
            (&mut self.logits, b * b),
            (&mut self.d_image, b * e),
            (&mut self.d_text, b * e),
        ] {
            buffer.resize(len, zero);
        }
        let unclamped = logit_scale.exp();
        let clamped = unclamped.to_f64() >= max_scale;
        let scale = if clamped {
            T::from_f64(max_scale)
        } else {
            unclamped
        };

        let (images, texts) = (Matrix::rows(image, e), Matrix::rows(text, e));
        matmul(
            (b, b, e),
            images,
            texts.transposed(),
            &mut self.logits,
            b,
            Store::Set,
        );
        self.logits.iter_mut().for_each(|m| *m *= scale);

        self.exponentials(b);
        let weight = T::from_f64(0.5 / b as f64);
        let loss = (self.rows.loss(b, &self.logits) + self.columns.loss(b, &self.logits)) * weight;

        // Both softmaxes' gradients, times the scale, which both embeddings' gradients have.
        let weight = weight * scale;
        self.columns.sum.iter_mut().for_each(|sum| *sum = weight / *sum);
        let exponentials = self
            .rows
            .exp
            .chunks(b)
            .zip(&self.rows.sum)
            .zip(self.columns.exp.chunks(b));
        for (i, (logits, ((by_row, sum), by_column))) in
            self.logits.chunks_mut(b).zip(exponentials).enumerate()
        {
            let row = weight / *sum;
            for (((m, p), q), column) in logits
                .iter_mut()
                .zip(by_row)
                .zip(by_column)
                .zip(&self.columns.sum)
            {
                *m = row * *p + *column * *q;
            }
            logits[i] -= weight + weight;
        }
        let d_logits = Matrix::rows(&self.logits, b);
        matmul((b, e, b), d_logits, texts, &mut self.d_image, e, Store::Set);
        matmul(
            (b, e, b),
            d_logits.transposed(),
            images,
            &mut self.d_text,
            e,
            Store::Set,
        );
        // dL/d logit_scale is the sum of logits times their gradients; as a logit is the scale times U V^T,
        // it is also this.
        self.d_logit_scale = if clamped { zero } else { dot(&self.d_image, image) };
        loss
    }

    /// The exponentials of rows and columns. From a row its own greatest logit is subtracted: cosines times
    /// 100 span more than one exp can.
    fn exponentials(&mut self, b: usize) {
        let (rows, columns) = (&mut self.rows, &mut self.columns);
        rows.resize(b);
        columns.resize(b);
        let by_row = rows.exp.chunks_mut(b).zip(&mut rows.greatest).zip(&mut rows.sum);
        for (logits, ((exp, greatest), sum)) in self.logits.chunks(b).zip(by_row) {
            *greatest = T::greatest(logits);
            exp.iter_mut().zip(logits).for_each(|(p, m)| *p = *m - *greatest);
            T::exp_all(exp);
            *sum = reduce(exp, T::default(), |a, b| a + b);
        }
        // With the greatest logit of all subtracted, a column's exponentials are the rows' times one factor
        // per row.
        let greatest = T::greatest(&rows.greatest);
        columns.greatest.fill(greatest);
        for ((by_row, by_column), of_row) in rows
            .exp
            .chunks(b)
            .zip(columns.exp.chunks_mut(b))
            .zip(&rows.greatest)
        {
            let factor = (*of_row - greatest).exp();
            for ((p, q), sum) in by_row.iter().zip(by_column).zip(&mut columns.sum) {
                *q = *p * factor;
                *sum += *q;
            }
        }
        // A column far below the greatest logit underflows; then every column is computed again with its own
        // greatest.
        if columns.sum.iter().any(|sum| *sum < T::from_f64(1e-20)) {
            self.columns_alone(b);
        }
    }

    /// The exponentials of columns, each with its own greatest logit subtracted.
    fn columns_alone(&mut self, b: usize) {
        let columns = &mut self.columns;
        columns.resize(b);
        for logits in self.logits.chunks(b) {
            columns
                .greatest
                .iter_mut()
                .zip(logits)
                .for_each(|(greatest, m)| *greatest = if *greatest > *m { *greatest } else { *m });
        }
        for (logits, exp) in self.logits.chunks(b).zip(columns.exp.chunks_mut(b)) {
            for ((q, m), greatest) in exp.iter_mut().zip(logits).zip(&columns.greatest) {
                *q = *m - *greatest;
            }
            T::exp_all(exp);
            columns.sum.iter_mut().zip(exp).for_each(|(sum, q)| *sum += *q);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loss by its definition, in f64.
    fn definition(b: usize, e: usize, image: &[f64], text: &[f64], scale: f64) -> f64 {
        let logit =
            |i: usize, j: usize| scale * (0..e).map(|k| image[i * e + k] * text[j * e + k]).sum::<f64>();
        let log_sum = |logits: Vec<f64>| {
            let greatest = logits.iter().copied().fold(f64::MIN, f64::max);
            greatest + logits.iter().map(|m| (m - greatest).exp()).sum::<f64>().ln()
        };
        let both_ways = |i| {
            log_sum((0..b).map(|j| logit(i, j)).collect()) + log_sum((0..b).map(|j| logit(j, i)).collect())
        };
        (0..b)
            .map(|i| (both_ways(i) - 2.0 * logit(i, i)) * 0.5 / b as f64)
            .sum()
    }

    /// Columns near the greatest logit, and one 2 scales below it, of which f32 has nothing left at a scale
    /// of 100: the loss, and the gradient at every image by finite differences.
    #[test]
    fn a_column_far_below_the_others_keeps_its_softmax() {
        let (b, e) = (16, 8);
        let angle = |i: usize| 0.02 * i as f64;
        let unit =
            |i: usize, sign: f64| (0..e).map(move |k| sign * [angle(i).cos(), angle(i).sin(), 0.0][k.min(2)]);
        let image: Vec<f64> = (0..b).flat_map(|i| unit(i, 1.0)).collect();
        let text: Vec<f64> = (0..b)
            .flat_map(|i| unit(3 * i, if i == 5 { -1.0 } else { 1.0 }))
            .collect();
        let narrow = |x: &[f64]| x.iter().map(|x| *x as f32).collect::<Vec<f32>>();
        for scale in [14.0, 100.0] {
            let mut contrast = Contrast::<f32>::default();
            let loss = contrast.step(
                b,
                e,
                &narrow(&image),
                &narrow(&text),
                f64::ln(scale) as f32,
                200.0,
            );
            let exact = definition(b, e, &image, &text, scale);
            assert!(
                (f64::from(loss) / exact - 1.0).abs() < 1e-5,
                "scale {scale}: {loss} for {exact}"
            );
            for at in 0..b * e {
                let moved = |by: f64| {
                    let mut image = image.clone();
                    image[at] += by;
                    definition(b, e, &image, &text, scale)
                };
                let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let error = (f64::from(contrast.d_image[at]) - slope).abs();
                assert!(
                    error < 1e-4 * scale,
                    "scale {scale}, element {at}: {} for {slope}",
                    contrast.d_image[at]
                );
            }
        }
    }
}
