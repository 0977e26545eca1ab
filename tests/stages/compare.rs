//! Every array of a step on both engines, side by side.

use std::collections::HashSet;

use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Array, Gpu, adapter};
use leftright::model::{Op, TowerModel};
use pollster::block_on;

use super::common::Fixture;
use super::expected::Seen;

/// An array after one step on a fixture's batch.
pub struct Compared {
    /// The operation that computes it, or, of a gradient, those that read the array; then the array's place
    /// in its graph.
    pub name: String,
    pub is_gradient: bool,
    pub differs: bool,
}

/// What an operation is called, as its CPU file is.
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

/// Every array of both engines' step on the fixture, in the order in which they are computed, a tower at a
/// time; then the parameters' gradients, and the parameters after the step.
pub fn compare(fixture: &Fixture, edit: &dyn Fn(&str, String) -> String) -> Vec<Compared> {
    let (population, batch, snapshot) = (fixture.population(), fixture.batch(), fixture.snapshot());
    let mut cpu = Cpu::<f32>::without_tables(&population, &snapshot);
    let their_loss = cpu.step_on(&batch)[0];
    let mut gpu = block_on(async {
        Gpu::edited(&adapter().await.unwrap(), &population, &snapshot, edit)
            .await
            .unwrap()
    });
    let loss = block_on(gpu.step_on(&batch)).unwrap()[0];
    let towers = TowerModel::all(&fixture.config, &fixture.table);
    let seen = [0, 1].map(|tower| Seen {
        fixture,
        cpu: &cpu,
        batch: &batch,
        towers: &towers,
        tower,
    });

    let mut compared = Vec::new();
    // The gradients of parameters and one zero are not compared here.
    let mut floats = fixture.table.len + 1;
    let mut places = HashSet::new();
    let mut add = |name: String, is_gradient, array: Array, theirs: &[f32]| {
        // Two arrays may share a place.
        if places.insert(array.start) {
            floats += array.numbers() as usize;
        }
        compared.push(Compared {
            name,
            is_gradient,
            differs: differ(&block_on(gpu.array(array)).unwrap(), theirs),
        });
    };
    let kept_names = |op: &Op| {
        if let Op::Norm { .. } = op {
            ["normed", "scale", ""]
        } else {
            ["weights", "logits", "query"]
        }
    };
    for (t, TowerModel { graph, .. }) in towers.iter().enumerate() {
        let arrays = &gpu.plan().towers[t];
        for (i, step) in graph.steps.iter().enumerate() {
            add(
                format!("{} {}", called(&step.op), step.out),
                false,
                arrays.values[step.out],
                cpu.graph_array(step.out, t).0,
            );
            // What attention keeps beside its weights are gradients.
            let forward = if let Op::Norm { .. } = step.op { 2 } else { 1 };
            for ((name, array), theirs) in kept_names(&step.op)
                .iter()
                .zip(&arrays.kept[i])
                .zip(seen[t].kept(i))
                .take(forward)
            {
                add(format!("{name} {}", step.out), false, *array, &theirs);
            }
        }
        add(
            "output".to_owned(),
            false,
            *arrays.values.last().unwrap(),
            &seen[t].expected("output"),
        );
    }
    let is_forward = |name: &str| !name.starts_with("d_") && name != "along";
    for named in gpu.plan().named.iter().filter(|named| is_forward(named.name)) {
        add(
            named.name.to_owned(),
            false,
            named.array,
            &seen[named.tower].expected(named.name),
        );
    }
    for named in gpu.plan().named.iter().filter(|named| !is_forward(named.name)) {
        let name = named.name.trim_start_matches("d_").to_owned();
        add(name, true, named.array, &seen[named.tower].expected(named.name));
    }
    for (t, TowerModel { graph, .. }) in towers.iter().enumerate() {
        let arrays = &gpu.plan().towers[t];
        add(
            "output".to_owned(),
            true,
            *arrays.gradients.last().unwrap(),
            cpu.stage("d_embedding", t).unwrap(),
        );
        for id in (0..graph.arrays.len()).rev() {
            let readers = graph
                .steps
                .iter()
                .filter(|step| step.inputs.iter().any(|(input, _)| *input == id));
            let mut names: Vec<&str> = readers.map(|step| called(&step.op)).collect();
            names.dedup();
            let name = if names.is_empty() {
                "projection".to_owned()
            } else {
                names.join(" ")
            };
            add(
                format!("{name} {id}"),
                true,
                arrays.gradients[id],
                cpu.graph_array(id, t).1,
            );
            let i = graph
                .steps
                .iter()
                .position(|step| step.out == id)
                .expect("a step computes every array");
            if let Op::Attention { .. } = graph.steps[i].op {
                for ((name, array), theirs) in ["weights", "logits", "query"]
                    .iter()
                    .zip(&arrays.kept[i])
                    .zip(seen[t].kept(i))
                    .skip(1)
                {
                    add(format!("{name} {id}"), true, *array, &theirs);
                }
            }
        }
    }
    assert_eq!(
        floats as u64,
        gpu.plan().floats,
        "{}: an array that a shader writes is compared with nothing",
        fixture.name
    );
    compared.insert(
        compared.iter().position(|one| one.is_gradient).unwrap(),
        Compared {
            name: "loss".to_owned(),
            is_gradient: false,
            differs: differ(&[loss], &[their_loss]),
        },
    );
    let (ours, theirs) = (block_on(gpu.snapshot()).unwrap(), cpu.snapshot());
    let differs = fixture.step_errors(&ours).iter().any(|(_, error)| *error > 1e-4);
    compared.push(Compared {
        name: "parameters".to_owned(),
        is_gradient: true,
        differs,
    });
    // One step moves a parameter by at most the warmed-up learning rate, 1e-4; a gradient near zero may turn
    // its sign.
    let moved = ours
        .params
        .iter()
        .zip(&theirs.params)
        .filter(|(a, b)| (**a - **b).abs() > 2e-6)
        .count();
    let differs = moved * 100 > theirs.params.len() || differ(&ours.first, &theirs.first);
    compared.push(Compared {
        name: "adamw".to_owned(),
        is_gradient: false,
        differs,
    });
    compared
}

/// Whether two arrays differ by more than 1e-4 of the second's largest magnitude, or in length.
fn differ(ours: &[f32], theirs: &[f32]) -> bool {
    let largest = theirs.iter().fold(f32::MIN_POSITIVE, |m, x| m.max(x.abs()));
    // NaN differs from everything.
    let is_close = |(a, b): (&f32, &f32)| (a - b).abs() / largest <= 1e-4;
    ours.len() != theirs.len() || theirs.is_empty() || !ours.iter().zip(theirs).all(is_close)
}

/// What differs, each name once, gradients marked by a d.
pub fn differing(compared: &[Compared]) -> Vec<String> {
    let mut names = Vec::new();
    for one in compared.iter().filter(|one| one.differs) {
        let name = if one.is_gradient {
            format!("d {}", one.name)
        } else {
            one.name.clone()
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
