//! `out[row] = x[what stands there]`: pairs to tokens, and tokens or pairs to read places.

use super::{Context, Parts};
use crate::math::{Real, axpy};
use crate::model::{Array, Rows};

pub fn forward<T: Real>(context: &Context<T>, (from, to): (Rows, Array), x: &[T], out: &mut [T]) {
    for (row, out) in context.rows(to.rows).zip(out.chunks_mut(to.width)) {
        out.copy_from_slice(&x[context.place(from, row) * to.width..][..to.width]);
    }
}

pub fn split<T: Real>(context: &Context<T>, (from, to): (Rows, Array), parts: &Parts<T>) -> Parts<T> {
    parts.each_ref().map(|part| {
        let mut out = vec![T::default(); context.count(to.rows) * to.width];
        forward(context, (from, to), part, &mut out);
        out
    })
}

pub fn backward<T: Real>(context: &Context<T>, (from, to): (Rows, Array), d_out: &[T], dx: &mut [T]) {
    for (row, d_out) in context.rows(to.rows).zip(d_out.chunks(to.width)) {
        axpy(
            T::from_f64(1.0),
            d_out,
            &mut dx[context.place(from, row) * to.width..][..to.width],
        );
    }
}
