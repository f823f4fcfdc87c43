//! Generated games and the four classic strategies, as in a batch of simulations.

use super::cast::Cast;
use super::measure::{Effort, Figure, Race, Reach, race};
use super::staged::Run;

const GAMES: u64 = 10_000;
/// A number of tables at which 4 bots each fill a world well
/// ([`crate::engine::Lineup::tables_for`]).
const TABLES: usize = 64;

/// One bot of each classic strategy through `games` games.
#[must_use]
pub fn run(games: u64) -> Run {
    Run::generated(Cast::classics(1), games)
}

/// One table, many tables, and whole games, each against the plain loop.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let run = run(effort.of(GAMES));
    let figure = |driver: &str, Race { left: lap, right: plain }: Race, reach| Figure {
        workload: "generated",
        what: format!("generated games x 4 classics, {driver}, vs plain loop"),
        ticks_per_s: lap.rate(),
        baseline_ticks_per_s: Some(plain.rate()),
        reach,
    };
    let staged = [(1, Reach::Open), (8, Reach::Open), (TABLES, Reach::Ratio(0.6))];
    let staged = staged.map(|(tables, reach)| {
        let laps = race(effort, || run.staged(tables), || run.plain());
        figure(&format!("tables: {tables}"), laps, reach)
    });
    let batch = figure("batch", race(effort, || run.batch(), || run.plain()), Reach::Ratio(0.6));
    staged.into_iter().chain([batch]).collect()
}
