//! Allocations per tick in the steady state: none, counted.
//!
//! A binary of its own: `allocation_counter` brings a global allocator, which counts by thread.

use std::sync::Arc;

use allocation_counter::measure;
use replayer::bench::cast::Cast;
use replayer::bench::staged::{Run, step};
use replayer::driver::Pacing;
use replayer::journal::{GameRecord, Sink};
use replayer::model::ids::GameId;
use replayer::model::price::Price;
use replayer::model::rules::Latency;
use replayer::model::tape::Tape;
use replayer::source::Playlist;
use replayer::strategy::random::Random;
use replayer::table::Tables;

/// A sink that lets go of everything.
struct Nowhere;

impl Sink for Nowhere {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn take(&mut self, _: GameRecord) {}
}

/// Tapes whose prices go to and fro, so that bots trade all the time.
fn tapes(games: usize, ticks: usize) -> Playlist {
    let wave = [1.0, 1.2, 1.6, 2.2, 3.1, 2.0, 1.4, 0.9, 0.7, 0.8];
    let prices = (0..ticks).map(|tick| Price::new(wave[tick % wave.len()]).unwrap()).collect();
    let tape = Tape { id: GameId::new("wave").unwrap(), prices, rugged: true, gaps_ms: Vec::new() };
    Playlist::Tapes(vec![Arc::new(tape); games])
}

/// Allocations while a world plays so many ticks, after others that it warmed up on.
fn allocations(run: &Run, tables: usize, warm_up: u64, ticks: u64) -> (u64, u64) {
    let mut app = run.world(tables, Box::new(Nowhere), Pacing::Paused);
    step(&mut app, warm_up);
    let rugged = |app: &bevy_app::App| app.world().resource::<Tables>().rugged;
    let games = rugged(&app);
    let counted = measure(|| step(&mut app, ticks)).count_total;
    (counted, rugged(&app) - games)
}

#[test]
fn a_tick_within_a_game_allocates_nothing() {
    const TICKS: u64 = 10_000;
    for latency in [Latency::Immediate, Latency::Ticks(1), Latency::Sampled(vec![0, 1, 3])] {
        let mut run = Run::generated(Cast::classics(1).with::<Random>(1), 0);
        run.house.rules.latency = latency;
        // The second of two games of the same length finds all memory ready.
        run.playlist = Arc::new(tapes(2, 12_000));
        let (counted, games) = allocations(&run, 1, 12_100, TICKS);
        assert_eq!(games, 0, "the ticks counted lie within one game");
        assert_eq!(counted, 0, "allocations in {TICKS} ticks, {:?}", run.house.rules.latency);
    }
}

#[test]
fn many_tables_allocate_for_the_games_they_hand_over_and_for_nothing_else() {
    const GAMES: u64 = 3_000;
    /// The rows of the record, and the name of the next game.
    const PER_GAME: u64 = 2;
    let run = Run::generated(Cast::classics(1).with::<Random>(1), 10 * GAMES);
    let (counted, games) = allocations(&run, 32, 40_000, 10_000);
    println!("{counted} allocations, {games} games");
    assert!(games > 1_000, "{games} games");
    assert!(counted <= games * PER_GAME, "{counted} allocations in {games} games");
}
