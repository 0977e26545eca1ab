//! The CPU engine: every stage by hand, generic over the float so that its gradients can be checked in f64.

mod adamw;
mod backward;
mod contrast;
mod cross_entropy;
#[doc(hidden)]
pub mod forward;
mod graph;
mod step;

use backward::Backward;
use contrast::Contrast;
use cross_entropy::CrossEntropy;
pub use forward::encode_changed;
use forward::{Activations, Tables};
pub use step::Step;

use crate::config::Population;
use crate::math::{Matrix, Real, Store, matmul};
use crate::model::{ParamTable, Snapshot, Strengths, TowerModel};
use crate::task::{Batch, Sampler};

/// Buffers of one training step; models of a population take turns in them.
#[derive(Debug, Default)]
struct Workspace<T> {
    batch: Batch,
    tables: [Tables<T>; 2],
    activations: [Activations<T>; 2],
    contrast: Contrast<T>,
    cross_entropy: CrossEntropy<T>,
    backward: [Backward<T>; 2],
    scratch: Vec<T>,
    grads: Vec<T>,
}

/// One population in training on the CPU.
#[derive(Debug)]
pub struct Cpu<T> {
    population: Population,
    samplers: Vec<Sampler>,
    table: ParamTable,
    towers: Vec<TowerModel>,
    params: Vec<T>,
    first: Vec<T>,
    second: Vec<T>,
    step: u32,
    work: Workspace<T>,
}

fn convert<A: Real, B: Real>(x: &[A]) -> Vec<B> {
    x.iter().map(|v| B::from_f64(v.to_f64())).collect()
}

impl<T: Step> Cpu<T> {
    /// The engine of a population, going on from a snapshot of it.
    pub fn new(population: &Population, from: &Snapshot) -> Cpu<T> {
        let table = ParamTable::new(population.first());
        Cpu {
            samplers: population.iter().map(Sampler::new).collect(),
            towers: TowerModel::all(population.first(), &table),
            population: population.clone(),
            params: convert(&from.params),
            first: convert(&from.first),
            second: convert(&from.second),
            step: from.step,
            table,
            work: Workspace::default(),
        }
    }

    /// The engine with every tower computed by its graph, as the GPU engine does: how the tests compare their
    /// arrays.
    #[doc(hidden)]
    pub fn without_tables(configs: &Population, from: &Snapshot) -> Cpu<T> {
        let mut cpu = Cpu::new(configs, from);
        cpu.towers.iter_mut().for_each(|tower| tower.by_tables = false);
        cpu
    }

    /// One step of every model on its next batch; gives their losses `[P]`.
    pub fn step(&mut self) -> Vec<f32> {
        let mut losses = Vec::with_capacity(self.population.len());
        self.step_into(&mut losses);
        losses
    }

    /// The same, the losses added to `losses`. It asks for no memory after the first
    /// (`tests/allocation.rs`).
    pub fn step_into(&mut self, losses: &mut Vec<f32>) {
        self.step += 1;
        let mut batch = std::mem::take(&mut self.work.batch);
        for model in 0..self.population.len() {
            self.samplers[model].draw_into(self.step, &mut batch);
            losses.push(self.step_model(model, &batch).to_f64() as f32);
        }
        self.work.batch = batch;
    }

    /// One step of every model on its next batch; gives the gradients `[P, len]` that it took.
    pub fn step_gradients(&mut self) -> Vec<f32> {
        self.step += 1;
        let batches: Vec<Batch> = self.samplers.iter().map(|s| s.draw(self.step)).collect();
        let mut gradients = Vec::new();
        for (model, batch) in batches.iter().enumerate() {
            self.step_model(model, batch);
            gradients.extend(convert::<T, f32>(&self.work.grads));
        }
        gradients
    }

    /// One step of every model on one given batch (fixtures).
    pub fn step_on(&mut self, batch: &Batch) -> Vec<f32> {
        self.step += 1;
        (0..self.population.len())
            .map(|model| self.step_model(model, batch).to_f64() as f32)
            .collect()
    }

    fn step_model(&mut self, model: usize, batch: &Batch) -> T {
        let loss = T::loss_and_gradient(self, model, batch);
        T::update(self, model);
        loss
    }

    /// The loss of a model on a batch; its gradient is then in [`Cpu::gradient`].
    pub fn loss_and_gradient(&mut self, model: usize, batch: &Batch) -> T {
        T::loss_and_gradient(self, model, batch)
    }

    /// A copy of the whole training state.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            step: self.step,
            params: convert(&self.params),
            first: convert(&self.first),
            second: convert(&self.second),
        }
    }
}

/// What the tests look at and nudge.
#[doc(hidden)]
impl<T: Step> Cpu<T> {
    /// The gradient `[len]` that [`Cpu::loss_and_gradient`] left.
    pub fn gradient(&self) -> &[T] {
        &self.work.grads
    }

    /// What the last step left in a named array of one tower (0 vision, 1 text), under the shaders' name for
    /// it.
    pub fn stage(&self, name: &str, tower: usize) -> Option<&[T]> {
        let (tables, activations, backward) = (
            &self.work.tables[tower],
            &self.work.activations[tower],
            &self.work.backward[tower],
        );
        let contrast = &self.work.contrast;
        Some(match name {
            "value" => &tables.value,
            "query" => &tables.query,
            "seen" => &tables.seen,
            "score" => &tables.scores,
            "mass" => &activations.mass,
            "attended" => &activations.attended,
            "residual" => &activations.residual,
            "embedding" => &activations.embedding,
            "length" => &activations.length,
            "d_embedding" if self.table.logit_scale.is_none() => &self.work.cross_entropy.d_logits,
            "d_embedding" if tower == 0 => &contrast.d_image,
            "d_embedding" => &contrast.d_text,
            "d_residual" => &backward.residual,
            "d_attended" => &backward.attended,
            "d_score" => &backward.scores,
            "d_value" => &backward.value,
            _ => return None,
        })
    }

    /// What the last step left in an array of a tower's graph, and in its gradient.
    pub fn graph_array(&self, id: usize, tower: usize) -> (&[T], &[T]) {
        (
            self.work.activations[tower].graph.array(id),
            self.work.backward[tower].graph.array(id),
        )
    }

    /// The parameters `[P, len]`, to be nudged by a finite-difference check.
    pub fn params_mut(&mut self) -> &mut [T] {
        &mut self.params
    }
}

/// One head's nine terms, `[9][keys]`, by [`crate::model::Term::place`].
pub type TermRows = graph::TermRows<f64>;

/// Sequences that a graph holds the activations of at a time, outside training.
const CHUNK: usize = 256;

/// Encodes sequences (tokens, queries) with one model's parameters `[len]`, the terms scaled by `strengths
/// [layers, H]` (none: all 1): unit embeddings `[B, E]`, or words' logits `[N, E]`.
pub fn encode(
    tower: &TowerModel,
    params: &[f32],
    strengths: Option<&[Strengths]>,
    (tokens, query): (&[u32], &[u32]),
) -> Vec<f32> {
    let (mut tables, mut activations, mut scratch) = (Tables::default(), Activations::default(), Vec::new());
    let mut embeddings = Vec::new();
    let most = if tower.by_tables {
        usize::MAX / tower.shape.length
    } else {
        CHUNK
    };
    for (i, tokens) in tokens.chunks(most * tower.shape.length).enumerate() {
        let query = if query.is_empty() {
            query
        } else {
            &query[i * most..][..tokens.len() / tower.shape.length]
        };
        forward::encode(
            tower,
            params,
            strengths,
            (tokens, query),
            &mut scratch,
            &mut tables,
            &mut activations,
        );
        embeddings.extend_from_slice(&activations.embedding);
    }
    embeddings
}

/// The nine terms of every head of a layer (from 0) where one sequence (tokens, query) is first read, over
/// the keys that it sees there, before that layer's own strengths: `[H][9][keys]` by
/// [`crate::model::Term::place`]. The layers before it are scaled by `strengths [layers, H]`.
pub fn term_rows(
    tower: &TowerModel,
    params: &[f32],
    strengths: &[Strengths],
    (tokens, query): (&[u32], &[u32]),
    layer: usize,
) -> Vec<TermRows> {
    let tower = tower.restricted_to(tokens);
    let context = graph::Context {
        tower: &tower,
        params: &convert::<f32, f64>(params),
        tokens,
        query,
    };
    graph::term_rows(&context, strengths, layer)
}

/// Inner products of rows `[n, width]` with rows `[m, width]`, `[n, m]`.
pub fn similarities(a: &[f32], b: &[f32], width: usize) -> Vec<f32> {
    let (n, m) = (a.len() / width, b.len() / width);
    let mut out = vec![0.0; n * m];
    matmul(
        (n, m, width),
        Matrix::rows(a, width),
        Matrix::rows(b, width).transposed(),
        &mut out,
        m,
        Store::Set,
    );
    out
}
