//! Rung 3 of the ladder: every array that a WGSL stage leaves, against what the CPU engine makes it, and the
//! negative control: one sign turned in one shader fails that stage and what stands on it, and nothing before
//! it.

#[path = "../common/mod.rs"]
mod common;
mod expected;

use std::collections::BTreeSet;

use common::Fixture;
use expected::Seen;
use leftright::config::{Population, Preset, ValidConfig};
use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Gpu, Layout, STAGES, adapter, source};
use leftright::model::{Op, TowerModel};
use pollster::block_on;

/// Every array of the table path, each after those it is computed from.
const ARRAYS: [&str; 23] = [
    "value",
    "key",
    "query",
    "joint",
    "straight",
    "seen",
    "mass",
    "attended",
    "embedding",
    "length",
    "logits",
    "quarter_lse",
    "loss",
    "along",
    "d_embedding",
    "d_joint",
    "d_straight",
    "d_read",
    "d_attended",
    "d_value",
    "d_mass",
    "d_score",
    "d_query",
];

/// The list is the engine's own: an array that a shader writes and no test reads cannot be.
#[test]
fn every_array_of_the_layout_is_compared() {
    let layout = Layout::new(&Fixture::open("step_paper").population());
    let regions = layout
        .rows
        .iter()
        .chain(&layout.cells)
        .filter(|region| region.towers.iter().any(|(_, len)| *len > 0));
    let names: BTreeSet<&str> = regions.map(|region| region.name).collect();
    assert_eq!(names, BTreeSet::from(ARRAYS));
}

/// The arrays, and `gradient` and `params`, in which one step on the fixture differs between the engines.
fn differing(edit: &dyn Fn(&str, String) -> String) -> Vec<&'static str> {
    let fixture = Fixture::open("step_paper");
    block_on(async {
        let (gpu, cpu) = step(&fixture, edit).await;
        let mut differing = Vec::new();
        let towers = TowerModel::all(&fixture.config, &fixture.table);
        for name in ARRAYS {
            for tower in 0..2 {
                let seen = Seen {
                    fixture: &fixture,
                    cpu: &cpu,
                    towers: &towers,
                    tower,
                };
                let ours = seen.comparable(name, gpu.region(name, tower).await.unwrap());
                let Some(theirs) = seen.expected(name) else {
                    assert!(
                        ours.is_empty(),
                        "nothing says what {name} of tower {tower} must be"
                    );
                    continue;
                };
                if error(&ours[..theirs.len()], &theirs) > 1e-4 && !differing.contains(&name) {
                    differing.push(name);
                }
            }
        }
        if gradients_differ(&fixture, &gpu).await {
            differing.push("gradient");
        }
        // One step moves a parameter by at most the warmed-up learning rate, 1e-4; a gradient near zero may
        // turn its sign.
        let (ours, theirs) = (gpu.snapshot().await.unwrap(), cpu.snapshot());
        let moved = |a: &[f32], b: &[f32]| a.iter().zip(b).filter(|(a, b)| (**a - **b).abs() > 2e-6).count();
        if moved(&ours.params, &theirs.params) * 100 > theirs.params.len()
            || error(&ours.first, &theirs.first) > 1e-4
        {
            differing.push("params");
        }
        differing
    })
}

/// Both engines after one step on a fixture's batch.
async fn step(fixture: &Fixture, edit: &dyn Fn(&str, String) -> String) -> (Gpu, Cpu<f32>) {
    let (population, batch, snapshot) = (fixture.population(), fixture.batch(), fixture.snapshot());
    let mut cpu = Cpu::<f32>::new(&population, &snapshot);
    cpu.step_on(&batch);
    let mut gpu = Gpu::edited(&adapter().await.unwrap(), &population, &snapshot, edit)
        .await
        .unwrap();
    gpu.step_on(&batch).await.unwrap();
    (gpu, cpu)
}

/// Whether any gradient of the step is not the fixture's.
async fn gradients_differ(fixture: &Fixture, gpu: &Gpu) -> bool {
    fixture
        .step_errors(&gpu.snapshot().await.unwrap())
        .iter()
        .any(|(_, error)| *error > 1e-4)
}

/// What an operation is called, as its shader is.
fn called(op: &Op) -> &'static str {
    match op {
        Op::Embed => "embed",
        Op::Norm { .. } => "norm",
        Op::Linear { .. } => "linear",
        Op::Gather => "gather",
        Op::Attention { .. } => "attention",
        Op::Gelu => "gelu",
    }
}

/// Where the engines first differ in one step on the fixture. Forward: the operation whose array does.
/// Backward: the operations that read the array whose gradient does, `joint` where only the projection does,
/// or, last, `parameters`.
fn first_differing(fixture: &Fixture, edit: &dyn Fn(&str, String) -> String) -> [String; 2] {
    let (mut forward, mut backward) = (String::new(), String::new());
    block_on(async {
        let (gpu, cpu) = step(fixture, edit).await;
        for (t, tower) in TowerModel::all(&fixture.config, &fixture.table)
            .iter()
            .enumerate()
        {
            let Some(graph) = &tower.graph else { continue };
            let mut differs = Vec::new();
            for id in 0..graph.arrays.len() {
                let ((array, gradient), (theirs, their_gradient)) =
                    (gpu.graph_array(id, t).await.unwrap(), cpu.graph_array(id, t));
                differs.push(
                    [(array, theirs), (gradient, their_gradient)]
                        .map(|(a, b)| error(&a[..b.len()], b) > 1e-4),
                );
            }
            if let Some(step) = graph
                .steps
                .iter()
                .find(|step| differs[step.out][0])
                .filter(|_| forward.is_empty())
            {
                forward = called(&step.op).to_owned();
            }
            if let Some(id) = differs
                .iter()
                .rposition(|[_, gradient]| *gradient)
                .filter(|_| backward.is_empty())
            {
                let readers = graph
                    .steps
                    .iter()
                    .filter(|step| step.inputs.iter().any(|(input, _)| *input == id));
                let mut names: Vec<&str> = readers.map(|step| called(&step.op)).collect();
                names.dedup();
                backward = if names.is_empty() {
                    "joint".to_owned()
                } else {
                    names.join(" ")
                };
            }
        }
        if backward.is_empty() && gradients_differ(fixture, &gpu).await {
            backward = "parameters".to_owned();
        }
    });
    [forward, backward]
}

fn error(a: &[f32], b: &[f32]) -> f32 {
    let largest = b.iter().fold(f32::MIN_POSITIVE, |m, x| m.max(x.abs()));
    a.iter().zip(b).fold(0f32, |m, (a, b)| {
        if (a - b).abs() / largest <= m {
            m
        } else {
            (a - b).abs() / largest
        }
    })
}

#[test]
fn every_array_is_the_cpu_stages() {
    assert_eq!(differing(&|_, source| source), Vec::<&str>::new());
}

#[test]
fn one_turned_sign_fails_exactly_what_stands_on_it() {
    let all_after = |first: &str| -> Vec<&str> {
        let from = ARRAYS.iter().position(|name| *name == first).unwrap();
        ARRAYS[from..]
            .iter()
            .copied()
            .chain(["gradient", "params"])
            .collect()
    };
    for (stage, text, wrong, expected) in [
        (
            "forward",
            "asking(model, tower, sequence + 4u, q), straight);",
            "asking(model, tower, sequence + 4u, q), -1.0 * straight);",
            all_after("embedding"),
        ),
        (
            "contrast",
            "let g = (p - select(",
            "let g = (p + select(",
            all_after("along"),
        ),
        (
            "backward",
            "let d = cells[mass + t] * (gain[t] - mean);",
            "let d = cells[mass + t] * (gain[t] + mean);",
            all_after("d_mass"),
        ),
        (
            "backward",
            "rows[at + seen_rows(tower) + item] = SCALE * sum;",
            "rows[at + seen_rows(tower) + item] = -SCALE * sum;",
            vec!["seen", "gradient", "params"],
        ),
        (
            "backward",
            "rows[run.updated + at] = p - rate",
            "rows[run.updated + at] = p + rate",
            vec!["params"],
        ),
    ] {
        let edit = |name: &str, source: String| {
            if name != stage {
                return source;
            }
            assert_eq!(source.matches(text).count(), 1, "{stage}: {text}");
            source.replace(text, wrong)
        };
        assert_eq!(differing(&edit), expected, "a turned sign in {stage}");
    }
}

/// Every array of every graph, and its gradient.
#[test]
fn every_operation_is_the_cpus() {
    for fixture in Fixture::all() {
        assert_eq!(
            first_differing(&fixture, &|_, source| source),
            ["", ""],
            "{}",
            fixture.name
        );
    }
}

/// One sign turned in one operation is first seen in that operation (an array that `gather` reads, `linear`
/// reads too).
#[test]
fn one_turned_sign_is_seen_in_its_operation() {
    for (name, stage, text, wrong, expected) in [
        (
            "step_norm",
            "embed",
            "= token + position;",
            "= token - position;",
            ["embed", "joint"],
        ),
        (
            "step_norm",
            "embed",
            "sum += rows[model * ROWS + op.out.gradient + pair",
            "sum -= rows[model * ROWS + op.out.gradient + pair",
            ["", "parameters"],
        ),
        (
            "step_norm",
            "norm",
            "= (rows[x + i] - mean) * scale",
            "= (rows[x + i] + mean) * scale",
            ["norm", "joint"],
        ),
        (
            "step_norm",
            "norm",
            "scale * (g - g_mean -",
            "scale * (g + g_mean -",
            ["", "norm"],
        ),
        (
            "step_right",
            "linear",
            "return Tile(tile.a + a,",
            "return Tile(tile.a - a,",
            ["linear", "joint"],
        ),
        (
            "step_right",
            "linear",
            "* op.width + column.x, tile.a[r])",
            "* op.width + column.x, -tile.a[r])",
            ["", "linear"],
        ),
        (
            "step_right",
            "gather",
            "] = rows[model * ROWS + op.inputs",
            "] = -rows[model * ROWS + op.inputs",
            ["gather", "joint"],
        ),
        (
            "step_right",
            "gather",
            "id.x, sum);",
            "id.x, -sum);",
            ["", "linear gather"],
        ),
        (
            "step_autoregressive",
            "attention",
            "weights[t] = sum * SCALE;",
            "weights[t] = -sum * SCALE;",
            ["attention", "joint"],
        ),
        (
            "step_autoregressive",
            "attention",
            "(gains[t] - mean)",
            "(gains[t] + mean)",
            ["", "attention"],
        ),
        (
            "step_mlp",
            "gelu",
            "= x * cumulative(x);",
            "= -x * cumulative(x);",
            ["gelu", "joint"],
        ),
        (
            "step_mlp",
            "gelu",
            "(cumulative(x) + x",
            "(cumulative(x) - x",
            ["", "gelu"],
        ),
        (
            "step_autoregressive",
            "cross_entropy",
            "/ total - said",
            "/ total + said",
            ["", "joint"],
        ),
    ] {
        let edit = |name: &str, source: String| {
            if name != stage {
                return source;
            }
            assert_eq!(source.matches(text).count(), 1, "{stage}: {text}");
            source.replace(text, wrong)
        };
        assert_eq!(
            first_differing(&Fixture::open(name), &edit),
            expected,
            "{stage}: {wrong}"
        );
    }
}

/// naga accepts every shader of every preset, and none asks for more than WebGPU's defaults: 8 storage
/// buffers, 256 invocations, and no workgroup memory at all.
#[test]
fn every_shader_keeps_to_the_limits() {
    for preset in Preset::ALL {
        let layout = Layout::new(&Population::from(ValidConfig::from(*preset)));
        for stage in &STAGES {
            let module = naga::front::wgsl::parse_str(&source(&layout, stage)).unwrap();
            naga::valid::Validator::new(
                naga::valid::ValidationFlags::all(),
                naga::valid::Capabilities::empty(),
            )
            .validate(&module)
            .unwrap();
            let storage = module
                .global_variables
                .iter()
                .filter(|(_, v)| matches!(v.space, naga::AddressSpace::Storage { .. }))
                .count();
            let workgroup = module
                .global_variables
                .iter()
                .filter(|(_, v)| v.space == naga::AddressSpace::WorkGroup)
                .count();
            assert!(
                storage <= 8 && workgroup == 0,
                "{preset:?}, {}: {storage} storage buffers",
                stage.name
            );
            let entries: Vec<&str> = module.entry_points.iter().map(|e| e.name.as_str()).collect();
            assert_eq!(entries, stage.entries);
            assert!(
                module
                    .entry_points
                    .iter()
                    .all(|e| e.workgroup_size.iter().product::<u32>() <= 256)
            );
        }
    }
}
