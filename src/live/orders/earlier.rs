//! The orders of earlier sessions, read from their journal: each done, refused or unknown; and what
//! the account says of those that are unknown. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::line::{Head, Holdings, Learned, Line, OrderLine, VERSION};
use crate::engine::venue::execution::AccountSnapshot;
use crate::model::order::Portion;
use crate::model::rounding::part_of;
use crate::model::sol::Sol;

/// Billionths by which a sale may differ from the portion of what was held
/// (docs/spec/provably-fair.md#rounding-of-real-trades).
const FLOORED: u128 = 3;

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "snake_case")]
pub enum Outcome {
    /// It was executed, as far as is known.
    Done(String),
    /// It was not, and will not be.
    Refused(String),
    /// Nobody knows whether it was.
    Unknown(String),
}

/// An order of an earlier session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierOrder {
    /// The session that sent it.
    pub session: u32,
    /// Its number in that session.
    pub order: u64,
    /// The bot that decided it.
    pub bot: String,
    /// The game that it was for.
    pub game: String,
    /// The tick at which it was decided.
    pub tick: u32,
    /// `buy`, `sell` or `sidebet`.
    pub action: String,
    /// The stake of a buy or a sidebet, in SOL.
    pub stake: Option<Sol>,
    /// The portion that was to be sold, in basis points.
    pub basis_points: Option<u16>,
    /// The account before it, as it was last stated.
    pub before: Option<Holdings>,
    /// Whether its button was about to be pressed.
    pub clicked: bool,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl fmt::Display for EarlierOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, order, action, game, tick, .. } = self;
        write!(f, "session {session}, order {order}: {action}")?;
        if let Some(stake) = self.stake {
            write!(f, " {stake} SOL")?;
        }
        if let Some(portion) = self.basis_points.and_then(Portion::from_basis_points) {
            write!(f, " {portion}")?;
        }
        write!(f, " at tick {tick} of game {game}: ")?;
        match &self.outcome {
            Outcome::Done(how) => write!(f, "done: {how}"),
            Outcome::Refused(why) => write!(f, "refused: {why}"),
            Outcome::Unknown(why) => write!(f, "UNKNOWN: {why}"),
        }
    }
}

/// All that a journal says of earlier sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierOrders {
    heads: Vec<Head>,
    /// The orders, in the order in which they were sent.
    pub orders: Vec<EarlierOrder>,
}

impl EarlierOrders {
    /// Reads a journal, and says how many of its bytes are whole lines: what comes after them was
    /// cut off when its writer was killed.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(bytes: &[u8]) -> Result<(Self, usize), String> {
        let (mut earlier, mut whole) = (Self::default(), 0);
        let mut steps = BTreeMap::<(u32, u64), Steps>::new();
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((at, line)) = lines.next() {
            let (number, is_last) = (at + 1, lines.peek().is_none());
            if !line.ends_with(b"\n") {
                break;
            }
            match serde_json::from_slice::<Line>(line) {
                Ok(Line::Head(head)) if head.orders > VERSION => {
                    return Err(format!("line {number} was written by a later version"));
                }
                Ok(Line::Head(head)) => earlier.heads.push(head),
                Ok(Line::Order(_)) if earlier.heads.is_empty() => {
                    return Err("its first line is not the head of a session".to_owned());
                }
                Ok(Line::Order(line)) => {
                    let OrderLine { session, order, learned, .. } = line;
                    steps.entry((session, order)).or_default().take(learned);
                }
                // A power cut may leave a last line that is as long as it should be.
                Err(_) if is_last => break,
                Err(error) => return Err(format!("line {number} is damaged: {error}")),
            }
            whole += line.len();
        }
        earlier.orders = steps.into_iter().map(|(id, steps)| steps.order(id)).collect();
        Ok((earlier, whole))
    }

    /// The number of the session that comes next.
    #[must_use]
    pub fn next_session(&self) -> u32 {
        self.heads.iter().map(|head| head.session).max().unwrap_or_default().saturating_add(1)
    }

    /// The process that wrote last; `None` where nothing was written.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.heads.last().map(|head| head.process)
    }

    /// How many orders are done, refused and unknown.
    #[must_use]
    pub fn counts(&self) -> [usize; 3] {
        let count = |is: fn(&Outcome) -> bool| {
            self.orders.iter().filter(|order| is(&order.outcome)).count()
        };
        [
            count(|outcome| matches!(outcome, Outcome::Done(_))),
            count(|outcome| matches!(outcome, Outcome::Refused(_))),
            count(|outcome| matches!(outcome, Outcome::Unknown(_))),
        ]
    }

    /// Settles what is unknown by the account, as far as it can be: the orders that are settled,
    /// each with what it comes to. Goes back from the last order as long as nothing changed the
    /// account after the one that is looked at.
    pub fn settle(&mut self, account: &AccountSnapshot) -> Vec<(EarlierOrder, Settlement)> {
        let mut settled = Vec::new();
        for order in self.orders.iter_mut().rev() {
            match &order.outcome {
                Outcome::Refused(_) => {}
                Outcome::Done(_) => break,
                Outcome::Unknown(_) => {
                    let settlement = settle(order, account);
                    order.outcome = match settlement.clone() {
                        Settlement::Done(why) => Outcome::Done(why),
                        Settlement::NotDone(why) => Outcome::Refused(why),
                        Settlement::Open(why) => Outcome::Unknown(why),
                    };
                    let is_over = !matches!(settlement, Settlement::NotDone(_));
                    settled.push((order.clone(), settlement));
                    if is_over {
                        break;
                    }
                }
            }
        }
        settled.reverse();
        settled
    }
}

/// What an account says of an order whose outcome was unknown, and what that follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It was executed after all.
    Done(String),
    /// It was not executed.
    NotDone(String),
    /// The account does not tell.
    Open(String),
}

impl Settlement {
    /// The line that notes it, found out by a session.
    #[must_use]
    pub fn line(&self, by: u32) -> Learned {
        let (outcome, why) = match self {
            Self::Done(why) => ("done", why),
            Self::NotDone(why) => ("not_done", why),
            Self::Open(why) => ("unknown", why),
        };
        Learned::Settled { outcome: outcome.to_owned(), why: why.clone(), by }
    }
}

/// What an account says of the last order that may have changed it: nothing where it is as before,
/// done where it is exactly as the order makes it.
#[must_use]
pub fn settle(order: &EarlierOrder, account: &AccountSnapshot) -> Settlement {
    let now = Holdings::from(*account);
    let Some(before) = &order.before else {
        return Settlement::Open("the account before it was not known".to_owned());
    };
    if now == *before {
        return Settlement::NotDone("the account is as it was before it".to_owned());
    }
    let Holdings { cash, held } = now.clone();
    let paid = before.cash.minus(cash).ok();
    match (&*order.action, order.stake, order.basis_points) {
        ("buy", Some(stake), _) if paid == Some(stake) && held > before.held => {
            let bought = held.minus(before.held).unwrap_or_default();
            Settlement::Done(format!("the account has {bought} more, and {stake} SOL less"))
        }
        ("sidebet", Some(stake), _) if paid == Some(stake) && held == before.held => {
            Settlement::Done(format!("the account has {stake} SOL less"))
        }
        // A rug ends a position, too.
        ("sell", _, Some(points)) if points < Portion::ALL.basis_points() && cash > before.cash => {
            let portion = Portion::from_basis_points(points).unwrap_or(Portion::ALL);
            let (was, is) = (before.quantity(), now.quantity());
            let wanted = was.less(part_of(was, portion));
            if is.billionths().abs_diff(wanted.billionths()) <= FLOORED {
                let gained = cash.minus(before.cash).unwrap_or_default();
                Settlement::Done(format!("{held} is left, and the account has {gained} SOL more"))
            } else {
                open(before, &now)
            }
        }
        ("sell", ..) if held == Sol::ZERO && cash > before.cash => {
            let gained = cash.minus(before.cash).unwrap_or_default();
            Settlement::Open(format!(
                "the position is gone for {gained} SOL: sold, or lost in the rug; nothing is held"
            ))
        }
        _ => open(before, &now),
    }
}

fn open(before: &Holdings, now: &Holdings) -> Settlement {
    Settlement::Open(format!(
        "the account had {} SOL and held {}; now it has {} SOL and holds {}, which is neither",
        before.cash, before.held, now.cash, now.held
    ))
}

/// What was learned of an order, put together.
#[derive(Debug, Default)]
struct Steps {
    sent: Option<Learned>,
    clicked: Option<Holdings>,
    accepted: bool,
    effect: Option<Learned>,
    outcome: Option<Outcome>,
}

impl Steps {
    fn take(&mut self, learned: Learned) {
        match learned {
            Learned::Sent { .. } => self.sent = Some(learned),
            Learned::Click { before, .. } => self.clicked = Some(before),
            Learned::Effect { .. } => self.effect = Some(learned),
            Learned::Acknowledged { accepted: true, .. } => self.accepted = true,
            Learned::Acknowledged { accepted: false, why } => {
                let why = why.unwrap_or_else(|| "no reason was given".to_owned());
                self.outcome = Some(Outcome::Refused(format!("the site refused: {why}")));
            }
            Learned::Filled { amount, price, tick, .. } => {
                let how = format!("{amount} SOL at tick {tick} and {price}x");
                self.outcome = Some(Outcome::Done(how));
            }
            Learned::Refused { why } => self.outcome = Some(Outcome::Refused(why)),
            Learned::Unknown { why } => self.outcome = Some(Outcome::Unknown(why)),
            Learned::Settled { outcome, why, .. } => {
                self.outcome = Some(match &*outcome {
                    "done" => Outcome::Done(why),
                    "not_done" => Outcome::Refused(why),
                    _ => Outcome::Unknown(why),
                });
            }
            Learned::Set { .. } | Learned::Asked | Learned::Stated { .. } => {}
        }
    }

    fn order(self, (session, order): (u32, u64)) -> EarlierOrder {
        let outcome = self.outcome();
        let Self { sent, clicked, .. } = self;
        let mut known = EarlierOrder {
            session,
            order,
            bot: String::new(),
            game: String::new(),
            tick: 0,
            action: "order".to_owned(),
            stake: None,
            basis_points: None,
            before: None,
            clicked: clicked.is_some(),
            outcome,
        };
        if let Some(Learned::Sent { bot, game, tick, action, stake, basis_points, before }) = sent {
            known = EarlierOrder { bot, game, tick, action, stake, basis_points, before, ..known };
        }
        known.before = clicked.or(known.before);
        known
    }

    fn outcome(&self) -> Outcome {
        if let Some(outcome) = &self.outcome {
            return outcome.clone();
        }
        // An acknowledgement and the trade that the site told: that is how it is known otherwise.
        if let (true, Some(Learned::Effect { action, amount, price, tick, game, .. })) =
            (self.accepted, &self.effect)
            && let Some(Learned::Sent { action: ordered, stake, game: wanted, .. }) = &self.sent
            && action == ordered
            && stake.is_none_or(|stake| stake == *amount)
            && game.as_ref().is_none_or(|game| game == wanted)
        {
            let at = price.map_or_else(String::new, |price| format!(" and {price}x"));
            return Outcome::Done(format!("{amount} SOL at tick {tick}{at}"));
        }
        let what = match (&self.clicked, self.accepted) {
            (_, true) => "the site accepted it",
            (Some(_), false) => "its button was to be pressed",
            (None, false) => "it was sent, and perhaps pressed",
        };
        Outcome::Unknown(format!("{what}, and the session ended before more was learned"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::quantity::Quantity;
    use crate::model::time::Stamp;

    fn snapshot(cash: i64, held: u128) -> AccountSnapshot {
        let quantity = Quantity::from_billionths(held * 1_000_000).unwrap();
        AccountSnapshot { cash: Sol::milli(cash), quantity, arrived: Stamp::default() }
    }

    fn order(action: &str, (stake, points): (Option<i64>, Option<u16>)) -> EarlierOrder {
        EarlierOrder {
            session: 1,
            order: 1,
            bot: "a".to_owned(),
            game: "g".to_owned(),
            tick: 3,
            action: action.to_owned(),
            stake: stake.map(Sol::milli),
            basis_points: points,
            before: Some(Holdings::from(snapshot(1_000, 100))),
            clicked: true,
            outcome: Outcome::Unknown(String::new()),
        }
    }

    #[test]
    fn an_account_as_before_says_not_done_and_one_as_ordered_says_done() {
        let buy = order("buy", (Some(10), None));
        assert!(matches!(settle(&buy, &snapshot(1_000, 100)), Settlement::NotDone(_)));
        assert!(matches!(settle(&buy, &snapshot(990, 110)), Settlement::Done(_)));
        // Another amount, or nothing for it, is not what was ordered.
        assert!(matches!(settle(&buy, &snapshot(900, 110)), Settlement::Open(_)));
        assert!(matches!(settle(&buy, &snapshot(990, 100)), Settlement::Open(_)));
        let half = order("sell", (None, Some(5_000)));
        assert!(matches!(settle(&half, &snapshot(1_060, 50)), Settlement::Done(_)));
        assert!(matches!(settle(&half, &snapshot(1_060, 60)), Settlement::Open(_)));
        let bet = order("sidebet", (Some(10), None));
        assert!(matches!(settle(&bet, &snapshot(990, 100)), Settlement::Done(_)));
        assert!(matches!(settle(&bet, &snapshot(1_030, 100)), Settlement::Open(_)));
    }

    #[test]
    fn a_position_that_is_gone_may_be_the_rugs_and_an_account_that_was_not_stated_proves_nothing() {
        let all = order("sell", (None, Some(10_000)));
        let Settlement::Open(why) = settle(&all, &snapshot(1_001, 0)) else { panic!() };
        assert!(why.contains("nothing is held"), "{why}");
        let unstated = EarlierOrder { before: None, ..all };
        assert!(matches!(settle(&unstated, &snapshot(1_000, 100)), Settlement::Open(_)));
    }

    #[test]
    fn the_account_settles_the_last_orders_and_none_before_one_that_was_done() {
        let unknown = |number| EarlierOrder { order: number, ..order("buy", (Some(10), None)) };
        let done = EarlierOrder { outcome: Outcome::Done(String::new()), ..unknown(2) };
        let refused = EarlierOrder { outcome: Outcome::Refused(String::new()), ..unknown(4) };
        let orders = vec![unknown(1), done, unknown(3), refused, unknown(5)];
        let mut earlier = EarlierOrders { heads: Vec::new(), orders };
        let settled = earlier.settle(&snapshot(1_000, 100));
        let numbers: Vec<_> = settled.iter().map(|(order, _)| order.order).collect();
        assert_eq!(numbers, [3, 5]);
        assert_eq!(earlier.counts(), [1, 3, 1]);
    }
}
