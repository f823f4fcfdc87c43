//! Threads of async code, where the system has descriptors for them.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Pipes of two descriptors each that must be there to be had. A runtime begins with six: a poll and its
/// copy, a waker, the pair that tells of signals and a copy of one of it. One pipe more is for whoever else
/// opens something meanwhile.
const PIPES: usize = 4;

/// Starts a runtime with everything in it.
///
/// # Errors
/// When there are too few descriptors, which tokio itself panics at, or no thread is available.
pub(crate) fn start(builder: &mut Builder) -> io::Result<Runtime> {
    let spare = (0..PIPES).map(|_| io::pipe()).collect::<io::Result<Vec<_>>>()?;
    drop(spare);
    builder.enable_all().build()
}
