//! Latencies from the feed to a fill: the last thousand exactly, and all in a histogram.

use std::collections::VecDeque;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::fact::Fact;
use crate::model::quote::{TICK_MS, Tick};
use crate::model::time::Moment;

/// Number of values kept one by one.
const RING: usize = 1_000;
/// Longest time that a histogram resolves, in microseconds: ten minutes.
const MICROS_MAX: u64 = 600_000_000;
/// Significant decimal digits of a histogram.
const DIGITS: u8 = 3;

/// The latencies of one kind, in microseconds.
#[derive(Debug, Clone)]
pub struct Gauge {
    ring: VecDeque<u64>,
    all: Histogram<u64>,
}

/// Quantiles of latencies, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// Number of latencies measured.
    pub count: u64,
    /// The median: half are at most this.
    pub p50: u64,
    /// 90 % are at most this.
    pub p90: u64,
    /// 99 % are at most this.
    pub p99: u64,
    /// The longest of them.
    pub max: u64,
}

/// The quantiles of a gauge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct GaugeSummary {
    /// The last 1,000 latencies, exactly.
    pub recent: Spread,
    /// All latencies, to three digits.
    pub all: Spread,
}

impl Default for Gauge {
    fn default() -> Self {
        let all = Histogram::new_with_max(MICROS_MAX, DIGITS);
        Self { ring: VecDeque::with_capacity(RING), all: all.expect("sound bounds") }
    }
}

impl Gauge {
    /// Adds a latency, in microseconds.
    pub fn record(&mut self, micros: u64) {
        if self.ring.len() == RING {
            self.ring.pop_front();
        }
        self.ring.push_back(micros);
        self.all.saturating_record(micros);
    }

    /// The last latencies, oldest first, in microseconds.
    pub fn recent(&self) -> impl Iterator<Item = u64> {
        self.ring.iter().copied()
    }

    /// The quantiles of the latencies.
    #[must_use]
    pub fn summary(&self) -> GaugeSummary {
        let all = Spread {
            count: self.all.len(),
            p50: self.all.value_at_quantile(0.5),
            p90: self.all.value_at_quantile(0.9),
            p99: self.all.value_at_quantile(0.99),
            max: self.all.max(),
        };
        let mut sorted: Vec<u64> = self.ring.iter().copied().collect();
        sorted.sort_unstable();
        // The value at a rank: the smallest that this many percent do not exceed.
        let rank = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
            sorted.get(rank).copied().unwrap_or_default()
        };
        let recent = Spread {
            count: self.ring.len() as u64,
            p50: rank(50),
            p90: rank(90),
            p99: rank(99),
            max: rank(100),
        };
        GaugeSummary { recent, all }
    }
}

/// The latencies of a live session.
#[derive(Debug, Clone, Default)]
pub struct SessionTimes {
    /// Deviation of the interval between two ticks from 250 ms.
    pub jitter: Gauge,
    /// From the arrival of a message to the decisions on it.
    pub decision: Gauge,
    /// From a decision to its fill.
    pub fill: Gauge,
}

/// The latencies of a live session, as quantiles in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LatencySummary {
    /// Quantiles of [`SessionTimes::jitter`], in microseconds.
    pub jitter_us: GaugeSummary,
    /// Quantiles of [`SessionTimes::decision`], in microseconds.
    pub decision_us: GaugeSummary,
    /// Quantiles of [`SessionTimes::fill`], in microseconds.
    pub fill_us: GaugeSummary,
}

impl SessionTimes {
    /// The quantiles of all latencies.
    #[must_use]
    pub fn summary(&self) -> LatencySummary {
        LatencySummary {
            jitter_us: self.jitter.summary(),
            decision_us: self.decision.summary(),
            fill_us: self.fill.summary(),
        }
    }
}

/// Measures the jitter of arrivals from the facts.
#[derive(Debug, Clone, Default)]
pub struct Rhythm {
    last: Option<(Moment, Tick)>,
    gauge: Gauge,
}

impl Rhythm {
    /// Takes a fact with the time of its message. Only consecutive ticks that arrived in time
    /// count.
    pub fn hear(&mut self, at: Moment, fact: &Fact) {
        match *fact {
            Fact::Tick { tick, late: false, .. } | Fact::Rug { tick, late: false, .. } => {
                if let Some((before, last)) = self.last
                    && last + 1 == tick
                {
                    let gap_ms = at.ms_since(before);
                    self.gauge.record(gap_ms.abs_diff(u64::from(TICK_MS)).saturating_mul(1_000));
                }
                self.last = Some((at, tick));
            }
            Fact::Tick { .. } | Fact::Rug { .. } | Fact::Game { .. } | Fact::Void => {
                self.last = None;
            }
            Fact::Countdown { .. } | Fact::Presale { .. } | Fact::Seed(_) => {}
        }
    }

    /// The jitter measured so far.
    #[must_use]
    pub const fn gauge(&self) -> &Gauge {
        &self.gauge
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::price::Price;

    #[test]
    fn the_last_thousand_are_exact_and_all_are_counted() {
        let mut gauge = Gauge::default();
        for micros in 1..=2_000 {
            gauge.record(micros);
        }
        let GaugeSummary { recent, all } = gauge.summary();
        assert_eq!((recent.count, recent.p50, recent.p90), (1_000, 1_500, 1_900));
        assert_eq!((recent.p99, recent.max), (1_990, 2_000));
        assert_eq!((all.count, all.p50), (2_000, 1_000));
        assert!(all.max >= 2_000 && all.max < 2_002);
        assert_eq!(Gauge::default().summary(), GaugeSummary::default());
    }

    #[test]
    fn a_time_beyond_all_bounds_is_counted_as_the_longest() {
        let mut gauge = Gauge::default();
        gauge.record(u64::MAX);
        gauge.record(0);
        assert_eq!(gauge.summary().all.count, 2);
        assert_eq!(gauge.summary().recent.max, u64::MAX);
    }

    #[test]
    fn jitter_is_measured_between_ticks_that_arrived_in_their_time() {
        let mut rhythm = Rhythm::default();
        let price = Price::ONE;
        for (at, tick, late) in [
            (0, 0, false),
            (250, 1, false),
            (520, 2, false),
            (530, 3, true),
            (540, 4, false),
            (700, 5, false),
        ] {
            rhythm.hear(Moment::from_ms(at), &Fact::Tick { tick, price, late });
        }
        assert_eq!(rhythm.gauge().recent().collect::<Vec<_>>(), [0, 20_000, 90_000]);
    }

    #[test]
    fn a_summary_is_written_with_its_unit() {
        let line = serde_json::to_value(SessionTimes::default().summary()).unwrap();
        assert_eq!(line["decision_us"]["recent"]["p99"], 0);
    }
}
