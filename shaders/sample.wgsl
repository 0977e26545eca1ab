// One batch: captions without replacement, each stated by one of the relations and shown in one of its training layouts
// (src/task/batch.rs draws the same).
//   caption_i = permute(i; captions),  relation_i = hash(i) mod relations
//   rank_i = hash(i) mod n_1 or n_2,  layout_i = permute(rank_i; layouts)
// Reads world: the row of each caption as each relation states it (src/engine/gpu/world.rs), and the layouts. Writes batch:
// each tower's tokens [B, length], query [B]. One invocation per sequence; no float, about 150 hashes.

@compute @workgroup_size(64)
fn sample(@builtin(global_invocation_id) id: vec3<u32>) {
    draw(id.z, id.x);
}

fn draw(model: u32, i: u32) {
    let run = runs[model];
    let step = batch[0] + 1u;
    if (i == 0u && model == 0u) {
        batch[1] = step;
    }
    if (i >= run.batch) {
        return;
    }
    let drawn = permute(i, run.captions, key_of(run.seed, CAPTIONS, step));
    let relation = hash(key_of(run.seed, RELATION, step), i) % RELATIONS;
    let caption = world[run.drawn + drawn * RELATIONS + relation];
    let scene = caption + CAPTION_LENGTH + 1u;
    let stream = world[scene + 5u];
    let alone = stream == SINGLE_LAYOUTS;
    let rank = hash(key_of(run.seed, LAYOUT, step), i) % select(run.pair_layouts, run.single_layouts, alone);
    let place = permute(rank, select(LAYOUT_COUNT, PIXELS, alone), key_of(run.seed, stream, world[scene + 4u]));
    let positions = world[world[scene + 3u] + place];

    // CLS, which an autoregressive run overwrites with its first pixel.
    let first = tokens_at(model, 0u, i);
    batch[first] = read_token(0u);
    let strip = first + STRIP_AT;
    for (var p = 0u; p < PIXELS; p++) {
        batch[strip + p] = BACKGROUND;
    }
    for (var o = 0u; o < 3u; o++) {
        let label = world[scene + o];
        if (label > 0u) {
            batch[strip + ((positions >> (8u * o)) & 255u)] = BACKGROUND + label;
        }
    }
    let text = tokens_at(model, TOWERS - 1u, i) + CAPTION_AT;
    for (var t = 0u; t < CAPTION_LENGTH; t++) {
        batch[text + t] = world[caption + t];
    }
    batch[2u + model * BATCH + QUERY + i] = world[caption + CAPTION_LENGTH];
}
