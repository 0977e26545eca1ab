//! A model, what its towers make of a batch under ablations, and how far that is from something else.

use std::collections::BTreeMap;

use leftright::analysis::{Ablation, Term, Tower, strengths};
use leftright::config::{Config, ValidConfig};
use leftright::engine::cpu::forward::{Activations, Tables, encode};
use leftright::model::{Op, ParamTable, Rows, TowerModel};
use leftright::task::{Batch, Sampler};

use super::common::{Fixture, random_model};

/// A model, one batch of its scenes, and its towers.
pub struct Model {
    pub config: ValidConfig,
    pub params: Vec<f32>,
    pub batch: Batch,
    pub towers: Vec<(Tower, TowerModel)>,
}

/// What a tower makes of a batch.
pub struct Seen {
    /// Unit embeddings, or words' logits.
    pub embedding: Vec<f32>,
    /// The first read place's weights `[layers, B, H, length]`.
    pub attention: Vec<f32>,
}

impl Model {
    pub fn new(config: &ValidConfig, params: Vec<f32>, batch: Batch) -> Model {
        let towers = [Tower::Vision, Tower::Text]
            .into_iter()
            .zip(TowerModel::all(config, &ParamTable::new(config)))
            .collect();
        Model {
            config: config.clone(),
            params,
            batch,
            towers,
        }
    }

    pub fn from_fixture(fixture: &Fixture) -> Model {
        Model::new(&fixture.config, fixture.params("param."), fixture.batch())
    }

    /// A small model with all the layers of a config.
    pub fn small(config: Config) -> Model {
        let config = Config {
            d_model: 32,
            heads: 4,
            d_embed: 16,
            batch: 6,
            ..config
        }
        .validate()
        .unwrap();
        let batch = Sampler::new(&config).draw(1);
        Model::new(&config, random_model(&config), batch)
    }

    pub fn encode(&self, tower: Tower, ablations: &[Ablation]) -> Seen {
        let (index, (_, sizes)) = self
            .towers
            .iter()
            .enumerate()
            .find(|(_, (t, _))| *t == tower)
            .unwrap();
        let strengths = strengths(&self.config, tower, ablations).unwrap();
        let scaled = (!ablations.is_empty()).then_some(&strengths[..]);
        let input = self.batch.inputs(&self.config)[index];
        let (mut tables, mut out) = (Tables::default(), Activations::default());
        encode(
            sizes,
            &self.params,
            scaled,
            input,
            &mut Vec::new(),
            &mut tables,
            &mut out,
        );
        Seen {
            attention: attention(sizes, input.1, &out),
            embedding: out.embedding,
        }
    }
}

/// The weights that the engine has computed for the first read place of each sequence.
pub fn attention(tower: &TowerModel, query: &[u32], computed: &Activations<f32>) -> Vec<f32> {
    let (heads, length) = (tower.heads, tower.shape.length);
    if tower.by_tables {
        // A position row's mass is its token's weight.
        return computed
            .mass
            .chunks(tower.shape.rows())
            .flat_map(|mass| mass[tower.shape.vocab..].iter().copied())
            .collect();
    }
    let graph = &tower.graph;
    let mut all = Vec::new();
    for step in graph
        .steps
        .iter()
        .filter(|step| matches!(step.op, Op::Attention { .. }))
    {
        let weights = computed.graph.weights(graph, step.out);
        let per = if graph.arrays[step.out].rows == Rows::Reads {
            tower.shape.reads
        } else {
            length
        };
        for sequence in 0..weights.len() / (per * heads * length) {
            let asked = query.get(sequence).map_or(0, |q| *q as usize);
            let place = if per == length {
                tower.shape.read_position(asked, 0)
            } else {
                0
            };
            all.extend_from_slice(&weights[(sequence * per + place) * heads * length..][..heads * length]);
        }
    }
    all
}

/// The lists of ablations that a fixture holds answers to, by tower.
pub fn asked(fixture: &Fixture) -> Vec<(Tower, Vec<Vec<Ablation>>)> {
    let asked: BTreeMap<String, Vec<Vec<Ablation>>> =
        serde_json::from_str(&fixture.header("ablations")).unwrap();
    let tower = |name: &str| {
        if name == "text" {
            Tower::Text
        } else {
            Tower::Vision
        }
    };
    asked
        .into_iter()
        .map(|(name, lists)| (tower(&name), lists))
        .collect()
}

pub fn name(tower: Tower) -> &'static str {
    if tower == Tower::Text { "text" } else { "vision" }
}

/// The largest difference, against the largest of what is expected.
pub fn error(ours: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(ours.len(), expected.len());
    let largest = expected.iter().fold(f32::MIN_POSITIVE, |m, x| m.max(x.abs()));
    ours.iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs() / largest)
        .fold(0.0, |m, x| if x <= m { m } else { x })
}

/// The layers of a tower.
pub fn layers(config: &Config, tower: Tower) -> u32 {
    if config.autoregressive || tower == Tower::Text {
        config.text_layers
    } else {
        config.vision_layers
    }
}

pub fn cut(tower: Tower, layer: u32, terms: &[Term], strength: f64) -> Ablation {
    Ablation {
        tower,
        layer,
        terms: terms.to_vec(),
        strength,
        heads: None,
    }
}
