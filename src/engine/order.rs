//! Stage *Admit*: what strategies wish is held against the rules, and accepted or refused.
//!
//! Fed by the strategies; read by the venue. Orders are sorted by table and bot, so that it makes
//! no difference which strategy ran first; of one bot the trade comes before the sidebet.

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine::bot::{Bot, InFlight};
use crate::engine::ledger::Refusals;
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::Tables;
use crate::model::account::{Holding, Sidebet, Wallet};
use crate::model::order::{Action, Refusal};
use crate::model::posting::Refused;
use crate::model::quote;

/// A bot's wish at this tick.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The bot's entity.
    pub entity: Entity,
    /// The bot.
    pub bot: Bot,
    /// What it wishes.
    pub action: Action,
    /// Which wish of this tick it is, over all bots: tells the first of a bot's wishes.
    place: usize,
}

impl Order {
    /// The only wish of a bot.
    pub(crate) const fn new(entity: Entity, bot: Bot, action: Action) -> Self {
        Self { entity, bot, action, place: 0 }
    }

    /// Notes that it is not done, and why.
    pub(crate) fn refuse(self, refusals: &mut Refusals, tick: quote::Tick, refusal: Refusal) {
        let refused = Refused { tick, action: self.action, refusal };
        refusals.0.push((self.entity, self.bot, refused));
    }
}

/// The wishes of this tick. Written by the strategies; of each bot's the first trade and the first
/// sidebet are taken.
#[derive(Resource, Debug, Default)]
pub struct Orders(Vec<Order>);

impl Orders {
    /// Wishes something for a bot.
    #[inline]
    pub fn wish(&mut self, entity: Entity, bot: Bot, action: Action) {
        let place = self.0.len();
        self.0.push(Order { entity, bot, action, place });
    }

    /// The wishes so far, in the order in which they were wished; none after admission.
    pub fn iter(&self) -> impl Iterator<Item = &Order> {
        self.0.iter()
    }
}

/// The orders that the rules permit, on their way to the venue.
#[derive(Resource, Debug, Default)]
pub struct Accepted(pub(crate) Vec<Order>);

/// Adds the stage.
pub fn plugin(app: &mut App) {
    app.init_resource::<Orders>()
        .init_resource::<Accepted>()
        .add_systems(Tick, admit.in_set(TickSystems::Admit));
}

fn admit(
    tables: Res<Tables>,
    bots: Query<(&InFlight, (&Wallet, &Holding, &Sidebet))>,
    mut orders: ResMut<Orders>,
    mut accepted: ResMut<Accepted>,
    mut refusals: ResMut<Refusals>,
) {
    refusals.0.clear();
    if orders.0.is_empty() {
        return;
    }
    orders.0.sort_unstable_by_key(|order| {
        (order.bot.table, order.bot.index, order.action.is_sidebet(), order.place)
    });
    let mut last = None;
    for order in orders.0.drain(..) {
        let Ok((in_flight, account)) = bots.get(order.entity) else { continue };
        let quote = tables.quote(order.bot.table);
        let sort = (order.entity, order.action.is_sidebet());
        let second = last.replace(sort) == Some(sort);
        let verdict = if quote.closed {
            Err(Refusal::Closed)
        } else if in_flight.is_on_its_way() {
            Err(Refusal::InFlight)
        } else if second {
            Err(Refusal::OnePerTick)
        } else {
            tables.house().rules.admit(order.action, quote, account)
        };
        match verdict {
            Ok(()) => accepted.0.push(order),
            Err(refusal) => order.refuse(&mut refusals, quote.tick, refusal),
        }
    }
}
