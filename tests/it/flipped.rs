//! Files of which single bits are flipped, at random places: nothing changes without being noticed.
//!
//! What has a checksum is held to it: recordings and captures in zstd, columns, the folder of a run
//! that goes on, the halves of a sweep, secrets. Text without one, which people change, is held to
//! changing no more than the one thing that the bit is in; recordings as text to costing their own
//! line (`recordings::damage`), scenarios to being read or refused (`scenarios::robust`).

use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use replayer::backtest::columns::ticks;
use replayer::base::error::{Error, ErrorKind};
use replayer::base::secrets::{self, SecretKey, Secrets};
use replayer::cli::settings::{Loaded, Settings, Sources, load};
use replayer::feed::capture::{self, Direction, RawEvent};
use replayer::feed::record::RawRecorder;
use replayer::games::recording;
use replayer::live::browser::controls::Profile;
use replayer::model::time::Moment;

use crate::campaign::count;
use crate::program::replayer;
use crate::record::{STARTED, config, files, only, record, session};
use crate::sweeps::files as contents;

/// A run that is over in a moment.
const SCENARIO: &str = "Scenario(name: \"flipped\", seed: 5, source: Generated(games: 20), \
    bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative()), (id: \"r\", strategy: Random())])";

/// What a reader made of a damaged file.
enum Verdict {
    /// The content is the same: the bit means nothing.
    Same,
    /// The rest was read, and the damage counted.
    Counted,
    Refused,
    /// One value of a text without a checksum is another one that it may have.
    Other,
    /// The content is another one, and nobody said so.
    Wrong,
}

/// Flips one bit of a file at a time, lets it be read, and puts it back; `REPLAYER_FLIPS` for more
/// of them.
fn campaign(name: &str, path: &Path, usual: u64, mut read: impl FnMut(u64) -> Verdict) {
    let whole = fs::read(path).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(whole.len() as u64);
    let (mut same, mut counted, mut refused, mut other) = (0, 0, 0, 0);
    let (mut wrong, mut panics) = (0, 0);
    let flips = count("REPLAYER_FLIPS", usual);
    for _ in 0..flips {
        let mut damaged = whole.clone();
        let bit = random.next_u64() % (8 * whole.len() as u64);
        damaged[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
        fs::write(path, damaged).unwrap();
        match catch_unwind(AssertUnwindSafe(|| read(bit))) {
            Ok(Verdict::Same) => same += 1,
            Ok(Verdict::Counted) => counted += 1,
            Ok(Verdict::Refused) => refused += 1,
            Ok(Verdict::Other) => other += 1,
            Ok(Verdict::Wrong) => wrong += 1,
            Err(_) => panics += 1,
        }
    }
    fs::write(path, whole).unwrap();
    eprintln!(
        "measured: {name}: {flips} flipped, {same} the same, {counted} counted as damage, {refused} refused, \
         {other} another value of a text, {wrong} accepted wrongly, {panics} panics"
    );
    assert_eq!((wrong, panics), (0, 0), "{name}");
    assert!(counted + refused > 0, "{name}: no flip was noticed");
}

/// What of a recording is compared.
fn content(games: &impl Debug) -> String {
    format!("{games:?}")
}

#[test]
fn a_bit_of_a_recording_changes_no_price_without_being_counted() {
    let place = tempfile::tempdir().unwrap();
    record(config(place.path()), &session(3));
    let (path, whole) = only(place.path());
    let (records, whole) = (whole.records, content(&whole.games));
    campaign("recording", &path, 100, |_| match recording::read_file(&path) {
        Err(_) => Verdict::Refused,
        Ok(read) if read.bad_lines > 0 => Verdict::Counted,
        Ok(read) if read.records == records && content(&read.games) == whole => Verdict::Same,
        Ok(_) => Verdict::Wrong,
    });
}

#[test]
fn a_bit_of_columns_costs_the_file() {
    let place = tempfile::tempdir().unwrap();
    record(config(&place.path().join("ours")), &session(3));
    let exported = replayer(place.path(), &["export", "ours", "--out", "ticks"]);
    assert!(exported.status.success(), "{exported:?}");
    let path = place.path().join("ticks/ticks/part-000000.parquet");
    let whole = content(&ticks::read_file(&path).unwrap().recording.games);
    campaign("columns", &path, 100, |_| match ticks::read_file(&path) {
        Err(_) => Verdict::Refused,
        Ok(read) if content(&read.recording.games) == whole => Verdict::Same,
        Ok(_) => Verdict::Wrong,
    });
}

#[test]
fn a_bit_of_the_folder_of_a_run_is_mended_or_refused_when_it_goes_on() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), SCENARIO).unwrap();
    let run = |more: &[&str]| {
        let own = ["run", "s.ron", "--out", "out", "--ticks", "--json"];
        replayer(place.path(), &[&own[..], more].concat())
    };
    assert!(run(&[]).status.success());
    let files = files(&place.path().join("out"));
    let whole: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    for path in &files {
        let name = format!("run: {}", path.file_name().unwrap().display());
        // What a run writes in one piece at its end is written again, and needs few tries.
        campaign(&name, path, 4, |_| {
            let damaged = fs::read(path).unwrap();
            let resumed = run(&["--resume"]);
            let now: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
            let left = fs::read(path).unwrap() == damaged;
            for (path, bytes) in files.iter().zip(&whole) {
                fs::write(path, bytes).unwrap();
            }
            match resumed.status.code() {
                Some(0) if now == whole => Verdict::Counted,
                Some(2 | 3) if left => Verdict::Refused,
                _ => Verdict::Wrong,
            }
        });
    }
}

#[test]
fn a_bit_of_a_raw_capture_changes_no_event_without_being_counted() {
    let place = tempfile::tempdir().unwrap();
    let mut recorder = RawRecorder::start(config(place.path())).unwrap();
    for at in 0..400_u64 {
        let data = format!("{{\"number\":{at},\"text\":\"{}\"}}", at * at);
        recorder
            .record(
                Moment::from_ms(STARTED + at),
                Direction::In,
                RawEvent { name: "event", data: &data },
            )
            .unwrap();
    }
    assert_eq!(recorder.finish().unwrap().lost, 0);
    let [path] = &files(place.path())[..] else { panic!("one file") };
    let read = || {
        let mut events = String::new();
        let counts = capture::read_file(path, |event| {
            events += &format!("{event:?}\n");
            Ok(())
        });
        counts.map(|counts| (counts, events))
    };
    let whole = read().unwrap();
    campaign("raw capture", path, 100, |_| match read() {
        Err(_) => Verdict::Refused,
        Ok((counts, _)) if counts.bad_lines + counts.lost > 0 => Verdict::Counted,
        Ok(read) if read == whole => Verdict::Same,
        Ok(_) => Verdict::Wrong,
    });
}

#[test]
fn a_bit_of_a_half_of_a_sweep_is_refused_when_the_halves_are_put_together() {
    let place = tempfile::tempdir().unwrap();
    let text = SCENARIO.replace("Conservative()", "Conservative(take_profit: Grid([10, 40]))");
    fs::write(place.path().join("s.ron"), text).unwrap();
    let run = |arguments: &str| {
        replayer(place.path(), &arguments.split(' ').collect::<Vec<_>>()).status.code()
    };
    for (half, out) in [("0/2", "a"), ("1/2", "b")] {
        assert_eq!(run(&format!("sweep s.ron --rows all --shard {half} --out {out}")), Some(0));
    }
    assert_eq!(run("merge a b --out whole"), Some(0));
    let whole = contents(&place.path().join("whole"));
    for name in ["manifest.json", "shards/000007.json", "games/part-000007.parquet"] {
        let path = place.path().join("a").join(name);
        campaign(&format!("sweep: {name}"), &path, 10, |_| {
            let merged = run("merge a b --out merged");
            let same = merged == Some(0) && contents(&place.path().join("merged")) == whole;
            let _ = fs::remove_dir_all(place.path().join("merged"));
            match merged {
                Some(0) if same => Verdict::Same,
                Some(2 | 3) => Verdict::Refused,
                _ => Verdict::Wrong,
            }
        });
    }
}

#[test]
fn a_bit_of_a_selector_profile_changes_at_most_the_one_thing_that_it_is_in() {
    // It has no checksum, and its owner is to change it: another letter in a label is another
    // label.
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("own.ron");
    fs::write(&path, include_str!("../../src/live/browser/controls/rugs_fun.ron")).unwrap();
    let whole = Profile::read(&path).unwrap();
    let head = |profile: &Profile| (profile.site.clone(), profile.least, profile.margin);
    campaign("selector profile", &path, 200, |_| match Profile::read(&path) {
        Err(error) if is_located(&error, &path) => Verdict::Refused,
        Err(_) => Verdict::Wrong,
        Ok(read) if read == whole => Verdict::Same,
        Ok(read) if read.controls.len() != whole.controls.len() => Verdict::Wrong,
        Ok(read) => {
            let pairs = read.controls.iter().zip(&whole.controls);
            let others = pairs.filter(|(one, other)| one != other).count();
            one(others + usize::from(head(&read) != head(&whole)))
        }
    });
}

#[test]
fn a_bit_of_a_configuration_changes_at_most_one_setting_to_another_that_it_may_have() {
    // It has no checksum, and its owner is to change it: another digit is another number.
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("replayer.toml");
    let text = "# Ours.\n[record]\nqueue_messages = 2000\nplain = true\nretry_ms = 500\n\n[log]\n\
                folder = \"/var/log/replayer\"\nfile_bytes_max = 100000\n# Money.\n[limits]\n\
                max_stake = 0.012\nmax_losing_streak = 5\n";
    fs::write(&path, text).unwrap();
    let read = || {
        let (environment, flags) = (Vec::new(), Vec::new());
        load(&Sources {
            file: Some(path.clone()),
            file_must_exist: true,
            environment,
            flags,
            ..Sources::default()
        })
    };
    let values = |loaded: &Loaded| -> Vec<String> {
        Settings::keys().iter().map(|key| loaded.value(key.name).0.to_owned()).collect()
    };
    let whole = values(&read().unwrap());
    campaign("configuration", &path, 200, |_| match read() {
        Err(error) if is_located(&error, &path) => Verdict::Refused,
        Err(_) => Verdict::Wrong,
        Ok(read) => {
            let read = values(&read);
            one(read.iter().zip(&whole).filter(|(one, other)| one != other).count())
        }
    });
}

#[test]
fn a_bit_of_the_file_of_secrets_is_damage_and_neither_a_secret_nor_a_wrong_key() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("own/sealed");
    let key = SecretKey::of_passphrase(&"long enough to be one".into()).unwrap();
    let planted = |secrets: &mut Secrets| secrets.set("feed", "planted".into());
    secrets::change(&path, &key, None, planted).unwrap();
    assert!(secrets::open(&path, &key).is_ok());
    campaign("secrets", &path, 40, |_| match secrets::open(&path, &key) {
        Err(error) if error.kind() == ErrorKind::Io && is_located(&error, &path) => {
            Verdict::Refused
        }
        _ => Verdict::Wrong,
    });
}

/// The verdict when `others` things differ from before.
fn one(others: usize) -> Verdict {
    match others {
        0 => Verdict::Same,
        1 => Verdict::Other,
        _ => Verdict::Wrong,
    }
}

/// Whether an error says in which file it is.
fn is_located(error: &Error, path: &Path) -> bool {
    error.to_string().contains(path.to_str().unwrap())
}
