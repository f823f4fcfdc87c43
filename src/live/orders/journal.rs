//! `orders.jsonl` as it is written: by a thread of its own, each batch flushed to disk.
//!
//! Lines that the disk refuses are cut off again, kept in bounded memory and written when there is
//! room. Who must not go on before a line is on the disk gives a function that hears of it.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use tracing::{error, info, warn};

use super::earlier::EarlierOrders;
use super::line::{Head, Learned, Line, OrderLine, VERSION};
use crate::base::clock::moment;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, reading};
use crate::feed::record::Growing;

/// Lines that are kept while the disk takes none: some hundred orders.
const KEPT_MAX: usize = 4_096;
/// How long after a failure the disk is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Why a line is not on the disk, in words.
pub type Unwritten = String;

/// Hears whether a line is on the disk.
type Written = Box<dyn FnOnce(Result<(), Unwritten>) + Send>;

/// What the thread takes.
enum Item {
    /// A line, and who waits for it.
    Line(OrderLine, Option<Written>),
    /// Everything so far is to be on the disk; the answer is the number of lines that are not.
    Flush(Sender<u64>),
}

/// The journal of the orders of one session. Its clones are the same journal.
#[derive(Debug, Clone)]
pub struct OrderJournal {
    items: Sender<Item>,
    session: u32,
}

/// Opens the journal at a path, or begins one: repaired, locked, and read to its end.
///
/// # Errors
/// [`ErrorKind::Io`] when another process writes it, it is damaged, of a later version, or cannot
/// be read or written.
pub fn open(path: &Path) -> Result<(JournalFile, EarlierOrders), Error> {
    let failed = |error: io::Error| Error::io("open", path, error);
    let file = files::append_own(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let bytes = reading::bytes(path, reading::RUN_BYTES_MAX).unwrap_or_default();
            let by = EarlierOrders::read(&bytes).ok().and_then(|(orders, _)| orders.process());
            let by = by.map_or_else(String::new, |process| format!(" by process {process}"));
            let what = format!("{} is in use{by}", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint("end that session first"));
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let bytes = reading::bytes(path, reading::RUN_BYTES_MAX).map_err(failed)?;
    let (earlier, whole) = EarlierOrders::read(&bytes).map_err(|what| {
        Error::new(ErrorKind::Io, format!("{}: {what}", path.display()))
            .hint("start a new session in another folder, and look into this file by hand")
    })?;
    let cut = bytes.len().saturating_sub(whole);
    if cut > 0 {
        warn!("repaired {}: a line that was cut off, {cut} bytes, is removed", path.display());
        file.set_len(whole as u64).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    files::sync_folder_of(path);
    Ok((JournalFile { path: path.to_owned(), file, bytes: whole as u64 }, earlier))
}

/// The file of a journal, locked as long as it is there.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: File,
    /// Its length in bytes.
    bytes: u64,
}

impl Drop for JournalFile {
    fn drop(&mut self) {
        // At once, also where a child that is just being started still has a copy of the file.
        let _ = self.file.unlock();
    }
}

impl Write for JournalFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Growing for JournalFile {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        // A file whose folder was removed accepts every write and keeps nothing.
        fs::metadata(&self.path).map(drop)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)
    }
}

impl OrderJournal {
    /// Begins the session after the earlier ones of a file: its head is on the disk.
    ///
    /// # Errors
    /// When it cannot be written, or the system gives no thread.
    pub fn begin(file: JournalFile, earlier: &EarlierOrders) -> Result<Self, Error> {
        let (path, bytes) = (file.path.clone(), file.bytes);
        Self::begin_on(Box::new(file), bytes, earlier.next_session())
            .map_err(|error| Error::io("write", &path, error))
    }

    /// Begins a session on any file that grows, from a length on.
    ///
    /// # Errors
    /// When the head cannot be written, or the system gives no thread.
    pub fn begin_on(file: Box<dyn Growing>, bytes: u64, session: u32) -> io::Result<Self> {
        let head = Line::Head(Head {
            orders: VERSION,
            session,
            at: moment(),
            replayer: env!("CARGO_PKG_VERSION").to_owned(),
            process: std::process::id(),
        });
        let (items, queue) = unbounded();
        let mut writer = Writer { file, bytes, kept: VecDeque::new(), lost: 0, is_failing: false };
        writer.keep(&head);
        writer.write()?;
        thread::Builder::new().name("orders".to_owned()).spawn(move || writer.run(&queue))?;
        Ok(Self { items, session })
    }

    /// The number of the session in its file.
    #[must_use]
    pub const fn session(&self) -> u32 {
        self.session
    }

    /// Notes what was learned of an order of this session. Never waits.
    pub fn note(&self, order: u64, learned: Learned) {
        self.send(self.session, order, learned, None);
    }

    /// Notes what was learned of an order of this session, and says when that is on the disk, or
    /// why it is not.
    pub fn note_and_tell(
        &self,
        order: u64,
        learned: Learned,
        written: impl FnOnce(Result<(), Unwritten>) + Send + 'static,
    ) {
        self.send(self.session, order, learned, Some(Box::new(written)));
    }

    /// Notes what was learned of an order of an earlier session.
    pub fn note_earlier(&self, session: u32, order: u64, learned: Learned) {
        self.send(session, order, learned, None);
    }

    fn send(&self, session: u32, order: u64, learned: Learned, written: Option<Written>) {
        let line = OrderLine { session, order, at: moment(), learned };
        if let Err(unsent) = self.items.send(Item::Line(line, written))
            && let Item::Line(_, Some(written)) = unsent.into_inner()
        {
            written(Err("the thread that writes orders died".to_owned()));
        }
    }

    /// Waits until everything is on the disk, for at most `within`; the number of lines that are
    /// not, `None` where that is not known.
    #[must_use]
    pub fn flush(&self, within: Duration) -> Option<u64> {
        let (answer, unwritten) = bounded(1);
        self.items.send(Item::Flush(answer)).ok()?;
        unwritten.recv_timeout(within).ok()
    }
}

/// Writes lines, batch by batch.
struct Writer {
    file: Box<dyn Growing>,
    /// Bytes that are on the disk.
    bytes: u64,
    /// Lines that are not on the disk yet.
    kept: VecDeque<String>,
    /// Lines that were given up.
    lost: u64,
    is_failing: bool,
}

impl Writer {
    fn run(mut self, queue: &Receiver<Item>) {
        loop {
            let first = if self.kept.is_empty() {
                queue.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                queue.recv_timeout(RETRY)
            };
            let (mut waiting, mut flushes) = (Vec::new(), Vec::new());
            let is_over = matches!(first, Err(RecvTimeoutError::Disconnected));
            // One flush serves all that have come meanwhile.
            for item in first.into_iter().chain(queue.try_iter()) {
                match item {
                    Item::Line(line, written) => {
                        self.keep(&Line::Order(line));
                        waiting.extend(written);
                    }
                    Item::Flush(answer) => flushes.push(answer),
                }
            }
            let outcome = self.write().map_err(|error| error.to_string());
            self.tell(&outcome);
            waiting.into_iter().for_each(|written| written(outcome.clone()));
            let unwritten = self.lost + self.kept.len() as u64;
            for answer in flushes {
                // Who asked may have stopped waiting.
                let _ = answer.send(unwritten);
            }
            if is_over {
                return;
            }
        }
    }

    /// Keeps a line until it is on the disk.
    fn keep(&mut self, line: &Line) {
        if self.kept.len() >= KEPT_MAX {
            self.kept.pop_front();
            self.lost += 1;
        }
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        self.kept.push_back(text);
    }

    /// Writes what is kept, and waits until it is on the disk. What was written of it before a
    /// failure is cut off again, now or before the next attempt.
    fn write(&mut self) -> io::Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        if self.is_failing {
            self.file.truncate(self.bytes)?;
        }
        let text: String = self.kept.iter().map(String::as_str).collect();
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync());
        match written {
            Ok(()) => {
                self.bytes += text.len() as u64;
                self.kept.clear();
                Ok(())
            }
            Err(error) => {
                // Half a line must not stay until the next attempt, which may never come.
                let _ = self.file.truncate(self.bytes);
                Err(error)
            }
        }
    }

    /// Says once that the disk fails, and once that it works again.
    fn tell(&mut self, outcome: &Result<(), Unwritten>) {
        match outcome {
            Err(why) if !self.is_failing => {
                error!(
                    "orders cannot be written to disk, and none is clicked until they can: {why}"
                );
            }
            Ok(()) if self.is_failing => {
                info!("orders are written to disk again; {} lines are lost", self.lost);
            }
            _ => {}
        }
        self.is_failing = outcome.is_err();
    }
}
