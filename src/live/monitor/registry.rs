//! Makes metrics and registers them, each with its name and what it means.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};

use super::LatencyHistogram;

/// The labels of a series.
pub(super) type Labels = Vec<(&'static str, String)>;
/// Counters that differ in their labels.
pub(super) type Counters = Family<Labels, Counter>;
/// A number that is not a whole one.
pub(super) type Amount = Gauge<f64, AtomicU64>;

/// Registers what it makes. The library adds `_total` to counters and a full stop to the help.
pub(super) struct MetricRegistry<'a>(pub(super) &'a mut Registry);

impl MetricRegistry<'_> {
    fn put<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        let metric = M::default();
        self.0.register(name, help, metric.clone());
        metric
    }

    pub(super) fn counter(&mut self, name: &str, help: &str) -> Counter {
        self.put(name, help)
    }

    pub(super) fn gauge(&mut self, name: &str, help: &str) -> Gauge {
        self.put(name, help)
    }

    pub(super) fn histogram(&mut self, name: &str, help: &str) -> LatencyHistogram {
        self.put(name, help)
    }

    pub(super) fn counters(&mut self, name: &str, help: &str) -> Counters {
        self.put(name, help)
    }

    pub(super) fn amounts(&mut self, name: &str, help: &str) -> Family<Labels, Amount> {
        self.put(name, help)
    }

    /// Counters of one label, a series for each of its values from the beginning on: what is counted
    /// first would else seem never to have been counted.
    pub(super) fn counters_of<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        (label, values): (&'static str, [&'static str; N]),
    ) -> [Counter; N] {
        let family = self.counters(name, help);
        values.map(|value| family.get_or_create_owned(&vec![(label, value.to_owned())]))
    }
}
