//! Private folders and files: only their owner may look into them or write to them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::base::error::{Error, ErrorKind};

/// The mode of a folder that only its owner may enter.
const PRIVATE: u32 = 0o700;

/// Longest file that is read, in bytes.
const BYTES_MAX: u64 = 1 << 20;

/// Ensures that a folder exists and belongs to us, and removes the permissions of others.
///
/// # Errors
/// [`ErrorKind::Safety`] for a symbolic link, for anything but a folder and for a folder of another
/// user; [`ErrorKind::Io`] when the system refuses.
pub fn own(path: &Path) -> Result<(), Error> {
    let (folder, about) = make(path)?;
    if about.mode() & 0o777 != PRIVATE {
        folder
            .set_permissions(fs::Permissions::from_mode(PRIVATE))
            .map_err(|error| Error::io("make private", path, error))?;
    }
    Ok(())
}

/// Ensures that a folder exists, belongs to us and is private. Leaves the mode of an existing
/// folder unchanged, since it may serve something else as well.
///
/// # Errors
/// As [`own`], and [`ErrorKind::Safety`] when others may enter it.
pub fn own_untouched(path: &Path) -> Result<(), Error> {
    let (_, about) = make(path)?;
    if about.mode() & 0o077 == 0 {
        return Ok(());
    }
    let what = format!("{} is open to others", path.display());
    Err(Error::new(ErrorKind::Safety, what).hint("give a path in a folder of mode 0700"))
}

/// Environment variable: the folder in which systemd keeps the credentials of a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Opens a file that only its owner may read. The owner is we or the superuser, who can read
/// everything.
///
/// A credential of a service belongs to the superuser and has a list of who else may read it
/// (mode 0440): that the service manager made its folder says that this is nobody but us
/// (docs/spec/libraries.md#credentials-of-a-service).
///
/// # Errors
/// [`ErrorKind::Safety`] for a symbolic link, for anything but a regular file, for a file of
/// another user and for one that others may read or write; [`ErrorKind::Io`] when it is missing or
/// the system refuses.
pub fn open(path: &Path) -> Result<File, Error> {
    open_beside(path, credentials().as_deref())
}

/// Whether a file is a credential of the service that we are: in memory, and on no disk.
#[must_use]
pub fn is_credential(path: &Path) -> bool {
    credentials().is_some_and(|folder| holds(&folder, path))
}

fn credentials() -> Option<PathBuf> {
    std::env::var_os(CREDENTIALS).map(PathBuf::from)
}

/// The same where the credentials of a service are in this folder, if we are one.
fn open_beside(path: &Path, credentials: Option<&Path>) -> Result<File, Error> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = file.map_err(|error| match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => {
            Error::new(ErrorKind::Safety, format!("{} is a symbolic link", path.display()))
                .hint("links are not followed: they could lead to another user's file")
        }
        _ => Error::io("read", path, error),
    })?;
    let about = file.metadata().map_err(|error| Error::io("inspect", path, error))?;
    let refused = |what: String, hint: String| Err(Error::new(ErrorKind::Safety, what).hint(hint));
    let (name, mode) = (path.display(), about.mode() & 0o777);
    if !about.is_file() {
        return refused(format!("{name} is not a file"), "give a regular file".to_owned());
    }
    if ![rustix::process::geteuid().as_raw(), 0].contains(&about.uid()) {
        let hint = "who owns a file can read and replace its content".to_owned();
        return refused(format!("{name} belongs to another user"), hint);
    }
    let others = if credentials.is_some_and(|folder| holds(folder, path)) { 0o037 } else { 0o077 };
    if mode & others != 0 {
        return refused(
            format!("{name} is open to others (mode {mode:04o})"),
            format!("chmod 600 {name}"),
        );
    }
    if about.len() > BYTES_MAX {
        return refused(
            format!("{name} has {} bytes", about.len()),
            "at most 1 MiB is read: check the path".to_owned(),
        );
    }
    Ok(file)
}

/// Whether a file lies in the folder of a service's credentials, which the superuser or we made and
/// into which nobody else writes.
fn holds(credentials: &Path, file: &Path) -> bool {
    let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
    let about = fs::symlink_metadata(credentials).ok().filter(fs::Metadata::is_dir);
    let is_sound = |about: fs::Metadata| {
        [rustix::process::geteuid().as_raw(), 0].contains(&about.uid()) && about.mode() & 0o022 == 0
    };
    folder.is_some() && folder == credentials.canonicalize().ok() && about.is_some_and(is_sound)
}

/// Creates a folder, or opens an existing one that belongs to us.
fn make(path: &Path) -> Result<(File, fs::Metadata), Error> {
    match fs::DirBuilder::new().mode(PRIVATE).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Error::io("create", path, error));
        }
        _ => {}
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // Open first, then inspect, so that the folder cannot be replaced in between.
    let folder = rustix::fs::open(path, flags, Mode::empty()).map(File::from).map_err(|error| {
        Error::new(ErrorKind::Safety, format!("{} is a link or not a folder", path.display()))
            .hint("symbolic links are not followed: they could lead to another user's folder")
            .caused_by(io::Error::from(error))
    })?;
    let about = folder.metadata().map_err(|error| Error::io("inspect", path, error))?;
    if about.uid() != rustix::process::geteuid().as_raw() {
        let what = format!("{} belongs to another user", path.display());
        let hint = "who owns a folder can read and replace its content";
        return Err(Error::new(ErrorKind::Safety, what).hint(hint));
    }
    Ok((folder, about))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_others_may_enter_is_refused_where_it_must_not_be_touched() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("shared");
        own_untouched(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, PRIVATE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let error = own_untouched(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Safety, "{error}");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o755);
    }

    #[test]
    fn a_credential_of_a_service_may_have_a_list_of_readers_and_no_other_file_may() {
        let place = tempfile::tempdir().unwrap();
        let credentials = place.path().join("credentials");
        fs::DirBuilder::new().mode(0o500).create(&credentials).unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(&credentials, 0o700);
        let (key, other) = (credentials.join("key"), place.path().join("key"));
        fs::write(&key, "key").unwrap();
        fs::write(&other, "key").unwrap();
        mode(&credentials, 0o550);
        for (path, bits, folder, is_read) in [
            (&key, 0o440, Some(&*credentials), true),
            (&key, 0o400, Some(&*credentials), true),
            (&key, 0o400, None, true),
            (&key, 0o440, None, false),
            (&key, 0o440, Some(place.path()), false),
            (&key, 0o444, Some(&*credentials), false),
            (&key, 0o460, Some(&*credentials), false),
            (&other, 0o440, Some(&*credentials), false),
        ] {
            mode(path, bits);
            let read = open_beside(path, folder);
            assert_eq!(read.is_ok(), is_read, "{} {bits:o} {folder:?}", path.display());
        }
        // Who writes into the folder can put another key there.
        mode(&credentials, 0o770);
        mode(&key, 0o440);
        assert!(open_beside(&key, Some(&credentials)).is_err());
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused_and_left_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("foreign");
        fs::create_dir(&path).unwrap();
        // Only the superuser can give a folder to another user; for any other user, the root folder
        // is foreign.
        let is_root = rustix::process::geteuid().is_root();
        if is_root {
            std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
        }
        let foreign = if is_root { path.as_path() } else { Path::new("/") };
        for refused in [own(foreign), own_untouched(foreign)] {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::Safety);
        }
    }
}
