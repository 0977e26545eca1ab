//! Counter-based random numbers: every draw is `hash(seed, stream, step, index)`, so a run is reproduced
//! by its config alone and a shader draws the same batch as the CPU (`shaders/shared/rng.wgsl`, bit-equal).

/// What a draw is for. Two streams never share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// Initial parameters; `step` is the tensor's place in the parameter table.
    Init = 0,
    /// Which layouts a single-object caption trains on; `step` is the caption.
    SingleLayouts = 1,
    /// Which layouts a pair caption trains on; `step` is the caption.
    PairLayouts = 2,
    /// Which captions a batch holds.
    Captions = 3,
    /// Which training layout each caption of a batch is shown in.
    Layout = 4,
    /// Which relation states each scene of a batch.
    Relation = 5,
    /// What an analysis compares with: chance; `step` is the draw.
    Chance = 6,
}

/// A bijection of `u32` that scatters every bit ("lowbias32", C. Wellons' hash prospector).
pub const fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// One key per (seed, stream, step); `hash` and `permute` draw from it by index.
pub const fn key(seed: u32, stream: Stream, step: u32) -> u32 {
    mix(mix(mix(seed.wrapping_add(0x9e37_79b9)) ^ (stream as u32)).wrapping_add(step))
}

/// The `index`-th number of a key.
pub const fn hash(key: u32, index: u32) -> u32 {
    mix(key ^ mix(index.wrapping_add(0x85eb_ca6b)))
}

/// Rounds of the shuffle: enough that a permutation of a few hundred captions shows no pattern.
pub const SHUFFLE_ROUNDS: u32 = 24;

/// Where `index` goes in a pseudo-random permutation of `0..n` (swap-or-not shuffle, Hoang, Morris and
/// Rogaway 2012): each place is found by itself, so a shader's invocations need not share a shuffled array.
pub fn permute(index: u32, n: u32, key: u32) -> u32 {
    let mut place = [index];
    permute_all(&mut place, n, key);
    place[0]
}

/// The same for every index, in place of it. All go through a round before the next: they share its key and
/// its division, and what is left is free of branches and vectorises.
pub fn permute_all(places: &mut [u32], n: u32, key: u32) {
    for round in 0..SHUFFLE_ROUNDS {
        let round_key = hash(key, round);
        let shift = round_key % n;
        for x in &mut *places {
            // (round_key - x) modulo n.
            let partner = if shift >= *x { shift - *x } else { shift + n - *x };
            let swapped = hash(round_key, partner.max(*x)) & 1 == 1;
            *x = if swapped { partner } else { *x };
        }
    }
}

/// A standard normal draw (Box-Muller on two 24-bit uniforms).
pub fn normal(key: u32, index: u32) -> f32 {
    let radius = (-2.0 * unit(hash(key, 2 * index)).ln()).sqrt();
    let angle = std::f64::consts::TAU * unit(hash(key, 2 * index + 1));
    (radius * angle.cos()) as f32
}

/// A uniform draw from -1 to 1, neither of them met.
pub fn uniform(key: u32, index: u32) -> f32 {
    (2.0 * unit(hash(key, index)) - 1.0) as f32
}

/// The upper 24 bits of a hash as a number between 0 and 1.
fn unit(hash: u32) -> f64 {
    (f64::from(hash >> 8) + 0.5) / f64::from(1u32 << 24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn permute_is_a_bijection(n in 1u32..600, key: u32) {
            let mut seen: Vec<u32> = (0..n).map(|i| permute(i, n, key)).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..n).collect::<Vec<_>>());
        }
    }

    /// Each place is hit equally often, and neighbours do not stay neighbours (chi-square, 99.9 % bounds).
    #[test]
    fn permute_shows_no_pattern() {
        let (n, trials) = (45, 20_000);
        let mut place = vec![0f64; n as usize];
        let mut gap = vec![0f64; n as usize];
        for t in 0..trials {
            let k = key(7, Stream::PairLayouts, t);
            let (a, b) = (permute(3, n, k), permute(4, n, k));
            place[a as usize] += 1.0;
            gap[((b + n - a) % n) as usize] += 1.0;
        }
        let chi = |counts: &[f64]| {
            let mean = f64::from(trials) / counts.len() as f64;
            counts.iter().map(|c| (c - mean).powi(2) / mean).sum::<f64>()
        };
        assert!(chi(&place) < 78.0, "places: {}", chi(&place));
        assert!(chi(&gap[1..]) < 77.0, "gaps: {}", chi(&gap[1..]));
    }

    #[test]
    fn normal_has_unit_variance() {
        let k = key(1, Stream::Init, 0);
        let x: Vec<f64> = (0..100_000).map(|i| f64::from(normal(k, i))).collect();
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len() as f64;
        assert!(
            mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02,
            "{mean} {variance}"
        );
    }
}
