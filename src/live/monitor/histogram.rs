//! Times sorted into buckets, by a writer that never waits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

/// Upper bounds of the buckets, in nanoseconds: 1 µs to 1 s. What is longer is in the last one.
const BOUNDS_NS: [u64; 19] = [
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
];

/// How long something took, by buckets. Its clones are the same one. The library's own takes a lock
/// that readers hold too, and a tick must not wait for that.
#[derive(Debug, Clone, Default)]
pub struct LatencyHistogram(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    buckets: [AtomicU64; BOUNDS_NS.len() + 1],
    sum_ns: AtomicU64,
}

impl LatencyHistogram {
    /// Counts a duration in its bucket.
    pub fn observe(&self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_NS.partition_point(|&bound| bound < ns);
        self.0.buckets[bucket].fetch_add(1, Relaxed);
        self.0.sum_ns.fetch_add(ns, Relaxed);
    }
}

impl EncodeMetric for LatencyHistogram {
    fn encode(&self, mut encoder: MetricEncoder) -> fmt::Result {
        let bounds = BOUNDS_NS.iter().map(|&ns| seconds(ns)).chain([f64::INFINITY]);
        let counts = self.0.buckets.iter().map(|count| count.load(Relaxed));
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        // Of the buckets as they were read, so that they agree.
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = seconds(self.0.sum_ns.load(Relaxed));
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for LatencyHistogram {
    const TYPE: MetricType = MetricType::Histogram;
}

fn seconds(ns: u64) -> f64 {
    Duration::from_nanos(ns).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::prometheus_text::encode;
    use prometheus_client::registry::Registry;

    use super::*;

    #[test]
    fn a_time_is_in_the_first_bucket_that_holds_it_and_in_all_wider_ones() {
        let (histogram, mut registry, mut text) =
            (LatencyHistogram::default(), Registry::default(), String::new());
        registry.register("t_seconds", "Times", histogram.clone());
        for ns in [0, 1_000, 1_001, 1_000_000_000, 1_000_000_001] {
            histogram.observe(Duration::from_nanos(ns));
        }
        encode(&mut text, &registry).unwrap();
        for line in [
            "t_seconds_bucket{le=\"1e-06\"} 2",
            "t_seconds_bucket{le=\"2.5e-06\"} 3",
            "t_seconds_bucket{le=\"0.5\"} 3",
            "t_seconds_bucket{le=\"1\"} 4",
            "t_seconds_bucket{le=\"+Inf\"} 5",
            "t_seconds_sum 2.000002002",
            "t_seconds_count 5",
        ] {
            assert!(text.lines().any(|written| written == line), "{line}\n{text}");
        }
    }
}
