//! What is open at the site: put together from fills, from what the site says of the account, and
//! from the game's price. Pure.

use std::fmt;

use serde::Serialize;

use super::fact::ordered;
use super::line::held;
use crate::engine::venue::execution::{AccountSnapshot, OrderId, OrderStatus};
use crate::model::ids::GameId;
use crate::model::order::{Action, Fill};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::{Phase, Tick};
use crate::model::rounding::{cost_of_part, proceeds};
use crate::model::sol::Sol;

/// Billionths by which what is held may differ from our fills: sales are floored lot by lot
/// (docs/spec/provably-fair.md#rounding-of-real-trades).
const FLOORED: u128 = 30;

/// Where the game is, as the world sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Market {
    /// The game that is on.
    pub game: GameId,
    /// The tick of that game.
    pub tick: Tick,
    /// The phase of that game.
    pub phase: Phase,
    /// The price of that game.
    pub price: Price,
    /// The stake of the sidebet that is open.
    pub sidebet: Option<Sol>,
}

/// Follows what is open.
#[derive(Debug, Clone, Default)]
pub struct Exposure {
    market: Option<Market>,
    /// What the site last said; `None` before it said anything.
    said: Option<(Sol, Quantity)>,
    /// What the site said is held when the last order was sent.
    before: Option<Quantity>,
    /// What is held by our fills, and what it cost.
    held: Quantity,
    cost: Sol,
    /// Orders that are on their way.
    underway: Vec<(OrderId, Action)>,
    /// Orders whose outcome nobody knows.
    unknown: Vec<(OrderId, Action)>,
}

impl Exposure {
    /// Notes where the game is. A rug ends every position and sidebet.
    pub fn look(&mut self, market: Market) {
        let before = self.market.replace(market);
        let is_next = before.is_some_and(|before| before.game != market.game);
        let is_rug = market.phase == Phase::Rugged
            && before.is_none_or(|before| is_next || before.phase != Phase::Rugged);
        if is_rug || is_next {
            (self.held, self.cost) = (Quantity::ZERO, Sol::ZERO);
        }
        if is_rug {
            // Where the rug was not seen, the site's word stands: it may be of the next game.
            self.said = self.said.map(|(cash, _)| (cash, Quantity::ZERO));
            self.unknown.clear();
        }
    }

    /// Notes what the site says of the account.
    pub const fn state(&mut self, account: &AccountSnapshot) {
        self.said = Some((account.cash, account.quantity));
    }

    /// Notes that an order is sent.
    pub fn send(&mut self, id: OrderId, action: Action) {
        self.before = self.said.map(|(_, held)| held);
        self.underway.push((id, action));
    }

    /// Notes what became of an order.
    pub fn finish(&mut self, id: OrderId, status: &OrderStatus) {
        let Some(at) = self.underway.iter().position(|(underway, _)| *underway == id) else {
            return;
        };
        let order = self.underway.remove(at);
        match status {
            OrderStatus::Filled(execution) => {
                self.book(execution.fill);
                self.foretell(execution.fill);
            }
            OrderStatus::Unknown(_) => self.unknown.push(order),
            OrderStatus::Shown | OrderStatus::Rejected(_) => {}
        }
    }

    /// Takes a fill into the account as the site said it, where the site has not said it since.
    fn foretell(&mut self, fill: Fill) {
        let Some((cash, held)) = self.said.filter(|(_, held)| Some(*held) == self.before) else {
            return;
        };
        self.said = match fill {
            Fill::Bought { stake, quantity } => {
                Some((cash.minus(stake).unwrap_or(cash), held.plus(quantity).unwrap_or(held)))
            }
            Fill::Sold { quantity, proceeds } => {
                Some((cash.plus(proceeds).unwrap_or(cash), held.less(quantity)))
            }
            Fill::Placed { .. } => return,
        };
    }

    fn book(&mut self, fill: Fill) {
        match fill {
            Fill::Bought { stake, quantity } => {
                self.held = self.held.plus(quantity).unwrap_or(self.held);
                self.cost = self.cost.plus(stake).unwrap_or(self.cost);
            }
            Fill::Sold { quantity, .. } => {
                // What is sold beyond what we bought has no cost.
                let ours = self.held.less(self.held.less(quantity));
                let sold = cost_of_part(self.cost, ours, self.held).unwrap_or(self.cost);
                self.cost = self.cost.minus(sold).unwrap_or_default();
                self.held = self.held.less(quantity);
            }
            Fill::Placed { .. } => {}
        }
    }

    /// Whether an order is on its way.
    #[must_use]
    pub const fn is_underway(&self) -> bool {
        !self.underway.is_empty()
    }

    /// Where the game is, as it was last seen.
    #[must_use]
    pub const fn market(&self) -> Option<Market> {
        self.market
    }

    /// What is open now.
    #[must_use]
    pub fn open(&self) -> OpenPosition {
        let quantity = self.said.map_or(self.held, |(_, quantity)| quantity);
        let is_ours = quantity.billionths().abs_diff(self.held.billionths()) <= FLOORED;
        let price = self.market.map(|market| market.price);
        // As if it were sold now.
        let worth = price.and_then(|price| proceeds(quantity, price).ok());
        let order = |&(id, action): &(OrderId, Action)| OpenOrder {
            order: id.get(),
            ordered: ordered(action),
        };
        let mut open = OpenPosition {
            game: self.market.map(|market| market.game),
            quantity: held(quantity),
            cost: is_ours.then_some(self.cost),
            price: price.map(Price::get),
            worth,
            sidebet: self.market.and_then(|market| market.sidebet),
            cash: self.said.map(|(cash, _)| cash),
            unknown: self.unknown.iter().chain(&self.underway).map(order).collect(),
            to_do: String::new(),
        };
        open.to_do = open.by_hand();
        open
    }
}

/// What is open at the site.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct OpenPosition {
    /// The game that is on; absent before the first.
    pub game: Option<GameId>,
    /// The quantity held, by the site's last word.
    pub quantity: Sol,
    /// What it cost, in SOL; absent where it is not what our fills come to.
    pub cost: Option<Sol>,
    /// The last price of the game.
    pub price: Option<f64>,
    /// What it is worth at the last price, in SOL.
    pub worth: Option<Sol>,
    /// The stake of the sidebet that is open, in SOL.
    pub sidebet: Option<Sol>,
    /// The account's cash, in SOL, by the site's last word.
    pub cash: Option<Sol>,
    /// Orders that may have been executed, and nobody knows.
    pub unknown: Vec<OpenOrder>,
    /// What is to be done by hand; empty where nothing is open.
    pub to_do: String,
}

/// An order whose outcome is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenOrder {
    /// The number of the order.
    pub order: u64,
    /// What was ordered, in words.
    pub ordered: String,
}

impl OpenPosition {
    /// Whether a position is held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.quantity.is_positive()
    }

    /// Whether anything is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_held() || self.sidebet.is_some() || !self.unknown.is_empty()
    }

    fn by_hand(&self) -> String {
        let mut steps = Vec::new();
        if !self.unknown.is_empty() {
            steps.push("look in the page whether the unknown orders were carried out");
        }
        if self.is_held() {
            steps.push("sell the position by hand (100 %, SELL): the next rug takes it otherwise");
        }
        if self.sidebet.is_some() {
            steps.push("the sidebet settles by itself");
        }
        steps.join("; ")
    }
}

impl fmt::Display for OpenPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_open() {
            return f.write_str("nothing is open");
        }
        f.write_str("OPEN: ")?;
        let mut between = "";
        if self.is_held() {
            write!(f, "quantity {}", self.quantity)?;
            match self.cost {
                Some(cost) => write!(f, ", cost {cost} SOL")?,
                None => f.write_str(", cost unknown")?,
            }
            if let (Some(worth), Some(price)) = (self.worth, self.price) {
                write!(f, ", worth {worth} SOL at {price}x")?;
            }
            between = "; ";
        }
        if let Some(stake) = self.sidebet {
            write!(f, "{between}a sidebet of {stake} SOL")?;
            between = "; ";
        }
        for OpenOrder { order, ordered } in &self.unknown {
            write!(f, "{between}order {order} ({ordered}), outcome unknown")?;
            between = "; ";
        }
        write!(f, ". By hand: {}", self.to_do)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::venue::execution::{Execution, Timing};
    use crate::model::time::Stamp;

    fn quantity(milli: u128) -> Quantity {
        Quantity::from_billionths(milli * 1_000_000).unwrap()
    }

    fn market(game: &str, phase: Phase, price: f64) -> Market {
        let (game, price) = (GameId::new(game).unwrap(), Price::new(price).unwrap());
        Market { game, tick: 7, phase, price, sidebet: None }
    }

    fn account(cash: i64, held: u128) -> AccountSnapshot {
        let quantity = quantity(held);
        AccountSnapshot { cash: Sol::milli(cash), quantity, arrived: Stamp::default() }
    }

    fn filled(fill: Fill) -> OrderStatus {
        let price = Price::new(2.0).unwrap();
        OrderStatus::Filled(Execution { fill, tick: 7, price, timing: Timing::default() })
    }

    const BUY: Action = Action::Buy { stake: Sol::milli(20) };

    /// Bought for 0.02 SOL at 2x.
    fn bought() -> Exposure {
        let mut exposure = Exposure::default();
        exposure.look(market("g", Phase::Active, 2.0));
        exposure.send(OrderId::new(1), BUY);
        // The site says so first.
        exposure.state(&account(980, 10));
        let fill = Fill::Bought { stake: Sol::milli(20), quantity: quantity(10) };
        exposure.finish(OrderId::new(1), &filled(fill));
        exposure
    }

    #[test]
    fn what_is_open_is_told_in_quantity_cost_worth_and_what_to_do() {
        let mut exposure = bought();
        exposure.look(market("g", Phase::Active, 3.0));
        let open = exposure.open();
        assert_eq!(open.cost, Some(Sol::milli(20)));
        assert_eq!(open.worth, Some(Sol::milli(30)));
        assert_eq!(
            open.to_string(),
            "OPEN: quantity 0.010000000, cost 0.020000000 SOL, worth 0.030000000 SOL at 3x. By \
             hand: sell the position by hand (100 %, SELL): the next rug takes it otherwise"
        );
        // Half of it was sold: half of the cost is left.
        exposure.send(OrderId::new(2), Action::SELL_ALL);
        let fill = Fill::Sold { quantity: quantity(5), proceeds: Sol::milli(15) };
        exposure.finish(OrderId::new(2), &filled(fill));
        exposure.state(&account(995, 5));
        assert_eq!(exposure.open().cost, Some(Sol::milli(10)));
        // What somebody else bought has a cost that we do not know.
        exposure.state(&account(900, 50));
        assert_eq!(exposure.open().cost, None);
    }

    #[test]
    fn a_fill_counts_before_the_site_says_how_the_account_stands() {
        let mut exposure = Exposure::default();
        exposure.look(market("g", Phase::Active, 2.0));
        exposure.state(&account(1_000, 0));
        exposure.send(OrderId::new(1), BUY);
        let fill = Fill::Bought { stake: Sol::milli(20), quantity: quantity(10) };
        exposure.finish(OrderId::new(1), &filled(fill));
        assert!(exposure.open().is_held());
        exposure.state(&account(980, 10));
        exposure.send(OrderId::new(2), Action::SELL_ALL);
        let fill = Fill::Sold { quantity: quantity(10), proceeds: Sol::milli(20) };
        exposure.finish(OrderId::new(2), &filled(fill));
        assert!(!exposure.open().is_held());
    }

    #[test]
    fn a_rug_leaves_nothing_open_and_an_unknown_order_is_open_until_then() {
        let mut exposure = bought();
        exposure.send(OrderId::new(2), Action::SELL_ALL);
        assert!(exposure.is_underway() && exposure.open().unknown.len() == 1);
        exposure.finish(OrderId::new(2), &OrderStatus::Unknown("no word".to_owned()));
        let said = exposure.open().to_string();
        assert!(said.contains("order 2 (sell 100%), outcome unknown"), "{said}");
        exposure.look(market("g", Phase::Rugged, 0.01));
        assert_eq!(exposure.open().to_string(), "nothing is open");
        // Bought again in the presale of the next game.
        exposure.state(&account(900, 10));
        exposure.look(market("h", Phase::Presale, 1.0));
        assert!(exposure.open().is_held());
    }
}
