//! The files that this process has begun and not finished, for an end without a return from what
//! writes them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::opened;

/// Most bytes of a half line at the end of a file.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// The files that are being written.
struct Unfinished {
    /// Temporary files: worth nothing until they get their names.
    partial: BTreeSet<PathBuf>,
    /// Files that grow under their own names, line by line.
    growing: BTreeSet<PathBuf>,
}

static UNFINISHED: Mutex<Unfinished> =
    Mutex::new(Unfinished { partial: BTreeSet::new(), growing: BTreeSet::new() });

fn unfinished<T>(change: impl FnOnce(&mut Unfinished) -> T) -> T {
    change(&mut UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Notes that a temporary file is being written, or is no longer.
pub(super) fn partial(path: &Path, is_begun: bool) {
    unfinished(|files| note(&mut files.partial, path, is_begun));
}

/// Notes that a file grows under its own name, or no longer does.
pub(super) fn growing(path: &Path, is_begun: bool) {
    unfinished(|files| note(&mut files.growing, path, is_begun));
}

fn note(files: &mut BTreeSet<PathBuf>, path: &Path, is_begun: bool) {
    if is_begun {
        files.insert(path.to_owned());
    } else {
        files.remove(path);
    }
}

/// Removes the temporary files, and ends the growing ones with their last whole line: for the end
/// of the process, while others may still be writing.
pub fn abandon() {
    unfinished(|files| {
        // Nothing can be done about one that cannot be removed or cut.
        for path in &files.partial {
            let _ = fs::remove_file(path);
        }
        for path in &files.growing {
            let _ = cut_half_line(path);
        }
    });
}

fn cut_half_line(path: &Path) -> io::Result<()> {
    let mut file = opened::open(path)?;
    let whole = whole_lines(&mut file)?;
    if whole < file.metadata()?.len() { file.set_len(whole) } else { Ok(()) }
}

/// The length of a file up to the end of its last whole line.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let begin = length.saturating_sub(LINE_BYTES_MAX);
    file.seek(SeekFrom::Start(begin))?;
    let mut end = Vec::new();
    file.take(LINE_BYTES_MAX).read_to_end(&mut end)?;
    let last = end.iter().rposition(|&byte| byte == b'\n');
    Ok(last.map_or(if begin == 0 { 0 } else { length }, |place| begin + place as u64 + 1))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::base::files::{Again, Pending};

    #[test]
    fn an_abandoned_file_is_gone_or_ends_with_a_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut pending = Pending::create(&at("table")).unwrap();
        pending.write_all(b"half").unwrap();
        let mut finished = Pending::create(&at("whole")).unwrap();
        finished.write_all(b"all").unwrap();
        finished.finish_durably().unwrap();
        let mut growing = Again::new(&at("rows.csv")).unwrap();
        growing.write_all(b"one\ntwo\nthr").unwrap();
        growing.flush().unwrap();
        fs::write(at("half.csv"), "hal").unwrap();
        // Only what is of this test: others have files of their own at the same time.
        unfinished(|files| {
            let ours = |path: &&PathBuf| path.starts_with(folder.path());
            assert_eq!(files.partial.iter().filter(ours).count(), 1);
            assert_eq!(files.growing.iter().filter(ours).count(), 1);
        });
        cut_half_line(&at("rows.csv")).unwrap();
        assert_eq!(fs::read(at("rows.csv")).unwrap(), b"one\ntwo\n");
        cut_half_line(&at("half.csv")).unwrap();
        assert_eq!(fs::read(at("half.csv")).unwrap(), b"");
    }
}
