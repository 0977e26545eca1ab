//! *Left, right, and the one term that knows the difference*: a tiny CLIP trained on ten-pixel strips, and the one
//! attention term that tells left from right (arXiv 2601.12809). The modules stand in the order data flows; nothing
//! knows what comes after it (`tests/layers.rs`), and only `web` knows a browser.

pub mod math;
pub mod message;
pub mod rng;

pub mod config;
pub mod recipe;

pub mod task;

pub mod checkpoint;
pub mod model;

pub mod engine;

#[cfg(feature = "train")]
pub mod training;

pub mod analysis;

#[cfg(feature = "train")]
pub mod experiment;

#[cfg(feature = "web")]
pub mod web;
