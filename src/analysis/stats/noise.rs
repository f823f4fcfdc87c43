//! Random numbers for tests of statistics.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::distribution::normal_quantile;

/// `count` standard normal numbers from a seed.
pub(crate) fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| normal_quantile(uniform(&mut stream))).collect()
}

/// A number strictly between 0 and 1.
pub(crate) fn uniform(stream: &mut impl Rng) -> f64 {
    (f64::from(stream.next_u32()) + 0.5) / 4_294_967_296.0
}
