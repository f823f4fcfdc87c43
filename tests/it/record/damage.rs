//! Files that are cut off or damaged cost what is damaged, and repair makes them whole.

use std::fs;
use std::path::{Path, PathBuf};

use replayer::base::container::{Encoding, Packer, Text};
use replayer::base::files::Pending;
use replayer::feed::record::{Config, Recorder, repair, repair_folder};
use replayer::games::recording::{self, Recording};

use super::{assert_games, config, files, lines, load, names, only, record, session};

/// A session of some games, recorded, in frames of ten lines each where they are frames.
fn recorded(games: u64, encoding: Encoding) -> (tempfile::TempDir, PathBuf, Vec<u8>) {
    let place = tempfile::tempdir().unwrap();
    record(Config { encoding, ..config(place.path()) }, &session(games));
    let path = only(place.path()).0;
    let mut packer = Packer::new(encoding).unwrap();
    let mut bytes = Vec::new();
    for ten in lines(&path).chunks(10) {
        bytes.extend_from_slice(packer.pack((ten.join("\n") + "\n").as_bytes()).unwrap());
    }
    fs::write(&path, &bytes).unwrap();
    (place, path, bytes)
}

/// Where the frames of a file begin.
fn starts(bytes: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(bytes, &[0x28, 0xB5, 0x2F, 0xFD]).collect()
}

fn text_of(bytes: &[u8]) -> String {
    std::io::read_to_string(Text::new(bytes).unwrap()).unwrap()
}

/// Leaves some bytes as a killed process would, repairs them and reads the outcome.
fn repaired(folder: &Path, encoding: Encoding, bytes: &[u8]) -> Option<(PathBuf, Recording)> {
    let name = format!("feed_20251212_171658_001.{}", encoding.extension());
    fs::write(folder.join(format!("{name}.part")), bytes).unwrap();
    let done = repair_folder(folder).unwrap();
    let [done] = done.as_slice() else { panic!("{done:?}") };
    assert!(!folder.join(format!("{name}.part")).exists());
    let path = done.path.clone()?;
    assert_eq!(path, folder.join(name));
    let recording = recording::read_file(&path).unwrap();
    Some((path, recording))
}

#[test]
fn wherever_a_killed_process_stopped_repair_keeps_every_whole_frame() {
    let (_place, _, bytes) = recorded(1, Encoding::Zstd);
    let starts = starts(&bytes);
    let whole = text_of(&bytes);
    let place = tempfile::tempdir().unwrap();
    // Every place of the first and the last frames, and some of all the others.
    let cuts = (0..=bytes.len()).filter(|&cut| {
        cut < 1_000 || cut + 500 > bytes.len() || cut % 97 == 0 || starts.contains(&cut)
    });
    for cut in cuts {
        let frames = starts.iter().filter(|&&start| start < cut).count();
        let end = starts.get(frames).copied().unwrap_or(bytes.len());
        let good = if end == cut { cut } else { starts[frames.saturating_sub(1)] };
        let Some((path, recording)) = repaired(place.path(), Encoding::Zstd, &bytes[..cut]) else {
            assert_eq!(good, 0, "{cut}");
            continue;
        };
        assert_eq!((recording.bad_lines, recording.wrong_footers), (0, 0), "{cut}");
        let kept = text_of(&fs::read(&path).unwrap());
        let body = text_of(&bytes[..good]);
        assert!(whole.starts_with(&body) && kept.starts_with(&body), "{cut}");
        let foot = &kept[body.len()..];
        if cut < bytes.len() {
            assert!(foot.starts_with("{\"end\":\"repaired\"") && foot.lines().count() == 1);
        } else {
            assert!(foot.is_empty(), "a whole file gets no second foot");
        }
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_plain_file_keeps_every_whole_line() {
    let (_place, _, bytes) = recorded(1, Encoding::Plain);
    let place = tempfile::tempdir().unwrap();
    let cuts = (0..=bytes.len()).filter(|cut| cut % 41 == 0 || cut + 200 > bytes.len());
    for cut in cuts {
        let good = memchr::memrchr(b'\n', &bytes[..cut]).map_or(0, |feed| feed + 1);
        let Some((path, recording)) = repaired(place.path(), Encoding::Plain, &bytes[..cut]) else {
            assert_eq!(good, 0, "{cut}");
            continue;
        };
        assert_eq!((recording.bad_lines, recording.wrong_footers), (0, 0), "{cut}");
        assert!(fs::read(&path).unwrap().starts_with(&bytes[..good]), "{cut}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_torn_file_that_nobody_repaired_is_read_up_to_the_tear() {
    let (_place, path, bytes) = recorded(3, Encoding::Zstd);
    let starts = starts(&bytes);
    let cut = starts[starts.len() - 2] + 9;
    fs::write(&path, &bytes[..cut]).unwrap();
    let recording = recording::read_file(&path).unwrap();
    assert_eq!(recording.bad_lines, 1);
    assert!(recording.first_bad[0].reason.contains("cut off"), "{recording:?}");
    assert_eq!(recording.games.len(), 3);
    assert!(recording.games[..2].iter().all(|game| game.incomplete().is_none()));
}

#[test]
fn damage_in_the_middle_costs_its_frame_and_no_other_game() {
    let (_place, path, bytes) = recorded(4, Encoding::Zstd);
    let starts = starts(&bytes);
    for frame in (1..starts.len() - 1).step_by(1 + starts.len() / 12) {
        let mut bytes = bytes.clone();
        bytes[starts[frame] + 11] ^= 0x10;
        let lost = text_of(&bytes[starts[frame + 1]..]).len();
        let kept = text_of(&bytes).len();
        assert_eq!(kept, text_of(&bytes[..starts[frame]]).len() + lost);
        fs::write(&path, &bytes).unwrap();
        let recording = recording::read_file(&path).unwrap();
        assert_eq!((recording.bad_lines, recording.wrong_footers), (1, 1), "{frame}");
        assert!(recording.first_bad[0].reason.contains("damaged"), "{recording:?}");
        let spoilt = recording.games.iter().filter(|game| game.incomplete().is_some()).count();
        assert!(spoilt <= 2 && recording.games.len() >= 3, "{frame}: {spoilt}");
    }
}

#[test]
fn a_start_in_the_same_folder_repairs_and_does_not_touch_what_somebody_writes() {
    let (_place, _, bytes) = recorded(2, Encoding::Zstd);
    let place = tempfile::tempdir().unwrap();
    let left = place.path().join("feed_20240101_000000_001.jsonl.zst.part");
    fs::write(&left, &bytes[..bytes.len() - 5]).unwrap();
    fs::write(place.path().join("theirs.part"), "x").unwrap();
    let first = Recorder::start(config(place.path())).unwrap();
    let second = Recorder::start(config(place.path())).unwrap();
    assert_eq!(
        names(place.path()),
        [
            "feed_20240101_000000_001.jsonl.zst",
            "feed_20251212_171658_001.jsonl.zst.part",
            "feed_20251212_171658_002.jsonl.zst.part",
            "theirs.part"
        ]
    );
    first.finish().unwrap();
    second.finish().unwrap();
    assert_games(&load(place.path()), 2);
}

#[test]
fn a_file_killed_between_its_two_names_is_kept_once() {
    let (_place, path, bytes) = recorded(1, Encoding::Zstd);
    let mut left = path.clone().into_os_string();
    left.push(".part");
    fs::hard_link(&path, &left).unwrap();
    repair(left.as_ref()).unwrap();
    assert_eq!(files(path.parent().unwrap()), [path.as_path()]);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn what_is_not_what_its_name_says_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let left = place.path().join("feed_20251212_171658_001.jsonl.zst.part");
    fs::write(&left, "a text\nof somebody\n").unwrap();
    assert!(repair_folder(place.path()).unwrap().is_empty());
    assert_eq!(fs::read(&left).unwrap(), b"a text\nof somebody\n");
}

#[test]
fn a_repaired_file_tells_the_last_moment_that_is_in_it() {
    let (_place, _, bytes) = recorded(1, Encoding::Zstd);
    let cut = *starts(&bytes).last().unwrap();
    let last = text_of(&bytes[..cut]).lines().last().unwrap().to_owned();
    let at = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["at"].clone();
    let place = tempfile::tempdir().unwrap();
    let (path, _) = repaired(place.path(), Encoding::Zstd, &bytes[..cut]).unwrap();
    let foot = lines(&path).pop().unwrap();
    assert!(foot.contains("\"end\":\"repaired\"") && at(&foot) == at(&last), "{foot} {last}");
}

#[test]
fn the_half_of_a_part_that_a_killed_process_was_packing_is_removed_and_nothing_else_is() {
    let (place, path, bytes) = recorded(1, Encoding::Zstd);
    let beside = |name: &str| place.path().join(name);
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let theirs = beside(".notes.jsonl.9.partial");
    for left in [beside(&format!(".{name}.9.partial")), beside(".capture_x.jsonl.zst.9.partial")] {
        fs::write(&left, &bytes[..500]).unwrap();
        fs::write(&theirs, "somebody's").unwrap();
        let packing = Pending::replacing(&path).unwrap();
        repair_folder(place.path()).unwrap();
        assert!(!left.exists() && theirs.exists(), "{}", left.display());
        assert!(packing.partial().exists(), "it is being written");
        drop(packing);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}
