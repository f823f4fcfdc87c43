//! The momentum rule on all games, and on those that lived long enough to make it look good.

use std::path::Path;

use replayer::backtest::run::inputs;
use replayer::backtest::scenario::Scenario;
use replayer::engine::journal::GameRecord;
use replayer::engine::source::Playlist;
use replayer::engine::strategy::Strategies;
use replayer::model::expectation::held;
use replayer::model::law::Bounds;

use super::{play, shipped};
use crate::data::reference;

/// Trades of one bot, summed by game, because trades of one game share its luck.
#[derive(Debug, Clone, Copy, Default)]
struct Trades {
    games: f64,
    trades: f64,
    gained: f64,
    squares: [f64; 3],
}

impl Trades {
    fn add(&mut self, record: &GameRecord) {
        let row = &record.rows[0];
        let trades = f64::from(row.tally.buys);
        // Every stake is 0.01 SOL.
        let gained = row.pnl.to_f64() / 0.01;
        self.games += 1.0;
        self.trades += trades;
        self.gained += gained;
        let squares = [gained * gained, gained * trades, trades * trades];
        self.squares.iter_mut().zip(squares).for_each(|(sum, square)| *sum += square);
    }

    /// Gain per trade in percent, and its standard error: a ratio of two sums over games.
    fn mean(&self) -> (f64, f64) {
        let mean = self.gained / self.trades;
        let [gains, both, trades] = self.squares;
        let error = (gains - 2.0 * mean * both + mean * mean * trades).sqrt() / self.trades;
        (100.0 * mean, 100.0 * error)
    }
}

/// The trades in games of at least that many prices, tick 0 and the rug counted.
fn trades(scenario: &Scenario, playlist: &Playlist, lengths: [u32; 4]) -> [Trades; 4] {
    let mut all = [Trades::default(); 4];
    play(&scenario.bots, &scenario.setup, playlist, |record| {
        for (trades, length) in all.iter_mut().zip(lengths) {
            if record.rug_tick + 1 >= length {
                trades.add(&record);
            }
        }
    });
    for (trades, length) in all.iter().zip(lengths) {
        let (mean, error) = trades.mean();
        let Trades { games, trades, .. } = trades;
        eprintln!("{length} prices: {games} games, {trades} trades, {mean:+.3} % ± {error:.3}");
    }
    all
}

/// All games, and at least 30, more than 50, at least 60 prices.
const LENGTHS: [u32; 4] = [0, 30, 51, 60];

#[test]
fn momentum_loses_on_all_games_and_gains_on_those_that_lived_on() {
    let scenario = shipped("momentum", 60_000);
    let playlist = Playlist::Generated { seed: scenario.seed, games: 60_000 };
    let all = trades(&scenario, &playlist, LENGTHS);
    // What holding for nine ticks earns, whatever the rule looks at before it buys.
    let (Bounds { least, most }, (mean, error)) = (held(9), all[0].mean());
    assert!((100.0 * least - 3.0 * error..100.0 * most + 3.0 * error).contains(&mean), "{mean}");
    // Other games of the same law, by another program
    // (docs/spec/users.md#games-chosen-by-their-length).
    let measured = [(-0.527, 0.09), (0.262, 0.09), (2.742, 0.08), (3.758, 0.07)];
    for (trades, (theirs, their_error)) in all.iter().zip(measured) {
        let (ours, our_error) = trades.mean();
        let z = (ours - theirs) / f64::hypot(our_error, their_error);
        eprintln!("{ours:+.3} for {theirs:+.3}, z {z:.2}");
        assert!(z.abs() < 3.0, "{ours} for {theirs}, z {z}");
    }
    let (mean, error) = all[3].mean();
    assert!(mean > 50.0 * error, "the same rule, the same games, chosen by what it cannot know");
}

#[test]
fn the_recorded_games_say_the_same_of_momentum_as_far_as_they_go() {
    let Some(recordings) = reference("recordings") else { return };
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/momentum.ron"),
    );
    let source = format!("Recordings(path: {:?})", recordings.display().to_string());
    let text = text.unwrap().replace("Generated(games: 60000)", &source);
    let scenario = Scenario::parse(&text, Path::new(""), None, &Strategies::standard()).unwrap();
    let (playlist, _) = inputs::open(&scenario).unwrap();
    assert_eq!(playlist.games(), 196);
    let all = trades(&scenario, &playlist, LENGTHS);
    // 835 games, of which these are a part, gave -0.02, +0.85, +3.38 and +4.06
    // (docs/spec/users.md#games-chosen-by-their-length).
    for (trades, theirs) in all.iter().zip([-0.02, 0.85, 3.38, 4.06]) {
        let (ours, error) = trades.mean();
        assert!((ours - theirs).abs() < 3.0 * error, "{ours} ± {error} for {theirs}");
    }
}
