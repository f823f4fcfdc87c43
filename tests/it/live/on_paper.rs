//! A session that is disarmed and goes on on paper: what the site executes no longer is filled here,
//! and what the site said of a refusal stands in the journal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crossbeam_channel::unbounded;
use replayer::engine;
use replayer::engine::inbox::Inbox;
use replayer::engine::testing::{TestTable, at, tape};
use replayer::engine::venue::execution::{
    AccountSnapshot, ExecutionReport, OrderRequest, OrderStatus, VenueEvent,
};
use replayer::engine::venue::remote::{Drift, RemoteVenue};
use replayer::model::posting::PostingKind;
use replayer::model::quantity::Quantity;
use replayer::model::quote::Tick;
use replayer::model::sol::Sol;
use replayer::model::time::Stamp;

use crate::determinism::live::heard;
use crate::words::{buy, sell};

/// Refuses its first order, and executes nothing from then on.
struct Disarmed {
    said: VecDeque<VenueEvent>,
    sent: Arc<Mutex<Vec<Tick>>>,
}

impl RemoteVenue for Disarmed {
    fn send(&mut self, request: OrderRequest) -> bool {
        self.sent.lock().unwrap().push(request.tick);
        let status = OrderStatus::Rejected("the site refused: \"no\"".to_owned());
        let account = AccountSnapshot {
            cash: Sol::milli(1),
            quantity: Quantity::ZERO,
            arrived: Stamp::default(),
        };
        self.said.push_back(VenueEvent::Report(ExecutionReport { id: request.id, status }));
        // On paper both accounts go their own ways.
        self.said.push_back(VenueEvent::Snapshot(account));
        true
    }

    fn receive(&mut self) -> Option<VenueEvent> {
        self.said.pop_front()
    }

    fn wait(&mut self) -> Option<VenueEvent> {
        self.said.pop_front()
    }

    fn is_off(&self) -> bool {
        !self.sent.lock().unwrap().is_empty()
    }

    fn alarm(&mut self, drift: Drift) {
        panic!("{drift:?}")
    }
}

#[test]
fn orders_are_filled_here_once_nothing_is_executed_there_and_a_refusal_says_what_was_said() {
    let prices = [1.0, 1.0, 1.0, 1.25, 1.25, 1.25, 1.5, 1.5, 0.01];
    let orders = [at(1, buy("0.005")), at(3, buy("0.005")), at(6, sell(100))];
    let table = TestTable::new().script("me", orders);
    let (sender, receiver) = unbounded();
    for message in heard(&tape("game", prices), 1) {
        sender.send((message, Stamp::default())).unwrap();
    }
    drop(sender);
    let (sink, finished) = unbounded();
    let sent = Arc::<Mutex<Vec<Tick>>>::default();
    let site = Box::new(Disarmed { said: VecDeque::new(), sent: Arc::clone(&sent) });
    let inbox = Inbox::new(receiver, u64::MAX);
    let mut app = engine::build_remote(table.parts().0, inbox, Box::new(sink), site);
    assert!(engine::run(&mut app, &|| false));
    let game = finished.try_iter().next().unwrap();
    assert_eq!(*sent.lock().unwrap(), [1]);
    let booked: Vec<_> = game
        .postings
        .iter()
        .map(|(_, posting)| (posting.tick, posting.kind, posting.price.get()))
        .collect();
    assert_eq!(booked, [(3, PostingKind::Buy, 1.25), (6, PostingKind::Sell, 1.5)]);
    let [(_, refused)] = &game.rejections[..] else { panic!("{:?}", game.rejections) };
    assert_eq!(refused.to_string(), "the site refused: \"no\"");
    assert_eq!(refused.rejection.code(), "not_done");
}
