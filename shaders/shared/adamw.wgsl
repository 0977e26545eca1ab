// AdamW (src/engine/cpu/adamw.rs), by whichever invocation holds the whole gradient of a parameter, so that no gradient is
// read again and no dispatch is spent on it:
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   p -= rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + decay p),  rate = lr min(1, t / warmup)
// Reads this step's half of the parameters, which others may still read; writes the next step's, and moments.
// 6 floats of traffic per parameter and about 12 FLOPs.

// Called in one place of an entry point: SwiftShader runs through every branch, taken or not.

// Two tiles of a weight's gradient: `at` is their first row's first vec4, and `count` rows of them are the weight's. Tiles
// at the right edge clamp their columns: stop at the first repeated one.
struct Learned {
    at: u32,
    count: u32,
    column: vec4<u32>,
    tiles: Tiles,
}

fn learn(model: u32, width: u32, learned: Learned) {
    let run = runs[model];
    let t = f32(batch[1]);
    let rate = run.lr * min(1.0, t / f32(run.warmup));
    let by_first = 1.0 / (1.0 - pow(run.beta1, t));
    let by_second = 1.0 / (1.0 - pow(run.beta2, t));
    let left = learned.tiles.left;
    let right = learned.tiles.right;
    var gradients = array(left.a, left.b, left.c, left.d, right.a, right.b, right.c, right.d);
    for (var column = 0u; column < 4u; column++) {
        if (column > 0u && learned.column[column] == learned.column[max(column, 1u) - 1u]) {
            break;
        }
        for (var row = 0u; row < min(learned.count, 8u); row++) {
            let at = learned.at + row * width + learned.column[column];
            let gradient = gradients[2u * column + row / 4u][row % 4u];
            let of_first = model * 2u * PARAMS + at;
            let of_second = of_first + PARAMS;
            let m = run.beta1 * moments[of_first] + (1.0 - run.beta1) * gradient;
            let v = run.beta2 * moments[of_second] + (1.0 - run.beta2) * gradient * gradient;
            moments[of_first] = m;
            moments[of_second] = v;
            let p = rows[run.params + at];
            rows[run.updated + at] = p - rate * (m * by_first / (sqrt(v * by_second) + run.eps) + run.weight_decay * p);
        }
    }
}

// One tile.
fn learn_tile(model: u32, width: u32, at: u32, count: u32, column: vec2<u32>, tile: Tile) {
    learn(model, width, Learned(at, count, column.xyyy, Tiles(tile, Tile())));
}

// One vec4 of a bias.
fn learn_one(model: u32, at: u32, gradient: vec4<f32>) {
    var learned = Learned();
    learned.at = at;
    learned.count = 1u;
    learned.tiles.left.a[0] = gradient;
    learn(model, 0u, learned);
}

// Sums the step's loss into `ring`, updates the logit scale, and publishes the completed step in batch[0].
fn report(model: u32) {
    let n = runs[model].batch;
    var loss = 0.0;
    for (var i = 0u; i < n * LOSS_PARTS; i++) {
        loss += cells[model * CELLS + LOSS + i];
    }
    ring[((batch[1] - 1u) % RING) * POPULATION + model] = loss;
    if (model == 0u) {
        batch[0] = batch[1];
    }
    if (TOWERS == 2u) {
        var along = 0.0;
        for (var i = 0u; i < n; i++) {
            along += cells[model * CELLS + along_cells(0u) + i];
        }
        let clamped = exp(rows[runs[model].params + LOGIT_SCALE].x) >= runs[model].max_scale;
        learn_one(model, LOGIT_SCALE, vec4<f32>(select(along, 0.0, clamped), 0.0, 0.0, 0.0));
    }
}
