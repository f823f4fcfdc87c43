//! Everything that takes bytes of others, as one function each.
//!
//! Here for two: the tests of the gate, and `.ci/fuzz`, which builds this file a second time with
//! the compiler's eyes on every branch. So it knows the library only. A reader may refuse; it never
//! panics, and what it takes holds what is asserted here.

use std::fmt::Display;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::str::FromStr;

use replayer::backtest::columns::schema::{self, Schema};
use replayer::backtest::columns::{read_csv, ticks};
use replayer::backtest::page::folder::RunToDraw;
use replayer::backtest::page::game::OneGame;
use replayer::backtest::page::sweep_folder::SweepToDraw;
use replayer::backtest::run::drawn::Wanted;
use replayer::backtest::run::written::Written;
use replayer::backtest::scenario::Space;
use replayer::backtest::sweep::SweepPart;
use replayer::base::secrets::{self, SecretKey};
use replayer::cli::settings::{Sources, load};
use replayer::demo::demo_site::SiteCommand;
use replayer::engine::strategy::Strategies;
use replayer::feed::Listener;
use replayer::feed::bridge::Address;
use replayer::feed::capture;
use replayer::feed::record;
use replayer::feed::socketio::Packet;
use replayer::games::fair::seed::ServerSeed;
use replayer::games::fair::seeds;
use replayer::games::number;
use replayer::games::recording;
use replayer::live::browser::Site;
use replayer::live::browser::controls::Profile;
use replayer::model::ids::GameId;
use replayer::model::price::Price;
use replayer::model::sol::Sol;
use replayer::model::time::Moment;

use super::law::Law;

/// A reader: its name, and what it does with bytes, given a folder of its own to put them in.
pub(crate) type Reader = (&'static str, fn(&[u8], &Path));

/// All of them.
pub(crate) const READERS: &[Reader] = &[
    ("recording", recording),
    ("repair", repair),
    ("capture", capture),
    ("columns", columns),
    ("rows", rows),
    ("scenario", scenario),
    ("configuration", configuration),
    ("profile", profile),
    ("secrets", secrets),
    ("packet", packet),
    ("feed", feed),
    ("run", run),
    ("sweep", sweep),
    ("seeds", seeds),
    ("words", words),
];

/// Puts bytes into a file.
fn put<'a>(bytes: &[u8], path: &'a Path) -> &'a Path {
    fs::write(path, bytes).expect("the folder is ours");
    path
}

fn recording(bytes: &[u8], _: &Path) {
    let Ok(read) = recording::read(bytes) else { return };
    for game in read.games.iter().filter_map(|fragment| fragment.game().ok()) {
        let is_price = |price: &Price| number::within(price.get()).is_ok();
        assert!(game.prices.iter().all(is_price), "a price that is none");
    }
}

/// What is repaired is whole: a second look finds nothing to cut.
fn repair(bytes: &[u8], place: &Path) {
    let partial = place.join("feed_x.jsonl.part");
    let path = place.join("feed_x.jsonl");
    let _ = fs::remove_file(&path);
    if record::repair(put(bytes, &partial)).is_ok_and(|repaired| repaired.is_some())
        && path.exists()
    {
        fs::rename(&path, &partial).expect("it is there");
        // A process that another test starts just now holds our locks for a moment.
        if let Some(again) = record::repair(&partial).expect("repaired once") {
            assert_eq!(again.cut_bytes, 0, "repaired, and not whole");
        }
    }
}

fn capture(bytes: &[u8], _: &Path) {
    let mut events = 0;
    let counts = capture::read(bytes, |_| {
        events += 1;
        Ok(())
    });
    assert!(counts.is_err() || counts.is_ok_and(|counts| counts.events == events));
}

fn columns(bytes: &[u8], place: &Path) {
    shown(ticks::read_file(put(bytes, &place.join("ticks.parquet"))));
}

fn rows(bytes: &[u8], place: &Path) {
    let tables: [&Schema; 3] = [&schema::POSTINGS, &schema::GAMES, &schema::REFUSALS];
    let Some((first, rest)) = bytes.split_first() else { return };
    let table = tables[usize::from(*first) % tables.len()];
    let path = place.join("rows.csv");
    shown(read_csv(put(rest, &path), table, |cells, _| {
        assert_eq!(cells.len(), table.columns.len());
        Ok(())
    }));
}

fn scenario(bytes: &[u8], place: &Path) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Err(error) = Space::parse(text, place, None, &Strategies::standard()) {
        assert!(!error.problems.is_empty() && !error.to_string().is_empty());
    }
}

fn configuration(bytes: &[u8], place: &Path) {
    let file = place.join("replayer.toml");
    let (environment, flags) = (Vec::new(), Vec::new());
    let file = Some(put(bytes, &file).to_owned());
    shown(load(&Sources { file, file_must_exist: true, environment, flags, ..Sources::default() }));
}

fn profile(bytes: &[u8], _: &Path) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    shown(Profile::parse(text, "own.ron"));
}

fn secrets(bytes: &[u8], place: &Path) {
    let path = place.join("sealed");
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(put(bytes, &path), mode).expect("the file is ours");
    let key = SecretKey::of_passphrase(&"long enough to be one".into()).expect("one");
    shown(secrets::open(&path, &key));
}

fn packet(bytes: &[u8], _: &Path) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match Packet::parse(text) {
        Ok(Packet::Event(event) | Packet::BinaryEvent { event, .. }) => {
            assert!(event.payload().is_none_or(|payload| payload.get().starts_with('{')));
        }
        other => shown(other.map(drop)),
    }
}

/// A line is a message: a name, a space and its payload; a line of nothing is half a second of
/// silence.
fn feed(bytes: &[u8], _: &Path) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (mut listener, mut law, mut at) = (Listener::default(), Law::default(), 0);
    listener.connection(Moment::from_ms(at), true);
    for line in text.lines() {
        at += 250;
        let heard = match line.split_once(' ') {
            Some((event, payload)) => listener.take(Moment::from_ms(at), event, payload),
            None => listener.pass(Moment::from_ms(at + 250)),
        };
        law.follow(&heard.facts).expect("facts come in their order");
        listener.notices().for_each(drop);
    }
}

/// A text that is a folder: `=== name` begins a file.
fn unfold(bytes: &[u8], names: &[&str], place: &Path) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    for name in names {
        let _ = fs::remove_file(place.join(name));
    }
    for file in text.split("=== ") {
        let (name, content) = file.split_once('\n').unwrap_or((file, ""));
        if names.contains(&name) {
            put(content.as_bytes(), &place.join(name));
        }
    }
    true
}

fn run(bytes: &[u8], place: &Path) {
    let tables = ["postings.csv", "games.csv", "refusals.csv"];
    let names = ["manifest.json", "summary.json", "curves.json", "scenario.ron", "prices.json"];
    if !unfold(bytes, &[&names[..], &tables].concat(), place) {
        return;
    }
    match RunToDraw::read(place) {
        Ok(run) => shown(OneGame::read(&run, &Wanted::Eventful)),
        refused => shown(refused),
    }
    match Written::open(place) {
        Ok(written) => [&schema::POSTINGS, &schema::GAMES, &schema::REFUSALS]
            .into_iter()
            .for_each(|table| shown(written.rows_of(table, |_, _| Ok(())))),
        refused => shown(refused),
    }
}

fn sweep(bytes: &[u8], place: &Path) {
    let names = ["manifest.json", "summary.json", "curves.json", "scenario.ron"];
    if unfold(bytes, &names, place) {
        shown(SweepToDraw::read(place));
    }
}

fn seeds(bytes: &[u8], place: &Path) {
    shown(seeds::read_from(bytes, place));
}

/// Words of command lines, scenarios and pages: what is read is written so that it is read again.
fn words(bytes: &[u8], _: &Path) {
    fn reads_again<T: FromStr + Display + PartialEq>(text: &str) {
        if let Ok(value) = text.parse::<T>() {
            let written = value.to_string();
            assert!(written.parse::<T>().is_ok_and(|again| again == value), "{text} as {written}");
        }
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    reads_again::<Sol>(text);
    reads_again::<Price>(text);
    reads_again::<SiteCommand>(text);
    reads_again::<ServerSeed>(text);
    shown(text.parse::<Address>());
    shown(text.parse::<Site>());
    shown(text.parse::<SweepPart>());
    shown(GameId::new(text));
    let _ = (recording::Timestamp::parse(text), recording::Timestamp::read(text));
}

/// An error has words.
fn shown<T, E: Display>(read: Result<T, E>) {
    if let Err(error) = read {
        assert!(!error.to_string().is_empty());
    }
}
