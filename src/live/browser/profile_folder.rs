//! The folder of a browser of ours: its profile, its temporary files, and who may have it.
//!
//! ```text
//! profile/        0700, ours, no symbolic link; the browser's HOME
//!   lock          held by the Replayer whose browser runs here
//!   data/         the profile itself
//!   tmp/          its TMPDIR, emptied at every start: a killed browser leaves files there
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::{Error, ErrorKind};
use crate::base::files::private::own;
use crate::base::files::{self, HeldLock};

/// Longest path of a profile, in bytes: the browser keeps a socket below it, whose path the system
/// limits to 107.
const PATH_BYTES_MAX: usize = 60;

/// A folder that is ours alone as long as this lives: cookies are in there
/// (docs/spec/browser.md#security).
#[derive(Debug)]
pub(super) struct ProfileFolder {
    path: PathBuf,
    /// Locked until it is closed, which the system does for us when we are killed.
    _lock: HeldLock,
}

impl ProfileFolder {
    /// Creates the folder, or takes one that is there: its mode is put right, its temporary files
    /// are removed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the path cannot be one, [`ErrorKind::Safety`] for a symbolic link,
    /// for what is not a folder and for what belongs to somebody else, [`ErrorKind::Live`] when
    /// another Replayer or a browser has it, [`ErrorKind::Io`] when the system refuses.
    pub(super) fn take(path: &Path) -> Result<Self, Error> {
        if !path.is_absolute() || path.as_os_str().len() > PATH_BYTES_MAX {
            let what = format!("{} cannot be the folder of a browser", path.display());
            let hint =
                format!("give a path that begins with / and has {PATH_BYTES_MAX} bytes at most");
            return Err(Error::usage(what).hint(hint));
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| Error::io("create", parent, error))?;
        }
        own(path)?;
        let lock =
            files::lock(&path.join("lock"))?.ok_or_else(|| in_use(path, "by another Replayer"))?;
        let folder = Self { path: path.to_owned(), _lock: lock };
        own(&folder.data())?;
        if let Some(pid) = folder.used_by().filter(|&pid| runs(pid)) {
            return Err(in_use(path, &format!("by process {pid}")));
        }
        let tmp = folder.tmp();
        own(&tmp)?;
        fs::remove_dir_all(&tmp).map_err(|error| Error::io("empty", &tmp, error))?;
        own(&tmp)?;
        Ok(folder)
    }

    /// The path of the folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the browser keeps its profile.
    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// Where it keeps its temporary files.
    pub(super) fn tmp(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// The process that the browser's own lock names, alive or not. The lock is a link to
    /// `host-pid`, and never removed by us: the browser sees by itself that it is stale.
    pub(super) fn used_by(&self) -> Option<u32> {
        let link = fs::read_link(self.data().join("SingletonLock")).ok()?;
        link.to_str()?.rsplit_once('-')?.1.parse().ok()
    }
}

/// Why a profile cannot be had.
pub(super) fn in_use(path: &Path, by: &str) -> Error {
    Error::new(ErrorKind::Live, format!("the profile {} is in use {by}", path.display()))
        .hint("close that browser, or give another folder")
}

/// Whether a process is there and is not a zombie.
fn runs(pid: u32) -> bool {
    // The state stands behind the name in brackets: `123 (chromium) S 1 …`.
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn it_is_private_from_the_first_moment_and_an_open_one_is_closed() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a profile \"x\" --flag");
        let folder = ProfileFolder::take(&path).unwrap();
        for inside in [&path, &folder.data(), &folder.tmp()] {
            assert_eq!(mode(inside), 0o700, "{}", inside.display());
        }
        drop(folder);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        drop(ProfileFolder::take(&path).unwrap());
        assert_eq!(mode(&path), 0o700);
    }

    #[test]
    fn links_and_files_are_refused_wherever_they_stand() {
        let place = tempfile::tempdir().unwrap();
        let (real, link) = (place.path().join("real"), place.path().join("link"));
        fs::create_dir(&real).unwrap();
        symlink(&real, &link).unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();
        let inside = place.path().join("inside");
        fs::create_dir(&inside).unwrap();
        symlink(&real, inside.join("data")).unwrap();
        for path in [&link, &file, &inside] {
            let error = ProfileFolder::take(path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Safety, "{error}");
        }
        assert!(fs::read_dir(&real).unwrap().next().is_none(), "nothing was put there");
        let error = ProfileFolder::take(Path::new("relative")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
    }

    #[test]
    fn one_replayer_at_a_time_and_old_temporary_files_go() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("profile");
        let folder = ProfileFolder::take(&path).unwrap();
        fs::write(folder.tmp().join("left"), "").unwrap();
        let error = ProfileFolder::take(&path).unwrap_err().to_string();
        assert!(error.contains("in use by another Replayer"), "{error}");
        drop(folder);
        let folder = ProfileFolder::take(&path).unwrap();
        assert!(!folder.tmp().join("left").exists());
    }

    #[test]
    fn a_browser_that_runs_there_is_named_and_a_dead_one_is_not_a_hindrance() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("profile");
        let data = ProfileFolder::take(&path).unwrap().data();
        let lock = data.join("SingletonLock");
        symlink(format!("some-host-{}", std::process::id()), &lock).unwrap();
        let error = ProfileFolder::take(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("in use by process {}", std::process::id())), "{error}");
        fs::remove_file(&lock).unwrap();
        symlink("some-host-999999999", &lock).unwrap();
        assert_eq!(ProfileFolder::take(&path).unwrap().used_by(), Some(999_999_999));
    }
}
