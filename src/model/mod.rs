//! What both engines and the analysis share: a model's parameters, its towers, what E, P and B mean, the
//! strengths of terms, and the graph of operations.
//!
//! # The nine terms
//!
//! In the first layer the token v at position i enters as the row x = E\[v\] + P\[i\]. A head (K = D / H
//! wide) asks with q = W_Q x + B_Q and answers with k = W_K x' + B_K, x' the row of a key. Each of the two is
//! a sum of three parts, by [`Source`]:
//!
//! | | E | P | B |
//! | --- | --- | --- | --- |
//! | query | W_Q E\[v\] | W_Q P\[i\] | B_Q |
//! | key | W_K E\[v'\] | W_K P\[i'\] | B_K |
//!
//! so that the logit q . k / sqrt(K) is a sum of nine inner products, one per [`Term`]: EP is the query's E
//! part with the key's P part, and so on. The paper writes the first four as X W_QK X^T = EE + EP + PE + PP,
//! with X = E + P and W_QK = W_Q^T W_K, and cuts BP = B_Q^T W_K P^T beside them. A term xB is the same for
//! every key of a row, so the softmax does not change with it. Values have a part from positions too, VP =
//! W_V P\[i'\] (App. I).
//!
//! An ablation multiplies a term by a [strength](Strengths) before the softmax. The sum, and so the split, is
//! exact: all strengths at 1 are the model itself. Where the towers are computed by tables (one layer, no
//! norm, no MLP), a table row is an E\[v\] or a P\[i\] and its score against each query is stored; a logit is
//! the sum of two rows' scores, and an ablation is a factor on them.
//!
//! # At any layer
//!
//! Layer l sees one row per token, X = E + P + B, in three parts of the same shape: E comes from token
//! embeddings, P from position embeddings, B from biases, by whatever path. The parts are followed from the
//! embeddings on. Every operation on the way is linear, or linear once one factor is frozen at the value it
//! has in this forward pass, so the parts always sum to the whole:
//!
//! | operation | E | P | B |
//! | --- | --- | --- | --- |
//! | embeddings | token row | position row | 0 |
//! | y = x W^T + b | E W^T | P W^T | B W^T + b |
//! | residual stream | E + E | P + P | B + B |
//! | layer norm, r = (var X + eps)^-1/2 frozen (App. R) | g r (E - mean E) | g r (P - mean P) | g r (B - mean B) + beta |
//! | attention, weights w frozen | sum w v^E | sum w v^P | sum w v^B |
//! | GELU, gate Phi(u) frozen | E Phi(u) | P Phi(u) | B Phi(u) |
//!
//! A query and a key have three parts each, so again a logit is the sum of nine terms, and an ablation
//! multiplies each by a strength before the softmax, and v^P by one of its own. All that follows (weights,
//! norms, gates) is computed anew from the changed rows: "frozen" says how a row is divided, not that a later
//! layer keeps its old weights.
//!
//! In layer 1, B is the same in every row, so EB, PB and BB change no softmax. Beyond layer 1 this still
//! holds where there is neither norm nor MLP, since a row of weights sums to 1; a norm's r or an MLP's gate
//! differs from row to row, and B with it.

mod graph;
mod params;
mod snapshot;
mod terms;
mod tower;

pub use graph::{Addresses, Array, Graph, Id, Op, Rows, Step};
pub use params::{Init, LayerParams, Linear, ParamTable, Tensor, TowerParams};
pub use snapshot::Snapshot;
pub use terms::{Source, Strengths, Term, UnknownTerm};
pub use tower::{NORM_EPS, TowerModel};
