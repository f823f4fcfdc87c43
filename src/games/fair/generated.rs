//! The games that we generate ourselves: an endless numbered sequence per run seed.

use std::fmt::Write;

use arrayvec::ArrayString;
use sha2::{Digest, Sha256};

use super::seed::ServerSeed;
use crate::model::ids::GameId;

/// Prefix of the hashed bytes, so that no other use of a run seed yields the same ones.
const DOMAIN: &[u8] = b"replayer/generated-game/1";

/// The server seed and the name of the `index`-th generated game of a run seed.
///
/// The seed is SHA-256 over `replayer/generated-game/1`, the run seed and the index, both as 8
/// bytes, big-endian. The name has the site's shape: the last 8 decimal digits of the index, `-`,
/// and 16 hexadecimal digits that differ for every index of a run seed.
///
/// # Panics
/// Never: the name has 25 ASCII characters.
#[must_use]
pub fn generated(run_seed: u64, index: u64) -> (ServerSeed, GameId) {
    let digest = Sha256::new()
        .chain_update(DOMAIN)
        .chain_update(run_seed.to_be_bytes())
        .chain_update(index.to_be_bytes())
        .finalize();
    let mut name = ArrayString::<25>::new_const();
    let tail = scrambled(scrambled(index) ^ run_seed);
    write!(name, "{:08}-{tail:016x}", index % 100_000_000).expect("8 digits, '-' and 16 digits");
    let id = GameId::new(&name).expect("digits and '-' make a name");
    (ServerSeed::from_bytes(digest.into()), id)
}

/// A one-to-one scrambling of 64-bit numbers: the finaliser of `SplitMix64`. One-to-one, so that no
/// two games of a run share a name.
const fn scrambled(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_generated_game_has_a_name_like_the_sites_own() {
        for index in [0, 7, 123_456_789, u64::MAX] {
            let (_, id) = generated(42, index);
            let (digits, hex) = id.as_str().split_once('-').unwrap();
            assert!(digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()), "{id}");
            assert!(hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        }
    }

    #[test]
    fn games_of_a_run_share_neither_seed_nor_name() {
        let round = 100_000_000;
        let indices = (0..500).flat_map(|n| [n, n + round, n * round, u64::MAX - n]);
        let indices: BTreeSet<u64> = indices.collect();
        let names: BTreeSet<_> = indices.iter().map(|&n| generated(1, n).1).collect();
        let seeds: BTreeSet<_> =
            indices.iter().map(|&n| generated(1, n).0.as_str().to_owned()).collect();
        assert_eq!((names.len(), seeds.len()), (indices.len(), indices.len()));
    }

    #[test]
    fn a_generated_game_never_changes() {
        let (seed, id) = generated(42, 0);
        assert_eq!(
            seed.as_str(),
            "adc160876fca5d6470929e118834263f377c08d80446e2f7c24f6b2446dc8695"
        );
        assert_eq!(id.as_str(), "00000000-a759ea27d4727622");
        assert_ne!(generated(43, 0).0, seed);
    }
}
