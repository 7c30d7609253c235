//! Seeded draws: every random choice of a study comes from its seed and a stream number.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Streams, so that a change in one kind of draw leaves the others as they were.
pub mod stream {
    /// Which items take part.
    pub const ITEMS: u64 = 1;
    /// Which items each person sees, and in which arm.
    pub const ALLOCATION: u64 = 2;
    /// Orders; the slot is added in the high bits.
    pub const ORDER: u64 = 3;
    /// Opaque codes.
    pub const CODES: u64 = 4;
    /// Bootstrap.
    pub const BOOTSTRAP: u64 = 5;
    /// Simulated participants.
    pub const SIMULATION: u64 = 6;
}

/// A seeded source of draws.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Of a seed and a stream.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number below `n`; 0 for `n` = 0. The bias of the multiplication is below 2^-32 for every `n` that occurs here.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A number in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of chance `p` happens.
    pub fn happens(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Puts `values` into random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}
