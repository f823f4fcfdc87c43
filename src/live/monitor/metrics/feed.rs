//! What is heard of the feed, and how far it can be relied on.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;

use super::super::registry::MetricRegistry;
use super::super::silence::Silence;
use crate::base::printable;
use crate::feed::anomaly::{Anomalies, Anomaly};
use crate::feed::fairness::FairnessVerdict;
use crate::feed::integrity::{FeedLevel, LevelChange};
use crate::feed::{Fact, Thresholds};

/// How fairness verdicts are called, in the order of [`place`].
const VERDICTS: [&str; 5] =
    ["fair", "hash_mismatch", "path_mismatch", "record_mismatch", "unknown"];

/// The numbers of the feed.
#[derive(Debug)]
pub struct FeedMetrics {
    connections: Counter,
    reconnects: Counter,
    lost: Counter,
    failures: Counter,
    messages: Counter,
    bytes: Counter,
    ticks: Counter,
    games: Counter,
    /// Messages that were not events.
    pub undecodable: Counter,
    /// Events that nobody took.
    pub untold: Counter,
    anomalies: [Counter; Anomaly::KINDS.len()],
    verdicts: [Counter; VERDICTS.len()],
    alarms: Counter,
    level: Gauge,
    queued: Gauge,
    capacity: Gauge,
    pub(super) silence: Silence,
    /// Why it is at its level: told to people, and written only when that changes.
    why: Mutex<String>,
}

impl FeedMetrics {
    pub(super) fn new(metrics: &mut MetricRegistry<'_>) -> Self {
        Self {
            connections: metrics.counter("replayer_connections", "Connections that were made"),
            reconnects: metrics
                .counter("replayer_reconnects", "Connections that were made after the first"),
            lost: metrics.counter("replayer_connections_lost", "Connections that were lost"),
            failures: metrics
                .counter("replayer_connection_failures", "Attempts to connect that failed"),
            messages: metrics.counter("replayer_messages", "Messages that were heard"),
            bytes: metrics
                .counter("replayer_message_bytes", "Bytes of the messages that were heard"),
            ticks: metrics.counter("replayer_ticks", "Ticks of games that were heard"),
            games: metrics.counter("replayer_games", "Games that were heard to their rug"),
            undecodable: metrics
                .counter("replayer_undecodable_messages", "Messages that were not events"),
            untold: metrics.counter(
                "replayer_session_events_dropped",
                "Events that were counted only, because too many waited to be told",
            ),
            anomalies: metrics.counters_of(
                "replayer_anomalies",
                "What was strange about the feed",
                ("kind", Anomaly::KINDS),
            ),
            verdicts: metrics.counters_of(
                "replayer_fairness_verdicts",
                "Games whose seed was revealed, by verdict",
                ("verdict", VERDICTS),
            ),
            alarms: metrics
                .counter("replayer_fairness_alarms", "Games that are not what their seed makes"),
            level: metrics.gauge(
                "replayer_integrity_level",
                "How far the feed can be relied on: 0 offline, 1 minimal, 2 degraded, 3 normal",
            ),
            queued: metrics
                .gauge("replayer_world_queue_messages", "Messages that wait for the bots"),
            capacity: metrics.gauge(
                "replayer_world_queue_capacity_messages",
                "Messages that may wait for the bots; one more ends the session",
            ),
            silence: Silence::default(),
            why: Mutex::new("not connected yet".to_owned()),
        }
    }

    /// A connection was made.
    pub fn connected(&self) {
        if self.connections.inc() > 0 {
            self.reconnects.inc();
        }
    }

    /// The connection was lost, or could not be made.
    pub fn lost(&self, why: &str) {
        let was_up = self.level() != FeedLevel::Offline;
        if was_up { &self.lost } else { &self.failures }.inc();
        why.clone_into(&mut self.why());
    }

    /// Counts a message and its bytes.
    pub fn message(&self, bytes: usize) {
        self.messages.inc();
        self.bytes.inc_by(bytes as u64);
    }

    /// Sets how long the feed may say nothing of a game and still be relied on.
    pub fn rely_on(&self, thresholds: &Thresholds) {
        self.silence.bound(thresholds);
    }

    /// Counts facts that became known.
    pub fn heard(&self, facts: &[Fact]) {
        for fact in facts {
            match fact {
                Fact::Tick { .. } => {
                    self.ticks.inc();
                }
                Fact::Rug { .. } => {
                    self.ticks.inc();
                    self.games.inc();
                }
                // Neither is a frame of a game.
                Fact::Seed(_) | Fact::Void => continue,
                _ => {}
            }
            self.silence.end(matches!(fact, Fact::Tick { .. }));
        }
    }

    /// The present message may have been strange.
    pub fn strange(&self, anomalies: &Anomalies) {
        for anomaly in anomalies.fresh() {
            let kind = anomaly.kind();
            if let Some(at) = Anomaly::KINDS.iter().position(|known| *known == kind) {
                self.anomalies[at].inner().store(anomalies.count(kind), Relaxed);
            }
        }
    }

    /// A seed was revealed and its game judged.
    pub fn ruled(&self, verdict: &FairnessVerdict) {
        self.verdicts[place(verdict)].inc();
        if verdict.is_alarm() {
            self.alarms.inc();
        }
    }

    /// How far the feed can be relied on has changed.
    pub fn changed(&self, change: &LevelChange) {
        self.level.set(change.to as i64);
        if change.to > FeedLevel::Offline {
            *self.why() = change.to_string();
        }
    }

    /// Sets how many messages wait for the world, and how many may.
    pub fn queued(&self, messages: usize, capacity: usize) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.queued.set(number(messages));
        self.capacity.set(number(capacity));
    }

    /// Whether the feed is good enough to be relied on at all, and why, in words on one line.
    ///
    /// # Errors
    /// That it is not, and why: there is no connection, too much was wrong, or it says nothing.
    pub fn ready(&self) -> Result<String, String> {
        let why = self.why();
        let why = printable::one_line(&why);
        if self.level() < FeedLevel::Degraded {
            return Err(format!("not ready: {why}"));
        }
        match self.silence.passed() {
            Some(bound) => {
                Err(format!("not ready: no frame for more than {} ms", bound.as_millis()))
            }
            None => Ok(format!("ready: {why}")),
        }
    }

    fn level(&self) -> FeedLevel {
        match self.level.get() {
            3.. => FeedLevel::Normal,
            2 => FeedLevel::Degraded,
            1 => FeedLevel::Minimal,
            _ => FeedLevel::Offline,
        }
    }

    fn why(&self) -> MutexGuard<'_, String> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a fairness verdict among [`VERDICTS`].
const fn place(verdict: &FairnessVerdict) -> usize {
    match verdict {
        FairnessVerdict::Fair => 0,
        FairnessVerdict::HashMismatch => 1,
        FairnessVerdict::PathMismatch { .. } => 2,
        FairnessVerdict::RecordMismatch { .. } => 3,
        FairnessVerdict::Unknown { .. } => 4,
    }
}
