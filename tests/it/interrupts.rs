//! Ctrl-C and SIGTERM end every command in every phase, with exit code 130 and with every file that
//! has its name whole.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::browser::processes::signal;
use crate::live::stage::Show;
use crate::program::{replayer, stdout};
use crate::waiting::{in_time, now, promptly, until};

/// The longest time from a signal to the end of a command.
const STOP: Duration = Duration::from_secs(2);

/// A command that is running, and what it was started as.
struct Running {
    name: String,
    child: Child,
}

impl Running {
    /// Starts a command in a folder, and waits until it takes signals.
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        // As a build without debug assertions has it.
        Self::start_with(folder, arguments, "1500")
    }

    /// The same of one that may take this many milliseconds to end by itself.
    fn start_with(folder: &Path, arguments: &[&str], stop_ms: &str) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_replayer"))
            .current_dir(folder)
            .args(arguments)
            .env("REPLAYER_STOP_MS", stop_ms)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let running = Self { name: arguments.join(" "), child };
        until("it takes signals", || running.takes(Signal::INT));
        running
    }

    /// Whether a signal has a handler, as the system says it in a mask.
    fn takes(&self, signal: Signal) -> bool {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0");
        let mask = u64::from_str_radix(mask.trim(), 16).unwrap();
        mask & (1 << (signal.as_raw() - 1)) != 0
    }

    /// Whether it has a file open.
    fn reads(&self, file: &Path) -> bool {
        let open = fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        open.flatten().any(|fd| fs::read_link(fd.path()).is_ok_and(|path| path == file))
    }

    /// Sends it a signal, and waits for its end.
    fn ends(self, sent: Signal) -> Output {
        let begun = now();
        signal(self.child.id(), sent);
        let Self { name, child } = self;
        let output = in_time("the command ends", move || child.wait_with_output().unwrap());
        promptly(&format!("`{name}` ends"), begun.elapsed(), STOP);
        assert_eq!(output.status.code(), Some(130), "{name}: {output:?}");
        output
    }
}

/// Every file in a folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

fn assert_nothing_half(folder: &Path) {
    let half = |path: &&PathBuf| path.to_string_lossy().ends_with(".partial");
    let half: Vec<_> = files(folder).into_iter().filter(|path| half(&path)).collect();
    assert_eq!(half, [] as [PathBuf; 0]);
}

/// A folder with recordings that take for ever to read.
fn endless() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let games = place.path().join("games");
    let output = replayer(place.path(), &["generate", "--games", "1", "--out", "games"]);
    assert!(output.status.success(), "{output:?}");
    // Zeros take no room on the disk; what they say is the last thing that is read.
    let path = games.join("game_20990101_000000.jsonl");
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    fs::write(
        place.path().join("s.ron"),
        "Scenario(name: \"s\", seed: 1, source: Recordings(path: \"games\"), \
         bankroll: PerGame(1), bots: [(id: \"a\", strategy: Random())])",
    )
    .unwrap();
    (place, path.canonicalize().unwrap())
}

#[test]
fn a_command_that_reads_its_input_ends_at_once() {
    let (place, path) = endless();
    let file = path.to_str().unwrap();
    for (arguments, sent) in [
        (&["run", "s.ron", "--out", "out"][..], Signal::INT),
        (&["sweep", "s.ron", "--out", "out"], Signal::TERM),
        (&["audit", "s.ron"], Signal::INT),
        (&["bench", "s.ron"], Signal::TERM),
        (&["inspect", "games"], Signal::INT),
        (&["export", "games", "--out", "out"], Signal::TERM),
        (&["history", "games"], Signal::INT),
        (&["verify", "--file", file], Signal::TERM),
        (&["capture", "list", file], Signal::INT),
        (&["feed-server", "--recordings", "games"], Signal::TERM),
    ] {
        let running = Running::start(place.path(), arguments);
        until(&format!("`{}` reads", running.name), || running.reads(&path));
        running.ends(sent);
        assert!(!place.path().join("out").exists(), "{arguments:?}: nothing was played yet");
        assert_nothing_half(place.path());
    }
}

#[test]
fn a_command_that_computes_ends_in_time() {
    let place = tempfile::tempdir().unwrap();
    let wide = "Scenario(name: \"wide\", seed: 1, source: Generated(games: 100000), \
                bankroll: PerGame(1), bots: [(id: \"a\", strategy: Conservative(\
                stop_loss: Range(from: 1, to: 99, step: 1), \
                take_profit: Range(from: 1, to: 1000, step: 1)))])";
    fs::write(place.path().join("wide.ron"), wide).unwrap();
    for (arguments, sent) in [
        (&["check", "wide.ron"][..], Signal::INT),
        (&["sweep", "wide.ron", "--list"], Signal::TERM),
        (&["audit", "crowd", "--games", "10000"], Signal::TERM),
        (&["bench", "--only", "crowd"], Signal::INT),
    ] {
        Running::start(place.path(), arguments).ends(sent);
    }
}

#[test]
fn games_that_are_being_generated_are_whole_and_listed() {
    let place = tempfile::tempdir().unwrap();
    let games = place.path().join("games");
    let running =
        Running::start(place.path(), &["generate", "--games", "100000000", "--out", "games"]);
    let made = || {
        let names = fs::read_dir(&games).map(Iterator::flatten).into_iter().flatten();
        names.filter(|it| it.file_name().to_string_lossy().starts_with("game_")).count()
    };
    until("games are made", || made() >= 20);
    running.ends(Signal::INT);
    assert_nothing_half(place.path());
    let listed = fs::read_to_string(games.join("seeds.jsonl")).unwrap();
    assert!(listed.ends_with('\n'));
    assert_eq!(listed.lines().count(), made());
    let verified = replayer(place.path(), &["verify", "--file", "games/seeds.jsonl"]);
    assert!(verified.status.success(), "{verified:?}");
    let inspected = replayer(place.path(), &["inspect", "games"]);
    assert!(inspected.status.success(), "{inspected:?}");
}

/// Bots and games enough that summing up takes many times as long as it may.
const BOTS: usize = 100_000;
const GAMES: usize = 2;

/// The last line of a file.
fn last_line(path: &Path) -> String {
    let Ok(mut file) = File::open(path) else { return String::new() };
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length.saturating_sub(4_096))).unwrap();
    let mut end = String::new();
    file.read_to_string(&mut end).unwrap();
    end.lines().last().unwrap_or_default().to_owned()
}

/// A run that has played everything and sums up, with this many milliseconds to end by itself.
fn summing_up(place: &Path, stop_ms: &str) -> Running {
    let scenario = format!(
        "Scenario(name: \"many\", seed: 1, source: Generated(games: {GAMES}), \
         bankroll: PerGame(1), bots: [(id: \"a\", count: {BOTS}, strategy: AlwaysWait())])"
    );
    fs::write(place.join("many.ron"), scenario).unwrap();
    let arguments = ["run", "many.ron", "--out", "out", "--json"];
    let running = Running::start_with(place, &arguments, stop_ms);
    let rows = place.join("out/games.csv");
    let last = format!("a-{BOTS}");
    until("all games are written", || {
        let row = last_line(&rows);
        row.starts_with(&format!("{},", GAMES - 1)) && row.contains(&last)
    });
    running
}

#[test]
fn a_run_that_sums_up_ends_in_time_and_goes_on_later() {
    let place = tempfile::tempdir().unwrap();
    let output = summing_up(place.path(), "100").ends(Signal::TERM);
    assert_eq!(stdout(&output), "", "half a document is none");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("goes on with --resume"), "{said}");
    assert_nothing_half(place.path());
    let out = place.path().join("out");
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap();
    assert!(manifest.contains("\"status\": \"running\""), "{manifest}");
    assert!(!out.join("summary.json").exists());
    for table in ["games.csv", "postings.csv", "refusals.csv"] {
        let text = fs::read(out.join(table)).unwrap();
        assert_eq!(text.last(), Some(&b'\n'), "{table}");
    }
}

#[test]
fn a_second_signal_ends_a_command_at_once() {
    let place = tempfile::tempdir().unwrap();
    let mut running = summing_up(place.path(), "240000");
    let begun = now();
    signal(running.child.id(), Signal::INT);
    // The deadline of the first is running by now: its thread has a name.
    let tasks = format!("/proc/{}/task", running.child.id());
    let named = |name: &str| {
        let tasks = fs::read_dir(&tasks).unwrap().flatten();
        tasks
            .flat_map(|task| fs::read_to_string(task.path().join("comm")))
            .any(|it| it.trim() == name)
    };
    until("the first signal is taken", || named("deadline"));
    assert!(running.child.try_wait().unwrap().is_none());
    // What comes with the first is the same wish.
    let id = running.child.id();
    until("a second signal ends it", || {
        if running.child.try_wait().unwrap().is_none() {
            signal(id, Signal::INT);
            return false;
        }
        true
    });
    assert!(begun.elapsed() >= Duration::from_secs(1), "it had its second to end by itself");
    assert_eq!(running.child.wait().unwrap().code(), Some(130));
    assert_nothing_half(place.path());
}

#[test]
fn a_session_that_timeout_signals_twice_ends_by_itself_with_its_summary() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let child = Command::new("timeout")
        .args(["--signal=INT", "3600", env!("CARGO_BIN_EXE_replayer"), "live", "quickstart"])
        .args(["--feed", &show.server.url(), "--out", "session"])
        .current_dir(place.path())
        // In a group of its own: `timeout` signals its child, and then the whole group.
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("it plays", || place.path().join("session/replay.ron").exists());
    // Its time is over.
    signal(child.id(), Signal::ALARM);
    let output = in_time("the session ends", move || child.wait_with_output().unwrap());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stdout(&output).contains("feed: "), "no summary: {}\n{said}", stdout(&output));
    assert!(said.contains("session written to session"), "{said}");
    assert!(place.path().join("session/live.json").exists());
    assert_nothing_half(place.path());
}

#[test]
fn two_signals_at_once_are_one_wish() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let url = show.server.url();
    let arguments = ["live", "quickstart", "--feed", &url, "--out", "session"];
    let running = Running::start(place.path(), &arguments);
    until("it plays", || place.path().join("session/replay.ron").exists());
    signal(running.child.id(), Signal::INT);
    let output = running.ends(Signal::INT);
    assert!(stdout(&output).contains("feed: "), "no summary: {output:?}");
    assert!(place.path().join("session/live.json").exists());
}
