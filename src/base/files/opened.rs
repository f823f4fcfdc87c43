//! Opens what is written: the only place that does. New files are never opened in place of
//! something, existing ones never through a link.
//!
//! The folder in which somebody wants files may be a link: it is theirs. What is made in it is not:
//! no file, and no folder of ours below it.

use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// The mode of a file without secrets, minus the user's umask.
pub(super) const OPEN: u32 = 0o666;
/// The mode of a file that only its owner may read.
pub(super) const PRIVATE: u32 = 0o600;

/// How often a file is looked for that comes and goes.
const TRIES: u32 = 100;

/// Creates a new file of a mode, for reading and writing.
///
/// # Errors
/// When anything has the name, a link that leads nowhere too, or the system refuses.
pub(crate) fn create(path: &Path, mode: u32) -> io::Result<File> {
    // `create_new` is `O_EXCL`, which follows no link.
    OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(path)
}

/// Creates a new file that everybody may read whom the user's umask permits.
///
/// # Errors
/// As [`create`].
pub(crate) fn create_open(path: &Path) -> io::Result<File> {
    create(path, OPEN)
}

/// Creates a new file that only its owner may read.
///
/// # Errors
/// When anything has the name, a link that leads nowhere too, or the system refuses.
pub fn create_own(path: &Path) -> io::Result<File> {
    create(path, PRIVATE)
}

/// Opens a file to write after what it has, wherever that ends by then; creates it when missing.
///
/// # Errors
/// As [`create_open`] and [`open`].
pub(crate) fn append(path: &Path) -> io::Result<File> {
    append_with(path, OPEN)
}

/// The same of a file that only its owner may read.
///
/// # Errors
/// When it is a link, anything but a file, or a file with a second name; when the system refuses.
pub fn append_own(path: &Path) -> io::Result<File> {
    append_with(path, PRIVATE)
}

fn append_with(path: &Path, mode: u32) -> io::Result<File> {
    let file = open_or_create(path, mode)?;
    rustix::fs::fcntl_setfl(&file, OFlags::APPEND)?;
    Ok(file)
}

/// Opens a device or a pipe that the user gave to be written to; `None` where the path is neither.
///
/// # Errors
/// When the system refuses.
pub(crate) fn open_device(path: &Path) -> io::Result<Option<File>> {
    let kind = fs::metadata(path).map(|about| about.file_type());
    if !kind.is_ok_and(|kind| kind.is_char_device() || kind.is_fifo()) {
        return Ok(None);
    }
    let file = OpenOptions::new().write(true).open(path)?;
    let kind = file.metadata()?.file_type();
    // It may be something else by now.
    let is_it = kind.is_char_device() || kind.is_fifo();
    if is_it { Ok(Some(file)) } else { Err(refused(named(kind))) }
}

/// Opens an existing file to change it.
///
/// # Errors
/// When it is a link, anything but a file, or a file with a second name, under which the change
/// would be seen too; when the system refuses.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let file = open_shared(path)?;
    if file.metadata()?.nlink() > 1 {
        return Err(refused("it has a second name (a hard link), whose content would change too"));
    }
    Ok(file)
}

/// Opens an existing file to change it, also where it has a second name.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_shared(path: &Path) -> io::Result<File> {
    // Without waiting: a pipe would wait for its reader.
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
    let file = file.map_err(|error| match fs::symlink_metadata(path) {
        Ok(about) => is_file(about.file_type()).err().unwrap_or(error),
        Err(_) => error,
    })?;
    is_file(file.metadata()?.file_type())?;
    Ok(file)
}

/// Opens a file to change it, or creates it.
///
/// # Errors
/// As [`create`] and [`open`].
pub(crate) fn open_or_create(path: &Path, mode: u32) -> io::Result<File> {
    let mut last = io::ErrorKind::NotFound.into();
    for _ in 0..TRIES {
        match open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        match create(path, mode) {
            // It appeared meanwhile, or it is a link that leads nowhere: the next look says which.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            created => return created,
        }
    }
    Err(last)
}

/// Ensures that a folder of ours is there, with those above it, and not a link.
///
/// # Errors
/// When it is a link or anything but a folder, or the system refuses.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() {
        // The folder of a bare name: the one that we are in.
        return Ok(());
    }
    fs::create_dir_all(path).or_else(|error| match fs::symlink_metadata(path) {
        // The next look says what it is.
        Ok(_) => Ok(()),
        Err(_) => Err(error),
    })?;
    let about = fs::symlink_metadata(path)?;
    if about.is_dir() { Ok(()) } else { Err(refused(named(about.file_type()))) }
}

/// Ensures that a file may take the name of what is there, if anything is: a file of ours.
///
/// # Errors
/// When a link, a folder, a pipe or a device has the name.
pub(crate) fn can_be_replaced(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        about => is_file(about?.file_type()),
    }
}

/// Gives a finished file its name in place of an older one. What has the name is never followed.
///
/// # Errors
/// As [`can_be_replaced`], or when the system refuses.
pub(crate) fn put_in_place(partial: &Path, path: &Path) -> io::Result<()> {
    can_be_replaced(path)?;
    fs::rename(partial, path)
}

/// Gives a finished file a name that nothing has, a link that leads nowhere neither.
///
/// # Errors
/// When the name is taken, or the system refuses.
pub(crate) fn publish(partial: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(partial, path) {
        Ok(()) => return fs::remove_file(partial),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // The file system has no hard links.
        Err(_) => {}
    }
    match rename_to_new(partial, path) {
        // Nor a rename that replaces nothing.
        Err(error) if cannot(&error) => {}
        renamed => return renamed,
    }
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(partial, path),
        Err(error) => Err(error),
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_to_new(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether a file system has no such operation.
fn cannot(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}

fn is_file(kind: FileType) -> io::Result<()> {
    if kind.is_file() { Ok(()) } else { Err(refused(named(kind))) }
}

/// What stands where a file or folder of ours is to be.
fn named(kind: FileType) -> &'static str {
    if kind.is_symlink() {
        "it is a symbolic link, and nothing is written through one"
    } else if kind.is_dir() {
        "it is a folder"
    } else if kind.is_fifo() {
        "it is a pipe, not a file"
    } else if kind.is_file() {
        "it is a file, not a folder"
    } else {
        "it is a device or a socket, not a file"
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::other(why)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with a file `theirs`, and with everything in it that a name can lead to it.
    fn place() -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::write(at("theirs"), "theirs").unwrap();
        fs::write(at("shared"), "shared").unwrap();
        fs::hard_link(at("shared"), at("hard")).unwrap();
        symlink(at("theirs"), at("link")).unwrap();
        symlink(at("nothing"), at("dangling")).unwrap();
        symlink(place.path(), at("folder")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(pipe.success());
        symlink("/dev/null", at("device")).unwrap();
        fs::create_dir(at("real")).unwrap();
        place
    }

    /// What may never be written to, whatever is asked for.
    const TRAPS: [&str; 7] = ["link", "dangling", "folder", "pipe", "device", "real", "hard"];

    fn assert_untouched(place: &Path) {
        assert_eq!(fs::read(place.join("theirs")).unwrap(), b"theirs");
        assert_eq!(fs::read(place.join("shared")).unwrap(), b"shared");
        assert!(!place.join("nothing").exists());
        assert!(fs::symlink_metadata(place.join("link")).unwrap().is_symlink());
        assert!(fs::symlink_metadata(place.join("dangling")).unwrap().is_symlink());
    }

    #[test]
    fn nothing_is_written_through_or_over_whatever_has_the_name() {
        let place = place();
        let at = |name: &str| place.path().join(name);
        for trap in TRAPS {
            assert!(create_open(&at(trap)).is_err(), "created: {trap}");
            assert!(open(&at(trap)).is_err(), "opened: {trap}");
            assert!(open_or_create(&at(trap), OPEN).is_err(), "opened or created: {trap}");
            fs::write(at("partial"), "new").unwrap();
            let error = publish(&at("partial"), &at(trap)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "published: {trap}");
            // A file with a second name is replaced, and the other name keeps the content.
            assert_eq!(put_in_place(&at("partial"), &at(trap)).is_ok(), trap == "hard", "{trap}");
            assert_untouched(place.path());
        }
        let said = open(&at("link")).unwrap_err().to_string();
        assert!(said.contains("symbolic link"), "{said}");
        let said = open(&at("pipe")).unwrap_err().to_string();
        assert!(said.contains("pipe"), "{said}");
        let second = place.path().join("second");
        fs::hard_link(at("theirs"), &second).unwrap();
        let said = open(&second).unwrap_err().to_string();
        assert!(said.contains("hard link"), "{said}");
    }

    #[test]
    fn a_file_of_ours_is_created_once_and_then_opened() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("ours");
        open_or_create(&path, OPEN).unwrap().write_all(b"one").unwrap();
        let mut text = String::new();
        open_or_create(&path, OPEN).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one");
        assert!(
            can_be_replaced(&path).is_ok() && can_be_replaced(&place.path().join("no")).is_ok()
        );
    }

    #[test]
    fn a_folder_of_ours_may_lie_below_a_link_and_may_not_be_one() {
        let place = place();
        let at = |name: &str| place.path().join(name);
        assert!(folder(&at("real")).is_ok() && folder(&at("new/deep")).is_ok());
        assert!(folder(&at("folder/below")).is_ok(), "what the user gave may be a link");
        for trap in ["folder", "link", "dangling", "theirs", "pipe"] {
            assert!(folder(&at(trap)).is_err(), "{trap}");
        }
        assert_untouched(place.path());
    }

    #[test]
    fn a_link_that_appears_meanwhile_is_never_followed() {
        let place = place();
        let (theirs, name) = (place.path().join("theirs"), place.path().join("name"));
        let is_over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                    let _ = symlink(&theirs, &name);
                    let _ = fs::remove_file(&name);
                }
            });
            for _ in 0..2_000 {
                for file in [open_or_create(&name, OPEN), create_open(&name), open(&name)] {
                    let _ = file.map(|mut file| file.write_all(b"ours"));
                }
                let partial = place.path().join("partial");
                fs::write(&partial, "ours").unwrap();
                let _ = publish(&partial, &name);
                fs::write(&partial, "ours").unwrap();
                let _ = put_in_place(&partial, &name);
            }
            is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        assert_untouched(place.path());
    }
}
