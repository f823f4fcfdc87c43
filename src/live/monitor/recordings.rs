//! How recording and writing the journal go, asked of those who write.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::engine::collector::{JournalGauge, JournalState};
use crate::feed::record::{RecordingMetrics, SpoolGauge};

/// The recorders and the journal of a session, where it has any.
#[derive(Debug, Clone, Default)]
pub struct Recordings(Arc<Streams>);

#[derive(Debug, Default)]
struct Streams {
    facts: OnceLock<SpoolGauge>,
    raw: OnceLock<SpoolGauge>,
    journal: OnceLock<JournalGauge>,
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

    /// Shows how the journal is written.
    pub fn journal(&self, gauge: JournalGauge) {
        let _ = self.0.journal.set(gauge);
    }

    /// Why not everything that is to be kept can be written at this moment; `None` while it can.
    /// Asked before every order: without a lock while all is well.
    #[must_use]
    pub fn failing(&self) -> Option<String> {
        let Streams { facts, raw, journal } = &*self.0;
        let streams = [facts, raw].into_iter().filter_map(OnceLock::get);
        let journal = journal.get().filter(|journal| journal.is_failing());
        let why = || journal.and_then(|journal| journal.state().failing);
        streams.filter_map(SpoolGauge::failing).next().or_else(why)
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

const ROWS: [Row; 11] = [
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
    ("lost_in_games", "Games of which facts were not recorded.", |it| Number::Counter(it.lost_in)),
    ("disk_errors", "Failures of the disk.", |it| Number::Counter(it.errors)),
    ("failing", "1 while the disk fails.", |it| Number::Gauge(i64::from(it.failing.is_some()))),
];

/// What a number of the journal is called, what it means, and where it stands.
type JournalRow = (&'static str, &'static str, fn(&JournalState) -> Number);

const JOURNAL_ROWS: [JournalRow; 5] = [
    ("waiting_games", "Games that are kept in memory until the disk takes them.", |it| {
        Number::Gauge(i64::try_from(it.waiting).unwrap_or(i64::MAX))
    }),
    ("lost_games", "Games that are not in the journal.", |it| Number::Counter(it.lost)),
    ("lost_files", "Other files that could not be written.", |it| Number::Counter(it.lost_files)),
    ("disk_errors", "Failures of the disk.", |it| Number::Counter(it.errors)),
    ("failing", "1 while the disk fails.", |it| Number::Gauge(i64::from(it.failing.is_some()))),
];

fn count(number: usize) -> Number {
    Number::Gauge(i64::try_from(number).unwrap_or(i64::MAX))
}

impl Number {
    const fn kind(&self) -> MetricType {
        match self {
            Self::Counter(_) => MetricType::Counter,
            Self::Gauge(_) | Self::Amount(_) => MetricType::Gauge,
        }
    }

    fn encode(self, series: MetricEncoder<'_>) -> fmt::Result {
        match self {
            Self::Counter(number) => ConstCounter::new(number).encode(series),
            Self::Gauge(number) => ConstGauge::new(number).encode(series),
            Self::Amount(number) => ConstGauge::new(number).encode(series),
        }
    }
}

impl Collector for Recordings {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let of = |stream, gauge: &OnceLock<SpoolGauge>| {
            gauge.get().map(|gauge| ([("stream", stream)], gauge.metrics()))
        };
        let streams = [of("facts", &self.0.facts), of("raw", &self.0.raw)];
        for (name, help, read) in ROWS {
            let kind = read(&RecordingMetrics::default()).kind();
            let name = format!("replayer_recording_{name}");
            let mut row = encoder.encode_descriptor(&name, help, None, kind)?;
            for (labels, metrics) in streams.iter().flatten() {
                read(metrics).encode(row.encode_family(labels)?)?;
            }
        }
        let Some(state) = self.0.journal.get().map(JournalGauge::state) else { return Ok(()) };
        for (name, help, read) in JOURNAL_ROWS {
            let (name, number) = (format!("replayer_journal_{name}"), read(&state));
            let kind = number.kind();
            number.encode(encoder.encode_descriptor(&name, help, None, kind)?)?;
        }
        Ok(())
    }
}
