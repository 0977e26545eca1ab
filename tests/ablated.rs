//! What an ablation does, by value: every model variant's embeddings and attention under every ablation
//! against the f64 reference (`tests/oracle/ablated.py`), at every layer; the decomposition's attention
//! against the engine's own; and the terms that can change nothing.

mod common;

use std::collections::BTreeMap;

use common::{Fixture, random_model};
use leftright::analysis::{Ablation, Evaluator, Scene, Term, Tower, strengths};
use leftright::config::{Config, Preset, ValidConfig};
use leftright::engine::cpu::forward::{Activations, Tables, encode};
use leftright::model::{Op, ParamTable, Rows, TowerModel};
use leftright::task::{Batch, Sampler};

const VARIANTS: [&str; 8] = [
    "ablated_plain",
    "ablated_norm",
    "ablated_mlp",
    "ablated_norm_mlp",
    "ablated_two",
    "ablated_two_norm_mlp",
    "ablated_autoregressive",
    "ablated_autoregressive_two",
];

/// A model, one batch of its scenes, and its towers.
struct Model {
    config: ValidConfig,
    params: Vec<f32>,
    batch: Batch,
    towers: Vec<(Tower, TowerModel)>,
}

/// What a tower makes of a batch.
struct Seen {
    /// Unit embeddings, or words' logits.
    embedding: Vec<f32>,
    /// The first read place's weights `[layers, B, H, length]`.
    attention: Vec<f32>,
}

impl Model {
    fn new(config: &ValidConfig, params: Vec<f32>, batch: Batch) -> Model {
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

    fn from_fixture(fixture: &Fixture) -> Model {
        Model::new(&fixture.config, fixture.params("param."), fixture.batch())
    }

    /// A small model with all the layers of a config.
    fn small(config: Config) -> Model {
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

    fn encode(&self, tower: Tower, ablations: &[Ablation]) -> Seen {
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
fn attention(tower: &TowerModel, query: &[u32], computed: &Activations<f32>) -> Vec<f32> {
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
fn asked(fixture: &Fixture) -> Vec<(Tower, Vec<Vec<Ablation>>)> {
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

fn name(tower: Tower) -> &'static str {
    if tower == Tower::Text { "text" } else { "vision" }
}

/// The largest difference, against the largest of what is expected.
fn error(ours: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(ours.len(), expected.len());
    let largest = expected.iter().fold(f32::MIN_POSITIVE, |m, x| m.max(x.abs()));
    ours.iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs() / largest)
        .fold(0.0, |m, x| if x <= m { m } else { x })
}

#[test]
fn every_ablation_is_the_references() {
    for fixture in VARIANTS.map(Fixture::open) {
        let (model, asked) = (Model::from_fixture(&fixture), asked(&fixture));
        for (tower, lists) in &asked {
            let [embeddings, attention] =
                ["embedding", "attention"].map(|what| fixture.f32(&format!("{}.{what}", name(*tower))));
            let (width, weights) = (embeddings.len() / lists.len(), attention.len() / lists.len());
            for (i, list) in lists.iter().enumerate() {
                // What is cut in the other tower changes nothing in this one.
                let others = asked
                    .iter()
                    .filter(|(other, _)| other != tower)
                    .flat_map(|(_, lists)| lists[1].clone());
                let list: Vec<Ablation> = list.iter().cloned().chain(others).collect();
                let ours = model.encode(*tower, &list);
                let off = [
                    error(&ours.embedding, &embeddings[i * width..][..width]),
                    error(&ours.attention, &attention[i * weights..][..weights]),
                ];
                assert!(
                    off.iter().all(|off| *off < 1e-5),
                    "{} {list:?}: {off:?}",
                    fixture.name
                );
            }
        }
    }
}

/// The layers of a tower.
fn layers(config: &Config, tower: Tower) -> u32 {
    if config.autoregressive || tower == Tower::Text {
        config.text_layers
    } else {
        config.vision_layers
    }
}

/// One thing wrong in an ablation, unless it has nothing of the kind.
type Wrong = fn(&mut Ablation, &Config) -> bool;

const WRONG: [(&str, Wrong); 4] = [
    ("its sign turned", |a, _| {
        a.strength = -a.strength;
        a.strength != 0.0
    }),
    ("the other head", |a, _| {
        a.heads.iter_mut().flatten().for_each(|head| *head = 1 - *head);
        a.heads.is_some()
    }),
    ("the other layer", |a, config| {
        a.layer = 3 - a.layer;
        layers(config, a.tower) == 2
    }),
    ("query and key swapped", |a, _| match &mut a.terms[..] {
        [term] => {
            let swapped: String = term.name().chars().rev().collect();
            swapped
                .parse::<Term>()
                .is_ok_and(|swapped| std::mem::replace(term, swapped) != swapped)
        }
        _ => false,
    }),
];

/// Negative control: an ablation with one thing wrong is not the reference's, wherever the right one changes
/// something.
#[test]
fn a_wrong_ablation_fails() {
    let mut tried = [0; WRONG.len()];
    for fixture in VARIANTS.map(Fixture::open) {
        let model = Model::from_fixture(&fixture);
        for (tower, lists) in asked(&fixture) {
            let embeddings = fixture.f32(&format!("{}.embedding", name(tower)));
            let mut expected = embeddings.chunks(embeddings.len() / lists.len());
            let unablated = expected.next().unwrap();
            for (list, expected) in lists[1..]
                .iter()
                .zip(expected)
                .filter(|(_, expected)| error(expected, unablated) > 1e-4)
            {
                for ((what, wrong), tried) in WRONG.iter().zip(&mut tried) {
                    let mut list = list.clone();
                    if list.len() > 1 || !wrong(&mut list[0], &fixture.config) {
                        continue;
                    }
                    let off = error(&model.encode(tower, &list).embedding, expected);
                    assert!(off > 1e-4, "{} {list:?} with {what}: {off}", fixture.name);
                    *tried += 1;
                }
            }
        }
    }
    assert!(tried.iter().all(|tried| *tried >= 10), "{tried:?}");
}

/// The scenes of a batch that a tower reads, each with the tokens it is made of.
fn scenes(model: &Model, tower: Tower) -> Vec<Scene> {
    let config = &model.config;
    let label = |token: &&u32| (1..=config.labels).contains(*token);
    let captions = model.batch.text.chunks(model.batch.text.len() / model.batch.size);
    let words = |tokens: &[u32]| tokens.iter().filter(label).copied().collect();
    match tower {
        Tower::Text => captions.map(|tokens| Scene::Caption(words(tokens))).collect(),
        Tower::Vision if config.autoregressive => {
            let first = model.towers[0].1.shape.vocab as u32 - config.labels - 1;
            captions
                .map(|tokens| {
                    Scene::Strip(
                        tokens[..config.pixels as usize]
                            .iter()
                            .map(|t| t - first)
                            .collect(),
                    )
                })
                .collect()
        }
        Tower::Vision => model
            .batch
            .vision
            .chunks(1 + config.pixels as usize)
            .map(|tokens| Scene::Strip(tokens[1..].to_vec()))
            .collect(),
    }
}

/// The attention that the decomposition shows of every scene of the batch, `[B, H, length]`.
fn decomposed(model: &Model, tower: Tower, ablations: &[Ablation]) -> Vec<f32> {
    let evaluator = Evaluator::new(&model.config);
    let length = model
        .towers
        .iter()
        .find(|(t, _)| *t == tower)
        .unwrap()
        .1
        .shape
        .length;
    let mut all = Vec::new();
    for scene in scenes(model, tower) {
        for head in evaluator
            .decompose(&model.params, &scene, ablations)
            .unwrap()
            .heads
        {
            all.extend(head.attention.iter().map(|w| *w as f32));
            all.resize(all.len() + length - head.attention.len(), 0.0);
        }
    }
    all
}

#[test]
fn the_decompositions_attention_is_the_references() {
    for fixture in VARIANTS.map(Fixture::open) {
        let model = Model::from_fixture(&fixture);
        for (tower, lists) in asked(&fixture) {
            let attention = fixture.f32(&format!("{}.attention", name(tower)));
            for (list, expected) in lists.iter().zip(attention.chunks(attention.len() / lists.len())) {
                let ours = decomposed(&model, tower, list);
                let off = error(&ours, &expected[..ours.len()]);
                assert!(off < 1e-5, "{} {list:?}: {off}", fixture.name);
                // Negative control: the heads swapped.
                let heads = ours.len() / model.batch.size / fixture.config.heads as usize;
                let swapped: Vec<f32> = ours
                    .chunks(2 * heads)
                    .flat_map(|both| [&both[heads..], &both[..heads]].concat())
                    .collect();
                assert!(
                    error(&swapped, &expected[..ours.len()]) > 1e-3,
                    "{} {list:?}",
                    fixture.name
                );
            }
        }
    }
}

/// Towers by tables and towers by graphs alike, whatever the preset.
#[test]
fn the_decompositions_attention_is_the_engines() {
    for preset in Preset::ALL {
        // A caption is asked for by its labels, and those mean `left of`: no batch holds another relation
        // here.
        let model = Model::small(Config {
            right: false,
            above: false,
            ..preset.config()
        });
        for (tower, _) in &model.towers {
            for list in [vec![], vec![cut(*tower, 1, &[Term::EP, Term::BP], -0.5)]] {
                let (ours, engines) = (
                    decomposed(&model, *tower, &list),
                    model.encode(*tower, &list).attention,
                );
                let off = error(&ours, &engines[..ours.len()]);
                assert!(off < 1e-5, "{preset:?} {tower:?} {list:?}: {off}");
            }
            // Negative control: of another ablation.
            let (ours, engines) = (
                decomposed(&model, *tower, &[]),
                model
                    .encode(*tower, &[cut(*tower, 1, &[Term::EP], 0.0)])
                    .attention,
            );
            assert!(
                error(&ours, &engines[..ours.len()]) > 1e-3,
                "{preset:?} {tower:?}"
            );
        }
    }
}

fn cut(tower: Tower, layer: u32, terms: &[Term], strength: f64) -> Ablation {
    Ablation {
        tower,
        layer,
        terms: terms.to_vec(),
        strength,
        heads: None,
    }
}

/// How far an ablation moves a tower's embeddings.
fn change(model: &Model, ablation: Ablation) -> f32 {
    let tower = ablation.tower;
    error(
        &model.encode(tower, &[ablation]).embedding,
        &model.encode(tower, &[]).embedding,
    )
}

const SHIFTS: [Term; 3] = [Term::EB, Term::PB, Term::BB];
const OTHERS: [Term; 7] = [
    Term::EE,
    Term::EP,
    Term::PE,
    Term::PP,
    Term::BE,
    Term::BP,
    Term::VP,
];

/// In layer 1, and beyond it where there is neither norm nor MLP, EB, PB and BB shift a row of logits alike:
/// they change nothing. Every other term does.
#[test]
fn shifts_change_nothing_on_every_preset() {
    for preset in Preset::ALL {
        let model = Model::small(preset.config());
        for (tower, _) in &model.towers {
            for layer in 1..=layers(&model.config, *tower) {
                for term in SHIFTS {
                    let moved = change(&model, cut(*tower, layer, &[term], -1.0));
                    assert!(
                        moved < 1e-5,
                        "{preset:?} {tower:?} layer {layer} {term:?}: {moved}"
                    );
                }
                for term in OTHERS {
                    let moved = change(&model, cut(*tower, layer, &[term], -1.0));
                    assert!(
                        moved > 1e-3,
                        "{preset:?} {tower:?} layer {layer} {term:?}: {moved}"
                    );
                }
            }
        }
    }
}

/// Beyond layer 1 a norm's scale or an MLP's gate makes the bias part differ from row to row: there the three
/// terms count.
#[test]
fn beyond_layer_one_shifts_count_where_rows_are_scaled() {
    for name in ["ablated_two_norm_mlp", "ablated_autoregressive_two"] {
        let model = Model::from_fixture(&Fixture::open(name));
        for term in SHIFTS {
            let moved = change(&model, cut(Tower::Vision, 2, &[term], -1.0));
            assert!(moved > 1e-3, "{name} {term:?}: {moved}");
        }
    }
}

#[test]
fn strength_one_changes_nothing_in_any_layer() {
    for fixture in VARIANTS.map(Fixture::open) {
        let model = Model::from_fixture(&fixture);
        for (tower, _) in &model.towers {
            let all = [Term::LOGIT.as_slice(), &[Term::VP]].concat();
            for layer in 1..=layers(&fixture.config, *tower) {
                // Beside a cut in one head of one term, so that the layer is computed from its terms.
                let small = Ablation {
                    heads: Some(vec![0]),
                    ..cut(*tower, layer, &[Term::EB], 1.0 + 1e-12)
                };
                let one = model.encode(*tower, &[cut(*tower, layer, &all, 1.0), small]);
                let off = error(&one.embedding, &model.encode(*tower, &[]).embedding);
                assert!(off < 1e-5, "{} {tower:?} layer {layer}: {off}", fixture.name);
            }
        }
    }
}

#[test]
fn a_layer_or_a_tower_that_is_not_there_is_refused() {
    let refused = |name: &'static str, tower, layer| {
        strengths(
            &Fixture::open(name).config,
            tower,
            &[cut(tower, layer, &[Term::EP], 0.0)],
        )
        .unwrap_err()
        .to_string()
    };
    assert_eq!(
        refused("ablated_plain", Tower::Vision, 2),
        "layer is 2, but must be 1, the tower's only one"
    );
    assert_eq!(
        refused("ablated_two", Tower::Text, 3),
        "layer is 3, but must be between 1 and 2"
    );
    assert_eq!(
        refused("ablated_autoregressive_two", Tower::Vision, 0),
        "layer is 0, but must be between 1 and 2"
    );
    assert_eq!(
        refused("ablated_autoregressive", Tower::Text, 1),
        "tower is text, but must be vision: an autoregressive model has one Transformer, which goes by that name"
    );
}

/// An ablation as JSON says its terms and strength; the rest is the vision tower's first layer, every head.
#[test]
fn what_an_ablation_leaves_out_is_the_first_layer() {
    let ablation: Ablation = serde_json::from_str(r#"{ "terms": ["EP"], "strength": 0.5 }"#).unwrap();
    assert_eq!(ablation, cut(Tower::Vision, 1, &[Term::EP], 0.5));
}
