//! The whole way of a message: machine, integrity, fairness, jitter. What a connection calls.

use std::collections::VecDeque;

use super::anomaly::Anomalies;
use super::fact::Heard;
use super::fairness::{Fairness, FairnessCheck};
use super::integrity::{self, FeedLevel, Integrity, LevelChange, Thresholds};
use super::latency::{Gauge, Rhythm};
use super::machine::Machine;
use crate::model::quote::Phase;
use crate::model::time::Moment;

/// News that wait to be fetched at most; beyond it the oldest are dropped and counted.
const NOTICES_MAX: usize = 1_000;

/// What an operator wants to hear of.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The level of integrity changed.
    Level(LevelChange),
    /// A seed was revealed and its game judged.
    Fairness(Box<FairnessCheck>),
}

/// Listens to a feed.
///
/// Every call returns what became known and whether anything may be decided. What to do with it: to
/// the world and to the recorder, unless it is empty and closed is what it was.
#[derive(Debug)]
pub struct Listener {
    machine: Machine,
    integrity: Integrity,
    fairness: Fairness,
    rhythm: Rhythm,
    notices: VecDeque<Notice>,
    news_dropped: u64,
}

impl Default for Listener {
    fn default() -> Self {
        Self::new(Thresholds::default())
    }
}

impl Listener {
    /// A listener to a feed that is not connected yet.
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            machine: Machine::new(),
            integrity: Integrity::new(thresholds),
            fairness: Fairness::new(),
            rhythm: Rhythm::default(),
            notices: VecDeque::new(),
            news_dropped: 0,
        }
    }

    /// A message arrived: an event and its payload, the argument that is not the trace
    /// (docs/spec/protocol.md#transport).
    pub fn take(&mut self, at: Moment, event: &str, payload: &str) -> Heard {
        let mut facts = Vec::new();
        let is_frame = self.machine.take(at, event, payload, &mut facts);
        let anomalies = self.machine.anomalies().fresh();
        let phase = self.machine.phase();
        self.integrity
            .hear(at, integrity::MessageReport { is_frame, facts: &facts, anomalies, phase });
        self.tell_changes();
        for fact in &facts {
            self.rhythm.hear(at, fact);
            if let Some(check) = self.fairness.hear(at, fact) {
                self.tell(Notice::Fairness(Box::new(check)));
            }
        }
        Heard { at, closed: self.integrity.closed(), facts }
    }

    /// The connection went up or down.
    pub fn connection(&mut self, at: Moment, up: bool) -> Heard {
        self.integrity.connection(at, up);
        self.unspoken(at)
    }

    /// Time passed without a message. Called every so often, so that silence is noticed: twice a second
    /// is enough.
    pub fn pass(&mut self, at: Moment) -> Heard {
        self.integrity.pass(at);
        self.unspoken(at)
    }

    /// What there is to report since this was last asked, oldest first.
    pub fn notices(&mut self) -> impl Iterator<Item = Notice> {
        self.notices.drain(..)
    }

    /// News that were dropped because nobody asked for them.
    #[must_use]
    pub const fn news_dropped(&self) -> u64 {
        self.news_dropped
    }

    /// How far the feed can be relied on.
    #[must_use]
    pub const fn level(&self) -> FeedLevel {
        self.integrity.level()
    }

    /// True while nothing may be decided.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.integrity.closed()
    }

    /// The phase that the last game is in.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }

    /// The state machine: the game and the tick that it is at.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The monitor: its level and reasons.
    #[must_use]
    pub const fn integrity(&self) -> &Integrity {
        &self.integrity
    }

    /// The judge: how many games were fair, and the alarms.
    #[must_use]
    pub const fn fairness(&self) -> &Fairness {
        &self.fairness
    }

    /// What was strange so far.
    #[must_use]
    pub const fn anomalies(&self) -> &Anomalies {
        self.machine.anomalies()
    }

    /// How far ticks in play are from following one another in 250 ms.
    #[must_use]
    pub const fn jitter(&self) -> &Gauge {
        self.rhythm.gauge()
    }

    fn unspoken(&mut self, at: Moment) -> Heard {
        self.tell_changes();
        Heard { at, closed: self.integrity.closed(), facts: Vec::new() }
    }

    fn tell_changes(&mut self) {
        let changes: Vec<_> = self.integrity.changes().collect();
        for change in changes {
            self.tell(Notice::Level(change));
        }
    }

    fn tell(&mut self, notice: Notice) {
        if self.notices.len() == NOTICES_MAX {
            self.notices.pop_front();
            self.news_dropped += 1;
        }
        self.notices.push_back(notice);
    }
}
