//! What is said about runs: exact in any split, honest about what it does not know.

mod coverage;
mod figures;
mod lives;
mod output;
mod sample;
mod selection;
mod splits;
mod wrong;

use std::num::NonZeroU64;

use replayer::analysis::summary::{Plan, PlanEntry, Summary};
use replayer::engine::journal::{GameRecord, Row};
use replayer::engine::source::Playlist;
use replayer::engine::strategy::{Strategies, Strategy};
use replayer::engine::{BotSpec, Lineup};
use replayer::model::account::Tally;
use replayer::model::ids::{BotId, BotIndex, GameId, GameIndex};
use replayer::model::price::Price;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;

use crate::games::by_games;
use crate::words::prompt;

fn spec<S: Strategy>(id: &str, params: S::Params) -> BotSpec {
    BotSpec::new::<S>(BotId::new(id).unwrap(), params)
}

fn setup(bankroll: Bankroll) -> Setup {
    Setup { rules: prompt(), bankroll, seed: 5 }
}

fn lives(games: u64) -> Bankroll {
    Bankroll::Lives { bankroll: Sol::milli(20), games: NonZeroU64::new(games).unwrap() }
}

/// Plays generated games and hands each to `each`.
fn play(bots: &[BotSpec], setup: &Setup, games: u64, each: impl FnMut(GameRecord)) {
    let strategies = Strategies::standard();
    let playlist = Playlist::Generated { seed: setup.seed, games };
    by_games(Lineup { setup, bots, strategies: &strategies }, playlist, false, each);
}

/// A plan of bots with one name each.
fn plan(bots: &[&str], games: u64) -> Plan {
    let entry = |id: &&str| PlanEntry {
        id: (*id).to_owned(),
        group: (*id).to_owned(),
        strategy: "Test".to_owned(),
        oracles: Vec::new(),
    };
    Plan {
        scenario: "by hand".to_owned(),
        seed: 1,
        games: Some(games),
        games_per_unit: Some(1),
        start: Sol::milli(100),
        min_bet: Sol::milli(1),
        below: Vec::new(),
        fan: true,
        sample: None,
        bots: bots.iter().map(entry).collect(),
    }
}

/// A game of 100 ticks in which each bot staked 5 milli-SOL on one buy and gained some lamports.
fn game(index: u64, gains: &[i64]) -> GameRecord {
    let row = |(bot, &gain): (BotIndex, &i64)| Row {
        bot,
        tally: Tally { buys: 1, sells: 1, bought: Sol::milli(5), ..Tally::default() },
        pnl: Sol::from_lamports_const(gain),
        cash: Sol::milli(100).plus(Sol::from_lamports_const(gain)).unwrap(),
        max_drawdown: Sol::ZERO,
        low: Sol::milli(100).min(Sol::milli(100).plus(Sol::from_lamports_const(gain)).unwrap()),
        can_bet: None,
    };
    GameRecord {
        index: GameIndex::after(index),
        variant: 0,
        id: GameId::new("by-hand").unwrap(),
        rug_tick: 100,
        rug_price: Price::ONE,
        rows: (0..).filter_map(BotIndex::after).zip(gains).map(row).collect(),
        peak: Price::ONE,
        postings: Vec::new(),
        rejections: Vec::new(),
        exits: Vec::new(),
        digest: [0; 32],
    }
}

/// The summary of games in which bots gained these.
fn summary(plan: Plan, games: impl IntoIterator<Item = GameRecord>) -> Summary {
    let mut summary = Summary::new(plan);
    games.into_iter().for_each(|game| summary.add(&game));
    summary
}
