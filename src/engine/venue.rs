//! Stage *Fill*: the simulated venue. Orders arrive after their latency and are executed at the
//! price of that tick. The only writer of [`InFlight`].
//!
//! Fed by admission; its fills go to the ledger. An order that was permitted when it was decided is
//! held against the rules once more when it arrives, because the market and the account moved. A
//! trade and a sidebet of one tick arrive together: the sidebet is held against the account as the
//! trade leaves it.

pub mod execution;
pub mod remote;

use bevy_app::App;
use bevy_ecs::prelude::*;
use rand_core::Rng;

use crate::engine::bot::{Bot, InFlight};
use crate::engine::checkpoint::Checkpointed;
use crate::engine::ledger::{Filled, Fills, Rejections};
use crate::engine::order::{Accepted, Order};
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::Tables;
use crate::model::account::{Position, Sidebet, Wallet};
use crate::model::ids::GameIndex;
use crate::model::order::{Action, Actions, Fill, Rejection};
use crate::model::quote::{self, Phase, Quote};
use crate::model::rules::{Latency, Rules};
use crate::model::streams::Streams;

/// A latency of the bot's own, in place of the rules'. Never changes.
#[derive(Component, Debug, Clone, Default)]
#[component(immutable)]
pub struct OwnLatency(pub Option<Latency>);

/// An order on its way.
#[derive(Debug, Clone, Copy)]
struct Underway {
    order: Order,
    /// The game it was meant for.
    game: GameIndex,
    /// The tick of that game at which it arrives.
    due: quote::Tick,
}

/// The orders on their way to the venue, in the order they were sent.
#[derive(Resource, Debug, Default, Clone)]
pub(crate) struct OrdersInFlight(Vec<Underway>);

impl OrdersInFlight {
    /// Leaves an order on its way between two games: its bot, what it orders, and the place of the
    /// game that it was meant for with the tick at which it would arrive.
    pub(crate) fn leave(
        &mut self,
        (entity, bot): (Entity, Bot),
        action: Action,
        (game, due): (GameIndex, quote::Tick),
    ) {
        self.0.push(Underway { order: Order::new(entity, bot, action), game, due });
    }

    /// Takes back the orders of a bot, with the tick at which they would arrive.
    pub(crate) fn recall(&mut self, entity: Entity) -> Option<(Actions, quote::Tick)> {
        let mut recalled = self.0.extract_if(.., |underway| underway.order.entity == entity);
        let Underway { order, due, .. } = recalled.next()?;
        let second = recalled.next().map(|underway| underway.order.action);
        Some((Actions::both(order.action, second), due))
    }
}

/// Adds the stage that executes orders.
pub fn plugin(app: &mut App) {
    app.init_resource::<OrdersInFlight>()
        .checkpoint_resource::<OrdersInFlight>()
        .checkpoint_component::<InFlight>()
        .add_systems(Tick, fill.in_set(TickSystems::Fill));
}

#[expect(clippy::type_complexity, reason = "a system's parameters")]
fn fill(
    tables: Res<Tables>,
    mut accepted: ResMut<Accepted>,
    mut orders: ResMut<OrdersInFlight>,
    mut fills: ResMut<Fills>,
    mut rejections: ResMut<Rejections>,
    mut bots: Query<(&mut InFlight, (&Streams, &OwnLatency), (&Wallet, &Position, &Sidebet))>,
) {
    if accepted.0.is_empty() && orders.0.is_empty() {
        return;
    }
    let rules = &tables.setup().rules;
    let OrdersInFlight(underway) = &mut *orders;
    underway.retain(|&Underway { order, game, due }| {
        let Ok((mut in_flight, _, account)) = bots.get_mut(order.entity) else { return false };
        let now = tables.game(order.bot.table);
        let quote = now.quote();
        let over = now.index != game || matches!(quote.phase, Phase::Rugged | Phase::Cooldown);
        if !over && quote.tick < due {
            return true;
        }
        in_flight.arrive();
        if over {
            order.reject(&mut rejections, quote.tick, Rejection::TooLate);
        } else {
            arrive(rules, (order, quote), account, &mut fills, &mut rejections);
        }
        false
    });
    for order in accepted.0.drain(..) {
        let game = tables.game(order.bot.table);
        let quote = game.quote();
        let Ok((mut in_flight, (streams, own), account)) = bots.get_mut(order.entity) else {
            continue;
        };
        let latency = own.0.as_ref().unwrap_or(&rules.latency);
        let delay = delay(latency, quote, game.index, streams);
        if delay > 0 {
            in_flight.send();
            underway.push(Underway { order, game: game.index, due: quote.tick + delay });
        } else if filled_before(&fills, order).is_some() {
            arrive(rules, (order, quote), account, &mut fills, &mut rejections);
        } else {
            // Nothing moved since it was admitted.
            fills.0.push(execute(rules, order, quote, account.1));
        }
    }
}

/// Holds an order that arrived against the rules, and executes or refuses it.
fn arrive(
    rules: &Rules,
    (order, quote): (Order, Quote),
    (wallet, position, sidebet): (&Wallet, &Position, &Sidebet),
    fills: &mut Fills,
    rejections: &mut Rejections,
) {
    let verdict = match filled_before(fills, order) {
        None => rules.admit(order.action, quote, (wallet, position, sidebet)),
        Some(fill) => rules.admit(order.action, quote, (&wallet.after(fill), position, sidebet)),
    };
    match verdict {
        Ok(()) => fills.0.push(execute(rules, order, quote, position)),
        Err(rejection) => order.reject(rejections, quote.tick, rejection),
    }
}

/// What was filled of the same bot's order before at this tick, and is not booked yet. Orders of a
/// bot follow each other, the trade first.
fn filled_before(fills: &Fills, order: Order) -> Option<&Fill> {
    fills.0.last().filter(|filled| filled.bot == order.entity).map(|filled| &filled.fill)
}

fn execute(rules: &Rules, order: Order, quote: Quote, position: &Position) -> Filled {
    let fill = rules.execute(order.action, quote, position).unwrap_or_else(|error| {
        panic!("{:?} of {:?} at {quote:?}, {position:?}: {error}", order.action, order.bot)
    });
    Filled { bot: order.entity, fill, exit: order.action.exit(), at: None }
}

/// Ticks until what is sent now arrives. The presale lasts ten seconds (docs/spec/game.md#phases)
/// but is one step here: what is sent in it arrives in it.
#[must_use]
pub fn delay(latency: &Latency, quote: Quote, game: GameIndex, streams: &Streams) -> quote::Tick {
    match latency {
        _ if quote.phase == Phase::Presale => 0,
        Latency::Immediate => 0,
        Latency::Ticks(ticks) => *ticks,
        Latency::Sampled(ticks) => {
            // One draw per tick, from a stream of its own, so that no other draw can shift it: a
            // trade and a sidebet of one tick arrive together.
            let mut rng = streams.at("latency", game, quote.tick);
            let pick = rng.next_u64() % u64::try_from(ticks.len().max(1)).unwrap_or(1);
            usize::try_from(pick).ok().and_then(|pick| ticks.get(pick)).copied().unwrap_or(0)
        }
    }
}
