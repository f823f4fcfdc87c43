//! The resident memory of this process, second by second.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::{Outcome, now, wait};

/// Looks once a second, from its start to its end.
pub(crate) struct Sampler {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<(f64, f64)>>,
}

impl Sampler {
    pub(crate) fn start() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let seen = over.clone();
        let thread = thread::spawn(move || {
            let (begun, mut samples) = (now(), Vec::new());
            while !seen.load(Relaxed) {
                samples.extend(resident_kb().map(|kb| (begun.elapsed().as_secs_f64(), kb)));
                wait(Duration::from_secs(1));
            }
            samples
        });
        Self { over, thread }
    }

    /// What there was, in words: the slope is that of the line through the second half, in which all
    /// is warm.
    pub(crate) fn end(self) -> Outcome<String> {
        self.over.store(true, Relaxed);
        let samples = self.thread.join().map_err(|_| "nobody looked at the memory")?;
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return Err("no look at the memory".into());
        };
        let most = samples.iter().map(|sample| sample.1).fold(0.0, f64::max);
        let slope = slope(&samples[samples.len() / 2..]) * 60.0;
        let [first, last, most] = [first.1, last.1, most].map(|kb| kb / 1_024.0);
        let count = samples.len();
        Ok(format!(
            "{first:.1} / {last:.1} / {most:.1} MiB (first / last / max of {count} s), \
             {slope:+.0} KiB a minute"
        ))
    }
}

/// The slope of the line with the least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = f64::from(u32::try_from(samples.len()).unwrap_or(u32::MAX));
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let across: f64 = samples.iter().map(|sample| (sample.0 - x) * (sample.1 - y)).sum();
    let along: f64 = samples.iter().map(|sample| (sample.0 - x).powi(2)).sum();
    if along > 0.0 { across / along } else { 0.0 }
}

fn resident_kb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
