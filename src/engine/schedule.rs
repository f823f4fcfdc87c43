//! The two strides of a world: the `Tick` schedule, 250 ms of game time per run, and the schedule of
//! whole games, one game per run; the stages of each in one strict order.

use bevy_app::App;
use bevy_ecs::schedule::{
    IntoScheduleConfigs, LogLevel, Schedule, ScheduleBuildSettings, ScheduleLabel,
    SingleThreadedExecutor, SystemSet,
};

/// The schedule of one tick of every table in the world.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tick;

/// The stages of a tick, in order. What each may write is in `docs/architecture.md`.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TickSystems {
    /// Each table takes exactly one frame from its source.
    Ingest,
    /// The frame becomes the table's game and quote.
    Advance,
    /// Rug liquidation, sidebets won and lost: before anybody decides.
    Settle,
    /// Strategies read quotes and accounts and submit orders.
    Decide,
    /// Rules and limits accept or refuse.
    Admit,
    /// The venue executes what is due.
    Fill,
    /// The ledger books fills.
    Post,
    /// Finished games go to the journal.
    Record,
}

/// The schedule of one whole game of every table in the world: for bots that do not interact, where
/// the venue is the simulator and nobody watches the clock.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct WholeGame;

/// The stages of a whole game, in order. Those of a tick from Settle to Post are one here.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WholeGameSystems {
    /// Each table is told its next game, to its end.
    Ingest,
    /// What was told becomes the table's game.
    Advance,
    /// Every bot walks through the game of its table, tick by tick.
    Walk,
    /// Finished games go to the journal.
    Record,
}

/// Adds both schedules: single-threaded, any undeclared conflict of systems an error at start-up.
pub fn plugin(app: &mut App) {
    let mut games = strict(WholeGame);
    games.configure_sets(
        (
            WholeGameSystems::Ingest,
            WholeGameSystems::Advance,
            WholeGameSystems::Walk,
            WholeGameSystems::Record,
        )
            .chain(),
    );
    app.add_schedule(games);
    let mut ticks = strict(Tick);
    ticks.configure_sets(
        (
            TickSystems::Ingest,
            TickSystems::Advance,
            TickSystems::Settle,
            TickSystems::Decide,
            TickSystems::Admit,
            TickSystems::Fill,
            TickSystems::Post,
            TickSystems::Record,
        )
            .chain(),
    );
    app.add_schedule(ticks);
}

fn strict(label: impl ScheduleLabel) -> Schedule {
    let mut schedule = Schedule::new(label);
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.set_build_settings(ScheduleBuildSettings {
        ambiguity_detection: LogLevel::Error,
        hierarchy_detection: LogLevel::Error,
        ..ScheduleBuildSettings::default()
    });
    schedule
}
