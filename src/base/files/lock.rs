//! Locks: who holds one is the only one, until it is dropped or the process is gone.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::opened;
use crate::base::error::Error;

/// The mode of a lock file.
const MODE: u32 = 0o600;

/// A lock file that this process holds. Dropped, it is given back at once, also where a child that
/// is just being started still has a copy of the file.
#[derive(Debug)]
pub struct HeldLock(File);

impl HeldLock {
    /// Takes the lock of an open file; the system gives it back when the process is killed. `None`
    /// while another process holds it.
    pub(super) fn of(file: File) -> io::Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The file that is locked.
    pub(super) const fn file(&self) -> &File {
        &self.0
    }
}

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
    let opened =
        opened::open_or_create(file, MODE).map_err(|error| Error::io("open", file, error))?;
    HeldLock::of(opened).map_err(|error| Error::io("lock", file, error))
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
