//! A feed server, a session that follows it, and the truth about its games.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use crate::machine::pace;
use crate::waiting::{PATIENCE, or_stopped};
use replayer::backtest::run::{Drive, RunExecution, run};
use replayer::base::error::Error;
use replayer::base::runtime::backoff::BackoffBounds;
use replayer::demo::feed_server::{self, Config, FeedServerHandle, Repertoire};
use replayer::engine::collector::{Collector, Ending};
use replayer::engine::driver::Pacing;
use replayer::engine::journal::GameRecord;
use replayer::engine::source::Playlist;
use replayer::engine::testing::{TestTable, digest};
use replayer::feed::bridge;
use replayer::feed::record;
use replayer::games::recording::{Fragment, Library, Merger, Stage, discover, read_file};
use replayer::live::{self, Edge, FinishedSession, Follow, SessionEvent, SessionObserver};
use replayer::model::ids::GameId;
use replayer::model::price::Price;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::model::tape::Tape;
use replayer::model::time::Moment;
use replayer::strategies::aggressive::Aggressive;
use replayer::strategies::conservative::Conservative;
use replayer::strategies::random::Random;
use replayer::strategies::sidebet::SidebetOnce;
use tempfile::TempDir;

/// More games than any test plays.
pub(super) const GAMES: u64 = 400;

/// The seed of all shows.
pub(super) const SEED: u64 = 9;

/// The games of every show, as they are.
pub(super) struct Truth(BTreeMap<GameId, Arc<Tape>>);

/// A server and the games that it plays.
pub(crate) struct Show {
    pub(crate) server: FeedServerHandle,
    truth: Truth,
}

/// What others see of a session while it goes on, and the way to end it.
#[derive(Default)]
pub(super) struct Signals {
    pub(super) stop: AtomicBool,
    pub(super) connects: AtomicUsize,
    pub(super) losses: AtomicUsize,
    pub(super) games: AtomicUsize,
}

impl Show {
    /// Plays generated games a thousand times as fast as they are where the machine has time, from
    /// the first client on.
    pub(crate) fn start(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = feed_config();
        change(&mut config);
        Self { server: feed_server::start(config).unwrap(), truth: Truth::new() }
    }

    /// Asserts that nothing was recorded or booked that was not so.
    pub(super) fn assert_true(&self, outcome: &Outcome) {
        self.truth.assert_of(outcome);
    }

    /// Asserts that nothing was recorded in a folder that was not so, and no game with a hole in
    /// it; how many games are there to their rug.
    pub(crate) fn assert_recorded(&self, folder: &Path) -> usize {
        let recorded = recorded(folder);
        self.truth.assert_recorded(&recorded);
        recorded.iter().filter(|fragment| fragment.rug().is_some()).count()
    }

    /// Asserts of what was recorded in a folder that every price is the one of its tick, whatever
    /// is missing between them; how many there are.
    pub(crate) fn assert_prices(&self, folder: &Path) -> usize {
        let recorded = recorded(folder);
        for fragment in &recorded {
            let truth = &self.truth.0[&fragment.id()];
            for (tick, price) in prices(fragment) {
                assert_eq!(truth.prices[tick as usize], price, "{} at {tick}", fragment.id());
            }
        }
        recorded.iter().map(|fragment| prices(fragment).count()).sum()
    }
}

/// Generated games a thousand times as fast as they are where the machine has time, from the first
/// client on.
pub(crate) fn feed_config() -> Config {
    let mut config = Config::new(repertoire());
    config.pace = pace(1_000.0);
    config.wait_for_client = true;
    config
}

fn repertoire() -> Repertoire {
    Repertoire::new(Playlist::Generated { seed: SEED, games: GAMES }, SEED).unwrap()
}

impl Truth {
    pub(super) fn new() -> Self {
        let repertoire = repertoire();
        let games = (0..GAMES).map(|place| repertoire.game(place));
        Self(games.map(|game| (game.id, game.tape)).collect())
    }

    /// Asserts that nothing was recorded or booked that was not so.
    pub(super) fn assert_of(&self, outcome: &Outcome) {
        self.assert_recorded(&outcome.recorded());
        for game in &outcome.games {
            let truth = &self.0[&game.id];
            assert_eq!(game.rug_tick as usize, truth.last_tick(), "{}", game.id);
            for (_, posting) in &game.postings {
                let price = truth.prices[posting.tick as usize];
                assert_eq!(posting.price, price, "{} {posting:?}", game.id);
            }
        }
    }

    fn assert_recorded(&self, fragments: &[Fragment]) {
        for fragment in fragments {
            let (id, mut due) = (fragment.id(), 0);
            let truth = &self.0[&id];
            for (tick, price) in prices(fragment) {
                assert_eq!(tick, due, "{id}");
                assert_eq!(truth.prices[tick as usize], price, "{id} at tick {tick}");
                due += 1;
            }
            assert_eq!(fragment.rug().is_some(), due as usize == truth.prices.len(), "{id}");
        }
    }
}

/// Everything that was recorded in a folder, damage excluded by assertion.
fn recorded(folder: &Path) -> Vec<Fragment> {
    let mut merger = Merger::default();
    for file in discover(&[folder.to_owned()]).unwrap() {
        let recording = read_file(&file).unwrap();
        assert_eq!(recording.bad_lines, 0, "{}", file.display());
        merger.add(recording);
    }
    merger.known().iter().map(|(fragment, _)| fragment.clone()).collect()
}

fn prices(fragment: &Fragment) -> impl Iterator<Item = (u32, Price)> + '_ {
    let in_play = |(stage, _): &(Stage, _)| matches!(stage, Stage::Play | Stage::Rug);
    fragment.seen().filter(in_play).map(|(_, seen)| (seen.tick, seen.price))
}

/// The bots of every session.
pub(super) fn table() -> TestTable {
    TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(10_000)))
        .bot::<Conservative>("conservative", Default::default())
        .bot::<Aggressive>("aggressive", Default::default())
        .bot::<SidebetOnce>("sidebet", Default::default())
        .bot::<Random>("random", Default::default())
}

/// The outcome of a session.
pub(super) struct Outcome {
    pub(super) session: FinishedSession,
    pub(super) games: Vec<GameRecord>,
    pub(super) events: Vec<SessionEvent>,
    place: TempDir,
}

/// Keeps everything that is told of a session.
#[derive(Default)]
pub(super) struct Kept<'a> {
    pub(super) games: Vec<GameRecord>,
    events: Vec<SessionEvent>,
    signals: Option<&'a Signals>,
}

impl Collector for Kept<'_> {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.games.push(game);
        if let Some(signals) = self.signals {
            signals.games.fetch_add(1, Relaxed);
        }
        Ok(())
    }
}

impl SessionObserver for Kept<'_> {
    fn happened(&mut self, event: &SessionEvent) -> Result<(), Error> {
        self.events.push(event.clone());
        match (self.signals, event) {
            (Some(signals), SessionEvent::Connected { .. }) => {
                signals.connects.fetch_add(1, Relaxed)
            }
            (Some(signals), SessionEvent::Lost { .. }) => signals.losses.fetch_add(1, Relaxed),
            _ => 0,
        };
        Ok(())
    }
}

/// The way to a server, for a client that does not wait long before it tries again.
pub(crate) fn way_to(url: &str) -> bridge::Config {
    let mut config = bridge::Config::new(url, 7).unwrap();
    config.options.backoff = BackoffBounds {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(100),
        healthy: Duration::from_secs(60),
    };
    config
}

/// Where a test records.
pub(super) fn recording(folder: &Path, url: &str) -> record::Config {
    record::Config {
        free_bytes_start: 0,
        free_bytes_run: 0,
        ..record::Config::new(folder, url, Moment::default())
    }
}

/// An edge that follows, and takes the time to end that a busy machine needs.
pub(super) fn patient(feed: Follow) -> Edge {
    let (finish_within, end_within) = (PATIENCE, PATIENCE);
    let config = live::Config { finish_within, end_within, ..live::Config::default() };
    Edge { config, ..Edge::new(feed) }
}

/// Plays `games` games of a server on paper.
pub(super) fn play(url: &str, games: u64) -> Outcome {
    let outcome = play_until(url, games, &Signals::default());
    assert_eq!(outcome.session.ending, Ending::Complete);
    outcome
}

/// Plays `games` games of a server on paper, or until told to stop.
pub(super) fn play_until(url: &str, games: u64, signals: &Signals) -> Outcome {
    follow_until(Follow::Feed(Box::new(way_to(url))), games, signals)
}

/// Plays `games` games of whatever is followed.
pub(super) fn follow_until(feed: Follow, games: u64, signals: &Signals) -> Outcome {
    let place = tempfile::tempdir().unwrap();
    let recording = Some(recording(place.path(), "http://127.0.0.1"));
    let edge = Edge { recording, ..patient(feed) };
    let (table, mut kept) = (table(), Kept { signals: Some(signals), ..Kept::default() });
    let stop = &signals.stop;
    let session =
        or_stopped(stop, || live::play(table.parts().0, games, edge, stop, &mut kept)).unwrap();
    let Kept { games, events, .. } = kept;
    Outcome { session, games, events, place }
}

impl Outcome {
    /// Everything that was recorded, damage excluded by assertion.
    pub(super) fn recorded(&self) -> Vec<Fragment> {
        recorded(self.place.path())
    }

    /// Plays the recording, in a world and without one, and asserts that the same games come out.
    pub(super) fn assert_replays(&self) {
        let library = Library::load(&[self.place.path().to_owned()]).unwrap();
        let ours: Vec<_> = library
            .games
            .into_iter()
            .map(Arc::new)
            .filter(|tape| self.games.iter().any(|game| game.id == tape.id))
            .collect();
        assert_eq!(ours.len(), self.games.len());
        for drive in [Drive::Games, Drive::Ticks { tables: 1, pacing: Pacing::Max }] {
            let (table, mut kept) = (table(), Kept::default());
            let (lineup, playlist) = (table.parts().0, Arc::new(Playlist::Tapes(ours.clone())));
            let stop = AtomicBool::new(false);
            let execution = RunExecution { threads: 1, drive };
            run(lineup, playlist, execution, &stop, &mut kept).unwrap();
            assert_eq!(digest(&kept.games), digest(&self.games), "{drive:?}");
        }
    }

    /// How often something of a kind happened.
    pub(super) fn count(&self, kind: impl Fn(&SessionEvent) -> bool) -> usize {
        self.events.iter().filter(|event| kind(event)).count()
    }
}
