//! The numbers of a session, in groups by who writes them.

mod bots;
mod clicks;
mod feed;

use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

pub use super::log::LogMetrics;
#[cfg(target_os = "linux")]
use super::process::ProcessMetrics;
pub use super::recordings::Recordings;
use super::registry::MetricRegistry;
use super::{Heartbeat, LatencyHistogram};
pub use bots::BotMetrics;
pub use clicks::ClickMetrics;
pub use feed::FeedMetrics;

/// What anybody may look at while a session goes on.
#[derive(Debug)]
pub struct Metrics {
    /// Whether the session goes on: written by its own thread.
    pub heartbeat: Heartbeat,
    /// Of the feed: written by the feed ingest.
    pub feed: FeedMetrics,
    /// How long ticks take: written by the world.
    pub world: WorldMetrics,
    /// Of the bots: written by who takes the finished games.
    pub bots: BotMetrics,
    /// Of clicking: written by the order gateway.
    pub clicks: ClickMetrics,
    /// Of the recorders, who keep their numbers themselves.
    pub recordings: Recordings,
    /// Of the log, where it is written to files.
    pub log: LogMetrics,
    registry: Registry,
}

/// How long things take in the world. Written at the end of each tick.
#[derive(Debug)]
pub struct WorldMetrics {
    /// A tick, from its first stage to its last.
    pub step: LatencyHistogram,
    /// From the arrival of a message to the end of the tick that it made.
    pub decision: LatencyHistogram,
    /// From the end of the tick at which an order was sent to that at which it was filled or refused.
    pub fill: LatencyHistogram,
}

impl WorldMetrics {
    fn new(metrics: &mut MetricRegistry<'_>) -> Self {
        Self {
            step: metrics.histogram(
                "replayer_step_seconds",
                "Time of a tick of the world, from its first stage to its last",
            ),
            decision: metrics.histogram(
                "replayer_decision_seconds",
                "Time from the arrival of a message to the end of the tick that it made",
            ),
            fill: metrics.histogram(
                "replayer_fill_seconds",
                "Time from a decision to its fill or rejection",
            ),
        }
    }
}

impl Default for Metrics {
    /// Metrics of a session that has not begun.
    fn default() -> Self {
        let mut registry = Registry::default();
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("replayer_build", "The version of the program", version);
        let metrics = &mut MetricRegistry(&mut registry);
        let (feed, world) = (FeedMetrics::new(metrics), WorldMetrics::new(metrics));
        let (bots, clicks) = (BotMetrics::new(metrics), ClickMetrics::new(metrics));
        let (recordings, log) = (Recordings::default(), LogMetrics::default());
        registry.register_collector(Box::new(recordings.clone()));
        registry.register_collector(Box::new(clicks.arming()));
        registry.register_collector(Box::new(log.clone()));
        registry.register_collector(Box::new(feed.silence.clone()));
        #[cfg(target_os = "linux")]
        registry.register_collector(Box::new(ProcessMetrics));
        let heartbeat = Heartbeat::default();
        Self { heartbeat, feed, world, bots, clicks, recordings, log, registry }
    }
}

impl Metrics {
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
