//! Links, pipes and devices where a file is to be written: nothing is written through or over them.

use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::program::{json, replayer, stderr};
use crate::waiting::in_time;

const SCENARIO: &str = "Scenario(name: \"small\", seed: 3, source: Generated(games: 64), \
    bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative(take_profit: CHOICE))])";

/// The content of the files that nobody may change.
const THEIRS: &[u8] = b"theirs\n";

/// A folder with what commands read, and with everything that must stay as it is.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    fs::write(path.join("s.ron"), SCENARIO.replace("CHOICE", "20")).unwrap();
    fs::write(path.join("w.ron"), SCENARIO.replace("CHOICE", "Grid([10, 40])")).unwrap();
    fs::write(path.join("theirs"), THEIRS).unwrap();
    fs::create_dir(path.join("elsewhere")).unwrap();
    for made in [
        &["generate", "--games", "2", "--out", "games"][..],
        &["run", "s.ron", "--out", "run"],
        &["sweep", "w.ron", "--out", "sweep"],
        &["sweep", "w.ron", "--out", "part", "--shard", "0/2"],
    ] {
        let output = replayer(path, made);
        assert!(output.status.success(), "{made:?}: {output:?}");
    }
    place
}

/// What is put where a command would write.
#[derive(Debug, Clone, Copy)]
enum Trap {
    Link,
    Dangling,
    Folder,
    Hard,
    Pipe,
}

impl Trap {
    /// Puts it at a path, in place of whatever is there.
    fn set(self, place: &Path, at: &Path) {
        let _ = fs::remove_file(at).or_else(|_| fs::remove_dir_all(at));
        if let Some(folder) = at.parent() {
            fs::create_dir_all(folder).unwrap();
        }
        match self {
            Self::Link => symlink(place.join("theirs"), at).unwrap(),
            Self::Dangling => symlink(place.join("nothing"), at).unwrap(),
            Self::Folder => symlink(place.join("elsewhere"), at).unwrap(),
            Self::Hard => fs::hard_link(place.join("theirs"), at).unwrap(),
            Self::Pipe => assert!(Command::new("mkfifo").arg(at).status().unwrap().success()),
        }
    }

    /// Whether it is still there.
    fn is_at(self, at: &Path) -> bool {
        let kind = fs::symlink_metadata(at).unwrap().file_type();
        match self {
            Self::Link | Self::Dangling | Self::Folder => kind.is_symlink(),
            Self::Hard => kind.is_file(),
            Self::Pipe => kind.is_fifo(),
        }
    }
}

fn run(place: &Path, arguments: &[&str]) -> Output {
    let (place, arguments) = (place.to_owned(), arguments.join("\0"));
    in_time("the end of a command", move || {
        replayer(&place, &arguments.split('\0').collect::<Vec<_>>())
    })
}

#[test]
fn no_command_writes_through_or_over_what_stands_where_its_file_is_to_be() {
    // What must hold: exit code 3 and the path in the error, for links that lead to a file, to
    // nothing or to a folder, for second names of a file and for pipes; nothing that they lead to
    // is changed or made, and they stay.
    let place = place();
    let path = place.path();
    let feed = ["--feed", "http://127.0.0.1:1"];
    let log = format!("log.folder={}", path.join("log").display());
    let (every, file) = (
        &[Trap::Link, Trap::Dangling, Trap::Folder, Trap::Hard, Trap::Pipe][..],
        &[Trap::Link, Trap::Dangling, Trap::Folder, Trap::Pipe][..],
    );
    let resume = vec!["run", "s.ron", "--out", "run", "--resume"];
    for (traps, at, arguments) in [
        (file, "page.html", vec!["report", "run", "--out", "page.html"]),
        // What grows under its own name.
        (every, "run/games.csv", resume.clone()),
        (every, "run/.replayer.lock", resume.clone()),
        (every, "log/replayer.log", [&["record", "--out", "r", "--set", &log], &feed[..]].concat()),
        (
            every,
            "log/replayer.log.lock",
            [&["record", "--out", "r", "--set", &log], &feed[..]].concat(),
        ),
        (every, "r/.replayer.lock", [&["record", "--out", "r"], &feed[..]].concat()),
        // What is new.
        (
            every,
            "games/ticks.csv",
            vec!["export", "games", "--out", "games", "--what", "ticks", "--format", "csv"],
        ),
        (every, "new/seeds.jsonl", vec!["generate", "--games", "1", "--out", "new"]),
        // What replaces an older one; of a second name, only that one name is replaced.
        (file, "run/summary.json", resume.clone()),
        (file, "man/replayer.1", vec!["man", "man"]),
        // Folders of ours.
        (&[Trap::Folder], "rr/raw", [&["record", "--out", "rr", "--raw"], &feed[..]].concat()),
        (
            &[Trap::Folder],
            "part/shards",
            vec!["sweep", "w.ron", "--out", "part", "--shard", "0/2", "--resume"],
        ),
        (
            &[Trap::Folder],
            "columns/ticks",
            vec!["export", "games", "--out", "columns", "--what", "ticks", "--format", "parquet"],
        ),
    ] {
        for trap in traps {
            let target = path.join(at);
            trap.set(path, &target);
            let refused = run(path, &arguments);
            let what = format!("{trap:?} at {at}, {arguments:?}: {refused:?}");
            assert_eq!(refused.status.code(), Some(3), "{what}");
            let name = PathBuf::from(at).file_name().unwrap().to_string_lossy().into_owned();
            assert!(stderr(&refused).contains(&name), "{what}");
            assert!(trap.is_at(&target), "{what}");
            assert_eq!(fs::read(path.join("theirs")).unwrap(), THEIRS, "{what}");
            assert!(!path.join("nothing").exists(), "{what}");
            assert_eq!(fs::read_dir(path.join("elsewhere")).unwrap().count(), 0, "{what}");
            let _ = fs::remove_file(&target);
        }
    }
}

#[test]
fn the_folder_that_is_asked_for_may_be_a_link() {
    let place = place();
    let path = place.path();
    symlink(path.join("elsewhere"), path.join("link")).unwrap();
    let output = run(path, &["run", "s.ron", "--out", "link", "--json"]);
    assert_eq!(json(&output)["games"], 64);
    assert!(path.join("elsewhere/games.csv").exists());
    let output = run(path, &["man", "link"]);
    assert!(output.status.success(), "{output:?}");
    assert!(path.join("elsewhere/replayer.1").exists());
    // A name below a link is not a link: the old page is replaced.
    for _ in 0..2 {
        let output = run(path, &["report", "run", "--out", "link/page.html"]);
        assert!(output.status.success(), "{output:?}");
    }
}
