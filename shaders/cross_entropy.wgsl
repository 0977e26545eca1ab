// The loss of a Transformer that writes the caption and its gradient (src/engine/cpu/cross_entropy.rs), over
// the words that follow SOT up to EOT, `written` of all sequences together:
//   loss = 1/written sum -log softmax(logits)[word],  d_logits = (softmax(logits) - [word]) / written
// Reads batch, logits of the next word [B * reads, words]; writes d_logits, alike, zero where nothing is
// written, and loss parts [B * reads]. A workgroup per read place.

@compute @workgroup_size(cross_entropy_lanes)
fn cross_entropy(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let run = runs[model];
    let op = ops[op_of(here)];
    let row = cross_entropy_at(op, here, lane).x;
    if (row >= op.rows) {
        return;
    }
    let sequence = row / op.places.reads;
    let read = row % op.places.reads;
    var counted = 0.0;
    for (var i = lane; i < op.places.sequences; i += cross_entropy_lanes) {
        counted += f32(batch[run.batch + op.places.asked + i]);
    }
    let weight = 1.0 / sum_over_workgroup(lane, counted);
    let logits = run.floats + op.logits + row * op.words;
    let d_logits = run.floats + op.d_logits + row * op.words;
    var most = -3.0e38;
    for (var i = lane; i < op.words; i += cross_entropy_lanes) {
        most = max(most, floats[logits + i]);
    }
    let greatest = max_over_workgroup(lane, most);
    var sum = 0.0;
    for (var i = lane; i < op.words; i += cross_entropy_lanes) {
        sum += exp(floats[logits + i] - greatest);
    }
    let total = sum_over_workgroup(lane, sum);
    let is_written = read < batch[run.batch + op.places.asked + sequence];
    let word = token_at(model, op.places, sequence, world[op.places.positions + read] + 1u);
    for (var i = lane; i < op.words; i += cross_entropy_lanes) {
        let d = (exp(floats[logits + i] - greatest) / total - select(0.0, 1.0, i == word)) * weight;
        floats[d_logits + i] = select(0.0, d, is_written);
    }
    if (lane == 0u) {
        let loss = (greatest + log(total) - floats[logits + word]) * weight;
        floats[run.floats + op.loss + row] = select(0.0, loss, is_written);
    }
}
