//! Generated games and the four classic strategies: what a batch of simulations is made of.

use super::cast::Cast;
use super::staged::Run;
use super::{Effort, Figure, Reach, race};

const GAMES: u64 = 10_000;
/// Tables at which 4 bots each fill a world well ([`crate::engine::Lineup::tables_for`]).
pub(super) const TABLES: usize = 64;

/// One bot of each classic strategy through so many games.
#[must_use]
pub fn run(games: u64) -> Run {
    Run::generated(Cast::classics(1), games)
}

/// The schedule with one table and with many, each against the plain loop.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let run = run(effort.of(GAMES));
    [(1, Reach::Open), (8, Reach::Open), (TABLES, Reach::Ratio(0.6))]
        .map(|(tables, reach)| {
            let (staged, plain) = race(effort, || run.staged(tables), || run.plain());
            Figure {
                workload: "generated",
                what: format!("generated games x 4 classics, tables: {tables}, vs plain loop"),
                ticks_per_s: staged.rate(),
                baseline_ticks_per_s: Some(plain.rate()),
                reach,
            }
        })
        .into()
}
