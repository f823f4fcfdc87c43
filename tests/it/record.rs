//! Recording: what is heard comes back from the files, whatever happened to them or to the disk.

mod damage;
mod disks;
mod export;
mod full;
mod handover;
mod killed;
mod parts;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use replayer::base::container::Text;
use replayer::base::hex::Hex;
use replayer::feed::record::{Config, Recorder};
use replayer::feed::{Fact, Heard};
use replayer::games::fair::game::{Course, FairGame};
use replayer::games::fair::generated::generated;
use replayer::games::fair::seeds::Reveal;
use replayer::games::recording::{self, Library, Recording};
use replayer::model::price::Price;
use replayer::model::time::Moment;

/// When the sessions of these tests begin: 2025-12-12 17:16:58 UTC.
pub(crate) const STARTED: u64 = 1_765_559_818_000;

/// A session in which generated games are heard, message by message.
pub(crate) fn session(games: u64) -> Vec<Heard> {
    let mut heard = Vec::new();
    let mut at = STARTED;
    let mut say = |at: u64, facts: Vec<Fact>| {
        heard.push(Heard { at: Moment::from_ms(at), closed: false, facts });
    };
    for index in 0..games {
        let (seed, id) = generated(77, index);
        let course = Course::of(FairGame::new(&seed, &id));
        let told = Reveal::told(seed, id, &course);
        let seed_hash = Hex::from(seed.hash().as_str()).ok();
        say(at, vec![Fact::Game { id, seed_hash }, Fact::Countdown { left_ms: 15_000 }]);
        say(at + 5_000, vec![Fact::Presale { late: false }]);
        at += 15_000;
        for (tick, &price) in (0..).zip(course.prices()) {
            let price = Price::new(price).unwrap();
            say(
                at,
                vec![if tick == course.rug_tick() {
                    Fact::Rug { tick, price, late: false }
                } else {
                    Fact::Tick { tick, price, late: false }
                }],
            );
            at += 250 + u64::from(tick % 7);
        }
        say(at + 1_500, vec![Fact::Seed(Box::new(told))]);
        at += 2_000;
    }
    heard
}

/// The prices of such a game.
pub(crate) fn prices(index: u64) -> Vec<f64> {
    let (seed, id) = generated(77, index);
    Course::of(FairGame::new(&seed, &id)).prices().to_vec()
}

/// The usual recorder, on a disk of any size.
pub(crate) fn config(folder: &Path) -> Config {
    Config {
        free_bytes_start: 0,
        free_bytes_run: 0,
        // The disk of a test machine may be busy.
        finish_within: Duration::from_secs(60),
        ..Config::new(folder, "ws://127.0.0.1:1/socket.io/?token=secret", Moment::from_ms(STARTED))
    }
}

/// Records a session with the queue wide open.
pub(crate) fn record(config: Config, session: &[Heard]) {
    let config = Config { queue_messages: session.len() + 1, ..config };
    let mut recorder = Recorder::start(config).unwrap();
    session.iter().for_each(|heard| recorder.record(heard).unwrap());
    let metrics = recorder.finish().unwrap();
    assert_eq!((metrics.lost, metrics.errors), (0, 0), "{metrics:?}");
}

/// The lines of a file of ours.
pub(crate) fn lines(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap();
    let text = std::io::read_to_string(Text::new(&bytes[..]).unwrap()).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The files of a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    files(folder).into_iter().map(name).collect()
}

pub(crate) fn load(folder: &Path) -> Library {
    Library::load(&[folder.to_owned()]).unwrap()
}

/// The only file of a folder.
pub(crate) fn only(folder: &Path) -> (PathBuf, Recording) {
    let files = files(folder);
    let [path] = files.as_slice() else { panic!("{files:?}") };
    (path.clone(), recording::read_file(path).unwrap())
}

/// Asserts that a library holds the first `games` games, whole, bit for bit.
pub(crate) fn assert_games(library: &Library, games: u64) {
    assert_eq!(library.games.len() as u64, games, "{:?}", library.incomplete);
    for (index, game) in (0..).zip(&library.games) {
        assert_eq!(game.id, generated(77, index).1);
        let read: Vec<_> = game.prices.iter().map(|price| price.get()).collect();
        assert_eq!(read, prices(index));
    }
}
