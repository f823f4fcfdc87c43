//! Nothing but the scenario can be seen in a result: not tables, threads, pace, order or driver.

mod drivers;
mod gambler;
pub(crate) mod live;
mod strides;

use std::num::NonZeroU64;
use std::sync::atomic::AtomicBool;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, Schedules};
use replayer::backtest::run::{Drive, RunExecution, run};
use replayer::base::error::Error;
use replayer::base::hex::hex;
use replayer::engine::collector::{Collector, Ending};
use replayer::engine::driver::Pacing;
use replayer::engine::journal::{Digest, GameRecord};
use replayer::engine::schedule::{Tick, TickSystems};
use replayer::engine::testing::{TestOutcome, TestTable, digest};
use replayer::model::account::Wallet;
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::aggressive::{Aggressive, AggressiveParams};
use replayer::strategies::conservative::{Conservative, ConservativeParams};
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::foundational::{Foundational, FoundationalParams};
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};
use replayer::strategies::kelly_sidebets::{KellySidebets, KellySidebetsParams};
use replayer::strategies::martingale_sidebets::{MartingaleSidebets, MartingaleSidebetsParams};
use replayer::strategies::momentum::{Momentum, MomentumParams};
use replayer::strategies::random::{Random, RandomParams};
use replayer::strategies::sidebet::{SidebetOnce, SidebetParams};

use crate::games::tapes;
use crate::words::{prompt, sol};

/// Seats one bot, by number.
type Seat = fn(TestTable) -> TestTable;

/// A bot of every shipped strategy that acts.
const BOTS: [(&str, Seat); 11] = [
    ("conservative", |t| t.bot::<Conservative>("conservative", ConservativeParams::default())),
    ("aggressive", |t| t.bot::<Aggressive>("aggressive", AggressiveParams::default())),
    ("sidebet", |t| t.bot::<SidebetOnce>("sidebet", SidebetParams::default())),
    ("foundational", |t| t.bot::<Foundational>("foundational", FoundationalParams::default())),
    ("hold", |t| t.bot::<HoldToTarget>("hold", HoldToTargetParams::default())),
    ("martingale", |t| {
        t.bot::<MartingaleSidebets>("martingale", MartingaleSidebetsParams::default())
    }),
    ("kelly", |t| t.bot::<KellySidebets>("kelly", KellySidebetsParams::default())),
    ("random-1", |t| t.bot::<Random>("random-1", RandomParams::default())),
    ("random-2", |t| t.bot::<Random>("random-2", RandomParams::default())),
    ("momentum", |t| t.bot::<Momentum>("momentum", MomentumParams::default())),
    ("flat", |t| t.bot::<FlatSidebets>("flat", FlatSidebetsParams::default())),
];

/// A table with all of them.
fn crowd(rules: &Rules, bankroll: Bankroll, games: u64) -> TestTable {
    let table = TestTable::new().rules(rules.clone()).bankroll(bankroll).tapes(tapes(21, games));
    BOTS.iter().fold(table, |table, (_, seat)| seat(table))
}

fn all_rules() -> [Rules; 4] {
    let with = |latency| Rules { latency, ..prompt() };
    [
        Rules::compat(),
        Rules::observed(),
        with(Latency::Ticks(3)),
        with(Latency::Sampled(vec![0, 1, 4])),
    ]
}

const PER_GAME: Bankroll = Bankroll::PerGame(Sol::milli(60));
const LIVES: Bankroll =
    Bankroll::Lives { bankroll: Sol::milli(80), games: NonZeroU64::new(7).unwrap() };
const ONE_LIFE: Bankroll = Bankroll::Compounding(Sol::milli(200));

#[derive(Default)]
struct All(Vec<GameRecord>);

impl Collector for All {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.0.push(game);
        Ok(())
    }
}

fn played(table: &TestTable, execution: RunExecution) -> Vec<GameRecord> {
    let (lineup, playlist) = table.parts();
    let mut games = All::default();
    let stop = AtomicBool::new(false);
    let ending = run(lineup, playlist, execution, &stop, &mut games).unwrap();
    assert_eq!(ending, Ending::Complete);
    assert!(games.0.iter().enumerate().all(|(place, game)| game.index.at() == Some(place)));
    games.0
}

fn digest_on(table: &TestTable, threads: usize, tables: usize) -> Digest {
    let drive = Drive::Ticks { tables, pacing: Pacing::Max };
    digest(&played(table, RunExecution { threads, drive }))
}

#[test]
fn tables_and_threads_cannot_be_seen() {
    for rules in all_rules() {
        for bankroll in [PER_GAME, LIVES] {
            let table = crowd(&rules, bankroll, 150);
            let alone = table.run().digest();
            for (threads, tables) in [(1, 7), (1, 128), (2, 1), (2, 64)] {
                let digest = digest_on(&table, threads, tables);
                assert_eq!(digest, alone, "{threads} threads of {tables} tables, {rules:?}");
            }
        }
    }
}

#[test]
fn the_order_of_bots_and_of_registration_cannot_be_seen_by_a_bot() {
    let rules = Rules { latency: Latency::Sampled(vec![0, 1, 4]), ..prompt() };
    let straight = crowd(&rules, PER_GAME, 60).run();
    let table = TestTable::new().rules(rules).bankroll(PER_GAME);
    // A strategy is registered as the first bot that plays it takes its seat.
    let table = BOTS.iter().rev().fold(table.tapes(tapes(21, 60)), |table, (_, seat)| seat(table));
    let turned = table.run();
    for (bot, _) in BOTS {
        assert_eq!(straight.postings(bot), turned.postings(bot), "{bot}");
        assert_eq!(straight.rejections(bot), turned.rejections(bot), "{bot}");
        let results = |outcome: &TestOutcome| -> Vec<_> {
            let rows = outcome.rows(bot);
            rows.iter()
                .map(|row| (row.pnl, row.cash, row.max_drawdown, row.low, row.can_bet))
                .collect()
        };
        assert_eq!(results(&straight), results(&turned), "{bot}");
    }
}

#[test]
fn no_undeclared_order_of_systems_can_be_seen() {
    let table = crowd(&prompt(), PER_GAME, 40);
    let straight = table.run().digest();
    for seed in 0..8 {
        let mut shuffled = table.clone().tables(3).build();
        let mut schedules = shuffled.app.world_mut().resource_mut::<Schedules>();
        schedules.get_mut(Tick).unwrap().set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: LogLevel::Error,
            shuffle_seed: Some(seed),
            ..ScheduleBuildSettings::default()
        });
        assert_eq!(shuffled.finish().digest(), straight, "seed {seed}");
    }
}

#[test]
#[should_panic(expected = "meddle")]
fn a_system_that_writes_wallets_in_no_declared_order_is_an_error_at_start_up() {
    fn meddle(mut wallets: Query<&mut Wallet>) {
        wallets.iter_mut().for_each(|mut wallet| wallet.cash = Sol::ZERO);
    }
    let mut outcome = crowd(&prompt(), PER_GAME, 1).build();
    outcome.app.add_systems(Tick, meddle.in_set(TickSystems::Settle));
    outcome.app.update();
}

#[test]
#[should_panic(expected = "the ledger law is broken")]
fn money_from_nowhere_stops_the_run() {
    fn counterfeit(mut wallets: Query<&mut Wallet>) {
        wallets.iter_mut().for_each(|mut wallet| wallet.cash = sol("1000"));
    }
    let mut outcome = crowd(&prompt(), PER_GAME, 1).build();
    outcome.app.add_systems(Tick, counterfeit.after(TickSystems::Post).before(TickSystems::Record));
    let _ = outcome.finish();
}

#[test]
fn one_life_carries_money_and_memory_from_game_to_game() {
    let outcome = crowd(&Rules::observed(), ONE_LIFE, 60).run();
    for (bot, _) in BOTS {
        let mut cash = sol("0.2");
        let mut drawdown = Sol::ZERO;
        for row in outcome.rows(bot) {
            assert_eq!(row.tally.opened_with, cash, "{bot}");
            assert!(row.max_drawdown >= drawdown, "{bot}: a life's deepest drawdown never heals");
            (cash, drawdown) = (row.cash, row.max_drawdown);
        }
    }
    let fresh = crowd(&Rules::observed(), Bankroll::PerGame(sol("0.2")), 60).run();
    assert!(fresh.rows("random-1").iter().all(|row| row.tally.opened_with == sol("0.2")));
    // Its stream goes on instead of starting over, so from the second game on it acts otherwise.
    let second = |outcome: &TestOutcome| {
        let row = outcome.rows("random-1")[1].clone();
        (row.tally.buys, row.tally.sells, row.tally.bought)
    };
    assert_ne!(second(&outcome), second(&fresh));
}

/// What the games of `tapes(21, 200)` came to when this was last looked at.
const GOLDEN: &str = "1bb8f50f4fb20dd39677279eb40d5ab6606cdaba38cc281cfc51e47ba8b480f0";

#[test]
fn the_golden_run_comes_to_its_digest() {
    let rules = Rules { latency: Latency::Sampled(vec![0, 1, 1, 2]), ..Rules::observed() };
    let digest = hex(crowd(&rules, PER_GAME, 200).run().digest());
    assert_eq!(
        digest.as_str(),
        GOLDEN,
        "\nthe results of 200 games and 11 bots changed. If that was meant (a rule, a strategy or \
         a posting changed on purpose), say so in the changelog and set GOLDEN in \
         tests/it/determinism.rs to {digest:?}; if not, something is no longer deterministic or \
         no longer right"
    );
}
