//! What others write, a feed, a server, a file or its name, forges no line of what is printed and
//! does nothing to a terminal; and what is named to be read is neither waited for nor endless.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use crate::program::{replayer, stderr, stdout};
use crate::waiting::in_time;

/// A line of a log, a title of a terminal, a line that is written over, a name that reads backwards.
const FORGED: &str =
    "x\n2026-01-01T00:00:00.000000Z  INFO all is well\r\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}gnp";

/// The beginning of the line that is forged.
const LINE: &str = "2026-01-01T00:00:00.000000Z";

/// Asserts that a text has no forged line, and nothing that a terminal obeys; and that it shows
/// what was said.
fn assert_plain(what: &str, text: &str) {
    let is_bad = |sign: char| {
        (sign.is_control() && !"\n\t".contains(sign)) || ('\u{202a}'..='\u{202e}').contains(&sign)
    };
    let bad: Vec<char> = text.chars().filter(|&sign| is_bad(sign)).collect();
    assert!(bad.is_empty(), "{what}: {bad:?} in {text}");
    let forged = text.lines().any(|line| line.trim_start().starts_with(LINE));
    assert!(!forged, "{what}: {text}");
}

/// Runs the program, and looks at all that it says.
fn plain(folder: &Path, arguments: &[&OsStr]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
    command.current_dir(folder).args(arguments);
    let what = format!("{arguments:?}");
    let output = in_time(&what, move || command.output().unwrap());
    assert_plain(&what, stdout(&output));
    assert_plain(&what, stderr(&output));
    output
}

fn said(output: &Output) -> String {
    format!("{}{}", stdout(output), stderr(output))
}

/// The address of a server that answers everything with this status, in these words.
pub(crate) fn server(status: &'static str, words: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = [0; 4_096];
            let _ = stream.read(&mut bytes);
            let length = words.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n");
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(words.as_bytes());
        }
    });
    url
}

#[test]
fn a_server_forges_no_line_of_a_session_or_of_its_log() {
    let place = tempfile::tempdir().unwrap();
    let url = server("404 Not Found", FORGED);
    for (command, log) in [(&["live", "quickstart", "--no-journal"][..], "a"), (&["record"], "b")] {
        let folder = place.path().join(log);
        let set = format!("log.folder={}", folder.display());
        let more = ["--feed", &url, "--set", &set];
        let arguments: Vec<&OsStr> = command.iter().chain(&more).map(OsStr::new).collect();
        let output = plain(place.path(), &arguments);
        assert_eq!(output.status.code(), Some(4), "{output:?}");
        assert!(stderr(&output).contains("\\n2026-01-01T00"), "{}", stderr(&output));
        let log = fs::read_to_string(folder.join("replayer.log")).unwrap();
        assert_plain("the log", &log);
        assert!(log.contains("\\n2026-01-01T00"), "{log}");
    }
}

#[test]
fn names_of_files_forge_no_line() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join(format!("games{FORGED}"));
    fs::create_dir(&folder).unwrap();
    // Slashes separate folders.
    let file = folder.join(format!("game_20251212_{FORGED}.jsonl"));
    fs::write(&file, format!("{FORGED}\n{{\"tick\":{FORGED:?}}}\nnot a row\n")).unwrap();
    let (folder, file) = (folder.as_os_str(), file.as_os_str());
    let out = OsStr::new("--out");
    let [run, inspect, verify, check, history, export, audit, sweep, report] =
        ["run", "inspect", "verify", "check", "history", "export", "audit", "sweep", "report"]
            .map(OsStr::new);
    let [capture, list, kinds, given] = ["capture", "list", "report", "--file"].map(OsStr::new);
    for arguments in [
        &[run, file][..],
        &[run, folder],
        &[inspect, folder],
        &[inspect, file],
        &[verify, given, file],
        &[check, file],
        &[history, folder],
        &[export, folder, out, folder],
        &[audit, file],
        &[sweep, file],
        &[report, folder],
        &[capture, list, file],
        &[capture, kinds, file],
        &[OsStr::new("config"), check, file],
        &[run, OsStr::new("quickstart"), OsStr::new("--config"), file],
        &[OsStr::new("browser"), OsStr::new("doctor"), OsStr::new("--profile"), file],
    ] {
        let output = plain(place.path(), arguments);
        assert!(!said(&output).is_empty(), "{arguments:?} says something");
    }
    let output = plain(place.path(), &[inspect, file]);
    assert!(said(&output).contains("\\n2026-01-01T00"), "{output:?}");
}

#[test]
fn the_name_of_a_folder_forges_nothing_in_a_report() {
    let place = tempfile::tempdir().unwrap();
    let folder = format!("run{FORGED}");
    let [run, out, report, page] = ["run", "--out", "report", "page.html"].map(OsStr::new);
    let folder = OsStr::new(&folder);
    let output = plain(place.path(), &[run, OsStr::new("quickstart"), out, folder]);
    assert!(output.status.success(), "{output:?}");
    let output = plain(place.path(), &[report, folder, out, page]);
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(place.path().join("page.html")).unwrap();
    assert!(!page.contains("\n2026-01-01T00"), "a line is forged");
    assert!(!page.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']));
}

#[test]
fn what_a_file_says_forges_no_line() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    let json = serde_json::to_string(FORGED).unwrap();
    write(
        "c.jsonl",
        &format!("{{\"at\":5,\"dir\":\"in\",\"event\":{json},\"data\":{{{json}:1}}}}\n"),
    );
    write("seeds.jsonl", &format!("{{\"game_id\":{json},\"server_seed\":{json}}}\n{json}\n"));
    write("s.ron", &format!("Scenario(name: {FORGED:?}, seed: {FORGED:?}, {FORGED}: 1)"));
    write("profile.ron", &format!("Profile(version: 1, site: {FORGED:?}, {FORGED}: 1)"));
    write("config.toml", &format!("[paths]\n{json} = {json}\n"));
    for arguments in [
        &["capture", "list", "c.jsonl"][..],
        &["capture", "report", "c.jsonl"],
        &["capture", "show", "c.jsonl", "1"],
        &["capture", "filter", "c.jsonl"],
        &["capture", "report", "c.jsonl", "--json"],
        &["verify", "--file", "seeds.jsonl"],
        &["verify", "--file", "seeds.jsonl", "--json"],
        &["run", "s.ron"],
        &["check", "s.ron"],
        &["check", "s.ron", "--json"],
        &["browser", "doctor", "--url", "http://127.0.0.1:1/", "--profile", "profile.ron"],
        &["config", "check", "config.toml"],
        &["config", "show", "--config", "config.toml"],
    ] {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let output = plain(place.path(), &arguments);
        assert!(!said(&output).is_empty(), "{arguments:?} says something");
    }
}

#[test]
fn pipes_devices_and_folders_are_refused_in_words_wherever_a_file_is_named() {
    let place = tempfile::tempdir().unwrap();
    let pipe: PathBuf = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    for (path, words) in [(pipe, "a pipe"), ("/dev/zero", "a device"), (".", "a folder")] {
        for arguments in [
            &["run", "quickstart", "--no-journal", "--config", path][..],
            &["config", "check", path],
            &["browser", "doctor", "--url", "http://127.0.0.1:1/", "--profile", path],
            &["verify", "--file", path],
            &["run", path, "--no-journal"],
            &["check", path],
            &["secret", "list", "--key-file", path, "--set", "secrets.file=/nowhere/sealed"],
        ] {
            let output = replayer(place.path(), arguments);
            assert!(
                [2, 3, 5].contains(&output.status.code().unwrap()),
                "{arguments:?}: {output:?}"
            );
            // Secrets have words of their own, and look for their file first.
            let says = said(&output).contains(words) || arguments[0] == "secret";
            assert!(says, "{arguments:?}: {}", said(&output));
        }
    }
    let large = place.path().join("large");
    fs::File::create(&large).unwrap().set_len(1 << 33).unwrap();
    let large = large.to_str().unwrap();
    for arguments in [
        &["config", "check", large][..],
        &["browser", "doctor", "--url", "http://127.0.0.1:1/", "--profile", large],
        &["run", large],
    ] {
        let output = replayer(place.path(), arguments);
        assert!(said(&output).contains("larger than"), "{arguments:?}: {}", said(&output));
    }
}
