//! A live table is a table like any other: what a feed tells of a game is played as its tape is.

use crossbeam_channel::unbounded;
use replayer::engine;
use replayer::engine::inbox::Inbox;
use replayer::engine::journal::GameRecord;
use replayer::engine::source::Playlist;
use replayer::engine::testing::TestTable;
use replayer::feed::{Fact, Heard};
use replayer::model::game::Frame;
use replayer::model::tape::Tape;
use replayer::model::time::{Moment, Stamp};

/// What a feed tells of a game, `at_once` steps in a message; closed steps late every second time, and
/// else in a message that is closed.
pub(crate) fn heard(tape: &Tape, at_once: usize) -> Vec<Heard> {
    let mut messages: Vec<Heard> = Vec::new();
    let mut begins = vec![Fact::Game { id: tape.id, seed_hash: None }];
    for step in 0..tape.steps() {
        let closed = tape.is_closed(step);
        let late = closed && step % 2 == 0;
        let tick = u32::try_from(step.saturating_sub(1)).unwrap();
        let fact = match tape.frame(step) {
            Frame::Presale => Fact::Presale { late },
            Frame::Price(price) => Fact::Tick { tick, price, late },
            Frame::Rug(price) => Fact::Rug { tick, price, late },
            Frame::Idle => unreachable!("a step of the game"),
        };
        let whole = closed && !late;
        begins.push(fact);
        match messages.last_mut() {
            Some(last) if last.closed == whole && last.facts.len() < at_once => {
                last.facts.append(&mut begins);
            }
            _ => messages.push(Heard {
                at: Moment::default(),
                closed: whole,
                facts: std::mem::take(&mut begins),
            }),
        }
    }
    if !tape.rugged {
        messages.push(Heard { at: Moment::default(), closed: false, facts: vec![Fact::Void] });
    }
    messages
}

/// Plays the games of a table as a feed would tell them.
pub(super) fn live(table: &TestTable, at_once: usize) -> Vec<GameRecord> {
    let (lineup, playlist) = table.parts();
    let (sender, receiver) = unbounded();
    let Playlist::Tapes(tapes) = &*playlist else { unreachable!("a table for tests") };
    for message in tapes.iter().flat_map(|tape| heard(tape, at_once)) {
        sender.send((message, Stamp::default())).unwrap();
    }
    drop(sender);
    let (sink, finished) = unbounded();
    let mut app = engine::build_live(lineup, Inbox::new(receiver, u64::MAX), Box::new(sink));
    assert!(engine::run(&mut app, &|| false));
    finished.try_iter().collect()
}
