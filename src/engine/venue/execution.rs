//! What the engine and a venue elsewhere tell each other: requests out, reports and account
//! snapshots back.

use std::fmt;

use crate::model::ids::GameId;
use crate::model::order::{Action, Fill};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Tick;
use crate::model::sol::Sol;
use crate::model::time::Stamp;

/// The number of an order request, never used twice in a session. The first is 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(u64);

impl OrderId {
    /// An id of this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of the order, from 1.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The id after this one; the one after [`OrderId::default`] is the first.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An order that a venue is to execute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderRequest {
    /// The id of the order, unique in a session.
    pub id: OrderId,
    /// What the bot wants to do.
    pub action: Action,
    /// The game that it was decided in: it must not be executed in another one.
    pub game: GameId,
    /// The tick at which it was decided.
    pub tick: Tick,
}

/// What a venue sends back.
#[derive(Debug, Clone, PartialEq)]
pub enum VenueEvent {
    /// What became of an order.
    Report(ExecutionReport),
    /// How the account stood.
    Account(AccountSnapshot),
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionReport {
    /// The id of its request.
    pub id: OrderId,
    /// What became of it.
    pub status: OrderStatus,
}

/// What became of an order, once nothing more is done about it.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderStatus {
    /// It was executed, as the venue confirmed.
    Filled(Execution),
    /// Nothing was sent: somebody was shown what would have been.
    Shown,
    /// It was certainly not executed, and will not be. The text says why.
    Rejected(String),
    /// It was sent, and nobody knows whether it was executed; the account will show it. The text
    /// says what is known.
    Unknown(String),
}

/// How an order was executed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Execution {
    /// What the venue made of it.
    pub fill: Fill,
    /// The tick of its execution.
    pub tick: Tick,
    /// The price of its execution.
    pub price: Price,
    /// When each step on the way was taken.
    pub timing: Timing,
}

/// Microseconds from the decision on an order to each step; absent where it was not reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

/// An account as its venue states it (`playerUpdate`, docs/spec/protocol.md#own-account).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountSnapshot {
    /// Cash that can be spent, in SOL.
    pub cash: Sol,
    /// Quantity of the open position; zero without one.
    pub quantity: Quantity,
    /// When it arrived, by the clock that stamps what the inbox takes.
    pub arrived: Stamp,
}
