//! What is shown of a session while it goes on.

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

/// Where it is shown.
#[derive(Debug, clap::Args)]
pub(in super::super) struct Monitored {
    /// Serve metrics and health over HTTP, at an address of this machine such as 127.0.0.1:9750
    #[arg(long, value_name = "ADDR")]
    monitor: Option<SocketAddr>,
}

impl Monitored {
    /// What it sets.
    pub(in super::super) fn flags(&self) -> Flags {
        flag("--monitor", "monitor.listen", self.monitor)
    }
}

/// Whoever looks at a session from outside. Dropped, they are told that it is over.
#[derive(Debug)]
pub(in super::super) struct Watched {
    _monitor: Option<Monitor>,
    _service: Option<Service>,
}

/// Begins to show a session to whom the settings name: its log in files, its numbers over HTTP, and to
/// the manager of services that started it.
///
/// # Errors
/// When the log cannot be written or nobody can listen there.
pub(in super::super) fn watch(
    settings: &Settings,
    metrics: &Arc<Metrics>,
    stop: &'static AtomicBool,
) -> Result<Watched, Error> {
    logs::keep(&settings.log, metrics)?;
    let monitor = settings.monitor.listen.map(|listen| Monitor::start(listen, Arc::clone(metrics)));
    let monitor = monitor.transpose()?;
    if let Some(monitor) = &monitor {
        info!("metrics are at http://{}/metrics", monitor.address());
    }
    Ok(Watched { _monitor: monitor, _service: Service::begin(metrics, stop)? })
}
