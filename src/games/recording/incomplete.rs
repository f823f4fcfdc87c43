//! Why a game of a recording cannot be played.

use std::fmt;

use crate::model::quote::Tick;

/// Why a game cannot be played: everything that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incomplete {
    /// The first known tick; `None` when there is none.
    pub first_tick: Option<Tick>,
    /// The first range of missing ticks between two known ones.
    pub first_hole: Option<Hole>,
    /// Number of missing ticks in all such ranges.
    pub missing_ticks: u32,
    /// Whether a rug frame is known.
    pub rugged: bool,
    /// Whether only the second rug frame is known: a second late, its tick number 1 or 2 too high.
    pub reveal_only: bool,
    /// Whether the recorder says that the rest of the game is unknown.
    pub interrupted: bool,
}

/// A run of missing ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The first missing tick.
    pub first: Tick,
    /// The last missing tick.
    pub last: Tick,
}

impl Hole {
    /// How many ticks are missing.
    #[must_use]
    pub const fn ticks(self) -> u32 {
        self.last - self.first + 1
    }
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interrupted = if self.interrupted { " (interrupted)" } else { "" };
        let Some(first) = self.first_tick else {
            return write!(f, "no tick of the game{interrupted}");
        };
        let mut separator = "";
        if first > 0 {
            write!(f, "starts at tick {first}")?;
            separator = ", ";
        }
        if let Some(hole) = self.first_hole {
            let Hole { first, last } = hole;
            if first == last {
                write!(f, "{separator}tick {first} missing")?;
            } else {
                write!(f, "{separator}ticks {first} to {last} missing")?;
            }
            let more = self.missing_ticks - hole.ticks();
            if more > 0 {
                write!(f, " and {more} more")?;
            }
            separator = ", ";
        }
        if !self.rugged {
            write!(f, "{separator}no rug{interrupted}")
        } else if self.reveal_only {
            write!(f, "{separator}rug known only from its second frame")
        } else {
            Ok(())
        }
    }
}
