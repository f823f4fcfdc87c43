//! Digests: all results of a game, or of a run, in one line (docs/determinism.md).

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::hex::hex;
use crate::model::ids::GameId;
use crate::model::posting::Posting;

/// The digest of a game's postings, or of a run's games.
pub type Digest = [u8; 32];

/// SHA-256 of a game's name and postings, every field in a fixed width (docs/determinism.md).
#[must_use]
pub fn digest_of(id: &GameId, postings: &[(u32, Posting)]) -> Digest {
    let mut digest = Sha256::new();
    digest.update(id.as_str());
    for (bot, posting) in postings {
        let mut line = [0_u8; 65];
        line[0..4].copy_from_slice(&bot.to_le_bytes());
        line[4..8].copy_from_slice(&posting.tick.to_le_bytes());
        line[8] = posting.kind as u8;
        line[9..17].copy_from_slice(&posting.price.get().to_bits().to_le_bytes());
        line[17..33].copy_from_slice(&posting.quantity.billionths().to_le_bytes());
        line[33..49].copy_from_slice(&posting.delta.lamports().to_le_bytes());
        line[49..65].copy_from_slice(&posting.cash.lamports().to_le_bytes());
        digest.update(line);
    }
    digest.finalize().into()
}

/// The digest of a run: SHA-256 of the digests of its games, in the order of the run.
#[derive(Debug, Clone, Default)]
pub struct RunDigest(Sha256);

impl RunDigest {
    /// Adds the next game's digest.
    pub fn add(&mut self, game: Digest) {
        self.0.update(game);
    }

    /// The digest of the games added so far.
    #[must_use]
    pub fn get(&self) -> Digest {
        self.0.clone().finalize().into()
    }
}

impl FromIterator<Digest> for RunDigest {
    fn from_iter<I: IntoIterator<Item = Digest>>(games: I) -> Self {
        let mut run = Self::default();
        games.into_iter().for_each(|game| run.add(game));
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
