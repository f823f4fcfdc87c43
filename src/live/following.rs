//! The edge of a session at work, on threads of its own.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::arms::{Armed, Arms};
use super::clock::Clock;
#[cfg(feature = "browser")]
use super::ear;
use super::ear::{Closing, Ear, Torn};
use super::edge::{Edge, Follow};
use super::happening::Happening;
use crate::base::error::Error;
use crate::base::runtime::{Runtime, Shutdown};
use crate::engine::inbox::Message;
use crate::feed::Listener;
#[cfg(feature = "browser")]
use crate::feed::bridge;
use crate::feed::bridge::{Client, Counts};
use crate::feed::record::{self, RawRecorder, Recorder};
#[cfg(feature = "browser")]
use crate::live::browser::Supervisor;

/// Who follows, before it does.
enum Start {
    Feed(Client),
    #[cfg(feature = "browser")]
    Page(Supervisor, Option<Box<bridge::Config>>),
}

impl Start {
    fn of(follow: Follow) -> Result<Self, Error> {
        Ok(match follow {
            Follow::Feed(config) => Self::Feed(Client::new(*config)?),
            #[cfg(feature = "browser")]
            Follow::Page(config, feed) => Self::Page(Supervisor::new(*config)?, feed),
        })
    }

    /// Starts the hand in the page, and lets it hear what the ear does.
    #[cfg(feature = "browser")]
    fn take_up(&self, arms: Arms, runtime: &mut Runtime, ear: &mut Ear) -> Result<Armed, Error> {
        let Self::Page(supervisor, _) = self else {
            return Err(Error::usage("orders are clicked in a page: there is none"));
        };
        let pages = supervisor.pages();
        let (armed, whisper) = arms.take_up(runtime, pages, ear.clock, &ear.board.clicks)?;
        ear.hand = Some(whisper);
        Ok(armed)
    }

    #[cfg(not(feature = "browser"))]
    fn take_up(&self, arms: Arms, _: &mut Runtime, _: &mut Ear) -> Result<Armed, Error> {
        match arms {}
    }
}

/// The edge at work, on threads of its own.
pub(super) struct Following {
    runtime: Option<Runtime>,
    end_within: Duration,
    pub(super) happenings: Receiver<Happening>,
    closing: Receiver<Result<Closing, Error>>,
    pub(super) armed: Option<Armed>,
}

impl Following {
    pub(super) fn start(
        edge: Edge,
        clock: Clock,
        world: Option<Sender<Message>>,
        torn: Torn,
    ) -> Result<Self, Error> {
        let Edge { feed, recording, raw, arms, past: _, config, board } = edge;
        let soon = |recording| record::Config { finish_within: config.finish_within, ..recording };
        let start = Start::of(feed)?;
        let (happenings, told) = bounded(config.happenings);
        let (closed, closing) = bounded(1);
        let mut ear = Ear {
            listener: Listener::new(config.thresholds),
            clock,
            world,
            recorder: recording.map(soon).map(Recorder::start).transpose()?,
            raw: raw.map(soon).map(RawRecorder::start).transpose()?,
            happenings,
            torn,
            #[cfg(feature = "browser")]
            page: ear::Page::new(config.fallback_after),
            #[cfg(feature = "browser")]
            hand: None,
            counts: Counts::default(),
            board: Arc::clone(&board),
        };
        if let Some(recorder) = &ear.recorder {
            board.recordings.facts(recorder.gauge());
        }
        if let Some(raw) = &ear.raw {
            board.recordings.raw(raw.gauge());
        }
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone())?;
        let armed = arms.map(|arms| start.take_up(arms, &mut runtime, &mut ear)).transpose()?;
        runtime.spawn("feed", async move {
            let (ended, counts) = match start {
                Start::Feed(client) => {
                    let counters = client.counters();
                    let ended = client.follow(|incoming| ear.hear(incoming), shutdown).await;
                    (ended, Some(counters.read()))
                }
                #[cfg(feature = "browser")]
                Start::Page(supervisor, feed) => {
                    let (ended, heard) = ear.follow_page(supervisor, feed, shutdown).await;
                    ear = heard;
                    (ended, None)
                }
            };
            // The receiver is gone only when nobody wants to know.
            let _ = closed.send(ear.close(counts));
            ended
        });
        let end_within = config.end_within;
        Ok(Self { runtime: Some(runtime), end_within, happenings: told, closing, armed })
    }

    /// Stops the edge and says what it knows; within its time.
    pub(super) fn end(&mut self) -> Result<Closing, Error> {
        let runtime = self.runtime.take();
        let ended = runtime.map_or(Ok(()), |runtime| runtime.join_within(self.end_within));
        let closing = self.closing.try_recv().unwrap_or_else(|_| Ok(Closing::default()));
        ended?;
        closing
    }
}
