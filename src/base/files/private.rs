//! Folders and files that are ours alone: nobody else may look into them, or put anything there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::base::error::{Error, ErrorKind};

/// The mode of a folder that nobody else may look into.
const PRIVATE: u32 = 0o700;

/// Longest file that is read whole.
const BYTES_MAX: u64 = 1 << 20;

/// Makes sure that a folder is there, ours and private: what others may do with it is put right.
///
/// # Errors
/// [`ErrorKind::Safety`] for a symbolic link, for what is no folder and for what belongs to
/// somebody else, [`ErrorKind::Io`] when the system refuses.
pub fn own(path: &Path) -> Result<(), Error> {
    let (folder, about) = make(path)?;
    if about.mode() & 0o777 != PRIVATE {
        folder
            .set_permissions(fs::Permissions::from_mode(PRIVATE))
            .map_err(|error| Error::io("close to others", path, error))?;
    }
    Ok(())
}

/// Makes sure that a folder is there, ours and private, and leaves one that others may enter as it
/// is: it may serve something else as well.
///
/// # Errors
/// As [`own`], and [`ErrorKind::Safety`] when others may enter.
pub fn own_untouched(path: &Path) -> Result<(), Error> {
    let (_, about) = make(path)?;
    if about.mode() & 0o077 == 0 {
        return Ok(());
    }
    let what = format!("{} is open to others", path.display());
    Err(Error::new(ErrorKind::Safety, what).hint("give a path in a folder of mode 0700"))
}

/// Opens a file that nobody else may read: ours, or the superuser's, who can read everything.
///
/// # Errors
/// [`ErrorKind::Safety`] for a symbolic link, for what is no file, for what belongs to somebody
/// else and for what others may read or write, [`ErrorKind::Io`] when there is none or the system
/// refuses.
pub fn open(path: &Path) -> Result<File, Error> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = file.map_err(|error| match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => {
            Error::new(ErrorKind::Safety, format!("{} is a symbolic link", path.display()))
                .hint("links are not followed: they could lead to a file of somebody else")
        }
        _ => Error::io("read", path, error),
    })?;
    let about = file.metadata().map_err(|error| Error::io("look at", path, error))?;
    let refused = |what: String, hint: String| Err(Error::new(ErrorKind::Safety, what).hint(hint));
    let (name, mode) = (path.display(), about.mode() & 0o777);
    if !about.is_file() {
        return refused(format!("{name} is no file"), "give a regular file".to_owned());
    }
    if ![rustix::process::geteuid().as_raw(), 0].contains(&about.uid()) {
        let hint = "who owns a file can read and exchange what is in it".to_owned();
        return refused(format!("{name} belongs to somebody else"), hint);
    }
    if mode & 0o077 != 0 {
        return refused(
            format!("{name} is open to others (mode {mode:04o})"),
            format!("chmod 600 {name}"),
        );
    }
    if about.len() > BYTES_MAX {
        return refused(
            format!("{name} has {} bytes", about.len()),
            "it is another file".to_owned(),
        );
    }
    Ok(file)
}

/// Creates a folder, or takes one that is there and ours.
fn make(path: &Path) -> Result<(File, fs::Metadata), Error> {
    match fs::DirBuilder::new().mode(PRIVATE).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Error::io("create", path, error));
        }
        _ => {}
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // Opened first and looked at afterwards, so that it cannot be exchanged in between.
    let folder = rustix::fs::open(path, flags, Mode::empty()).map(File::from).map_err(|error| {
        Error::new(ErrorKind::Safety, format!("{} is no folder of its own", path.display()))
            .hint("symbolic links are not followed: they could lead to a folder of somebody else")
            .caused_by(io::Error::from(error))
    })?;
    let about = folder.metadata().map_err(|error| Error::io("look at", path, error))?;
    if about.uid() != rustix::process::geteuid().as_raw() {
        let what = format!("{} belongs to somebody else", path.display());
        let hint = "who owns a folder can read and exchange what is in it";
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
    fn a_folder_of_somebody_else_is_refused_and_left_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("foreign");
        fs::create_dir(&path).unwrap();
        // Only the superuser can give a folder away; for everybody else, the root is foreign.
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
