//! Benchmarks: workloads that time the engine beside a plain loop that does the same work.
//!
//! A machine is fast or slow, busy or idle; a ratio taken in one run is neither. So each workload
//! times two sides in turn ([`race`]), keeps the best lap of each, and insists that both sides
//! came to the same result. What should come of it is docs/spec/performance.md. Read by
//! `replayer bench` and by `benches/`.

pub mod cast;
pub mod crowd;
pub mod fills;
pub mod generated;
pub mod generator;
#[cfg(feature = "parquet")]
pub mod reading;
pub mod series;
pub mod staged;
pub mod threads;
pub mod w1;

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use serde::{Serialize, Serializer};

use crate::engine::journal::Digest;

/// A workload that `replayer bench` knows by name.
#[derive(Clone, Copy)]
pub struct Workload {
    /// Its name.
    pub name: &'static str,
    /// Measures it.
    pub measure: fn(Effort) -> Vec<Figure>,
}

impl std::fmt::Debug for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// All workloads, in the order in which they are measured.
pub const WORKLOADS: &[Workload] = &[
    Workload { name: "generator", measure: generator::measure },
    Workload { name: "w1", measure: w1::measure },
    Workload { name: "generated", measure: generated::measure },
    Workload { name: "crowd", measure: crowd::measure },
    Workload { name: "threads", measure: threads::measure },
    Workload { name: "fills", measure: fills::measure },
    #[cfg(feature = "parquet")]
    Workload { name: "reading", measure: reading::measure },
];

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Laps of each side; the best one counts.
    pub laps: u32,
    /// The part of the full work of a lap, in percent.
    pub percent: u64,
}

impl Effort {
    /// For figures to rely on: a minute or two for everything.
    pub const FULL: Self = Self { laps: 7, percent: 100 };
    /// For a first impression: some seconds for everything.
    pub const QUICK: Self = Self { laps: 3, percent: 20 };

    /// The part of a full amount of work.
    #[must_use]
    pub const fn of(self, full: u64) -> u64 {
        full * self.percent / 100
    }
}

/// What was measured, and what it should reach.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// The name of the workload.
    pub workload: &'static str,
    /// What was measured, against what.
    pub what: String,
    /// Ticks per second; where many bots play, ticks of one bot.
    pub ticks_per_s: f64,
    /// The same of what it is held against.
    pub baseline_ticks_per_s: Option<f64>,
    /// What it should reach.
    pub reach: Reach,
}

/// What a figure should reach.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// Nothing in particular.
    Open,
    /// Ticks per second.
    Rate(f64),
    /// A share of the baseline.
    Ratio(f64),
}

impl Figure {
    /// The share of the baseline's throughput.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        self.baseline_ticks_per_s.map(|baseline| self.ticks_per_s / baseline)
    }

    /// Whether it reaches what it should; `None` where nothing is asked.
    #[must_use]
    pub fn reached(&self) -> Option<bool> {
        match self.reach {
            Reach::Open => None,
            Reach::Rate(least) => Some(self.ticks_per_s >= least),
            Reach::Ratio(least) => self.ratio().map(|ratio| ratio >= least),
        }
    }
}

impl Serialize for Reach {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (ticks_per_s, ratio) = match *self {
            Self::Open => (None, None),
            Self::Rate(least) => (Some(least), None),
            Self::Ratio(least) => (None, Some(least)),
        };
        serde_json::json!({ "ticks_per_s": ticks_per_s, "ratio": ratio }).serialize(serializer)
    }
}

/// One side's work, done once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lap {
    /// Ticks played.
    pub ticks: u64,
    /// How long that took, set-up left aside: CPU time, or real time of several threads.
    pub took: Duration,
    /// The digest of what came of it.
    pub digest: Digest,
}

impl Lap {
    /// Ticks per second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn rate(&self) -> f64 {
        self.ticks as f64 / self.took.as_secs_f64()
    }
}

/// Lets two sides do the same work in turn, so that what disturbs the machine disturbs both, and
/// says the best lap of each.
///
/// # Panics
/// When the two sides differ in what came of their work: a figure would mean nothing.
#[must_use]
pub fn race(
    effort: Effort,
    mut left: impl FnMut() -> Lap,
    mut right: impl FnMut() -> Lap,
) -> (Lap, Lap) {
    let mut best = (left(), right());
    assert_eq!(
        (best.0.ticks, best.0.digest),
        (best.1.ticks, best.1.digest),
        "the two sides of a benchmark did different work"
    );
    for _ in 1..effort.laps {
        best.0 = faster(best.0, left());
        best.1 = faster(best.1, right());
    }
    best
}

fn faster(best: Lap, next: Lap) -> Lap {
    assert_eq!(best.digest, next.digest, "a lap of a benchmark came to another result");
    if next.took < best.took { next } else { best }
}

/// How long this thread works on something: CPU time, which other programs do not count against.
///
/// # Panics
/// On a system without clocks for threads.
pub fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = ThreadTime::now();
    let done = work();
    (start.elapsed(), done)
}

/// How long something takes on the wall: for work of several threads.
pub fn time_on_the_wall<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = now();
    let done = work();
    (now() - start, done)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock, around the work")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lap(digest: u8, millis: u64) -> Lap {
        Lap { ticks: 1_000, took: Duration::from_millis(millis), digest: [digest; 32] }
    }

    #[test]
    fn the_best_lap_of_each_side_counts() {
        let mut took = [5, 3, 4].into_iter().cycle();
        let left = || lap(1, took.next().unwrap());
        let (left, right) = race(Effort { laps: 3, percent: 100 }, left, || lap(1, 2));
        assert_eq!((left.took.as_millis(), right.took.as_millis()), (3, 2));
        assert!((left.rate() - 1_000.0 / 0.003).abs() < 1e-6);
    }

    #[test]
    #[should_panic(expected = "different work")]
    fn two_sides_that_differ_in_their_results_are_no_benchmark() {
        let _ = race(Effort::QUICK, || lap(1, 5), || lap(2, 5));
    }

    #[test]
    fn a_figure_is_held_against_a_rate_or_against_its_baseline() {
        let figure = |reach| Figure {
            workload: "test",
            what: String::new(),
            ticks_per_s: 3e6,
            baseline_ticks_per_s: Some(6e6),
            reach,
        };
        assert_eq!(figure(Reach::Rate(2.5e6)).reached(), Some(true));
        assert_eq!(figure(Reach::Ratio(0.6)).reached(), Some(false));
        assert_eq!(figure(Reach::Open).reached(), None);
    }

    #[test]
    fn staged_and_plain_runs_do_the_same_work_with_any_number_of_tables_and_threads() {
        let run = generated::run(40);
        let plain = run.plain();
        for other in [run.staged(1), run.staged(7), threads::threaded(&run, 2)] {
            assert_eq!((other.ticks, other.digest), (plain.ticks, plain.digest));
        }
    }
}
