//! The edge of a session: what is followed, what is kept of it, and how much may wait.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::execution::ExecutionConfig;
use crate::base::runtime::GRACE;
use crate::feed::Thresholds;
use crate::feed::bridge;
use crate::feed::record;
#[cfg(feature = "browser")]
use crate::live::browser;
use crate::live::monitor::Metrics;

/// How much may wait, how long, and what is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Messages that may wait for the world. One more ends the session.
    pub world_messages: usize,
    /// Events that may wait to be told; beyond it they are counted only.
    pub events: usize,
    /// Longest time that a recording takes to finish; two of them fit into
    /// [`GRACE`].
    pub finish_within: Duration,
    /// Longest time that the edge takes to end: [`GRACE`], unless the machine is known to be busy.
    pub end_within: Duration,
    /// How long the page may be silent about the game before the feed stands in.
    pub fallback_after: Duration,
    /// By how much the price of a fill may differ from that of its tick and of the one after it, in
    /// basis points.
    pub max_slippage: u32,
    /// From where on the feed is not relied on.
    pub thresholds: Thresholds,
}

impl Default for Config {
    /// Some 17 minutes of ticks, 1,024 events, 800 ms, 2 s, and 5 s, which no pause of the
    /// game takes; no slippage, as fills have the price of their tick
    /// (docs/spec/protocol.md#trades).
    fn default() -> Self {
        Self {
            world_messages: 4_096,
            events: 1_024,
            finish_within: Duration::from_millis(800),
            end_within: GRACE,
            fallback_after: Duration::from_secs(5),
            max_slippage: 0,
            thresholds: Thresholds::default(),
        }
    }
}

/// Where the games come from.
#[derive(Debug)]
pub enum Follow {
    /// A feed, by a connection of our own.
    Feed(Box<bridge::Config>),
    /// What a page of the site hears, in a browser; and the feed that is followed while its socket
    /// is silent, where there is one.
    #[cfg(feature = "browser")]
    Page(Box<browser::Config>, Option<Box<bridge::Config>>),
}

/// The edge of a session: what is followed, and what is kept of it.
#[derive(Debug)]
pub struct Edge {
    /// Where the games come from.
    pub feed: Follow,
    /// Where games are recorded.
    pub recording: Option<record::Config>,
    /// Where events are recorded as they come.
    pub raw: Option<record::Config>,
    /// How orders are carried out in the page; none on paper.
    pub execution: Option<ExecutionConfig>,
    /// The folder of what an earlier session recorded, which this one goes on with. On paper only:
    /// what became of the last orders of one that clicked is not known.
    pub past: Option<PathBuf>,
    /// How much may wait, and what is relied on.
    pub config: Config,
    /// Where others see how it goes.
    pub metrics: Arc<Metrics>,
}

impl Edge {
    /// An edge that follows on paper and keeps nothing, with the usual bounds, seen by nobody.
    #[must_use]
    pub fn new(feed: Follow) -> Self {
        let (config, metrics) = (Config::default(), Arc::default());
        Self { feed, recording: None, raw: None, execution: None, past: None, config, metrics }
    }
}
