//! The cost of a tick after many fills, which must be that after few.

use std::time::Duration;

use super::measure::{Effort, Figure, Reach, time};
use super::staged::{Digests, step};
use super::w1;
use crate::engine::driver::Pacing;

/// Two fills in four ticks: bought at 1.4, sold at 2.1.
const PATTERN: [f64; 4] = [1.4, 1.7, 2.1, 1.7];
const TICKS_PER_FILL: u64 = 2;
/// Number of ticks over which the cost is measured.
const WINDOW: u64 = 4_000;
const FILLS: [u64; 3] = [1_000, 10_000, 100_000];

/// The cost of a tick after 10,000 and 100,000 fills, relative to the cost after 1,000.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let ticks = FILLS[2] * TICKS_PER_FILL + 2 * WINDOW;
    let run = w1::run(PATTERN.into_iter().cycle().zip(0..ticks).map(|(price, _)| price));
    let mut best = [Duration::MAX; 3];
    // More laps, as a window is short and easily disturbed.
    for _ in 0..effort.laps * 5 {
        let mut app = run.world(1, Box::new(Digests::default()), Pacing::Paused);
        let mut played = 0;
        for (fills, best) in FILLS.into_iter().zip(&mut best) {
            step(&mut app, fills * TICKS_PER_FILL - played);
            let (took, ()) = time(|| step(&mut app, WINDOW));
            played = fills * TICKS_PER_FILL + WINDOW;
            *best = took.min(*best);
        }
    }
    let rate = |took: Duration| WINDOW as f64 / took.as_secs_f64();
    [1, 2]
        .map(|at| Figure {
            workload: "fills",
            what: format!("a tick after {} fills, vs after {}", FILLS[at], FILLS[0]),
            ticks_per_s: rate(best[at]),
            baseline_ticks_per_s: Some(rate(best[0])),
            reach: Reach::Ratio(0.95),
        })
        .into()
}
