//! What the GPU engine's arrays hold for which the CPU engine has none: the equation at the head of the
//! shader that writes them (`shaders/contrast.wgsl`, `cross_entropy.wgsl`, `attention.wgsl`, `norm.wgsl`), of
//! the CPU's arrays.

use leftright::engine::cpu::Cpu;
use leftright::model::{NORM_EPS, Op, Rows, TowerModel};
use leftright::task::Batch;

use crate::common::Fixture;

/// Both engines' step on a fixture, seen from one tower.
pub struct Seen<'a> {
    pub fixture: &'a Fixture,
    pub cpu: &'a Cpu<f32>,
    pub batch: &'a Batch,
    pub towers: &'a [TowerModel],
    pub tower: usize,
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// `out[i, j] = a[i] . b[j]` of rows of `width`.
fn product(a: &[f32], b: &[f32], width: usize) -> Vec<f32> {
    a.chunks(width)
        .flat_map(|a| b.chunks(width).map(move |b| dot(a, b) as f32))
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

    /// The array of the loss that has this name.
    pub fn expected(&self, name: &str) -> Vec<f32> {
        let e = self.towers[self.tower].e;
        let unit = |tower: usize| self.cpu.stage("embedding", tower).unwrap();
        match name {
            "embedding" | "length" => self.stage(name).to_vec(),
            "output" if !self.towers[0].unit => self.stage("embedding").to_vec(),
            "output" => {
                let rows = self.stage("embedding").chunks(e).zip(self.stage("length"));
                rows.flat_map(|(u, length)| u.iter().map(move |x| x * length))
                    .collect()
            }
            "losses" if !self.towers[0].unit => self.written(),
            "losses" => {
                let n = self.stage("length").len();
                let part = |(i, row): (usize, &[f32])| (log_sum_exp(row) - row[i]) / (2 * n) as f32;
                self.logits(self.tower).chunks(n).enumerate().map(part).collect()
            }
            "cosines" => product(unit(self.tower), unit(1 - self.tower), e),
            "lse" => self
                .logits(self.tower)
                .chunks(self.stage("length").len())
                .map(log_sum_exp)
                .collect(),
            "d_cosines" => self.d_cosines(),
            "d_unit" => product(
                &self.d_cosines(),
                &transposed(unit(1 - self.tower), e),
                self.stage("length").len(),
            ),
            "along" => self
                .expected("d_unit")
                .chunks(e)
                .zip(unit(self.tower).chunks(e))
                .map(|(d, u)| dot(d, u) as f32)
                .collect(),
            _ => panic!("nothing says what {name} must be"),
        }
    }

    fn scale(&self) -> f32 {
        let at = self.fixture.table.logit_scale.unwrap();
        self.fixture.params("param.")[at]
            .exp()
            .min(self.fixture.config.max_scale as f32)
    }

    /// `m[own, other] = s u_own . u_other`.
    fn logits(&self, own: usize) -> Vec<f32> {
        let [own, other] = [own, 1 - own].map(|tower| self.cpu.stage("embedding", tower).unwrap());
        let scale = self.scale();
        product(own, other, self.towers[0].e)
            .into_iter()
            .map(|x| scale * x)
            .collect()
    }

    /// `s/2N (exp(m - lse_own) + exp(m - lse_other) - 2 [own = other])`.
    fn d_cosines(&self) -> Vec<f32> {
        let n = self.stage("length").len();
        let [own, other] = [self.tower, 1 - self.tower].map(|tower| self.logits(tower));
        let [own_lse, other_lse] = [&own, &other].map(|m| m.chunks(n).map(log_sum_exp).collect::<Vec<_>>());
        let scale = self.scale() / (2 * n) as f32;
        let gradient = |(at, m): (usize, &f32)| {
            let (i, j) = (at / n, at % n);
            let target = if i == j { 2.0 } else { 0.0 };
            scale * ((m - own_lse[i]).exp() + (m - other_lse[j]).exp() - target)
        };
        own.iter().enumerate().map(gradient).collect()
    }

    /// Each read place's part of the loss of an autoregressive run.
    fn written(&self) -> Vec<f32> {
        let (tower, batch) = (&self.towers[0], self.batch);
        let weight = 1.0 / batch.text_query.iter().sum::<u32>() as f32;
        let part = |(place, logits): (usize, &[f32])| {
            let (sequence, read) = (place / tower.shape.reads, place % tower.shape.reads);
            let next = tower.shape.read_position(0, read) + 1;
            let word = batch.text[sequence * tower.shape.length + next] as usize;
            let is_written = read < batch.text_query[sequence] as usize;
            if is_written {
                weight * (log_sum_exp(logits) - logits[word])
            } else {
                0.0
            }
        };
        self.stage("embedding")
            .chunks(tower.e)
            .enumerate()
            .map(part)
            .collect()
    }

    /// What a step keeps for its backward pass.
    pub fn kept(&self, step: usize) -> Vec<Vec<f32>> {
        let step = &self.towers[self.tower].graph.steps[step];
        match step.op {
            Op::Norm { .. } => self.normed(step.inputs[0].0),
            Op::Attention { .. } => {
                self.attended([0, 1, 2].map(|input: usize| step.inputs[input].0), step.out)
            }
            _ => Vec::new(),
        }
    }

    /// The rows before weight and bias, and their scales.
    fn normed(&self, x: usize) -> Vec<Vec<f32>> {
        let d = self.towers[self.tower].d;
        let (mut ys, mut scales) = (Vec::new(), Vec::new());
        for x in self.cpu.graph_array(x, self.tower).0.chunks(d) {
            let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / d as f64;
            let variance = x.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / d as f64;
            let scale = (variance + NORM_EPS).powf(-0.5);
            ys.extend(x.iter().map(|x| ((f64::from(*x) - mean) * scale) as f32));
            scales.push(scale as f32);
        }
        vec![ys, scales]
    }

    /// The row of an array that stands at a position of a sequence.
    fn row_at(&self, id: usize, sequence: usize, position: usize, own: usize) -> usize {
        let tower = &self.towers[self.tower];
        let tokens = self.batch.inputs(&self.fixture.config)[self.tower].0;
        match tower.graph.arrays[id].rows {
            Rows::Pairs | Rows::ReadPairs => tower
                .addresses
                .pair(tokens[sequence * tower.shape.length + position], position),
            Rows::Tokens => sequence * tower.shape.length + position,
            Rows::Reads => own,
        }
    }

    /// Weights, `ds_t = w_t (gain_t - sum w gain) / sqrt(K)`, and, where rows share queries,
    /// `sum_t ds_t key_t`.
    fn attended(&self, [query, key, value]: [usize; 3], out: usize) -> Vec<Vec<f32>> {
        let tower = &self.towers[self.tower];
        let (d, k, length, arrays) = (tower.d, tower.d_head(), tower.shape.length, &tower.graph.arrays);
        let array = |id: usize| self.cpu.graph_array(id, self.tower).0;
        let d_out = self.cpu.graph_array(out, self.tower).1;
        let asked = self.batch.inputs(&self.fixture.config)[self.tower].1;
        let slots = if arrays[out].rows == Rows::Reads {
            tower.shape.reads
        } else {
            length
        };
        let rows = d_out.len() / d;
        let (mut weights, mut d_logits) = (
            vec![0.0; rows * tower.heads * length],
            vec![0.0; rows * tower.heads * length],
        );
        let mut d_query = vec![0.0; rows * d];
        for row in 0..rows {
            let (sequence, slot) = (row / slots, row % slots);
            let asks = asked.get(sequence).map_or(0, |q| *q as usize);
            let position = if arrays[out].rows == Rows::Reads {
                tower.shape.read_position(asks, slot)
            } else {
                slot
            };
            let queried = self.row_at(query, sequence, position, row);
            for h in 0..tower.heads {
                let head = |array: &'_ [f32], row: usize| array[row * d + h * k..][..k].to_vec();
                let keys: Vec<usize> = (0..tower.shape.visible(position))
                    .map(|t| self.row_at(key, sequence, t, row))
                    .collect();
                let scale = (k as f64).powf(-0.5);
                let logit = |key_row: &usize| {
                    (scale * dot(&head(array(query), queried), &head(array(key), *key_row))) as f32
                };
                let logits: Vec<f32> = keys.iter().map(logit).collect();
                let lse = log_sum_exp(&logits);
                let w: Vec<f32> = logits.iter().map(|m| (m - lse).exp()).collect();
                let gains: Vec<f32> = keys
                    .iter()
                    .map(|t| dot(&head(d_out, row), &head(array(value), *t)) as f32)
                    .collect();
                let mean = dot(&w, &gains);
                for (t, key_row) in keys.iter().enumerate() {
                    let at = (row * tower.heads + h) * length + t;
                    weights[at] = w[t];
                    d_logits[at] = (f64::from(w[t]) * (f64::from(gains[t]) - mean) * scale) as f32;
                    let sum = &mut d_query[row * d + h * k..][..k];
                    sum.iter_mut()
                        .zip(head(array(key), *key_row))
                        .for_each(|(sum, key)| *sum += d_logits[at] * key);
                }
            }
        }
        if arrays[query].rows == arrays[out].rows {
            vec![weights, d_logits]
        } else {
            vec![weights, d_logits, d_query]
        }
    }
}
