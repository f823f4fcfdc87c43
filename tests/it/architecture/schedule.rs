//! The `Tick` schedule of a built engine: no ambiguity, and which system runs in which stage.

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings};
use replayer::bench::staged::Digests;
use replayer::engine::driver::Pacing;
use replayer::engine::ledger::Postings;
use replayer::engine::schedule::{Tick, TickSystems};
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
fn ambiguities(app: &mut App) -> Vec<[String; 2]> {
    app.world_mut().schedule_scope(Tick, |world, schedule| {
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
fn systems_of(app: &mut App, stage: TickSystems) -> Vec<String> {
    app.world_mut().schedule_scope(Tick, |world, schedule| {
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
    let found = ambiguities(&mut world_of_all_strategies());
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_system_without_an_order_is_an_ambiguity() {
    fn second_writer(_: ResMut<Postings>) {}
    let mut app = world_of_all_strategies();
    app.add_systems(Tick, second_writer.in_set(TickSystems::Post));
    assert_eq!(ambiguities(&mut app).len(), 1);
}

#[test]
#[should_panic(expected = "conflict")]
fn an_engine_with_an_ambiguity_does_not_start() {
    fn second_writer(_: ResMut<Postings>) {}
    let mut app = world_of_all_strategies();
    app.add_systems(Tick, second_writer.in_set(TickSystems::Post));
    app.update();
}

#[test]
fn every_stage_has_its_systems_and_no_system_is_outside_a_stage() {
    let mut app = world_of_all_strategies();
    let dump: Vec<_> = STAGES
        .into_iter()
        .map(|stage| format!("{stage:?}: {}", systems_of(&mut app, stage).join(", ")))
        .collect();
    let expected = [
        "Ingest: ingest",
        "Advance: advance",
        "Settle: settle",
        "Decide: decide<Aggressive>, decide<AlwaysWait>, decide<Conservative>, \
         decide<FlatSidebets>, decide<Foundational>, decide<HoldToTarget>, \
         decide<KellySidebets>, decide<MartingaleSidebets>, decide<Momentum>, \
         decide<Random>, decide<Sidebet>",
        "Admit: admit",
        "Fill: fill",
        "Post: post",
        "Record: record",
    ];
    assert_eq!(dump, expected, "the schedule changed: say so here and in docs/architecture.md");
    let inside: usize = STAGES.into_iter().map(|stage| systems_of(&mut app, stage).len()).sum();
    let all = app.world_mut().schedule_scope(Tick, |_, schedule| schedule.systems_len());
    assert_eq!(inside, all, "a system of the Tick schedule is in no stage, or in two");
}

#[test]
fn every_stage_is_documented_where_it_is_declared_and_in_the_architecture() {
    let source = read("src/engine/schedule.rs");
    let architecture = read("docs/architecture.md");
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    for (place, stage) in STAGES.into_iter().enumerate() {
        let at = lines.iter().position(|line| *line == format!("{stage:?},")).expect("a variant");
        assert!(lines[at - 1].starts_with("/// "), "{stage:?} has no line of documentation");
        let item = format!("\n{}. **{stage:?}** ", place + 1);
        assert!(architecture.contains(&item), "docs/architecture.md lacks {item:?}");
    }
}
