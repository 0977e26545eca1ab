//! What the table path's arrays hold, from the CPU engine: its own array of the name where it has one, else
//! the equation at the head of the shader that writes it (`shaders/forward.wgsl`, `contrast.wgsl`,
//! `backward.wgsl`), of the CPU's arrays.

use std::ops::Range;

use leftright::engine::cpu::Cpu;
use leftright::model::TowerModel;

use crate::common::Fixture;

/// Both engines' step on a fixture, seen from one tower.
pub struct Seen<'a> {
    pub fixture: &'a Fixture,
    pub cpu: &'a Cpu<f32>,
    pub towers: &'a [TowerModel],
    pub tower: usize,
}

/// `out[i, j] = a[i] . b[j]` of rows of `width`.
fn product(a: &[f32], b: &[f32], width: usize) -> Vec<f32> {
    let dot = |a: &[f32], b: &[f32]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum::<f64>() as f32
    };
    a.chunks(width)
        .flat_map(|a| b.chunks(width).map(move |b| dot(a, b)))
        .collect()
}

/// Of rows of `width`.
fn transposed(a: &[f32], width: usize) -> Vec<f32> {
    (0..width)
        .flat_map(|i| a.iter().skip(i).step_by(width).copied())
        .collect()
}

fn log_sum_exp(logits: &[f32]) -> f32 {
    let most = logits.iter().fold(f32::MIN, |m, x| m.max(*x));
    most + logits.iter().map(|x| f64::from(x - most).exp()).sum::<f64>().ln() as f32
}

impl Seen<'_> {
    fn stage(&self, name: &str) -> &[f32] {
        self.cpu.stage(name, self.tower).unwrap()
    }

    /// The first float of a query's read token and of its position, among the embeddings.
    fn queries(&self) -> impl Iterator<Item = [usize; 2]> + '_ {
        let tower = &self.towers[self.tower];
        (0..tower.shape.queries.len())
            .map(|q| [tower.read_rows(q).0 * tower.d, tower.read_rows(q).1 * tower.d])
    }

    /// The array that a tower's region of this name must hold; none where it holds nothing.
    pub fn expected(&self, name: &str) -> Option<Vec<f32>> {
        let tower = &self.towers[self.tower];
        let (d, e, k, layer) = (tower.d, tower.e, tower.d_head(), &tower.params.layers[0]);
        let params = self.fixture.params("param.");
        let part = |range: &Range<usize>| &params[range.clone()];
        let (embeddings, projection) = (part(&tower.params.rows), part(&tower.params.projection));
        let scaled = |rows: Vec<f32>| rows.into_iter().map(|x| x / (k as f32).sqrt()).collect();
        Some(match name {
            // The GPU engine's are not yet scaled to length 1.
            "embedding" => {
                let rows = self.stage("embedding").chunks(e).zip(self.stage("length"));
                rows.flat_map(|(u, length)| u.iter().map(move |x| x * length))
                    .collect()
            }
            "key" => product(embeddings, part(&layer.key.weight), d),
            "joint" => product(projection, &transposed(part(&layer.output.weight), d), d),
            "straight" => {
                let bias = part(&layer.output.bias);
                let stream = |[token, at]: [usize; 2]| {
                    (0..d).map(move |i| embeddings[token + i] + embeddings[at + i] + bias[i])
                };
                product(
                    &self.queries().flat_map(stream).collect::<Vec<_>>(),
                    projection,
                    d,
                )
            }
            "logits" => self.logits(self.tower),
            // Each engine may cut a row as it likes: what the parts come to is the same.
            "quarter_lse" => self
                .logits(self.tower)
                .chunks(self.batch())
                .map(log_sum_exp)
                .collect(),
            "loss" if self.tower == 0 => {
                let n = self.batch();
                let part = |(i, row): (usize, &[f32])| (log_sum_exp(row) - row[i]) / (2 * n) as f32;
                [0, 1]
                    .iter()
                    .flat_map(|tower| {
                        self.logits(*tower)
                            .chunks(n)
                            .enumerate()
                            .map(part)
                            .collect::<Vec<_>>()
                    })
                    .collect()
            }
            "loss" => return None,
            "along" => self.along(),
            "d_joint" => product(
                &transposed(self.stage("d_embedding"), e),
                &transposed(self.stage("attended"), d),
                self.batch(),
            ),
            "d_straight" => self.by_query(),
            "d_read" => product(&self.by_query(), &transposed(projection, d), e),
            "d_mass" => self.d_mass(),
            "d_query" => {
                let (rows, key) = (
                    tower.shape.rows(),
                    product(embeddings, part(&layer.key.weight), d),
                );
                let column = |i: usize| (i, key.iter().skip(i).step_by(d).copied().collect::<Vec<_>>());
                let columns: Vec<_> = (0..d).map(column).collect();
                let heads = self.stage("d_score").chunks(tower.heads * rows);
                let of = |score: &[f32], (i, key): &(usize, Vec<f32>)| {
                    product(&score[i / k * rows..][..rows], key, rows)[0]
                };
                scaled(
                    heads
                        .flat_map(|score| columns.iter().map(|column| of(score, column)).collect::<Vec<_>>())
                        .collect(),
                )
            }
            _ => self.cpu.stage(name, self.tower)?.to_vec(),
        })
    }

    /// What of a region of this name can be compared: rows that only fill a tile hold nothing.
    pub fn comparable(&self, name: &str, region: Vec<f32>) -> Vec<f32> {
        let rows = self.towers[self.tower].shape.rows();
        match name {
            "d_mass" => region
                .chunks(rows.next_multiple_of(8))
                .flat_map(|row| row[..rows].to_vec())
                .collect(),
            "quarter_lse" => {
                let n = region.len() / 4;
                (0..n)
                    .map(|i| log_sum_exp(&[region[i], region[n + i], region[2 * n + i], region[3 * n + i]]))
                    .collect()
            }
            _ => region,
        }
    }

    fn batch(&self) -> usize {
        self.stage("length").len()
    }

    /// `m[own, other] = s u_own . u_other`.
    fn logits(&self, own: usize) -> Vec<f32> {
        let at = self.fixture.table.logit_scale.unwrap();
        let scale = self.fixture.params("param.")[at]
            .exp()
            .min(self.fixture.config.max_scale as f32);
        let [own, other] = [own, 1 - own].map(|tower| self.cpu.stage("embedding", tower).unwrap());
        product(own, other, self.towers[0].e)
            .into_iter()
            .map(|x| scale * x)
            .collect()
    }

    /// `sum_other g m`, of `g = 1/2N (exp(m - lse_own) + exp(m - lse_other) - 2 [own = other])`.
    fn along(&self) -> Vec<f32> {
        let n = self.batch();
        let [own, other] = [self.tower, 1 - self.tower].map(|tower| self.logits(tower));
        let [own_lse, other_lse] = [&own, &other].map(|m| m.chunks(n).map(log_sum_exp).collect::<Vec<_>>());
        let sum = |i: usize| {
            let term = |j: usize| {
                let m = own[i * n + j];
                let target = if i == j { 2.0 } else { 0.0 };
                f64::from(m) * (f64::from(m - own_lse[i]).exp() + f64::from(m - other_lse[j]).exp() - target)
            };
            ((0..n).map(term).sum::<f64>() / (2 * n) as f64) as f32
        };
        (0..n).map(sum).collect()
    }

    fn asked(&self, sequence: usize) -> usize {
        let batch = self.fixture.batch();
        if self.tower == 0 {
            0
        } else {
            batch.text_query[sequence] as usize
        }
    }

    /// The sum of dz over the sequences that ask each query `[Q, E]`.
    fn by_query(&self) -> Vec<f32> {
        let e = self.towers[self.tower].e;
        let mut sums = vec![0.0; self.queries().count() * e];
        for (b, dz) in self.stage("d_embedding").chunks(e).enumerate() {
            sums[self.asked(b) * e..][..e]
                .iter_mut()
                .zip(dz)
                .for_each(|(sum, x)| *sum += x);
        }
        sums
    }

    /// With gain_t = da . v_t, `ds_t = w_t (gain_t - sum w gain)`, summed into table rows `[B, H, R]`.
    fn d_mass(&self) -> Vec<f32> {
        let tower = &self.towers[self.tower];
        let (d, k, rows, vocab, length) = (
            tower.d,
            tower.d_head(),
            tower.shape.rows(),
            tower.shape.vocab,
            tower.shape.length,
        );
        let batch = self.fixture.batch();
        let tokens = batch.inputs(&self.fixture.config)[self.tower].0;
        let (value, mut out) = (self.stage("value"), self.stage("mass").to_vec());
        for (place, mass) in out.chunks_mut(rows).enumerate() {
            let (b, h) = (place / tower.heads, place % tower.heads);
            let keys = tower.shape.queries[self.asked(b)].keys;
            let head = |rows: &[f32], row: usize| rows[row * d + h * k..][..k].to_vec();
            let gain = |row: usize| product(&head(self.stage("d_attended"), b), &head(value, row), k)[0];
            let tokens = &tokens[b * length..][..keys];
            let gains: Vec<f32> = tokens
                .iter()
                .enumerate()
                .map(|(t, token)| gain(*token as usize) + gain(vocab + t))
                .collect();
            let weights = mass[vocab..][..keys].to_vec();
            let mean = product(&weights, &gains, keys)[0];
            mass.fill(0.0);
            for (t, token) in tokens.iter().enumerate() {
                let d = weights[t] * (gains[t] - mean);
                mass[*token as usize] += d;
                mass[vocab + t] += d;
            }
        }
        out
    }
}
