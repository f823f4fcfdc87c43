//! Reading files that were named from outside: regular ones only, and with a bound.
//!
//! A pipe would be waited for without an end, a device may have none, and opening one may do
//! something: each is refused in words before it is opened.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// Most bytes of a file that is read at once and that a run or a sweep wrote: a summary of
/// 100,000 variants takes a quarter of it.
pub const RUN_BYTES_MAX: u64 = 1 << 30;

/// Opens a regular file.
///
/// # Errors
/// When it is anything else, missing, or the system refuses.
pub fn open(path: &Path) -> io::Result<File> {
    check(fs::metadata(path)?.file_type())?;
    // Whatever takes its place in between is neither waited for nor made our terminal.
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let flags = i32::try_from(flags).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    check(file.metadata()?.file_type())?;
    Ok(file)
}

/// All bytes of a regular file that has at most `bytes_max` of them.
///
/// # Errors
/// As [`open`], and when it is larger.
pub fn bytes(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more says that it is larger: its length may change while it is read.
    open(path)?.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        let what = format!("it is larger than {bytes_max} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
}

/// The text of a regular file that has at most `bytes_max` bytes.
///
/// # Errors
/// As [`bytes`], and when it is not UTF-8.
pub fn text(path: &Path, bytes_max: u64) -> io::Result<String> {
    String::from_utf8(bytes(path, bytes_max)?).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let what = format!("not UTF-8 text (invalid byte {byte})");
        io::Error::new(io::ErrorKind::InvalidData, what)
    })
}

/// Refuses what is not a regular file, in words.
fn check(kind: FileType) -> io::Result<()> {
    let what = match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_dir() => {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "a folder, not a file"));
        }
        _ if kind.is_fifo() => "a pipe, which is not read: give a file",
        _ if kind.is_socket() => "a socket, which is not read: give a file",
        _ => "a device, which is not read: give a file",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn what_is_not_a_regular_file_is_refused_in_words_and_never_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (folder_here, pipe) = (rustix::fs::CWD, rustix::fs::FileType::Fifo);
        rustix::fs::mknodat(folder_here, at("pipe"), pipe, 0o600.into(), 0).unwrap();
        let _listener = UnixListener::bind(at("socket")).unwrap();
        std::os::unix::fs::symlink(at("pipe"), at("link")).unwrap();
        for (path, what) in [
            (at("pipe"), "a pipe"),
            (at("link"), "a pipe"),
            (at("socket"), "a socket"),
            (folder.path().to_owned(), "a folder"),
            ("/dev/zero".into(), "a device"),
        ] {
            for refused in [open(&path).map(drop), text(&path, 10).map(drop)] {
                let error = refused.unwrap_err().to_string();
                assert!(error.contains(what), "{}: {error}", path.display());
            }
        }
        assert_eq!(open(&at("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_is_read_up_to_its_bound_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "12345").unwrap();
        assert_eq!(text(&path, 5).unwrap(), "12345");
        let error = text(&path, 4).unwrap_err();
        assert!(error.to_string().contains("larger than 4 bytes"), "{error}");
        fs::write(&path, b"ab\xff").unwrap();
        assert!(text(&path, 5).unwrap_err().to_string().contains("invalid byte 2"));
    }
}
