//! What became of an order, as it is told: on the terminal, as JSON, and to the command that
//! notifies.

use std::fmt;

use serde::Serialize;

use super::line::{held, word};
use crate::engine::venue::execution::{Execution, OrderRequest, OrderStatus};
use crate::model::ids::GameId;
use crate::model::order::{Action, Fill};
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderFact {
    /// The number of the order in its session.
    pub order: u64,
    /// The bot that decided it.
    pub bot: String,
    /// The game that it was for.
    pub game: GameId,
    /// The tick at which it was decided.
    pub decided_tick: Tick,
    /// `buy`, `sell` or `sidebet`.
    pub action: &'static str,
    /// What was ordered, in words.
    pub ordered: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: OrderOutcome,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum OrderOutcome {
    /// It was executed, as confirmed.
    Filled {
        /// The quantity bought or sold; absent of a sidebet.
        #[serde(skip_serializing_if = "Option::is_none")]
        quantity: Option<Sol>,
        /// What was paid, received or wagered, in SOL.
        amount: Sol,
        /// The price of its execution.
        price: f64,
        /// The tick of its execution.
        tick: Tick,
    },
    /// It was not, and will not be.
    Refused {
        /// Why it was refused.
        why: String,
    },
    /// Nobody knows whether it was executed.
    Unknown {
        /// What is known of it.
        why: String,
    },
}

impl OrderFact {
    /// What became of an order; `None` of one that was only shown.
    #[must_use]
    pub fn of(bot: &str, request: &OrderRequest, status: &OrderStatus) -> Option<Self> {
        let outcome = match status {
            OrderStatus::Filled(Execution { fill, tick, price, .. }) => {
                let (quantity, amount) = amounts(*fill);
                OrderOutcome::Filled { quantity, amount, price: price.get(), tick: *tick }
            }
            OrderStatus::Shown => return None,
            OrderStatus::Rejected(why) => OrderOutcome::Refused { why: why.clone() },
            OrderStatus::Unknown(why) => OrderOutcome::Unknown { why: why.clone() },
        };
        let OrderRequest { id, action, game, tick } = *request;
        Some(Self {
            order: id.get(),
            bot: bot.to_owned(),
            game,
            decided_tick: tick,
            action: word(action),
            ordered: ordered(action),
            outcome,
        })
    }

    /// Whether it was executed.
    #[must_use]
    pub const fn is_filled(&self) -> bool {
        matches!(self.outcome, OrderOutcome::Filled { .. })
    }
}

/// What was traded, where anything was, and for how much.
pub(super) fn amounts(fill: Fill) -> (Option<Sol>, Sol) {
    match fill {
        Fill::Bought { stake, quantity } => (Some(held(quantity)), stake),
        Fill::Sold { quantity, proceeds } => (Some(held(quantity)), proceeds),
        Fill::Placed { stake } => (None, stake),
    }
}

/// What was ordered, with its unit.
pub(super) fn ordered(action: Action) -> String {
    match action {
        Action::Sell { .. } => action.to_string(),
        Action::Buy { .. } | Action::Sidebet { .. } => format!("{action} SOL"),
    }
}

impl fmt::Display for OrderFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { order, game, ordered, outcome, .. } = self;
        write!(f, "order {order} ({ordered}) in game {game}: ")?;
        match outcome {
            OrderOutcome::Filled { quantity, amount, price, tick } => {
                write!(f, "filled at tick {tick} and {price}x: {amount} SOL")?;
                quantity.map_or(Ok(()), |quantity| write!(f, ", quantity {quantity}"))
            }
            OrderOutcome::Refused { why } => write!(f, "refused: {why}"),
            OrderOutcome::Unknown { why } => write!(f, "UNKNOWN: {why}"),
        }
    }
}
