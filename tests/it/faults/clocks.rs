//! The system's clock set forwards and backwards while a feed is heard and recorded.
//!
//! Only the moments of what is heard come from that clock; how long a decision, a click or a wait
//! takes is measured by the steady one, which nobody can set.

use replayer::feed::record::{Config, Recorder};
use replayer::feed::{Fact, FeedLevel, Heard, Listener};
use replayer::model::time::Moment;

use crate::feed::show::{Kind, Show};
use crate::record::{STARTED, config, load};

const HOUR: u64 = 3_600_000;
const CENTURY: u64 = 100 * 365 * 24 * HOUR;

/// What a clock says at a frame, by its number, and at a moment of a clock that nobody sets.
type Clock = fn(usize, u64) -> u64;

/// Clocks that are set in the midst of the second game, and one that is set at every frame.
const CLOCKS: [(&str, Clock); 5] = [
    ("an hour ahead", |frame, at| if frame < 120 { at } else { at + HOUR }),
    ("an hour back", |frame, at| if frame < 120 { at } else { at - HOUR }),
    ("to 1970", |frame, at| if frame < 120 { at } else { at - STARTED }),
    ("a century ahead", |frame, at| if frame < 120 { at } else { at + CENTURY }),
    ("to and fro", |frame, at| if frame % 2 == 0 { at } else { at - HOUR / 60 }),
];

/// What is heard of a show by a clock, and by whom.
fn listen(show: &Show, clock: Clock) -> (Listener, Vec<Heard>) {
    let mut listener = Listener::default();
    let at = |frame: usize| Moment::from_ms(clock(frame, STARTED + show.frames[frame].at));
    let mut heard = vec![listener.connection(at(0), true)];
    for frame in 0..show.frames.len() {
        heard.push(listener.take(at(frame), "gameStateUpdate", &show.payload(frame, frame == 0)));
        heard.push(listener.pass(at(frame)));
    }
    (listener, heard)
}

fn facts(heard: &[Heard]) -> Vec<&Fact> {
    heard.iter().flat_map(|heard| &heard.facts).collect()
}

#[test]
fn no_tick_is_lost_and_no_time_is_negative_whatever_the_clock_does() {
    // What must hold: the same facts as by a steady clock, times between zero and the jump, a feed
    // that is trusted again behind the next clean game, and a recording that reads back whole.
    let show = Show::new(11, 5, 60);
    let (_, steady) = listen(&show, |_, at| at);
    for (what, clock) in CLOCKS {
        let (listener, heard) = listen(&show, clock);
        assert_eq!(facts(&heard), facts(&steady), "{what}");
        let longest = listener.jitter().recent().max().unwrap();
        assert!(longest <= CENTURY * 1_000, "{what}: {longest} us");
        assert!(what == "to and fro" || listener.level() == FeedLevel::Normal, "{what}");

        let place = tempfile::tempdir().unwrap();
        let queue_messages = heard.len();
        let config = Config { queue_messages, part_games_max: 2, ..config(place.path()) };
        let mut recorder = Recorder::start(config).unwrap();
        heard.iter().for_each(|heard| recorder.record(heard).unwrap());
        let metrics = recorder.finish().unwrap();
        assert_eq!((metrics.lost, metrics.errors, metrics.lag_ms), (0, 0, 0), "{what}");
        let library = load(place.path());
        assert_eq!(library.games.len(), show.games.len() - show.past, "{what}");
        for played in &show.games[show.past..] {
            let game = library.games.iter().find(|game| game.id == played.id).unwrap();
            let prices: Vec<_> = game.prices.iter().map(|price| price.get()).collect();
            assert_eq!(prices, played.prices, "{what}: {}", played.id);
        }
    }
}

#[test]
fn errors_of_before_a_clock_was_set_back_are_forgotten_in_a_minute_as_all_others() {
    // What must hold: the minute in which errors count is one of the clock as it is now. Otherwise
    // nobody would be asked for as long as the clock was set back.
    let show = Show::new(11, 5, 60);
    let mut listener = Listener::default();
    let first = Moment::from_ms(STARTED + show.frames[0].at);
    listener.connection(first, true);
    for _ in 0..20 {
        listener.take(first, "gameStateUpdate", "garbage");
    }
    assert_eq!(listener.level(), FeedLevel::Minimal);
    for frame in 0..show.frames.len() {
        let at = Moment::from_ms(STARTED + show.frames[frame].at - HOUR);
        listener.take(at, "gameStateUpdate", &show.payload(frame, frame == 0));
    }
    assert_eq!(listener.level(), FeedLevel::Normal, "{:?}", listener.integrity().reasons());
}

#[test]
fn silence_is_noticed_in_its_time_also_behind_a_clock_that_was_set_back() {
    // What must hold: two seconds without a tick are two seconds of the clock as it is now.
    let show = Show::new(11, 1, 60);
    let mut listener = Listener::default();
    let in_play = |frame: &usize| show.frames[*frame].kind == Kind::Step { tick: 5 };
    let last = (0..show.frames.len()).find(in_play).unwrap();
    listener.connection(Moment::from_ms(STARTED + show.frames[0].at), true);
    for frame in 0..=last {
        let at = Moment::from_ms(STARTED + show.frames[frame].at);
        listener.take(at, "gameStateUpdate", &show.payload(frame, frame == 0));
    }
    assert_eq!(listener.level(), FeedLevel::Normal);
    let back = STARTED + show.frames[last].at - HOUR;
    for (later, level) in
        [(0, FeedLevel::Normal), (1_900, FeedLevel::Normal), (2_100, FeedLevel::Degraded)]
    {
        listener.pass(Moment::from_ms(back + later));
        assert_eq!(listener.level(), level, "{later} ms later");
    }
}
