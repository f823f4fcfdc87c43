//! The workload W1 of other engines: one series of a million ticks, one table, one bot that trades
//! in a band.
//!
//! It is the work on which other engines were measured: 6,367 entries and a final equity of
//! 10,766.8786 from 10,000 prove that it is the same.

use std::sync::Arc;
use std::time::Duration;

use bevy_app::App;
use sha2::{Digest as _, Sha256};

use super::cast::{Cast, SEED, plain_bot};
use super::measure::{Effort, Figure, Lap, Race, Reach, race, time};
use super::series;
use super::staged::{Digests, Run};
use crate::engine;
use crate::engine::driver::Pacing;
use crate::engine::journal::GameLog;
use crate::engine::plain::{self, BotRow, PlainBot};
use crate::engine::source::Playlist;
use crate::engine::strategy::{LifeStart, Strategy, View};
use crate::engine::table::Tables;
use crate::engine::testing::tape;
use crate::model::account::{Position, Tally, Wallet};
use crate::model::game::Game;
use crate::model::ids::BotIndex;
use crate::model::order::{Action, Actions};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::rounding;
use crate::model::rules::{Latency, Rules};
use crate::model::setup::{Bankroll, Setup};
use crate::model::sol::Sol;
use crate::model::tape::Tape;
use crate::params;

/// Number of buys in a full series.
pub const ENTRIES: u32 = 6_367;
/// Cash and position at the end of a full series, in SOL.
pub const EQUITY: Sol = Sol::from_lamports_const(10_766_878_600_000);

params! {
    /// Parameters of [`Band`]: none.
    pub struct BandParams {}
}

/// Buys one unit when flat, above 1.0 up to 1.5; sells it when long, from 2.0 up or 1.0 down.
#[derive(Debug, Clone)]
pub struct Band {
    unit: Quantity,
}

impl Strategy for Band {
    type Params = BandParams;
    const NAME: &'static str = "Band";
    const ABOUT: &'static str = "Trades one unit in a band of prices: the bot of workload W1.";

    fn new(_: &BandParams, _: LifeStart<'_>) -> Self {
        Self { unit: Quantity::from_billionths(1_000_000_000).unwrap_or_default() }
    }

    #[inline]
    fn decide(&mut self, _: &BandParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        let price = view.price().get();
        if view.position.is_flat() {
            // The cost of one unit: these prices have four decimals, so the stake is exact.
            let stake = || rounding::proceeds(self.unit, view.price()).ok();
            (price > 1.0 && price <= 1.5).then(stake)?.map(|stake| Action::Buy { stake })
        } else {
            (price >= 2.0 || price <= 1.0).then_some(Action::SELL_ALL)
        }
    }
}

/// One bot that trades in a band through a tape that ends without a rug.
///
/// # Panics
/// When a number is not a valid price.
#[must_use]
pub fn run(prices: impl IntoIterator<Item = f64>) -> Run {
    let tape = Tape { rugged: false, ..tape("w1", prices) };
    let rules =
        Rules { latency: Latency::Immediate, max_bet: Sol::milli(10_000), ..Rules::observed() };
    let setup = Setup { rules, bankroll: Bankroll::PerGame(Sol::milli(10_000_000)), seed: SEED };
    let playlist = Arc::new(Playlist::Tapes(vec![Arc::new(tape)]));
    Run { setup, cast: Cast::none().with::<Band>(1), playlist }
}

/// The result: entries, and cash and position at the last price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct W1Outcome {
    /// Number of buys over the whole series.
    pub entries: u32,
    /// Cash plus the worth of the position, in SOL.
    pub equity: Sol,
}

/// Plays the series in a world.
///
/// # Panics
/// When the bot no longer exists.
#[must_use]
pub fn staged(run: &Run) -> (Lap, W1Outcome) {
    in_world(run, run.world(1, Box::new(Digests::default()), Pacing::Max))
}

/// Plays the series in a world as one whole game, to its end.
///
/// # Panics
/// When the bot no longer exists.
#[must_use]
pub fn batch(run: &Run) -> (Lap, W1Outcome) {
    in_world(run, run.world_by_games(Box::new(Digests::default())))
}

fn in_world(run: &Run, mut app: App) -> (Lap, W1Outcome) {
    let (took, _) = time(|| engine::run(&mut app, &|| false));
    let world = app.world_mut();
    let ticks = world.resource::<Tables>().ticks();
    let mut bots = world.query::<(&Wallet, &Position, &Tally)>();
    let account = bots.single(world).expect("one bot");
    ended(run, (ticks, took), account)
}

/// Plays the series in a plain loop.
#[must_use]
pub fn plain(run: &Run) -> (Lap, W1Outcome) {
    // One seat without the loop over a row, which would cost a tenth of such a cheap tick.
    struct Only<'a>(&'a mut PlainBot<Band>);
    impl BotRow for Only<'_> {
        fn tick(&mut self, game: &Game, setup: &Setup, log: &mut GameLog) {
            self.0.tick(game, setup, log).unwrap_or_else(|error| panic!("{error}"));
        }
    }
    let mut bot = plain_bot::<Band>(BotIndex::FIRST);
    let (took, ticks) =
        time(|| plain::play(&run.playlist, &run.setup, &mut [Box::new(Only(&mut bot))], |_, _| {}));
    let account = bot.account();
    ended(run, (ticks, took), (&account.wallet, &account.position, &account.tally))
}

/// The result of a lap. A game without an end has no digest of its own: this is one of the account
/// at its end.
fn ended(
    run: &Run,
    (ticks, took): (u64, Duration),
    (wallet, position, tally): (&Wallet, &Position, &Tally),
) -> (Lap, W1Outcome) {
    let last = match &*run.playlist {
        Playlist::Tapes(tapes) => tapes.last().and_then(|tape| tape.prices.last()),
        Playlist::Generated { .. } | Playlist::Seeds(_) => None,
    };
    let worth = rounding::proceeds(position.quantity, last.copied().unwrap_or(Price::ONE));
    let equity = worth.and_then(|worth| wallet.cash.plus(worth)).expect("far from the limits");
    let digest = Sha256::digest(format!("{wallet:?} {position:?} {tally:?}")).into();
    (Lap { ticks, took, digest }, W1Outcome { entries: tally.buys, equity })
}

/// Ticks and whole games, each against the plain loop, all with the expected result.
///
/// # Panics
/// When the result differs from that of the other engines.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let run = run(series::series(series::TICKS));
    let expected = W1Outcome { entries: ENTRIES, equity: EQUITY };
    let check = |(lap, outcome): (Lap, W1Outcome)| {
        assert_eq!(outcome, expected, "this is not W1");
        lap
    };
    let figure = |driver, lap: Lap, plain: Lap, reach| Figure {
        workload: "w1",
        what: format!("W1, {driver}: {ENTRIES} entries, equity {EQUITY}, vs plain loop"),
        ticks_per_s: lap.rate(),
        baseline_ticks_per_s: Some(plain.rate()),
        reach: Reach::Rate(reach),
    };
    let Race { left: in_world, right: beside } =
        race(effort, || check(staged(&run)), || check(plain(&run)));
    let Race { left: in_batch, right: beside_batch } =
        race(effort, || check(batch(&run)), || check(plain(&run)));
    vec![figure("staged", in_world, beside, 2.5e6), figure("batch", in_batch, beside_batch, 40e6)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_driver_comes_to_the_end_that_other_engines_come_to() {
        let run = run(series::series(series::TICKS));
        let expected = W1Outcome { entries: ENTRIES, equity: EQUITY };
        let laps = [staged(&run), batch(&run), plain(&run)];
        for (lap, outcome) in laps {
            assert_eq!((outcome, lap.ticks), (expected, 1_000_000));
            assert_eq!(lap.digest, laps[0].0.digest);
        }
    }
}
