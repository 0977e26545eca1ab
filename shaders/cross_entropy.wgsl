// The loss of a Transformer that writes the caption and its gradient (src/engine/cpu/cross_entropy.rs), over the words
// that follow SOT up to EOT, `written` of all sequences together:
//   loss = 1/written sum -log softmax(logits)[word],  d_logits = (softmax(logits) - [word]) / written
// Reads batch, rows: embedding, the next word's logits [B * reads, E] in rows of 4 * E4; writes rows: d_embedding, alike,
// zero beyond the E words and where nothing is written; cells: loss parts [B, reads]. One invocation per read place.

// The words that a vec4 column's logits are of.
fn words(column: u32) -> vec4<u32> {
    return 4u * column + vec4<u32>(0u, 1u, 2u, 3u);
}

@compute @workgroup_size(64)
fn cross_entropy(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let n = runs[model].batch;
    let sequence = id.x / reads(0u);
    let read = id.x % reads(0u);
    if (sequence >= n) {
        return;
    }
    let logits = model * ROWS + embedding_rows(0u) + id.x * E4;
    let d_logits = model * ROWS + d_embedding_rows(0u) + id.x * E4;
    if (read >= query_of(model, 0u, sequence)) {
        cells[model * CELLS + LOSS + id.x] = 0.0;
        for (var i = 0u; i < E4; i++) {
            rows[d_logits + i] = vec4<f32>();
        }
        return;
    }
    var written = 0u;
    for (var i = 0u; i < n; i++) {
        written += query_of(model, 0u, i);
    }
    let weight = 1.0 / f32(written);
    let word = batch[tokens_at(model, 0u, sequence) + read_position(0u, read) + 1u];
    let lowest = vec4<f32>(-3.0e38);
    var most = lowest;
    for (var i = 0u; i < E4; i++) {
        most = max(most, select(lowest, rows[logits + i], words(i) < vec4<u32>(E)));
    }
    let greatest = max(max(most.x, most.y), max(most.z, most.w));
    var total = 0.0;
    var own = 0.0;
    for (var i = 0u; i < E4; i++) {
        let logit = rows[logits + i];
        let p = select(vec4<f32>(), exp(logit - greatest), words(i) < vec4<u32>(E));
        total += dot(p, vec4<f32>(1.0));
        own += dot(select(vec4<f32>(), logit, words(i) == vec4<u32>(word)), vec4<f32>(1.0));
        rows[d_logits + i] = p;
    }
    for (var i = 0u; i < E4; i++) {
        let said = select(vec4<f32>(), vec4<f32>(1.0), words(i) == vec4<u32>(word));
        rows[d_logits + i] = (rows[d_logits + i] / total - said) * weight;
    }
    cells[model * CELLS + LOSS + id.x] = (greatest + log(total) - own) * weight;
}
