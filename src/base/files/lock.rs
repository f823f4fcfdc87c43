//! Lock files: one process at a time holds each.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::base::error::Error;

/// Takes the lock of a lock file and holds it until the returned file is closed, which the system
/// also does when the process is killed. `None` while another process holds it.
///
/// # Errors
/// [`ErrorKind::Io`](crate::base::error::ErrorKind::Io).
pub fn lock(file: &Path) -> Result<Option<File>, Error> {
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .custom_flags(flags)
        .open(file)
        .map_err(|error| Error::io("open", file, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", file, error)),
    }
}
