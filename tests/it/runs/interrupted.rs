//! A run that is interrupted leaves a whole journal.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::scenario;
use crate::waiting::{in_time, now, promptly, until};

#[test]
fn an_interrupted_run_ends_with_130_and_every_file_is_whole() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(1_000_000_000)).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .args(["run", "s.ron", "--out", "out", "--json"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let games = place.path().join("out/games.csv");
    until("the run writes", || fs::metadata(&games).is_ok_and(|about| about.len() >= 20_000));
    let process = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    // A thousand million games would take it for ever.
    let interrupted = now();
    let output = in_time("the run ends", || run.wait_with_output().unwrap());
    promptly("an interrupted run ends", interrupted.elapsed(), Duration::from_secs(20));
    assert_eq!(output.status.code(), Some(130), "{output:?}");

    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let played = document["games"].as_u64().unwrap();
    let rows = csv::Reader::from_path(&games).unwrap().into_records().map(Result::unwrap).count();
    assert_eq!(rows as u64, played * 5);
    let manifest = fs::read_to_string(place.path().join("out/manifest.json")).unwrap();
    assert!(manifest.contains("\"status\": \"interrupted\""), "{manifest}");
    assert!(manifest.contains(document["digest"].as_str().unwrap()));
    let text = fs::read_to_string(place.path().join("out/postings.csv")).unwrap();
    assert!(text.ends_with('\n'));
}
