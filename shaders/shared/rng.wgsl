// Counter-based random numbers, bit-equal to src/rng.rs (all arithmetic is modulo 2^32 on both sides).

fn mix_bits(value: u32) -> u32 {
    var x = value;
    x ^= x >> 16u;
    x *= 0x7feb352du;
    x ^= x >> 15u;
    x *= 0x846ca68bu;
    return x ^ (x >> 16u);
}

fn key_of(seed: u32, stream: u32, step: u32) -> u32 {
    return mix_bits(mix_bits(mix_bits(seed + 0x9e3779b9u) ^ stream) + step);
}

fn hash(key: u32, index: u32) -> u32 {
    return mix_bits(key ^ mix_bits(index + 0x85ebca6bu));
}

// Where `index` goes in a pseudo-random permutation of 0..n (swap-or-not shuffle).
fn permute(index: u32, n: u32, key: u32) -> u32 {
    var x = index;
    for (var round = 0u; round < SHUFFLE_ROUNDS; round++) {
        let round_key = hash(key, round);
        let other = (round_key % n + n - x) % n;
        if ((hash(round_key, max(x, other)) & 1u) == 1u) {
            x = other;
        }
    }
    return x;
}
