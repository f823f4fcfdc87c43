//! Going back and forth in time rewinds trading state with the market.

use std::sync::Arc;

use replayer::engine::Lineup;
use replayer::engine::session::{SeekError, SessionPlace, SteppedSession};
use replayer::engine::source::Playlist;
use replayer::engine::strategy::Strategies;
use replayer::engine::testing::tape;
use replayer::model::ids::GameIndex;
use replayer::model::quote::Tick;
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;

use crate::words::one_of_each;

/// Three games of 4 to 60 ticks on which every strategy finds something to do.
fn playlist() -> Playlist {
    let wave = |ticks: u32, pace: f64| -> Vec<f64> {
        let mut prices: Vec<f64> =
            (0..ticks).map(|tick| 1.0 + (f64::from(tick) * pace).sin().abs() * 0.9).collect();
        prices[0] = 1.0;
        prices.push(0.02);
        prices
    };
    let tapes = [("first", 60, 0.35), ("second", 4, 0.9), ("third", 45, 0.5)];
    Playlist::Tapes(tapes.map(|(id, ticks, pace)| Arc::new(tape(id, wave(ticks, pace)))).into())
}

fn with_session(bankroll: Bankroll, body: impl Fn(&mut SteppedSession)) {
    let strategies = Strategies::standard();
    let setup = Setup { rules: Rules::observed(), bankroll, seed: 7 };
    let bots = one_of_each(&strategies);
    let lineup = Lineup { setup: &setup, bots: &bots, strategies: &strategies };
    body(&mut SteppedSession::new(lineup, playlist()));
}

fn place(game: u64, tick: Option<Tick>) -> SessionPlace {
    SessionPlace { game: GameIndex::after(game), tick }
}

fn digests(session: &SteppedSession) -> Vec<[u8; 32]> {
    session.records().values().map(|record| record.digest).collect()
}

fn straight_through(bankroll: Bankroll) -> Vec<[u8; 32]> {
    let out = std::cell::RefCell::new(Vec::new());
    with_session(bankroll, |session| {
        while session.step() {}
        *out.borrow_mut() = digests(session);
    });
    out.into_inner()
}

#[test]
fn wandering_back_and_forth_ends_with_the_digest_of_going_straight() {
    for bankroll in [Bankroll::PerGame(Sol::milli(100)), Bankroll::Compounding(Sol::milli(100))] {
        let expected = straight_through(bankroll);
        assert_eq!(expected.len(), 3);
        with_session(bankroll, |session| {
            for (game, tick) in
                [(0, Some(30)), (0, Some(3)), (2, Some(20)), (1, None), (0, Some(59))]
            {
                session.seek(place(game, tick)).unwrap();
                assert_eq!(session.position(), Some(place(game, tick)));
            }
            for _ in 0..40 {
                session.back().unwrap();
            }
            assert_eq!(session.position(), Some(place(0, Some(19))));
            while session.step() {}
            assert_eq!(digests(session), expected, "{bankroll:?}");
        });
    }
}

#[test]
fn back_from_a_presale_is_the_rug_of_the_game_before() {
    with_session(Bankroll::PerGame(Sol::milli(100)), |session| {
        session.seek(place(1, None)).unwrap();
        session.back().unwrap();
        assert_eq!(session.position(), Some(place(0, Some(60))));
        session.seek(place(0, None)).unwrap();
        assert_eq!(session.back(), Err(SeekError::Beginning));
    });
}

#[test]
fn what_is_not_there_cannot_be_sought() {
    with_session(Bankroll::PerGame(Sol::milli(100)), |session| {
        let beyond = session.seek(place(3, None));
        assert_eq!(beyond, Err(SeekError::NoSuchGame(GameIndex::after(3), 3)));
        let late = session.seek(place(1, Some(99)));
        assert_eq!(late, Err(SeekError::NoSuchTick(GameIndex::after(1), 4)));
        assert_eq!(session.position(), Some(place(1, Some(4))));
    });
}
