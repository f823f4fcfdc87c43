//! A site that says of an order that it was done at a tick that the world has not heard of yet:
//! word of orders does not wait behind the feed.

use std::collections::VecDeque;

use crossbeam_channel::unbounded;
use replayer::engine;
use replayer::engine::inbox::Inbox;
use replayer::engine::journal::GameRecord;
use replayer::engine::testing::{TestTable, at, tape};
use replayer::engine::venue::execution::{
    Execution, ExecutionReport, OrderRequest, OrderStatus, Timing, VenueEvent,
};
use replayer::engine::venue::remote::{Drift, RemoteVenue};
use replayer::model::exit::Exit;
use replayer::model::order::{Action, Fill};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::quote::Tick;
use replayer::model::rounding::{proceeds, quantity_bought};
use replayer::model::sol::Sol;
use replayer::model::time::Stamp;

use crate::determinism::live::heard;

/// The price of a tick; the last tick is the rug's.
const PRICES: [f64; 12] = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 0.01];
const RUG: Tick = 11;
/// Why the script sells: the site is not told, and the postings say it.
const SOLD: Exit = Exit::TIME;

/// Does everything some ticks after the one at which it was sent, and says so at once.
struct Early {
    ticks: Tick,
    said: VecDeque<VenueEvent>,
    held: Option<Fill>,
}

impl RemoteVenue for Early {
    fn send(&mut self, request: OrderRequest) -> bool {
        let tick = request.tick + self.ticks;
        let price = Price::new(PRICES[tick.min(RUG - 1) as usize]).unwrap();
        let fill = match (request.action, self.held) {
            (Action::Buy { stake }, None) => {
                Fill::Bought { stake, quantity: quantity_bought(stake, price).unwrap() }
            }
            (Action::Sell { .. }, Some(Fill::Bought { quantity, .. })) => {
                Fill::Sold { quantity, proceeds: proceeds(quantity, price).unwrap() }
            }
            other => panic!("not in the script: {other:?}"),
        };
        self.held = Some(fill);
        let execution = Execution { fill, tick, price, timing: Timing::default() };
        let status = OrderStatus::Filled(execution);
        self.said.push_back(VenueEvent::Report(ExecutionReport { id: request.id, status }));
        true
    }

    fn receive(&mut self) -> Option<VenueEvent> {
        self.said.pop_front()
    }

    fn wait(&mut self) -> Option<VenueEvent> {
        panic!("what is known already is waited for")
    }

    fn alarm(&mut self, drift: Drift) {
        panic!("{drift:?}")
    }
}

/// Buys and sells at ticks of a game, with a site that is `ticks` ticks ahead.
fn play(buy: Tick, sell: Tick, ticks: Tick) -> GameRecord {
    let table = TestTable::new().script(
        "me",
        [at(buy, Action::Buy { stake: Sol::milli(5) }), at(sell, Action::sell_all(SOLD))],
    );
    let (sender, receiver) = unbounded();
    for message in heard(&tape("game", PRICES), 1) {
        sender.send((message, Stamp::default())).unwrap();
    }
    drop(sender);
    let (sink, finished) = unbounded();
    let site = Early { ticks, said: VecDeque::new(), held: None };
    let (inbox, site) = (Inbox::new(receiver, u64::MAX), Box::new(site));
    let mut app = engine::build_remote(table.parts().0, inbox, Box::new(sink), site);
    assert!(engine::run(&mut app, &|| false));
    finished.try_iter().next().unwrap()
}

/// What was booked, and at which ticks.
fn booked(game: &GameRecord) -> Vec<(Tick, PostingKind)> {
    game.postings.iter().map(|(_, posting)| (posting.tick, posting.kind)).collect()
}

#[test]
fn what_is_done_at_a_tick_to_come_is_booked_when_it_has_come() {
    let game = play(1, 5, 3);
    assert_eq!(booked(&game), [(4, PostingKind::Buy), (8, PostingKind::Sell)]);
    assert_eq!(game.postings[1].1.sale.map(|sale| sale.exit), Some(SOLD));
    assert_eq!(game.exits[0].reason, SOLD.reason());
    let quantity = quantity_bought(Sol::milli(5), Price::new(1.4).unwrap()).unwrap();
    let back = proceeds(quantity, Price::new(1.8).unwrap()).unwrap();
    assert_eq!(game.rows[0].cash, Sol::milli(95).plus(back).unwrap());
    // Marked as one that was told in time.
    assert_eq!(game.rows[0].tally.ticks_held, 4);
}

#[test]
fn what_is_said_to_be_done_behind_the_rug_is_booked_at_the_rug() {
    let game = play(1, 9, 3);
    assert_eq!(booked(&game), [(4, PostingKind::Buy), (RUG, PostingKind::Sell)]);
}
