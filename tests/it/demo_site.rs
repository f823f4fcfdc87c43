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
use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use replayer::games::fair::seed::ServerSeed;
use replayer::model::ids::GameId;
use replayer::model::sol::Sol;

/// The seed of all games here.
const SEED: u64 = 11;

/// A site that plays generated games so fast, where the machine has time, and takes none for orders.
pub(crate) fn site(games: u64, speed: f64) -> DemoSiteHandle {
    start(quick(games, speed)).unwrap()
}

pub(crate) fn quick(games: u64, speed: f64) -> Config {
    of(Playlist::Generated { seed: SEED, games }, speed)
}

/// The same with games of 60 to 110 ticks: for who waits for the ends of games.
pub(crate) fn brief(speed: f64) -> Config {
    let made = (0..).map(|index| generated(SEED, index));
    let rug = |(seed, id): &(ServerSeed, GameId)| Course::of(FairGame::new(seed, id)).rug_tick();
    let short = made.filter(|game| (60..=110).contains(&rug(game)));
    of(Playlist::Seeds(short.take(1_000).collect()), speed)
}

fn of(playlist: Playlist, speed: f64) -> Config {
    let mut feed = Feed::new(Repertoire::new(playlist, SEED).unwrap());
    feed.pace = pace(speed);
    feed.wait_for_client = true;
    let mut config = Config::new(feed);
    config.latency = Duration::ZERO..=Duration::ZERO;
    config.bankroll = Sol::milli(10_000);
    config
}
