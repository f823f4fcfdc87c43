//! The numbers of a session, in groups by who writes them.

mod bots;
mod clicks;
mod feed;

use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use super::log::Log;
#[cfg(target_os = "linux")]
use super::process::Process;
pub use super::recordings::Recordings;
use super::shelf::Shelf;
use super::{Heartbeat, Histogram};
pub use bots::Bots;
pub use clicks::Clicks;
pub use feed::Feed;

/// What anybody may look at while a session goes on.
#[derive(Debug)]
pub struct Board {
    /// Whether the session goes on: written by its own thread.
    pub heartbeat: Heartbeat,
    /// Of the feed: written by the feed ingest.
    pub feed: Feed,
    /// How long ticks take: written by the world.
    pub world: World,
    /// Of the bots: written by who takes the finished games.
    pub bots: Bots,
    /// Of clicking: written by the order gateway.
    pub clicks: Clicks,
    /// Of the recorders, who keep their numbers themselves.
    pub recordings: Recordings,
    /// Of the log, where it is written to files.
    pub log: Log,
    registry: Registry,
}

/// How long things take in the world. Written at the end of each tick.
#[derive(Debug)]
pub struct World {
    /// A tick, from its first stage to its last.
    pub step: Histogram,
    /// From the arrival of a message to the end of the tick that it made.
    pub decision: Histogram,
    /// From the end of the tick at which an order was sent to that at which it was filled or refused.
    pub fill: Histogram,
}

impl World {
    fn new(shelf: &mut Shelf<'_>) -> Self {
        Self {
            step: shelf.histogram(
                "replayer_step_seconds",
                "Time of a tick of the world, from its first stage to its last",
            ),
            decision: shelf.histogram(
                "replayer_decision_seconds",
                "Time from the arrival of a message to the end of the tick that it made",
            ),
            fill: shelf
                .histogram("replayer_fill_seconds", "Time from a decision to its fill or refusal"),
        }
    }
}

impl Default for Board {
    /// Nothing happened yet.
    fn default() -> Self {
        let mut registry = Registry::default();
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("replayer_build", "The version of the program", version);
        let shelf = &mut Shelf(&mut registry);
        let (feed, world) = (Feed::new(shelf), World::new(shelf));
        let (bots, clicks) = (Bots::new(shelf), Clicks::new(shelf));
        let (recordings, log) = (Recordings::default(), Log::default());
        registry.register_collector(Box::new(recordings.clone()));
        registry.register_collector(Box::new(clicks.arming()));
        registry.register_collector(Box::new(log.clone()));
        #[cfg(target_os = "linux")]
        registry.register_collector(Box::new(Process));
        let heartbeat = Heartbeat::default();
        Self { heartbeat, feed, world, bots, clicks, recordings, log, registry }
    }
}

impl Board {
    /// Everything, in the text format of Prometheus.
    ///
    /// # Panics
    /// Never: text can always be written to memory.
    #[must_use]
    pub fn exposition(&self) -> String {
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a text takes what is written to it");
        text
    }
}
