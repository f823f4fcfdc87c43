//! Games split over files are one game; the files' names say which part came first.

use std::fs;
use std::path::PathBuf;

use replayer::base::error::ErrorKind;
use replayer::games::recording::{Library, discover};
use tempfile::TempDir;

use super::Tape;

fn directory(files: &[(&str, &Tape)]) -> TempDir {
    let directory = TempDir::new().unwrap();
    for (name, tape) in files {
        fs::write(directory.path().join(name), tape.text()).unwrap();
    }
    directory
}

fn load(directory: &TempDir) -> Library {
    Library::load(&[directory.path().to_owned()]).unwrap()
}

#[test]
fn a_game_split_over_files_is_joined() {
    let first = Tape::new("g").start().tick(0, 1.0).tick(1, 1.1).tick(2, 1.2);
    let second = Tape::new("g").start().tick(2, 1.2).tick(3, 1.3).rug(4, 0.02).echo(6, 0.02);
    let other = Tape::game("h", &[1.0, 0.02]);
    // Written in another order than they are named.
    let directory =
        directory(&[("game_3.jsonl", &second), ("game_2.jsonl", &other), ("game_1.jsonl", &first)]);
    let library = load(&directory);
    let ids: Vec<_> = library.games.iter().map(|game| game.id.to_string()).collect();
    assert_eq!(ids, ["g", "h"]);
    let prices: Vec<_> = library.games[0].prices.iter().map(|price| price.get()).collect();
    assert_eq!(prices, [1.0, 1.1, 1.2, 1.3, 0.02]);
    assert_eq!((library.merged, library.conflicts), (1, 0));
}

#[test]
fn of_two_files_that_disagree_the_first_by_name_wins_and_it_is_counted() {
    let first = Tape::game("g", &[1.0, 1.1, 0.02]);
    let second = Tape::game("g", &[1.0, 9.9, 0.01]);
    let library = load(&directory(&[("game_b.jsonl", &second), ("game_a.jsonl", &first)]));
    let prices: Vec<_> = library.games[0].prices.iter().map(|price| price.get()).collect();
    assert_eq!(prices, [1.0, 1.1, 0.02]);
    assert!(library.conflicts > 0);
}

#[test]
fn an_incomplete_game_is_set_aside_with_its_reason() {
    let library = load(&directory(&[("game_a.jsonl", &Tape::new("g").tick(3, 1.0).tick(5, 1.1))]));
    assert!(library.games.is_empty());
    let why = library.incomplete[0].why;
    assert_eq!(why.to_string(), "starts at tick 3, tick 4 missing, no rug");
}

#[test]
fn a_file_named_twice_is_read_once_and_only_recordings_of_a_directory_are_read() {
    let tape = Tape::game("g", &[1.0, 0.02]);
    let directory = directory(&[
        ("game_b.jsonl", &tape),
        ("x.game.json", &tape),
        ("manifest.jsonl", &tape),
        ("game_a.jsonl", &tape),
    ]);
    fs::create_dir(directory.path().join("game_dir.jsonl")).unwrap();
    let paths = [directory.path().to_owned(), directory.path().join("game_b.jsonl")];
    let names: Vec<PathBuf> = discover(&paths).unwrap();
    let names: Vec<_> = names.iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["game_a.jsonl", "game_b.jsonl", "x.game.json"]);
    let named = discover(&[directory.path().join("manifest.jsonl")]).unwrap();
    assert_eq!(named.len(), 1, "a file that is named is taken whatever it is called");
}

#[test]
fn a_missing_path_and_an_empty_directory_are_errors_with_a_hint() {
    let directory = TempDir::new().unwrap();
    for path in [directory.path().to_owned(), directory.path().join("absent")] {
        let error = Library::load(&[path]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("hint:"), "{error}");
    }
}
