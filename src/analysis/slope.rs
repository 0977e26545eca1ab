//! The slope of EP: its row over the pixels of a strip, and the least-squares line through it.

use super::Tower;
use super::evaluator::Evaluator;
use crate::config::ValidConfig;
use crate::engine::cpu::{TermRows, term_rows};
use crate::model::{Strengths, Term};
use crate::task::Batch;

pub(super) fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

pub(super) fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>() / a.len() as f64
}

/// Least-squares slope of `y` over `x`.
pub fn least_squares_slope(x: &[f64], y: &[f64]) -> f64 {
    let variance = covariance(x, x);
    if variance > 0.0 {
        covariance(x, y) / variance
    } else {
        0.0
    }
}

/// The keys whose slope is of interest, each with its coordinate: a strip's pixels, a grid's cells by column,
/// a caption's tokens.
pub(super) fn coordinates(config: &ValidConfig, tower: Tower, keys: usize) -> Vec<(usize, f64)> {
    let side = config.pixels.isqrt() as usize;
    let column = |pixel: usize| if config.grid { pixel % side } else { pixel } as f64;
    match tower {
        Tower::Vision => (0..config.pixels as usize)
            .map(|pixel| (pixel + first_pixel(config), column(pixel)))
            .collect(),
        Tower::Text => (0..keys).map(|at| (at, at as f64)).collect(),
    }
}

/// Where the strip begins in what the tower that sees it reads: behind CLS.
pub(super) fn first_pixel(config: &ValidConfig) -> usize {
    usize::from(!config.autoregressive)
}

/// The slope of the EP row among a head's nine.
pub(super) fn ep_slope(coordinates: &[(usize, f64)], rows: &TermRows) -> f64 {
    let ep = &rows[Term::EP.place()];
    let (x, ep): (Vec<f64>, Vec<f64>) = coordinates.iter().map(|(key, x)| (*x, ep[*key])).unzip();
    least_squares_slope(&x, &ep)
}

impl Evaluator {
    /// The nine rows of every head of the first layer over background pixels `[pixels]`: what does not
    /// depend on the strip (EP, PP and BP) is every strip's, where no layer norm makes the scale depend on
    /// what stands there.
    pub fn background_rows(&self, params: &[f32]) -> Vec<TermRows> {
        let (config, tower) = (self.config(), &self.towers()[0]);
        let mut batch = Batch::default();
        batch.push(config, &vec![0; config.pixels as usize], self.captions()[0]);
        let unscaled = vec![Strengths::default(); tower.heads];
        let mut rows = term_rows(tower, params, &unscaled, batch.inputs(config)[0], 0);
        for row in rows.iter_mut().flatten() {
            row.drain(..first_pixel(config));
            row.truncate(config.pixels as usize);
        }
        rows
    }

    /// The EP row of every head over the pixels, `[heads][pixels]`, in logits.
    pub fn ep_rows(&self, params: &[f32]) -> Vec<Vec<f64>> {
        self.background_rows(params)
            .into_iter()
            .map(|mut rows| std::mem::take(&mut rows[Term::EP.place()]))
            .collect()
    }

    /// The EP slope of every head that reads the strip, in logits per pixel (per column on a grid).
    pub fn slopes(&self, params: &[f32]) -> Vec<f64> {
        let columns: Vec<f64> = coordinates(self.config(), Tower::Vision, 0)
            .into_iter()
            .map(|(_, column)| column)
            .collect();
        self.ep_rows(params)
            .iter()
            .map(|row| least_squares_slope(&columns, row))
            .collect()
    }
}
