// From a graph's last array to the embedding or the next word's logits, and back, N = B * reads rows:
//   forward   z = residual Wp^T
//   backward  dresidual = dz Wp,  dWp = dz^T residual
// Reads params, rows: residual [N,D], d_embedding [N,E]; writes rows: embedding [N,E], d_residual [N,D]; Wp learns.
// 2 N D E FLOPs a product, in tiles (shared/tile.wgsl): 2 FLOPs a byte.

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = graph_tower(id.y);
    let out = pair(id.x % pair_count(E4), E4);
    let row = 8u * (id.x / pair_count(E4));
    if (row >= runs[model].batch * reads(tower)) {
        return;
    }
    let x = model * ROWS + residual_rows(tower) + row * D4;
    let tile = tile_forward(x, runs[model].params + projection(tower), D4, D4, E, out);
    store(model * ROWS + embedding_rows(tower) + row * E4, E4, out, tile);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = graph_tower(id.y);
    let n = runs[model].batch * reads(tower);
    let column = pair(id.x % pair_count(D4), D4);
    let dy = model * ROWS + d_embedding_rows(tower);
    var item = id.x / pair_count(D4);
    if (item < eights(n) / 8u) {
        let tile = tile_backward(dy + 8u * item * E4, runs[model].params + projection(tower), E, D4, column);
        store(model * ROWS + d_residual_rows(tower) + 8u * item * D4, D4, column, tile);
        return;
    }
    item -= eights(n) / 8u;
    if (item < pair_count(E4)) {
        let tile = tile_outer(dy, E4, pair(item, E4), model * ROWS + residual_rows(tower), D4, column, n);
        learn_tile(model, D4, projection(tower) + 8u * item * D4, E - 8u * item, column, tile);
        return;
    }
    if (item == pair_count(E4) && id.x % pair_count(D4) == 0u && tower == 0u) {
        report(model);
    }
}
