//! SIGKILL while recording: everything that was on the disk is read back.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use replayer::base::container::Encoding;
use replayer::feed::record::{Config, Recorder, repair_folder};

use super::{config, files, lines, only, record, session};
use crate::campaign::count;
use crate::waiting::pause;

/// The folder that the child of the test below records into.
const FOLDER: &str = "REPLAYER_TEST_RECORD_INTO";

/// Not a test of its own: the process that is killed. It says how many lines are on the disk.
#[test]
fn a_child_that_records_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let config = Config {
        part_games_max: 2,
        frame_time: Duration::from_millis(3),
        ..config(Path::new(&folder))
    };
    let mut recorder = Recorder::start(config).unwrap();
    for heard in session(40) {
        recorder.record(&heard).unwrap();
        println!("on disk: {}", recorder.metrics().lines);
        pause(Duration::from_micros(300));
    }
    panic!("nobody killed me");
}

/// Lines of a session without those that say where a part begins and ends.
fn bodies(folder: &Path) -> (Vec<String>, u64) {
    let (mut bodies, mut others) = (Vec::new(), 0);
    for path in files(folder) {
        for line in lines(&path) {
            if line.starts_with("{\"recording\":") || line.starts_with("{\"end\":\"next part\"") {
                others += 1;
            } else if !line.starts_with("{\"end\":") {
                bodies.push(line);
            }
        }
    }
    (bodies, others)
}

#[test]
fn after_every_sigkill_all_that_was_on_the_disk_is_read_back() {
    let place = tempfile::tempdir().unwrap();
    record(Config { encoding: Encoding::Plain, ..config(place.path()) }, &session(40));
    let session = lines(&only(place.path()).0);
    let session = &session[1..session.len() - 1];
    let (mut parts, mut most) = (0, 0);
    let kills = count("REPLAYER_KILLS", 10);
    for kill in 0..kills {
        let place = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["record::killed::a_child_that_records_until_it_is_killed", "--exact"])
            .arg("--nocapture")
            .env(FOLDER, place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = |line: String| line.strip_prefix("on disk: ").map(str::parse::<u64>);
        // From the beginning of the first part into the later ones.
        let due = 5 + kill * 1_150 / kills;
        let mut on_disk = 0;
        while on_disk < due {
            let line = output.next().expect("the child is gone").unwrap();
            on_disk = told(line).map_or(on_disk, Result::unwrap);
        }
        child.kill().unwrap();
        // What it still said before.
        for line in output.map_while(Result::ok) {
            on_disk = told(line).and_then(Result::ok).unwrap_or(on_disk).max(on_disk);
        }
        child.wait().unwrap();
        repair_folder(place.path()).unwrap();
        let (read, others) = bodies(place.path());
        assert!(session.starts_with(&read), "kill {kill}: other lines than were recorded");
        let whole = read.len() as u64 + others;
        assert!(whole >= on_disk, "kill {kill}: {on_disk} lines were on the disk, {whole} read");
        for path in files(place.path()) {
            let recording = replayer::games::recording::read_file(&path).unwrap();
            assert_eq!((recording.bad_lines, recording.wrong_footers), (0, 0), "{path:?}");
        }
        parts += files(place.path()).len();
        most = most.max(on_disk);
    }
    eprintln!("{kills} kills at up to {most} lines in {parts} parts");
    assert!(parts as u64 > kills, "no part was ever followed by another one");
}
