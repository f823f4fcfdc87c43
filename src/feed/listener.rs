//! The whole path of a message: machine, integrity, fairness, jitter. A connection calls it.

use std::collections::VecDeque;

use super::anomaly::Anomalies;
use super::fact::Heard;
use super::fairness::{Fairness, FairnessCheck};
use super::integrity::{self, FeedLevel, Integrity, LevelChange, Thresholds};
use super::latency::{Gauge, Rhythm};
use super::machine::Machine;
use crate::model::quote::Phase;
use crate::model::time::Moment;

/// Most notices that wait to be fetched; beyond that the oldest are dropped and counted.
const NOTICES_MAX: usize = 1_000;

/// A notice for the operator.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// The level of integrity changed.
    Level(LevelChange),
    /// A seed was revealed and its game was checked.
    Fairness(Box<FairnessCheck>),
}

/// Listens to a feed and turns messages into facts.
///
/// Every call returns the new facts and whether bots are paused. Pass them to the world and to the
/// recorder, unless there are none and `closed` is unchanged.
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

    /// Takes a message: an event and its payload, the argument other than the trace
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

    /// Reports that the connection went up or down.
    pub fn connection(&mut self, at: Moment, up: bool) -> Heard {
        self.integrity.connection(at, up);
        self.unspoken(at)
    }

    /// Reports the time without a message. Call it regularly, so that silence is noticed: twice a
    /// second suffices.
    pub fn pass(&mut self, at: Moment) -> Heard {
        self.integrity.pass(at);
        self.unspoken(at)
    }

    /// The notices since the last call, oldest first.
    pub fn notices(&mut self) -> impl Iterator<Item = Notice> {
        self.notices.drain(..)
    }

    /// Number of notices dropped because they were not fetched.
    #[must_use]
    pub const fn news_dropped(&self) -> u64 {
        self.news_dropped
    }

    /// How reliable the feed is now.
    #[must_use]
    pub const fn level(&self) -> FeedLevel {
        self.integrity.level()
    }

    /// True while bots are paused.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.integrity.closed()
    }

    /// The phase of the last game.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }

    /// The state machine: the current game and tick.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The monitor: its level and reasons.
    #[must_use]
    pub const fn integrity(&self) -> &Integrity {
        &self.integrity
    }

    /// The fairness checks: their counts and alarms.
    #[must_use]
    pub const fn fairness(&self) -> &Fairness {
        &self.fairness
    }

    /// The anomalies so far.
    #[must_use]
    pub const fn anomalies(&self) -> &Anomalies {
        self.machine.anomalies()
    }

    /// Deviation of the interval between two ticks from 250 ms.
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
