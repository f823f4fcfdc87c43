//! The feed ingest of a live session: every message of the feed to the recorder and to the world.
//!
//! Runs in the task of the connection, so nothing here waits: what the world or the recorder
//! cannot take is an error that ends the session, or a loss that is counted and told.

#[cfg(feature = "browser")]
mod page;
mod partial;

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};

use super::event::SessionEvent;
use crate::base::clock::{Clock, moment};
use crate::base::error::{Error, ErrorKind};
use crate::engine::inbox::Message;
use crate::feed::bridge::{ConnectionCounts, Halt, Incoming};
use crate::feed::capture::{Direction, RawEvent};
use crate::feed::fairness::{FairnessCheck, FairnessCounts};
use crate::feed::latency::GaugeSummary;
use crate::feed::listener::Notice;
use crate::feed::record::{RawRecorder, Recorder, RecordingMetrics};
use crate::feed::socketio::Packet;
use crate::feed::{Fact, Heard, Listener};
#[cfg(feature = "browser")]
use crate::live::browser::PageEvents;
use crate::live::monitor::Metrics;
use crate::model::time::{Moment, Stamp};
#[cfg(feature = "browser")]
pub(super) use page::PageFeed;
pub(super) use partial::PartialGame;

/// Takes every message of a feed to the recorder and to the world.
pub(super) struct FeedIngest {
    pub(super) listener: Listener,
    pub(super) clock: Clock,
    /// The way into the world, where there is one.
    pub(super) world: Option<Sender<Message>>,
    pub(super) recorder: Option<Recorder>,
    pub(super) raw: Option<RawRecorder>,
    pub(super) events: Sender<SessionEvent>,
    /// The game that an earlier session did not hear to its end.
    pub(super) partial: PartialGame,
    /// What is heard through a page.
    #[cfg(feature = "browser")]
    pub(super) page: PageFeed,
    /// Who clicks in the page, where somebody does; hears from here where the game is.
    #[cfg(feature = "browser")]
    pub(super) page_events: Option<PageEvents>,
    /// What was heard of the page.
    pub(super) counts: ConnectionCounts,
    /// Where everybody sees what was heard.
    pub(super) metrics: Arc<Metrics>,
}

/// What the feed ingest knows when everything is over.
#[derive(Debug, Clone, Default)]
pub struct SessionSummary {
    /// What the connection counted, or what was counted of the page's.
    pub connection: ConnectionCounts,
    /// How many games came out fair, and how many not.
    pub fairness: FairnessCounts,
    /// Alarms, with their evidence.
    pub alarms: Vec<FairnessCheck>,
    /// What was strange, by kind, and how often.
    pub anomalies: Vec<(&'static str, u64)>,
    /// How far ticks were from following one another in 250 ms, in microseconds.
    pub jitter_us: GaugeSummary,
    /// Messages that were not events.
    pub undecodable: u64,
    /// Events that nobody took.
    pub untold: u64,
    /// What the recorder of games has written.
    pub recording: Option<RecordingMetrics>,
    /// How recording what came raw went.
    pub raw: Option<RecordingMetrics>,
}

impl FeedIngest {
    /// Takes what comes from the connection.
    ///
    /// # Errors
    /// When the world does not keep up, or recording fails and is to end the session.
    pub(super) fn hear(&mut self, incoming: Incoming<'_>) -> Result<(), Halt> {
        match incoming {
            Incoming::Connected { attempt, .. } => self.connected(attempt),
            Incoming::Disconnected { why, retry_in } => self.lost(why, retry_in),
            Incoming::Beat { at } => self.beat(at),
            Incoming::Message { at, arrived, text } => {
                self.take(at, self.clock.stamp_of(arrived), text)
            }
        }
    }

    fn connected(&mut self, attempt: u32) -> Result<(), Error> {
        self.metrics.feed.connected();
        self.happened(SessionEvent::Connected { attempt });
        let heard = self.listener.connection(moment(), true);
        self.pass_on(heard, self.clock.stamp())
    }

    fn lost(&mut self, why: &impl Display, retry_in: Duration) -> Result<(), Error> {
        let why = why.to_string();
        self.metrics.feed.lost(&why);
        self.happened(SessionEvent::Lost { why, retry_in });
        let heard = self.listener.connection(moment(), false);
        self.pass_on(heard, self.clock.stamp())
    }

    fn beat(&mut self, at: Moment) -> Result<(), Error> {
        self.show_queue();
        let heard = self.listener.pass(at);
        self.pass_on(heard, self.clock.stamp())
    }

    fn take(&mut self, at: Moment, stamp: Stamp, text: &str) -> Result<(), Error> {
        self.metrics.feed.message(text.len());
        let Ok(Packet::Event(event)) = Packet::parse(text) else {
            self.metrics.feed.undecodable.inc();
            return Ok(());
        };
        let payload = event.payload().map_or("null", |payload| payload.get());
        if let Some(raw) = &mut self.raw {
            raw.record(at, Direction::In, RawEvent { name: &event.name, data: payload })?;
        }
        let heard = self.listener.take(at, &event.name, payload);
        self.metrics.feed.heard(&heard.facts);
        self.metrics.feed.strange(self.listener.anomalies());
        #[cfg(feature = "browser")]
        if let Some(page_events) = &self.page_events {
            page_events.prices(&heard.facts);
        }
        self.pass_on(heard, stamp)
    }

    /// How many messages wait for the world: seen from here, where a world that hangs is seen too.
    fn show_queue(&self) {
        if let Some(world) = &self.world {
            self.metrics.feed.queued(world.len(), world.capacity().unwrap_or_default());
        }
    }

    /// To whom it concerns, and what it means.
    fn pass_on(&mut self, heard: Heard, stamp: Stamp) -> Result<(), Error> {
        self.hand_over(heard, stamp)?;
        let notices: Vec<Notice> = self.listener.notices().collect();
        notices.into_iter().try_for_each(|notice| self.tell(notice))
    }

    /// To the recorder, and to the world.
    fn hand_over(&mut self, mut heard: Heard, stamp: Stamp) -> Result<(), Error> {
        self.partial.leave_out(&mut heard.facts);
        if heard.facts.is_empty() {
            return Ok(());
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.record(&heard)?;
        }
        // Time that is left and seeds are nothing to a table: they do not wait for it.
        let is_played = |fact: &Fact| !matches!(fact, Fact::Countdown { .. } | Fact::Seed(_));
        let Some(world) = self.world.as_ref().filter(|_| heard.facts.iter().any(is_played)) else {
            return Ok(());
        };
        let sent = world.try_send((heard, stamp));
        self.show_queue();
        match sent {
            // The world has all the games it wanted.
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(_)) => {
                let capacity = world.capacity().unwrap_or_default();
                let what = format!("the bots do not keep up: {capacity} messages wait");
                Err(Error::new(ErrorKind::Live, what).hint(
                    "nothing was left out: the session ended instead; play fewer bots, or on a faster \
                     machine",
                ))
            }
        }
    }

    fn tell(&mut self, notice: Notice) -> Result<(), Error> {
        match &notice {
            Notice::Level(change) => self.metrics.feed.changed(change),
            Notice::Fairness(check) => self.metrics.feed.ruled(&check.verdict),
        }
        if let Some(recorder) = &mut self.recorder {
            match &notice {
                Notice::Level(change) => recorder.note(change.at, &change.to_string())?,
                Notice::Fairness(check) => {
                    let fair = !check.verdict.is_alarm();
                    let text = check.verdict.to_string();
                    recorder.verdict(check.at, check.reveal.game_id, (fair, &text))?;
                }
            }
        }
        self.happened(match notice {
            Notice::Level(change) => SessionEvent::Level(change),
            Notice::Fairness(check) => SessionEvent::Fairness(check),
        });
        Ok(())
    }

    fn happened(&mut self, event: SessionEvent) {
        if self.events.try_send(event).is_err() {
            self.metrics.feed.untold.inc();
        }
    }

    /// Finishes the recordings and says what there is to say.
    ///
    /// # Errors
    /// When a recording could not be finished.
    pub(super) fn close(
        self,
        connection: Option<ConnectionCounts>,
    ) -> Result<SessionSummary, Error> {
        let Self { listener, recorder, raw, counts, metrics, .. } = self;
        let recording = recorder.map(Recorder::finish).transpose();
        let raw = raw.map(RawRecorder::finish).transpose();
        Ok(SessionSummary {
            connection: connection.unwrap_or(counts),
            fairness: listener.fairness().tally(),
            alarms: listener.fairness().alarms().cloned().collect(),
            anomalies: listener
                .anomalies()
                .counts()
                .iter()
                .map(|(&kind, &count)| (kind, count))
                .collect(),
            jitter_us: listener.jitter().summary(),
            undecodable: metrics.feed.undecodable.get(),
            untold: metrics.feed.untold.get(),
            recording: recording?,
            raw: raw?,
        })
    }
}
