//! A folder that one process writes at a time.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::lock::HeldLock;
use super::opened;
use crate::base::error::{Error, ErrorKind};

/// Name of the lock file, which is there while somebody writes the folder, and after an abrupt end.
const LOCK: &str = ".replayer.lock";

/// How often a lock is taken whose file its last holder is just removing.
const TRIES: u32 = 1_000;

/// A folder that no other process writes as long as this lives. The system gives the lock back when
/// the process is killed; dropped, its file is removed.
#[derive(Debug)]
pub struct HeldFolder {
    path: PathBuf,
    file: PathBuf,
    _lock: HeldLock,
}

impl HeldFolder {
    /// Takes a folder, which is created when missing.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] while another process has it, whose number the error says; when the system
    /// refuses.
    pub fn take(path: &Path) -> Result<Self, Error> {
        let cannot = |verb: &str, error| Error::io(verb, path, error);
        fs::create_dir_all(path).map_err(|error| cannot("make folder", error))?;
        let file = path.join(LOCK);
        for _ in 0..TRIES {
            let opened = opened::open_or_create(&file, opened::OPEN);
            let opened = opened.map_err(|error| Error::io("create", &file, error))?;
            let (about, mut holder) = (opened.metadata(), opened.try_clone());
            let lock = HeldLock::of(opened).map_err(|error| cannot("lock", error))?;
            let Some(lock) = lock else {
                let inode = about.map_or(0, |about| about.ino());
                return Err(in_use(path, holder_of(inode, holder.as_mut().ok())));
            };
            // The holder before may have removed the file between our opening and our locking it.
            if is_at(&lock, &file) {
                // Without room for it, the kernel still knows the number.
                let _ = say_whose(&lock);
                return Ok(Self { path: path.to_owned(), file, _lock: lock });
            }
        }
        Err(in_use(path, None))
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the folder back; its path.
    #[must_use]
    pub fn release(self) -> PathBuf {
        self.path.clone()
    }

    /// Whether nothing is in the folder but what says who has it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let is_lock = |entry: &fs::DirEntry| entry.file_name() == LOCK;
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.filter(|entry| !is_lock(entry)).count() == 0
    }
}

impl Drop for HeldFolder {
    fn drop(&mut self) {
        // While it is held: nobody else has taken it, and who opened it meanwhile sees that it is
        // gone. One that cannot be removed is taken again.
        let _ = fs::remove_file(&self.file);
    }
}

/// Whether a locked file is the one that has the name now.
fn is_at(lock: &HeldLock, file: &Path) -> bool {
    let (Ok(ours), Ok(named)) = (lock.file().metadata(), fs::symlink_metadata(file)) else {
        return false;
    };
    (ours.dev(), ours.ino()) == (named.dev(), named.ino())
}

/// Writes our process id into a lock file.
fn say_whose(lock: &HeldLock) -> io::Result<()> {
    let mut file = lock.file();
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// The process that holds a lock: as the kernel says, else as the file does.
fn holder_of(inode: u64, file: Option<&mut fs::File>) -> Option<u32> {
    let known = fs::read_to_string("/proc/locks").ok().and_then(|locks| holder_in(&locks, inode));
    known.or_else(|| {
        let mut text = String::new();
        let file = file?;
        file.rewind().and_then(|()| file.take(32).read_to_string(&mut text)).ok()?;
        text.trim().parse().ok()
    })
}

/// The process that holds a lock in a list such as `1: FLOCK ADVISORY WRITE 4711 08:01:123 0 EOF`;
/// none that this process cannot see, which has the number 0.
fn holder_in(locks: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, _, holder, place, ..] = words.as_slice() else { return None };
        let is_it = place.rsplit(':').next()?.parse() == Ok(inode);
        holder.parse().ok().filter(|&holder| is_it && holder > 0)
    })
}

fn in_use(path: &Path, holder: Option<u32>) -> Error {
    let by = holder.map_or_else(|| "another process".to_owned(), |id| format!("process {id}"));
    Error::new(ErrorKind::Io, format!("{} is in use by {by}", path.display()))
        .hint("one process writes a folder: wait for it to end, or give another folder")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;

    #[test]
    fn a_folder_that_is_held_is_refused_by_the_number_of_its_holder_and_free_afterwards() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("deep/folder");
        let held = HeldFolder::take(&path).unwrap();
        assert!(held.is_empty());
        fs::write(path.join("a"), "").unwrap();
        assert!(!held.is_empty());
        let error = HeldFolder::take(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        let by = format!("is in use by process {}", std::process::id());
        assert!(error.to_string().contains(&by), "{error}");
        drop(held);
        assert!(!path.join(LOCK).exists());
        HeldFolder::take(&path).unwrap();
    }

    #[test]
    fn what_a_killed_process_left_locks_nothing() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join(LOCK);
        fs::write(&file, "1\n").unwrap();
        let held = HeldFolder::take(place.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("{}\n", std::process::id()));
        drop(held);
        assert!(!file.exists());
    }

    #[test]
    fn a_lock_file_that_leads_elsewhere_is_refused_and_changes_nothing() {
        let place = tempfile::tempdir().unwrap();
        let theirs = place.path().join("theirs");
        fs::write(&theirs, "theirs").unwrap();
        let folder = place.path().join("folder");
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(&theirs, folder.join(LOCK)).unwrap();
        assert!(HeldFolder::take(&folder).unwrap_err().to_string().contains("symbolic link"));
        fs::remove_file(folder.join(LOCK)).unwrap();
        fs::hard_link(&theirs, folder.join(LOCK)).unwrap();
        assert!(HeldFolder::take(&folder).unwrap_err().to_string().contains("hard link"));
        assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    }

    #[test]
    fn of_many_who_take_and_leave_a_folder_at_once_there_is_never_more_than_one_in_it() {
        let place = tempfile::tempdir().unwrap();
        let (inside, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let Ok(held) = HeldFolder::take(place.path()) else { continue };
                        assert_eq!(inside.fetch_add(1, SeqCst), 0, "two at once");
                        taken.fetch_add(1, SeqCst);
                        assert_eq!(inside.fetch_sub(1, SeqCst), 1);
                        drop(held);
                    }
                });
            }
        });
        assert!(taken.load(SeqCst) > 0);
    }

    #[test]
    fn the_holder_is_found_in_the_list_of_the_kernel() {
        let locks = "1: POSIX  ADVISORY  WRITE 11 08:01:7 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 0 08:01:7 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 4711 08:01:7 0 EOF\n\
                     4: FLOCK  ADVISORY  WRITE 12 08:01:77 0 EOF\n";
        assert_eq!(holder_in(locks, 7), Some(4711));
        assert_eq!(holder_in(locks, 77), Some(12));
        assert_eq!(holder_in(locks, 8), None);
    }
}
