//! A site of our own in the style of the game, to try the browser bridge on, and to make it stumble:
//! a page with the game's controls, and a server that keeps accounts.
//!
//! ```text
//! feed server ── frames ──> page (its own Socket.IO client, its own controls)
//!   the games                 │ buyOrder, sellOrder, requestSidebet
//!      └── what happens ──> exchange ── newTrade, playerUpdate, acknowledgement ──> page
//!                             └ players: the engine's rules and arithmetic
//! ```
//!
//! The feed server plays the games and calls the exchange, a [`ServedSite`], for everything else.
//! An account is known by its name (`/?account=NAME`, `demo` without one), so that it outlives the
//! page, the connection and a restart; `/account?account=NAME` is what the server keeps of it, as
//! JSON, and `/counts?account=NAME` the same without its lists. What is to go wrong is an [`SiteCommand`], in the program or as a line of words.
//!
//! [`ServedSite`]: crate::demo::feed_server::ServedSite

mod account;
pub mod command;
mod exchange;
mod page;
mod page_state;
mod payload;

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::base::error::Error;
use crate::demo::feed_server::{self, GameOver, ServerCounters};
use crate::model::sol::Sol;
pub use command::SiteCommand;

use exchange::DemoExchange;

/// Everything that a site needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The games, and where to listen.
    pub feed: feed_server::Config,
    /// What every account begins with, in SOL.
    pub bankroll: Sol,
    /// Time from an order to its acknowledgement.
    pub latency: RangeInclusive<Duration>,
    /// What the draws of latencies and class names come from.
    pub seed: u64,
    /// What is wrong from the beginning.
    pub orders: Vec<SiteCommand>,
}

impl Config {
    /// A site with 10 SOL for everybody that takes 150 to 220 ms for an order, as the real one did
    /// (docs/spec/protocol.md#orders), and does nothing wrong.
    #[must_use]
    pub fn new(feed: feed_server::Config) -> Self {
        Self {
            feed,
            bankroll: Sol::milli(10_000),
            latency: Duration::from_millis(150)..=Duration::from_millis(220),
            seed: 0,
            orders: Vec::new(),
        }
    }
}

/// A site that is running. Dropped, it stops.
#[derive(Debug)]
pub struct DemoSiteHandle {
    feed: feed_server::FeedServerHandle,
}

/// Starts a site on a thread and a runtime of its own.
///
/// # Errors
/// As [`feed_server::start`].
pub fn start(config: Config) -> Result<DemoSiteHandle, Error> {
    let feed = config.feed.clone();
    let exchange = DemoExchange::new(config);
    Ok(DemoSiteHandle { feed: feed_server::start_site(feed, Box::new(exchange))? })
}

impl DemoSiteHandle {
    /// Where it listens: `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        self.feed.url()
    }

    /// The games that are over, as [`feed_server::FeedServerHandle::games_over`].
    #[must_use]
    pub const fn games_over(&self) -> &crossbeam_channel::Receiver<GameOver> {
        self.feed.games_over()
    }

    /// Tells it what to do wrong; false when it is over or has too much to do.
    pub fn order(&self, order: &SiteCommand) -> bool {
        self.feed.order(feed_server::ServerCommand::Site(order.to_string()))
    }

    /// The feed under it, which has orders of its own: silence, cuts, a restart.
    #[must_use]
    pub const fn feed(&self) -> &feed_server::FeedServerHandle {
        &self.feed
    }

    /// Stops it and says what its feed did.
    pub fn stop(self) -> ServerCounters {
        self.feed.stop()
    }
}
