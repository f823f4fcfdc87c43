//! A recorder's clock that is set while a game is played: the gap is nominal, counted and told.

use std::fs;

use replayer::games::recording::{Grade, Library};
use replayer::model::quote::TICK_MS;
use tempfile::TempDir;

use super::{generated, played};
use crate::data::reference;
use crate::program::{replayer, stdout};

/// The recording of a game in which the clock was set by some hours just before the rug.
fn set_by(hours: i64) -> (TempDir, std::path::PathBuf) {
    let place = TempDir::new().unwrap();
    let (files, _) = generated(place.path(), 1);
    let text = fs::read_to_string(&files[0]).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // The last rows: the rug, its second frame, the footer.
    let from = lines.len() - 3;
    let moved = |(at, line): (usize, &&str)| {
        // At noon, because the game begins at midnight: it has no hours to go back to.
        let hour = if at < from { 12 } else { 12 + hours };
        line.replacen("T00:", &format!("T{hour:02}:"), 1)
    };
    let text: Vec<String> = lines.iter().enumerate().map(moved).collect();
    fs::write(&files[0], text.join("\n")).unwrap();
    (place, files[0].clone())
}

#[test]
fn a_clock_that_is_set_costs_its_gap_and_is_counted_and_told() {
    for hours in [1, -1, 11] {
        let (place, file) = set_by(hours);
        let library = Library::load(std::slice::from_ref(&file)).unwrap();
        assert!(library.games[0].gaps_ms.iter().all(|gap| *gap == TICK_MS), "{hours}");
        assert_eq!(library.clock_jumps, 1, "{hours}");
        let source = format!("Recordings(path: {file:?})");
        assert_eq!(played(place.path(), &source)["inputs"]["clock_jumps"], 1);
        let run = replayer(place.path(), &["run", "s.ron", "--no-journal"]);
        let told = stdout(&run).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("clock jumped once inside a game"), "{told}");
        let inspect = replayer(place.path(), &["inspect", file.to_str().unwrap()]);
        let told = stdout(&inspect).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("1 jump of the clock"), "{told}");
        let recording = replayer::games::recording::read_file(&file).unwrap();
        assert_eq!(recording.grade(), Grade::B);
    }
}

#[test]
fn a_clock_that_is_not_set_jumps_in_no_recording() {
    let (_place, file) = set_by(0);
    let library = Library::load(&[file]).unwrap();
    assert_eq!((library.clock_jumps, library.games.len()), (0, 1));
    let Some(recordings) = reference("recordings") else { return };
    let library = Library::load(&[recordings]).unwrap();
    assert_eq!((library.clock_jumps, library.repeats, library.games.len()), (0, 0, 196));
    // The feed stood still for 14.6 s once: that is time of the game.
    assert_eq!(library.games.iter().flat_map(|game| &game.gaps_ms).max(), Some(&14_587));
}
