//! What to do in the page, and what became of it.

use std::time::Instant;

use serde::Serialize;

use crate::model::ids::GameId;
use crate::model::order::{Action, Fill};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// An order to be carried out by clicking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderRequest {
    /// Its number, never used twice in a session.
    pub id: u64,
    /// What the bot wants to do.
    pub action: Action,
    /// The game that it was decided in: in another one it must not be done.
    pub game: GameId,
    /// The tick at which it was decided.
    pub tick: Tick,
    /// When it was decided, to measure from.
    pub decided: Instant,
    /// The button must be pressed before, or not at all.
    pub deadline: Instant,
}

/// What the browser says to the world.
#[derive(Debug, Clone, PartialEq)]
pub enum ExecutionReport {
    /// An order request was done, as the site confirmed.
    Done {
        /// The number of the order.
        id: u64,
        /// What the site made of it.
        fill: Fill,
        /// The tick of its execution.
        tick: Tick,
        /// The price of its execution.
        price: Price,
        /// When each step was taken.
        timing: Timing,
    },
    /// Nothing was clicked: the page shows what would have been.
    Shown {
        /// The number of the order.
        id: u64,
    },
    /// An order request was certainly not done.
    Refused {
        /// The number of the order.
        id: u64,
        /// Why it was refused, in words.
        why: String,
    },
    /// The button of an order request was pressed, and nobody knows what became of it. It is not
    /// pressed again; the account says later what happened.
    Unknown {
        /// The number of the order.
        id: u64,
        /// Why the outcome is unknown, in words.
        why: String,
    },
    /// The site said how the account stands.
    Account(AccountSnapshot),
}

/// The account as the site says it (`playerUpdate`, docs/spec/protocol.md#own-account).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountSnapshot {
    /// Cash that can be spent, in SOL.
    pub cash: Sol,
    /// Quantity of the open position; zero without one.
    pub quantity: Quantity,
    /// When the message arrived.
    pub came: Instant,
}

/// Microseconds from the decision to each step; absent where it was not reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// To the beginning of the work.
    pub begun_us: u64,
    /// To the read-back of the amount or portion.
    pub set_us: Option<u64>,
    /// To the click on the button.
    pub clicked_us: Option<u64>,
    /// To the confirmation by the site.
    pub confirmed_us: Option<u64>,
}
