//! Scenarios as files, and the files they name.

use std::fs;
use std::path::{Path, PathBuf};

use replayer::backtest::scenario::{
    BYTES_MAX, GameOrder, Scenario, Select, SourceSpec, Space, embedded_names,
};
use replayer::base::error::{Error, ErrorKind};
use replayer::engine::strategy::Strategies;
use replayer::model::rules::Latency;

use super::{VALID, with};
use crate::data;

fn read(path: &Path) -> Result<Scenario, String> {
    let scenario = Scenario::read(path, &Strategies::standard());
    scenario.map_err(|error| error.problems.iter().map(ToString::to_string).collect())
}

/// Reads a scenario of a folder whose source is written so.
fn with_source(folder: &Path, source: &str) -> Result<SourceSpec, String> {
    let path = folder.join("scenario.ron");
    fs::write(&path, with("source", source)).unwrap();
    read(&path).map(|scenario| scenario.source)
}

#[test]
fn paths_are_seen_from_the_folder_of_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("games")).unwrap();
    fs::write(folder.path().join("games/game_one.jsonl"), "").unwrap();
    let path = folder.path().join("games");
    let expected = SourceSpec::Recordings {
        path: path.clone(),
        select: Select::Complete,
        order: GameOrder::Recorded,
        limit: None,
    };
    assert_eq!(with_source(folder.path(), "Recordings(path: \"games\")"), Ok(expected));
    let one = "Recordings(path: \"games/game_one.jsonl\", select: Games([\"g-1\"]), order: Shuffled, limit: 3)";
    let expected = SourceSpec::Recordings {
        path: path.join("game_one.jsonl"),
        select: Select::Games(vec![replayer::model::ids::GameId::new("g-1").unwrap()]),
        order: GameOrder::Shuffled,
        limit: Some(3),
    };
    assert_eq!(with_source(folder.path(), one), Ok(expected));
    let seeds = SourceSpec::Seeds { path: path.join("game_one.jsonl") };
    assert_eq!(with_source(folder.path(), "Seeds(path: \"games/game_one.jsonl\")"), Ok(seeds));
}

#[test]
fn a_source_that_is_not_there_is_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let place = folder.path().display();
    let here = std::env::current_dir().unwrap();
    let here = here.display();
    for (source, expected) in [
        (
            "Recordings(path: \"no\")",
            format!("4:30: {place}/no does not exist: looked for in {place}"),
        ),
        ("Seeds(path: \"no\")", format!("4:25: {place}/no does not exist: looked for in {place}")),
        (
            "Seeds(path: \"a/b/no\")",
            format!(
                "4:25: {place}/a/b/no does not exist: looked for in {place}, which has no folder a"
            ),
        ),
        (
            "Seeds(path: \"Cargo.toml\")",
            format!(
                "4:25: {place}/Cargo.toml does not exist: looked for in {place}; it is in {here}, \
                 but paths are seen from the folder of the scenario"
            ),
        ),
        (
            r#"Seeds(path: "\u{1b}[2J")"#,
            format!("4:25: {place}/\u{fffd}[2J does not exist: looked for in {place}"),
        ),
        ("Seeds(path: \"\")", "4:25: the path is empty".to_owned()),
        (
            "Seeds(path: \"empty\")",
            format!("4:25: {place}/empty is a folder, expected a file of seeds"),
        ),
        ("Seeds(path: \"/dev/null\")", "4:25: /dev/null is neither a file nor a folder".to_owned()),
        (
            "Recordings(path: \"empty\")",
            format!(
                "4:30: {place}/empty holds no recording: expected {}",
                replayer::games::recording::NAMES
            ),
        ),
        ("Recordings(path: \"scenario.ron\", limit: 0)", "4:53: 0: must be at least 1".to_owned()),
        (
            "Recordings(path: \"scenario.ron\", select: Games([]))",
            "4:60: `Games` is empty: at least one game must be played".to_owned(),
        ),
        (
            "Recordings(path: \"scenario.ron\", select: Games([\"a\", \"a\"]))",
            "4:66: game `a` is listed twice".to_owned(),
        ),
        (
            "Recordings(path: \"scenario.ron\", order: Random)",
            "4:53: `Random` is not known here, expected one of: Recorded, Shuffled".to_owned(),
        ),
    ] {
        assert_eq!(with_source(folder.path(), source), Err(expected), "{source}");
    }
}

#[test]
fn a_file_that_is_not_a_scenario_gives_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let gigabyte = file("gigabyte.ron", b"");
    fs::File::options().write(true).open(&gigabyte).unwrap().set_len(1 << 30).unwrap();
    let largest = usize::try_from(BYTES_MAX).unwrap();
    for (path, expected) in [
        (folder.path().join("none.ron"), "cannot be read: No such file or directory (os error 2)"),
        (folder.path().to_owned(), "this is a folder, not a scenario file"),
        (gigabyte, "larger than 16 MiB: not a scenario file"),
        (file("line.ron", &vec![b'x'; largest + 1]), "larger than 16 MiB: not a scenario file"),
        (
            file("bytes.ron", b"Scenario(\xff\xfe)"),
            "not UTF-8 text (invalid byte 9): not a scenario file",
        ),
        (file("zeros.ron", &[0; 4096]), "1:1: a NUL byte: this is not a text file"),
        (file("empty.ron", b""), "1:1: not RON: the text ends too soon"),
    ] {
        assert_eq!(read(&path).err().as_deref(), Some(expected), "{}", path.display());
    }
}

#[test]
fn the_longest_line_that_is_read_is_refused_in_one_short_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line.ron");
    fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
    let error = Scenario::read(&path, &Strategies::standard()).unwrap_err();
    assert!(error.to_string().len() < 500, "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_gives_a_clear_error() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.ron");
    fs::write(&path, VALID).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    assert!(read(&path).unwrap_err().contains("Permission denied"));
}

#[test]
fn every_shipped_scenario_is_fit_to_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("// "), "{} opens with its question", path.display());
        assert!(text.lines().next().unwrap().ends_with('?'), "{}", path.display());
        seen += 1;
        if text.contains("../../shared/data") && data::reference("games").is_none() {
            continue;
        }
        let scenario = Space::open(&path, &Strategies::standard()).unwrap().first;
        assert_eq!(scenario.name, path.file_stem().unwrap().to_str().unwrap());
        assert_eq!(scenario.path.as_deref(), Some(path.as_path()));
    }
    assert_eq!(seen, 10);
}

#[test]
fn scenarios_inside_the_program_need_no_file() {
    let strategies = Strategies::standard();
    for name in embedded_names() {
        let scenario = Space::open(Path::new(name), &strategies).unwrap().first;
        assert_eq!(scenario.name, name);
        assert_eq!(scenario.path, None);
        assert!(matches!(scenario.source, SourceSpec::Generated { .. }), "{name} needs no data");
    }
}

#[test]
fn the_shipped_scenarios_are_what_they_say() {
    let open = |name: &str| Scenario::open(Path::new(name), &Strategies::standard()).unwrap();
    let quickstart = open("quickstart");
    let strategies: Vec<&str> = quickstart.bots.iter().map(|bot| bot.strategy).collect();
    assert_eq!(strategies, ["Conservative", "Aggressive", "Sidebet", "Foundational"]);
    assert_eq!(quickstart.source, SourceSpec::Generated { games: 1000 });
    assert_eq!(open("crowd").bots.len(), 1001);
    assert_eq!(open("one-life").setup.life_games(), u64::MAX);
    let latencies: Vec<Option<Latency>> =
        open("latency").bots.into_iter().map(|bot| bot.latency).collect();
    assert_eq!(latencies[0], Some(Latency::Immediate));
    assert_eq!(latencies[1], None);
    assert_eq!(latencies[4], Some(Latency::Sampled(vec![1, 1, 1, 4])));
}

#[test]
fn a_name_that_is_neither_file_nor_scenario_lists_those_there_are() {
    let error = Scenario::open(Path::new("quickstat"), &Strategies::standard()).unwrap_err();
    let error = Error::from(error);
    assert_eq!(error.kind(), ErrorKind::Usage);
    for name in embedded_names() {
        assert!(error.to_string().contains(name), "{error}");
    }
}
