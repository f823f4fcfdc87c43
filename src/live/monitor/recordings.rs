//! How recording goes, asked of the recorders.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::feed::record::{RecordingMetrics, SpoolGauge};

/// The recorders of a session, where it has any.
#[derive(Debug, Clone, Default)]
pub struct Recordings(Arc<Streams>);

#[derive(Debug, Default)]
struct Streams {
    facts: OnceLock<SpoolGauge>,
    raw: OnceLock<SpoolGauge>,
}

impl Recordings {
    /// Shows the queue of the recorder of facts.
    pub fn facts(&self, gauge: SpoolGauge) {
        // There is one recorder in a session.
        let _ = self.0.facts.set(gauge);
    }

    /// Events are recorded as they come.
    pub fn raw(&self, gauge: SpoolGauge) {
        let _ = self.0.raw.set(gauge);
    }
}

/// One number of a recorder.
enum Number {
    Counter(u64),
    Gauge(i64),
    Amount(f64),
}

/// What a number of a recorder is called, what it means, and where it stands.
type Row = (&'static str, &'static str, fn(&RecordingMetrics) -> Number);

const ROWS: [Row; 10] = [
    ("queue_messages", "Messages that wait for the disk.", |it| count(it.queued)),
    ("queue_capacity_messages", "Messages that may wait; more are lost.", |it| count(it.capacity)),
    ("lag_seconds", "How far the disk is behind what was heard.", |it| {
        Number::Amount(Duration::from_millis(it.lag_ms).as_secs_f64())
    }),
    ("lines", "Lines on the disk.", |it| Number::Counter(it.lines)),
    ("text_bytes", "Bytes of the lines on the disk, as text.", |it| Number::Counter(it.text_bytes)),
    ("bytes", "Bytes on the disk.", |it| Number::Counter(it.bytes)),
    ("parts", "Files that were begun.", |it| Number::Counter(it.parts)),
    ("lost", "Facts or events that were not recorded: gaps.", |it| Number::Counter(it.lost)),
    ("disk_errors", "Failures of the disk.", |it| Number::Counter(it.errors)),
    ("failing", "1 while the disk fails.", |it| Number::Gauge(i64::from(it.failing.is_some()))),
];

fn count(number: usize) -> Number {
    Number::Gauge(i64::try_from(number).unwrap_or(i64::MAX))
}

impl Collector for Recordings {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let of = |stream, gauge: &OnceLock<SpoolGauge>| {
            gauge.get().map(|gauge| ([("stream", stream)], gauge.metrics()))
        };
        let streams = [of("facts", &self.0.facts), of("raw", &self.0.raw)];
        for (name, help, read) in ROWS {
            let kind = match read(&RecordingMetrics::default()) {
                Number::Counter(_) => MetricType::Counter,
                Number::Gauge(_) | Number::Amount(_) => MetricType::Gauge,
            };
            let name = format!("replayer_recording_{name}");
            let mut row = encoder.encode_descriptor(&name, help, None, kind)?;
            for (labels, metrics) in streams.iter().flatten() {
                let series = row.encode_family(labels)?;
                match read(metrics) {
                    Number::Counter(number) => ConstCounter::new(number).encode(series)?,
                    Number::Gauge(number) => ConstGauge::new(number).encode(series)?,
                    Number::Amount(number) => ConstGauge::new(number).encode(series)?,
                }
            }
        }
        Ok(())
    }
}
