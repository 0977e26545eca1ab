//! A tower's sizes and where its tensors lie.

use super::graph::{Addresses, Graph, fits_tables};
use super::params::{ParamTable, TowerParams};
use crate::config::ValidConfig;
use crate::task::{TowerShape, tower_shapes};

/// Added to a row's variance by a layer norm.
pub const NORM_EPS: f64 = 1e-5;

/// One tower: its input, its sizes, where its tensors lie among a model's parameters, and its operations.
#[derive(Clone, Debug)]
pub struct TowerModel {
    /// Its input.
    pub shape: TowerShape,
    /// Its tensors.
    pub params: TowerParams,
    /// D.
    pub d: usize,
    /// H.
    pub heads: usize,
    /// E, or the number of words in an autoregressive run.
    pub e: usize,
    /// Whether embeddings are scaled to length 1; words' logits are not.
    pub unit: bool,
    /// Its operations.
    pub graph: Graph,
    /// Whether the CPU engine computes tables instead.
    pub by_tables: bool,
    /// Where the graph's rows stand.
    pub addresses: Addresses,
}

impl TowerModel {
    /// The towers of a config: vision and text, or the one autoregressive Transformer.
    pub fn all(config: &ValidConfig, table: &ParamTable) -> Vec<TowerModel> {
        let d = config.d_model as usize;
        let tower = |(shape, params): (TowerShape, &TowerParams)| TowerModel {
            d,
            heads: config.heads as usize,
            e: params.projection.len() / d,
            unit: !config.autoregressive,
            graph: Graph::new(params, d),
            by_tables: fits_tables(params, &shape),
            addresses: Addresses::new(&shape),
            params: params.clone(),
            shape,
        };
        tower_shapes(config)
            .into_iter()
            .zip(&table.towers)
            .map(tower)
            .collect()
    }

    /// The tower of one sequence, which has no pairs but its own.
    pub fn restricted_to(&self, tokens: &[u32]) -> TowerModel {
        let shape = self.shape.clone().with_pairs(tokens.iter().copied().zip(0..));
        TowerModel {
            addresses: Addresses::new(&shape),
            shape,
            ..self.clone()
        }
    }

    /// K.
    pub fn d_head(&self) -> usize {
        self.d / self.heads
    }

    /// The table row of the token that query `q` reads, and of its position.
    pub fn read_rows(&self, q: usize) -> (usize, usize) {
        (
            self.shape.read_token as usize,
            self.shape.vocab + self.shape.queries[q].position,
        )
    }
}
