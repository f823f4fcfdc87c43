//! The writer thread: lines to frames, frames to parts, and the handling of disk failures.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};
use tracing::{error, warn};

use super::Config;
use super::archive::Archivist;
use super::disk::Disk;
use super::item::{Item, ItemKind, SpoolMessage};
use super::metrics::Shared;
use super::part::{RecordingPart, partial_of};
use super::repair::repair;
use crate::base::container::FRAME_TEXT_BYTES;
use crate::base::error::{Error, ErrorKind};
use crate::base::lines::LINE_BYTES_MAX;
use crate::games::recording::format::RecordLine;
use crate::model::time::Moment;

/// Longest time between two tries of a failed disk.
const RETRY_MAX: Duration = Duration::from_secs(30);

/// Most bytes of text that wait for a slow disk, which is asked once for all of them.
const SLOW_TEXT_BYTES: usize = 16 * FRAME_TEXT_BYTES;

/// How long the thread sleeps without work: any duration would do.
const IDLE: Duration = Duration::from_secs(3_600);

/// The writer's end of the queue.
pub(super) struct Writer {
    kind: ItemKind,
    config: Config,
    disk: Box<dyn Disk>,
    shared: Arc<Shared>,
    archivist: Archivist,
    /// `None` while the disk fails.
    part: Option<RecordingPart>,
    /// The number of the last part.
    number: u32,
    /// Lines of the current frame.
    text: Vec<u8>,
    lines: u64,
    /// When the first of them arrived.
    since: Option<Instant>,
    /// Whether the disk took longer for the last frame than a line waits for others: then as much
    /// as waits is written at once.
    is_slow: bool,
    /// The time of the last item.
    at: Moment,
    /// Parts that a failure left without their last line.
    broken: Vec<PathBuf>,
    retry_after: Duration,
}

#[expect(clippy::disallowed_methods, reason = "when a frame is due is a matter of the clock")]
fn now() -> Instant {
    Instant::now()
}

impl Writer {
    /// Checks the disk and begins the first part.
    pub(super) fn begin(
        kind: ItemKind,
        config: Config,
        disk: Box<dyn Disk>,
        shared: Arc<Shared>,
    ) -> Result<Self, Error> {
        let (at, retry_after, folder) = (config.started, config.retry_after, config.folder.clone());
        let archivist = Archivist::start(config.retention)
            .map_err(|source| Error::io("pack the recordings in", &folder, source))?;
        let mut writer = Self {
            kind,
            config,
            disk,
            shared,
            archivist,
            part: None,
            number: 0,
            text: Vec::with_capacity(2 * FRAME_TEXT_BYTES),
            lines: 0,
            since: None,
            is_slow: false,
            at,
            broken: Vec::new(),
            retry_after,
        };
        let begun = writer.begin_part().and_then(|()| writer.look(writer.config.free_bytes_start));
        begun.map_err(|source| {
            if let Some(part) = writer.part.take() {
                // It is empty, and the next recorder removes what cannot be removed now.
                let _ = std::fs::remove_file(&part.partial);
            }
            Error::io("record to", &folder, source)
                .hint("choose another folder, or free some space")
        })?;
        Ok(writer)
    }

    /// Writes until the queue is closed and empty.
    ///
    /// # Errors
    /// When something could not be written in the end.
    pub(super) fn run(
        mut self,
        queue: &Receiver<SpoolMessage>,
        stopped: &Receiver<()>,
    ) -> Result<(), Error> {
        loop {
            if self.part.is_none() && !self.wait_for_disk(stopped) {
                break;
            }
            let wait = self.since.map_or(IDLE, |since| {
                self.config.frame_time.saturating_sub(now().duration_since(since))
            });
            match queue.recv_timeout(wait) {
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => self.close_frame(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Under a steady stream the queue is never empty: check the age of the frame too.
            if self.since.is_some_and(|since| now().duration_since(since) >= self.config.frame_time)
            {
                self.close_frame();
            }
        }
        self.end(queue)
    }

    fn take(&mut self, message: SpoolMessage) {
        let SpoolMessage { item, lost_before, weight } = message;
        self.shared.queued_bytes.fetch_sub(weight, Relaxed);
        self.at = item.at();
        if self.shared.kept.load(Relaxed) == 0 {
            self.shared.kept.store(self.at.as_ms(), Relaxed);
        }
        self.gap(lost_before, "the recorder could not keep up");
        if let Err(error) = self.take_item(&item) {
            // Only a bug makes a line that cannot be written to memory.
            error!("a fact cannot be written: {error}");
            self.shared.lose(1, item.game());
        }
        if self.lines == 0 {
            // It is already on the disk, or has no line.
            self.shared.kept.store(self.at.as_ms(), Relaxed);
        }
    }

    fn take_item(&mut self, item: &Item) -> io::Result<()> {
        item.lines(|is_game, line| {
            self.rotate(is_game);
            if line.len() > LINE_BYTES_MAX {
                // No reader would accept the line.
                self.shared.lose(1, item.game());
                self.gap(1, "a line over 1 MiB");
                return Ok(());
            }
            self.push(&|text| {
                text.extend_from_slice(line);
                Ok(())
            });
            Ok(())
        })
    }

    /// Marks the missing facts in the recording.
    fn gap(&mut self, gap: u64, why: &str) {
        let at = self.at;
        if gap > 0 {
            self.push(&|line| RecordLine::Gap { gap, why, at }.write(line));
        }
    }

    /// Adds a line to the current frame.
    fn push(&mut self, write: &dyn Fn(&mut Vec<u8>) -> io::Result<()>) {
        let length = self.text.len();
        if let Err(error) = write(&mut self.text) {
            error!("a line cannot be written: {error}");
            self.text.truncate(length);
            return;
        }
        self.lines += 1;
        self.since.get_or_insert_with(now);
        let most = if self.is_slow { SLOW_TEXT_BYTES } else { FRAME_TEXT_BYTES };
        if self.text.len() >= most {
            self.close_frame();
        }
    }

    /// Writes the current frame. When the disk fails, it is kept for the next part.
    fn close_frame(&mut self) {
        let Some(part) = &mut self.part else { return };
        if self.lines == 0 {
            return;
        }
        let begun = now();
        match part.append(&self.text, self.lines, &self.shared) {
            Ok(()) => {
                self.is_slow = begun.elapsed() >= self.config.frame_time;
                self.text.clear();
                self.lines = 0;
                self.since = None;
                self.shared.kept.store(self.at.as_ms(), Relaxed);
                if let Err(error) = self.look(self.config.free_bytes_run) {
                    self.end_part("disk full");
                    self.fail(&error);
                }
            }
            Err(error) => {
                self.broken.extend(self.part.take().map(|part| part.partial));
                self.fail(&error);
            }
        }
    }

    fn fail(&mut self, error: &io::Error) {
        self.shared.errors.fetch_add(1, Relaxed);
        let folder = self.config.folder.display();
        error!("cannot record to {folder}: {error}; trying again");
        self.shared.set_failing(Some(error.to_string()));
    }

    /// Begins a new part when one is due; between games where possible.
    fn rotate(&mut self, is_game: bool) {
        let Some(part) = &mut self.part else { return };
        let (bytes, most) = (part.bytes, self.config.part_bytes_max);
        let due = bytes >= most || part.games >= self.config.part_games_max;
        let far_over = bytes >= most.saturating_mul(2);
        if (is_game && part.games > 0 && due) || far_over {
            let path = part.path.clone();
            self.close_frame();
            self.end_part("next part");
            if !self.shared.is_failing.load(Relaxed) {
                self.archivist.take(&path, self.at);
                if let Err(error) = self.begin_part() {
                    self.fail(&error);
                }
            }
        }
        if let (true, Some(part)) = (is_game, &mut self.part) {
            part.games += 1;
        }
    }

    /// Ends the part with its last line and its name.
    fn end_part(&mut self, end: &str) {
        let Some(part) = self.part.take() else { return };
        let partial = part.partial.clone();
        if let Err(error) = part.finish(&mut *self.disk, (end, self.at), &self.shared) {
            self.broken.push(partial);
            self.fail(&error);
        }
    }

    fn begin_part(&mut self) -> io::Result<()> {
        let (path, number) = self.free_name();
        let head = self.kind.head((&self.config.source, self.config.started), number)?;
        let (encoding, disk) = (self.config.encoding, &mut *self.disk);
        let part = RecordingPart::create(disk, path, encoding, (&head, &self.shared))?;
        (self.part, self.number) = (Some(part), number);
        Ok(())
    }

    /// The name of the next part, which no file has.
    fn free_name(&self) -> (PathBuf, u32) {
        let mut number = self.number + 1;
        loop {
            let stem = self.kind.stem(self.config.started, number);
            let name = format!("{stem}.{}", self.config.encoding.extension());
            let path = self.config.folder.join(name);
            if !is_there(&path) && !is_there(&partial_of(&path)) {
                return (path, number);
            }
            number += 1;
        }
    }

    /// Fails unless `wanted` bytes are free.
    fn look(&self, wanted: u64) -> io::Result<()> {
        let free = self.disk.free_bytes(&self.config.folder)?;
        if free < wanted {
            let what = format!("{free} bytes are free, less than {wanted}");
            return Err(io::Error::new(io::ErrorKind::StorageFull, what));
        }
        Ok(())
    }

    /// Waits until a part can be begun again; false on shutdown. Meanwhile the queue keeps what it
    /// can hold.
    fn wait_for_disk(&mut self, stopped: &Receiver<()>) -> bool {
        loop {
            match stopped.recv_timeout(self.retry_after) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return self.try_again(),
            }
            if self.try_again() {
                return true;
            }
            self.retry_after = (self.retry_after * 2).min(RETRY_MAX);
        }
    }

    /// Begins a part on a disk that failed, and writes the pending frame.
    fn try_again(&mut self) -> bool {
        self.broken.retain(|path| is_there(path) && repair(path).is_err());
        let begun =
            self.look_where_there(self.config.free_bytes_run).and_then(|()| self.begin_part());
        if let Err(error) = begun {
            self.shared.set_failing(Some(error.to_string()));
            return false;
        }
        self.shared.set_failing(None);
        self.close_frame();
        let works = self.part.is_some();
        if works {
            warn!("recording to {} again", self.config.folder.display());
            self.retry_after = self.config.retry_after;
        }
        works
    }

    /// As [`Self::look`]; a missing folder counts as having enough space.
    fn look_where_there(&self, wanted: u64) -> io::Result<()> {
        match self.look(wanted) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            looked => looked,
        }
    }

    /// Writes the rest and finishes the part.
    fn end(mut self, queue: &Receiver<SpoolMessage>) -> Result<(), Error> {
        let mut lost = 0;
        loop {
            match queue.try_recv() {
                Ok(message) if self.part.is_some() => self.take(message),
                Ok(message) => {
                    lost += message.item.count();
                    self.shared.lose(message.item.count(), message.item.game());
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        self.gap(self.shared.lost_at_end.load(Relaxed), "the recorder could not keep up");
        self.close_frame();
        if self.part.is_none() {
            lost += self.lines;
            self.shared.lose(self.lines, None);
        }
        self.end_part("stopped");
        match self.shared.failing() {
            None => Ok(()),
            Some(why) => {
                let folder = self.config.folder.display();
                let what = format!("could not finish the recording in {folder}: {why}");
                Err(Error::new(ErrorKind::Io, format!("{what}; {lost} lines are lost")))
            }
        }
    }
}

/// Whether a path exists. When that is unknown, false: creating the file then fails.
fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(false)
}
