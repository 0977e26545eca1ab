//! What a step would take on two GPUs, predicted from the description of each kernel: `cargo xtask bench
//! --model-gpu`. No machine that builds this project has a GPU, so these are predictions of a simple model,
//! not measurements:
//!
//!   time = max(bytes / bandwidth, FLOPs / (peak * share * filled), waves * chain) + dispatch
//!
//! where `filled` is the part of the GPU that the invocations fill, a wave is as many of them as the GPU
//! holds at a time, and the chain is one invocation's loads and other steps one after the other, as if
//! nothing hid their latency.

use std::fmt::Write;

use leftright::config::{Population, Preset, ValidConfig};
use leftright::engine::gpu::Plan;

/// A GPU, by what limits it.
struct Device {
    name: &'static str,
    /// FLOPs per second.
    peak: f64,
    /// Bytes per second.
    bandwidth: f64,
    /// Invocations that it holds at a time.
    resident: f64,
    /// Invocations that compute at a time.
    lanes: f64,
    /// Seconds from asking for a number in memory to having it.
    load: f64,
    /// Seconds of a step that waits for workgroup memory or for arithmetic.
    step: f64,
    /// Seconds from the end of a dispatch to the start of the next, which waits for it.
    dispatch: f64,
}

/// The part of the peak that products from workgroup memory reach: a load from there for two multiply-adds.
const SHARE: f64 = 0.5;

const DEVICES: [Device; 2] = [
    // Intel's data sheet of Iris Xe (i7-1165G7): 96 execution units of 8 lanes and 7 threads of 16, 1.3 GHz;
    // LPDDR4x-4267 on 128 bits.
    Device {
        name: "Intel Iris Xe (96 EU), integrated",
        peak: 96.0 * 8.0 * 2.0 * 1.3e9,
        bandwidth: 68.3e9,
        resident: 96.0 * 7.0 * 16.0,
        lanes: 96.0 * 8.0,
        // An assumption: the way to memory goes through the processor's own last-level cache.
        load: 400e-9,
        step: 30e-9,
        // An assumption, as below.
        dispatch: 10e-6,
    },
    // NVIDIA's Ampere GA102 whitepaper and product page: 28 multiprocessors of 128 lanes, 1.78 GHz, 192 bits
    // of GDDR6; 1536 invocations a multiprocessor (CUDA C++ Programming Guide, compute capability 8.6).
    Device {
        name: "NVIDIA GeForce RTX 3060, desktop",
        peak: 28.0 * 128.0 * 2.0 * 1.777e9,
        bandwidth: 360e9,
        resident: 28.0 * 1536.0,
        lanes: 28.0 * 128.0,
        // From L1 to L2 alone takes Ampere more than 100 ns
        // (chipsandcheese.com/2021/04/16/measuring-gpu-memory-latency); memory is farther. Taken as 300 ns,
        // wherever the number is.
        load: 300e-9,
        // About 30 cycles.
        step: 17e-9,
        // An assumption. A barrier drains the GPU and the next dispatch fills it. What recording a dispatch
        // costs the CPU beside it (24 to 36 us where each has its own submit, arXiv 2604.02344) is not
        // counted: here some 400 share a submit.
        dispatch: 5e-6,
    },
];

/// What the model knows of a dispatch, of one model.
struct Work {
    name: String,
    invocations: f64,
    loads: f64,
    steps: f64,
    bytes: f64,
    flops: f64,
}

impl Device {
    /// Seconds of a dispatch for so many models.
    fn predict(&self, work: &Work, population: f64) -> f64 {
        let invocations = population * work.invocations;
        let filled = (invocations / self.lanes).min(1.0);
        let chain = work.loads * self.load + work.steps * self.step;
        let bounds = [
            population * work.bytes / self.bandwidth,
            population * work.flops / (self.peak * SHARE * filled),
            (invocations / self.resident).ceil() * chain,
        ];
        bounds.into_iter().fold(0.0, f64::max) + self.dispatch
    }
}

/// A step's dispatches as a table, and their sum.
fn table(title: &str, step: &[Work]) -> String {
    let mut out = format!("## {title}: {} dispatches\n\n", step.len());
    let columns: Vec<String> = DEVICES
        .iter()
        .flat_map(|device| [1, 64].map(|p| format!("{}, {p} models, µs", device.name)))
        .collect();
    let _ = writeln!(
        out,
        "| dispatch | invocations | chain: loads + steps | KB | MFLOP | {} |",
        columns.join(" | ")
    );
    let _ = writeln!(out, "|{}", " --- |".repeat(5 + columns.len()));
    let mut totals = vec![0.0; columns.len()];
    for work in step {
        let times: Vec<f64> = DEVICES
            .iter()
            .flat_map(|device| [1.0, 64.0].map(|population| 1e6 * device.predict(work, population)))
            .collect();
        totals
            .iter_mut()
            .zip(&times)
            .for_each(|(total, time)| *total += time);
        let times: Vec<String> = times.iter().map(|time| format!("{time:.1}")).collect();
        let Work {
            name,
            invocations,
            loads,
            steps,
            bytes,
            flops,
        } = work;
        let _ = writeln!(
            out,
            "| {name} | {invocations} | {loads} + {steps} | {:.0} | {:.2} | {} |",
            bytes / 1e3,
            flops / 1e6,
            times.join(" | ")
        );
    }
    let sum = |of: fn(&Work) -> f64| step.iter().map(of).sum::<f64>();
    let totals: Vec<String> = totals
        .iter()
        .map(|total| format!("**{:.2} ms**", total / 1e3))
        .collect();
    let _ = writeln!(
        out,
        "| **step** | | | {:.0} | {:.1} | {} |",
        sum(|w| w.bytes) / 1e3,
        sum(|w| w.flops) / 1e6,
        totals.join(" | ")
    );
    out
}

/// A step of a model, as its plan describes it.
fn step(config: ValidConfig) -> Vec<Work> {
    let plan = Plan::new(&Population::from(config));
    let dispatches = plan.dispatches.iter().map(|dispatch| Work {
        name: format!(
            "{}.{} x{}",
            dispatch.stage.name, dispatch.entry.name, dispatch.count
        ),
        invocations: dispatch.invocations as f64,
        loads: dispatch.cost.loads as f64,
        steps: dispatch.cost.steps as f64,
        bytes: dispatch.bytes as f64,
        flops: dispatch.cost.flops as f64,
    });
    dispatches.collect()
}

fn main() {
    println!(
        "{}",
        table("Preset paper, batch 128", &step(ValidConfig::from(Preset::Paper)))
    );
}
