//! What the repository holds and what it does not.

use std::process::Command;

use super::sources::{read, root};

/// Largest file that belongs into the repository, in bytes.
const BYTES_MAX: u64 = 1_000_000;

/// Endings of backups and leftovers.
const LEFTOVERS: &[&str] = &["~", ".bak", ".orig", ".rej", ".swp", ".tmp", ".old", ".DS_Store"];

/// Parts of the names of reference data, which is read in place and never copied here.
const REFERENCE_DATA: &[&str] = &[
    "game_2025",
    "game_2026",
    "verified_games",
    "sidebet_settlements",
    "key_samples",
    "player_update_samples",
    "_public.jsonl",
];

/// Why a file does not belong into the repository, if it does not.
fn stranger(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if LEFTOVERS.iter().any(|ending| name.ends_with(ending)) || name.starts_with(".#") {
        return Some("is a leftover of an editor");
    }
    if REFERENCE_DATA.iter().any(|data| name.contains(data)) {
        return Some("is reference data");
    }
    let kept_out = ["target/", "runs/", ".ci/tools/"].iter().any(|out| path.starts_with(out));
    kept_out.then_some("is made by the build or by a run")
}

/// The tracked files; `None` where there is no repository.
fn tracked() -> Option<Vec<String>> {
    let list = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    match list {
        Ok(list) if list.status.success() => {
            let names = String::from_utf8(list.stdout).expect("paths in UTF-8");
            Some(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
        }
        _ => {
            eprintln!("skipped: no git repository here");
            None
        }
    }
}

#[test]
fn no_backup_and_no_reference_data_is_tracked() {
    for path in tracked().unwrap_or_default() {
        let why = stranger(&path);
        assert!(why.is_none(), "{path} {}", why.unwrap_or_default());
        let bytes = root().join(&path).metadata().map_or(0, |about| about.len());
        assert!(bytes <= BYTES_MAX, "{path} has {bytes} bytes, more than {BYTES_MAX}");
    }
}

#[test]
fn a_file_that_does_not_belong_is_told_from_one_that_does() {
    for path in ["src/a.rs.bak", "docs/b.md~", "tests/data/game_20251029_184015.jsonl", "runs/x"] {
        assert!(stranger(path).is_some(), "{path}");
    }
    for path in ["src/game.rs", "scenarios/quickstart.ron", "tests/data/damaged.jsonl"] {
        assert!(stranger(path).is_none(), "{path}");
    }
}

#[test]
fn gitignore_covers_builds_runs_tools_and_backups() {
    let ignored = read(".gitignore");
    for line in ["/target", "/runs", "/.ci/tools", "*~", "*.bak", "*.orig", "*.rej", "*.swp"] {
        assert!(ignored.lines().any(|ignored| ignored == line), ".gitignore lacks {line}");
    }
}

#[test]
fn both_licences_are_there_and_the_manifest_names_them() {
    assert!(read("LICENSE-APACHE").contains("Apache License"));
    assert!(read("LICENSE-MIT").contains("Permission is hereby granted"));
    assert!(read("Cargo.toml").contains("license = \"MIT OR Apache-2.0\""));
}
