//! A thousand bots at one table, as in a scenario with many variants.

use super::cast::Cast;
use super::measure::{Effort, Figure, Race, Reach, race};
use super::staged::Run;
use crate::strategies::conservative::Conservative;

const GAMES: u64 = 60;
/// Number of bots at the table.
pub const BOTS: u32 = 1_000;

/// Both drivers against the plain loop: bots of one strategy, and of all four classics.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let casts = [
        ("Conservative", Cast::none().with::<Conservative>(BOTS)),
        ("4 classics", Cast::classics(BOTS / 4)),
    ];
    casts
        .into_iter()
        .flat_map(|(name, cast)| {
            let run = Run::generated(cast, effort.of(GAMES));
            let figure = |driver, Race { left: lap, right: plain }: Race, reach| Figure {
                workload: "crowd",
                what: format!("{BOTS} bots ({name}) at one table, {driver}, vs plain loop"),
                ticks_per_s: lap.rate() * f64::from(BOTS),
                baseline_ticks_per_s: Some(plain.rate() * f64::from(BOTS)),
                reach: Reach::Ratio(reach),
            };
            [
                figure("staged", race(effort, || run.staged(1), || run.plain()), 0.4),
                figure("batch", race(effort, || run.batch(), || run.plain()), 0.8),
            ]
        })
        .collect()
}
