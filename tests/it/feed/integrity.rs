//! The levels of integrity, on whole sessions.

use replayer::feed::integrity::{LevelChange, LevelReason};
use replayer::feed::{Fact, FeedLevel, Heard, Listener, Notice, Thresholds};
use replayer::model::time::Moment;

use super::show::{Kind, Show};

/// A listener to a show.
struct Audience {
    show: Show,
    listener: Listener,
    changes: Vec<LevelChange>,
    /// Whether the ticks of each game of the show were open.
    open: Vec<Vec<bool>>,
}

impl Audience {
    /// Connected with the first frame.
    fn new(games: usize) -> Self {
        let mut audience = Self::outside(games);
        audience.connection(0, true);
        audience
    }

    fn outside(games: usize) -> Self {
        let show = Show::new(11, games, 60);
        let open = vec![Vec::new(); show.games.len()];
        Self { show, listener: Listener::default(), changes: Vec::new(), open }
    }

    fn connection(&mut self, frame: usize, up: bool) -> Heard {
        let heard = self.listener.connection(Moment::from_ms(self.at(frame)), up);
        self.gather();
        heard
    }

    fn at(&self, frame: usize) -> u64 {
        self.show.frames[frame].at
    }

    /// The number of the first frame of a kind, of the so-manieth game.
    fn find(&self, game: usize, kind: Kind) -> usize {
        let wanted = |frame: usize| {
            let shown = self.show.frames[frame];
            shown.game == self.show.past + game && shown.kind == kind
        };
        (0..self.show.frames.len()).find(|frame| wanted(*frame)).unwrap()
    }

    fn take(&mut self, frame: usize, payload: &str) -> Heard {
        let heard = self.listener.take(Moment::from_ms(self.at(frame)), "gameStateUpdate", payload);
        let game = self.show.frames[frame].game;
        let ticks = heard.facts.iter().filter(|fact| matches!(fact, Fact::Tick { .. }));
        self.open[game].extend(ticks.map(|_| !heard.closed));
        self.gather();
        heard
    }

    fn gather(&mut self) {
        self.changes.extend(self.listener.notices().filter_map(|notice| match notice {
            Notice::Level(change) => Some(change),
            Notice::Fairness(_) => None,
        }));
    }

    fn play(&mut self, frames: std::ops::Range<usize>) {
        for frame in frames {
            self.take(frame, &self.show.payload(frame, false));
        }
    }

    fn end(&self) -> usize {
        self.show.frames.len()
    }

    fn steps(&self) -> Vec<(FeedLevel, LevelReason)> {
        self.changes.iter().map(|change| (change.to, change.reason)).collect()
    }

    /// For each game of the show whether all, none or some of its ticks were open.
    fn opened(&self) -> Vec<Option<bool>> {
        let games = self.open[self.show.past..].iter();
        let alike = |open: &Vec<bool>| {
            open.first().copied().filter(|first| open.iter().all(|open| open == first))
        };
        games.map(alike).collect()
    }
}

const CONNECTED: (FeedLevel, LevelReason) = (FeedLevel::Normal, LevelReason::Connected);
const CLEAN: (FeedLevel, LevelReason) = (FeedLevel::Normal, LevelReason::CleanGame);
const GAP: (FeedLevel, LevelReason) = (FeedLevel::Degraded, LevelReason::Gap { ticks: 1 });

#[test]
fn before_the_first_connection_the_feed_is_offline() {
    let mut listener = Listener::default();
    assert_eq!((listener.level(), listener.closed()), (FeedLevel::Offline, true));
    assert!(!listener.connection(Moment::from_ms(5), true).closed);
}

#[test]
fn a_clean_session_is_open_from_its_first_presale_to_its_end() {
    let mut audience = Audience::new(3);
    audience.play(0..audience.end());
    assert_eq!(audience.steps(), [CONNECTED]);
    assert_eq!(audience.opened(), [Some(true); 3]);
    assert_eq!(audience.listener.fairness().tally().fair, 4);
}

#[test]
fn a_game_joined_midway_or_in_its_presale_is_closed_as_a_whole_and_the_next_one_is_open() {
    for join in [Kind::Step { tick: 5 }, Kind::Countdown { left_ms: 5_000 }] {
        let mut audience = Audience::outside(2);
        let first = audience.find(0, join);
        audience.connection(first, true);
        audience.take(first, &audience.show.payload(first, true));
        audience.play(first + 1..audience.end());
        assert_eq!(audience.steps(), [CONNECTED], "{join:?}");
        assert_eq!(audience.opened(), [Some(false), Some(true)], "{join:?}");
    }
}

#[test]
fn a_lost_connection_closes_until_a_clean_game_has_been_heard_after_it() {
    let mut audience = Audience::new(3);
    let lost = audience.find(0, Kind::Step { tick: 3 });
    audience.play(0..lost);
    assert!(audience.connection(lost, false).closed);
    assert_eq!(audience.listener.level(), FeedLevel::Offline);
    let back = lost + 2;
    assert!(audience.connection(back, true).closed);
    audience.take(back, &audience.show.payload(back, true));
    audience.play(back + 1..audience.end());
    let expected = [
        CONNECTED,
        (FeedLevel::Offline, LevelReason::Disconnected),
        (FeedLevel::Degraded, LevelReason::Reconnected),
        CLEAN,
    ];
    assert_eq!(audience.steps(), expected[..]);
    assert_eq!(audience.opened(), [None, Some(false), Some(true)]);
    let rug = audience.find(1, Kind::Rug);
    assert_eq!(audience.changes[3].at.as_ms(), audience.at(rug));
}

#[test]
fn a_lost_tick_closes_until_a_clean_game_has_been_heard_after_it() {
    let mut audience = Audience::new(3);
    let lost = audience.find(0, Kind::Step { tick: 3 });
    audience.play(0..lost);
    audience.play(lost + 1..audience.end());
    assert_eq!(audience.steps(), [CONNECTED, GAP, CLEAN]);
    assert_eq!(audience.opened(), [None, Some(false), Some(true)]);
    assert_eq!(audience.listener.integrity().reasons(), []);
}

#[test]
fn a_hole_lowers_the_level_when_it_is_noticed_and_not_when_it_is_filled() {
    let mut audience = Audience::new(2);
    let lost = audience.find(0, Kind::Step { tick: 1 });
    let after = lost + 6;
    audience.play(0..lost);
    let heard = audience.take(after, &audience.show.payload(after, false));
    assert_eq!((heard.closed, heard.facts.len()), (true, 0));
    assert_eq!(audience.listener.level(), FeedLevel::Degraded);
}

#[test]
fn a_rug_known_from_a_later_frame_only_is_a_gap() {
    let mut audience = Audience::new(2);
    let lost = audience.find(0, Kind::Rug);
    audience.play(0..lost);
    audience.play(lost + 1..audience.end());
    assert_eq!(audience.steps(), [CONNECTED, GAP, CLEAN]);
}

#[test]
fn silence_in_play_is_noticed_after_two_seconds_and_otherwise_after_ten() {
    let cases = [(Kind::Step { tick: 4 }, 2_000), (Kind::Countdown { left_ms: 12_000 }, 10_000)];
    for (kind, limit) in cases {
        let mut audience = Audience::new(1);
        let last = audience.find(0, kind);
        audience.play(0..last + 1);
        let at = audience.at(last);
        assert!(!audience.listener.pass(Moment::from_ms(at + limit)).closed, "{kind:?}");
        assert!(audience.listener.pass(Moment::from_ms(at + limit + 1)).closed, "{kind:?}");
        audience.listener.pass(Moment::from_ms(at + limit + 500));
        audience.gather();
        let stale = (FeedLevel::Degraded, LevelReason::Stale { silent_ms: limit + 1 });
        assert_eq!(audience.steps(), [CONNECTED, stale], "{kind:?}");
    }
}

#[test]
fn silence_is_noticed_by_the_frame_that_ends_it_and_chat_does_not_end_it() {
    let mut audience = Audience::new(1);
    let last = audience.find(0, Kind::Step { tick: 4 });
    audience.play(0..last + 1);
    let at = audience.at(last);
    audience.listener.take(Moment::from_ms(at + 1_500), "newChatMessage", "{}");
    let next = audience.show.payload(last + 1, false);
    let heard = audience.listener.take(Moment::from_ms(at + 2_500), "gameStateUpdate", &next);
    assert!(heard.closed && heard.facts.len() == 1);
}

#[test]
fn a_void_game_closes_until_a_clean_game_has_been_heard() {
    let mut audience = Audience::new(3);
    let (lost, back) = (
        audience.find(0, Kind::Step { tick: 5 }),
        audience.find(1, Kind::Countdown { left_ms: 14_500 }),
    );
    audience.play(0..lost);
    // No silence: the frames in between come, of nothing that is known.
    for frame in lost..back {
        audience.listener.take(
            Moment::from_ms(audience.at(frame)),
            "gameStateUpdate",
            &audience.show.payload(0, false),
        );
    }
    audience.play(back..audience.end());
    let abnormal = (FeedLevel::Degraded, LevelReason::AbnormalEnd);
    assert_eq!(audience.steps(), [CONNECTED, abnormal, CLEAN]);
    assert_eq!(audience.opened()[1..], [Some(false), Some(true)]);
}

#[test]
fn one_conflicting_price_is_enough() {
    let mut audience = Audience::new(2);
    let step = audience.find(0, Kind::Step { tick: 5 });
    audience.play(0..step);
    let known = audience.show.games[2].prices[4].to_string();
    let payload = audience.show.payload(step - 1, false).replace(&known, "1.23456");
    assert!(audience.take(step - 1, &payload).closed);
    audience.play(step..audience.end());
    let suspect = (FeedLevel::Degraded, LevelReason::Suspect { kind: "conflict" });
    assert_eq!(audience.steps(), [CONNECTED, suspect, CLEAN]);
}

#[test]
fn errors_lower_the_level_twice_and_a_clean_game_after_them_raises_it() {
    let mut audience = Audience::new(6);
    let opening = audience.find(0, Kind::Opening);
    audience.play(0..opening);
    let thresholds = Thresholds::default();
    for error in 1..=thresholds.errors_minimal {
        let heard = audience.take(opening, "garbage");
        assert_eq!(heard.closed, error >= thresholds.errors_degraded, "{error}");
    }
    assert_eq!(audience.listener.level(), FeedLevel::Minimal);
    audience.play(opening..audience.end());
    let kinds: Vec<_> = audience.changes.iter().map(|change| (change.from, change.to)).collect();
    let expected = [
        (FeedLevel::Offline, FeedLevel::Normal),
        (FeedLevel::Normal, FeedLevel::Degraded),
        (FeedLevel::Degraded, FeedLevel::Minimal),
        (FeedLevel::Minimal, FeedLevel::Degraded),
        (FeedLevel::Degraded, FeedLevel::Normal),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(audience.changes[3].reason, LevelReason::Quiet);
    assert_eq!(audience.changes[4].reason, LevelReason::CleanGame);
    assert_eq!(audience.opened()[5], Some(true));
}

#[test]
fn few_errors_in_a_long_time_change_nothing() {
    let mut audience = Audience::new(3);
    for frame in 0..audience.end() {
        if frame % 40 == 0 {
            audience.take(frame, "garbage");
        }
        audience.play(frame..frame + 1);
    }
    assert_eq!(audience.steps(), [CONNECTED]);
}

#[test]
fn a_change_is_written_with_its_moment_and_its_reason() {
    let reason = LevelReason::Stale { silent_ms: 2_001 };
    let change = LevelChange {
        at: Moment::from_ms(7),
        from: FeedLevel::Normal,
        to: FeedLevel::Degraded,
        reason,
    };
    let line = serde_json::to_string(&change).unwrap();
    let expected = r#"{"at":7,"from":"normal","to":"degraded","reason":"stale","silent_ms":2001}"#;
    assert_eq!(line, expected);
}
