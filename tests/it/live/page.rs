//! A session that hears what a page of the site hears, in a real browser.

use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use replayer::demo::demo_site;
use replayer::engine::collector::Ending;
use replayer::feed::bridge;
use replayer::live::browser::{Config, How};
use replayer::live::{Follow, SessionEvent};

use super::stage::{Outcome, Signals, Truth, feed_config, follow_until};
use crate::browser::{launch, turn};
use crate::machine::pace;
use crate::waiting::until;

/// Follows the page of a demo site that plays a hundred times as fast as the game; `meanwhile` is done
/// once two games are over, and may end the session. Where it is `helped`, the site's feed stands in for a
/// silent page.
fn follow(
    games: u64,
    helped: bool,
    meanwhile: impl FnOnce(&demo_site::DemoSiteHandle, &Signals),
) -> Option<Outcome> {
    let _turn = turn()?;
    let mut feed = feed_config();
    feed.pace = pace(100.0);
    let site = demo_site::start(demo_site::Config::new(feed)).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let address = site.url().parse().unwrap();
    let config = Config::new(address, How::Launch(launch(&profile.path().join("profile"))), 7);
    let feed = helped.then(|| Box::new(bridge::Config::new(&site.url(), 8).unwrap()));
    let signals = Signals::default();
    let outcome = thread::scope(|scope| {
        let page = Follow::Page(Box::new(config), feed);
        let session = scope.spawn(|| follow_until(page, games, &signals));
        until("two games are over", || signals.games.load(Relaxed) >= 2 || session.is_finished());
        meanwhile(&site, &signals);
        session.join().unwrap()
    });
    let is_ended = signals.stop.load(Relaxed);
    let ending = if is_ended { Ending::Interrupted } else { Ending::Complete };
    assert_eq!(outcome.session.ending, ending);
    Truth::new().assert_of(&outcome);
    outcome.assert_replays();
    Some(outcome)
}

#[test]
fn what_the_page_hears_is_played_recorded_and_verified() {
    let Some(outcome) = follow(6, false, |_, _| {}) else { return };
    let summary = &outcome.session.summary;
    assert!(summary.fairness.fair >= 5 && summary.alarms.is_empty(), "{summary:?}");
    assert!(summary.connection.events > 1_000 && summary.connection.connects == 1);
    let traded = outcome.games.iter().map(|game| game.postings.len()).sum::<usize>();
    assert!(traded > 20, "{traded}");
}

#[test]
fn a_page_that_is_reloaded_is_heard_again() {
    let reload = |site: &demo_site::DemoSiteHandle, signals: &Signals| {
        assert!(site.order(&"reload".parse().unwrap()));
        until("it is heard again", || signals.connects.load(Relaxed) >= 2);
    };
    let Some(outcome) = follow(6, false, reload) else { return };
    let lost = outcome.count(|event| matches!(event, SessionEvent::Lost { .. }));
    assert!(lost >= 1);
}

#[test]
fn while_the_page_is_silent_the_feed_stands_in_and_then_the_page_is_heard_again() {
    let hang = |site: &demo_site::DemoSiteHandle, signals: &Signals| {
        assert!(site.order(&"hang 8000".parse().unwrap()));
        // The page, the feed in its place, and the page again.
        let games = || signals.games.load(Relaxed);
        until("the page is heard again", || signals.connects.load(Relaxed) >= 3);
        let so_far = games();
        until("a whole game is over since", || games() > so_far + 1);
        signals.stop.store(true, Relaxed);
    };
    let Some(outcome) = follow(300, true, hang) else { return };
    for word in ["the feed stands in", "the page's socket speaks again"] {
        let told = outcome
            .count(|event| matches!(event, SessionEvent::Lost { why, .. } if why.contains(word)));
        assert_eq!(told, 1, "{word}");
    }
}
