// One batch: captions without replacement, each in one of its training layouts (src/task/batch.rs draws the same).
//   caption_i = permute(i; captions),  rank_i = hash(i) mod n_1 or n_2,  layout_i = permute(rank_i; layouts)
// Writes batch: vision tokens [B, 1 + pixels], text tokens [B, 9], query [B]. One invocation per sequence; no float.
// Integer work only, about 100 hashes an invocation; B * 21 words written.

@compute @workgroup_size(64)
fn sample(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let run = runs[model];
    let i = id.x;
    let step = batch[0] + 1u;
    if (i == 0u && model == 0u) {
        batch[1] = step;
    }
    if (i >= run.batch) {
        return;
    }
    let caption = permute(i, run.captions, key_of(run.seed, CAPTIONS, step));
    let rank = hash(key_of(run.seed, LAYOUT, step), i);
    let vision = tokens_at(model, 0u, i);
    let text = tokens_at(model, 1u, i);
    batch[vision] = LABELS + 1u;
    for (var p = 1u; p < VISION_LENGTH; p++) {
        batch[vision + p] = 0u;
    }
    let word = LABELS + 1u;
    let query = 2u + model * BATCH + B * (VISION_LENGTH + TEXT_LENGTH) + i;
    if (caption < LABELS) {
        let x = caption + 1u;
        let place = permute(rank % run.single_layouts, PIXELS, key_of(run.seed, SINGLE_LAYOUTS, caption));
        batch[vision + 1u + place] = x;
        // SOT X is in the image EOT PAD PAD
        batch[text] = 0u;
        batch[text + 1u] = x;
        batch[text + 2u] = word;
        batch[text + 3u] = word + 6u;
        batch[text + 4u] = word + 2u;
        batch[text + 5u] = word + 7u;
        batch[text + 6u] = word + 8u;
        batch[text + 7u] = word + 9u;
        batch[text + 8u] = word + 9u;
        batch[query] = 0u;
    } else {
        let pair = caption - LABELS;
        let x = pair / (run.pair_labels - 1u) + 1u;
        let rest = pair % (run.pair_labels - 1u) + 1u;
        let y = rest + select(0u, 1u, rest >= x);
        let index = LABELS + (x - 1u) * (LABELS - 1u) + (y - 1u) - select(0u, 1u, y > x);
        let layouts = PIXELS * (PIXELS - 1u) / 2u;
        var place = permute(rank % run.pair_layouts, layouts, key_of(run.seed, PAIR_LAYOUTS, index));
        var first = 0u;
        while (place >= PIXELS - 1u - first) {
            place -= PIXELS - 1u - first;
            first++;
        }
        batch[vision + 1u + first] = x;
        batch[vision + 2u + first + place] = y;
        // SOT X is on the left of Y EOT
        batch[text] = 0u;
        batch[text + 1u] = x;
        batch[text + 2u] = word;
        batch[text + 3u] = word + 1u;
        batch[text + 4u] = word + 2u;
        batch[text + 5u] = word + 3u;
        batch[text + 6u] = word + 4u;
        batch[text + 7u] = y;
        batch[text + 8u] = word + 8u;
        batch[query] = 1u;
    }
}
