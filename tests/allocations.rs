//! Allocations per tick in the steady state: none, counted.
//!
//! A binary of its own: `allocation_counter` brings a global allocator, which counts by thread.

use std::sync::Arc;

use allocation_counter::measure;
use replayer::bench::cast::Cast;
use replayer::bench::staged::{Run, step};
use replayer::engine::driver::Pacing;
use replayer::engine::journal::{GameRecord, Sink};
use replayer::engine::source::Playlist;
use replayer::engine::table::Tables;
use replayer::engine::testing::tape;
use replayer::model::account::Tally;
use replayer::model::ids::GameIndex;
use replayer::model::rules::Latency;
use replayer::strategies::random::Random;

/// A sink that lets go of everything.
struct Nowhere;

impl Sink for Nowhere {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn take(&mut self, _: GameRecord) {}
}

/// Tapes whose prices go to and fro, so that bots trade all the time.
fn tapes<const N: usize>(ticks: [usize; N]) -> Playlist {
    const WAVE: [f64; 10] = [1.0, 1.2, 1.6, 2.2, 3.1, 2.0, 1.4, 0.9, 0.7, 0.8];
    let tape = |ticks| tape("wave", WAVE.into_iter().cycle().take(ticks));
    Playlist::Tapes(ticks.map(|ticks| Arc::new(tape(ticks))).into())
}

/// What a world did in the ticks counted.
struct Counted {
    allocations: u64,
    /// Games that reached their rug.
    games: u64,
    /// Buys in the games then in play.
    buys: u32,
}

/// Counts while a world plays `ticks` ticks, after others that it warmed up on.
fn count(run: &Run, tables: usize, warm_up: u64, ticks: u64) -> Counted {
    let mut app = run.world(tables, Box::new(Nowhere), Pacing::Paused);
    step(&mut app, warm_up);
    // The second update of an app is its first without start-up; it keeps some memory too.
    step(&mut app, 1);
    let rugged = app.world().resource::<Tables>().rugged();
    let allocations = measure(|| step(&mut app, ticks)).count_total;
    let world = app.world_mut();
    let games = world.resource::<Tables>().rugged() - rugged;
    let buys = world.query::<&Tally>().iter(world).map(|tally| tally.buys).sum();
    Counted { allocations, games, buys }
}

#[test]
fn a_tick_within_a_game_allocates_nothing() {
    const TICKS: u64 = 10_000;
    for latency in [Latency::Immediate, Latency::Ticks(1), Latency::Sampled(vec![0, 1, 3])] {
        let mut run = Run::generated(Cast::classics(1).with::<Random>(1), 0);
        run.setup.rules.latency = latency;
        // The first game is longer, so the second finds all the memory that it needs.
        run.playlist = Arc::new(tapes([30_000, 12_000]));
        let counted = count(&run, 1, 30_100, TICKS);
        assert_eq!(counted.games, 0, "the ticks counted lie within one game");
        assert!(counted.buys > 1_000, "only {} buys", counted.buys);
        let latency = &run.setup.rules.latency;
        assert_eq!(counted.allocations, 0, "allocations in {TICKS} ticks, {latency:?}");
    }
}

#[test]
fn many_tables_allocate_for_the_games_they_hand_over_and_for_nothing_else() {
    const TABLES: usize = 32;
    const TICKS: u64 = 10_000;
    let run = Run::generated(Cast::classics(1).with::<Random>(1), 1_000_000);
    let Counted { allocations, games, .. } = count(&run, TABLES, 40_000, TICKS);
    let drawn = measure(|| drop(run.playlist.game(GameIndex::after(7)))).count_total;
    println!(
        "{allocations} allocations in {TICKS} ticks with {games} games; {drawn} per game drawn"
    );
    // A record has rows and exits, and sorting many postings takes a buffer; a table may meet a
    // game that is longer than any it has had before.
    let (least, most) = (games * (drawn + 1), games * (drawn + 3) + 2 * TABLES as u64);
    assert!(games > 1_000, "{games} games");
    assert!((least..=most).contains(&allocations), "{allocations}, not {least} to {most}");
}
