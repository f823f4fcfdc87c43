//! A run that was cut off, at whatever instant and however, goes on to the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rustix::process::Signal;

use super::scenario;
use crate::browser::processes::signal;
use crate::campaign::count;
use crate::program::{json, replayer, stderr};
use crate::sweeps::files;
use crate::waiting::{now, pause};

/// A folder with a scenario that takes a while, and what one run of it writes.
struct Stage {
    place: tempfile::TempDir,
    flags: &'static [&'static str],
    whole: BTreeMap<String, Vec<u8>>,
    took: Duration,
}

impl Stage {
    fn new(scenario: &str, flags: &'static [&'static str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("s.ron"), scenario).unwrap();
        let mut stage = Self { place, flags, whole: BTreeMap::new(), took: Duration::ZERO };
        let begun = now();
        assert!(stage.run("whole", &[]).status.success());
        stage.took = begun.elapsed();
        stage.whole = files(&stage.path("whole"));
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn run(&self, out: &str, more: &[&str]) -> Output {
        let own = ["run", "s.ron", "--json", "--out", out];
        replayer(self.place.path(), &[&own[..], self.flags, more].concat())
    }

    fn begin(&self, out: &str, more: &[&str]) -> Child {
        let own = ["run", "s.ron", "--json", "--out", out];
        Command::new(env!("CARGO_BIN_EXE_replayer"))
            .args([&own[..], self.flags, more].concat())
            .current_dir(self.place.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Holds a folder that was finished against that of the run that nothing happened to.
    fn assert_whole(&self, out: &str, what: &str) {
        let found = files(&self.path(out));
        let (names, expected): (Vec<_>, Vec<_>) =
            (found.keys().collect(), self.whole.keys().collect());
        assert_eq!(names, expected, "{what}");
        for (name, bytes) in &self.whole {
            assert!(found[name] == *bytes, "{what}: {name} is another");
        }
    }
}

/// Kills runs at random instants, some of them again while they resume, and resumes them, until as many as are
/// wanted were cut off; `REPLAYER_KILLS` for more.
fn kill_and_resume(stage: &Stage) {
    let mut random = ChaCha8Rng::seed_from_u64(200);
    let (mut cut_off, mut reach) = (0, stage.took);
    let (mut rounds, kills) = (0_u64.., count("REPLAYER_KILLS", 4));
    while cut_off < kills {
        let round = rounds.next().unwrap();
        let out = format!("killed-{round}");
        // One in three is killed twice.
        for _ in 0..=u64::from(round % 3 == 2) {
            let mut child = stage.begin(&out, &["--resume"]);
            let micros = u64::try_from(reach.as_micros()).unwrap();
            pause(Duration::from_micros(random.next_u64() % micros.max(1)));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                // It is faster than it was: the next one is killed sooner.
                reach = reach * 3 / 4;
            } else {
                cut_off += 1;
            }
        }
        let resumed = stage.run(&out, &["--resume"]);
        assert!(resumed.status.success(), "round {round}: {resumed:?}");
        stage.assert_whole(&out, &format!("round {round}"));
        fs::remove_dir_all(stage.path(&out)).unwrap();
    }
    eprintln!(
        "measured: {cut_off} runs killed with SIGKILL before their end; every one resumed to the same bytes"
    );
}

#[test]
fn a_run_that_is_killed_at_any_instant_resumes_to_the_same_bytes() {
    kill_and_resume(&Stage::new(&scenario(4_000), &["--ticks"]));
}

#[test]
fn a_run_in_columns_that_is_killed_at_any_instant_resumes_to_the_same_bytes() {
    kill_and_resume(&Stage::new(&scenario(6_000), &["--parquet", "--ticks"]));
}

#[test]
fn a_life_of_many_games_goes_on_where_it_was() {
    let text = scenario(4_000).replace("PerGame(0.1)", "Compounding(0.1)");
    kill_and_resume(&Stage::new(&text, &[]));
}

#[test]
fn of_two_runs_that_resume_one_folder_at_once_one_is_refused_and_the_other_writes_it_whole() {
    let stage = Stage::new(&scenario(2_000), &[]);
    let mut refused = 0;
    for round in 0..count("REPLAYER_PAIRS", 8) {
        let out = format!("pair-{round}");
        let both = [(); 3].map(|()| stage.begin(&out, &["--resume"]));
        let ids = both.each_ref().map(Child::id);
        // Who comes when another one has ended finds the run complete.
        for child in both {
            let id = child.id();
            let code = child.wait_with_output().unwrap().status.code();
            assert!([Some(0), Some(3)].contains(&code), "{id} of {ids:?}: {code:?}");
            refused += u32::from(code == Some(3));
        }
        stage.assert_whole(&out, &format!("round {round}"));
        fs::remove_dir_all(stage.path(&out)).unwrap();
    }
    eprintln!("measured: {refused} were refused");
    assert!(refused > 0, "none ever met another one");
}

#[test]
fn an_interrupted_run_resumes_also_when_it_is_interrupted_on_the_way_there() {
    for flags in [&["--ticks"][..], &["--parquet", "--ticks"]] {
        let stage = Stage::new(&scenario(6_000), flags);
        for part in 1..4 {
            let child = stage.begin("cut", &["--resume"]);
            pause(stage.took * part / 5);
            signal(child.id(), Signal::INT);
            assert!(
                [Some(0), Some(130)].contains(&child.wait_with_output().unwrap().status.code())
            );
        }
        assert!(stage.run("cut", &["--resume"]).status.success());
        stage.assert_whole("cut", "interrupted");
    }
}

#[test]
fn every_cut_of_a_file_is_mended_and_a_finished_run_stays_as_it_is() {
    let stage = Stage::new(&scenario(30), &["--ticks"]);
    let again = stage.run("whole", &["--resume"]);
    assert!(again.status.success(), "{again:?}");
    stage.assert_whole("whole", "finished");
    for name in ["postings.csv", "games.csv", "refusals.csv", "ticks.csv"] {
        let whole = &stage.whole[name];
        for tenth in 0..10 {
            let end = whole.len() * tenth / 10;
            fs::write(stage.path("whole").join(name), &whole[..end]).unwrap();
            let mended = stage.run("whole", &["--resume"]);
            assert_eq!(json(&mended)["games"], 30);
            stage.assert_whole("whole", name);
        }
    }
}

#[test]
fn the_folder_of_another_run_is_refused_and_left_as_it_is() {
    let stage = Stage::new(&scenario(30), &[]);
    let refused = |more: &[&str], what: &str| {
        let before = files(&stage.path("whole"));
        let told = stage.run("whole", &[more, &["--resume"]].concat());
        assert_eq!(told.status.code(), Some(3), "{told:?}");
        assert!(stderr(&told).contains(what), "{what}: {told:?}");
        assert!(files(&stage.path("whole")) == before, "{what}");
    };
    refused(&["--parquet"], "another choice of `--parquet`");
    fs::write(stage.path("s.ron"), scenario(31)).unwrap();
    refused(&[], "another scenario");
    fs::write(stage.path("s.ron"), scenario(30)).unwrap();

    let postings = stage.path("whole/postings.csv");
    let mut text = fs::read(&postings).unwrap();
    let at = text.len() / 2;
    text[at] ^= 1;
    fs::write(&postings, &text).unwrap();
    let told = stage.run("whole", &["--resume"]);
    assert_eq!(told.status.code(), Some(3), "{told:?}");
    assert!(
        stderr(&told).contains(&format!("its byte {at} differs from the one to be written")),
        "{told:?}"
    );
    assert!(fs::read(&postings).unwrap() == text);

    // More than the whole run is somebody else's, too.
    let mut text = stage.whole["postings.csv"].clone();
    text.extend_from_slice(b"and more\n");
    fs::write(&postings, &text).unwrap();
    let told = stage.run("whole", &["--resume"]);
    assert!(stderr(&told).contains("holds more than the whole run"), "{told:?}");
    assert!(fs::read(&postings).unwrap() == text);

    let manifest = fs::read_to_string(stage.path("whole/manifest.json")).unwrap();
    let older = manifest.replacen("\"format\": 2", "\"format\": 1", 1);
    fs::write(stage.path("whole/manifest.json"), older).unwrap();
    refused(&[], "has format 1, written by replayer");
}
