//! What is lost of the log, asked of who writes it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;

/// Says how many lines are lost.
type Lost = Box<dyn Fn() -> u64 + Send + Sync>;

/// The log of a session, where it is written to files.
#[derive(Clone, Default)]
pub struct LogMetrics(Arc<OnceLock<Lost>>);

impl LogMetrics {
    /// Lines are lost as this says.
    pub fn lost(&self, lost: impl Fn() -> u64 + Send + Sync + 'static) {
        // There is one log in a process.
        let _ = self.0.set(Box::new(lost));
    }
}

impl fmt::Debug for LogMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogMetrics").finish_non_exhaustive()
    }
}

impl Collector for LogMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let lost = ConstCounter::new(self.0.get().map_or(0, |lost| lost()));
        let help =
            "Lines that are not in the files of the log: too many at once, or a disk that refuses.";
        let kind = lost.metric_type();
        lost.encode(encoder.encode_descriptor("replayer_log_lines_lost", help, None, kind)?)
    }
}
