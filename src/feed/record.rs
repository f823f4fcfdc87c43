//! The recorder: writes facts of the feed, or its raw events, to files that survive crashes.
//!
//! ```text
//! record() -> bounded queue -> writer thread -> zstd frame, write, fsync -> part -> foot, rename
//!    └─ never waits: what finds the queue full is counted, logged and marked in the recording
//! part that is followed by another one -> archivist thread -> packed closer; old ones removed
//! ```
//!
//! A line is on the disk at most 200 ms or 64 kB of text after it was recorded; a kill before that
//! loses no more. A file grows as `*.part` and gets its name when it is finished. The next start in
//! the same folder repairs what a killed process left. The format: `docs/recording-format.md`.

mod archive;
mod disk;
mod item;
mod metrics;
mod part;
mod repair;
mod spool;
mod writer;

use std::path::PathBuf;
use std::time::Duration;

pub use archive::Retention;
pub use disk::{Disk, Growing, RecordingFolder};
pub use metrics::{RecordingMetrics, Waits};
pub use repair::{Repaired, repair, repair_folder};

use crate::base::address;
use crate::base::container::Encoding;
use crate::base::error::Error;
use crate::feed::capture::{Direction, RawEvent};
use crate::feed::{Fact, Heard};
use crate::model::ids::GameId;
use crate::model::time::Moment;
use item::{Item, ItemKind};
use spool::Spool;

/// What to do when the disk fails or cannot keep up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDiskError {
    /// Continue without recording: losses are counted, logged and marked in the recording.
    Continue,
    /// Return an error from each call that records.
    Stop,
}

/// The settings of a recorder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder of the files; created when missing.
    pub folder: PathBuf,
    /// The address of the feed, without secrets: see [`address::public`].
    pub source: String,
    /// When the session began: part of the file names.
    pub started: Moment,
    /// How the files store lines.
    pub encoding: Encoding,
    /// What to do when the disk fails.
    pub on_disk_error: OnDiskError,
    /// Bytes on the disk after which the next game begins a new part; at twice as many, a new part
    /// begins anywhere.
    pub part_bytes_max: u64,
    /// Number of games after which a new part begins.
    pub part_games_max: u32,
    /// Capacity of the queue, in messages.
    pub queue_messages: usize,
    /// Capacity of the queue in bytes, approximately.
    pub queue_bytes: usize,
    /// Free bytes required to begin.
    pub free_bytes_start: u64,
    /// Free bytes required to continue.
    pub free_bytes_run: u64,
    /// How long a line waits for others to share a frame.
    pub frame_time: Duration,
    /// Time after a failure until the disk is tried again; doubles up to 30 s.
    pub retry_after: Duration,
    /// How long finished parts are kept.
    pub retention: Retention,
    /// How long [`Recorder::finish`] waits for the disk.
    pub finish_within: Duration,
}

impl Config {
    /// The defaults: zstd frames of 200 ms, parts of 64 MiB or 1,000 games, 4,096 messages or 64
    /// MiB in the queue, 100 MB free to begin and 10 MB to continue
    /// (docs/spec/original.md#recorder), 2 s to finish; disk failures do not end the session, and
    /// everything is kept.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, source: &str, started: Moment) -> Self {
        Self {
            folder: folder.into(),
            source: address::public(source),
            started,
            encoding: Encoding::Zstd,
            on_disk_error: OnDiskError::Continue,
            part_bytes_max: 64 << 20,
            part_games_max: 1_000,
            queue_messages: 4_096,
            queue_bytes: 64 << 20,
            free_bytes_start: 100_000_000,
            free_bytes_run: 10_000_000,
            frame_time: Duration::from_millis(200),
            retry_after: Duration::from_secs(1),
            retention: Retention::default(),
            finish_within: Duration::from_secs(2),
        }
    }
}

impl Default for Config {
    /// The defaults, for a recording whose folder, source and start are still to be filled in.
    fn default() -> Self {
        Self::new("", "", Moment::default())
    }
}

/// Records to files, through a queue: facts ([`Recorder`]) or events as they come
/// ([`RawRecorder`]). Dropped, it finishes as [`Self::finish`] does.
#[derive(Debug)]
pub struct FileRecorder<K> {
    spool: Spool,
    /// What is known on this side of the queue, where no fact is ever lost.
    known: K,
}

/// Records the facts of the feed.
pub type Recorder = FileRecorder<Facts>;

/// Records events of the feed as received.
pub type RawRecorder = FileRecorder<RawEvents>;

/// What a [`Recorder`] knows beside its queue.
#[derive(Debug, Default)]
pub struct Facts {
    /// The game of the next fact.
    game: Option<GameId>,
}

/// What a [`RawRecorder`] knows beside its queue: nothing.
#[derive(Debug)]
pub struct RawEvents;

impl<K> FileRecorder<K> {
    /// The numbers of the recorder so far.
    #[must_use]
    pub fn metrics(&self) -> RecordingMetrics {
        self.spool.metrics()
    }

    /// A handle for [`Self::metrics`] from other threads.
    #[must_use]
    pub fn gauge(&self) -> SpoolGauge {
        self.spool.gauge()
    }

    /// Writes the queue, finishes the part and ends the thread.
    ///
    /// # Errors
    /// When something could not be written, or the disk does not answer in time: the thread is then
    /// abandoned.
    pub fn finish(mut self) -> Result<RecordingMetrics, Error> {
        self.spool.finish()?;
        Ok(self.metrics())
    }
}

impl FileRecorder<Facts> {
    /// Starts to record: repairs what earlier recorders left in the folder, checks the free space
    /// and begins the first part.
    ///
    /// # Errors
    /// [`ItemKind::Io`](crate::base::error::ErrorKind::Io) when the folder cannot be written or has
    /// too little space.
    pub fn start(config: Config) -> Result<Self, Error> {
        Self::start_on(config, Box::new(RecordingFolder))
    }

    /// Starts to record on a disk of any kind.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_on(config: Config, disk: Box<dyn Disk>) -> Result<Self, Error> {
        let spool = Spool::start(ItemKind::Recording, config, disk)?;
        Ok(Self { spool, known: Facts::default() })
    }

    /// Records the facts of one message. Never waits: when the queue is full, the facts are lost
    /// and counted, and the recording says so.
    ///
    /// # Errors
    /// With [`OnDiskError::Stop`], when the disk fails or something was lost.
    pub fn record(&mut self, heard: &Heard) -> Result<(), Error> {
        let kept = |fact: &&Fact| !matches!(fact, Fact::Countdown { .. });
        let facts: Vec<Fact> = heard.facts.iter().filter(kept).cloned().collect();
        let before = self.known.game;
        let mut games = facts.iter().rev().filter_map(|fact| match fact {
            Fact::Game { id, .. } => Some(*id),
            _ => None,
        });
        self.known.game = games.next().or(before);
        if facts.is_empty() {
            return self.spool.answer();
        }
        let (at, closed) = (heard.at, heard.closed);
        self.spool.send(Item::Facts { at, closed, game: before, facts })
    }

    /// Records an event of the feed, such as a change of level with its reasons.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn note(&mut self, at: Moment, text: &str) -> Result<(), Error> {
        self.spool.send(Item::Note { at, text: text.to_owned() })
    }

    /// Records the fairness verdict on a game, in words too.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn verdict(
        &mut self,
        at: Moment,
        game: GameId,
        (fair, text): (bool, &str),
    ) -> Result<(), Error> {
        self.spool.send(Item::Verdict { at, game, fair, text: text.to_owned() })
    }
}

impl FileRecorder<RawEvents> {
    /// Starts to record, as [`Recorder::start`] does.
    ///
    /// # Errors
    /// As [`Recorder::start`].
    pub fn start(config: Config) -> Result<Self, Error> {
        Ok(Self {
            spool: Spool::start(ItemKind::Capture, config, Box::new(RecordingFolder))?,
            known: RawEvents,
        })
    }

    /// Records an event with its data: JSON, kept unchanged. Anything else is kept as a string,
    /// marked as bad. Never waits, as [`Recorder::record`].
    ///
    /// # Errors
    /// As [`Recorder::record`].
    pub fn record(
        &mut self,
        at: Moment,
        direction: Direction,
        event: RawEvent<'_>,
    ) -> Result<(), Error> {
        let RawEvent { name, data } = event;
        let (event, data) = (name.to_owned(), data.to_owned());
        self.spool.send(Item::Raw { at, direction, event, data })
    }
}

pub use spool::SpoolGauge;
