//! The schedules of a built engine, of ticks and of whole games: no ambiguity, and which system
//! runs in which stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, ScheduleLabel, SystemSet};
use replayer::bench::staged::Digests;
use replayer::engine::driver::Pacing;
use replayer::engine::journal::Journal;
use replayer::engine::ledger::Postings;
use replayer::engine::schedule::{Tick, TickSystems, WholeGame, WholeGameSystems};
use replayer::engine::source::{GameQueue, Playlist};
use replayer::engine::strategy::Strategies;
use replayer::engine::{self, Lineup};
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;

use super::sources::read;
use crate::words::one_of_each;

/// The stages, in order.
const STAGES: [TickSystems; 8] = [
    TickSystems::Ingest,
    TickSystems::Advance,
    TickSystems::Settle,
    TickSystems::Decide,
    TickSystems::Admit,
    TickSystems::Fill,
    TickSystems::Post,
    TickSystems::Record,
];

/// The stages of a whole game, in order.
const GAME_STAGES: [WholeGameSystems; 4] = [
    WholeGameSystems::Ingest,
    WholeGameSystems::Advance,
    WholeGameSystems::Walk,
    WholeGameSystems::Record,
];

/// A world with one bot of every strategy.
fn world_of_all_strategies() -> App {
    let strategies = Strategies::standard();
    let bots = one_of_each(&strategies);
    let bankroll = Bankroll::PerGame(Sol::milli(100));
    let setup = Setup { rules: Rules::observed(), bankroll, seed: 1 };
    let lineup = Lineup { setup: &setup, bots: &bots, strategies: &strategies };
    let queue = GameQueue::new(Arc::new(Playlist::Generated { seed: 1, games: 1 }), 1);
    engine::build(lineup, 1, queue, Box::new(Digests::default()), Pacing::Max)
}

/// The conflicts in a schedule that no order resolves. Sync points are off: they hide conflicts.
fn ambiguities(app: &mut App, schedule: impl ScheduleLabel) -> Vec<[String; 2]> {
    app.world_mut().schedule_scope(schedule, |world, schedule| {
        schedule.set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: LogLevel::Ignore,
            auto_insert_apply_deferred: false,
            ..ScheduleBuildSettings::default()
        });
        schedule.initialize(world).expect("a valid schedule");
        let systems: BTreeMap<_, _> = schedule
            .systems()
            .expect("an initialised schedule")
            .map(|(key, system)| (key, system.name().to_string()))
            .collect();
        let conflicts = schedule.graph().conflicting_systems();
        conflicts
            .0
            .iter()
            .map(|(one, other, _)| [one, other].map(|key| systems[key].clone()))
            .collect()
    })
}

/// The short names of a stage's systems, sorted.
fn systems_of(app: &mut App, schedule: impl ScheduleLabel, stage: impl SystemSet) -> Vec<String> {
    app.world_mut().schedule_scope(schedule, |world, schedule| {
        schedule.initialize(world).expect("a valid schedule");
        let graph = schedule.graph();
        let inside = graph.systems_in_set(stage.intern()).expect("an initialised set").clone();
        let systems = schedule.systems().expect("an initialised schedule");
        let mut names: Vec<_> = systems
            .filter(|(key, _)| inside.contains(key))
            .map(|(_, system)| system.name().shortname().to_string())
            .collect();
        names.sort_unstable();
        names
    })
}

#[test]
fn the_engine_with_every_strategy_has_no_ambiguity() {
    let mut app = world_of_all_strategies();
    let found = [ambiguities(&mut app, Tick), ambiguities(&mut app, WholeGame)].concat();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_system_without_an_order_is_an_ambiguity() {
    fn second_writer(_: ResMut<Postings>) {}
    fn second_recorder(_: ResMut<Journal>) {}
    let mut app = world_of_all_strategies();
    app.add_systems(Tick, second_writer.in_set(TickSystems::Post));
    app.add_systems(WholeGame, second_recorder.in_set(WholeGameSystems::Record));
    assert_eq!(ambiguities(&mut app, Tick).len(), 1);
    assert_eq!(ambiguities(&mut app, WholeGame).len(), 1);
}

#[test]
#[should_panic(expected = "conflict")]
fn an_engine_with_an_ambiguity_does_not_start() {
    fn second_writer(_: ResMut<Postings>) {}
    let mut app = world_of_all_strategies();
    app.add_systems(Tick, second_writer.in_set(TickSystems::Post));
    app.update();
}

/// Every stage of a schedule with its systems, and how many systems are in no stage, or in two.
fn dump<S: SystemSet + Copy, const N: usize>(
    app: &mut App,
    schedule: impl ScheduleLabel + Clone,
    stages: [S; N],
) -> (Vec<String>, usize) {
    let systems = stages.map(|stage| systems_of(app, schedule.clone(), stage));
    let inside: usize = systems.iter().map(Vec::len).sum();
    let all = app.world_mut().schedule_scope(schedule, |_, schedule| schedule.systems_len());
    let lines = stages.iter().zip(&systems).map(|(stage, systems)| {
        let systems = systems.join(", ");
        format!("{stage:?}: {systems}")
    });
    (lines.collect(), all.abs_diff(inside))
}

#[test]
fn every_stage_has_its_systems_and_no_system_is_outside_a_stage() {
    let mut app = world_of_all_strategies();
    let strategies = [
        "Aggressive",
        "AlwaysWait",
        "Conservative",
        "FlatSidebets",
        "Foundational",
        "HoldToTarget",
        "KellySidebets",
        "MartingaleSidebets",
        "Momentum",
        "Random",
        "SidebetOnce",
    ];
    let each = |system: &str| strategies.map(|name| format!("{system}<{name}>")).join(", ");
    let (ticks, outside) = dump(&mut app, Tick, STAGES);
    let expected = [
        "Ingest: ingest".to_owned(),
        "Advance: advance".to_owned(),
        "Settle: settle".to_owned(),
        format!("Decide: {}", each("decide")),
        "Admit: admit".to_owned(),
        "Fill: fill".to_owned(),
        "Post: post".to_owned(),
        "Record: record_tick".to_owned(),
    ];
    assert_eq!(ticks, expected, "the schedule changed: say so here and in docs/architecture.md");
    assert_eq!(outside, 0, "a system of the Tick schedule is in no stage, or in two");
    let (games, outside) = dump(&mut app, WholeGame, GAME_STAGES);
    let expected = [
        "Ingest: ingest_game".to_owned(),
        "Advance: advance_game".to_owned(),
        format!("Walk: {}", each("walk")),
        "Record: record_games".to_owned(),
    ];
    assert_eq!(games, expected, "the schedule changed: say so here and in docs/architecture.md");
    assert_eq!(outside, 0, "a system of the WholeGame schedule is in no stage, or in two");
}

#[test]
fn everything_that_plays_builds_a_world() {
    for (path, builds) in [
        ("src/backtest/run.rs", "engine::build_by_games("),
        ("src/backtest/sweep/play.rs", "engine::build_by_games("),
        ("src/backtest/audit/decisions.rs", "engine::build("),
        ("src/live/session.rs", "engine::build_live("),
        ("src/engine/session.rs", "engine::build("),
    ] {
        assert!(read(path).contains(builds), "{path} plays without a world");
    }
}

#[test]
fn every_stage_is_documented_where_it_is_declared_and_in_the_architecture() {
    let source = read("src/engine/schedule.rs");
    let architecture = read("docs/architecture.md");
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    for stage in GAME_STAGES {
        let item = format!("**{stage:?}** of whole games");
        assert!(architecture.contains(&item), "docs/architecture.md lacks {item:?}");
    }
    for (place, stage) in STAGES.into_iter().enumerate() {
        let at = lines.iter().position(|line| *line == format!("{stage:?},")).expect("a variant");
        assert!(lines[at - 1].starts_with("/// "), "{stage:?} has no line of documentation");
        let item = format!("\n{}. **{stage:?}** ", place + 1);
        assert!(architecture.contains(&item), "docs/architecture.md lacks {item:?}");
    }
}
