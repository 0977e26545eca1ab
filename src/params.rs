//! The parameter table: the name, shape, offset and initialiser of every tensor, in one order. The CPU
//! engine slices by it, the shaders' constants are generated from it, and checkpoints carry its names.

use std::ops::Range;

use crate::config::Config;
use crate::rng::{Stream, key, normal};
use crate::task::{TowerShape, text_shape, vision_shape};

/// How a tensor starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// Every element the same.
    Constant(f32),
    /// Normal with this standard deviation.
    Normal(f64),
    /// Token embeddings: one standard deviation for all rows but `cls`.
    Tokens {
        /// Standard deviation of every other row.
        std: f64,
        /// The CLS row.
        cls: u32,
        /// Its standard deviation.
        cls_std: f64,
    },
}

/// One tensor of the model.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Its name in a checkpoint.
    pub name: String,
    /// Its shape; weights are `[out, in]`.
    pub shape: Vec<usize>,
    /// Where it lies in a model's parameters.
    pub range: Range<usize>,
    /// How it starts.
    pub init: Init,
}

/// A weight `[out, in]` and a bias `[out]`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// The weight's place.
    pub weight: Range<usize>,
    /// The bias' place.
    pub bias: Range<usize>,
}

/// Where a tower's tensors lie.
#[derive(Clone, Debug)]
pub struct TowerParams {
    /// Token embeddings `[vocab, d_model]` and, right behind them, position embeddings `[length, d_model]`:
    /// together the rows `[vocab + length, d_model]` of layer 1's tables (design section 4).
    pub rows: Range<usize>,
    /// W_Q, B_Q.
    pub query: Linear,
    /// W_K, B_K.
    pub key: Linear,
    /// W_V, B_V.
    pub value: Linear,
    /// The output projection of attention.
    pub output: Linear,
    /// The projection to the shared embedding `[d_embed, d_model]`, no bias.
    pub projection: Range<usize>,
}

/// The whole table of one model.
#[derive(Clone, Debug)]
pub struct ParamTable {
    /// Every tensor, in order of offset.
    pub tensors: Vec<Tensor>,
    /// The logarithm of the logit scale.
    pub logit_scale: usize,
    /// The vision tower.
    pub vision: TowerParams,
    /// The text tower.
    pub text: TowerParams,
    /// Floats per model, padding included.
    pub len: usize,
}

struct Builder {
    tensors: Vec<Tensor>,
    len: usize,
}

impl Builder {
    fn add(&mut self, name: String, shape: &[usize], init: Init) -> Range<usize> {
        let range = self.len..self.len + shape.iter().product::<usize>();
        // Shaders read four floats at a time, so every tensor starts at a multiple of four.
        self.len = range.end.next_multiple_of(4);
        self.tensors.push(Tensor { name, shape: shape.to_vec(), range: range.clone(), init });
        range
    }

    fn tower(&mut self, name: &str, config: &Config, shape: &TowerShape, tokens: Init) -> TowerParams {
        let (d, e) = (config.d_model as usize, config.d_embed as usize);
        let weight = Init::Normal((d as f64).powf(-0.5));
        let start = self.add(format!("{name}.token_embedding.weight"), &[shape.vocab, d], tokens).start;
        let position = Init::Normal(config.position_std);
        let end = self.add(format!("{name}.position_embedding.weight"), &[shape.length, d], position).end;
        let mut linear = |map: &str| Linear {
            weight: self.add(format!("{name}.layers.0.attention.{map}.weight"), &[d, d], weight),
            bias: self.add(format!("{name}.layers.0.attention.{map}.bias"), &[d], Init::Constant(0.0)),
        };
        let (query, key, value, output) = (linear("query"), linear("key"), linear("value"), linear("output"));
        let projection = self.add(format!("{name}.projection.weight"), &[e, d], weight);
        TowerParams { rows: start..end, query, key, value, output, projection }
    }
}

impl ParamTable {
    /// The table of a checked config.
    pub fn new(config: &Config) -> ParamTable {
        let mut table = Builder { tensors: Vec::new(), len: 0 };
        // Shape [1], as checkpoints hold it; starts at CLIP's 1 / 0.07.
        let scale = Init::Constant((1.0f64 / 0.07).ln() as f32);
        let logit_scale = table.add("logit_scale".to_owned(), &[1], scale).start;
        let cls = Init::Tokens { std: config.token_std, cls: crate::task::cls(config), cls_std: config.cls_std };
        let vision = table.tower("vision", config, &vision_shape(config), cls);
        let text = table.tower("text", config, &text_shape(config), Init::Normal(config.token_std));
        ParamTable { tensors: table.tensors, logit_scale, vision, text, len: table.len }
    }

    /// A new model's parameters `[len]`; padding is zero.
    pub fn initialise(&self, config: &Config) -> Vec<f32> {
        let mut params = vec![0.0; self.len];
        for (place, tensor) in self.tensors.iter().enumerate() {
            let width = *tensor.shape.last().unwrap_or(&1) as u32;
            let key = key(config.seed, Stream::Init, place as u32);
            for (i, x) in (0u32..).zip(&mut params[tensor.range.clone()]) {
                *x = match tensor.init {
                    Init::Constant(value) => value,
                    Init::Normal(std) => std as f32 * normal(key, i),
                    Init::Tokens { std, cls, cls_std } => {
                        let std = if i / width == cls { cls_std } else { std };
                        std as f32 * normal(key, i)
                    }
                };
            }
        }
        params
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_aligned_and_apart_and_rows_are_contiguous() {
        let config = Config { labels: 7, pair_labels: 2, pixels: 5, d_model: 12, heads: 3, ..Config::default() };
        let table = ParamTable::new(&config);
        for pair in table.tensors.windows(2) {
            assert!(pair[0].range.end <= pair[1].range.start && pair[1].range.start % 4 == 0);
        }
        assert_eq!(table.vision.rows.len(), (7 + 2 + 6) * 12);
        assert_eq!(table.tensors.len(), 23);
    }

    #[test]
    fn cls_starts_larger_than_the_other_tokens() {
        let config = Config::default();
        let params = ParamTable::new(&config).initialise(&config);
        let table = ParamTable::new(&config);
        let rms = |row: usize| {
            let x = &params[table.vision.rows.start + row * 128..][..128];
            (x.iter().map(|v| v * v).sum::<f32>() / 128.0).sqrt()
        };
        assert!((0.8..1.2).contains(&rms(21)) && (0.08..0.12).contains(&rms(0)), "{} {}", rms(21), rms(0));
    }
}
