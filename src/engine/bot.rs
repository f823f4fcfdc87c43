//! A bot: a strategy with an account, seated at a table.

use bevy_ecs::prelude::*;
use bevy_ecs::query::QueryData;

use crate::model::account::{Account, LifeTally, Position, Sidebet, Tally, Wallet};
use crate::model::ids::{BotIndex, TableIndex};

/// Who a bot is. Never changes.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
#[require(Wallet, Position, Sidebet, Tally, LifeTally, InFlight, Prospect)]
pub struct Bot {
    /// Its place in the scenario.
    pub index: BotIndex,
    /// The index of its table.
    pub table: TableIndex,
    /// The line-up that it belongs to: the variant of a sweep; 0 where there is one line-up.
    pub variant: u32,
}

/// How many orders of the bot are on their way to execution: none, one, or a trade and a sidebet.
/// Written by the venue only.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InFlight(pub(crate) u8);

impl InFlight {
    /// True while an order is on its way.
    #[must_use]
    #[inline]
    pub const fn is_on_its_way(&self) -> bool {
        self.0 > 0
    }

    /// Counts an order that leaves for the venue.
    pub(crate) const fn send(&mut self) {
        self.0 = self.0.saturating_add(1);
    }

    /// An order arrived, or will not.
    pub(crate) const fn arrive(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }
}

/// Whether the bot can bet again in this life by its own rules, as its strategy says after a game.
/// Written by its strategy only.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prospect {
    /// `None` where the strategy does not say, or was not asked.
    pub can_bet: Option<bool>,
}

/// The parts of a bot's account, for the ledger to change.
#[derive(QueryData)]
#[query_data(mutable)]
pub(crate) struct Books {
    pub(crate) bot: &'static Bot,
    pub(crate) wallet: &'static mut Wallet,
    pub(crate) position: &'static mut Position,
    pub(crate) sidebet: &'static mut Sidebet,
    pub(crate) tally: &'static mut Tally,
    pub(crate) life: &'static mut LifeTally,
}

impl BooksItem<'_, '_> {
    pub(crate) fn account(&mut self) -> Account<'_> {
        Account {
            wallet: &mut self.wallet,
            position: &mut self.position,
            sidebet: &mut self.sidebet,
            tally: &mut self.tally,
            life: &mut self.life,
        }
    }
}
