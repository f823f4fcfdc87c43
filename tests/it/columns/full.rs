//! A disk that is full half-way, played by a limit on the size of a file: what was written before
//! stays, and the error says so.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::runs::scenario;
use super::{Row, number, parts, table, text};
use crate::program::{replayer, stderr};

/// Runs the program in a folder where no file may grow beyond a number of blocks of 512 bytes.
///
/// The shell ignores the signal that the system sends then, and so does the program: a write
/// beyond the limit fails as on a full disk.
fn limited(folder: &Path, blocks: u32, arguments: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_replayer");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} {arguments}");
    Command::new("sh").args(["-c", &script]).current_dir(folder).output().unwrap()
}

/// What tells one posting from another.
fn keys(rows: &[Row]) -> Vec<(i64, String, i64, String)> {
    let key =
        |row: &Row| (number(row, "game"), text(row, "bot"), number(row, "tick"), text(row, "kind"));
    rows.iter().map(key).collect()
}

#[test]
fn a_run_on_a_full_disk_fails_and_keeps_every_row_group_that_fits() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(9_000)).unwrap();
    let args = ["run", "s.ron", "--out", "all", "--parquet", "-q"];
    assert!(replayer(place.path(), &args).status.success());
    let all = keys(&table(&place.path().join("all/postings")));
    assert!(all.len() > 150_000, "{}: more than two row groups", all.len());
    let size = fs::metadata(place.path().join("all/postings/part-000000.parquet")).unwrap().len();
    let blocks = u32::try_from(size / 512 * 3 / 4).unwrap();

    let output = limited(place.path(), blocks, "run s.ron --out cut --parquet");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(output.stdout.is_empty());
    let said = stderr(&output);
    assert!(said.contains("could not write") && said.contains("postings/part-000000"), "{said}");
    assert!(said.contains("rows are kept"), "{said}");
    let kept = keys(&table(&place.path().join("cut/postings")));
    assert!(!kept.is_empty() && kept.len().is_multiple_of(65_536), "{}", kept.len());
    assert!(all.starts_with(&kept));
    // The other tables are whole up to the game of the failure.
    let games = table(&place.path().join("cut/games"));
    assert_eq!(games.len() % 4, 0);
    assert!(number(games.last().unwrap(), "game") >= kept.last().unwrap().0);
    let manifest = fs::read_to_string(place.path().join("cut/manifest.json")).unwrap();
    assert!(manifest.contains("\"status\": \"failed\""), "{manifest}");
    for name in ["games", "postings", "refusals"] {
        let folder = place.path().join("cut").join(name);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), parts(&folder).len(), "{name}");
    }
}

#[test]
fn an_export_on_a_full_disk_fails_and_leaves_no_half_file() {
    let place = tempfile::tempdir().unwrap();
    let args = ["generate", "--games", "30", "--seed", "5", "--out", "games"];
    assert!(replayer(place.path(), &args).status.success());
    for (format, file) in [("parquet", "ticks/part-000000.parquet"), ("csv", "ticks.csv")] {
        let arguments = format!("export games --out {format} --what ticks --format {format}");
        let output = limited(place.path(), 8, &arguments);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let said = stderr(&output);
        assert!(said.contains("could not write") && said.contains("free some space"), "{said}");
        assert!(!place.path().join(format).join(file).exists());
        assert!(output.stdout.is_empty());
        let folder = place.path().join(format).join(file);
        let left = fs::read_dir(folder.parent().unwrap()).unwrap().count();
        assert_eq!(left, 0, "{format}: nothing unfinished is left behind");
    }
}
