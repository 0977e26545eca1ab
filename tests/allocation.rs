//! A training step on the CPU asks for no memory once its buffers are there, where the towers are computed by
//! tables.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use leftright::config::{Config, Population};
use leftright::engine::cpu::Cpu;
use leftright::model::Snapshot;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations in a step after two that made the buffers.
fn allocations(config: Config) -> usize {
    let population = Population::from(config.validate().unwrap());
    let mut cpu = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
    let mut losses = Vec::with_capacity(3);
    for _ in 0..2 {
        cpu.step_into(&mut losses);
    }
    let before = COUNT.get();
    cpu.step_into(&mut losses);
    COUNT.get() - before
}

#[test]
fn a_step_allocates_nothing() {
    for (name, batch) in [("paper", 128), ("paper", 17), ("grid", 64), ("three", 32)] {
        assert_eq!(
            allocations(Config {
                batch,
                ..Config::preset(name).unwrap()
            }),
            0,
            "preset {name}, batch {batch}"
        );
    }
    // Negative control: a graph's step asks for some.
    assert_ne!(
        allocations(Config {
            mlp: true,
            batch: 32,
            ..Config::default()
        }),
        0
    );
}
