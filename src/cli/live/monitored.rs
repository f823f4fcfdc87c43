//! The monitoring of a running session.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tracing::info;

use crate::base::error::Error;
use crate::cli::given::flag;
use crate::cli::logs;
use crate::cli::service::Service;
use crate::cli::settings::{Flags, Settings};
use crate::live::monitor::{Metrics, Monitor};

/// Where a session's metrics are served.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Monitored {
    /// Serve metrics and health over HTTP, at a local address such as 127.0.0.1:9750
    #[arg(long, value_name = "ADDR")]
    monitor: Option<SocketAddr>,
}

impl Monitored {
    /// The settings that these flags override.
    pub(in super::super) fn flags(&self) -> Flags {
        flag("--monitor", "monitor.listen", self.monitor)
    }
}

/// The monitors of a session. Dropping them tells them that the session is over.
#[derive(Debug)]
pub(in super::super) struct Watched {
    _monitor: Option<Monitor>,
    _service: Option<Service>,
}

/// Starts the monitors that the settings ask for: log files, metrics over HTTP, and notifications
/// to the service manager that started the process.
///
/// # Errors
/// When the log cannot be written or the address cannot be bound.
pub(in super::super) fn watch(
    settings: &Settings,
    metrics: &Arc<Metrics>,
    stop: &'static AtomicBool,
) -> Result<Watched, Error> {
    logs::keep(&settings.log, metrics)?;
    let serve = |listen| Monitor::start(listen, &settings.monitor.hosts, Arc::clone(metrics));
    let monitor = settings.monitor.listen.map(serve).transpose()?;
    if let Some(monitor) = &monitor {
        info!("metrics are at http://{}/metrics", monitor.address());
    }
    Ok(Watched { _monitor: monitor, _service: Service::begin(metrics, stop)? })
}
