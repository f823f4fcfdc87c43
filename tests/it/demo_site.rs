//! The demo site: what its server says and keeps, and how it misbehaves when told to.

mod accounts;
mod command;
mod misbehaviour;
pub(crate) mod visitor;

use std::time::Duration;

use crate::machine::pace;
use replayer::demo::demo_site::{Config, DemoSiteHandle, start};
use replayer::demo::feed_server::{Config as Feed, Repertoire};
use replayer::engine::source::Playlist;
use replayer::model::sol::Sol;

/// The seed of all games here.
const SEED: u64 = 11;

/// A site that plays generated games so fast, where the machine has time, and takes none for orders.
pub(crate) fn site(games: u64, speed: f64) -> DemoSiteHandle {
    start(quick(games, speed)).unwrap()
}

pub(crate) fn quick(games: u64, speed: f64) -> Config {
    let playlist = Playlist::Generated { seed: SEED, games };
    let mut feed = Feed::new(Repertoire::new(playlist, SEED).unwrap());
    feed.pace = pace(speed);
    feed.wait_for_client = true;
    let mut config = Config::new(feed);
    config.latency = Duration::ZERO..=Duration::ZERO;
    config.bankroll = Sol::milli(10_000);
    config
}
