//! Folders on a file system that is read-only.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{ALONE, can};
use crate::program::{json, replayer, stderr, stdout};
use crate::record::{config, files, names, record, session};

const SCENARIO: &str = "Scenario(name: \"small\", seed: 3, source: SOURCE, \
    bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative(take_profit: CHOICE))])";

fn scenario(source: &str, choice: &str) -> String {
    SCENARIO.replace("SOURCE", source).replace("CHOICE", choice)
}

/// Runs the program beside the folder `ro`, in which nobody can write meanwhile: also the superuser, who
/// asks for no permission.
fn beside_read_only(place: &Path, arguments: &[&str]) -> Output {
    let mount = "mount -o bind,ro ro ro && exec \"$0\" \"$@\"";
    Command::new(ALONE[0])
        .args(&ALONE[1..])
        .args(["sh", "-c", mount, env!("CARGO_BIN_EXE_replayer")])
        .args(arguments)
        .current_dir(place)
        .output()
        .unwrap()
}

/// A folder with a folder `ro` in it; none where the latter cannot be made read-only.
fn place() -> Option<tempfile::TempDir> {
    let place = can(&ALONE).then(|| tempfile::tempdir().unwrap())?;
    fs::create_dir(place.path().join("ro")).unwrap();
    Some(place)
}

#[test]
fn what_cannot_write_its_folder_ends_before_it_begins_with_the_folder_and_the_reason() {
    // What must hold: exit code 3, the folder and `Read-only file system` in the error, nothing on stdout,
    // and no command that goes on without what it was asked to write.
    let Some(place) = place() else { return };
    let path = place.path();
    fs::write(path.join("s.ron"), scenario("Generated(games: 5)", "20")).unwrap();
    fs::write(path.join("w.ron"), scenario("Generated(games: 64)", "Grid([10, 40])")).unwrap();
    record(config(&path.join("recorded")), &session(1));
    assert!(replayer(path, &["run", "s.ron", "--out", "ro/whole"]).status.success());
    let log = format!("log.folder={}", path.join("ro/log").display());
    let feed = ["--feed", "http://127.0.0.1:1"];
    let before = names(&path.join("ro"));
    for (arguments, told) in [
        ([&["record", "--out", "ro/r"], &feed[..]].concat(), "ro/r"),
        ([&["live", "quickstart", "--out", "ro/l"], &feed[..]].concat(), "ro/l"),
        ([&["record", "--out", "r", "--set", &log], &feed[..]].concat(), "ro/log"),
        (vec!["run", "s.ron", "--out", "ro/o"], "ro/o"),
        (vec!["run", "s.ron", "--out", "ro/whole", "--resume"], "ro/whole"),
        (vec!["sweep", "w.ron", "--out", "ro/w"], "ro/w"),
        (vec!["export", "recorded", "--out", "ro/e"], "ro/e"),
        (vec!["generate", "--games", "2", "--out", "ro/g"], "ro/g"),
        (vec!["report", "ro/whole", "--out", "ro/page.html"], "ro/page.html"),
    ] {
        let output = beside_read_only(path, &arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
        for words in ["error: could not ", told, "Read-only file system"] {
            assert!(stderr(&output).contains(words), "{arguments:?}: {output:?}");
        }
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
    assert_eq!(names(&path.join("ro")), before);
    assert!(!path.join("r").exists(), "a session without the log that it was to have");
}

#[test]
fn what_is_on_a_read_only_file_system_is_read_and_played_also_where_it_is_torn() {
    // What must hold: reading wants nothing but to read. What a killed process left is read and played as
    // far as it is whole, by its name; that it cannot be repaired there is said.
    let Some(place) = place() else { return };
    let path = place.path();
    record(config(&path.join("ro/rec")), &session(3));
    let [file] = &files(&path.join("ro/rec"))[..] else { panic!("one file") };
    let whole = fs::read(file).unwrap();
    let torn = path.join("ro/rec/feed_20251212_171659_001.jsonl.zst.part");
    fs::write(&torn, &whole[..whole.len() - 20]).unwrap();
    for source in ["ro/rec", "ro/rec/feed_20251212_171659_001.jsonl.zst.part"] {
        let recordings = format!("Recordings(path: \"{source}\")");
        fs::write(path.join("s.ron"), scenario(&recordings, "20")).unwrap();
        let run = ["run", "s.ron", "--no-journal", "--json"];
        let (there, here) = (beside_read_only(path, &run), replayer(path, &run));
        assert_eq!(json(&there)["games"], 3, "{there:?}");
        assert_eq!(json(&there)["digest"], json(&here)["digest"], "{source}");
        let inspected = beside_read_only(path, &["inspect", source]);
        assert!(inspected.status.success(), "{inspected:?}");
        let told = stderr(&inspected).contains("could not repair ro/rec/feed_20251212_171659");
        assert_eq!(told, source == "ro/rec", "{inspected:?}");
    }
}
