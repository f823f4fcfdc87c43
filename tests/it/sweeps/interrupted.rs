//! Sweeps that end half-way, and go on.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{assert_same, files, place, succeeds};
use crate::waiting::until;

/// Begins a sweep on one thread and waits until some of its shards are there, and some are not.
fn begin(folder: &Path) -> Child {
    let sweep = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .args(["sweep", "s.ron", "--out", "out", "--threads", "1", "--rows", "all"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("the sweep writes", || shards(folder) >= 3);
    sweep
}

fn shards(folder: &Path) -> usize {
    let entries = fs::read_dir(folder.join("out/shards")).map(Iterator::collect::<Vec<_>>);
    let shard = |name: &str| name.ends_with(".json") && !name.starts_with('.');
    let names = entries.unwrap_or_default().into_iter().flatten();
    names.filter(|entry| shard(&entry.file_name().to_string_lossy())).count()
}

#[test]
fn a_killed_sweep_goes_on_where_it_was_and_ends_as_if_nothing_had_happened() {
    let place = place(20_000);
    let path = place.path();
    let mut sweep = begin(path);
    sweep.kill().unwrap();
    sweep.wait().unwrap();
    let done = shards(path);
    assert!((3..64).contains(&done), "{done} shards: killed too late to show anything");
    // What a killed process leaves behind.
    fs::write(path.join("out/games/.part-000063.parquet.1.partial"), "half").unwrap();
    fs::write(path.join("out/games/part-000063.parquet"), "rows without a shard").unwrap();

    let first = fs::metadata(path.join("out/shards/000000.json")).unwrap().modified().unwrap();
    succeeds(
        path,
        &["sweep", "s.ron", "--out", "out", "--resume", "--rows", "all", "--shard", "0/1"],
    );
    assert!(first < fs::metadata(path.join("out/summary.json")).unwrap().modified().unwrap());
    succeeds(path, &["sweep", "s.ron", "--out", "straight", "--rows", "all"]);
    assert_same(&path.join("straight"), &path.join("out"));
}

#[test]
fn an_interrupted_sweep_ends_with_130_says_how_to_go_on_and_plays_no_shard_twice() {
    let place = place(20_000);
    let path = place.path();
    let sweep = begin(path);
    let process = sweep.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let output = sweep.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("continue with `replayer sweep s.ron --out out --resume"), "{error}");
    let done = shards(path);
    assert!(error.contains(&format!("interrupted after {done} of 64 shards")), "{done}: {error}");
    let before = files(&path.join("out/shards"));
    assert!(before.keys().all(|name| !name.ends_with(".partial")), "{:?}", before.keys());

    // A shard that is there is not played again: this one could not be written.
    let kept = path.join("out/shards/000000.json");
    let written = fs::metadata(&kept).unwrap().modified().unwrap();
    let mut again = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .args(["sweep", "s.ron", "--out", "out", "--resume", "--rows", "all"])
        .current_dir(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the sweep goes on", || shards(path) > done || !path.join("out/shards").exists());
    if let Ok(about) = fs::metadata(&kept) {
        assert_eq!(about.modified().unwrap(), written);
    }
    assert!(again.wait().unwrap().success());
    // Resuming what is complete says the same again.
    let complete = files(&path.join("out"));
    succeeds(path, &["sweep", "s.ron", "--out", "out", "--resume", "--rows", "all"]);
    assert!(files(&path.join("out")) == complete);
}
