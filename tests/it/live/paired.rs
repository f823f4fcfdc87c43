//! A trade and a sidebet of one tick where a site executes them: the sidebet waits for what becomes of the
//! trade.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crossbeam_channel::unbounded;
use replayer::engine;
use replayer::engine::inbox::Inbox;
use replayer::engine::journal::GameRecord;
use replayer::engine::testing::{TestTable, at, tape};
use replayer::engine::venue::execution::{
    Execution, ExecutionReport, OrderRequest, OrderStatus, Timing, VenueEvent,
};
use replayer::engine::venue::remote::{Drift, RemoteVenue};
use replayer::model::order::{Action, Fill, Rejection};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::quote::Tick;
use replayer::model::rounding::quantity_bought;
use replayer::model::time::Stamp;

use crate::determinism::live::heard;
use crate::words::{buy, sidebet};

/// All prices are 1 but the rug's.
const PRICES: [f64; 12] = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.01];
const RUG: Tick = 11;

/// What becomes of buys; sidebets are placed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Done,
    NotDone,
    Unknown,
}

/// Says what became of an order when it was asked so often.
struct Slow {
    fate: Fate,
    polls: u32,
    /// Each answer, and how often it is still asked for in vain.
    said: VecDeque<(u32, VenueEvent)>,
    sent: Arc<Mutex<Vec<(Tick, Action)>>>,
}

impl RemoteVenue for Slow {
    fn send(&mut self, request: OrderRequest) -> bool {
        let OrderRequest { id, action, tick, .. } = request;
        assert!(self.said.is_empty(), "one order at a time");
        self.sent.lock().unwrap().push((tick, action));
        let price = Price::ONE;
        let timing = Timing::default();
        let done = |fill| OrderStatus::Filled(Execution { fill, tick, price, timing });
        let status = match (action, self.fate) {
            (Action::Sidebet { stake }, _) => done(Fill::Placed { stake }),
            (_, Fate::NotDone) => OrderStatus::Rejected("it was not done".into()),
            (_, Fate::Unknown) => OrderStatus::Unknown("nobody knows".into()),
            (Action::Buy { stake }, Fate::Done) => {
                done(Fill::Bought { stake, quantity: quantity_bought(stake, price).unwrap() })
            }
            other => panic!("not in the script: {other:?}"),
        };
        let report = VenueEvent::Report(ExecutionReport { id, status });
        self.said.push_back((self.polls, report));
        true
    }

    fn receive(&mut self) -> Option<VenueEvent> {
        let (polls, _) = self.said.front_mut()?;
        if *polls > 0 {
            *polls -= 1;
            return None;
        }
        self.wait()
    }

    fn wait(&mut self) -> Option<VenueEvent> {
        self.said.pop_front().map(|(_, report)| report)
    }

    fn alarm(&mut self, drift: Drift) {
        panic!("{drift:?}")
    }
}

/// Buys and places a sidebet at tick 1; says what was sent, and what came of it.
fn play(fate: Fate, polls: u32) -> (Vec<(Tick, Action)>, GameRecord) {
    let table = TestTable::new().script("me", [at(1, sidebet("0.002")), at(1, buy("0.005"))]);
    let (sender, receiver) = unbounded();
    for message in heard(&tape("game", PRICES), 1) {
        sender.send((message, Stamp::default())).unwrap();
    }
    drop(sender);
    let (sink, finished) = unbounded();
    let sent = Arc::default();
    let site = Slow { fate, polls, said: VecDeque::new(), sent: Arc::clone(&sent) };
    let (inbox, site) = (Inbox::new(receiver, u64::MAX), Box::new(site));
    let mut app = engine::build_remote(table.parts().0, inbox, Box::new(sink), site);
    assert!(engine::run(&mut app, &|| false));
    let sent = sent.lock().unwrap().clone();
    (sent, finished.try_iter().next().unwrap())
}

/// What was booked and what was refused, each with its tick.
fn came_of(game: &GameRecord) -> (Vec<(Tick, PostingKind)>, Vec<(Tick, Rejection)>) {
    let booked = game.postings.iter().map(|(_, posting)| (posting.tick, posting.kind));
    let refused = game.rejections.iter().map(|(_, refused)| (refused.tick, refused.rejection));
    (booked.collect(), refused.collect())
}

#[test]
fn the_sidebet_is_sent_when_the_trade_was_done() {
    use PostingKind::{Buy, Liquidation, SidebetStake, SidebetWon};
    let (sent, game) = play(Fate::Done, 2);
    assert_eq!(sent, [(1, buy("0.005")), (4, sidebet("0.002"))]);
    let booked = vec![(1, Buy), (4, SidebetStake), (RUG, SidebetWon), (RUG, Liquidation)];
    assert_eq!(came_of(&game), (booked, Vec::new()));
}

#[test]
fn the_sidebet_is_sent_when_the_trade_was_not_done() {
    let (sent, game) = play(Fate::NotDone, 0);
    assert_eq!(sent, [(1, buy("0.005")), (2, sidebet("0.002"))]);
    let (booked, refused) = came_of(&game);
    assert_eq!(booked, [(2, PostingKind::SidebetStake), (RUG, PostingKind::SidebetWon)]);
    assert_eq!(refused, [(2, Rejection::NotDone)]);
}

#[test]
fn nothing_follows_a_trade_of_which_nobody_knows_what_became() {
    let (sent, game) = play(Fate::Unknown, 1);
    assert_eq!(sent, [(1, buy("0.005"))]);
    let refused = vec![(3, Rejection::Unconfirmed), (3, Rejection::NotDone)];
    assert_eq!(came_of(&game), (Vec::new(), refused));
}

#[test]
fn the_sidebet_comes_too_late_when_the_rug_comes_before_word_of_the_trade() {
    let (sent, game) = play(Fate::Done, 100);
    assert_eq!(sent, [(1, buy("0.005"))]);
    let (booked, refused) = came_of(&game);
    assert_eq!(booked, [(1, PostingKind::Buy), (RUG, PostingKind::Liquidation)]);
    assert_eq!(refused, [(RUG, Rejection::TooLate)]);
}
