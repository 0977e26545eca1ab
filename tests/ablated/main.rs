//! What an ablation does, by value: every model variant's embeddings and attention under every ablation
//! against the f64 reference, at every layer; the decomposition's attention against the engine's own; and the
//! terms that can change nothing.

#[path = "../common/mod.rs"]
mod common;
mod decomposition;
mod laws;
mod model;
mod reference;

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
