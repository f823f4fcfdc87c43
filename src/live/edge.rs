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
use crate::live::orders::OrderLog;

/// What an armed session does with what is open when it stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnStop {
    /// It says what is open, and leaves it.
    #[default]
    Hold,
    /// It sells what is open, once, where it is still armed.
    Sell,
}

/// What an armed session does when it is disarmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnDisarm {
    /// It goes on without orders, and its books follow the site's account.
    #[default]
    Watch,
    /// It goes on, on paper.
    Paper,
    /// It ends at once.
    End,
}

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
    /// Longest time that a stop waits for the order that is on its way, and again for the one that
    /// sells what is open.
    pub stop_within: Duration,
    /// What an armed session does with what is open when it stops.
    pub on_stop: OnStop,
    /// What an armed session does when it is disarmed.
    pub on_disarm: OnDisarm,
    /// Orders of a session that evidence is kept of, where they are refused or unknown.
    pub evidence_orders: u32,
    /// How long the page may be silent about the game before the feed stands in.
    pub fallback_after: Duration,
    /// By how much the price of a fill may differ from that of its tick and of the one after it, in
    /// basis points.
    pub max_slippage: u32,
    /// From where on the feed is not relied on.
    pub thresholds: Thresholds,
}

impl Default for Config {
    /// Some 17 minutes of ticks, 1,024 events, 800 ms, 2 s, 1 s, and 5 s, which no pause of the
    /// game takes; no slippage, as fills have the price of their tick
    /// (docs/spec/protocol.md#trades). What is open is held; disarmed, it watches.
    fn default() -> Self {
        Self {
            world_messages: 4_096,
            events: 1_024,
            finish_within: Duration::from_millis(800),
            end_within: GRACE,
            stop_within: Duration::from_secs(1),
            on_stop: OnStop::default(),
            on_disarm: OnDisarm::default(),
            evidence_orders: 20,
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
    /// What is kept and told of the orders of an armed session.
    pub orders: OrderLog,
    /// The folder of what an earlier session recorded, which this one goes on with. On paper only:
    /// the fills of one that clicked are the site's, and not in its recording.
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
        let orders = OrderLog::default();
        Self {
            feed,
            recording: None,
            raw: None,
            execution: None,
            orders,
            past: None,
            config,
            metrics,
        }
    }
}
