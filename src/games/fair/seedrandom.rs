//! The random stream of a game: npm `seedrandom` 3.x, bit for bit
//! (docs/spec/provably-fair.md#the-law).
//!
//! ARC4 keyed with a text, its first 256 bytes dropped; doubles of 48 bits or more, cut to 53.

/// A stream of doubles from a text seed.
///
/// The permutation is kept as bytes: 256 of them per game stay in the cache when hundreds of
/// games run side by side. Other layouts gained little or nothing (million game ticks/s, prototypes
/// in one run on one core): this one 17.7, cells of 32 bits 18.6, reading the next cell ahead of
/// the swap 16.1, seven cells ahead 17.4, not looking up bytes that cannot decide a comparison
/// 17.6.
#[derive(Debug, Clone)]
pub struct SeedRandom {
    state: [u8; 256],
    i: u8,
    j: u8,
}

/// The weight of the lowest of 56 bits.
const UNIT: f64 = 1.0 / (1_u64 << 56) as f64;

impl SeedRandom {
    /// The stream of a text, as `seedrandom(text)` returns it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (key, length) = mixed_key(text);
        let mut state = [0; 256];
        (0..=u8::MAX).for_each(|cell| state[usize::from(cell)] = cell);
        let mut j = 0_u8;
        for (i, key) in (0..=u8::MAX).zip(key[..length].iter().cycle()) {
            j = j.wrapping_add(*key).wrapping_add(state[usize::from(i)]);
            state.swap(usize::from(i), usize::from(j));
        }
        let mut stream = Self { state, i: 0, j: 0 };
        for _ in 0..256 {
            stream.byte();
        }
        stream
    }

    /// The next double, in `0.0..1.0`.
    #[inline(always)]
    pub fn draw(&mut self) -> f64 {
        let mut bits = 0;
        for _ in 0..6 {
            bits = bits << 8 | u64::from(self.byte());
        }
        if bits < 1 << 44 {
            return self.stretched(bits);
        }
        // One more byte makes 53 to 56 bits, in 15 of 16 draws.
        bits = bits << 8 | u64::from(self.byte());
        let surplus = 11 - bits.leading_zeros();
        scaled(bits >> surplus << surplus, UNIT)
    }

    /// A double whose first 48 bits are too small to give 53 significant bits with one more byte.
    #[cold]
    #[inline(never)]
    fn stretched(&mut self, mut bits: u64) -> f64 {
        let (mut length, mut last) = (48, 0);
        while bits < 1 << 52 {
            bits = (bits + last) << 8;
            length += 8;
            last = u64::from(self.byte());
        }
        // `bits` ends in eight zeros, so halving it up to seven times loses nothing.
        while bits >= 1 << 53 {
            bits >>= 1;
            length -= 1;
            last >>= 1;
        }
        scaled(bits + last, 2.0_f64.powi(-length))
    }

    #[inline(always)]
    fn byte(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        let (i, here) = (usize::from(self.i), self.state[usize::from(self.i)]);
        self.j = self.j.wrapping_add(here);
        let (j, there) = (usize::from(self.j), self.state[usize::from(self.j)]);
        self.state[i] = there;
        self.state[j] = here;
        self.state[usize::from(here.wrapping_add(there))]
    }
}

/// `bits * unit`, exactly: `bits` has at most 53 significant bits, `unit` is a power of two.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "at most 53 significant bits")]
const fn scaled(bits: u64, unit: f64) -> f64 {
    bits as f64 * unit
}

/// The key of a text and its length: the text's UTF-16 units, folded into 256 bytes. The fold only
/// mixes longer texts; the text of a game (90 characters) is its own key.
#[expect(clippy::cast_possible_truncation, reason = "the fold keeps the low byte")]
fn mixed_key(text: &str) -> ([u8; 256], usize) {
    let (mut key, mut length, mut smear) = ([0_u8; 256], 0, 0_u32);
    for unit in text.encode_utf16() {
        let cell = &mut key[length % 256];
        if length >= 256 {
            smear ^= u32::from(*cell) * 19;
        }
        *cell = smear.wrapping_add(u32::from(unit)) as u8;
        length += 1;
    }
    // An empty text is keyed with one zero byte.
    (key, length.clamp(1, 256))
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "bit-exactness is what is tested")]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_npm_seedrandom() {
        // Printed by npm seedrandom 3.0.5.
        let texts: [(&str, [f64; 3]); 6] = [
            ("hello.", [0.9282578795792454, 0.3752569768646784, 0.7316977468919549]),
            ("", [0.23144008215179881, 0.27404636548159655, 0.7901279251811976]),
            ("é-ключ-😀", [0.7966225828252373, 0.2806595778888468, 0.8033543232346909]),
            (&"x".repeat(255), [0.9080614664401105, 0.7435925582582555, 0.7446637697076844]),
            (&"ab".repeat(128), [0.27335432315865854, 0.3906015400247315, 0.8990374020445959]),
            (&"seed ".repeat(60), [0.7133494673635654, 0.7748587100507387, 0.5554973871756714]),
        ];
        for (text, expected) in texts {
            let mut stream = SeedRandom::new(text);
            assert_eq!(expected.map(|_| stream.draw()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_million_draws_sum_to_what_npm_seedrandom_sums_to() {
        let mut stream = SeedRandom::new("hello.");
        let draws = (0..1_000_000).map(|_| stream.draw());
        let (sum, least) =
            draws.fold((0.0, 1.0_f64), |(sum, least), draw| (sum + draw, least.min(draw)));
        assert_eq!((sum, least), (500_033.017_829_581_63, 7.88256442755919e-7));
    }

    #[test]
    fn a_game_of_the_specification_draws_its_known_answers() {
        // docs/spec/provably-fair.md#the-law.
        let mut stream = SeedRandom::new(
            "6500cdbe92a642aac84b178756ceea75665fd5f82ced512ecadb30fefed15755-\
             20251218-831db215e62e461e",
        );
        let expected =
            [0.9108690007566967, 0.12875122017820595, 0.8825410103499813, 0.4943741611957908];
        assert_eq!(expected.map(|_| stream.draw()), expected);
    }
}
