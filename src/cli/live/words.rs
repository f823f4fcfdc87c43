//! The report of a session, apart from its games.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::played::PlayedCounts;
use crate::base::decimals::counted;
use crate::engine::collector::JournalState;
use crate::feed::bridge::ConnectionCounts;
use crate::feed::fairness::{FairnessCheck, FairnessCounts};
use crate::feed::latency::{LatencySummary, Spread};
use crate::feed::record::RecordingMetrics;
use crate::live::orders::{OpenPosition, OrderCounts};
use crate::live::{ClickingSummary, FinishedSession};

/// The report of a session: `live.json`.
#[derive(Debug, Default, Serialize)]
pub(in super::super) struct LiveReport {
    /// Games by the verdict on their seeds.
    fairness: FairnessCounts,
    /// The fairness of the games that were played; absent where none are.
    #[serde(skip_serializing_if = "Option::is_none")]
    played: Option<PlayedCounts>,
    /// Games whose seed and path disagree, with everything received about them.
    alarms: Vec<FairnessCheck>,
    /// Anomalies in the feed, counted by kind.
    anomalies: BTreeMap<&'static str, u64>,
    /// Counters of the connection to the feed.
    connection: ConnectionCounts,
    /// Messages that could not be decoded as events.
    undecodable: u64,
    /// Maximum number of messages and frames queued for the bots after a tick.
    backlog_max: usize,
    /// Distributions of times, in microseconds.
    latency: LatencySummary,
    /// Metrics of the recording; absent without one.
    recording: Option<RecordingMetrics>,
    /// Metrics of the recording of raw events; absent without one.
    raw: Option<RecordingMetrics>,
    /// How the journal was written; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<JournalState>,
    /// Summary of the clicking; absent on paper.
    clicking: Option<ClickingSummary>,
    /// What an armed session left open; absent on paper.
    open: Option<OpenPosition>,
}

impl LiveReport {
    /// The report of a session; an empty one where the session failed.
    pub(in super::super) fn of(session: Option<&FinishedSession>) -> Self {
        let Some(session) = session else { return Self::default() };
        let summary = session.summary.clone();
        Self {
            fairness: summary.fairness,
            played: None,
            alarms: summary.alarms,
            anomalies: summary.anomalies.into_iter().collect(),
            connection: summary.connection,
            undecodable: summary.undecodable,
            backlog_max: session.backlog_max,
            latency: LatencySummary {
                jitter_us: summary.jitter_us,
                decision_us: session.decision_us,
                fill_us: session.fill_us,
            },
            recording: summary.recording,
            raw: summary.raw,
            journal: None,
            clicking: session.clicking.clone(),
            open: session.open.clone(),
        }
    }

    /// The same, with the fairness of the games that were played.
    pub(super) fn with_played(self, played: PlayedCounts) -> Self {
        Self { played: Some(played), ..self }
    }

    /// The same, with what was last said to be open.
    pub(super) fn with_open(self, open: Option<OpenPosition>) -> Self {
        Self { open: open.or(self.open), ..self }
    }

    /// Whether it says what is open: an armed session's.
    pub(super) const fn says_what_is_open(&self) -> bool {
        self.open.is_some()
    }

    /// What is left open, where anything is.
    pub(super) fn open(&self) -> Option<&OpenPosition> {
        self.open.as_ref().filter(|open| open.is_open())
    }

    /// The same, with how the journal was written.
    pub(super) fn with_journal(self, journal: Option<JournalState>) -> Self {
        Self { journal, ..self }
    }

    /// Why the session disarmed; `None` if it did not.
    pub(super) fn disarmed(&self) -> Option<&str> {
        self.clicking.as_ref()?.disarmed.as_deref()
    }
}

impl fmt::Display for LiveReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.played {
            Some(played) => write!(f, "fairness: {played}")?,
            None => write_heard(f, self.fairness)?,
        }
        let ConnectionCounts { connects, failures, events, .. } = self.connection;
        write!(f, "\nfeed: {events} events; {connects} connections, {failures} failed attempts")?;
        if !self.anomalies.is_empty() {
            let kinds = self
                .anomalies
                .iter()
                .map(|(kind, count)| format!("{count} {}", kind.replace('_', " ")));
            write!(f, "\nstrange: {}", kinds.collect::<Vec<_>>().join(", "))?;
        }
        let Spread { count, p50, p99, max, .. } = self.latency.decision_us.all;
        if count > 0 {
            write!(f, "\nmessage to decision: p50 {p50} us, p99 {p99} us, longest {max} us")?;
        }
        if let Some(clicking) = &self.clicking {
            let ClickingSummary { done, shown, refused, unknown, click_us, confirmed_us, .. } =
                clicking;
            write!(f, "\norders: {done} done, {shown} shown, {refused} not, {unknown} unknown")?;
            let (click, confirmed) = (click_us.all, confirmed_us.all);
            if click.count > 0 {
                write!(
                    f,
                    "\ndecision to click: p50 {} us, p99 {} us; click to confirmation: p50 {} us, p99 {} us",
                    click.p50, click.p99, confirmed.p50, confirmed.p99
                )?;
            }
        }
        if let Some(orders) = self.clicking.as_ref().and_then(|clicking| clicking.orders) {
            let OrderCounts { unwritten, notices_failed, notices_dropped, .. } = orders;
            if unwritten > 0 {
                write!(f, "\norders: {unwritten} lines are NOT on the disk")?;
            }
            if notices_failed + notices_dropped > 0 {
                write!(f, "\nnotices: {notices_failed} failed, {notices_dropped} DROPPED")?;
            }
        }
        if let Some(open) = &self.open {
            write!(f, "\nat the end: {open}")?;
        }
        if let Some(recording) = &self.recording {
            let RecordingMetrics { lines, bytes, lost, lost_in, errors, syncs, .. } = recording;
            write!(
                f,
                "\nrecording: {} in {bytes} bytes, fsync p99 {} us",
                counted(*lines, "line"),
                syncs.p99_us
            )?;
            if lost + errors > 0 {
                let games = counted(*lost_in, "game");
                write!(f, "; {lost} facts LOST of {games}, {errors} disk errors")?;
            }
        }
        if let Some(JournalState { lost, lost_files, errors, .. }) = &self.journal
            && lost + lost_files + errors > 0
        {
            let (games, files) = (counted(*lost, "game"), counted(*lost_files, "file"));
            write!(f, "\njournal: {games} and {files} LOST, {errors} disk errors")?;
        }
        Ok(())
    }
}

/// The fairness of games that nobody played.
fn write_heard(f: &mut fmt::Formatter<'_>, counts: FairnessCounts) -> fmt::Result {
    let FairnessCounts { fair, hash_mismatches, path_mismatches, record_mismatches, unknown } =
        counts;
    let unfair = hash_mismatches + path_mismatches + record_mismatches;
    write!(f, "fairness: {} fair, {unfair} NOT, {unknown} unknown", counted(fair, "game"))
}
