//! Lock files: one process at a time holds each.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::base::error::Error;

/// A lock file that this process holds. Dropped, it is given back at once, also where a child that
/// is just being started still has a copy of the file.
#[derive(Debug)]
pub struct HeldLock(File);

impl Drop for HeldLock {
    fn drop(&mut self) {
        // Closing the file gives the lock back later, if not now.
        let _ = self.0.unlock();
    }
}

/// Takes the lock of a lock file and holds it until it is dropped; the system gives it back when
/// the process is killed. `None` while another process holds it.
///
/// # Errors
/// [`ErrorKind::Io`](crate::base::error::ErrorKind::Io).
pub fn lock(file: &Path) -> Result<Option<HeldLock>, Error> {
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
        Ok(()) => Ok(Some(HeldLock(lock))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", file, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_given_back_while_a_child_still_has_a_copy_of_its_file() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("lock");
        let held = lock(&path).unwrap().unwrap();
        // A copy of the same open file, as a process has that was forked and does not run yet.
        let _copy = held.0.try_clone().unwrap();
        assert!(lock(&path).unwrap().is_none());
        drop(held);
        assert!(lock(&path).unwrap().is_some());
    }
}
