//! Levels, reasons and verdicts of a feed, in words.

use std::fmt::{self, Display};

use super::fairness::FairnessVerdict;
use super::integrity::{FeedLevel, LevelChange, LevelReason};

impl Display for FeedLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Offline => "offline",
            Self::Minimal => "minimal",
            Self::Degraded => "degraded",
            Self::Normal => "normal",
        })
    }
}

impl Display for LevelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("connected"),
            Self::Disconnected => f.write_str("connection lost"),
            Self::Reconnected => f.write_str("connected again, no clean game yet"),
            Self::Gap { ticks: 1 } => f.write_str("1 tick arrived late or not at all"),
            Self::Gap { ticks } => write!(f, "{ticks} ticks arrived late or not at all"),
            Self::Stale { silent_ms } => write!(f, "no frame for {silent_ms} ms"),
            Self::AbnormalEnd => f.write_str("a game ended with an unknown outcome"),
            Self::Suspect { kind } => write!(f, "{}", kind.replace('_', " ")),
            Self::ErrorRate { errors } => write!(f, "{errors} errors within a minute"),
            Self::Quiet => f.write_str("no more errors"),
            Self::CleanGame => f.write_str("received a whole game in time"),
        }
    }
}

impl Display for LevelChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (was {}): {}", self.to, self.from, self.reason)
    }
}

impl Display for FairnessVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let price = |price: &Option<f64>| price.map_or("no price".to_owned(), |it| it.to_string());
        match self {
            Self::Fair => f.write_str("fair"),
            Self::HashMismatch => f.write_str("the seed is not the one whose hash was announced"),
            Self::PathMismatch { tick, heard, expected } => {
                let (heard, expected) = (price(heard), price(expected));
                write!(f, "tick {tick} was {heard}, the seed generates {expected}")
            }
            Self::RecordMismatch { why } => write!(f, "the history contradicts the seed: {why}"),
            Self::Unknown { why } => write!(f, "unknown: {why}"),
        }
    }
}
