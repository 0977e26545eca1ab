//! `cargo bench`: the native CPU engine against what this machine can do, as one JSON object. Every number is
//! the median of interleaved rounds of one run, on one thread unless it says otherwise. `-- --steps N`
//! instead takes N steps and times nothing, for a profiler.

use std::hint::black_box;
use std::time::Instant;

use leftright::config::{Config, Population, ValidConfig};
use leftright::engine::cpu::Cpu;
use leftright::experiment::median;
use leftright::math::{Matrix, Store, matmul};
use leftright::model::{ParamTable, Snapshot, TowerModel};
use rayon::prelude::*;
use serde_json::{Value, json};

const ROUNDS: usize = 7;
/// Aimed length of a block, in seconds.
const BLOCK: f64 = 0.05;

/// A matrix product of the step: `[m, k] [k, n]`, `count` times.
struct Product {
    name: String,
    m: usize,
    n: usize,
    k: usize,
    count: usize,
}

impl Product {
    fn flops(&self) -> f64 {
        2.0 * (self.m * self.n * self.k * self.count) as f64
    }

    /// Bytes read and written once each: what a cache of any size must move.
    fn bytes(&self) -> f64 {
        4.0 * ((self.m * self.k + self.k * self.n + self.m * self.n) * self.count) as f64
    }
}

/// The matrix products of a step of preset `paper`'s kind, by stage
/// (src/engine/cpu/{forward,contrast,backward}.rs).
fn products(config: &ValidConfig) -> Vec<Product> {
    let table = ParamTable::new(config);
    let b = config.batch_size();
    let mut products = Vec::new();
    for (tower, name) in TowerModel::all(config, &table).iter().zip(["vision", "text"]) {
        let (d, e, h, k, r) = (tower.d, tower.e, tower.heads, tower.d_head(), tower.shape.rows());
        let mut add = |stage: &str, m, n, k, count| {
            products.push(Product {
                name: format!("{name} {stage}"),
                m,
                n,
                k,
                count,
            })
        };
        add("tables (value)", r, d, d, 1);
        add("attend", b, k, r, h);
        add("output", b, d, d, 1);
        add("project", b, e, d, 1);
        add("d_projection", e, d, b, 1);
        add("d_residual", b, d, e, 1);
        add("d_output", d, d, b, 1);
        add("d_attended", b, d, d, 1);
        add("d_mass", b, r, k, h);
        add("d_value", r, k, b, h);
        add("d_weights (value)", d, d, r, 1);
        add("d_rows (value)", r, d, d, 1);
    }
    let e = config.d_embed as usize;
    products.push(Product {
        name: "contrast logits".to_owned(),
        m: b,
        n: b,
        k: e,
        count: 1,
    });
    products.push(Product {
        name: "contrast d_embedding".to_owned(),
        m: b,
        n: e,
        k: b,
        count: 2,
    });
    products
}

type Work<'a> = Box<dyn FnMut() + 'a>;

/// The median time of one call of each work, in milliseconds, over interleaved rounds.
fn medians(works: &mut [Work]) -> Vec<f64> {
    let time = |work: &mut Work, calls: usize| {
        let start = Instant::now();
        (0..calls).for_each(|_| work());
        start.elapsed().as_secs_f64() / calls as f64
    };
    let calls: Vec<usize> = works
        .iter_mut()
        .map(|work| {
            time(work, 2);
            (BLOCK / time(work, 2).max(1e-9)).ceil() as usize
        })
        .collect();
    let mut times = vec![Vec::new(); works.len()];
    for _ in 0..ROUNDS {
        for ((work, calls), times) in works.iter_mut().zip(&calls).zip(&mut times) {
            times.push(time(work, *calls) * 1e3);
        }
    }
    times.into_iter().map(median).collect()
}

const PEAK_STEPS: usize = 100_000;
const LANES: usize = 96;

/// Twelve vectors of eight lanes that multiply and add without waiting for each other.
fn multiply_add(sums: &mut [f32; LANES], x: f32, y: f32) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features were just detected.
        return unsafe { fused(sums, x, y) };
    }
    for _ in 0..PEAK_STEPS {
        sums.iter_mut().for_each(|s| *s = *s * x + y);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused(sums: &mut [f32; LANES], x: f32, y: f32) {
    for _ in 0..PEAK_STEPS {
        sums.iter_mut().for_each(|s| *s = s.mul_add(x, y));
    }
}

fn engine(config: &Config) -> Cpu<f32> {
    let population = Population::from(
        config
            .clone()
            .validate()
            .expect("the benchmark's settings are within bounds"),
    );
    Cpu::new(&population, &Snapshot::initial(&population))
}

/// Milliseconds of a step of each config, interleaved.
fn steps(configs: &[Config]) -> Vec<f64> {
    let mut engines: Vec<Cpu<f32>> = configs.iter().map(engine).collect();
    medians(
        &mut engines
            .iter_mut()
            .map(|engine| Box::new(|| drop(engine.step())) as Work)
            .collect::<Vec<_>>(),
    )
}

/// Milliseconds of a step of a population of each size over all threads.
fn populations(sizes: &[usize]) -> Vec<f64> {
    let seeds = |size: usize| {
        (0..size as u32)
            .map(|seed| {
                engine(&Config {
                    seed,
                    ..Config::default()
                })
            })
            .collect::<Vec<_>>()
    };
    let mut populations: Vec<Vec<Cpu<f32>>> = sizes.iter().map(|size| seeds(*size)).collect();
    let works = populations
        .iter_mut()
        .map(|engines| Box::new(|| engines.par_iter_mut().for_each(|e| drop(e.step()))) as Work);
    medians(&mut works.collect::<Vec<_>>())
}

fn roofline(config: &ValidConfig) -> Value {
    let products = products(config);
    let most = |f: fn(&Product) -> usize| products.iter().map(f).max().unwrap_or(0);
    let (a, b) = (
        vec![0.5f32; most(|p| p.m * p.k)],
        vec![0.25f32; most(|p| p.k * p.n)],
    );
    let mut c = vec![0f32; most(|p| p.m * p.n)];
    let mut sums = [1f32; LANES];
    // Larger than any cache: read two, write one.
    let (from, mut to) = (vec![1f32; 32 << 20], vec![0f32; 32 << 20]);
    let mut trained = engine(config);
    let c = std::cell::RefCell::new(&mut c);
    let mut works: Vec<Work> = vec![
        Box::new(|| multiply_add(black_box(&mut sums), black_box(0.999), black_box(0.001))),
        Box::new(|| {
            black_box(&mut to)
                .iter_mut()
                .zip(black_box(&from))
                .for_each(|(t, f)| *t = 0.5 * *t + *f)
        }),
        Box::new(|| drop(trained.step())),
    ];
    for product in &products {
        let (a, b, c, Product { m, n, k, count, .. }) = (&a, &b, &c, product);
        works.push(Box::new(move || {
            for _ in 0..*count {
                let left = Matrix::rows(black_box(&a[..m * k]), *k);
                matmul(
                    (*m, *n, *k),
                    left,
                    Matrix::rows(&b[..k * n], *n),
                    &mut c.borrow_mut()[..m * n],
                    *n,
                    Store::Set,
                );
            }
        }));
    }
    let times = medians(&mut works);
    let peak = 2.0 * (PEAK_STEPS * LANES) as f64 / times[0] / 1e6;
    let sweep = 3.0 * 4.0 * f64::from(32u32 << 20) / times[1] / 1e6;
    let stages: Vec<Value> = products
        .iter()
        .zip(&times[3..])
        .map(|(p, ms)| {
            let gflops = p.flops() / ms / 1e6;
            json!({ "name": p.name, "m": p.m, "n": p.n, "k": p.k, "count": p.count, "flops": p.flops(), "bytes": p.bytes(), "ms": ms, "gflops": gflops, "share_of_peak": gflops / peak })
        })
        .collect();
    let flops: f64 = products.iter().map(Product::flops).sum();
    json!({ "peak_gflops": peak, "sweep_gb_per_s": sweep, "step_ms": times[2], "matmul_flops": flops, "matmul_ms": times[3..].iter().sum::<f64>(), "stages": stages })
}

/// The N of `--steps N`.
fn steps_asked_for() -> Option<usize> {
    std::env::args()
        .skip_while(|argument| argument != "--steps")
        .nth(1)?
        .parse()
        .ok()
}

fn main() {
    if let Some(steps) = steps_asked_for() {
        let mut engine = engine(&Config::default());
        return (0..steps).for_each(|_| drop(engine.step()));
    }
    let curve = |name: &str, values: &[u32], config: &dyn Fn(u32) -> Config| {
        let times = steps(&values.iter().map(|v| config(*v)).collect::<Vec<_>>());
        json!({ "name": name, "points": values.iter().zip(times).map(|(x, ms)| json!([x, ms])).collect::<Vec<_>>() })
    };
    let sizes = [1, 2, 4, 8, 16, 32, 64];
    let population: Vec<Value> = sizes
        .iter()
        .zip(populations(&sizes))
        .map(|(size, ms)| json!([size, ms]))
        .collect();
    let scaling = [
        curve("batch", &[32, 64, 128, 256, 512, 1024], &|batch| Config {
            batch,
            pair_labels: 35,
            labels: 40,
            ..Config::default()
        }),
        curve("d_model", &[32, 64, 128, 256], &|d_model| Config {
            d_model,
            d_embed: d_model.min(256),
            ..Config::default()
        }),
        json!({ "name": "population, all threads", "points": population }),
    ];
    println!(
        "{}",
        json!({ "threads": rayon::current_num_threads(), "roofline": roofline(&ValidConfig::default()), "scaling": scaling })
    );
}
