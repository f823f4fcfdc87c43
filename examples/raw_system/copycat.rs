//! Copycat: holds while the richer of two other bots at its table holds.
//!
//! A [`Strategy`](replayer::engine::strategy::Strategy) sees its own account only. A bot that needs
//! more is a system of the engine, and says three things itself: which component its bots have,
//! that this component is part of a checkpoint, and that its order among the strategies makes no
//! difference.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use replayer::base::document::DocumentFields;
use replayer::base::params::{Param, Params};
use replayer::engine::bot::{Bot, InFlight};
use replayer::engine::checkpoint::Checkpointed;
use replayer::engine::order::Orders;
use replayer::engine::schedule::{Tick, TickSystems};
use replayer::engine::strategy::LifeStart;
use replayer::engine::strategy::registry::{BotFactory, StrategyKind};
use replayer::engine::table::Tables;
use replayer::model::account::{Position, Wallet};
use replayer::model::order::Action;
use replayer::model::price::Price;
use replayer::model::quote::Phase;
use replayer::model::rounding;
use replayer::model::sol::Sol;

replayer::params! {
    /// What a scenario may set.
    pub struct CopycatParams {
        /// Whom it copies: two places in the scenario's list of bots, from 0
        leaders: Vec<u32> = vec![0, 1], "places", .., length 2..=2;
        /// Stake of each buy
        stake: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
    }
}

/// The strategy as the engine knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copycat;

/// What a bot of it decides by. Written by [`copy`] only.
#[derive(Component, Debug, Clone)]
struct Follower {
    params: CopycatParams,
    /// Which of the leaders it copies now: 0 or 1.
    follows: usize,
}

impl StrategyKind for Copycat {
    fn name(&self) -> &'static str {
        "Copycat"
    }

    fn about(&self) -> &'static str {
        "Holds while the richer of two other bots holds."
    }

    fn params(&self) -> Vec<Param> {
        CopycatParams::table()
    }

    fn read(&self, fields: &mut DocumentFields<'_>) -> Arc<dyn BotFactory> {
        Arc::new(CopycatParams::read(fields))
    }

    fn install(&self, app: &mut App) {
        // Without this, a session that goes back in time would find the leader of the future.
        app.checkpoint_component::<Follower>();
        // Every strategy adds to `Orders`, so the engine would refuse the system as ambiguous. The
        // order makes no difference: orders are sorted before they are looked at, and what is read
        // here (tables, accounts) is written by other stages. A system that reads what another
        // strategy writes must say `.after(…)` of its system instead.
        let system = copy.in_set(TickSystems::Decide).ambiguous_with(TickSystems::Decide);
        app.add_systems(Tick, system);
    }
}

impl BotFactory for CopycatParams {
    fn seat(&self, bot: &mut EntityWorldMut<'_>, _: LifeStart<'_>) {
        bot.insert(Follower { params: self.clone(), follows: 0 });
    }
}

/// Asks every bot that plays it. A world has many tables: only bots of one table are compared.
fn copy(
    tables: Res<Tables>,
    bots: Query<(&Bot, &Wallet, &Position)>,
    mut copycats: Query<(Entity, &Bot, &InFlight, &Wallet, &Position, &mut Follower)>,
    mut orders: ResMut<Orders>,
) {
    for (entity, bot, in_flight, wallet, position, mut follower) in &mut copycats {
        let quote = tables.quote(bot.table);
        match quote.phase {
            // A new life knows nothing of the one before.
            Phase::Presale if tables.setup().opens_life(tables.game(bot.table).index) => {
                follower.follows = 0;
            }
            Phase::Presale | Phase::Active => {}
            Phase::Cooldown | Phase::Rugged => continue,
        }
        if in_flight.is_on_its_way() || quote.closed {
            continue;
        }
        let leader = |which: usize| {
            let place = follower.params.leaders[which];
            let mut here = bots.iter().filter(|(other, ..)| other.table == bot.table);
            let found = here.find(|(other, ..)| other.index.get() == place);
            found.map(|(_, wallet, position)| (worth(wallet, position, quote.price), position))
        };
        let (present, rival) = (leader(follower.follows), leader(1 - follower.follows));
        let is_behind = rival.map(|(worth, _)| worth) > present.map(|(worth, _)| worth);
        let Some((_, copied)) = (if is_behind { rival } else { present }) else { continue };
        if is_behind {
            follower.follows = 1 - follower.follows;
        }
        let stake = follower.params.stake;
        match (copied.is_flat(), position.is_flat()) {
            (false, true) if wallet.cash >= stake => {
                orders.submit(entity, *bot, Action::Buy { stake });
            }
            (true, false) => orders.submit(entity, *bot, Action::SELL_ALL),
            _ => {}
        }
    }
}

/// What a bot would have if it sold everything now.
fn worth(wallet: &Wallet, position: &Position, price: Price) -> Sol {
    let proceeds = rounding::proceeds(position.quantity, price);
    proceeds.and_then(|proceeds| wallet.cash.plus(proceeds)).unwrap_or(wallet.cash)
}
