//! What to do in the page, and what became of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
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

/// Whether anything may be clicked. Its clones are the same switch; off, it stays off: it takes a
/// person to start a new session.
#[derive(Debug, Clone, Default)]
pub struct ArmSwitch(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    off: AtomicBool,
    why: Mutex<Option<String>>,
}

impl ArmSwitch {
    /// A switch that is on.
    #[must_use]
    pub fn on() -> Self {
        Self::default()
    }

    /// Whether clicking is permitted. Asked before every single press.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.0.off.load(Ordering::SeqCst)
    }

    /// Forbids any further click, from any thread. The first reason is kept.
    pub fn disarm(&self, why: &str) {
        self.0.off.store(true, Ordering::SeqCst);
        let mut kept = self.0.why.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert_with(|| why.to_owned());
    }

    /// Why it is off.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        self.0.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_that_is_off_stays_off_and_keeps_its_first_reason() {
        let switch = ArmSwitch::on();
        let other = switch.clone();
        assert!(switch.is_on() && switch.why().is_none());
        other.disarm("a person said so");
        switch.disarm("the account drifted");
        assert!(!switch.is_on() && !other.is_on());
        assert_eq!(switch.why().as_deref(), Some("a person said so"));
    }
}
