//! A bot plays what is registered: a test table registers by itself, everywhere else a strategy
//! that is missing is an error. A strategy may be any system of stage Decide.

#[path = "../../examples/raw_system/copycat.rs"]
mod copycat;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, Schedules};
use crossbeam_channel::unbounded;
use replayer::backtest::audit::{self, AuditVerdict};
use replayer::backtest::run::{Drive, RunExecution, run};
use replayer::base::error::Error;
use replayer::engine::collector::Collector;
use replayer::engine::driver::Pacing;
use replayer::engine::inbox::Inbox;
use replayer::engine::journal::GameRecord;
use replayer::engine::schedule::Tick;
use replayer::engine::session::{SessionPlace, SteppedSession};
use replayer::engine::source::{GameQueue, Playlist};
use replayer::engine::strategy::{LifeStart, Strategies, Strategy, View};
use replayer::engine::testing::{ScriptParams, TestOutcome, TestTable, at, tape};
use replayer::engine::{self, BotSpec, Lineup};
use replayer::model::ids::{BotId, GameIndex};
use replayer::model::order::Actions;
use replayer::model::posting::PostingKind::{self, Buy, Liquidation, Sell};
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;
use replayer::strategies::always_wait::AlwaysWait;
use replayer::strategies::random::{Random, RandomParams};

use crate::words::{buy, prompt, sell};
use copycat::Copycat;

const UNREGISTERED: &str =
    "bot `me` plays `Random`, which is not registered; registered are: AlwaysWait";

/// Plays a line-up in one way.
type Driver = fn(Lineup<'_>, Arc<Playlist>);

struct Nobody;

impl Collector for Nobody {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn collect(&mut self, _: GameRecord) -> Result<(), Error> {
        Ok(())
    }
}

fn run_by(lineup: Lineup<'_>, playlist: Arc<Playlist>, drive: Drive) {
    let execution = RunExecution { threads: 1, drive };
    run(lineup, playlist, execution, &AtomicBool::new(false), &mut Nobody).unwrap();
}

/// Everything that plays a line-up.
const DRIVERS: [(&str, Driver); 7] = [
    ("build", |lineup, playlist| {
        let (sink, _games) = unbounded();
        let queue = GameQueue::new(playlist, lineup.setup.life_games());
        let _ = engine::build(lineup, 1, queue, Box::new(sink), Pacing::Max);
    }),
    ("build_live", |lineup, _| {
        let ((sink, _games), (_feed, messages)) = (unbounded(), unbounded());
        let _ = engine::build_live(lineup, Inbox::new(messages, 1), Box::new(sink));
    }),
    ("games", |lineup, playlist| run_by(lineup, playlist, Drive::Games)),
    ("staged", |lineup, playlist| {
        run_by(lineup, playlist, Drive::Ticks { tables: 2, pacing: Pacing::Max });
    }),
    ("session", |lineup, playlist| {
        _ = SteppedSession::new(
            lineup,
            Playlist::Tapes(vec![playlist.tape(GameIndex::FIRST).unwrap()]),
        );
    }),
    ("audit", |lineup, playlist| {
        _ = audit::audit(lineup, &audit::tapes(&playlist, 1), &mut || true);
    }),
    ("check", |lineup, _| lineup.check().unwrap_or_else(|unknown| panic!("{unknown}"))),
];

#[test]
fn a_bot_whose_strategy_is_not_registered_is_an_error_in_every_driver() {
    let setup = Setup { rules: prompt(), bankroll: Bankroll::PerGame(Sol::milli(100)), seed: 1 };
    let strategies = Strategies::none().with::<AlwaysWait>();
    let bots = [BotSpec::new::<Random>(BotId::new("me").unwrap(), RandomParams::default())];
    let lineup = Lineup { setup: &setup, bots: &bots, strategies: &strategies };
    let playlist = Arc::new(Playlist::Tapes(vec![Arc::new(tape("g", [1.0, 1.1, 0.02]))]));
    for (name, driver) in DRIVERS {
        let played = catch_unwind(AssertUnwindSafe(|| driver(lineup, Arc::clone(&playlist))));
        let panic = played.expect_err(name);
        let said = panic.downcast_ref::<String>().unwrap_or_else(|| panic!("{name}: no sentence"));
        assert!(said.contains(UNREGISTERED), "{name}: {said}");
    }
    let registered = Strategies::none().with::<Random>();
    for (_, driver) in DRIVERS {
        driver(Lineup { strategies: &registered, ..lineup }, Arc::clone(&playlist));
    }
}

#[test]
fn where_nothing_is_registered_the_error_says_so_and_what_to_do() {
    let setup = Setup { rules: prompt(), bankroll: Bankroll::PerGame(Sol::milli(100)), seed: 1 };
    let bots = [BotSpec::new::<Random>(BotId::new("me").unwrap(), RandomParams::default())];
    let none = Strategies::none();
    let lineup = Lineup { setup: &setup, bots: &bots, strategies: &none };
    let error = Error::from(lineup.check().unwrap_err());
    assert_eq!(error.kind().exit_code(), 2);
    assert_eq!(
        error.to_string(),
        "bot `me` plays `Random`, which is not registered; registered are: none\n  hint: \
         `Strategies::with` and `Strategies::with_kind` register a strategy"
    );
}

/// A strategy that the crate does not ship, under a name that it does.
#[derive(Clone)]
struct Buyer;

impl Strategy for Buyer {
    type Params = ScriptParams;
    const NAME: &'static str = "Random";
    const ABOUT: &'static str = "Buys once.";

    fn new(_: &ScriptParams, _: LifeStart<'_>) -> Self {
        Self
    }

    fn decide(&mut self, _: &ScriptParams, view: &View<'_>) -> impl Into<Actions> {
        (view.is_active() && view.position.is_flat()).then_some(buy("0.005"))
    }
}

#[test]
fn a_test_table_registers_what_its_bots_play() {
    let table = TestTable::new().prices(&[1.0, 1.1]).rug_at(0.02);
    let outcome = table.clone().bot::<Buyer>("me", ScriptParams::default()).run();
    assert_eq!(kinds(&outcome, "me"), [(0, Buy), (2, Liquidation)]);
    let two = table.script("a", [at(1, buy("0.005"))]).bot::<Buyer>("b", ScriptParams::default());
    let again = two.clone().script("c", [at(0, buy("0.005"))]).run();
    assert_eq!(kinds(&again, "a"), [(1, Buy), (2, Liquidation)]);
    assert_eq!(kinds(&again, "b"), [(0, Buy), (2, Liquidation)]);
    assert_eq!(two.run().postings("b"), again.postings("b"));
}

#[test]
#[should_panic(expected = "two strategies at this table are called `Random`")]
fn two_strategies_of_one_name_at_a_test_table_are_an_error() {
    let table = TestTable::new().bot::<Buyer>("a", ScriptParams::default());
    let _ = table.bot::<Random>("b", RandomParams::default());
}

#[test]
#[should_panic(expected = "unknown field `stak`, did you mean `stake`?")]
fn a_wrong_parameter_of_a_seated_kind_is_an_error() {
    let _ = TestTable::new().kind("cat", Copycat, "stak: 1");
}

/// What a bot did, each with its tick.
fn kinds(outcome: &TestOutcome, bot: &str) -> Vec<(u32, PostingKind)> {
    outcome.postings(bot).into_iter().map(|it| (it.tick, it.kind)).collect()
}

/// Two bots that act by a list and one that copies the richer of them.
fn copied(prices: &[f64]) -> TestTable {
    TestTable::new()
        .rules(prompt())
        .prices(prices)
        .rug_at(0.02)
        .script("a", [at(1, buy("0.005")), at(3, sell(100))])
        .script("b", [at(4, buy("0.005"))])
        .kind("cat", Copycat, "stake: 0.01")
}

#[test]
fn a_system_that_reads_two_bots_copies_the_one_that_is_ahead() {
    // The first gains: it is copied a tick after each of its trades, and the second never is.
    let up = copied(&[1.0, 1.0, 1.1, 1.2, 1.2, 1.1, 1.1, 1.0]).run();
    assert_eq!(kinds(&up, "cat"), [(2, Buy), (4, Sell)]);
    assert_eq!(up.postings("cat")[0].delta, Sol::milli(-10));
    // The first loses, so that the second is ahead before it has done anything.
    let down = copied(&[1.0, 1.0, 0.8, 0.8, 0.8, 0.9, 0.9, 1.0]).run();
    assert_eq!(kinds(&down, "cat"), [(5, Buy), (8, Liquidation)]);
}

/// A table on which the leader changes, several times in some games.
fn busy() -> TestTable {
    let wave = |pace: f64| -> Vec<f64> {
        (0..60).map(|tick| 1.0 + (f64::from(tick) * pace).sin() * 0.4).collect()
    };
    let trades = |from: u32| {
        let starts = (0..5).map(move |trade| from + 11 * trade);
        starts.flat_map(|tick| [at(tick, buy("0.05")), at(tick + 5, sell(100))])
    };
    let table = [0.3, 0.7, 0.5]
        .into_iter()
        .fold(TestTable::new(), |table, pace| table.prices(&wave(pace)).rug_at(0.02));
    table
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(500)))
        .script("a", trades(3))
        .script("b", trades(6))
        .kind("cat", Copycat, "leaders: [1, 0]")
}

#[test]
fn the_order_of_the_systems_cannot_be_seen_in_what_a_raw_system_does() {
    let straight = busy().run();
    let buys: u32 = straight.rows("cat").iter().map(|row| row.tally.buys).sum();
    assert!(buys > 3, "it copies something: {buys} buys");
    for seed in 0..6 {
        let mut shuffled = busy().build();
        let mut schedules = shuffled.app.world_mut().resource_mut::<Schedules>();
        schedules.get_mut(Tick).unwrap().set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: LogLevel::Error,
            shuffle_seed: Some(seed),
            ..ScheduleBuildSettings::default()
        });
        assert_eq!(shuffled.finish().digest(), straight.digest(), "seed {seed}");
    }
    assert_eq!(busy().tables(2).run().digest(), straight.digest());
}

#[test]
fn a_raw_system_goes_back_in_time_with_its_component() {
    let table = busy();
    let (lineup, playlist) = table.parts();
    let tape = |place| playlist.tape(GameIndex::after(place));
    let tapes = || Playlist::Tapes((0..3).filter_map(tape).collect());
    let digests = |session: &SteppedSession| -> Vec<_> {
        session.records().values().map(|record| record.digest).collect()
    };
    let mut straight = SteppedSession::new(lineup, tapes());
    while straight.step() {}
    let mut wandering = SteppedSession::new(lineup, tapes());
    for (game, tick) in [(0, Some(40)), (0, Some(3)), (2, Some(20)), (1, None), (0, Some(59))] {
        wandering.seek(SessionPlace { game: GameIndex::after(game), tick }).unwrap();
    }
    while wandering.step() {}
    assert_eq!(digests(&straight).len(), 3);
    assert_eq!(digests(&wandering), digests(&straight));
}

#[test]
fn a_raw_system_can_be_audited() {
    let table = busy();
    let (lineup, playlist) = table.parts();
    let report = audit::audit(lineup, &audit::tapes(&playlist, 3), &mut || true);
    assert_eq!(report.bots[2].verdict, AuditVerdict::PastOnly);
    assert!(report.bots[2].decisions > 0);
}
