//! Stage *Admit*: orders of strategies are checked against the rules, and accepted or rejected.
//!
//! Fed by the strategies; read by the venue. Orders are sorted by table and bot, so that it makes
//! no difference which strategy ran first; of one bot the trade comes before the sidebet.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine::bot::{Bot, InFlight};
use crate::engine::ledger::Rejections;
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::Tables;
use crate::model::account::{Position, Sidebet, Wallet};
use crate::model::order::{Action, Rejection};
use crate::model::posting::Rejected;
use crate::model::quote;

/// A bot's order at this tick.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The entity of the bot.
    pub entity: Entity,
    /// The bot that gave the order.
    pub bot: Bot,
    /// What the bot wants to do.
    pub action: Action,
    /// Which order of this tick it is, over all bots: tells the first of a bot's orders.
    place: usize,
}

impl Order {
    /// The only order of a bot.
    pub(crate) const fn new(entity: Entity, bot: Bot, action: Action) -> Self {
        Self { entity, bot, action, place: 0 }
    }

    /// Notes that it is not done, and why.
    pub(crate) fn reject(
        self,
        rejections: &mut Rejections,
        tick: quote::Tick,
        rejection: Rejection,
    ) {
        self.reject_as_said(rejections, tick, (rejection, None));
    }

    /// Notes that it is not done, and what the venue said of it.
    pub(crate) fn reject_as_said(
        self,
        rejections: &mut Rejections,
        tick: quote::Tick,
        (rejection, said): (Rejection, Option<Arc<str>>),
    ) {
        let refused = Rejected { tick, action: self.action, rejection, said };
        rejections.0.push((self.entity, self.bot, refused));
    }
}

/// The wishes of this tick. Written by the strategies; of each bot's the first trade and the first
/// sidebet are taken.
#[derive(Resource, Debug, Default)]
pub struct Orders(Vec<Order>);

impl Orders {
    /// Wishes something for a bot.
    #[inline]
    pub fn submit(&mut self, entity: Entity, bot: Bot, action: Action) {
        let place = self.0.len();
        self.0.push(Order { entity, bot, action, place });
    }

    /// The orders so far, in the sequence in which they were submitted; none after admission.
    pub fn iter(&self) -> impl Iterator<Item = &Order> {
        self.0.iter()
    }
}

/// The orders that the rules permit, on their way to the venue.
#[derive(Resource, Debug, Default)]
pub struct Accepted(pub(crate) Vec<Order>);

/// Adds the stage that admits orders.
pub fn plugin(app: &mut App) {
    app.init_resource::<Orders>()
        .init_resource::<Accepted>()
        .add_systems(Tick, admit.in_set(TickSystems::Admit));
}

fn admit(
    tables: Res<Tables>,
    bots: Query<(&InFlight, (&Wallet, &Position, &Sidebet))>,
    mut orders: ResMut<Orders>,
    mut accepted: ResMut<Accepted>,
    mut rejections: ResMut<Rejections>,
) {
    rejections.0.clear();
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
            Err(Rejection::Closed)
        } else if in_flight.is_on_its_way() {
            Err(Rejection::InFlight)
        } else if second {
            Err(Rejection::OnePerTick)
        } else {
            tables.setup().rules.admit(order.action, quote, account)
        };
        match verdict {
            Ok(()) => accepted.0.push(order),
            Err(rejection) => order.reject(&mut rejections, quote.tick, rejection),
        }
    }
}
