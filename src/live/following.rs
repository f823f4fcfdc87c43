//! The edge of a session at work, on threads of its own.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::edge::{Edge, Follow};
use super::event::SessionEvent;
use super::execution::{ExecutionConfig, LiveExecution};
#[cfg(feature = "browser")]
use super::ingest;
use super::ingest::{FeedIngest, PartialGame, SessionSummary};
use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::runtime::{Runtime, Shutdown};
use crate::engine::inbox::Message;
use crate::feed::Listener;
#[cfg(feature = "browser")]
use crate::feed::bridge;
use crate::feed::bridge::{Client, ConnectionCounts};
use crate::feed::record::{self, RawRecorder, Recorder};
#[cfg(feature = "browser")]
use crate::live::browser::Supervisor;
use crate::live::orders::OrderLog;

/// Who follows, before it does.
enum Start {
    Feed(Client),
    #[cfg(feature = "browser")]
    Page(Box<Supervisor>, Option<Box<bridge::Config>>),
}

impl Start {
    fn of(follow: Follow) -> Result<Self, Error> {
        Ok(match follow {
            Follow::Feed(config) => Self::Feed(Client::new(*config)?),
            #[cfg(feature = "browser")]
            Follow::Page(config, feed) => Self::Page(Box::new(Supervisor::new(*config)?), feed),
        })
    }

    /// Starts the click executor in the page, and passes it the events that the feed ingest receives.
    #[cfg(feature = "browser")]
    fn start(
        &mut self,
        (execution, orders): (ExecutionConfig, OrderLog),
        runtime: &mut Runtime,
        ingest: &mut FeedIngest,
        max_slippage: u32,
    ) -> Result<LiveExecution, Error> {
        let Self::Page(supervisor, _) = self else {
            return Err(Error::usage("orders are clicked in a page: there is none"));
        };
        let (pages, metrics) = (supervisor.pages(), Arc::clone(&ingest.metrics));
        let (armed, page_events) = execution.start(
            runtime,
            (pages, orders),
            ingest.clock,
            (&metrics.clicks, &metrics.recordings),
            max_slippage,
        )?;
        supervisor.confirm_to(page_events.clone());
        ingest.page_events = Some(page_events);
        Ok(armed)
    }

    #[cfg(not(feature = "browser"))]
    fn start(
        &mut self,
        (execution, _): (ExecutionConfig, OrderLog),
        _: &mut Runtime,
        _: &mut FeedIngest,
        _: u32,
    ) -> Result<LiveExecution, Error> {
        match execution {}
    }
}

/// The edge at work, on threads of its own.
pub(super) struct Following {
    runtime: Option<Runtime>,
    end_within: Duration,
    pub(super) events: Receiver<SessionEvent>,
    summary: Receiver<Result<SessionSummary, Error>>,
    pub(super) armed: Option<LiveExecution>,
}

impl Following {
    pub(super) fn start(
        edge: Edge,
        clock: Clock,
        world: Option<Sender<Message>>,
        partial: PartialGame,
    ) -> Result<Self, Error> {
        let Edge { feed, recording, raw, execution, orders, past: _, config, metrics } = edge;
        let soon = |recording| record::Config { finish_within: config.finish_within, ..recording };
        let mut start = Start::of(feed)?;
        let (events, told) = bounded(config.events);
        let (closed, summary) = bounded(1);
        let mut ingest = FeedIngest {
            listener: Listener::new(config.thresholds),
            clock,
            world,
            recorder: recording.map(soon).map(Recorder::start).transpose()?,
            raw: raw.map(soon).map(RawRecorder::start).transpose()?,
            events,
            partial,
            #[cfg(feature = "browser")]
            page: ingest::PageFeed::new(config.fallback_after),
            #[cfg(feature = "browser")]
            page_events: None,
            counts: ConnectionCounts::default(),
            metrics: Arc::clone(&metrics),
        };
        metrics.feed.rely_on(&config.thresholds);
        if let Some(recorder) = &ingest.recorder {
            metrics.recordings.facts(recorder.gauge());
        }
        if let Some(raw) = &ingest.raw {
            metrics.recordings.raw(raw.gauge());
        }
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone())?;
        let armed = execution
            .map(|execution| {
                start.start((execution, orders), &mut runtime, &mut ingest, config.max_slippage)
            })
            .transpose()?;
        runtime.spawn("feed", async move {
            let (ended, counts) = match start {
                Start::Feed(client) => {
                    let counters = client.counters();
                    let ended = client.follow(|incoming| ingest.hear(incoming), shutdown).await;
                    (ended, Some(counters.read()))
                }
                #[cfg(feature = "browser")]
                Start::Page(supervisor, feed) => {
                    let (ended, heard) = ingest.follow_page(*supervisor, feed, shutdown).await;
                    ingest = heard;
                    (ended, None)
                }
            };
            // The receiver is gone only when nobody wants to know.
            let _ = closed.send(ingest.close(counts));
            ended
        });
        let end_within = config.end_within;
        Ok(Self { runtime: Some(runtime), end_within, events: told, summary, armed })
    }

    /// Stops the edge and says what it knows; within its time.
    pub(super) fn end(&mut self) -> Result<SessionSummary, Error> {
        let runtime = self.runtime.take();
        let ended = runtime.map_or(Ok(()), |runtime| runtime.join_within(self.end_within));
        let summary = self.summary.try_recv().unwrap_or_else(|_| Ok(SessionSummary::default()));
        ended?;
        summary
    }
}
