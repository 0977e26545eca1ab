// One batch: captions without replacement, each stated by one of the relations and shown in one of its
// training layouts (src/task/batch.rs draws the same).
//   caption_i = permute(i; captions),  relation_i = hash(i) mod relations
//   rank_i = hash(i) mod n_1 or n_2,  layout_i = permute(rank_i; layouts)
// Reads world: the row of each caption as each relation states it (src/engine/gpu/world.rs), and the layouts.
// Writes batch: each tower's tokens [B, length], query [B]. One invocation per sequence; no float, about 150
// hashes.

@compute @workgroup_size(sample_lanes)
fn sample(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let i = sample_at(op, here, lane).x;
    let run = runs[model];
    let step = batch[0] + 1u;
    if (i == 0u && model == 0u) {
        batch[1] = step;
    }
    if (i >= op.sequences) {
        return;
    }
    let drawn = permute(i, run.captions, key_of(run.seed, CAPTIONS, step));
    let relation = hash(key_of(run.seed, RELATION, step), i) % op.relations;
    let caption = world[run.drawn + drawn * op.relations + relation];
    let scene = caption + CAPTION_LENGTH + 1u;
    let stream = world[scene + 5u];
    let alone = stream == SINGLE_LAYOUTS;
    let rank = hash(key_of(run.seed, LAYOUT, step), i) % select(run.pair_layouts, run.single_layouts, alone);
    let layouts = select(op.layouts, op.pixels, alone);
    let place = permute(rank, layouts, key_of(run.seed, stream, world[scene + 4u]));
    let positions = world[world[scene + 3u] + place];

    // CLS, which an autoregressive run overwrites with its first pixel.
    let first = run.batch + op.strips + i * op.strip_length;
    batch[first] = op.cls;
    let strip = first + op.strip_at;
    for (var p = 0u; p < op.pixels; p++) {
        batch[strip + p] = op.background;
    }
    for (var o = 0u; o < 3u; o++) {
        let label = world[scene + o];
        if (label > 0u) {
            batch[strip + ((positions >> (8u * o)) & 255u)] = op.background + label;
        }
    }
    let text = run.batch + op.texts + i * op.text_length + op.caption_at;
    for (var t = 0u; t < CAPTION_LENGTH; t++) {
        batch[text + t] = world[caption + t];
    }
    batch[run.batch + op.asked + i] = world[caption + CAPTION_LENGTH];
}
