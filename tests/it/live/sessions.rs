//! A feed that behaves: everything is played, everything is kept, and it is all the same again.

use std::sync::atomic::AtomicBool;

use replayer::base::error::Error;
use replayer::demo::feed_server::Spoils;
use replayer::engine::Lineup;
use replayer::engine::collector::{Collector, Ending};
use replayer::engine::journal::GameRecord;
use replayer::engine::strategy::Strategies;
use replayer::feed::integrity::{FeedLevel, LevelReason};
use replayer::feed::latency::GaugeSummary;
use replayer::games::recording::Library;
use replayer::live::{self, Edge, Follow, SessionEvent, SessionObserver};
use replayer::model::posting::PostingKind;

use super::stage::{Show, patient, play, recording, table, way_to};
use crate::machine::pace;
use crate::waiting::{or_stopped, until};

/// The server may announce games from before the show, whose seeds are judged too.
const BEFORE: u64 = 10;

#[test]
fn a_session_is_played_recorded_and_verified_and_its_recording_is_the_same_session() {
    let show = Show::start(|_| {});
    let outcome = play(&show.server.url(), 20);
    assert_eq!(outcome.games.len(), 20);
    assert!(outcome.games.iter().enumerate().all(|(place, game)| game.index.at() == Some(place)));
    let traded = outcome.games.iter().map(|game| game.postings.len()).sum::<usize>();
    assert!(traded > 100, "the bots trade: {traded} postings");
    show.assert_true(&outcome);
    outcome.assert_replays();
    let summary = &outcome.session.summary;
    // Whether the seed of the last game is heard depends on who is faster.
    assert!((19..=20).contains(&(summary.fairness.fair - BEFORE)), "{summary:?}");
    assert!(summary.alarms.is_empty() && summary.anomalies.is_empty(), "{summary:?}");
    let recording = summary.recording.clone().unwrap();
    assert_eq!((recording.lost, recording.errors), (0, 0));
    let levels = outcome.count(|event| matches!(event, SessionEvent::Level(_)));
    assert_eq!((levels, outcome.session.summary.connection.connects), (1, 1));
}

#[test]
fn every_tick_is_measured_and_every_fill() {
    let show = Show::start(|_| {});
    let outcome = play(&show.server.url(), 3);
    let count = |summary: &GaugeSummary| summary.all.count;
    let steps: u64 = outcome.games.iter().map(|game| u64::from(game.rug_tick) + 2).sum();
    assert_eq!(count(&outcome.session.decision_us), steps);
    let fills = outcome.games.iter().flat_map(|game| &game.postings).filter(|(_, posting)| {
        matches!(posting.kind, PostingKind::Buy | PostingKind::Sell | PostingKind::SidebetStake)
    });
    let refused = outcome.games.iter().map(|game| game.rejections.len()).sum::<usize>();
    let fills = fills.count() as u64;
    let measured = count(&outcome.session.fill_us);
    assert!(measured > 0 && measured <= fills + refused as u64, "{measured} of {fills}");
}

#[test]
fn a_game_that_is_joined_midway_is_kept_but_nobody_plays_it() {
    let show = Show::start(|config| {
        config.wait_for_client = false;
        config.pace = pace(20.0);
    });
    // Behind the countdown of 151 frames, in a game that goes on for longer than it takes to come.
    until("it is in play", || show.server.counters().frames >= 155);
    let outcome = play(&show.server.url(), 2);
    assert!(outcome.games[0].postings.is_empty() && outcome.games[0].rejections.is_empty());
    assert!(!outcome.games[1].postings.is_empty());
    show.assert_true(&outcome);
    outcome.assert_replays();
}

#[test]
fn an_unfair_game_is_an_alarm_with_its_evidence() {
    for (wrong_seed, wrong_price) in [(true, false), (false, true)] {
        let show = Show::start(|config| {
            let spoils = Spoils { wrong_seed, wrong_price, every_games: 3 };
            config.repertoire = config.repertoire.clone().spoiled(spoils);
        });
        let outcome = play(&show.server.url(), 7);
        let summary = &outcome.session.summary;
        let told = outcome.count(
            |event| matches!(event, SessionEvent::Fairness(check) if check.verdict.is_alarm()),
        );
        assert_eq!((summary.alarms.len(), told), (2, 2), "{wrong_seed} {wrong_price}");
        for alarm in &summary.alarms {
            assert!(alarm.heard_whole && alarm.heard.len() > 1, "{alarm:?}");
            assert!(alarm.hash_before.is_some());
        }
        assert!((4..=5).contains(&(summary.fairness.fair - BEFORE)), "{summary:?}");
        outcome.assert_replays();
    }
}

#[test]
fn a_session_without_an_end_is_ended_by_its_flag_at_any_moment() {
    let show = Show::start(|_| {});
    let place = tempfile::tempdir().unwrap();
    let url = show.server.url();
    let edge = Edge {
        recording: Some(recording(place.path(), &url)),
        raw: Some(recording(&place.path().join("raw"), &url)),
        ..patient(Follow::Feed(Box::new(way_to(&url))))
    };
    let (mut games, mut offline) = (0, 0);
    let stop = AtomicBool::new(false);
    let session = live::follow(edge, &stop, |event| {
        match event {
            SessionEvent::Fairness(_) => games += 1,
            SessionEvent::Level(change) => offline += u32::from(change.to == FeedLevel::Offline),
            _ => {}
        }
        Ok(games < 15)
    });
    let session = session.unwrap();
    assert_eq!((session.ending, offline), (Ending::Complete, 0));
    assert!(session.summary.raw.unwrap().lines > 100);
    assert!(session.summary.recording.unwrap().lines > 100);
}

/// Breaks down at the third game.
struct Breaks(u32);

impl Collector for Breaks {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.0 += 1;
        assert!(self.0 < 3, "a bug at {}", game.id);
        Ok(())
    }
}

impl SessionObserver for Breaks {
    fn happened(&mut self, _: &SessionEvent) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn a_panic_ends_the_whole_session_and_what_was_recorded_is_finished() {
    let show = Show::start(|_| {});
    let place = tempfile::tempdir().unwrap();
    let url = show.server.url();
    let edge = Edge {
        recording: Some(recording(place.path(), &url)),
        ..patient(Follow::Feed(Box::new(way_to(&url))))
    };
    let (table, stop) = (table(), AtomicBool::new(false));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        or_stopped(&stop, || live::play(table.parts().0, 100, edge, &stop, &mut Breaks(0)))
    }));
    let words = panicked.unwrap_err();
    assert!(words.downcast_ref::<String>().unwrap().starts_with("a bug at "));
    let names: Vec<_> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!names.is_empty() && names.iter().all(|name| !name.ends_with(".part")), "{names:?}");
    let games = Library::load(&[place.path().to_owned()]).unwrap().games;
    assert!(games.len() >= 3, "{}", games.len());
}

#[test]
fn silence_in_play_closes_and_a_clean_game_opens_again() {
    let show = Show::start(|_| {});
    let outcome = std::thread::scope(|scope| {
        let session = scope.spawn(|| play(&show.server.url(), 6));
        until("a game is over", || show.server.counters().games >= 1);
        let stall = replayer::demo::feed_server::ServerCommand::Stall(
            std::time::Duration::from_millis(2_600),
        );
        assert!(show.server.order(stall));
        session.join().unwrap()
    });
    let reasons: Vec<_> = outcome
        .events
        .iter()
        .filter_map(|event| match event {
            SessionEvent::Level(change) => Some((change.to, change.reason)),
            _ => None,
        })
        .collect();
    show.assert_true(&outcome);
    outcome.assert_replays();
    // In a countdown that much silence means nothing.
    if let [_, (level, LevelReason::Stale { silent_ms }), (back, LevelReason::CleanGame)] =
        reasons[..]
    {
        assert_eq!((level, back), (FeedLevel::Degraded, FeedLevel::Normal));
        assert!(silent_ms > 2_000);
    } else {
        assert_eq!(reasons.len(), 1, "{reasons:?}");
    }
}

#[test]
fn a_session_of_a_bot_whose_strategy_is_not_registered_does_not_begin() {
    let (table, strategies) = (table(), Strategies::none());
    let lineup = Lineup { strategies: &strategies, ..table.parts().0 };
    let edge = Edge::new(Follow::Feed(Box::new(way_to("http://127.0.0.1:1"))));
    let stop = AtomicBool::new(false);
    let error = live::play(lineup, 1, edge, &stop, &mut Breaks(0)).unwrap_err();
    assert!(error.to_string().contains("which is not registered"), "{error}");
}
