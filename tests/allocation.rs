//! A training step on the CPU asks for no memory once its buffers are there, by tables and by graphs.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use leftright::config::{Config, Population, Preset};
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

/// Allocations in a step after some others.
fn allocations(config: &Config, before: usize) -> usize {
    let population = Population::from(config.clone().validate().unwrap());
    let mut cpu = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
    let mut losses = Vec::with_capacity(before + 1);
    for _ in 0..before {
        cpu.step_into(&mut losses);
    }
    let counted = COUNT.get();
    cpu.step_into(&mut losses);
    COUNT.get() - counted
}

#[test]
fn a_step_allocates_nothing() {
    for (preset, batch) in Preset::ALL.iter().flat_map(|preset| [(preset, 32), (preset, 17)]) {
        let config = Config {
            batch,
            ..preset.config()
        };
        assert_eq!(allocations(&config, 1), 0, "{preset:?}, batch {batch}");
        // Negative control: the first step makes the buffers.
        assert_ne!(allocations(&config, 0), 0, "{preset:?}, batch {batch}");
    }
}
