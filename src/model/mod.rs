//! What both engines and the analysis share: a model's parameters, its towers, what E, P and B mean, the strengths of
//! terms, and the graph of operations.
//!
//! # The nine terms
//!
//! In the first layer the token v at position i enters as the row x = E\[v\] + P\[i\]. A head (K = D / H wide) asks
//! with q = W_Q x + B_Q and answers with k = W_K x' + B_K, x' the row of a key. Each of the two is a sum of three parts,
//! by [`Source`]:
//!
//! | | E | P | B |
//! | --- | --- | --- | --- |
//! | query | W_Q E\[v\] | W_Q P\[i\] | B_Q |
//! | key | W_K E\[v'\] | W_K P\[i'\] | B_K |
//!
//! so that the logit q . k / sqrt(K) is a sum of nine inner products, one per [`Term`]: EP is the query's E part with the
//! key's P part, and so on. The paper writes the first four as X W_QK X^T = EE + EP + PE + PP, with X = E + P and
//! W_QK = W_Q^T W_K, and cuts BP = B_Q^T W_K P^T beside them. A term xB is the same for every key of a row, so the softmax
//! does not change with it. Values have a part from positions too, VP = W_V P\[i'\] (App. I).
//!
//! An ablation multiplies a term by a [strength](Strengths) before the softmax. The sum, and so the split, is exact: all
//! strengths at 1 are the model itself. Where the towers are computed by tables (one layer, no norm, no MLP), a table row
//! is an E\[v\] or a P\[i\] and its score against each query is stored; a logit is the sum of two rows' scores, and an
//! ablation is a factor on them.
//!
//! # Under a layer norm
//!
//! A layer norm x -> g (x - mean(x)) / sd(x) + b, element by element, is linear in x once its scale 1 / sd(x) is frozen at
//! what the whole row gives (App. R). Then the three parts of its output, which [`sources`] computes, are
//!
//! ```text
//! E: g (E[v] - mean(E[v])) / sd(x)      P: g (P[i] - mean(P[i])) / sd(x)      B: b
//! ```
//!
//! and W b joins the bias of the query, of the key and of the values. The parts sum to the norm's output, so the nine terms
//! again sum to the logits; but they depend on the whole row through sd(x), so EP is no longer one row for every strip.
//!
//! # Beyond the first layer
//!
//! Only the first layer's attention is split: a deeper layer's input is no sum of an embedding of the token and one of the
//! position that stand there.

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
