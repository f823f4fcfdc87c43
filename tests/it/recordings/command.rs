//! `replayer inspect` as a user runs it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::Tape;
use crate::data::reference;
use crate::program::{replayer, stderr, stdout};

fn inspect(arguments: &[&str], paths: &[&Path]) -> Output {
    let paths = paths.iter().map(|path| path.to_str().unwrap());
    let all: Vec<&str> =
        ["inspect"].into_iter().chain(arguments.iter().copied()).chain(paths).collect();
    replayer(Path::new("."), &all)
}

fn json(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_real_recordings_are_inspected_file_by_file_and_in_total() {
    let Some(directory) = reference("recordings") else { return };
    let output = inspect(&["--json"], &[&directory]);
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
    let mut lines = json(&output);
    let last = lines.pop().unwrap();
    let total = &last["total"];
    for (name, wanted) in [
        ("files", 220),
        ("records", 72_054),
        ("ticks", 71_612),
        ("bad_lines", 101),
        ("damaged_files", 6),
        ("games", 218),
        ("complete", 196),
        ("rug_law_ok", 196),
        ("merged", 2),
        ("unreadable", 0),
    ] {
        assert_eq!(total[name], wanted, "{name}");
    }
    let by_file: BTreeMap<&str, &Value> =
        lines.iter().map(|line| (line["file"].as_str().unwrap(), line)).collect();
    assert_eq!(by_file.len(), 220);
    let line = by_file["game_20251029_184015.jsonl"];
    for (name, wanted) in [
        ("records", 264),
        ("bad_lines", 0),
        ("salvaged", 0),
        ("ticks", 262),
        ("games", 1),
        ("first_tick", 0),
        ("last_tick", 110),
        ("missing_ticks", 0),
        ("rug_tick", 110),
    ] {
        assert_eq!(line[name], wanted, "{name}");
    }
    assert_eq!(line["rug_price"], 0.019631499800081727);
    assert_eq!((&line["complete"], &line["grade"]), (&Value::from(true), &Value::from("A")));
}

#[test]
fn the_table_shows_what_needs_attention_and_where_it_is() {
    let directory = TempDir::new().unwrap();
    for number in 0..12 {
        let tape = Tape::game(&format!("g{number}"), &[1.0, 1.1, 0.02]);
        fs::write(directory.path().join(format!("game_{number:02}.jsonl")), tape.text()).unwrap();
    }
    let damaged = directory.path().join("game_x.jsonl");
    let tape = Tape::new("x").start().line("## note").tick(3, 1.0);
    fs::write(&damaged, tape.text()).unwrap();
    let output = inspect(&[], &[directory.path()]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("starts at tick 3, no rug"), "{text}");
    assert!(text.contains(&format!("{}:2 expected value", damaged.display())), "{text}");
    assert!(text.contains("12 files of grade A not listed"), "{text}");
    assert!(!text.contains("game_00.jsonl"), "{text}");
    assert!(text.contains("13, 12 complete"), "{text}");
    let all = inspect(&["--all"], &[directory.path()]);
    assert!(String::from_utf8(all.stdout).unwrap().contains("game_00.jsonl"));
}

#[test]
fn a_path_that_is_not_there_or_holds_nothing_ends_with_3_and_says_what_to_do() {
    let directory = TempDir::new().unwrap();
    for path in [directory.path().join("absent"), directory.path().to_owned()] {
        let output = inspect(&[], &[&path]);
        assert_eq!(output.status.code(), Some(3));
        assert!(output.stdout.is_empty());
        assert!(stderr(&output).contains("hint:"), "{}", stderr(&output));
    }
    assert_eq!(inspect(&[], &[]).status.code(), Some(2), "no path is a usage error");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_graded_f_and_the_others_are_still_inspected() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("game_a.jsonl"), Tape::game("g", &[1.0, 0.02]).text()).unwrap();
    // Root may read any file, but nobody may read this one at offset 0.
    let unreadable = directory.path().join("game_b.jsonl");
    std::os::unix::fs::symlink("/proc/self/mem", &unreadable).unwrap();
    let output = inspect(&["--json"], &[directory.path()]);
    assert_eq!(output.status.code(), Some(3));
    let lines = json(&output);
    assert_eq!(lines[0]["complete"], true);
    assert_eq!((&lines[1]["grade"], &lines[1]["file"]), (&"F".into(), &"game_b.jsonl".into()));
    assert!(lines[1]["error"].as_str().unwrap().contains("could not read"));
    assert_eq!(lines[2]["total"]["unreadable"], 1);
    assert!(stderr(&output).contains("could not read 1 of 2 files"), "{}", stderr(&output));
}

#[test]
fn help_shows_examples() {
    let output = inspect(&["--help"], &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Examples:") && text.contains("replayer inspect --json"), "{text}");
}
