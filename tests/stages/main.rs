//! Rung 3 of the ladder: every array that a WGSL stage leaves, against the CPU stage of its name, and the
//! negative control: one sign turned in one shader fails that stage and what stands on it, and nothing before
//! it.

#[path = "../common/mod.rs"]
mod common;
mod expected;

use common::Fixture;
use expected::Seen;
use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Gpu, STAGES, STRUCTS, adapter, source};
use leftright::model::{Op, TowerModel};
use pollster::block_on;

/// An array after one step on a fixture's batch.
struct Compared {
    /// The operation that computes it, or, of a gradient, those that read the array; then the array's place
    /// in its graph.
    name: String,
    is_gradient: bool,
    differs: bool,
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
fn compare(fixture: &Fixture, edit: &dyn Fn(&str, String) -> String) -> Vec<Compared> {
    let (population, batch, snapshot) = (fixture.population(), fixture.batch(), fixture.snapshot());
    let mut cpu = Cpu::<f32>::without_tables(&population, &snapshot);
    let their_loss = cpu.step_on(&batch)[0];
    let mut gpu = block_on(async {
        Gpu::edited(&adapter().await.unwrap(), &population, &snapshot, edit)
            .await
            .unwrap()
    });
    let loss = block_on(gpu.step_on(&batch)).unwrap()[0];
    let read = |array| block_on(gpu.array(array)).unwrap();
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
    let mut add = |name: String, is_gradient, ours: Vec<f32>, theirs: &[f32]| {
        floats += ours.len();
        compared.push(Compared {
            name,
            is_gradient,
            differs: differ(&ours, theirs),
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
                read(arrays.values[step.out]),
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
                add(format!("{name} {}", step.out), false, read(*array), &theirs);
            }
        }
        add(
            "output".to_owned(),
            false,
            read(*arrays.values.last().unwrap()),
            &seen[t].expected("output"),
        );
    }
    let is_forward = |name: &str| !name.starts_with("d_") && name != "along";
    for named in gpu.plan().named.iter().filter(|named| is_forward(named.name)) {
        add(
            named.name.to_owned(),
            false,
            read(named.array),
            &seen[named.tower].expected(named.name),
        );
    }
    for named in gpu.plan().named.iter().filter(|named| !is_forward(named.name)) {
        let name = named.name.trim_start_matches("d_").to_owned();
        add(
            name,
            true,
            read(named.array),
            &seen[named.tower].expected(named.name),
        );
    }
    for (t, TowerModel { graph, .. }) in towers.iter().enumerate() {
        let arrays = &gpu.plan().towers[t];
        add(
            "output".to_owned(),
            true,
            read(*arrays.gradients.last().unwrap()),
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
                read(arrays.gradients[id]),
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
                    add(format!("{name} {id}"), true, read(*array), &theirs);
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
fn differing(compared: &[Compared]) -> Vec<String> {
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

/// The edit of one stage: one text, which must be there once, for another.
fn edit(stage: &'static str, text: &'static str, wrong: &'static str) -> impl Fn(&str, String) -> String {
    move |name, source| {
        if name != stage {
            return source;
        }
        assert_eq!(source.matches(text).count(), 1, "{stage}: {text}");
        source.replace(text, wrong)
    }
}

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

/// In the paper's model one sign turned fails what stands on it, and nothing else. Its arrays: 0 the embedded
/// pairs, 1 keys, 2 values, 3 the read pairs, 4 queries, 5 what attention gives, 6 the residual stream.
#[test]
fn one_turned_sign_fails_exactly_what_stands_on_it() {
    let fixture = Fixture::open("step_paper");
    let mut compared = compare(&fixture, &|_, source| source);
    compared.iter_mut().for_each(|one| one.differs = true);
    let all = differing(&compared);
    let from = |first: &str| all[all.iter().position(|name| name == first).unwrap()..].to_vec();
    let only = |names: &[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    let these = |names: &[&str]| {
        names
            .iter()
            .copied()
            .chain(["d parameters", "adamw"])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (stage, text, wrong, expected) in [
        (
            "embed",
            "= token + position;",
            "= token - position;",
            from("embed 0"),
        ),
        (
            "matmul",
            "sum[i][j] + added",
            "sum[i][j] - added",
            from("linear 6"),
        ),
        ("gather", "+ floats[x];", "- floats[x];", from("gather 3")),
        (
            "attention",
            "= exp(logits[i] - greatest) / total;",
            "= -exp(logits[i] - greatest) / total;",
            from("attention 5"),
        ),
        (
            "contrast",
            "let lse = greatest + log(",
            "let lse = greatest - log(",
            from("lse"),
        ),
        (
            "contrast",
            "(lse - scale * floats[cosines + own])",
            "(lse + scale * floats[cosines + own])",
            only(&["losses", "loss"]),
        ),
        ("contrast", "(p - select(", "(p + select(", from("d cosines")),
        (
            "contrast",
            "- floats[at + op.unit + i] * along",
            "+ floats[at + op.unit + i] * along",
            from("d output"),
        ),
        (
            "attention",
            "weight * (logits[i] - mean)",
            "weight * (logits[i] + mean)",
            these(&[
                "d logits 5",
                "d attention 4",
                "d linear 3",
                "d attention 1",
                "d linear gather 0",
            ]),
        ),
        (
            "attention",
            "= weighted_sum(op, asks.keys, at + op.key, column);",
            "= -weighted_sum(op, asks.keys, at + op.key, column);",
            these(&["d attention 4", "d linear 3", "d linear gather 0"]),
        ),
        (
            "attention",
            "return floats[runs[model].floats + op.given",
            "return -floats[runs[model].floats + op.given",
            these(&["d attention 2", "d attention 1", "d linear gather 0"]),
        ),
        (
            "gather",
            "select(0.0, 1.0, stands",
            "select(0.0, -1.0, stands",
            these(&["d linear gather 0"]),
        ),
        ("embed", "sum += floats[d_out", "sum -= floats[d_out", these(&[])),
        ("columns", "sum += x;", "sum -= x;", these(&[])),
        ("report", "parts += floats", "parts -= floats", these(&[])),
        ("report", "losses += floats", "losses -= floats", only(&["loss"])),
        ("adamw", "= p - rate *", "= p + rate *", only(&["adamw"])),
    ] {
        let seen = differing(&compare(&fixture, &edit(stage, text, wrong)));
        assert_eq!(seen, expected, "{stage}: {wrong}");
    }
}

/// One sign turned in one operation is first seen in that operation, forward and backward.
#[test]
fn one_turned_sign_is_seen_in_its_operation() {
    for (name, stage, text, wrong, expected) in [
        (
            "step_norm",
            "norm",
            "(floats[at + op.x + i] - mean) * scale",
            "(floats[at + op.x + i] + mean) * scale",
            ["norm 1", ""],
        ),
        (
            "step_norm",
            "norm",
            "scale * (g - g_mean -",
            "scale * (g + g_mean -",
            ["", "d norm 8"],
        ),
        (
            "step_norm",
            "columns",
            "x *= floats",
            "x *= -floats",
            ["", "d parameters"],
        ),
        (
            "step_mlp",
            "gelu",
            "= x * cumulative(x);",
            "= -x * cumulative(x);",
            ["gelu 8", ""],
        ),
        (
            "step_mlp",
            "gelu",
            "(cumulative(x) + x * density)",
            "(cumulative(x) - x * density)",
            ["", "d gelu 7"],
        ),
        (
            "step_autoregressive",
            "cross_entropy",
            "/ total - select(",
            "/ total + select(",
            ["", "d output"],
        ),
        (
            "step_autoregressive",
            "cross_entropy",
            "greatest + log(total)",
            "greatest - log(total)",
            ["losses", ""],
        ),
        (
            "step_deep",
            "attention",
            "weight * (logits[i] - mean)",
            "weight * (logits[i] + mean)",
            ["", "d logits 17"],
        ),
    ] {
        let compared = compare(&Fixture::open(name), &edit(stage, text, wrong));
        let first = |is_gradient: bool| {
            let part: Vec<&Compared> = compared
                .iter()
                .filter(|one| one.is_gradient == is_gradient && one.name != "adamw")
                .collect();
            part.iter().find(|one| one.differs).map_or(String::new(), |one| {
                if is_gradient {
                    format!("d {}", one.name)
                } else {
                    one.name.clone()
                }
            })
        };
        let seen = [first(false), first(true)];
        assert_eq!(seen[0], expected[0], "{stage}: {wrong}");
        assert!(
            seen[1] == expected[1] || !expected[0].is_empty(),
            "{stage}: {wrong}: {seen:?}"
        );
    }
}

/// Whether a shader has every struct's members where Rust has them.
fn laid_out_alike(stage: &leftright::engine::gpu::Stage, source: &str) -> bool {
    let module = naga::front::wgsl::parse_str(source).unwrap();
    STRUCTS.iter().chain([&stage.op]).all(|described| {
        let (_, found) = module
            .types
            .iter()
            .find(|(_, found)| found.name.as_deref() == Some(described.name))
            .unwrap();
        let naga::TypeInner::Struct { members, span } = &found.inner else {
            return false;
        };
        let members: Vec<(&str, u32)> = members
            .iter()
            .map(|member| (member.name.as_deref().unwrap(), member.offset))
            .collect();
        members == described.fields && *span == described.size
    })
}

/// What Rust writes into a buffer, a shader reads by the same name; two members that change places are seen.
#[test]
fn both_languages_lay_structs_out_alike() {
    for stage in STAGES {
        let source = source(stage);
        assert!(laid_out_alike(stage, &source), "{}", stage.name);
        let swapped = source.replace("warmup: u32,\nmax_scale: f32,", "max_scale: f32,\nwarmup: u32,");
        assert!(
            swapped != source && !laid_out_alike(stage, &swapped),
            "{}",
            stage.name
        );
    }
}

/// naga accepts every shader, and none asks for more than WebGPU's defaults: 8 storage buffers, 256
/// invocations, 16 KiB of workgroup memory.
#[test]
fn every_shader_keeps_to_the_limits() {
    for stage in STAGES {
        let module = naga::front::wgsl::parse_str(&source(stage)).unwrap();
        let capabilities = naga::valid::Capabilities::empty();
        let info = naga::valid::Validator::new(naga::valid::ValidationFlags::all(), capabilities)
            .validate(&module)
            .unwrap();
        drop(info);
        let mut layouter = naga::proc::Layouter::default();
        layouter.update(module.to_ctx()).unwrap();
        let of = |space: fn(&naga::AddressSpace) -> bool| {
            module
                .global_variables
                .iter()
                .filter(move |(_, v)| space(&v.space))
        };
        let storage = of(|space| matches!(space, naga::AddressSpace::Storage { .. })).count();
        let workgroup: u32 = of(|space| *space == naga::AddressSpace::WorkGroup)
            .map(|(_, v)| layouter[v.ty].size)
            .sum();
        assert!(
            storage <= 8 && workgroup <= 16 << 10,
            "{}: {storage} storage buffers, {workgroup} bytes",
            stage.name
        );
        let entries: Vec<(&str, u32)> = module
            .entry_points
            .iter()
            .map(|e| (e.name.as_str(), e.workgroup_size.iter().product()))
            .collect();
        let described: Vec<(&str, u32)> = stage
            .entries
            .iter()
            .map(|entry| (entry.name, entry.lanes))
            .collect();
        assert_eq!(entries, described, "{}", stage.name);
        assert!(described.iter().all(|(_, lanes)| *lanes <= 256));
    }
}
