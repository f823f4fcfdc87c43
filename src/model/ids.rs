//! Names and places of games and bots. Stable across runs; entity ids are not and never leave the
//! process.

use std::fmt;

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;

/// Longest game or bot name in bytes. The site's game ids have 25 (`20251207-1e01ac417e8043ca`).
pub const NAME_BYTES_MAX: usize = 64;

/// Why a text is not a valid name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// The text is empty.
    #[error("a name may not be empty")]
    Empty,
    /// The text is longer than [`NAME_BYTES_MAX`].
    #[error("a name may have at most {NAME_BYTES_MAX} bytes")]
    TooLong,
    /// A character that is awkward in a file name or a terminal.
    #[error("a name may have letters, digits, '-', '_' and '.', not {0:?}")]
    Character(char),
    /// A leading dot: the file would be hidden, and `..` is a directory.
    #[error("a name may not begin with '.'")]
    Dot,
}

/// The place of a table in its world, from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableIndex(u32);

impl TableIndex {
    /// The first table: the only one of many worlds.
    pub const FIRST: Self = Self(0);

    /// The table after this many others; `None` from 2^32 on.
    #[must_use]
    pub fn after(others: usize) -> Option<Self> {
        u32::try_from(others).ok().map(Self)
    }

    /// The place in a list of one entry per table.
    #[must_use]
    #[inline]
    pub const fn at(self) -> usize {
        self.0 as usize
    }
}

/// The place of a bot in its scenario, from 0. Results are ordered by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BotIndex(u32);

impl BotIndex {
    /// The first bot of a scenario.
    pub const FIRST: Self = Self(0);

    /// The bot after this many others; `None` from 2^32 on.
    #[must_use]
    pub fn after(others: usize) -> Option<Self> {
        u32::try_from(others).ok().map(Self)
    }

    /// The number itself, as digests have it.
    #[must_use]
    #[inline]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The place in a list of one entry per bot.
    #[must_use]
    #[inline]
    pub const fn at(self) -> usize {
        self.0 as usize
    }
}

/// The place of a game in its run, from 0. Results are ordered by it. Written as that number.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct GameIndex(u64);

impl GameIndex {
    /// The first game of a run.
    pub const FIRST: Self = Self(0);

    /// The game after this many others.
    #[must_use]
    #[inline]
    pub const fn after(others: u64) -> Self {
        Self(others)
    }

    /// The game after this one.
    #[must_use]
    #[inline]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number itself: how many games come before this one.
    #[must_use]
    #[inline]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place in a list of games; `None` where no list is that long.
    #[must_use]
    #[inline]
    pub fn at(self) -> Option<usize> {
        usize::try_from(self.0).ok()
    }
}

impl fmt::Display for GameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The name of a game, as the server gave it: `YYYYMMDD-` and 16 hex digits
/// (docs/spec/protocol.md#frames-of-a-game).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GameId(ArrayString<NAME_BYTES_MAX>);

/// The name of a bot, unique in its scenario.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BotId(ArrayString<NAME_BYTES_MAX>);

macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// Parses a text as a name.
            ///
            /// # Errors
            /// When the text is empty, longer than [`NAME_BYTES_MAX`] bytes or holds a character
            /// other than letters, digits, `-`, `_` and `.`, or begins with a dot.
            pub fn new(text: &str) -> Result<Self, NameError> {
                if text.is_empty() {
                    return Err(NameError::Empty);
                }
                if text.starts_with('.') {
                    return Err(NameError::Dot);
                }
                let awkward = |c: &char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
                if let Some(character) = text.chars().find(awkward) {
                    return Err(NameError::Character(character));
                }
                ArrayString::from(text).map(Self).map_err(|_| NameError::TooLong)
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

name!(GameId);
name!(BotId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_refused_when_it_is_empty_long_or_awkward() {
        assert_eq!(GameId::new(""), Err(NameError::Empty));
        assert_eq!(GameId::new(&"x".repeat(65)), Err(NameError::TooLong));
        assert_eq!(BotId::new("a b"), Err(NameError::Character(' ')));
        assert_eq!(BotId::new("x/.."), Err(NameError::Character('/')));
        assert_eq!(BotId::new(".."), Err(NameError::Dot));
        assert!(GameId::new("20251207-1e01ac417e8043ca").is_ok());
    }
}
