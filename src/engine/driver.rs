//! The loop: runs the schedule of a stride, a tick or a whole game, as often as the pacing allows.
//!
//! One exclusive system in `Update` takes the schedule out once and runs it many times
//! (docs/spec/schedule.md#driver). Pacing decides when a tick runs, never what it does. Bevy's
//! `FixedUpdate` is not used: its clamped clock silently drops steps at speed
//! (docs/spec/schedule.md#traps-of-fixed-time).

use std::time::{Duration, Instant};

use bevy_app::{App, AppExit, Update};
use bevy_ecs::prelude::*;

use crate::engine::checkpoint::Checkpoint;
use crate::engine::inbox::Inbox;
use crate::engine::schedule::{Tick, WholeGame};
use crate::engine::table::{Arrivals, Tables};
use crate::model::quote::TICK_MS;

/// Slowest speed of [`Pacing::Realtime`].
pub const SPEED_MIN: f64 = 0.1;
/// Fastest speed of [`Pacing::Realtime`]; beyond it there is [`Pacing::Max`].
pub const SPEED_MAX: f64 = 100.0;

/// How long `Max` runs before it lets the rest of the app see to itself.
const SLICE: Duration = Duration::from_millis(4);
/// Longest wait for a feed before the rest of the app sees to itself.
const LISTEN: Duration = Duration::from_millis(20);
/// Ticks between two looks at the clock in `Max`; a look costs as much as a cheap tick.
const TICKS_PER_LOOK: u64 = 64;
/// The same where whole games are played.
const GAME_TICKS_PER_LOOK: u64 = 4_096;
/// Most game time that a late `Realtime` catches up at once; what is beyond is counted, not run.
const CATCH_UP_MS_MAX: f64 = 4_000.0;

/// How much a world plays at a time. Changes no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stride {
    /// A tick of every table: live, paced, open to any system.
    Tick,
    /// A whole game of every table, for bots that do not interact; plays as fast as it can, or a
    /// number of games.
    Game,
}

/// When ticks run, in real time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pacing {
    /// As fast as they can.
    Max,
    /// As the game would, `speed` times faster ([`SPEED_MIN`] to [`SPEED_MAX`]).
    Realtime {
        /// Game time per real time.
        speed: f64,
        /// Where the time between two ticks comes from.
        gaps: Gaps,
    },
    /// Whenever a live feed has told something ([`Inbox`]).
    Heard,
    /// This many, then paused.
    Step(u64),
    /// No tick until the pacing changes.
    Paused,
}

/// Where the time between two ticks comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// As recorded; nominal where nothing was.
    Recorded,
    /// 250 ms between any two ticks.
    Fixed,
}

/// The state of the driver's loop.
#[derive(Resource, Debug)]
pub struct Driver {
    /// When ticks run, in real time.
    pub pacing: Pacing,
    /// How much is played at a time.
    pub stride: Stride,
    /// Runs of the schedule so far.
    pub steps: u64,
    /// Real milliseconds by which `Realtime` fell behind and gave up catching up.
    pub lost_ms: f64,
    /// How long until something is due; the runner may sleep that long.
    pub idle: Duration,
    /// Game time that is due and not yet played, in milliseconds.
    owed_ms: f64,
    /// When `Realtime` last looked at the clock.
    looked: Option<Instant>,
}

/// Goes back to before a live game that became void because its rest is unknown: it counts for
/// nothing, in wallets and in what bots remember. Without it, what was done in such a game stays
/// done.
#[derive(Resource, Debug, Default)]
pub struct Rewind(Option<Checkpoint>);

impl Driver {
    /// A driver that has not run yet.
    #[must_use]
    pub const fn new(stride: Stride, pacing: Pacing) -> Self {
        let idle = Duration::ZERO;
        Self { pacing, stride, steps: 0, lost_ms: 0.0, idle, owed_ms: 0.0, looked: None }
    }
}

/// Adds the loop; needs a [`Driver`].
pub fn plugin(app: &mut App) {
    app.add_systems(Update, drive);
}

/// Runs ticks for one slice; ends the app when no table has a game left.
fn drive(world: &mut World) {
    let Driver { pacing, stride, .. } = *world.resource::<Driver>();
    let ran = match stride {
        Stride::Tick => world.schedule_scope(Tick, |world, tick| match pacing {
            Pacing::Paused => 0,
            Pacing::Step(wanted) => run_up_to(world, tick, wanted),
            Pacing::Max => run_slice(world, tick),
            Pacing::Heard => run_heard(world, tick),
            Pacing::Realtime { speed, gaps } => run_due(world, tick, speed, gaps),
        }),
        Stride::Game => world.schedule_scope(WholeGame, |world, game| match pacing {
            Pacing::Paused => 0,
            Pacing::Step(wanted) => run_up_to(world, game, wanted),
            Pacing::Max | Pacing::Heard | Pacing::Realtime { .. } => run_games(world, game),
        }),
    };
    let done = match pacing {
        Pacing::Heard => world.resource::<Inbox>().is_over(),
        // Between two games of a feed the table is idle, and not done.
        _ => ran > 0 && world.resource::<Tables>().in_play() == 0,
    };
    let mut driver = world.resource_mut::<Driver>();
    driver.steps += ran;
    if let Pacing::Step(_) = pacing {
        driver.pacing = Pacing::Paused;
    }
    if done {
        world.write_message(AppExit::Success);
    }
}

fn run_up_to(world: &mut World, tick: &mut Schedule, wanted: u64) -> u64 {
    for ran in 1..=wanted {
        tick.run(world);
        if world.resource::<Tables>().in_play() == 0 {
            return ran;
        }
    }
    wanted
}

fn run_slice(world: &mut World, tick: &mut Schedule) -> u64 {
    let end = now() + SLICE;
    let mut ran = 0;
    loop {
        // Some ticks without a game at the very end cost less than looking after every one.
        for _ in 0..TICKS_PER_LOOK {
            tick.run(world);
        }
        ran += TICKS_PER_LOOK;
        if world.resource::<Tables>().in_play() == 0 || now() >= end {
            return ran;
        }
    }
}

fn run_games(world: &mut World, game: &mut Schedule) -> u64 {
    let end = now() + SLICE;
    let mut ran = 0;
    let mut look = 0;
    loop {
        game.run(world);
        ran += 1;
        let tables = world.resource::<Tables>();
        if tables.in_play() == 0 {
            return ran;
        }
        if tables.ticks() >= look {
            look = tables.ticks() + GAME_TICKS_PER_LOOK;
            if now() >= end {
                return ran;
            }
        }
    }
}

/// Waits for the feed, shortly, so that a stop is seen in time, and tells all that there is.
fn run_heard(world: &mut World, tick: &mut Schedule) -> u64 {
    let mut ran = 0;
    let mut waits = world.resource_mut::<Inbox>().wait(LISTEN);
    while waits {
        let rewinds = world.contains_resource::<Rewind>();
        if rewinds && world.resource::<Inbox>().begins() {
            let before = Checkpoint::of(world);
            world.resource_mut::<Rewind>().0 = Some(before);
        }
        let is_void = world.resource::<Inbox>().is_void();
        tick.run(world);
        if is_void && let Some(before) = rewinds.then(|| world.resource_mut::<Rewind>().0.take()) {
            before.inspect(|before| before.restore(world));
        }
        ran += 1;
        waits = ran < TICKS_PER_LOOK && world.resource::<Inbox>().has_frame();
    }
    ran
}

fn run_due(world: &mut World, tick: &mut Schedule, speed: f64, gaps: Gaps) -> u64 {
    let speed = speed.clamp(SPEED_MIN, SPEED_MAX);
    let mut driver = world.resource_mut::<Driver>();
    let look = now();
    let since = driver.looked.replace(look).map_or(Duration::ZERO, |last| look - last);
    let owed = driver.owed_ms + since.as_secs_f64() * 1000.0 * speed;
    driver.lost_ms += (owed - CATCH_UP_MS_MAX).max(0.0) / speed;
    let mut owed = owed.min(CATCH_UP_MS_MAX);
    let mut ran = 0;
    let mut in_play = true;
    // A frame's own gap is known only once it has come, so it is paid for afterwards.
    while owed >= 0.0 && in_play {
        ran += run_up_to(world, tick, 1);
        in_play = world.resource::<Tables>().in_play() > 0;
        let gap = match gaps {
            Gaps::Fixed => TICK_MS,
            Gaps::Recorded => world.resource::<Arrivals>().0.first().map_or(0, |a| a.step.gap_ms),
        };
        owed -= f64::from(gap.max(1));
    }
    let mut driver = world.resource_mut::<Driver>();
    driver.owed_ms = owed;
    driver.idle = Duration::from_secs_f64((-owed).max(0.0) / 1000.0 / speed);
    ran
}

#[expect(
    clippy::disallowed_methods,
    reason = "the driver decides when ticks run, not what they do"
)]
fn now() -> Instant {
    Instant::now()
}
