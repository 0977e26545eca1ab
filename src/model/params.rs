//! The parameter table: the name, shape, offset and initialiser of every tensor, in one order. The CPU
//! engine slices by it, the shaders' constants are generated from it, and checkpoints carry its names.

use std::ops::Range;

use crate::config::{Distribution, ValidConfig};
use crate::rng::{Stream, key, normal, uniform};
use crate::task::{TowerShape, text_vocab, tower_shapes};

/// How a tensor starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// Every element the same.
    Constant(f32),
    /// Normal with this standard deviation.
    Normal(f64),
    /// Uniform with this standard deviation.
    Uniform(f64),
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
    /// together the rows `[vocab + length, d_model]` of layer 1's tables.
    pub rows: Range<usize>,
    /// First to last.
    pub layers: Vec<LayerParams>,
    /// The norm before the projection.
    pub final_norm: Option<Linear>,
    /// The projection to the shared embedding `[d_embed, d_model]`, or to the next word `[text_vocab,
    /// d_model]`; no bias.
    pub projection: Range<usize>,
}

/// Where one layer's tensors lie.
#[derive(Clone, Debug)]
pub struct LayerParams {
    /// W_Q, B_Q.
    pub query: Linear,
    /// W_K, B_K.
    pub key: Linear,
    /// W_V, B_V.
    pub value: Linear,
    /// The output projection of attention.
    pub output: Linear,
    /// The norm before attention.
    pub norm1: Option<Linear>,
    /// The norm before the MLP.
    pub norm2: Option<Linear>,
    /// The MLP's `[4 d_model, d_model]` and `[d_model, 4 d_model]`.
    pub mlp: Option<(Linear, Linear)>,
}

/// The whole table of one model.
#[derive(Clone, Debug)]
pub struct ParamTable {
    /// Every tensor, in order of offset.
    pub tensors: Vec<Tensor>,
    /// The logarithm of the logit scale; an autoregressive run has none.
    pub logit_scale: Option<usize>,
    /// Vision and text, or the one autoregressive Transformer.
    pub towers: Vec<TowerParams>,
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
        self.tensors.push(Tensor {
            name,
            shape: shape.to_vec(),
            range: range.clone(),
            init,
        });
        range
    }

    /// A weight `[outputs, inputs]` and a bias.
    fn linear(&mut self, config: &ValidConfig, name: &str, outputs: usize, inputs: usize) -> Linear {
        Linear {
            weight: self.weight(config, name, outputs, inputs),
            bias: self.add(
                format!("{name}.bias"),
                &[outputs],
                linear_init(config, config.bias_std, inputs),
            ),
        }
    }

    /// The weight `[outputs, inputs]` of a linear map.
    fn weight(&mut self, config: &ValidConfig, name: &str, outputs: usize, inputs: usize) -> Range<usize> {
        let init = linear_init(config, config.linear_std, inputs);
        self.add(format!("{name}.weight"), &[outputs, inputs], init)
    }

    fn norm(&mut self, name: &str, d: usize, wanted: bool) -> Option<Linear> {
        wanted.then(|| Linear {
            weight: self.add(format!("{name}.weight"), &[d], Init::Constant(1.0)),
            bias: self.add(format!("{name}.bias"), &[d], Init::Constant(0.0)),
        })
    }

    fn layer(&mut self, at: &str, config: &ValidConfig) -> LayerParams {
        let d = config.d_model as usize;
        let mut attention = |map: &str| self.linear(config, &format!("{at}.attention.{map}"), d, d);
        let [query, key, value, output] = ["query", "key", "value", "output"].map(&mut attention);
        LayerParams {
            query,
            key,
            value,
            output,
            norm1: self.norm(&format!("{at}.norm1"), d, config.layer_norm),
            norm2: self.norm(&format!("{at}.norm2"), d, config.layer_norm && config.mlp),
            mlp: config.mlp.then(|| {
                (
                    self.linear(config, &format!("{at}.mlp.up"), 4 * d, d),
                    self.linear(config, &format!("{at}.mlp.down"), d, 4 * d),
                )
            }),
        }
    }

    fn tower(
        &mut self,
        name: &str,
        config: &ValidConfig,
        shape: &TowerShape,
        layers: u32,
        outputs: usize,
    ) -> TowerParams {
        let d = config.d_model as usize;
        // The token whose query breaks the symmetry has a scale of its own: CLS, or SOT where there is no CLS.
        let (tokens, position_scale) = match name {
            "text" => (Init::Normal(config.token_std), config.text_position_scale),
            _ => (
                Init::Tokens {
                    std: config.token_std,
                    cls: shape.read_token,
                    cls_std: config.cls_std,
                },
                1.0,
            ),
        };
        let start = self
            .add(
                format!("{name}.token_embedding.weight"),
                &[shape.vocab, d],
                tokens,
            )
            .start;
        let position = Init::Normal(position_scale * config.position_std);
        let end = self
            .add(
                format!("{name}.position_embedding.weight"),
                &[shape.length, d],
                position,
            )
            .end;
        let layers = (0..layers)
            .map(|l| self.layer(&format!("{name}.layers.{l}"), config))
            .collect();
        let final_norm = self.norm(&format!("{name}.final_norm"), d, config.layer_norm);
        let projection = self.weight(config, &format!("{name}.projection"), outputs, d);
        TowerParams {
            rows: start..end,
            layers,
            final_norm,
            projection,
        }
    }
}

/// How numbers of a linear map start whose standard deviation is `std` in units of inputs^-0.5.
fn linear_init(config: &ValidConfig, std: f64, inputs: usize) -> Init {
    let std = std * (inputs as f64).powf(-0.5);
    match config.linear {
        // Not 0 times a draw, which may be -0.
        _ if std == 0.0 => Init::Constant(0.0),
        Distribution::Normal => Init::Normal(std),
        Distribution::Uniform => Init::Uniform(std),
    }
}

impl ParamTable {
    /// The table of a config's model.
    pub fn new(config: &ValidConfig) -> ParamTable {
        let mut table = Builder {
            tensors: Vec::new(),
            len: 0,
        };
        let shapes = tower_shapes(config);
        let towers: Vec<TowerParams>;
        let mut logit_scale = None;
        if config.autoregressive {
            towers = vec![table.tower(
                "decoder",
                config,
                &shapes[0],
                config.text_layers,
                text_vocab(config),
            )];
        } else {
            // Shape [1], as checkpoints hold it; starts at CLIP's 1 / 0.07.
            let scale = Init::Constant((1.0f64 / 0.07).ln() as f32);
            logit_scale = Some(table.add("logit_scale".to_owned(), &[1], scale).start);
            let e = config.d_embed as usize;
            let layers = [("vision", config.vision_layers), ("text", config.text_layers)];
            towers = layers
                .into_iter()
                .zip(&shapes)
                .map(|((name, layers), shape)| table.tower(name, config, shape, layers, e))
                .collect();
        }
        ParamTable {
            tensors: table.tensors,
            logit_scale,
            towers,
            len: table.len,
        }
    }

    /// A new model's parameters `[len]`; padding is zero.
    pub fn initialise(&self, config: &ValidConfig) -> Vec<f32> {
        let mut params = vec![0.0; self.len];
        for (place, tensor) in self.tensors.iter().enumerate() {
            let width = *tensor.shape.last().expect("every tensor has a dimension") as u32;
            let key = key(config.seed, Stream::Init, place as u32);
            for (i, x) in (0u32..).zip(&mut params[tensor.range.clone()]) {
                *x = match tensor.init {
                    Init::Constant(value) => value,
                    Init::Normal(std) => std as f32 * normal(key, i),
                    // A uniform draw from -1 to 1 has a variance of 1/3.
                    Init::Uniform(std) => (3f64.sqrt() * std) as f32 * uniform(key, i),
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
    use crate::config::Config;

    #[test]
    fn tensors_are_aligned_and_apart_and_rows_are_contiguous() {
        let config = Config {
            labels: 7,
            pair_labels: 2,
            pixels: 5,
            single_layouts: 4,
            pair_layouts: 9,
            d_model: 12,
            heads: 3,
            ..Config::default()
        };
        let config = config.validate().unwrap();
        let table = ParamTable::new(&config);
        for pair in table.tensors.windows(2) {
            assert!(pair[0].range.end <= pair[1].range.start && pair[1].range.start % 4 == 0);
        }
        assert_eq!(table.towers[0].rows.len(), (7 + 2 + 6) * 12);
        assert_eq!(table.tensors.len(), 23);
    }

    /// A linear map keeps its input's scale: its weights start at the inverse root of the number of inputs.
    #[test]
    fn maps_start_without_changing_a_scale() {
        let config = Config {
            mlp: true,
            layer_norm: true,
            ..Config::default()
        }
        .validate()
        .unwrap();
        let table = ParamTable::new(&config);
        let params = table.initialise(&config);
        let maps = |name: &str| {
            ["attention", "mlp", "projection"]
                .iter()
                .any(|map| name.contains(map))
        };
        for tensor in &table.tensors {
            let values = &params[tensor.range.clone()];
            if tensor.name.ends_with("bias") {
                assert!(values.iter().all(|x| *x == 0.0), "{}", tensor.name);
            } else if tensor.name.contains("norm") {
                assert!(values.iter().all(|x| *x == 1.0), "{}", tensor.name);
            } else if maps(&tensor.name) {
                let mean_square = values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32;
                let gain = mean_square * tensor.shape[1] as f32;
                assert!((0.95..1.05).contains(&gain), "{}: {gain}", tensor.name);
            }
        }
    }

    /// Every row of token embeddings starts at one scale but CLS; text, which has no CLS, has none that is
    /// larger.
    #[test]
    fn cls_alone_starts_larger() {
        let config = ValidConfig::default();
        let table = ParamTable::new(&config);
        let params = table.initialise(&config);
        let rms = |x: &[f32]| (x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32).sqrt();
        for (tower, tokens, cls) in [(0, 22, Some(21)), (1, 31, None)] {
            let rows = params[table.towers[tower].rows.start..].chunks(128).take(tokens);
            for (token, row) in rows.enumerate() {
                let scale = if cls == Some(token) { 1.0 } else { 0.1 };
                let found = rms(row) / scale;
                assert!(
                    (0.75..1.25).contains(&found),
                    "tower {tower}, token {token}: {found}"
                );
            }
        }
    }
}
