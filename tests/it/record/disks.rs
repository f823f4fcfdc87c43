//! Disks that are full, slow, broken, hanging or gone: the recorder never waits.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use replayer::feed::Heard;
use replayer::feed::record::{
    Config, Disk, Growing, OnDiskError, Recorder, RecordingFolder, RecordingMetrics,
};
use replayer::model::time::Moment;

use super::{assert_games, config, files, lines, load, names, session};
use crate::campaign::count;
use crate::waiting::{self, now, promptly};

/// The real disk, made worse.
#[derive(Debug, Clone, Default)]
struct Bad(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// Bytes free, as told.
    told_free: AtomicU64,
    /// Bytes that can still be written before the disk is full; for ever when 0.
    room: AtomicU64,
    full: std::sync::atomic::AtomicBool,
    /// Nothing can be created, written or cut.
    read_only: std::sync::atomic::AtomicBool,
    /// How long each sync takes.
    slow_ms: AtomicU64,
    /// The next write is a bug.
    broken: std::sync::atomic::AtomicBool,
    /// Syncs wait until this is gone.
    hang: Mutex<Option<Receiver<()>>>,
}

struct Worse {
    file: Box<dyn Growing>,
    state: Arc<State>,
}

impl fmt::Debug for Worse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worse")
    }
}

impl Bad {
    fn new() -> Self {
        let disk = Self::default();
        disk.0.told_free.store(u64::MAX, Relaxed);
        disk
    }

    /// Lets this many more bytes be written.
    fn fill_after(&self, bytes: u64) {
        self.0.room.store(bytes, Relaxed);
        self.0.full.store(true, Relaxed);
    }

    fn empty(&self) {
        self.0.full.store(false, Relaxed);
    }

    /// Lets syncs hang until the sender is dropped.
    fn hang(&self) -> Sender<()> {
        let (sender, receiver) = bounded(0);
        *self.0.hang.lock().unwrap() = Some(receiver);
        sender
    }
}

impl State {
    fn permits(&self) -> io::Result<()> {
        let is_read_only = self.read_only.load(Relaxed);
        if is_read_only { Err(io::ErrorKind::ReadOnlyFilesystem.into()) } else { Ok(()) }
    }
}

impl Disk for Bad {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.told_free.load(Relaxed))
    }

    fn create(&mut self, path: &Path) -> io::Result<Box<dyn Growing>> {
        self.0.permits()?;
        let state = Arc::clone(&self.0);
        Ok(Box::new(Worse { file: RecordingFolder.create(path)?, state }))
    }

    fn publish(&mut self, partial: &Path, path: &Path) -> io::Result<()> {
        RecordingFolder.publish(partial, path)
    }
}

impl Write for Worse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(!self.state.broken.load(Relaxed), "a bug");
        self.state.permits()?;
        if !self.state.full.load(Relaxed) {
            return self.file.write(bytes);
        }
        let room = self.state.room.load(Relaxed);
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        // As a disk does: what fits is written, the next write fails.
        let fits = bytes.len().min(usize::try_from(room).unwrap());
        let written = self.file.write(&bytes[..fits])?;
        self.state.room.fetch_sub(written as u64, Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Growing for Worse {
    fn sync(&mut self) -> io::Result<()> {
        let hang = self.state.hang.lock().unwrap().clone();
        if let Some(hang) = hang {
            let _ = hang.recv();
        }
        wait(Duration::from_millis(self.state.slow_ms.load(Relaxed)));
        self.file.sync()
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.state.permits()?;
        self.file.truncate(bytes)
    }
}

fn wait(time: Duration) {
    if !time.is_zero() {
        // A channel that nobody sends to, because sleeping is forbidden.
        let _ = crossbeam_channel::after(time).recv();
    }
}

/// Waits until the numbers are as wished.
pub(super) fn until(
    recorder: &Recorder,
    wished: impl Fn(&RecordingMetrics) -> bool,
) -> RecordingMetrics {
    let mut metrics = recorder.metrics();
    waiting::until("the numbers are as wished", || {
        metrics = recorder.metrics();
        wished(&metrics)
    });
    metrics
}

fn quick(folder: &Path, queue_messages: usize) -> Config {
    Config {
        queue_messages,
        frame_time: Duration::from_millis(2),
        retry_after: Duration::from_millis(5),
        ..config(folder)
    }
}

fn facts(session: &[Heard]) -> u64 {
    let countdowns = session.iter().flat_map(|heard| &heard.facts);
    countdowns.filter(|fact| !matches!(fact, replayer::feed::Fact::Countdown { .. })).count() as u64
}

/// Facts that the files of a folder hold, and that they say are missing.
fn kept_and_missing(folder: &Path) -> (u64, u64) {
    let (mut kept, mut missing) = (0, 0);
    for line in files(folder).iter().flat_map(|path| lines(path)) {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if let Some(gap) = line["gap"].as_u64() {
            missing += gap;
        } else if line["recording"].is_null() && line["end"].is_null() {
            kept += 1;
        }
    }
    (kept, missing)
}

#[test]
fn a_full_disk_is_told_and_when_it_has_room_again_nothing_is_missing() {
    // Wherever in a frame it fills up.
    for room in [0, 1, 40, 333, 1_500] {
        let place = tempfile::tempdir().unwrap();
        let (disk, session) = (Bad::new(), session(4));
        let config = quick(place.path(), session.len());
        let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
        let (first, rest) = session.split_at(session.len() / 3);
        first.iter().for_each(|heard| recorder.record(heard).unwrap());
        until(&recorder, |metrics| metrics.lines > 1);
        disk.fill_after(room);
        rest.iter().for_each(|heard| recorder.record(heard).unwrap());
        let metrics = until(&recorder, |metrics| metrics.failing.is_some());
        assert!(metrics.errors >= 1 && metrics.lost == 0, "{metrics:?}");
        disk.empty();
        until(&recorder, |metrics| metrics.failing.is_none());
        let metrics = recorder.finish().unwrap();
        assert_eq!((metrics.lost, metrics.failing), (0, None));
        assert_games(&load(place.path()), 4);
        assert!(names(place.path()).iter().all(|name| !name.ends_with(".part")));
    }
}

#[test]
fn a_disk_that_becomes_read_only_is_told_and_when_it_can_be_written_again_nothing_is_missing() {
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(4));
    let mut recorder =
        Recorder::start_on(quick(place.path(), session.len()), Box::new(disk.clone())).unwrap();
    for some in session.chunks(session.len() / 3) {
        some.iter().for_each(|heard| recorder.record(heard).unwrap());
        disk.0.read_only.store(true, Relaxed);
        recorder.note(Moment::from_ms(1), "something to write").unwrap();
        let metrics = until(&recorder, |metrics| metrics.failing.is_some());
        assert!(recorder.gauge().failing().is_some(), "{metrics:?}");
        disk.0.read_only.store(false, Relaxed);
        until(&recorder, |metrics| metrics.failing.is_none());
    }
    let metrics = recorder.finish().unwrap();
    assert_eq!((metrics.lost, metrics.lost_in, metrics.failing), (0, 0, None));
    assert_games(&load(place.path()), 4);
    assert!(names(place.path()).iter().all(|name| !name.ends_with(".part")));
}

#[test]
fn a_slow_disk_is_asked_once_for_as_much_as_waits() {
    // A session at 1,000 ticks a second, as fast as it comes; the campaign takes 5 s for each fsync.
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(40));
    disk.0.slow_ms.store(count("REPLAYER_FSYNC_MS", 100), Relaxed);
    let config = quick(place.path(), session.len());
    let mut recorder = Recorder::start_on(config, Box::new(disk)).unwrap();
    session.iter().for_each(|heard| recorder.record(heard).unwrap());
    let metrics = recorder.finish().unwrap();
    assert_eq!((metrics.lost, metrics.errors), (0, 0), "{metrics:?}");
    assert!(metrics.frames > 8 && metrics.syncs.count < metrics.frames, "{metrics:?}");
    assert_games(&load(place.path()), 40);
    eprintln!("measured: {} frames with {} waits", metrics.frames, metrics.syncs.count);
}

#[test]
fn a_recorder_whose_thread_died_says_so_at_once_and_never_goes_on_in_silence() {
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(4));
    let config = quick(place.path(), session.len());
    let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
    recorder.record(&session[0]).unwrap();
    until(&recorder, |metrics| metrics.lines > 1);
    disk.0.broken.store(true, Relaxed);
    // Even where it is to go on without a disk.
    let (mut heard, mut error) = (session.iter().cycle(), None);
    waiting::until("it says so", || {
        error = heard.by_ref().take(1_000).find_map(|heard| recorder.record(heard).err());
        error.is_some()
    });
    assert!(error.unwrap().to_string().contains("the thread that records died"));
    assert!(recorder.finish().unwrap_err().to_string().contains("died"));
}

#[test]
fn a_disk_that_stays_full_ends_in_an_error_that_says_what_was_lost() {
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(2));
    let config = quick(place.path(), session.len());
    let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
    disk.fill_after(700);
    session.iter().for_each(|heard| recorder.record(heard).unwrap());
    until(&recorder, |metrics| metrics.failing.is_some());
    let gauge = recorder.gauge();
    let error = recorder.finish().unwrap_err().to_string();
    assert!(error.contains("could not finish the recording"), "{error}");
    let lost = gauge.metrics().lost;
    assert!(lost > 0 && error.contains(&format!("{lost} lines are lost")), "{error}");
    // What was written before is whole.
    disk.empty();
    Recorder::start(quick(place.path(), 1)).unwrap().finish().unwrap();
    let (kept, missing) = kept_and_missing(place.path());
    assert_eq!((kept + lost, missing), (facts(&session), 0));
}

#[test]
fn who_asked_to_stop_is_told_at_once_and_who_did_not_goes_on() {
    for on_disk_error in [OnDiskError::Stop, OnDiskError::Continue] {
        let place = tempfile::tempdir().unwrap();
        let (disk, session) = (Bad::new(), session(1));
        let config = Config { on_disk_error, ..quick(place.path(), session.len()) };
        let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
        recorder.record(&session[0]).unwrap();
        disk.fill_after(0);
        recorder.record(&session[1]).unwrap();
        until(&recorder, |metrics| metrics.failing.is_some());
        let answer = recorder.record(&session[2]);
        assert_eq!(answer.is_err(), on_disk_error == OnDiskError::Stop, "{answer:?}");
        disk.empty();
    }
}

#[test]
fn below_the_mark_a_part_is_ended_whole_and_recording_goes_on_above_it() {
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(3));
    let config = Config { free_bytes_run: 10_000, ..quick(place.path(), session.len()) };
    let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
    let (first, rest) = session.split_at(session.len() / 2);
    first.iter().for_each(|heard| recorder.record(heard).unwrap());
    disk.0.told_free.store(9_999, Relaxed);
    rest.iter().for_each(|heard| recorder.record(heard).unwrap());
    let metrics = until(&recorder, |metrics| metrics.failing.is_some());
    assert!(metrics.failing.unwrap().contains("9999 bytes are free"));
    let ended = files(place.path()).remove(0);
    until(&recorder, |_| ended.extension().is_some_and(|end| end == "zst"));
    assert!(lines(&ended).pop().unwrap().starts_with("{\"end\":\"disk full\""));
    disk.0.told_free.store(10_000, Relaxed);
    until(&recorder, |metrics| metrics.failing.is_none());
    recorder.finish().unwrap();
    assert_games(&load(place.path()), 3);
}

#[test]
fn too_little_space_to_begin_is_an_error_and_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let disk = Bad::new();
    disk.0.told_free.store(99_999_999, Relaxed);
    let usual = Config::new(place.path(), "ws://127.0.0.1:1", Moment::default());
    let error = Recorder::start_on(usual, Box::new(disk)).unwrap_err();
    assert_eq!(error.kind(), replayer::base::error::ErrorKind::Io);
    assert!(names(place.path()).is_empty());
}

#[test]
fn on_a_slow_disk_nobody_waits_and_what_does_not_fit_is_counted_and_marked() {
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(10));
    disk.0.slow_ms.store(100, Relaxed);
    let mut recorder = Recorder::start_on(quick(place.path(), 64), Box::new(disk.clone())).unwrap();
    // Not even the first frame is on the disk before all was said.
    let hang = disk.hang();
    let begun = now();
    session.iter().for_each(|heard| recorder.record(heard).unwrap());
    let took = begun.elapsed();
    promptly("what a slow disk is told", took, Duration::from_millis(1_000));
    drop(hang);
    let metrics = recorder.finish().unwrap();
    assert!(metrics.lost > 0 && metrics.queued_max == 64, "{metrics:?}");
    assert!(metrics.syncs.p50_us >= 100_000, "{metrics:?}");
    // By number and by games.
    assert!(metrics.lost_in > 0 && metrics.lost_in == metrics.lost_games.len() as u64);
    let (kept, missing) = kept_and_missing(place.path());
    assert_eq!((kept + missing, missing), (facts(&session), metrics.lost));
    eprintln!("{} messages in {took:?}; {metrics:?}", session.len());
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let place = tempfile::tempdir().unwrap();
    let disk = Bad::new();
    let config = Config { queue_bytes: 10_000, ..quick(place.path(), 1_000_000) };
    let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
    let hang = disk.hang();
    for at in 0..1_000 {
        recorder.note(Moment::from_ms(at), &"x".repeat(1_000)).unwrap();
    }
    let metrics = recorder.metrics();
    // One frame may be with the writer.
    assert!(metrics.queued <= 10 && metrics.lost > 800, "{metrics:?}");
    drop(hang);
    let lost = recorder.finish().unwrap().lost;
    let (kept, missing) = kept_and_missing(place.path());
    assert_eq!((kept + missing, missing), (1_000, lost));
}

#[test]
fn a_disk_that_hangs_holds_up_neither_recording_nor_the_end() {
    let place = tempfile::tempdir().unwrap();
    let (disk, session) = (Bad::new(), session(3));
    let finish_within = Duration::from_millis(300);
    let config = Config { finish_within, ..quick(place.path(), session.len()) };
    let mut recorder = Recorder::start_on(config, Box::new(disk.clone())).unwrap();
    let hang = disk.hang();
    let begun = now();
    session.iter().for_each(|heard| recorder.record(heard).unwrap());
    promptly("what a hanging disk is told", begun.elapsed(), Duration::from_millis(500));
    // The disk is behind by what was recorded since, once the writer has begun.
    until(&recorder, |metrics| metrics.lag_ms > 0);
    let failing = recorder.gauge().failing();
    assert!(failing.as_ref().is_some_and(|why| why.contains("s behind")), "{failing:?}");
    let begun = now();
    // It still hangs: who waited for it would wait for ever.
    let error = recorder.finish().unwrap_err().to_string();
    promptly("the end of a recording", begun.elapsed(), finish_within * 2);
    assert!(error.contains("within 300 ms"), "{error}");
    drop(hang);
}

#[test]
fn a_folder_that_goes_away_is_made_again() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("deep/recordings");
    let session = session(2);
    let mut recorder = Recorder::start(quick(&folder, session.len())).unwrap();
    recorder.record(&session[0]).unwrap();
    until(&recorder, |metrics| metrics.lines > 1);
    std::fs::remove_dir_all(&folder).unwrap();
    session[1..].iter().for_each(|heard| recorder.record(heard).unwrap());
    until(&recorder, |metrics| metrics.errors > 0 && metrics.failing.is_none());
    recorder.finish().unwrap();
    assert_games(&load(&folder), 2);
}

#[test]
fn starting_and_stopping_again_and_again_leaves_no_thread_and_no_unfinished_file() {
    let place = tempfile::tempdir().unwrap();
    let begun = now();
    for _ in 0..200 {
        Recorder::start(config(place.path())).unwrap().finish().unwrap();
    }
    promptly("200 starts and stops", begun.elapsed(), Duration::from_secs(60));
    let names = names(place.path());
    assert!(names.len() == 200 && names.iter().all(|name| name.ends_with(".zst")));
}
