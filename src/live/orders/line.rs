//! The lines of `orders.jsonl`: a head for each session, and what was learned of each order.
//!
//! The format is that of docs/how-to/live.md#orders-on-disk. Amounts are texts, as everywhere.

use serde::{Deserialize, Serialize};

use crate::engine::venue::execution::{AccountSnapshot, OrderRequest};
use crate::model::order::Action;
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;
use crate::model::time::Moment;

/// The version of the format.
pub const VERSION: u32 = 1;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// The beginning of a session.
    Head(Head),
    /// Something was learned of an order.
    Order(OrderLine),
}

/// The beginning of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the format.
    pub orders: u32,
    /// The number of the session in this file, from 1.
    pub session: u32,
    /// When the session began.
    pub at: Moment,
    /// The version of the program.
    pub replayer: String,
    /// The process that writes.
    pub process: u32,
}

/// What was learned of an order, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The session that sent the order.
    pub session: u32,
    /// The number of the order in that session, from 1.
    pub order: u64,
    /// When it was learned, by the wall clock.
    pub at: Moment,
    /// What was learned of it.
    #[serde(flatten)]
    pub learned: Learned,
}

/// An account as the site states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Cash that can be spent, in SOL.
    pub cash: Sol,
    /// The quantity held: an amount with nine decimals, like those of SOL.
    pub held: Sol,
}

impl Holdings {
    /// A quantity as it is written: with nine decimals.
    #[must_use]
    pub fn held(quantity: Quantity) -> Sol {
        held(quantity)
    }

    /// The quantity that is held.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        let billionths = u128::try_from(self.held.lamports()).unwrap_or_default();
        Quantity::from_billionths(billionths).unwrap_or_default()
    }
}

impl From<AccountSnapshot> for Holdings {
    fn from(AccountSnapshot { cash, quantity, .. }: AccountSnapshot) -> Self {
        Self { cash, held: held(quantity) }
    }
}

/// A quantity as it is written: with nine decimals.
pub(super) fn held(quantity: Quantity) -> Sol {
    let billionths = i128::try_from(quantity.billionths()).unwrap_or(i128::MAX);
    Sol::from_lamports(billionths).unwrap_or_default()
}

/// What is learned of an order, in the order in which it can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Learned {
    /// It was accepted, and is about to be set and clicked.
    Sent {
        /// The bot that decided it.
        bot: String,
        /// The game that it is for.
        game: String,
        /// The tick at which it was decided.
        tick: u32,
        /// `buy`, `sell` or `sidebet`.
        action: String,
        /// The stake of a buy or a sidebet, in SOL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stake: Option<Sol>,
        /// The portion that is sold, in basis points.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis_points: Option<u16>,
        /// The account before it, where the site had stated it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Holdings>,
    },
    /// The amount or the percentage is entered and was read back.
    Set {
        /// Microseconds from the decision.
        us: u64,
    },
    /// The button is about to be pressed.
    Click {
        /// Microseconds from the decision.
        us: u64,
        /// The account before it.
        before: Holdings,
    },
    /// The page sent it to the site.
    Asked,
    /// The site acknowledged it.
    Acknowledged {
        /// Whether the site accepted it.
        accepted: bool,
        /// Why not, in the site's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// The site told of a trade or a sidebet of ours.
    Effect {
        /// What was traded: `buy`, `sell` or `sidebet`.
        action: String,
        /// The quantity traded; absent of a sidebet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantity: Option<Sol>,
        /// What was paid, received or wagered, in SOL.
        amount: Sol,
        /// The price of the trade, where the site named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<f64>,
        /// The tick of the trade.
        tick: u32,
        /// The game, where the site named it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        game: Option<String>,
    },
    /// The site stated the account after the click.
    #[serde(rename = "account")]
    Stated {
        /// The account as it is now.
        after: Holdings,
    },
    /// It was executed, as confirmed.
    Filled {
        /// The quantity bought or sold; absent of a sidebet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantity: Option<Sol>,
        /// What was paid, received or wagered, in SOL.
        amount: Sol,
        /// The price of its execution.
        price: f64,
        /// The tick of its execution.
        tick: u32,
        /// Microseconds from the decision to the click.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clicked_us: Option<u64>,
        /// Microseconds from the decision to its confirmation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed_us: Option<u64>,
    },
    /// It was not executed, and will not be.
    Refused {
        /// Why it was refused.
        why: String,
    },
    /// Its button was pressed, and nobody knows whether it was executed.
    Unknown {
        /// What is known of it.
        why: String,
    },
    /// A later session found out from the account what had become of it, or that it cannot.
    Settled {
        /// `done`, `not_done` or `unknown`.
        outcome: String,
        /// What it follows from.
        why: String,
        /// The session that found it out.
        by: u32,
    },
}

impl Learned {
    /// The line of an order that is sent.
    #[must_use]
    pub fn sent(bot: &str, request: &OrderRequest, before: Option<AccountSnapshot>) -> Self {
        let (stake, basis_points) = match request.action {
            Action::Buy { stake } | Action::Sidebet { stake } => (Some(stake), None),
            Action::Sell { portion, .. } => (None, Some(portion.basis_points())),
        };
        Self::Sent {
            bot: bot.to_owned(),
            game: request.game.to_string(),
            tick: request.tick,
            action: word(request.action).to_owned(),
            stake,
            basis_points,
            before: before.map(Holdings::from),
        }
    }
}

/// The word of an action in files.
pub(super) const fn word(action: Action) -> &'static str {
    match action {
        Action::Buy { .. } => "buy",
        Action::Sell { .. } => "sell",
        Action::Sidebet { .. } => "sidebet",
    }
}
