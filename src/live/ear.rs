//! The ear of a live session: every message of the feed to the recorder and to the world.
//!
//! Runs in the task of the connection, so nothing here waits: what the world or the recorder
//! cannot take is an error that ends the session, or a loss that is counted and told.

#[cfg(feature = "browser")]
mod page;
mod torn;

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};

use super::clock::Clock;
use super::happening::Happening;
use crate::base::clock::moment;
use crate::base::error::{Error, Kind};
use crate::engine::inbox::Message;
use crate::feed::bridge::{Counts, Halt, Incoming};
use crate::feed::capture::Direction;
use crate::feed::fairness::{Assay, Tally};
use crate::feed::latency::Summary;
use crate::feed::listener::News;
use crate::feed::record::{Metrics, RawRecorder, Recorder};
use crate::feed::socketio::Packet;
use crate::feed::{Fact, Heard, Listener};
#[cfg(feature = "browser")]
use crate::live::browser::Whisper;
use crate::live::monitor::Board;
use crate::model::time::Moment;
use crate::model::time::Stamp;
#[cfg(feature = "browser")]
pub(super) use page::Page;
pub(super) use torn::Torn;

/// What listens.
pub(super) struct Ear {
    pub(super) listener: Listener,
    pub(super) clock: Clock,
    /// The way into the world, where there is one.
    pub(super) world: Option<Sender<Message>>,
    pub(super) recorder: Option<Recorder>,
    pub(super) raw: Option<RawRecorder>,
    pub(super) happenings: Sender<Happening>,
    /// The game that an earlier session did not hear to its end.
    pub(super) torn: Torn,
    /// What is heard through a page.
    #[cfg(feature = "browser")]
    pub(super) page: Page,
    /// Who clicks in the page, where somebody does.
    #[cfg(feature = "browser")]
    pub(super) hand: Option<Whisper>,
    /// What was heard of the page.
    pub(super) counts: Counts,
    /// Where everybody sees what was heard.
    pub(super) board: Arc<Board>,
}

/// What the ear knows when everything is over.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    /// What the connection counted, or what was counted of the page's.
    pub connection: Counts,
    /// How many games came out fair, and how many not.
    pub fairness: Tally,
    /// Alarms, with their evidence.
    pub alarms: Vec<Assay>,
    /// What was strange, by kind, and how often.
    pub oddities: Vec<(&'static str, u64)>,
    /// How far ticks were from following one another in 250 ms, in microseconds.
    pub jitter_us: Summary,
    /// Messages that were no event.
    pub undecodable: u64,
    /// Happenings that nobody took.
    pub untold: u64,
    /// How recording went.
    pub recording: Option<Metrics>,
    /// How recording what came raw went.
    pub raw: Option<Metrics>,
}

impl Ear {
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
        self.board.feed.connected();
        self.happened(Happening::Connected { attempt });
        let heard = self.listener.connection(moment(), true);
        self.pass_on(heard, self.clock.stamp())
    }

    fn lost(&mut self, why: &impl Display, retry_in: Duration) -> Result<(), Error> {
        let why = why.to_string();
        self.board.feed.lost(&why);
        self.happened(Happening::Lost { why, retry_in });
        let heard = self.listener.connection(moment(), false);
        self.pass_on(heard, self.clock.stamp())
    }

    fn beat(&mut self, at: Moment) -> Result<(), Error> {
        self.show_queue();
        let heard = self.listener.pass(at);
        self.pass_on(heard, self.clock.stamp())
    }

    fn take(&mut self, at: Moment, stamp: Stamp, text: &str) -> Result<(), Error> {
        self.board.feed.message(text.len());
        let Ok(Packet::Event(event)) = Packet::parse(text) else {
            self.board.feed.undecodable.inc();
            return Ok(());
        };
        let payload = event.payload().map_or("null", |payload| payload.get());
        if let Some(raw) = &mut self.raw {
            raw.record(at, Direction::In, (&event.name, payload))?;
        }
        let heard = self.listener.take(at, &event.name, payload);
        self.board.feed.heard(&heard.facts);
        self.board.feed.strange(self.listener.oddities());
        self.pass_on(heard, stamp)
    }

    /// How many messages wait for the world: seen from here, where a world that hangs is seen too.
    fn show_queue(&self) {
        if let Some(world) = &self.world {
            self.board.feed.queued(world.len(), world.capacity().unwrap_or_default());
        }
    }

    /// To whom it concerns, and what it means.
    fn pass_on(&mut self, heard: Heard, stamp: Stamp) -> Result<(), Error> {
        self.hand_over(heard, stamp)?;
        let news: Vec<News> = self.listener.news().collect();
        news.into_iter().try_for_each(|news| self.tell(news))
    }

    /// To the recorder, and to the world.
    fn hand_over(&mut self, mut heard: Heard, stamp: Stamp) -> Result<(), Error> {
        self.torn.leave_out(&mut heard.facts);
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
                Err(Error::new(Kind::Live, what).hint(
                    "nothing was left out: the session ended instead; play fewer bots, or on a faster \
                     machine",
                ))
            }
        }
    }

    fn tell(&mut self, news: News) -> Result<(), Error> {
        match &news {
            News::Level(change) => self.board.feed.changed(change),
            News::Fairness(assay) => self.board.feed.ruled(&assay.ruling),
        }
        if let Some(recorder) = &mut self.recorder {
            match &news {
                News::Level(change) => recorder.note(change.at, &change.to_string())?,
                News::Fairness(assay) => {
                    let fair = !assay.ruling.is_alarm();
                    let text = assay.ruling.to_string();
                    recorder.verdict(assay.at, assay.reveal.game_id, (fair, &text))?;
                }
            }
        }
        self.happened(match news {
            News::Level(change) => Happening::Level(change),
            News::Fairness(assay) => Happening::Fairness(assay),
        });
        Ok(())
    }

    fn happened(&mut self, happening: Happening) {
        if self.happenings.try_send(happening).is_err() {
            self.board.feed.untold.inc();
        }
    }

    /// Finishes the recordings and says what there is to say.
    ///
    /// # Errors
    /// When a recording could not be finished.
    pub(super) fn close(self, connection: Option<Counts>) -> Result<Closing, Error> {
        let Self { listener, recorder, raw, counts, board, .. } = self;
        let recording = recorder.map(Recorder::finish).transpose();
        let raw = raw.map(RawRecorder::finish).transpose();
        Ok(Closing {
            connection: connection.unwrap_or(counts),
            fairness: listener.fairness().tally(),
            alarms: listener.fairness().alarms().cloned().collect(),
            oddities: listener
                .oddities()
                .counts()
                .iter()
                .map(|(&kind, &count)| (kind, count))
                .collect(),
            jitter_us: listener.jitter().summary(),
            undecodable: board.feed.undecodable.get(),
            untold: board.feed.untold.get(),
            recording: recording?,
            raw: raw?,
        })
    }
}
