//! Anomalies of the feed, kept for the integrity monitor and for reports.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::census::Census;
use crate::model::ids::GameId;
use crate::model::quote::Tick;
use crate::model::time::Moment;

/// Most anomalies of one message that are passed on; all are counted.
const FRESH_MAX: usize = 64;
/// Number of anomalies kept with their time.
const RECENT_MAX: usize = 256;

/// An irregularity of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Anomaly {
    /// A payload that is not a JSON object.
    Unreadable,
    /// A known field with a value of the wrong type; treated as missing.
    Misread {
        /// Name of the field.
        field: &'static str,
    },
    /// A frame without the name of its game.
    Nameless,
    /// A tick without a price, a price without a tick, prices of ticks after the frame's: ignored.
    Incomplete,
    /// A number that cannot be a price.
    Absurd {
        /// The number that was sent.
        price: f64,
    },
    /// A tick beyond the longest possible game.
    Jump {
        /// The tick that was sent.
        tick: u64,
    },
    /// A frame with two prices for one tick: both are discarded.
    Contradiction {
        /// Number of the tick.
        tick: Tick,
    },
    /// Another price for a tick with a known price; the first one is kept.
    Conflict {
        /// Number of the tick.
        tick: Tick,
        /// The price that was kept.
        known: f64,
        /// The price that was received now.
        heard: f64,
    },
    /// Ticks that did not arrive in time.
    Gap {
        /// The first missing tick.
        from: Tick,
        /// The tick that arrived.
        to: Tick,
    },
    /// A frame that arrived after a later one, or twice.
    Older,
    /// A step that the law of the game excludes (docs/spec/provably-fair.md#the-law). It is
    /// reported as received.
    Leap {
        /// The tick that the step led to.
        tick: Tick,
    },
    /// A fall to less than half without a sign of the rug. It is held back until a later frame
    /// explains it.
    Fall {
        /// The tick of the fall.
        tick: Tick,
    },
    /// A hash that differs from the one announced for the game.
    HashChanged {
        /// The name of the game.
        game: GameId,
    },
    /// A frame contradicts facts that were already reported.
    Rewritten {
        /// The name of the game.
        game: GameId,
    },
    /// A game disappeared and its rest is unknown.
    Unfinished {
        /// The name of the game.
        game: GameId,
    },
    /// An entry of the history that cannot be read.
    BadEntry,
}

/// How serious an anomaly is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Normal on a sound connection.
    Harmless,
    /// An error; many of them make the feed untrustworthy.
    Error,
    /// A single one makes the feed untrustworthy.
    Grave,
}

impl Anomaly {
    /// The names of all kinds.
    pub const KINDS: [&'static str; 16] = [
        "unreadable",
        "misread",
        "nameless",
        "incomplete",
        "absurd",
        "jump",
        "contradiction",
        "conflict",
        "gap",
        "older",
        "leap",
        "fall",
        "hash_changed",
        "rewritten",
        "unfinished",
        "bad_entry",
    ];

    /// The name of its kind, as used in reports.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Misread { .. } => "misread",
            Self::Nameless => "nameless",
            Self::Incomplete => "incomplete",
            Self::Absurd { .. } => "absurd",
            Self::Jump { .. } => "jump",
            Self::Contradiction { .. } => "contradiction",
            Self::Conflict { .. } => "conflict",
            Self::Gap { .. } => "gap",
            Self::Older => "older",
            Self::Leap { .. } => "leap",
            Self::Fall { .. } => "fall",
            Self::HashChanged { .. } => "hash_changed",
            Self::Rewritten { .. } => "rewritten",
            Self::Unfinished { .. } => "unfinished",
            Self::BadEntry => "bad_entry",
        }
    }

    /// How serious it is. Gaps and unfinished games are harmless here: the facts show them too, and
    /// show which of them matter.
    #[must_use]
    pub const fn gravity(&self) -> Gravity {
        match self {
            Self::Gap { .. } | Self::Older | Self::Unfinished { .. } => Gravity::Harmless,
            Self::Unreadable
            | Self::Misread { .. }
            | Self::Nameless
            | Self::Incomplete
            | Self::Absurd { .. }
            | Self::Jump { .. }
            | Self::Leap { .. }
            | Self::BadEntry => Gravity::Error,
            Self::Contradiction { .. }
            | Self::Conflict { .. }
            | Self::Fall { .. }
            | Self::HashChanged { .. }
            | Self::Rewritten { .. } => Gravity::Grave,
        }
    }
}

/// The anomalies so far, counted in bounded memory.
#[derive(Debug, Clone, Default)]
pub struct Anomalies {
    at: Moment,
    counts: BTreeMap<&'static str, u64>,
    fresh: Vec<Anomaly>,
    recent: VecDeque<(Moment, Anomaly)>,
    events: Census,
    fields: Census,
}

impl Anomalies {
    /// Begins a message: clears the fresh anomalies.
    pub(super) fn begin(&mut self, at: Moment) {
        self.at = at;
        self.fresh.clear();
    }

    /// Records an anomaly of the current message.
    pub(super) fn note(&mut self, anomaly: Anomaly) {
        *self.counts.entry(anomaly.kind()).or_default() += 1;
        if self.fresh.len() == FRESH_MAX {
            return;
        }
        self.fresh.push(anomaly);
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((self.at, anomaly));
    }

    pub(super) fn unknown_event(&mut self, name: &str) {
        self.events.count(name);
    }

    pub(super) fn unknown_field(&mut self, name: &str) {
        self.fields.count(name);
    }

    /// Number of anomalies by the name of their kind.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// Number of anomalies of one kind.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.counts.get(kind).copied().unwrap_or_default()
    }

    /// The anomalies of the last message, at most 64.
    #[must_use]
    pub fn fresh(&self) -> &[Anomaly] {
        &self.fresh
    }

    /// The last 256 anomalies with the times of their messages, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = &(Moment, Anomaly)> {
        self.recent.iter()
    }

    /// Events with unknown names.
    #[must_use]
    pub const fn unknown_events(&self) -> &Census {
        &self.events
    }

    /// Unknown fields of `gameStateUpdate`.
    #[must_use]
    pub const fn unknown_fields(&self) -> &Census {
        &self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_oddities_is_counted_whole_and_kept_in_part() {
        let mut anomalies = Anomalies::default();
        for at in 0..100 {
            anomalies.begin(Moment::from_ms(at));
            for _ in 0..100 {
                anomalies.note(Anomaly::Nameless);
            }
        }
        assert_eq!(anomalies.count("nameless"), 10_000);
        assert_eq!(anomalies.fresh().len(), FRESH_MAX);
        assert_eq!(anomalies.recent().count(), RECENT_MAX);
        assert_eq!(anomalies.recent().last(), Some(&(Moment::from_ms(99), Anomaly::Nameless)));
    }

    #[test]
    fn a_report_calls_an_oddity_what_it_is_counted_as() {
        let game = GameId::new("20300101-00000000000000aa").unwrap();
        let all = [
            Anomaly::Unreadable,
            Anomaly::Misread { field: "price" },
            Anomaly::Nameless,
            Anomaly::Incomplete,
            Anomaly::Absurd { price: -1.0 },
            Anomaly::Jump { tick: 1 },
            Anomaly::Contradiction { tick: 1 },
            Anomaly::Conflict { tick: 1, known: 1.0, heard: 2.0 },
            Anomaly::Gap { from: 1, to: 2 },
            Anomaly::Older,
            Anomaly::Leap { tick: 1 },
            Anomaly::Fall { tick: 1 },
            Anomaly::HashChanged { game },
            Anomaly::Rewritten { game },
            Anomaly::Unfinished { game },
            Anomaly::BadEntry,
        ];
        for (anomaly, kind) in all.into_iter().zip(Anomaly::KINDS) {
            let told = serde_json::to_value(anomaly).unwrap();
            assert_eq!((anomaly.kind(), &told["kind"]), (kind, &kind.into()));
        }
    }
}
