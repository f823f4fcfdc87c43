//! Golden digests: every posting of the shipped scenarios, in one line each.

use std::path::Path;

use super::json;
use crate::program::replayer;

/// Checks a scenario's digest. A changed digest is a commit of its own that says why results
/// changed; accept one by writing the new value here.
fn assert_digest(scenario: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let document = json(&replayer(folder.path(), &["run", scenario, "--json", "--no-journal"]));
    let digest = document["digest"].as_str().unwrap();
    assert_eq!(
        digest, expected,
        "{scenario} gives other postings than before; if that is meant, put {digest} into \
         tests/it/runs/golden.rs in a commit of its own that says why"
    );
}

/// Checks a shipped scenario that reads the reference data beside the project, where it is: such
/// a scenario names its folder, so `REPLAYER_DATA` cannot point elsewhere.
fn assert_digest_with_data(file: &str, expected: &str) {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    if scenarios.join("../../shared/data").exists() {
        assert_digest(scenarios.join(file).to_str().unwrap(), expected);
    } else {
        eprintln!("skipped: ../shared/data is absent ({file} reads it)");
    }
}

#[test]
fn quickstart_books_what_it_always_booked() {
    assert_digest("quickstart", "9af5a84bbe03f9750941fe57e9dd3dd3c0ed6903acaf0192cf5085ef38b77839");
}

#[test]
fn one_life_books_what_it_always_booked() {
    assert_digest("one-life", "6d9b36c17f4b509e96168c1e6e99d566bc33f1e755302556446d26a2db606c3c");
}

#[test]
fn latency_books_what_it_always_booked() {
    assert_digest("latency", "902386896b1405216ff4869cd3ed1ccbc09eaefbb98187a76919ffb126acc4c7");
}

#[test]
fn crowd_books_what_it_always_booked() {
    assert_digest("crowd", "72466109a81ede79ceed7b52a830aaddede14caa78be48bf0f758d8aa2bdd2ec");
}

#[test]
fn the_recorded_classics_book_what_they_always_booked() {
    assert_digest_with_data(
        "classics-recordings.ron",
        "b796f0e4106ea958ede3f7cc68c92bc3c8bc158c3a17852137c9dfb0399e8185",
    );
}

#[test]
fn the_seeded_games_book_what_they_always_booked() {
    assert_digest_with_data(
        "seeds.ron",
        "8d84b171d4df4128def6c1b769cc762f58d879460c918106fb7f83278b93b5d1",
    );
}
