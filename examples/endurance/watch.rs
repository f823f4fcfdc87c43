//! What a process holds while it works, second by second: memory, threads, descriptors. Shared by
//! the examples that put a load on something.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use plotters::prelude::*;
use procfs::process::Process;

use crate::{now, wait};

/// What there was at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Seconds since the first look.
    pub(crate) at: f64,
    /// Resident memory in MiB.
    pub(crate) resident: f64,
    pub(crate) threads: f64,
    pub(crate) descriptors: f64,
}

#[expect(clippy::cast_precision_loss, reason = "numbers to be looked at")]
fn look(process: &Process, at: f64) -> Option<Sample> {
    let stat = process.stat().ok()?;
    Some(Sample {
        at,
        resident: procfs::WithCurrentSystemInfo::get(stat.rss_bytes()) as f64 / 1_048_576.0,
        threads: stat.num_threads as f64,
        descriptors: process.fd_count().ok()? as f64,
    })
}

/// Looks at a process once a second, from its start to its end.
pub(crate) struct Sampler {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Sample>>,
}

impl Sampler {
    /// Begins to look at a process: this one where none is named.
    ///
    /// # Errors
    /// When there is no such process.
    pub(crate) fn start(id: Option<u32>) -> io::Result<Self> {
        let process = match id.and_then(|id| i32::try_from(id).ok()) {
            Some(id) => Process::new(id),
            None => Process::myself(),
        };
        let process = process.map_err(io::Error::other)?;
        let over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&over);
        let thread = thread::spawn(move || {
            let (begun, mut samples) = (now(), Vec::new());
            while !seen.load(Relaxed) {
                samples.extend(look(&process, begun.elapsed().as_secs_f64()));
                wait(Duration::from_secs(1));
            }
            samples
        });
        Ok(Self { over, thread })
    }

    /// What there was.
    ///
    /// # Errors
    /// When nobody looked.
    pub(crate) fn end(self) -> io::Result<Samples> {
        self.over.store(true, Relaxed);
        let samples = self.thread.join().map_err(|_| io::Error::other("nobody looked"))?;
        if samples.is_empty() { Err(io::Error::other("no look")) } else { Ok(Samples(samples)) }
    }
}

/// Looks at a process; at least one.
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    /// The slope of resident memory in KiB a minute: that of the line with the least squares
    /// through the second half, in which all is warm.
    pub(crate) fn slope(&self) -> f64 {
        let half = &self.0[self.0.len() / 2..];
        let count = f64::from(u32::try_from(half.len()).unwrap_or(u32::MAX));
        let mean = |of: fn(&Sample) -> f64| half.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|sample| sample.at), mean(|sample| sample.resident));
        let across: f64 = half.iter().map(|sample| (sample.at - x) * (sample.resident - y)).sum();
        let along: f64 = half.iter().map(|sample| (sample.at - x).powi(2)).sum();
        if along > 0.0 { across / along * 60.0 * 1_024.0 } else { 0.0 }
    }

    /// Least and most of something.
    pub(crate) fn span(&self, of: fn(&Sample) -> f64) -> (f64, f64) {
        let all = self.0.iter().map(of);
        all.fold((f64::INFINITY, 0.0), |(least, most), one| (least.min(one), f64::max(most, one)))
    }

    /// In words.
    pub(crate) fn words(&self) -> String {
        let (first, last) = (self.0[0].resident, self.0[self.0.len() - 1].resident);
        let (most, slope) = (self.span(|sample| sample.resident).1, self.slope());
        let count = self.0.len();
        format!(
            "{first:.1} / {last:.1} / {most:.1} MiB (first / last / max of {count} s), \
             {slope:+.1} KiB a minute"
        )
    }

    /// Threads and descriptors, in words.
    pub(crate) fn handles(&self) -> String {
        let [threads, descriptors]: [fn(&Sample) -> f64; 2] =
            [|sample| sample.threads, |sample| sample.descriptors];
        let [threads, descriptors] = [threads, descriptors].map(|of| self.span(of));
        format!(
            "{} to {} threads, {} to {} descriptors",
            threads.0, threads.1, descriptors.0, descriptors.1
        )
    }

    /// Writes a plot, and beside it the numbers.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn write(&self, plot: &Path, title: &str) -> io::Result<()> {
        draw(plot, title, &self.0).map_err(|error| io::Error::other(error.to_string()))?;
        let mut csv = io::BufWriter::new(std::fs::File::create(plot.with_extension("csv"))?);
        writeln!(csv, "seconds,resident_mib,threads,descriptors")?;
        for Sample { at, resident, threads, descriptors } in &self.0 {
            writeln!(csv, "{at:.1},{resident:.2},{threads},{descriptors}")?;
        }
        csv.flush()
    }
}

/// Pixels of a plot.
const SIZE: (u32, u32) = (900, 320);

/// Draws resident memory over time, from zero on, so that growth shows.
fn draw(path: &Path, title: &str, samples: &[Sample]) -> Result<(), Box<dyn Error>> {
    let minutes = |sample: &Sample| sample.at / 60.0;
    let end = samples.last().map_or(0.0, minutes);
    let most = samples.iter().map(|sample| sample.resident).fold(0.0, f64::max);
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .caption(title, ("sans-serif", 16))
        .x_label_area_size(34)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..end, 0.0..most * 1.2)?;
    chart
        .configure_mesh()
        .x_desc("minutes")
        .y_desc("resident memory, MiB")
        .light_line_style(WHITE)
        .draw()?;
    let line = samples.iter().map(|sample| (minutes(sample), sample.resident));
    chart.draw_series(LineSeries::new(line, &BLUE))?;
    area.present()?;
    Ok(())
}
