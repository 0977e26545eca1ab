//! *Left, right, and the one term that knows the difference*: a tiny CLIP trained on ten-pixel strips, and the one
//! attention term that tells left from right (arXiv 2601.12809). The modules stand in the order data flows; nothing
//! knows what comes after it, and only `web` knows a browser.

pub mod message;

pub mod config;
pub mod recipe;
pub mod rng;

pub mod params;
pub mod task;

pub mod engine;

pub mod analysis;
pub mod checkpoint;

pub mod experiment;

#[cfg(target_arch = "wasm32")]
pub mod web;
