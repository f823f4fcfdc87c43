//! What was strange about the feed: kept for the integrity monitor and for reports.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::census::Census;
use crate::model::ids::GameId;
use crate::model::quote::Tick;
use crate::model::time::Moment;

/// Anomalies of one message that are passed on at most; all are counted.
const FRESH_MAX: usize = 64;
/// Anomalies that are kept with their moments.
const RECENT_MAX: usize = 256;

/// One strange thing about the feed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Anomaly {
    /// A payload that is not a JSON object.
    Unreadable,
    /// A known field that holds something else than it should; taken as missing.
    Misread {
        /// The field's name.
        field: &'static str,
    },
    /// A frame that does not name its game.
    Nameless,
    /// A tick without a price, a price without a tick, prices of ticks after the frame's: passed over.
    Incomplete,
    /// A number that no price can be.
    Absurd {
        /// The number.
        price: f64,
    },
    /// A tick that no game can reach.
    Jump {
        /// The tick.
        tick: u64,
    },
    /// A frame that says two things about one tick: neither is believed.
    Contradiction {
        /// The tick.
        tick: Tick,
    },
    /// Another price for a tick whose price was known; the first is kept.
    Conflict {
        /// The tick.
        tick: Tick,
        /// The price that is kept.
        known: f64,
        /// The price that was heard now.
        heard: f64,
    },
    /// Ticks that did not arrive in their time.
    Gap {
        /// The first that is missing.
        from: Tick,
        /// The one that arrived.
        to: Tick,
    },
    /// A frame that came after a later one, or again.
    Older,
    /// A step that the law of the game cannot make (docs/spec/provably-fair.md#the-law). It is told
    /// as heard.
    Leap {
        /// The tick that it led to.
        tick: Tick,
    },
    /// A fall to less than half, and nothing says that it was the rug: not told until a later frame
    /// says what it was.
    Fall {
        /// The tick.
        tick: Tick,
    },
    /// Another hash than the one that was announced for the game.
    HashChanged {
        /// The game.
        game: GameId,
    },
    /// What is now said of a game cannot be what was told of it.
    Rewritten {
        /// The game.
        game: GameId,
    },
    /// A game went away and its rest is not known.
    Unfinished {
        /// The game.
        game: GameId,
    },
    /// An entry of the history that cannot be read.
    BadEntry,
}

/// How much an anomaly says about the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// It happens on a sound connection.
    Harmless,
    /// It should not happen; many of them make the feed untrustworthy.
    Error,
    /// One is enough to distrust what is heard.
    Grave,
}

impl Anomaly {
    /// Every kind there is.
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

    /// Its kind, as it is called in reports.
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

    /// How much it says about the feed. Gaps and unfinished games are harmless here: the facts show
    /// them too, and show which of them matter.
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

/// What was strange so far.
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
    /// A message begins: what was fresh no longer is.
    pub(super) fn begin(&mut self, at: Moment) {
        self.at = at;
        self.fresh.clear();
    }

    /// Keeps an anomaly of the present message.
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

    /// How often each kind was met, by the kind's name.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// How often one kind was met.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.counts.get(kind).copied().unwrap_or_default()
    }

    /// Those of the last message, at most 64 of them.
    #[must_use]
    pub fn fresh(&self) -> &[Anomaly] {
        &self.fresh
    }

    /// The last 256 with the moments of their messages, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = &(Moment, Anomaly)> {
        self.recent.iter()
    }

    /// The events that nobody knows.
    #[must_use]
    pub const fn unknown_events(&self) -> &Census {
        &self.events
    }

    /// The fields of `gameStateUpdate` that nobody knows.
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
            anomalies.begin(at);
            for _ in 0..100 {
                anomalies.note(Anomaly::Nameless);
            }
        }
        assert_eq!(anomalies.count("nameless"), 10_000);
        assert_eq!(anomalies.fresh().len(), FRESH_MAX);
        assert_eq!(anomalies.recent().count(), RECENT_MAX);
        assert_eq!(anomalies.recent().last(), Some(&(99, Anomaly::Nameless)));
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
