//! A position that was open before the session: its bot takes it over with what was paid for it, and
//! sells it as any other.

use std::collections::VecDeque;

use crossbeam_channel::unbounded;
use replayer::engine;
use replayer::engine::inbox::Inbox;
use replayer::engine::journal::GameRecord;
use replayer::engine::testing::{TestTable, at, tape};
use replayer::engine::venue::execution::{
    AccountSnapshot, Execution, ExecutionReport, OrderRequest, OrderStatus, Timing, VenueEvent,
};
use replayer::engine::venue::remote::{Drift, RemoteVenue, TakenOver, take_over};
use replayer::model::ids::GameId;
use replayer::model::order::{Action, Fill};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::quantity::Quantity;
use replayer::model::quote::Tick;
use replayer::model::rounding::proceeds;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::model::time::Stamp;

use crate::determinism::live::heard;

/// The price of a tick; the last tick is the rug's.
const PRICES: [f64; 8] = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 0.01];
const RUG: Tick = 7;

/// What is held, at 0.8x on average, beside cash of 0.1 SOL.
fn position(game: &str) -> TakenOver {
    let quantity = Quantity::from_billionths(50_000_000).unwrap();
    let (game, price) = (GameId::new(game).unwrap(), Price::new(0.8).unwrap());
    TakenOver { game, quantity, price, cost: Sol::milli(40) }
}

/// A site with that account: it tells it at the beginning and after the sale.
struct Holder {
    cash: Sol,
    held: Quantity,
    said: VecDeque<VenueEvent>,
}

impl Holder {
    fn new() -> Self {
        let mut site =
            Self { cash: Sol::milli(100), held: position("game").quantity, said: VecDeque::new() };
        site.tell();
        site
    }

    fn tell(&mut self) {
        let (cash, quantity, arrived) = (self.cash, self.held, Stamp::default());
        self.said.push_back(VenueEvent::Snapshot(AccountSnapshot { cash, quantity, arrived }));
    }
}

impl RemoteVenue for Holder {
    fn send(&mut self, request: OrderRequest) -> bool {
        assert_eq!(request.action, Action::SELL_ALL);
        let (tick, price) = (request.tick, Price::new(PRICES[request.tick as usize]).unwrap());
        let paid = proceeds(self.held, price).unwrap();
        let fill = Fill::Sold { quantity: self.held, proceeds: paid };
        (self.cash, self.held) = (self.cash.plus(paid).unwrap(), Quantity::ZERO);
        let execution = Execution { fill, tick, price, timing: Timing::default() };
        let status = OrderStatus::Filled(execution);
        self.said.push_back(VenueEvent::Report(ExecutionReport { id: request.id, status }));
        self.tell();
        true
    }

    fn receive(&mut self) -> Option<VenueEvent> {
        self.said.pop_front()
    }

    fn wait(&mut self) -> Option<VenueEvent> {
        self.receive()
    }

    fn alarm(&mut self, drift: Drift) {
        panic!("{drift:?}")
    }
}

/// Plays a game with a position taken over; sells at a tick, where one is given.
fn play(taken: TakenOver, sell: Option<Tick>) -> GameRecord {
    let bankroll = Bankroll::Compounding(Sol::milli(140));
    let script = sell.map(|tick| at(tick, Action::SELL_ALL));
    let table = TestTable::new().bankroll(bankroll).script("me", script);
    let (sender, receiver) = unbounded();
    for message in heard(&tape("game", PRICES), 1) {
        sender.send((message, Stamp::default())).unwrap();
    }
    drop(sender);
    let (sink, finished) = unbounded();
    let inbox = Inbox::new(receiver, u64::MAX);
    let site = Box::new(Holder::new());
    let mut app = engine::build_remote(table.parts().0, inbox, Box::new(sink), site);
    take_over(&mut app, taken);
    assert!(engine::run(&mut app, &|| false));
    finished.try_iter().next().unwrap()
}

fn booked(game: &GameRecord) -> Vec<(Tick, PostingKind, Quantity)> {
    let postings = game.postings.iter();
    postings.map(|(_, posting)| (posting.tick, posting.kind, posting.quantity)).collect()
}

#[test]
fn what_is_taken_over_is_booked_at_its_cost_before_the_first_tick_and_sold_as_any_other() {
    let held = position("game").quantity;
    let game = play(position("game"), Some(4));
    assert_eq!(booked(&game), [(0, PostingKind::Buy, held), (4, PostingKind::Sell, held)]);
    let bought = game.postings[0].1;
    assert_eq!((bought.price.get(), bought.delta), (0.8, Sol::milli(-40)));
    assert_eq!(bought.cash, Sol::milli(100));
    let back = proceeds(held, Price::new(1.4).unwrap()).unwrap();
    assert_eq!(game.rows[0].cash, Sol::milli(100).plus(back).unwrap());
}

#[test]
fn what_is_taken_over_and_held_is_liquidated_at_the_rug() {
    let held = position("game").quantity;
    let game = play(position("game"), None);
    assert_eq!(booked(&game), [(0, PostingKind::Buy, held), (RUG, PostingKind::Liquidation, held)]);
}
