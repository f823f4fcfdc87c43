//! Sweeps as a user runs them: parts, interruptions and threads cannot be seen in their folders.

mod broken;
mod cells;
mod holdout;
mod interrupted;
mod parts;
mod staged;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::program::{replayer, stderr};

/// A sweep of four variants of a bot beside one that always waits.
fn scenario(games: u64) -> String {
    format!(
        "// Which exits suit the bot?
Scenario(
    name: \"exits\",
    seed: 42,
    source: Generated(games: {games}),
    bankroll: PerGame(0.1),
    bots: [
        (id: \"careful\", strategy: Conservative(take_profit: Grid([10, 40]), stop_loss: Grid([5, 25]))),
        (id: \"wait\", strategy: AlwaysWait()),
    ],
)
"
    )
}

/// A folder with a scenario in it.
fn place(games: u64) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(games)).unwrap();
    place
}

/// Runs the program, which must succeed.
fn succeeds(folder: &Path, arguments: &[&str]) {
    let output = replayer(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
}

/// Runs the program, which must end with a code; what it said about it.
fn fails(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = replayer(folder, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    stderr(&output).to_owned()
}

/// Every file of a folder, with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Asserts that two folders have the same files with the same bytes.
fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (files(one), files(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &other[name], "{name} differs");
    }
}
