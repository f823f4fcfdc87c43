//! How long nothing was heard of a game, asked of a clock when somebody looks.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

use crate::base::clock::Clock;
use crate::feed::Thresholds;

/// The silence of a feed. Written by the feed ingest.
#[derive(Debug, Clone)]
pub(super) struct Silence(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    /// When something was heard last, in nanoseconds of the clock.
    heard_ns: AtomicU64,
    /// Whether a game was going on then.
    in_play: AtomicBool,
    /// How long it may be in a game, and otherwise; no bound where none is set.
    bounds: OnceLock<(Duration, Duration)>,
}

impl Default for Silence {
    /// The silence begins now.
    fn default() -> Self {
        let (heard_ns, in_play) = (AtomicU64::new(0), AtomicBool::new(false));
        Self(Arc::new(Inner { clock: Clock::start(), heard_ns, in_play, bounds: OnceLock::new() }))
    }
}

impl Silence {
    /// Sets from where on it makes the feed unreliable.
    pub(super) fn bound(&self, thresholds: &Thresholds) {
        let [play, otherwise] =
            [thresholds.stale_in_play_ms, thresholds.stale_otherwise_ms].map(Duration::from_millis);
        // A session has one configuration.
        let _ = self.0.bounds.set((play, otherwise));
    }

    /// A frame was heard.
    pub(super) fn end(&self, in_play: bool) {
        self.0.in_play.store(in_play, Relaxed);
        self.0.heard_ns.store(self.0.clock.nanos(), Relaxed);
    }

    /// The bound that it has passed, if it has.
    pub(super) fn passed(&self) -> Option<Duration> {
        let &(play, otherwise) = self.0.bounds.get()?;
        let bound = if self.0.in_play.load(Relaxed) { play } else { otherwise };
        (self.lasts() > bound).then_some(bound)
    }

    fn lasts(&self) -> Duration {
        let now = self.0.clock.nanos();
        Duration::from_nanos(now.saturating_sub(self.0.heard_ns.load(Relaxed)))
    }
}

impl Collector for Silence {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let lasts = ConstGauge::new(self.lasts().as_secs_f64());
        let help = "Time since a frame of a game was heard, or since the session began.";
        let kind = lasts.metric_type();
        let name = "replayer_feed_silence_seconds";
        lasts.encode(encoder.encode_descriptor(name, help, None, kind)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_passes_its_bound_which_is_another_in_a_game() {
        let silence = Silence::default();
        assert_eq!(silence.passed(), None, "no bound is set");
        silence.bound(&Thresholds {
            stale_in_play_ms: 0,
            stale_otherwise_ms: u64::MAX,
            ..Thresholds::default()
        });
        silence.end(false);
        assert_eq!(silence.passed(), None);
        silence.end(true);
        while silence.lasts().is_zero() {}
        assert_eq!(silence.passed(), Some(Duration::ZERO));
        silence.end(false);
        assert_eq!(silence.passed(), None);
    }
}
