//! Where games come from, as people have it: folders of all sorts of files, raw captures, games
//! told twice, clocks that are set; and what `check` says of it before anything is played.

mod captures;
mod checked;
mod clock;
mod folders;
mod repeats;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::program::{replayer, stderr};

/// Generated games in a folder: the paths of their recordings, in order, and the lines of their
/// seeds.
fn generated(folder: &Path, games: usize) -> (Vec<PathBuf>, Vec<String>) {
    let out = folder.to_str().unwrap();
    let games = games.to_string();
    let output = replayer(folder, &["generate", "--games", &games, "--seed", "7", "--out", out]);
    assert!(output.status.success(), "{output:?}");
    let seeds = folder.join("seeds.jsonl");
    let lines = fs::read_to_string(&seeds).unwrap().lines().map(str::to_owned).collect();
    fs::remove_file(seeds).unwrap();
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect();
    files.sort();
    (files, lines)
}

/// A scenario file beside the folder of games, whose source is written so.
fn scenario(folder: &Path, source: &str) {
    let text = format!(
        "Scenario(\n    name: \"s\",\n    seed: 1,\n    source: {source},\n    \
         bankroll: PerGame(0.1),\n    \
         bots: [(id: \"a\", strategy: HoldToTarget(target: 1.5))],\n)\n"
    );
    fs::write(folder.join("s.ron"), text).unwrap();
}

/// Runs the games of a source.
fn run(folder: &Path, source: &str) -> Output {
    scenario(folder, source);
    replayer(folder, &["run", "s.ron", "--json", "--no-journal"])
}

/// The document of a run that was played.
fn played(folder: &Path, source: &str) -> Value {
    let output = run(folder, source);
    assert!(output.status.success(), "{source}: {}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Replaces a file by its gzip.
fn gzip(file: &Path) -> PathBuf {
    let packed = PathBuf::from(format!("{}.gz", file.display()));
    let mut encoder = GzEncoder::new(fs::File::create(&packed).unwrap(), Compression::fast());
    std::io::copy(&mut fs::File::open(file).unwrap(), &mut encoder).unwrap();
    encoder.finish().unwrap();
    fs::remove_file(file).unwrap();
    packed
}

/// The event with which the site tells its last games, given as lines of seeds, oldest first.
fn history(seeds: &[String]) -> Value {
    let entry = |line: &String| {
        let game: Value = serde_json::from_str(line).unwrap();
        json!({
            "id": game["game_id"], "timestamp": 1, "prices": game["prices"], "rugged": true,
            "peakMultiplier": game["peak_multiplier"], "gameVersion": game["game_version"],
            "provablyFair": {
                "serverSeed": game["server_seed"], "serverSeedHash": game["server_seed_hash"],
            },
        })
    };
    let past: Vec<Value> = seeds.iter().rev().map(entry).collect();
    json!({ "gameId": "now", "active": true, "gameHistory": past })
}
