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
    assert_digest("quickstart", "5471eb6f383dccaac843e5df9ac67cbb99df137a7ac59ba1471c6913e1655e8f");
}

#[test]
fn one_life_books_what_it_always_booked() {
    assert_digest("one-life", "f28432acc6ebe15ad398354c40a5b41d7a35d9600310e71c7cc4bd99c54276f9");
}

#[test]
fn latency_books_what_it_always_booked() {
    assert_digest("latency", "b30273eea1deaf998ba67654780d010b0291384e1d0a11401fcbc1ccf3e76d28");
}

#[test]
fn crowd_books_what_it_always_booked() {
    assert_digest("crowd", "1c46a8d4447030bc924d32eb69805da06f6f0df416928ec3704ad53dd03a4261");
}

#[test]
fn momentum_books_what_it_always_booked() {
    assert_digest("momentum", "9fcbe7d3f11a861efe28f303df9abe59bf20776b6d8c4d1ed4a7635dc09366ba");
}

#[test]
fn the_recorded_classics_book_what_they_always_booked() {
    assert_digest_with_data(
        "classics-recordings.ron",
        "95e57fc1e1538cd3b685635eb3bc61ae839ba3aff9a6ae9b1d3abaae64a24a3a",
    );
}

#[test]
fn the_seeded_games_book_what_they_always_booked() {
    assert_digest_with_data(
        "seeds.ron",
        "9d509be5be42bf6e51cf39d9e38ccfbf38d2a3ca7d7acf4c42d2351d0bb4354c",
    );
}
