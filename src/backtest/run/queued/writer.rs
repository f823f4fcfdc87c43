//! The thread that writes what was queued, and keeps it while the disk fails.

use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use tracing::{error, warn};

use super::{AGAIN, Document, Journal, Work};
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::engine::collector::JournalGauge;
use crate::model::ids::GameId;

/// Most bytes of rows that are held while the disk fails; games beyond it are lost.
const HELD_BYTES_MAX: usize = 64 << 20;

/// Most bytes of documents that are held while the disk fails.
const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// Time between two tries of a disk that fails.
const RETRY: Duration = Duration::from_secs(1);

/// How long the thread sleeps without work: any duration would do.
const IDLE: Duration = Duration::from_secs(3_600);

/// The thread's end of the queue.
pub(super) struct Writer<J> {
    journal: J,
    gauge: JournalGauge,
    /// The games that were pushed and are not written.
    waiting: Vec<GameId>,
    documents: Vec<Document>,
    /// Bytes of these documents.
    bytes: usize,
}

impl<J: Journal> Writer<J> {
    pub(super) const fn new(journal: J, gauge: JournalGauge) -> Self {
        Self { journal, gauge, waiting: Vec::new(), documents: Vec::new(), bytes: 0 }
    }

    /// Writes until the queue is closed and empty. The journal, and what could not be written.
    pub(super) fn run(mut self, queue: &Receiver<Work>) -> (J, Result<(), Error>) {
        loop {
            let wait = if self.gauge.is_failing() { RETRY } else { IDLE };
            match queue.recv_timeout(wait) {
                Ok(work) => self.take(work),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            // Everything that waits, so that a slow disk is asked once for it.
            queue.try_iter().for_each(|work| self.take(work));
            // A failure is told and tried again.
            let _ = self.write();
        }
        let ended = self.write().map_err(|error| {
            self.gauge.change(|state| {
                self.waiting.iter().for_each(|&game| state.lose(game));
                state.lost_files += self.documents.len() as u64;
                state.waiting = 0;
            });
            let names: Vec<String> = self.waiting.iter().map(ToString::to_string).collect();
            let what = format!(
                "{} not written to the journal: {}",
                counted(names.len() as u64, "game"),
                if names.is_empty() { "none".to_owned() } else { names.join(", ") }
            );
            Error::new(ErrorKind::Io, what).caused_by(error).hint(AGAIN)
        });
        (self.journal, ended)
    }

    fn take(&mut self, work: Work) {
        match work {
            Work::Game(game) => {
                let pushed = match self.journal.held() {
                    held if held > HELD_BYTES_MAX => Err(format!("{held} bytes wait already")),
                    _ => self.journal.push(&game).map_err(|error| error.to_string()),
                };
                match pushed {
                    Ok(()) => self.waiting.push(game.id),
                    Err(why) => {
                        error!("game {} is not in the journal: {why}", game.id);
                        self.gauge.change(|state| state.lose(game.id));
                    }
                }
            }
            Work::Document(document)
                if self.bytes + document.content.len() > DOCUMENT_BYTES_MAX =>
            {
                error!("{} is not written: too much waits", document.path.display());
                self.gauge.change(|state| state.lost_files += 1);
            }
            Work::Document(document) => {
                self.bytes += document.content.len();
                self.documents.push(document);
            }
        }
    }

    /// Writes what waits. A failure is told once.
    fn write(&mut self) -> Result<(), Error> {
        let written = self.journal.flush().and_then(|()| {
            self.waiting.clear();
            while let Some(document) = self.documents.first() {
                self.journal.write(document)?;
                self.bytes -= self.documents.remove(0).content.len();
            }
            Ok(())
        });
        let (waiting, was_failing) = (self.waiting.len() as u64, self.gauge.is_failing());
        let why = written.as_ref().err().map(reason);
        match &why {
            Some(why) if !was_failing => {
                error!("the journal: {why}; games are kept in memory, trying again");
            }
            None if was_failing => warn!("the journal is written again"),
            _ => {}
        }
        self.gauge.change(|state| {
            state.waiting = waiting;
            state.errors += u64::from(why.is_some() && !was_failing);
            state.failing = why;
        });
        written
    }
}

/// What failed and why, on one line.
fn reason(error: &Error) -> String {
    let said = error.to_string();
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let said = lines.iter().filter(|line| !line.starts_with("hint:"));
    said.copied().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex, MutexGuard};
    use std::thread;

    use super::super::{QueueConfig, QueuedJournal};
    use super::*;
    use crate::engine::collector::JournalState;
    use crate::engine::journal::GameRecord;
    use crate::model::ids::GameIndex;
    use crate::model::price::Price;

    /// A journal in memory, on a disk that fails while it is told to.
    #[derive(Debug, Clone, Default)]
    struct Memory(Arc<Mutex<State>>);

    #[derive(Debug, Default)]
    struct State {
        fails: bool,
        /// Bytes that each game takes.
        each: usize,
        held: Vec<GameIndex>,
        written: Vec<GameIndex>,
        documents: Vec<PathBuf>,
        tries: u32,
    }

    impl Memory {
        fn state(&self) -> MutexGuard<'_, State> {
            self.0.lock().unwrap()
        }
    }

    impl Journal for Memory {
        fn push(&mut self, game: &GameRecord) -> Result<(), Error> {
            self.state().held.push(game.index);
            Ok(())
        }

        fn flush(&mut self) -> Result<(), Error> {
            let mut state = self.state();
            state.tries += 1;
            if state.fails {
                return Err(Error::io("write", &PathBuf::from("j"), full()));
            }
            let held = std::mem::take(&mut state.held);
            state.written.extend(held);
            Ok(())
        }

        fn held(&self) -> usize {
            let state = self.state();
            state.each * state.held.len()
        }

        fn write(&mut self, document: &Document) -> Result<(), Error> {
            self.state().documents.push(document.path.clone());
            Ok(())
        }
    }

    fn full() -> std::io::Error {
        std::io::ErrorKind::StorageFull.into()
    }

    fn game(number: u64) -> GameRecord {
        GameRecord {
            index: GameIndex::after(number),
            variant: 0,
            id: GameId::new(&format!("game-{number}")).unwrap(),
            rug_tick: 1,
            rug_price: Price::ONE,
            peak: Price::ONE,
            rows: Vec::new(),
            postings: Vec::new(),
            rejections: Vec::new(),
            exits: Vec::new(),
            digest: [0; 32],
        }
    }

    fn start(journal: &Memory, stop_on_disk_error: bool) -> QueuedJournal<Memory> {
        let finish_within = Duration::from_secs(60);
        QueuedJournal::start(journal.clone(), QueueConfig { stop_on_disk_error, finish_within })
            .unwrap()
    }

    /// Waits until the gauge is as wished.
    fn until(gauge: &JournalGauge, wished: impl Fn(&JournalState) -> bool) {
        while !wished(&gauge.state()) {
            thread::yield_now();
        }
    }

    #[test]
    fn what_a_full_disk_refuses_is_written_in_its_order_when_there_is_room_and_said_meanwhile() {
        let journal = Memory::default();
        journal.state().fails = true;
        let queue = start(&journal, false);
        for number in 0..50 {
            queue.game(game(number)).unwrap();
        }
        queue.document(Document::json(PathBuf::from("alarm"), &1).unwrap()).unwrap();
        let gauge = queue.gauge().clone();
        until(&gauge, |state| state.waiting == 50);
        let state = gauge.state();
        assert!(gauge.is_failing() && state.failing.unwrap().contains("could not write j"));
        assert_eq!((state.errors, state.lost, state.lost_files), (1, 0, 0));
        journal.state().fails = false;
        // Without anything new: it is tried again by itself.
        until(&gauge, |state| state.failing.is_none());
        queue.game(game(50)).unwrap();
        queue.finish().unwrap().1.unwrap();
        let numbers: Vec<_> = (0..=50).map(GameIndex::after).collect();
        assert_eq!(journal.state().written, numbers);
        assert_eq!(journal.state().documents, [PathBuf::from("alarm")]);
        assert_eq!(gauge.state(), JournalState { errors: 1, ..JournalState::default() });
    }

    #[test]
    fn what_memory_cannot_keep_and_what_is_left_at_the_end_is_lost_by_name() {
        let journal = Memory::default();
        journal.state().fails = true;
        journal.state().each = HELD_BYTES_MAX / 3 + 1;
        let queue = start(&journal, false);
        for number in 0..6 {
            queue.game(game(number)).unwrap();
        }
        let gauge = queue.gauge().clone();
        let error = queue.finish().unwrap().1.unwrap_err().to_string();
        assert!(error.contains("3 games not written to the journal: game-0, game-1, game-2"));
        assert!(error.contains("--resume"), "{error}");
        let (state, names) = (gauge.state(), |game: &GameId| game.to_string());
        assert_eq!(state.lost, 6, "{state:?}");
        let lost: Vec<_> = state.lost_games.iter().map(names).collect();
        assert_eq!(lost, ["game-3", "game-4", "game-5", "game-0", "game-1", "game-2"]);
    }

    #[test]
    fn who_asked_to_stop_on_a_failure_is_told_with_the_next_game() {
        let journal = Memory::default();
        journal.state().fails = true;
        let queue = start(&journal, true);
        let gauge = queue.gauge().clone();
        // The first one was not tried yet.
        let _ = queue.game(game(0));
        until(&gauge, |state| state.failing.is_some());
        assert!(queue.game(game(1)).unwrap_err().to_string().contains("the journal failed"));
    }
}
