//! Where the socket of a kill switch is: in a folder of ours that nobody else may enter.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::process::Uid;

use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, HeldLock, private};

/// The name of the socket in its folder.
const NAME: &str = "live.sock";

/// How often is looked before a lock or a listener counts as that of another session, and how long
/// is waited in between. A process that is being started holds everything of the one it was forked
/// from until it executes its own program, and so outlives a session that has just ended by a
/// moment.
const LOOKS: u32 = 25;
const BETWEEN: Duration = Duration::from_millis(20);

/// Where the socket is unless told otherwise: `$XDG_RUNTIME_DIR/replayer/live.sock`, or
/// `/tmp/replayer-UID/live.sock` where there is no such folder.
#[must_use]
pub fn default_path() -> PathBuf {
    usual(std::env::var_os("XDG_RUNTIME_DIR"), rustix::process::geteuid())
}

fn usual(runtime: Option<OsString>, user: Uid) -> PathBuf {
    let runtime = runtime.map(PathBuf::from).filter(|path| path.is_absolute() && path.is_dir());
    match runtime {
        Some(runtime) => runtime.join("replayer").join(NAME),
        None => PathBuf::from(format!("/tmp/replayer-{}", user.as_raw())).join(NAME),
    }
}

/// A socket file that is ours. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct KillSocket {
    path: PathBuf,
    /// Held as long as the socket is ours, and no longer than we live: who has the lock may take a
    /// socket file that is there for one of the dead.
    _lock: HeldLock,
}

impl KillSocket {
    /// Takes a path and listens there. The file of a session that is dead is replaced.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a path without a folder, [`ErrorKind::Safety`] when the folder is a
    /// link, is somebody else's or open to others, or something else than a socket is there;
    /// [`ErrorKind::Live`] when another session listens there; [`ErrorKind::Io`].
    pub(super) fn listen(path: &Path) -> Result<(Self, UnixListener), Error> {
        let folder = path.parent().filter(|_| path.is_absolute()).ok_or_else(|| {
            Error::usage(format!("{} cannot be a socket", path.display()))
                .hint("give a path that begins with /")
        })?;
        private::own_untouched(folder)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let lock = folder.join(name);
        let lock = patiently(|| files::lock(&lock))?.ok_or_else(|| taken(path))?;
        clear(path)?;
        let listener =
            UnixListener::bind(path).map_err(|error| Error::io("create", path, error))?;
        let place = Self { path: path.to_owned(), _lock: lock };
        // Nobody could enter the folder meanwhile.
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
            .and_then(|()| listener.set_nonblocking(true))
            .map_err(|error| Error::io("close to others", path, error))?;
        Ok((place, listener))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for KillSocket {
    fn drop(&mut self) {
        // Gone already: that is what was wanted.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes the socket file of a dead session. Nothing else is ever removed.
fn clear(path: &Path) -> Result<(), Error> {
    let about = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        about => about.map_err(|error| Error::io("look at", path, error))?,
    };
    if !about.file_type().is_socket() {
        let what = format!("{} is there and is not a socket", path.display());
        return Err(Error::new(ErrorKind::Safety, what).hint("give another path"));
    }
    patiently(|| Ok(UnixStream::connect(path).is_err().then_some(())))?
        .ok_or_else(|| taken(path))?;
    fs::remove_file(path).map_err(|error| Error::io("remove", path, error))
}

/// Looks until something is there, or [`LOOKS`] times.
#[expect(clippy::disallowed_methods, reason = "nobody tells when another process lets go")]
fn patiently<T>(mut look: impl FnMut() -> Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    for _ in 1..LOOKS {
        if let Some(found) = look()? {
            return Ok(Some(found));
        }
        thread::sleep(BETWEEN);
    }
    look()
}

fn taken(path: &Path) -> Error {
    Error::new(ErrorKind::Live, format!("another session listens at {}", path.display()))
        .hint("end it first, or give this one another socket")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_path_is_that_of_the_user_and_none_that_somebody_else_chose() {
        let user = Uid::from_raw(1_234);
        let folder = tempfile::tempdir().unwrap();
        let runtime = Some(folder.path().as_os_str().to_owned());
        assert_eq!(usual(runtime, user), folder.path().join("replayer/live.sock"));
        for strange in [None, Some("relative".into()), Some("/nowhere/at/all".into())] {
            assert_eq!(usual(strange, user), Path::new("/tmp/replayer-1234/live.sock"));
        }
    }
}
