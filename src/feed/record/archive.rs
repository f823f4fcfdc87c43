//! Finished parts: a background thread packs them more tightly and removes them after a time.
//!
//! A part grows in frames of a line or two, because no line may wait. Once it is complete, the same
//! text in frames of 64 kB takes a fifth of the space (docs/recording-format.md).

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, UNIX_EPOCH};

use crossbeam_channel::{Receiver, Sender, bounded};
use sha2::{Digest, Sha256};
use tracing::{info, warn};

use crate::base::container::{Encoding, FRAME_TEXT_BYTES, Packer, Text};
use crate::base::error::Error;
use crate::base::files::{Pending, reading};
use crate::model::time::Moment;

/// Most finished parts that may wait. One that finds no room stays unpacked.
const WAITING_MAX: usize = 16;

/// How long to keep finished parts, and how many bytes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Longest time that a finished part is kept; `None`: no limit.
    pub age_max: Option<Duration>,
    /// Most bytes of finished parts in the folder; the oldest are removed first. `None`: no limit.
    pub bytes_max: Option<u64>,
}

/// A finished part, with the time at which it was finished.
type Finished = (PathBuf, Moment);

/// The background thread. Dropped, it ends soon and leaves every file complete.
#[derive(Debug)]
pub(super) struct Archivist {
    parts: Option<Sender<Finished>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Archivist {
    /// Starts the background thread.
    pub(super) fn start(retention: Retention) -> io::Result<Self> {
        let (parts, finished) = bounded(WAITING_MAX);
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("archivist".to_owned())
            .spawn(move || work(&finished, retention, &told))?;
        Ok(Self { parts: Some(parts), stop, thread: Some(thread) })
    }

    /// Passes on a part that was finished at `at`. Never waits.
    pub(super) fn take(&self, part: &Path, at: Moment) {
        if let Some(parts) = &self.parts {
            // An unpacked part is complete all the same.
            let _ = parts.try_send((part.to_owned(), at));
        }
    }
}

impl Drop for Archivist {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        self.parts = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread harms no file.
            let _ = thread.join();
        }
    }
}

fn work(finished: &Receiver<Finished>, retention: Retention, stop: &AtomicBool) {
    for (part, at) in finished {
        if stop.load(Relaxed) {
            return;
        }
        if Encoding::of(part.as_os_str()) == Encoding::Zstd
            && let Err(error) = pack(&part, stop)
        {
            warn!("{} stays unpacked: {error}", part.display());
        }
        if let Err(error) = retain(&part, at, retention) {
            warn!("could not remove old recordings beside {}: {error}", part.display());
        }
    }
}

/// Packs a finished part more tightly, in place: the old file stays until the new one is on the
/// disk and was read back. Returns whether it was packed; not when it is damaged or on shutdown.
fn pack(path: &Path, stop: &AtomicBool) -> Result<bool, Error> {
    let cannot = |error| Error::io("pack", path, error);
    let mut pending = Pending::replacing(path)?;
    let mut packer = Packer::new(Encoding::Zstd).map_err(cannot)?;
    let mut frame = Vec::with_capacity(2 * FRAME_TEXT_BYTES);
    let mut write = |text: &[u8]| packer.pack(text).and_then(|bytes| pending.write_all(bytes));
    let digest = lines(path, stop, |line| {
        frame.extend_from_slice(line);
        if frame.len() < FRAME_TEXT_BYTES {
            return Ok(());
        }
        let written = write(&frame);
        frame.clear();
        written
    })
    .map_err(cannot)?;
    let Some(digest) = digest else { return Ok(false) };
    if !frame.is_empty() {
        write(&frame).map_err(cannot)?;
    }
    if lines(pending.partial(), stop, |_| Ok(())).map_err(cannot)? != Some(digest) {
        return Ok(false);
    }
    pending.finish_durably()?;
    Ok(true)
}

/// Every line of a file, and the digest of all of them; `None` when it is damaged or on shutdown.
fn lines(
    path: &Path,
    stop: &AtomicBool,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Option<[u8; 32]>> {
    let mut text = Text::new(BufReader::new(reading::open(path)?))?;
    let (mut line, mut digest) = (Vec::new(), Sha256::new());
    while text.read_until(b'\n', &mut line)? > 0 {
        if stop.load(Relaxed) {
            return Ok(None);
        }
        digest.update(&line);
        take(&line)?;
        line.clear();
    }
    Ok(text.next_damage().is_none().then(|| digest.finalize().into()))
}

/// Removes what exceeds the retention: finished parts of the same kind in the folder of this one,
/// oldest first, never this one.
fn retain(part: &Path, at: Moment, retention: Retention) -> io::Result<()> {
    let Retention { age_max, bytes_max } = retention;
    if age_max.is_none() && bytes_max.is_none() {
        return Ok(());
    }
    let (folder, name) = (part.parent().unwrap_or(Path::new(".")), part.file_name());
    let kind = name.and_then(OsStr::to_str).and_then(|name| name.split_once('_'));
    let kind = kind.map_or("feed", |(kind, _)| kind);
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_finished = name.ends_with(".jsonl") || name.ends_with(".jsonl.zst");
        if is_finished && name.strip_prefix(kind).is_some_and(|rest| rest.starts_with('_')) {
            parts.push((name, entry.path(), entry.metadata()?));
        }
    }
    // Their names begin with the start of their session, followed by the number of the part.
    parts.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let mut bytes: u64 = parts.iter().map(|(_, _, about)| about.len()).sum();
    let now = UNIX_EPOCH + Duration::from_millis(at.as_ms());
    for (_, path, about) in parts.iter().filter(|(_, path, _)| path != part) {
        let age = now.duration_since(about.modified()?).unwrap_or_default();
        if age_max.is_some_and(|most| age > most) || bytes_max.is_some_and(|most| bytes > most) {
            fs::remove_file(path)?;
            bytes -= about.len();
            info!("removed {}, according to `record.keep_*`", path.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    static GO_ON: AtomicBool = AtomicBool::new(false);

    /// A part in frames of one line each.
    fn part(folder: &Path, name: &str, lines: u32) -> PathBuf {
        let (path, mut packer) = (folder.join(name), Packer::new(Encoding::Zstd).unwrap());
        let mut file = File::create(&path).unwrap();
        for line in 0..lines {
            let text = format!("{{\"tick\":\"20251212-abc\",\"t\":{line},\"p\":1.0}}\n");
            file.write_all(packer.pack(text.as_bytes()).unwrap()).unwrap();
        }
        path
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_packed_part_has_the_same_lines_in_a_fraction_of_the_space() {
        let place = tempfile::tempdir().unwrap();
        let path = part(place.path(), "feed_20251212_100000_001.jsonl.zst", 5_000);
        let before =
            (lines(&path, &GO_ON, |_| Ok(())).unwrap(), fs::metadata(&path).unwrap().len());
        assert!(pack(&path, &GO_ON).unwrap());
        let after = (lines(&path, &GO_ON, |_| Ok(())).unwrap(), fs::metadata(&path).unwrap().len());
        assert!(before.0.is_some() && before.0 == after.0);
        assert!(5 * after.1 < before.1, "{} of {} bytes", after.1, before.1);
        assert_eq!(names(place.path()).len(), 1);
    }

    #[test]
    fn a_damaged_part_stays_as_it_is_and_so_does_one_when_it_is_time_to_stop() {
        let place = tempfile::tempdir().unwrap();
        let path = part(place.path(), "feed_20251212_100000_001.jsonl.zst", 50);
        let whole = fs::read(&path).unwrap();
        assert!(!pack(&path, &AtomicBool::new(true)).unwrap());
        assert_eq!(fs::read(&path).unwrap(), whole);
        let mut damaged = whole;
        damaged[1_000] ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert!(!pack(&path, &GO_ON).unwrap());
        assert_eq!(fs::read(&path).unwrap(), damaged);
        assert_eq!(names(place.path()).len(), 1);
    }

    #[test]
    fn the_oldest_finished_parts_of_a_kind_go_first_and_nothing_else_does() {
        let place = tempfile::tempdir().unwrap();
        for name in
            ["feed_1_001.jsonl.zst", "feed_1_002.jsonl", "feed_2_001.jsonl.zst", "other.jsonl"]
        {
            fs::write(place.path().join(name), [0; 100]).unwrap();
        }
        for name in ["capture_1_001.jsonl.zst", "feed_2_002.jsonl.zst.part"] {
            fs::write(place.path().join(name), [0; 100]).unwrap();
        }
        let last = place.path().join("feed_2_001.jsonl.zst");
        let retain = |at, age_max, bytes_max| {
            retain(&last, Moment::from_ms(at), Retention { age_max, bytes_max }).unwrap();
            names(place.path()).len()
        };
        let now = fs::metadata(&last).unwrap().modified().unwrap();
        let now = u64::try_from(now.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        assert_eq!(retain(now, None, None), 6);
        assert_eq!(retain(now, Some(Duration::from_secs(60)), Some(300)), 6);
        assert_eq!(retain(now, None, Some(299)), 5);
        assert!(!place.path().join("feed_1_001.jsonl.zst").exists());
        assert_eq!(retain(now + 61_000, Some(Duration::from_secs(60)), None), 4);
        assert_eq!(retain(now + 61_000, Some(Duration::ZERO), Some(0)), 4, "never the last one");
    }
}
