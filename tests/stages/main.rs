//! Rung 3 of the ladder: every array that a WGSL stage leaves, against the CPU stage of its name.

#[path = "../common/mod.rs"]
mod common;
mod compare;
mod expected;
mod shaders;
mod signs;

use common::Fixture;
use compare::{compare, differing};

/// Every array of every operation of every fixture, and its gradient.
#[test]
fn every_array_is_the_cpus() {
    for fixture in Fixture::all() {
        assert_eq!(
            differing(&compare(&fixture, &|_, source| source)),
            Vec::<String>::new(),
            "{}",
            fixture.name
        );
    }
}
