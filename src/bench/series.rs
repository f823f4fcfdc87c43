//! The price series of workload W1: the one on which other engines are measured, number for number.
//!
//! A mean-reverting walk of the price's logarithm, 250 ms apart, driven by the standard normals
//! of numpy's `Generator(PCG64(42))`, exponentiated, clipped and rounded to 4 decimals. The random
//! numbers follow the published algorithms: O'Neill's PCG XSL-RR 128/64, and the ziggurat of
//! Marsaglia and Tsang with 256 layers, drawing in numpy's order.

/// Number of ticks of the full series.
pub const TICKS: usize = 1_000_000;

/// The first `ticks` prices of the series.
#[must_use]
pub fn series(ticks: usize) -> Vec<f64> {
    let mut normals = Normals::new();
    let mean = 1.6_f64.ln();
    let mut log_price = mean;
    let mut next = || {
        log_price += 0.005 * (mean - log_price) + 0.03 * normals.draw();
        (log_price.exp().clamp(0.2, 10.0) * 1e4).round_ties_even() / 1e4
    };
    (0..ticks).map(|_| next()).collect()
}

/// PCG XSL-RR 128/64: a linear congruential step, its halves folded and turned.
#[derive(Debug)]
struct Pcg64 {
    state: u128,
}

impl Pcg64 {
    const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
    /// State and increment as numpy seeds them from 42: the series has no other seed.
    const STATE: u128 = 274_674_114_334_540_486_603_088_602_300_644_985_544;
    const INCREMENT: u128 = 332_724_090_758_049_132_448_979_897_138_935_081_983;

    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the state")]
    const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_mul(Self::MULTIPLIER).wrapping_add(Self::INCREMENT);
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// A double in `0.0..1.0`, of 53 bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    fn double(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

const LAYERS: usize = 256;
/// Start of the ziggurat's tail, and the area of each of its layers.
const TAIL: f64 = 3.654_152_885_361_009;
const AREA: f64 = 0.004_928_673_233_974_655;
/// Upper bound of a random width, exclusive.
const WIDTHS: f64 = (1_u64 << 52) as f64;

/// Standard normals by the ziggurat.
#[derive(Debug)]
struct Normals {
    source: Pcg64,
    /// Per layer: the density at its upper edge, the width of one part in 2^52, and the number of
    /// parts that are certain to lie under the curve.
    density: [f64; LAYERS],
    width: [f64; LAYERS],
    inside: [u64; LAYERS],
}

impl Normals {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^52")]
    fn new() -> Self {
        let (mut density, mut width) = ([1.0; LAYERS], [0.0; LAYERS]);
        let mut inside = [0; LAYERS];
        // The lowest layer includes the tail, as if it were wider by the same area.
        let mut edge = TAIL;
        let base = AREA / bell(edge);
        width[0] = base / WIDTHS;
        inside[0] = (edge / base * WIDTHS) as u64;
        for layer in (1..LAYERS).rev() {
            density[layer] = bell(edge);
            width[layer] = edge / WIDTHS;
            if layer > 1 {
                let above = (-2.0 * (AREA / edge + bell(edge)).ln()).sqrt();
                inside[layer] = (above / edge * WIDTHS) as u64;
                edge = above;
            }
        }
        Self { source: Pcg64 { state: Pcg64::STATE }, density, width, inside }
    }

    #[expect(clippy::cast_precision_loss, reason = "52 bits")]
    fn draw(&mut self) -> f64 {
        loop {
            let bits = self.source.bits();
            let layer = (bits & 0xff) as usize;
            let signed = |size: f64, minus: u64| if minus & 1 == 1 { -size } else { size };
            let parts = bits >> 9 & ((1 << 52) - 1);
            let normal = signed(parts as f64 * self.width[layer], bits >> 8);
            if parts < self.inside[layer] {
                return normal;
            }
            if layer == 0 {
                return signed(self.tail(), parts >> 8);
            }
            let (low, high) = (self.density[layer], self.density[layer - 1]);
            if (high - low) * self.source.double() + low < bell(normal) {
                return normal;
            }
        }
    }

    /// The size of a normal larger than [`TAIL`].
    fn tail(&mut self) -> f64 {
        loop {
            let beyond = -(-self.source.double()).ln_1p() / TAIL;
            let height = -(-self.source.double()).ln_1p();
            if height + height > beyond * beyond {
                return TAIL + beyond;
            }
        }
    }
}

/// The bell curve, 1 at its middle.
fn bell(x: f64) -> f64 {
    (-0.5 * x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::hex::hex;
    use sha2::{Digest, Sha256};
    use std::fmt::Write;

    /// numpy 2.4.6: SHA-256 over the million prices, `{:.4}` and a line feed each.
    const DIGEST: &str = "24f76a6e097ab9dbd64108b7328fabe0b00b2a2bd318da38abeff847c185385b";

    #[test]
    fn the_series_is_numpys_to_the_last_of_a_million_prices() {
        let mut text = String::new();
        series(TICKS).iter().for_each(|price| writeln!(text, "{price:.4}").unwrap());
        assert_eq!(hex(Sha256::digest(text.as_bytes()).into()).as_str(), DIGEST);
    }

    #[test]
    fn the_normals_begin_as_numpys_do() {
        let mut normals = Normals::new();
        let first = [0.30471707975443135, -1.0399841062404955, 0.7504511958064572];
        for expected in first {
            assert!((normals.draw() - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn the_workload_on_the_series_has_the_result_of_every_other_engine() {
        // peers/README.md: 6,367 entries, 10,766.8786 in the end.
        let prices = series(TICKS);
        let (mut cash, mut held, mut entries) = (10_000.0, false, 0);
        for &price in &prices {
            if !held && 1.0 < price && price <= 1.5 {
                (cash, held, entries) = (cash - price, true, entries + 1);
            } else if held && (price >= 2.0 || price <= 1.0) {
                (cash, held) = (cash + price, false);
            }
        }
        let equity = if held { cash + prices[TICKS - 1] } else { cash };
        assert_eq!((entries, format!("{equity:.4}")), (6_367, "10766.8786".to_owned()));
    }
}
