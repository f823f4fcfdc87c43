//! The secret server seed of a game, revealed after the game.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::base::hex::{Hex, hex};

/// Characters of a server seed, and of its hash.
pub const SEED_CHARACTERS: usize = 64;

/// Why a text is not a valid server seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SeedError {
    /// Shorter or longer than [`SEED_CHARACTERS`].
    #[error("a server seed has 64 characters, not {0}")]
    Length(usize),
    /// A character other than `0-9a-f`. The seed is used as text, so case matters.
    #[error("a server seed has the characters 0-9 and a-f, not {0:?}")]
    Character(char),
}

/// A server seed: 64 lowercase hexadecimal characters. It is used as text, not as the 32 bytes that
/// the text encodes (docs/spec/provably-fair.md#evidence).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ServerSeed(Hex);

impl ServerSeed {
    /// The seed as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash that the server publishes before the game: SHA-256 over the seed's text, in
    /// hexadecimal.
    #[must_use]
    pub fn hash(&self) -> Hex {
        hex(Sha256::digest(self.as_bytes()).into())
    }

    /// The seed whose text is these 32 bytes in hexadecimal.
    #[must_use]
    pub(super) fn from_bytes(bytes: [u8; SEED_CHARACTERS / 2]) -> Self {
        Self(hex(bytes))
    }

    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl FromStr for ServerSeed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let strange = |c: &char| !matches!(c, '0'..='9' | 'a'..='f');
        if let Some(character) = text.chars().find(strange) {
            return Err(SeedError::Character(character));
        }
        match Hex::from(text) {
            Ok(hex) if hex.is_full() => Ok(Self(hex)),
            _ => Err(SeedError::Length(text.len())),
        }
    }
}

impl fmt::Display for ServerSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ServerSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerSeed({self})")
    }
}

impl Serialize for ServerSeed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_over_the_text_of_the_seed() {
        // docs/spec/provably-fair.md#evidence.
        let seed: ServerSeed =
            "e2896666bec952ac4dbc65d73e1d08dcd5da597137dcf6255f23cd67db9dcd7c".parse().unwrap();
        let hash = "620f7079cc785925512f5ec4ad3b412a804e68771ed12384509066ce5c635d4c";
        assert_eq!(seed.hash().as_str(), hash);
    }

    #[test]
    fn a_text_that_is_no_seed_is_refused_with_its_reason() {
        let parse = |text: &str| text.parse::<ServerSeed>();
        assert_eq!(parse(&"a".repeat(63)), Err(SeedError::Length(63)));
        assert_eq!(parse(&"a".repeat(65)), Err(SeedError::Length(65)));
        assert_eq!(parse(""), Err(SeedError::Length(0)));
        assert_eq!(parse(&"A".repeat(64)), Err(SeedError::Character('A')));
        assert_eq!(parse(&"é".repeat(32)), Err(SeedError::Character('é')));
    }
}
