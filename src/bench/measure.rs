//! The measurement of a workload: two sides alternately, the best lap of each, figures and targets.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use serde::{Serialize, Serializer};

use crate::engine::journal::Digest;

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Number of laps per side; the best one counts.
    pub laps: u32,
    /// Share of the full work per lap, in percent.
    pub percent: u64,
}

impl Effort {
    /// For reliable figures: one or two minutes for everything.
    pub const FULL: Self = Self { laps: 7, percent: 100 };
    /// For a first impression: a few seconds for everything.
    pub const QUICK: Self = Self { laps: 3, percent: 20 };

    /// The share of a full amount of work.
    #[must_use]
    pub const fn of(self, full: u64) -> u64 {
        full * self.percent / 100
    }
}

/// A measured figure and its target.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// The name of the workload.
    pub workload: &'static str,
    /// What was measured, and against what.
    pub what: String,
    /// Ticks per second; with many bots, ticks of one bot.
    pub ticks_per_s: f64,
    /// Ticks per second of the baseline, if there is one.
    pub baseline_ticks_per_s: Option<f64>,
    /// The target of the figure.
    pub reach: Reach,
}

/// The target of a figure.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// No target, for information only.
    Open,
    /// A minimum of ticks per second.
    Rate(f64),
    /// A minimum ratio to the baseline's throughput; may exceed 1.
    Ratio(f64),
}

impl Figure {
    /// The throughput as a share of the baseline's.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        self.baseline_ticks_per_s.map(|baseline| self.ticks_per_s / baseline)
    }

    /// Whether the target is reached; `None` without a target.
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

/// One lap of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lap {
    /// Number of ticks played.
    pub ticks: u64,
    /// Duration without the set-up: CPU time, or real time of several threads.
    pub took: Duration,
    /// The digest of the result.
    pub digest: Digest,
}

impl Lap {
    /// Throughput in ticks per second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn rate(&self) -> f64 {
        self.ticks as f64 / self.took.as_secs_f64()
    }
}

/// The best laps of two sides that did the same work.
#[derive(Debug, Clone, Copy)]
pub struct Race {
    /// The side that is measured.
    pub left: Lap,
    /// The side that it is compared with.
    pub right: Lap,
}

/// Runs two sides alternately on the same work, so that any disturbance affects both, and returns
/// the best lap of each.
///
/// # Panics
/// When the results of the two sides differ: the figures would mean nothing.
#[must_use]
pub fn race(effort: Effort, mut left: impl FnMut() -> Lap, mut right: impl FnMut() -> Lap) -> Race {
    let mut best = Race { left: left(), right: right() };
    assert_eq!(
        (best.left.ticks, best.left.digest),
        (best.right.ticks, best.right.digest),
        "the two sides of a benchmark did different work"
    );
    for _ in 1..effort.laps {
        best.left = faster(best.left, left());
        best.right = faster(best.right, right());
    }
    best
}

fn faster(best: Lap, next: Lap) -> Lap {
    assert_eq!(best.digest, next.digest, "a lap of a benchmark gave another result");
    if next.took < best.took { next } else { best }
}

/// The CPU time of this thread for some work, which excludes other programs.
///
/// # Panics
/// On a system without per-thread clocks.
pub fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = ThreadTime::now();
    let done = work();
    (start.elapsed(), done)
}

/// The real time of some work: for work on several threads.
pub fn time_on_the_wall<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = now();
    let done = work();
    (now() - start, done)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock, around the work")]
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
        let Race { left, right } = race(Effort { laps: 3, percent: 100 }, left, || lap(1, 2));
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
}
