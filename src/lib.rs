//! *Left, right, and the one term that knows the difference*: a tiny CLIP trained on ten-pixel strips, and
//! the one attention term that tells left from right. An independent reproduction of T. Yamamoto, C. Noguchi,
//! T. Tanizawa,
//! *Left-Right Symmetry Breaking in CLIP-style Vision-Language Models Trained on Synthetic Spatial-Relation
//! Data*, ICML 2026, [arXiv 2601.12809](https://arxiv.org/abs/2601.12809).
//!
//! Two one-layer Transformers learn to match strips of ten pixels with captions such as `3 is on the left of
//! 7`. The attention logits are a sum of nine [terms](model::Term); a left-to-right slope appears in one of
//! them, EP. Without it the model still names both objects and no longer knows which is on the left:
//!
//! ```
//! use leftright::analysis::{Ablation, Evaluator, Term};
//! use leftright::config::{Config, Population};
//! use leftright::engine::cpu::Cpu;
//! use leftright::model::Snapshot;
//!
//! // A quarter of the paper's width, and a tenth of its steps.
//! let config = Config { d_model: 32, d_embed: 32, ..Config::default() }.validate()?;
//! let population = Population::from(&config);
//! let mut engine = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
//! let losses: Vec<f32> = (0..100).map(|_| engine.step()[0]).collect();
//! assert!(losses[99] < losses[0]);
//!
//! let (evaluator, params) = (Evaluator::new(&config), engine.snapshot().params);
//! let before = evaluator.accuracies(&params, &[])?;
//! let after = evaluator.accuracies(&params, &[Ablation::vision(&[Term::EP], 0.0)])?;
//! println!("order on unseen pairs: {:?}, without EP {:?}", before.unseen.order, after.unseen.order);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The modules stand in the order data flows; nothing knows what comes after it (`tests/layers.rs`), and only
//! `web` knows a browser. Throughout, P models make a [population](config::Population), its slowest
//! dimension; B is the sequences of a batch, D `d_model`, H heads, K = D/H, E `d_embed`; weights are `[out,
//! in]`, as in PyTorch, and logits are natural.
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `gpu` | yes | the GPU engine, on wgpu; without it the CPU engine trains |
//! | `train` | yes | [`training`] and [`experiment`]; without it a model is loaded and analysed |
//! | `report` | yes | the experiments that the page has no figure of, and what only the report measures |
//! | `files` | no | the module `file`: files read within bounds, and written whole |
//! | `sweep` | no | the module `sweep`: many models over the machine's threads, their rows as Arrow tables |
//! | `web` | no | what JavaScript calls in a browser |
#![deny(missing_docs, missing_debug_implementations)]

#[cfg(feature = "files")]
pub mod file;
pub mod math;
pub mod message;
pub mod rng;

pub mod config;

pub mod recipe;
pub mod task;

pub mod model;

pub mod checkpoint;
pub mod engine;

#[cfg(feature = "train")]
pub mod training;

pub mod analysis;

#[cfg(feature = "train")]
pub mod experiment;

#[cfg(feature = "sweep")]
pub mod sweep;

#[cfg(feature = "web")]
pub mod web;
