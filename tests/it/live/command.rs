//! `replayer live` and `replayer record` as their users see them: output, folder, exit codes.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use replayer::demo::feed_server::Spoils;
use rustix::process::Signal;
use serde_json::Value;

use super::stage::Show;
use crate::bridge::strangers::answering;
use crate::browser::processes::signal;
use crate::machine::pace;
use crate::program::{json, replayer, stderr, stdout};
use crate::waiting::until;

const SCENARIO: &str = "Scenario(name: \"paper\", seed: 7, source: Feed(url: \"URL\"), \
                        bankroll: Compounding(1), bots: [(id: \"c\", strategy: Conservative()), \
                        (id: \"s\", strategy: Sidebet()), (id: \"r\", strategy: Random())])";

/// Writes the scenario for a server.
pub(crate) fn scenario(folder: &Path, url: &str) {
    std::fs::write(folder.join("paper.ron"), SCENARIO.replace("URL", url)).unwrap();
}

/// Asserts that what the session `s` wrote is what its recording plays to, at once. Returns the digest.
pub(crate) fn assert_replays(folder: &Path) -> Value {
    let _ = std::fs::remove_dir_all(folder.join("again"));
    let again = replayer(folder, &["run", "s/replay.ron", "--out", "again", "--json"]);
    assert!(again.status.success(), "{again:?}");
    for file in ["postings.csv", "games.csv", "refusals.csv"] {
        let both = ["s", "again"].map(|of| std::fs::read(folder.join(of).join(file)));
        let [live, again] = both.map(Result::unwrap);
        assert!(live == again, "{file}");
    }
    let manifest = |of: &str| read(&folder.join(of).join("manifest.json"));
    let digest = manifest("s")["digest"].clone();
    assert_eq!((&manifest("again")["digest"], &json(&again)["digest"]), (&digest, &digest));
    digest
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_feed_that_says_the_same_again_ends_every_command_with_exit_code_4() {
    let host = answering(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    let place = tempfile::tempdir().unwrap();
    let url = format!("ws://{host}/game");
    scenario(place.path(), &url);
    let quick = ["--set", "feed.backoff_first_ms=10", "--set", "feed.tries=2"];
    for command in [&["record", "--feed", &url, "--out", "r"][..], &["live", "paper.ron"]] {
        for transport in ["websocket", "polling", "upgrade"] {
            let way = format!("feed.transport={transport}");
            let arguments = [command, &quick, &["--set", &way, "-v"]].concat();
            let output = replayer(place.path(), &arguments);
            assert_eq!(output.status.code(), Some(4), "{output:?}");
            let said = stderr(&output);
            assert!(said.contains("tried 2 times"), "{said}");
            assert!(said.contains("HTTP 404") && said.contains("feed.namespace"), "{said}");
            assert!(said.contains("/game is the path of the server at 127.0.0.1, not a namespace"));
        }
    }
}

#[test]
fn a_way_to_a_feed_that_cannot_be_is_refused_before_anything_is_tried() {
    let place = tempfile::tempdir().unwrap();
    for (url, setting, why) in [
        (
            "ws://127.0.0.1:65536/?token=planted",
            "feed.tries=1",
            "its port \"65536\", at character 16",
        ),
        ("ws://127.0.0.1:1", "feed.proxy=http://user:planted@h", "feed.proxy_secret"),
        ("ws://127.0.0.1:1", "feed.proxy=socks4://h", "socks4 is not supported"),
        ("ws://127.0.0.1:1", "feed.namespace=game", "begins with a slash"),
        ("ws://127.0.0.1:1", "feed.headers=Cookie: a=planted", "feed.headers_secret"),
        ("ws://127.0.0.1:1", "feed.transport=pigeon", "websocket, polling or upgrade"),
        ("ws://127.0.0.1:1", "feed.headers_secret=x", "feed.auth_host"),
        ("ws://127.0.0.1:1", "feed.proxy_secret=x", "`feed.proxy`, which is not set"),
    ] {
        let arguments = ["record", "--feed", url, "--out", "r", "--set", setting];
        let output = replayer(place.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = stderr(&output);
        assert!(said.contains(why) && !said.contains("planted"), "{setting}: {said}");
        assert!(!place.path().join("r").exists());
    }
}

#[test]
fn a_session_leaves_a_folder_that_plays_it_again() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let folder = place.path();
    scenario(folder, &show.server.url());
    let output = replayer(folder, &["live", "paper.ron", "--games", "12", "--out", "s", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let lines = lines(stdout(&output));
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!((of("game"), of("connected"), of("summary")), (12, 1, 1));
    let summary = lines.last().unwrap();
    // Ten games from before the show, and all but the last, whose seed may come too late.
    assert!(summary["live"]["fairness"]["fair"].as_u64() >= Some(10 + 11), "{summary}");
    assert!(summary["live"]["latency"]["decision_us"]["all"]["count"].as_u64().unwrap() > 12);
    assert_eq!(read(&folder.join("s/live.json")), summary["live"]);
    let session = folder.join("s");
    for file in ["manifest.json", "postings.csv", "games.csv", "summary.json", "scenario.ron"] {
        assert!(session.join(file).exists(), "{file}");
    }
    assert_eq!(assert_replays(folder), summary["digest"]);
}

#[test]
fn what_a_session_relies_on_is_a_setting() {
    let show = Show::start(|config| config.faults.drop = 0.03);
    let place = tempfile::tempdir().unwrap();
    scenario(place.path(), &show.server.url());
    let says = |more: &[&str]| {
        let usual = ["live", "paper.ron", "--games", "8", "--no-journal"];
        let output = replayer(place.path(), &[&usual, more].concat());
        assert!(output.status.success(), "{output:?}");
        stderr(&output).to_owned()
    };
    assert!(says(&[]).contains("degraded"), "ticks are missed");
    let anything = ["--set", "integrity.gap_ticks=5000", "--set", "integrity.errors_minimal=10000"];
    let anything = [&anything[..], &["--set", "integrity.errors_degraded=10000"]].concat();
    let said = says(&anything);
    assert!(!said.contains("degraded"), "{said}");
}

#[test]
fn people_are_told_what_happens() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    scenario(place.path(), &show.server.url());
    let output = replayer(place.path(), &["live", "paper.ron", "--games", "2", "--no-journal"]);
    assert!(output.status.success(), "{output:?}");
    for words in ["connected", "normal (was offline)", "game 1 ("] {
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
    }
    for words in [" fair, 0 NOT", "message to decision: p50"] {
        assert!(stdout(&output).contains(words), "{words}: {}", stdout(&output));
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "nothing is written");
}

#[test]
fn the_command_line_decides_which_feed() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    scenario(place.path(), "http://127.0.0.1:1");
    let url = show.server.url();
    let arguments = ["live", "paper.ron", "--feed", &url, "--games", "1", "--no-journal"];
    assert!(replayer(place.path(), &arguments).status.success());
    let output = replayer(place.path(), &["live", "quickstart", "--games", "1"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("give --feed URL"), "{}", stderr(&output));
    let output = replayer(place.path(), &["live", "quickstart", "--feed", "ftp://x"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let output = replayer(place.path(), &["run", "paper.ron"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("use `replayer live`"), "{}", stderr(&output));
}

#[test]
fn evidence_of_an_unfair_game_is_written_at_once() {
    let show = Show::start(|config| {
        let spoils = Spoils { wrong_seed: false, wrong_price: true, every_games: 2 };
        config.repertoire = config.repertoire.clone().spoiled(spoils);
    });
    let place = tempfile::tempdir().unwrap();
    scenario(place.path(), &show.server.url());
    let output = replayer(place.path(), &["live", "paper.ron", "--games", "3", "--out", "s"]);
    assert!(output.status.success(), "{output:?}");
    let files = std::fs::read_dir(place.path().join("s")).unwrap();
    let alarms: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("alarm-"))
        .collect();
    assert_eq!(alarms.len(), 1);
    let alarm = read(&alarms[0]);
    assert_eq!(alarm["verdict"], "path_mismatch", "{alarm}");
    assert!(alarm["heard"].as_array().unwrap().len() > 1);
    assert!(stdout(&output).contains("1 NOT"), "{}", stdout(&output));
}

#[test]
fn a_recording_is_made_without_a_scenario_and_inspected_and_run() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let url = show.server.url();
    let arguments = ["record", "--feed", &url, "--games", "5", "--out", "r", "--raw", "--json"];
    let output = replayer(place.path(), &arguments);
    assert!(output.status.success(), "{output:?}");
    let report = lines(stdout(&output)).pop().unwrap();
    assert_eq!(report["recording"]["lost"], 0);
    let output = replayer(place.path(), &["inspect", "r"]);
    assert!(output.status.success(), "{output:?}");
    let output = replayer(place.path(), &["capture", "list", "r/raw"]);
    assert!(stdout(&output).contains("r/raw/capture_"), "{output:?}");
    let text = SCENARIO.replace("Feed(url: \"URL\")", "Recordings(path: \"r\")");
    std::fs::write(place.path().join("replay.ron"), text).unwrap();
    let output = replayer(place.path(), &["run", "replay.ron", "--no-journal", "--json"]);
    assert!(output.status.success(), "{output:?}");
}

/// Interrupts a command once it is ready, of which it is told what was said on stderr; the exit code, and that.
fn interrupted(folder: &Path, arguments: &[&str], ready: impl Fn(&str) -> bool) -> (i32, String) {
    let file = folder.join("stderr");
    let said = || std::fs::read_to_string(&file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
    command.current_dir(folder).args(arguments).stdout(Stdio::null());
    let mut child = command.stderr(File::create(&file).unwrap()).spawn().unwrap();
    until("it is ready", || ready(&said()) || child.try_wait().unwrap().is_some());
    signal(child.id(), Signal::INT);
    (child.wait().unwrap().code().unwrap(), said())
}

#[test]
fn an_interrupted_session_is_whole() {
    let show = Show::start(|config| config.pace = pace(500.0));
    let place = tempfile::tempdir().unwrap();
    scenario(place.path(), &show.server.url());
    let played = |said: &str| said.contains("game 5 (");
    let (code, said) = interrupted(place.path(), &["live", "paper.ron", "--out", "s"], played);
    assert_eq!(code, 130, "{said}");
    assert!(said.contains("what was written so far is intact"), "{said}");
    let session = place.path().join("s");
    let games = read(&session.join("summary.json"))["games"].as_u64().unwrap();
    assert!(games >= 4, "{games}");
    let output = replayer(place.path(), &["run", "s/replay.ron", "--out", "again"]);
    assert!(output.status.success(), "{output:?}");
    let rows = |folder: &str| {
        std::fs::read_to_string(place.path().join(folder).join("postings.csv")).unwrap()
    };
    // The game that was on was recorded as interrupted, so it is not among those played again.
    assert_eq!(rows("s"), rows("again"));
}

#[test]
fn a_session_that_never_found_its_server_is_interrupted_like_any_other() {
    // Somebody is there, and hangs up at once.
    let (listener, place) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), tempfile::tempdir().unwrap());
    let address = listener.local_addr().unwrap();
    scenario(place.path(), &format!("http://{address}"));
    let tried_again = |_: &str| (0..2).all(|_| listener.accept().is_ok());
    let (code, said) = interrupted(place.path(), &["live", "paper.ron", "--out", "s"], tried_again);
    assert_eq!(code, 130, "{said}");
    assert!(said.contains("no connection: "), "{said}");
}
