//! Digests: all results of a game, or of a run, in one line (docs/determinism.md).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::base::hex::{from_hex, hex};
use crate::model::ids::{BotIndex, GameId, GameIndex};
use crate::model::posting::Posting;

/// The digest of a game's postings, or of a run's games.
pub type Digest = [u8; 32];

/// Bytes of a posting in a digest.
const LINE_BYTES: usize = 65;
/// Bytes that SHA-256 takes at a time; this number of lines is a whole number of blocks.
const BLOCK_BYTES: usize = 64;

/// SHA-256 of a game's name and postings, every field in a fixed width (docs/determinism.md).
#[must_use]
pub fn digest_of(id: &GameId, postings: &[(BotIndex, Posting)]) -> Digest {
    let mut digest = Sha256::new();
    digest.update(id.as_str());
    // Hashed in whole blocks: line by line, half of the time goes into putting blocks together.
    let mut lines = [[0_u8; LINE_BYTES]; BLOCK_BYTES];
    let mut filled = 0;
    for (bot, posting) in postings {
        let line = &mut lines[filled];
        line[0..4].copy_from_slice(&bot.get().to_le_bytes());
        line[4..8].copy_from_slice(&posting.tick.to_le_bytes());
        line[8] = posting.kind as u8;
        line[9..17].copy_from_slice(&posting.price.get().to_bits().to_le_bytes());
        line[17..33].copy_from_slice(&posting.quantity.billionths().to_le_bytes());
        line[33..49].copy_from_slice(&posting.delta.lamports().to_le_bytes());
        line[49..65].copy_from_slice(&posting.cash.lamports().to_le_bytes());
        filled += 1;
        if filled == lines.len() {
            digest.update(lines.as_flattened());
            filled = 0;
        }
    }
    digest.update(lines[..filled].as_flattened());
    digest.finalize().into()
}

/// The digest of a run: the sum of SHA-256 of each game's place and digest, modulo 2^256.
///
/// A sum, so that parts of a run that were played apart make the digest of the whole; with the
/// place, so that games in another order make another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunDigest {
    /// The sum, its least significant part first.
    sum: [u128; 2],
}

impl RunDigest {
    /// Adds the digest of the game at a place in the run.
    pub fn add(&mut self, place: GameIndex, game: Digest) {
        let mut placed = Sha256::new();
        placed.update(place.get().to_le_bytes());
        placed.update(game);
        self.merge(Self::from_bytes(placed.finalize().into()));
    }

    /// Adds the games of another part of the run.
    pub const fn merge(&mut self, part: Self) {
        let ([low, high], [low_of_part, high_of_part]) = (self.sum, part.sum);
        let (low, carry) = low.overflowing_add(low_of_part);
        let high = high.wrapping_add(high_of_part).wrapping_add(carry as u128);
        self.sum = [low, high];
    }

    /// The digest of the games added so far.
    #[must_use]
    pub fn get(&self) -> Digest {
        let mut bytes = Digest::default();
        bytes[..16].copy_from_slice(&self.sum[0].to_le_bytes());
        bytes[16..].copy_from_slice(&self.sum[1].to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: Digest) -> Self {
        let half = |from: usize| {
            let half = bytes[from..from + 16].try_into().expect("half of 32 bytes");
            u128::from_le_bytes(half)
        };
        Self { sum: [half(0), half(16)] }
    }
}

impl FromIterator<Digest> for RunDigest {
    fn from_iter<I: IntoIterator<Item = Digest>>(games: I) -> Self {
        let mut run = Self::default();
        (0..).zip(games).for_each(|(place, game)| run.add(GameIndex::after(place), game));
        run
    }
}

impl fmt::Display for RunDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex(self.get()))
    }
}

impl Serialize for RunDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_hex(&text)
            .map(Self::from_bytes)
            .ok_or_else(|| de::Error::custom("expected 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_digest_of_the_whole_and_order_matters() {
        let games: Vec<Digest> = (0..9_u8).map(|n| [n.wrapping_mul(37); 32]).collect();
        let whole: RunDigest = games.iter().copied().collect();
        for cut in 0..=games.len() {
            let mut first: RunDigest = games[..cut].iter().copied().collect();
            let mut second = RunDigest::default();
            let rest = (0..).map(GameIndex::after).zip(&games).skip(cut);
            rest.for_each(|(place, &game)| second.add(place, game));
            first.merge(second);
            assert_eq!(first, whole, "cut at {cut}");
        }
        let reversed: RunDigest = games.iter().rev().copied().collect();
        assert_ne!(reversed, whole);
    }

    #[test]
    fn a_digest_reads_back_as_it_was_written() {
        let whole: RunDigest = [[255; 32], [1; 32]].into_iter().collect();
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<RunDigest>(&text).unwrap(), whole);
        assert!(serde_json::from_str::<RunDigest>("\"00\"").is_err());
    }
}
