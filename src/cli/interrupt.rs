//! Ctrl-C handling for long commands.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::warn;

use crate::base::error::ErrorKind;

/// A flag that the first Ctrl-C (or SIGTERM) raises; the second one ends the process at once.
pub(super) fn stop_flag() -> &'static AtomicBool {
    static STOP: AtomicBool = AtomicBool::new(false);
    let handler = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(ErrorKind::Interrupted.exit_code()));
        }
    });
    if let Err(error) = handler {
        warn!("Ctrl-C will end the program at once: {error}");
    }
    &STOP
}
