//! A disk that is full in the midst of a session: 4 MB of memory, mounted where nobody else sees it.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::{AS_IT_IS, Process, live, under};
use crate::campaign::count;
use crate::live::Show;
use crate::live::command::assert_replays;
use crate::machine::pace;
use crate::waiting::{in_time, pause};

/// What mounts a small disk at `s` for a program and those that it starts.
const SMALL: [&str; 7] = [
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    "mkdir -p s && mount -t tmpfs -o size=4m tmpfs s && exec \"$0\" \"$@\"",
];

/// A folder, and a session of the quickstart's bots in it whose folder `s` is a small disk, once it
/// has played some games; none where no disk can be mounted.
fn session(show: &Show, sets: &[&str]) -> Option<(tempfile::TempDir, Process)> {
    let place = tempfile::tempdir().unwrap();
    let tried = Command::new(SMALL[0]).args(&SMALL[1..]).arg("true").current_dir(&place).output();
    if !matches!(&tried, Ok(output) if output.status.success()) {
        eprintln!("skipped: no file system can be mounted here ({tried:?})");
        return None;
    }
    let usual = ["record.free_bytes_start=0", "record.free_bytes_run=0", "record.retry_ms=50"];
    let mut session = live(&SMALL, place.path(), &show.server.url(), &[&usual, sets].concat());
    session.says("game 3 (");
    Some((place, session))
}

/// The small disk, as this process sees it: also when the session that mounted it is over.
struct SmallDisk(File);

impl SmallDisk {
    fn of(session: &Process, place: &Path) -> Self {
        let inside = place.canonicalize().unwrap();
        let root = PathBuf::from(format!("/proc/{}/root", session.child.id()));
        Self(File::open(root.join(inside.strip_prefix("/").unwrap()).join("s")).unwrap())
    }

    fn path(&self) -> PathBuf {
        format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd()).into()
    }

    /// Takes every byte that is free.
    fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).unwrap();
        for piece in [64 << 10, 1 << 10, 1] {
            while ballast.write_all(&vec![1; piece]).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.path().join("ballast")).unwrap();
    }

    /// Copies what is on it to a folder.
    fn copy_to(&self, folder: &Path) {
        // The folder of the mount, which is empty outside of it.
        let _ = fs::remove_dir(folder);
        let from = format!("{}/.", self.path().display());
        let copied = Command::new("cp").args(["-r", &from]).arg(folder).output().unwrap();
        assert!(copied.status.success(), "{copied:?}");
    }
}

/// Waits until a session has said all of this, in any order.
fn says_all(session: &mut Process, words: &[&str]) {
    let mut missing = words.to_vec();
    while !missing.is_empty() {
        let said = session.says_one_of(&missing);
        missing.remove(said.unwrap_or_else(|| panic!("never: {missing:?}\n{}", session.said)));
    }
}

/// Fills the disk, lets games be played meanwhile, and empties it. How it went is in the folder.
fn full_for_a_while(mut session: Process, place: &Path) -> Value {
    let disk = SmallDisk::of(&session, place);
    let seconds = count("REPLAYER_FULL_SECONDS", 1);
    // Twice, unless the show would be over by then.
    for _ in 0..if seconds > 10 { 1 } else { 2 } {
        disk.fill();
        says_all(
            &mut session,
            &["cannot record to s/recording: No space", "the journal: could not"],
        );
        pause(Duration::from_secs(seconds));
        session.says("rugged at tick");
        session.says("rugged at tick");
        disk.empty();
        says_all(&mut session, &["recording to s/recording again", "the journal is written again"]);
        session.says("rugged at tick");
        session.says("rugged at tick");
    }
    let said = session.interrupt();
    assert!(!said.contains("panicked"), "{said}");
    disk.copy_to(&place.join("s"));
    let report = fs::read(place.join("s/live.json")).unwrap();
    serde_json::from_slice(&report).unwrap()
}

#[test]
fn a_session_plays_on_while_its_disk_is_full_and_where_memory_suffices_nothing_is_missing() {
    // What must hold: the session does not end, what cannot be written is told at once and kept,
    // and when there is room the recording and the journal are whole: one plays to the other.
    let show = Show::start(|config| config.pace = pace(200.0));
    let Some((place, session)) = session(&show, &["record.queue_messages=131072"]) else { return };
    let report = full_for_a_while(session, place.path());
    let (recording, journal) = (&report["recording"], &report["journal"]);
    assert_eq!((&recording["lost"], &recording["failing"]), (&0.into(), &Value::Null), "{report}");
    assert_eq!((&journal["lost"], &journal["failing"]), (&0.into(), &Value::Null), "{report}");
    assert!(recording["errors"].as_u64() >= Some(1), "{recording}");
    assert!(journal["errors"].as_u64() >= Some(1), "{journal}");
    assert!(show.assert_recorded(&place.path().join("s/recording")) >= 7);
    assert_replays(place.path());
    assert!(!place.path().join("s/.replayer.lock").exists());
}

#[test]
fn a_session_whose_stdout_and_stderr_are_on_a_full_disk_plays_on_and_keeps_everything() {
    // What must hold: the lines are lost and nothing else, and the exit code says that the summary
    // could not be printed.
    let show = Show::start(|_| {});
    let place = tempfile::tempdir().unwrap();
    let url = show.server.url();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let arguments = ["live", "quickstart", "--feed", &url, "--games", "5", "--out", "s", "--json"];
    let mut command = under(&AS_IT_IS, place.path(), &arguments);
    command.stdout(full()).stderr(full());
    let status = in_time("the session ends", move || command.status().unwrap());
    assert_eq!(status.code(), Some(3), "{status:?}");
    assert_replays(place.path());
    let manifest = fs::read_to_string(place.path().join("s/manifest.json")).unwrap();
    assert!(manifest.contains("\"status\": \"complete\""), "{manifest}");
    assert!(manifest.contains("\"games\": 5"), "{manifest}");
}

#[test]
fn what_memory_cannot_keep_of_a_full_disk_is_counted_and_named_and_all_else_is_true() {
    // What must hold: what is lost is said by number and by games, the games of the journal are all
    // there, and every price that was recorded is the one of its tick.
    let show = Show::start(|config| config.pace = pace(200.0));
    let Some((place, session)) = session(&show, &["record.queue_messages=64"]) else { return };
    let report = full_for_a_while(session, place.path());
    let recording = &report["recording"];
    assert!(recording["lost"].as_u64() > Some(0), "{recording}");
    let (lost_in, names) = (recording["lost_in"].as_u64(), recording["lost_games"].as_array());
    assert!(lost_in > Some(0), "{recording}");
    assert_eq!(names.unwrap().len() as u64, lost_in.unwrap().min(100), "{recording}");
    assert_eq!(report["journal"]["lost"], 0, "{report}");
    show.assert_prices(&place.path().join("s/recording"));
    // No game is missing from the journal, and none is there twice.
    let games = csv::Reader::from_path(place.path().join("s/games.csv")).unwrap().into_records();
    let numbers: Vec<u64> = games.map(|row| row.unwrap()[0].parse().unwrap()).collect();
    let last = *numbers.last().unwrap();
    let bots = numbers.len() as u64 / (last + 1);
    let expected: Vec<u64> = (0..=last).flat_map(|game| (0..bots).map(move |_| game)).collect();
    assert_eq!(numbers, expected);
    eprintln!("measured: {} games played, {recording}", last + 1);
}
