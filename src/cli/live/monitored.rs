//! What is shown of a session while it goes on.

use std::net::SocketAddr;
use std::sync::Arc;

use tracing::info;

use crate::cli::given::flag;
use crate::config::{Flags, Settings};
use crate::error::Error;
use crate::monitor::{Board, Monitor};

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

/// Begins to show a board, where the settings want it. Ends when what it returns is dropped.
///
/// # Errors
/// When nobody can listen there.
pub(in super::super) fn show(
    settings: &Settings,
    board: &Arc<Board>,
) -> Result<Option<Monitor>, Error> {
    let Some(listen) = settings.monitor.listen else { return Ok(None) };
    let monitor = Monitor::start(listen, Arc::clone(board))?;
    info!("metrics are at http://{}/metrics", monitor.address());
    Ok(Some(monitor))
}
