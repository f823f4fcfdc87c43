//! Starts threads of async code, provided that the system has file descriptors for them.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Pipes of two descriptors each that must be available. A runtime begins with six descriptors: a
/// poll and its copy, a waker, the pair for signals and a copy of one of it. One pipe more is for
/// other threads that open something meanwhile.
/// opens something meanwhile.
const PIPES: usize = 4;

/// Starts a runtime with all drivers enabled.
///
/// # Errors
/// When there are too few descriptors, at which tokio itself would panic, or no thread is
/// available.
pub(crate) fn start(builder: &mut Builder) -> io::Result<Runtime> {
    let spare = (0..PIPES).map(|_| io::pipe()).collect::<io::Result<Vec<_>>>()?;
    drop(spare);
    builder.enable_all().build()
}
