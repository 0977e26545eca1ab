//! A tiny CLIP that learns left from right, in the order data flows.

pub mod analysis;
pub mod checkpoint;
pub mod config;
pub mod engine;
pub mod params;
pub mod rng;
pub mod task;
