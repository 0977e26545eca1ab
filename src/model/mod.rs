//! What both engines and the analysis share: a model's parameters, its towers, what E, P and B mean, the strengths of
//! terms, and the graph of operations.

mod graph;
mod params;
mod snapshot;
mod sources;
mod terms;
mod tower;

pub use graph::{Addresses, Array, Graph, Id, Op, Rows, Step};
pub use params::{Init, LayerParams, Linear, ParamTable, Tensor, TowerParams};
pub use snapshot::Snapshot;
pub use sources::{NORM_EPS, Sources, moments, sources};
pub use terms::{Source, Strengths, Term, UnknownTerm};
pub use tower::TowerModel;
