//! What the system knows of the process, by the names that everybody uses for it.

use std::fmt;

use procfs::process::{LimitValue, Process as System};
use procfs::{ProcResult, WithCurrentSystemInfo};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use tracing::debug;

/// Asks the system at every scrape.
#[derive(Debug)]
pub(super) struct ProcessMetrics;

/// What the system says of the process.
struct Answers {
    cpu_seconds: f64,
    resident_bytes: i64,
    virtual_bytes: i64,
    threads: i64,
    open_fds: i64,
    max_fds: i64,
    start_seconds: f64,
}

#[expect(clippy::cast_precision_loss, reason = "seconds, to be looked at")]
fn ask() -> ProcResult<Answers> {
    let process = System::myself()?;
    let stat = process.stat()?;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
    let max_fds = match process.limits()?.max_open_files.soft_limit {
        LimitValue::Value(most) => number(most),
        LimitValue::Unlimited => i64::MAX,
    };
    Ok(Answers {
        cpu_seconds: seconds(stat.utime + stat.stime),
        resident_bytes: number(stat.rss_bytes().get()),
        virtual_bytes: number(stat.vsize),
        threads: stat.num_threads,
        open_fds: number(process.fd_count()? as u64),
        max_fds,
        start_seconds: procfs::boot_time_secs()? as f64 + seconds(stat.starttime),
    })
}

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let answers = match ask() {
            Ok(answers) => answers,
            Err(error) => {
                // Out of descriptors, perhaps: all else is told nevertheless.
                debug!("the system does not say how the process is: {error}");
                return Ok(());
            }
        };
        let cpu = ConstCounter::new(answers.cpu_seconds);
        let (help, kind) = ("Processor time of the process.", cpu.metric_type());
        cpu.encode(encoder.encode_descriptor("process_cpu_seconds", help, None, kind)?)?;
        let start = ConstGauge::new(answers.start_seconds);
        let (help, kind) = ("When the process began, since 1970.", start.metric_type());
        start.encode(encoder.encode_descriptor(
            "process_start_time_seconds",
            help,
            None,
            kind,
        )?)?;
        for (name, help, number) in [
            ("process_resident_memory_bytes", "Memory in use (RSS).", answers.resident_bytes),
            ("process_virtual_memory_bytes", "Memory that was asked for.", answers.virtual_bytes),
            ("process_threads", "Threads of the process.", answers.threads),
            ("process_open_fds", "Open descriptors.", answers.open_fds),
            ("process_max_fds", "Descriptors that may be open.", answers.max_fds),
        ] {
            let gauge = ConstGauge::new(number);
            let kind = gauge.metric_type();
            gauge.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        Ok(())
    }
}
