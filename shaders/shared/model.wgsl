// What every kernel sees. P models train at once; P is the slowest dimension of every buffer but `ring`
// and `rates`.
// `Run`, `Op` and the other structs, and where in its operation a workgroup works (`<entry>_at`), are written
// by src/engine/gpu/kernels.rs. A dispatch runs operations that do not depend on each other, for every model:
// its z counts models, then operations.

@group(0) @binding(0) var<storage, read> runs: array<Run>; // [P]
@group(0) @binding(1) var<storage, read_write> floats: array<f32>; // [P, arrays], then parameters [P, params]
@group(0) @binding(2) var<storage, read_write> moments: array<f32>; // first [P, params], then second
@group(0) @binding(3) var<storage, read_write> batch: array<u32>; // [steps done, this step], then [P, words]
@group(0) @binding(4) var<storage, read_write> ring: array<f32>; // losses [RING, P]
@group(0) @binding(5) var<storage, read> world: array<u32>; // src/engine/gpu/world.rs
@group(0) @binding(6) var<storage, read> rates: array<f32>; // learning rates [RING, P]
@group(1) @binding(0) var<storage, read> ops: array<Op>; // [operations of the dispatch]

// Which workgroup this is. An invocation's place in it is no member: barriers must depend on nothing that
// differs within a workgroup, and browsers judge a parameter as a whole.
struct Workgroup {
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
}

fn model_of(here: Workgroup) -> u32 {
    return here.group.z % arrayLength(&runs);
}

// Where the numbers of this step stand in `ring` and `rates`.
fn step_place(model: u32) -> u32 {
    return ((batch[1] - 1u) % RING) * arrayLength(&runs) + model;
}

fn op_of(here: Workgroup) -> u32 {
    return here.group.z / arrayLength(&runs);
}
