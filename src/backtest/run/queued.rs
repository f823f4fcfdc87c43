//! The folder of a session, written by a thread of its own: no disk holds up the games.
//!
//! ```text
//! game, document -> bounded queue -> thread -> rows in memory -> files
//!      └─ never waits: what finds the queue full is lost by name     └─ a failure: they stay there
//! ```

mod writer;

use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde::Serialize;
use tracing::error;

use super::folder::RunFolder;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files;
use crate::engine::collector::{JournalGauge, JournalState};
use crate::engine::journal::GameRecord;
use writer::Writer;

/// Most games and documents that wait for the thread.
const QUEUE: usize = 4_096;

/// How the folder of a session is written.
#[derive(Debug, Clone, Copy)]
pub struct QueueConfig {
    /// Whether a failure of the disk is an error for the one who hands over a game.
    pub stop_on_disk_error: bool,
    /// Longest time that writing the rest may take at the end.
    pub finish_within: Duration,
}

/// What is written: games, and files of their own.
pub(super) trait Journal: Send + 'static {
    /// Takes a game, and writes nothing.
    fn push(&mut self, game: &GameRecord) -> Result<(), Error>;

    /// Writes what was taken. After an error it is kept.
    fn flush(&mut self) -> Result<(), Error>;

    /// Number of bytes that are kept until then.
    fn held(&self) -> usize;

    /// Writes a file of its own, whole or not at all.
    fn write(&mut self, document: &Document) -> Result<(), Error>;
}

impl Journal for RunFolder {
    fn push(&mut self, game: &GameRecord) -> Result<(), Error> {
        Self::push(self, game)
    }

    fn flush(&mut self) -> Result<(), Error> {
        Self::flush(self)
    }

    fn held(&self) -> usize {
        Self::held(self)
    }

    fn write(&mut self, Document { path, content }: &Document) -> Result<(), Error> {
        files::save(path, content)
    }
}

/// A file beside the tables.
#[derive(Debug)]
pub(super) struct Document {
    path: PathBuf,
    content: Vec<u8>,
}

impl Document {
    /// A readable JSON document.
    pub(super) fn json(path: PathBuf, value: &impl Serialize) -> Result<Self, Error> {
        let mut content = serde_json::to_vec_pretty(value).map_err(|source| {
            Error::new(ErrorKind::Io, "could not write JSON").caused_by(source)
        })?;
        content.push(b'\n');
        Ok(Self { path, content })
    }
}

#[derive(Debug)]
enum Work {
    Game(Box<GameRecord>),
    Document(Document),
}

/// The caller's end of the queue. Dropped, the thread writes the rest and ends.
#[derive(Debug)]
pub(super) struct QueuedJournal<J> {
    work: Sender<Work>,
    done: Receiver<()>,
    thread: JoinHandle<(J, Result<(), Error>)>,
    gauge: JournalGauge,
    config: QueueConfig,
}

impl<J: Journal> QueuedJournal<J> {
    /// Hands a journal to a thread.
    pub(super) fn start(journal: J, config: QueueConfig) -> Result<Self, Error> {
        let (work, queue) = bounded(QUEUE);
        let (finished, done) = bounded(1);
        let gauge = JournalGauge::default();
        let writer = Writer::new(journal, gauge.clone());
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || {
                let ended = writer.run(&queue);
                // The caller may have stopped waiting.
                let _ = finished.send(());
                ended
            })
            .map_err(|source| {
                Error::new(ErrorKind::Io, "could not start the thread that writes the journal")
                    .caused_by(source)
            })?;
        Ok(Self { work, done, thread, gauge, config })
    }

    /// How writing goes, readable from any thread.
    pub(super) const fn gauge(&self) -> &JournalGauge {
        &self.gauge
    }

    /// Hands over a game. Never waits: without room it is lost, by name.
    ///
    /// # Errors
    /// When the disk fails and that is to be an error; when the thread died.
    pub(super) fn game(&self, game: GameRecord) -> Result<(), Error> {
        let id = game.id;
        self.send(Work::Game(Box::new(game)), |state| state.lose(id))?;
        if !self.config.stop_on_disk_error {
            return Ok(());
        }
        let JournalState { lost, failing, .. } = self.gauge.state();
        match failing {
            None if lost == 0 => Ok(()),
            why => {
                let why = why.unwrap_or_else(|| format!("{} lost", counted(lost, "game")));
                Err(Error::new(ErrorKind::Io, format!("the journal failed: {why}")))
            }
        }
    }

    /// Hands over a file. Never waits: without room it is lost.
    ///
    /// # Errors
    /// When the thread died.
    pub(super) fn document(&self, document: Document) -> Result<(), Error> {
        self.send(Work::Document(document), |state| state.lost_files += 1)
    }

    fn send(&self, work: Work, lose: impl FnOnce(&mut JournalState)) -> Result<(), Error> {
        if self.thread.is_finished() {
            // It ends only when told to, or by a panic.
            return Err(died());
        }
        if self.work.try_send(work).is_err() {
            if !self.gauge.is_failing() {
                error!("the journal cannot keep up: games from now on are not in it");
            }
            self.gauge.change(|state| {
                lose(state);
                // Until the thread has written again.
                state.failing.get_or_insert_with(|| "its queue was full".to_owned());
            });
        }
        Ok(())
    }

    /// Writes the rest, ends the thread and gives the journal back, with what could not be written.
    ///
    /// # Errors
    /// When the disk does not answer in time: the thread is then abandoned.
    pub(super) fn finish(self) -> Result<(J, Result<(), Error>), Error> {
        let Self { work, done, thread, gauge, config } = self;
        drop(work);
        if done.recv_timeout(config.finish_within) == Err(RecvTimeoutError::Timeout) {
            let what = format!(
                "the disk did not accept the journal within {} ms; {} not written",
                config.finish_within.as_millis(),
                counted(gauge.state().waiting, "game")
            );
            return Err(Error::new(ErrorKind::Io, what).hint(AGAIN));
        }
        thread.join().map_err(|_| died())
    }
}

/// What can be done about games that are not in a journal.
const AGAIN: &str = "what is on the disk is complete; --resume writes the rest from the recording";

fn died() -> Error {
    Error::new(ErrorKind::Io, "the thread that writes the journal died")
        .hint("what is on the disk is complete; the panic above says why")
}
