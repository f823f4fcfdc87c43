//! Folders that cannot be gone on with, and why.

use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{assert_same, fails, place, scenario, succeeds};

/// A half of a sweep, in `a`.
fn half() -> tempfile::TempDir {
    let place = place(200);
    succeeds(place.path(), &["sweep", "s.ron", "--shard", "0/2", "--out", "a"]);
    succeeds(place.path(), &["sweep", "s.ron", "--shard", "1/2", "--out", "b"]);
    place
}

/// What merging says after a shard was made something else.
fn after(change: impl Fn(&str) -> String) -> String {
    let place = half();
    let file = place.path().join("a/shards/000007.json");
    let text = fs::read_to_string(&file).unwrap();
    let changed = change(&text);
    assert_ne!(changed, text);
    fs::write(&file, changed).unwrap();
    let error = fails(place.path(), &["merge", "a", "b", "--out", "m"], 3);
    assert!(error.contains("a/shards/000007.json"), "names the file: {error}");
    error
}

/// The shard with its content replaced, and a digest that fits.
fn sealed(text: &str, from: &str, to: &str) -> String {
    let content = text.split_once("\"shard\":").unwrap().1;
    let content = content.trim_end().strip_suffix('}').unwrap();
    assert!(content.contains(from), "{content}");
    let content = content.replacen(from, to, 1);
    let digest: String =
        Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{{\"sha256\":\"{digest}\",\"shard\":{content}}}\n")
}

#[test]
fn a_damaged_shard_is_named_with_what_to_do() {
    for change in [
        |text: &str| text[..text.len() / 2].to_owned(),
        |text: &str| text.replacen("\"games\":", "\"gamez\":", 1),
        |text: &str| text.replacen("\"shard\":7", "\"shard\":9", 1),
        |_: &str| String::new(),
    ] {
        let error = after(change);
        assert!(error.contains("is damaged"), "{error}");
        assert!(error.contains("delete this file and continue with"), "{error}");
    }
}

#[test]
fn a_part_that_is_complete_and_lost_a_file_plays_its_games_again() {
    let (place, untouched) = (half(), half());
    let path = place.path();
    fs::remove_file(path.join("a/shards/000007.json")).unwrap();
    let error = fails(path, &["merge", "a", "b", "--out", "m"], 3);
    assert!(error.contains("a is not finished: continue with --resume"), "{error}");
    succeeds(path, &["sweep", "s.ron", "--shard", "0/2", "--out", "a", "--resume"]);
    assert_same(&path.join("a"), &untouched.path().join("a"));
    succeeds(path, &["merge", "a", "b", "--out", "m"]);
}

#[test]
fn a_shard_of_another_version_sweep_or_place_is_refused() {
    let version = format!("\"replayer\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let error = after(|text| sealed(text, &version, "\"replayer\":\"0.0.1\""));
    assert!(error.contains("holds results of replayer 0.0.1"), "{error}");
    assert!(error.contains("results of two versions are not mixed"), "{error}");
    let error = after(|text| sealed(text, "\"sweep\":\"", "\"sweep\":\"0"));
    assert!(error.contains("holds results of another sweep"), "{error}");
    let error = after(|text| sealed(text, "\"shard\":7,", "\"shard\":8,"));
    assert!(error.contains("it holds shard 8"), "{error}");
}

#[test]
fn a_folder_of_another_version_or_none_is_refused() {
    let place = half();
    let path = place.path();
    let manifest = path.join("a/manifest.json");
    let mut json: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    json["replayer"] = "9.9.9".into();
    fs::write(&manifest, json.to_string()).unwrap();
    let error = fails(path, &["merge", "a", "b", "--out", "m"], 3);
    assert!(error.contains("a was written by replayer 9.9.9"), "{error}");
    fs::write(&manifest, "{}").unwrap();
    let error = fails(path, &["merge", "a", "b", "--out", "m"], 3);
    assert!(error.contains("a is not the folder of a sweep"), "{error}");
    succeeds(path, &["run", "latency", "--out", "run"]);
    let error = fails(path, &["merge", "run", "--out", "m"], 3);
    assert!(error.contains("run is not the folder of a sweep"), "{error}");
}

#[test]
fn a_folder_is_gone_on_with_only_as_it_was_begun() {
    let place = half();
    let path = place.path();
    let resume = |arguments: &[&str]| -> String {
        let all = [&["sweep", "s.ron", "--out", "a", "--resume"], arguments].concat();
        fails(path, &all, 3)
    };
    let error = resume(&[]);
    assert!(error.contains("a is for --shard 0/2"), "{error}");
    let error = resume(&["--shard", "0/2", "--rows", "none"]);
    assert!(error.contains("another choice of `--rows`"), "{error}");
    let error = fails(path, &["sweep", "s.ron", "--out", "a"], 3);
    assert!(error.contains("a is not empty"), "{error}");
    assert!(error.contains("continue it with --resume"), "{error}");
    let error = fails(path, &["sweep", "s.ron", "--out", "none", "--resume"], 3);
    assert!(error.contains("could not find none (looked for in "), "{error}");
    assert!(error.contains("give a folder that `replayer sweep` wrote"), "{error}");
    fs::write(path.join("s.ron"), scenario(201)).unwrap();
    let error = resume(&["--shard", "0/2"]);
    assert!(error.contains("a was written from another scenario"), "{error}");
}

#[test]
fn wrong_usage_is_refused_before_anything_is_played() {
    let place = place(200);
    let path = place.path();
    for arguments in [
        &["sweep", "s.ron", "--resume"][..],
        &["sweep", "s.ron", "--shard", "4/4"],
        &["sweep", "s.ron", "--shard", "0/65", "--out", "a"],
        &["sweep", "s.ron", "--cell", "4"],
        &["sweep", "none.ron"],
        &["merge", "--out", "m"],
        &["run", "s.ron"],
    ] {
        fails(path, arguments, 2);
    }
    assert_eq!(fs::read_dir(path).unwrap().count(), 1, "nothing but the scenario is there");
}

#[test]
fn a_full_disk_keeps_the_shards_that_are_whole() {
    let place = place(20_000);
    let path = place.path();
    // No file may grow beyond 8 KiB, as on a disk that is full by then.
    let limited = |arguments: &str| {
        let program = env!("CARGO_BIN_EXE_replayer");
        let script = format!("trap '' XFSZ; ulimit -f 8; exec {program} {arguments}");
        let mut shell = std::process::Command::new("bash");
        shell.current_dir(path).args(["-c", &script]).output().unwrap()
    };
    let output = limited("sweep s.ron --out a --rows all --threads 1");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(error.contains("could not write"), "{error}");
    assert!(error.contains("free some space, then continue with --resume"), "{error}");
    succeeds(path, &["sweep", "s.ron", "--out", "a", "--rows", "all", "--resume"]);
    succeeds(path, &["sweep", "s.ron", "--out", "b", "--rows", "all"]);
    assert_same(&path.join("a"), &path.join("b"));
}
