//! Seeds from seeds: every random choice of a job follows from its seed, the step and a stream number.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// Mixes a seed with an index into a new seed; neighbouring indices give unrelated seeds.
///
/// Two rounds of the SplitMix64 finalizer (Steele, Lea and Flood 2014), the second over the first plus the index.
pub fn mix(seed: u64, index: u64) -> u64 {
    finalize(finalize(seed).wrapping_add(index).wrapping_add(GOLDEN_GAMMA))
}

/// The generator of (seed, index, stream). All three enter the 256-bit key unmixed, so that no two triples share a
/// generator.
pub fn stream_rng(seed: u64, index: u64, stream: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&index.to_le_bytes());
    key[16..24].copy_from_slice(&stream.to_le_bytes());
    key[24..].copy_from_slice(b"unmask 1");
    ChaCha8Rng::from_seed(key)
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

fn finalize(state: u64) -> u64 {
    let mut z = state.wrapping_add(GOLDEN_GAMMA);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
