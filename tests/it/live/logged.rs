//! The log of a session in files.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::stage::Show;
use crate::program::{replayer, stderr};

/// Records two games with a log in a folder; the exit code and what stderr says.
fn record(place: &Path, log: &Path, more: &[&str]) -> (i32, String) {
    let show = Show::start(|_| {});
    let url = show.server.url();
    let folder = format!("log.folder={}", log.display());
    let own = ["record", "--feed", &url, "--games", "2", "--out", "r", "--set", &folder];
    let output = replayer(place, &[&own[..], more].concat());
    (output.status.code().unwrap(), stderr(&output).to_owned())
}

fn text(log: &Path) -> String {
    fs::read_to_string(log.join("replayer.log")).unwrap()
}

#[test]
fn what_is_said_on_stderr_is_in_the_files_too_with_its_time_and_without_folder_there_are_none() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("log");
    let (code, said) = record(place.path(), &log, &[]);
    assert_eq!(code, 0, "{said}");
    for words in ["connected", "normal (was offline)"] {
        assert!(said.contains(words) && text(&log).contains(words), "{words}: {}", text(&log));
    }
    let year = text(&log).lines().all(|line| line.starts_with("20") && line.contains("Z  INFO"));
    assert!(year, "{}", text(&log));
    // Who wants a quiet terminal still has a log, and a second session goes on with it.
    let lines = text(&log).lines().count();
    let (code, said) = record(place.path(), &log, &["-q", "-q"]);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(text(&log).lines().count() > lines);
}

#[test]
fn as_json_every_line_is_a_document_and_the_error_that_ends_a_session_is_the_last() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("log");
    fs::write(place.path().join("r"), "no folder").unwrap();
    let (code, said) = record(place.path(), &log, &["--set", "log.json=true"]);
    assert_eq!(code, 3, "{said}");
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    let text = text(&log);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "ERROR");
    let message = last["fields"]["message"].as_str().unwrap();
    // On one line here, and on several there.
    let first = message.split("; ").next().unwrap();
    assert!(said.contains(&format!("error: {first}")), "{said}\n{message}");
}

#[test]
fn a_folder_that_is_taken_or_is_none_ends_a_session_before_it_begins() {
    let place = tempfile::tempdir().unwrap();
    let (log, file) = (place.path().join("log"), place.path().join("file"));
    fs::create_dir(&log).unwrap();
    let lock = fs::File::create(log.join("replayer.log.lock")).unwrap();
    lock.lock().unwrap();
    let (code, said) = record(place.path(), &log, &[]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("another session writes its log to"), "{said}");
    fs::write(&file, "").unwrap();
    assert_eq!(record(place.path(), &file, &[]).0, 3);
    assert!(!place.path().join("r").exists(), "nothing was begun");
}
