//! Repairs what a killed process left: cuts it to its last whole frame, adds the last line, renames
//! it.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tracing::warn;

use super::disk::{Disk, RecordingFolder};
use super::part::foot;
use crate::base::container::{Encoding, Packer, Text};
use crate::base::error::Error;
use crate::base::files;
use crate::model::time::Moment;

/// Bytes read from a file at a time.
const READ_BYTES: usize = 256 << 10;

/// The outcome of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Its new name; `None` when nothing in it was whole and it was removed.
    pub path: Option<PathBuf>,
    /// Number of lines it has, without the last line of the format.
    pub lines: u64,
    /// Number of bytes that were cut off.
    pub cut_bytes: u64,
}

/// Repairs every `feed_*.part` and `capture_*.part` of a folder that no process is writing, and
/// removes unfinished packed parts. Failures are logged and the file is left.
///
/// # Errors
/// When the folder cannot be read.
pub fn repair_folder(folder: &Path) -> Result<Vec<Repaired>, Error> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| Error::io("read", folder, source))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| Error::io("read", folder, source))?;
        let path = entry.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // No recorder makes anything but files: a pipe would be waited for, a link written through.
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_ours(&name) && name.ends_with(".part") {
            found.push(path);
        }
    }
    if let Err(error) = files::remove_unfinished(folder, is_ours) {
        warn!("could not remove what was left unfinished: {error}");
    }
    found.sort();
    let mut repaired = Vec::new();
    for path in found {
        match repair(&path) {
            Ok(None) => {}
            Ok(Some(done)) => {
                warn!(
                    "repaired {}: {} lines are whole, {} bytes were cut off",
                    path.display(),
                    done.lines,
                    done.cut_bytes
                );
                repaired.push(done);
            }
            Err(error) => warn!("could not repair {}: {error}", path.display()),
        }
    }
    Ok(repaired)
}

/// Whether a file name is one of a recorder.
fn is_ours(name: &str) -> bool {
    name.starts_with("feed_") || name.starts_with("capture_")
}

/// Repairs a file that ends in `.part`; `None` while another process is writing it.
///
/// # Errors
/// When it cannot be read or written, or was already finished under its name.
pub fn repair(partial: &Path) -> io::Result<Option<Repaired>> {
    let mut file = files::open_shared(partial)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (length, path) = (file.metadata()?.len(), partial.with_extension(""));
    let whole = Whole::of(&file)?;
    if whole.has_foot && path.try_exists()? && fs::read(&path)? == fs::read(partial)? {
        // The process was killed between creating the final name and removing the old one.
        fs::remove_file(partial)?;
        return Ok(Some(Repaired { path: Some(path), lines: whole.lines, cut_bytes: 0 }));
    }
    if whole.lines > 0 && whole.encoding != Encoding::of(path.as_os_str()) {
        let what = "its encoding is not the one in its name";
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    if file.metadata()?.nlink() > 1 {
        let what = "it has a second name (a hard link), whose content would change too";
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    if whole.lines == 0 {
        fs::remove_file(partial)?;
        return Ok(Some(Repaired { path: None, lines: 0, cut_bytes: length }));
    }
    file.set_len(whole.bytes)?;
    if !whole.has_foot {
        file.seek(SeekFrom::Start(whole.bytes))?;
        let foot = foot("repaired", (whole.lines, whole.digest), whole.last_at)?;
        let mut packer = Packer::new(whole.encoding)?;
        file.write_all(packer.pack(&foot)?)?;
    }
    file.sync_all()?;
    RecordingFolder.publish(partial, &path)?;
    let cut_bytes = length - whole.bytes;
    Ok(Some(Repaired { path: Some(path), lines: whole.lines, cut_bytes }))
}

/// The intact content of a file.
struct Whole {
    encoding: Encoding,
    bytes: u64,
    /// Number of lines before the last line of the format, and their digest.
    lines: u64,
    digest: Sha256,
    has_foot: bool,
    /// The time on the last of those lines.
    last_at: Moment,
}

/// The time, which every line of ours has.
#[derive(Deserialize)]
struct Timed {
    at: Option<Moment>,
    started: Option<Moment>,
}

impl Whole {
    fn of(file: &File) -> io::Result<Self> {
        let mut text = Text::new(BufReader::with_capacity(READ_BYTES, file))?;
        let (mut line, mut before) = (Vec::new(), Vec::new());
        let (mut lines, mut bytes, mut digest) = (0, 0, Sha256::new());
        // A line counts once the next one is read: the last one may be that of the format.
        loop {
            line.clear();
            text.read_until(b'\n', &mut line)?;
            if !line.ends_with(b"\n") {
                break;
            }
            bytes += line.len() as u64;
            if !before.is_empty() {
                lines += 1;
                digest.update(&before);
            }
            std::mem::swap(&mut line, &mut before);
        }
        let has_foot = before.starts_with(b"{\"end\":");
        if !has_foot && !before.is_empty() {
            lines += 1;
            digest.update(&before);
        }
        let (encoding, bytes) = match text.good_until() {
            Some(good) => (Encoding::Zstd, good),
            None => (Encoding::Plain, bytes),
        };
        let timed = serde_json::from_slice::<Timed>(&before).ok();
        let last_at = timed.and_then(|timed| timed.at.or(timed.started)).unwrap_or_default();
        Ok(Self { encoding, bytes, lines, digest, has_foot, last_at })
    }
}
