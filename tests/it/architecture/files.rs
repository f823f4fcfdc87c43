//! Files: how long, how they begin, and that none is forgotten.

use super::sources::{Source, files, read, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// Most lines of a source file, its tests included.
const LINES_MAX: usize = 400;

/// Files that are too long, have no opening line, or are called `mod.rs`.
fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if lines > LINES_MAX && source.path.starts_with("src/") {
            let what = format!("the file has {lines} lines, more than {LINES_MAX}");
            offences.push(source.offence(lines, &what));
        }
        if !source.text.starts_with("//! ") {
            offences.push(source.offence(1, "the file does not begin with a line of `//!`"));
        }
        if source.path.ends_with("/mod.rs") {
            offences.push(source.offence(1, "name.rs and name/ in place of mod.rs"));
        }
    }
    offences
}

/// The paths of the manifest's targets of a kind: `[[bench]]`, `[[test]]`, `[[example]]`.
fn declared(manifest: &str, kind: &str) -> Vec<String> {
    let head = format!("[[{kind}]]");
    manifest
        .split("\n[")
        .filter(|section| format!("[{section}").starts_with(&head))
        .filter_map(|section| section.lines().find_map(|line| line.strip_prefix("path = ")))
        .map(|path| path.trim().trim_matches('"').to_owned())
        .collect()
}

/// The files in a folder that are targets: `name.rs` or `name/main.rs`.
fn targets(folder: &str) -> Vec<String> {
    let is_target = |path: &String| {
        let inside: Vec<_> = path.split('/').skip(1).collect();
        matches!(inside.as_slice(), [file] if file.ends_with(".rs"))
            || matches!(inside.as_slice(), [_, "main.rs"])
    };
    files(folder).into_iter().filter(is_target).collect()
}

#[test]
fn every_source_file_is_short_and_begins_with_its_subject() {
    for folder in ["src", "tests", "benches", "examples"] {
        assert_none(&offences(&rust_files(folder)));
    }
}

#[test]
fn a_long_file_and_one_without_a_subject_are_found() {
    let long = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
    assert_found(offences, "src/long.rs", LINES_MAX + 1, &long);
    assert_found(offences, "src/silent.rs", 1, "use std::fmt;");
    assert_found(offences, "src/model/mod.rs", 1, "//! The model.");
    assert_permitted(offences, "src/model.rs", "//! The model.");
}

#[test]
fn every_file_of_the_behaviour_tests_is_listed() {
    let main = read("tests/it/main.rs");
    let listed: Vec<_> = main
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(|name| format!("tests/it/{name}.rs"))
        .collect();
    let mut there = files("tests/it");
    there.retain(|path| path.matches('/').count() == 2 && path.ends_with(".rs"));
    there.retain(|path| path != "tests/it/main.rs");
    for path in &there {
        assert!(listed.contains(path), "{path} is not listed in tests/it/main.rs");
    }
    assert_eq!(listed.len(), there.len(), "listed: {listed:?}\nthere: {there:?}");
}

#[test]
fn every_target_has_its_file_and_every_file_its_target() {
    let manifest = read("Cargo.toml");
    for (kind, folder) in [("bench", "benches"), ("test", "tests")] {
        let mut declared = declared(&manifest, kind);
        declared.sort_unstable();
        assert_eq!(declared, targets(folder), "[[{kind}]] of Cargo.toml and {folder}/");
    }
    // Examples are found by Cargo itself; one that is declared must be there.
    let examples = targets("examples");
    for path in declared(&manifest, "example") {
        assert!(examples.contains(&path), "{path} is declared and absent");
    }
    for path in files("examples").iter().filter(|path| path.ends_with(".rs")) {
        let folder = path.split('/').take(2).collect::<Vec<_>>().join("/");
        let beside_main = examples.contains(&format!("{folder}/main.rs"));
        assert!(examples.contains(path) || beside_main, "{path} belongs to no example");
    }
}

#[test]
fn declared_targets_are_read_from_the_manifest() {
    let manifest = "[package]\nname = \"x\"\n\n[[bench]]\nname = \"a\"\npath = \"benches/a.rs\"\n\
                    harness = false\n\n[[test]]\npath = \"tests/it/main.rs\"\n";
    assert_eq!(declared(manifest, "bench"), ["benches/a.rs"]);
    assert_eq!(declared(manifest, "test"), ["tests/it/main.rs"]);
    assert_eq!(declared(manifest, "example"), [""; 0]);
}

#[test]
fn every_scenario_begins_with_the_question_that_it_answers() {
    for path in files("scenarios").iter().filter(|path| path.ends_with(".ron")) {
        assert!(read(path).starts_with("// "), "{path} does not begin with a comment");
    }
}
