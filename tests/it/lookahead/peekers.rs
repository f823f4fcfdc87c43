//! Bots of a shape of their own, for audits: a system in stage Decide that sees whatever a world
//! holds, and a function per bot that decides by it.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use replayer::base::document::DocumentFields;
use replayer::base::params::Param;
use replayer::engine::BotSpec;
use replayer::engine::bot::Bot;
use replayer::engine::checkpoint::Checkpointed;
use replayer::engine::order::Orders;
use replayer::engine::schedule::{Tick, TickSystems};
use replayer::engine::source::{GameQueue, Playback};
use replayer::engine::strategy::LifeStart;
use replayer::engine::strategy::registry::{BotFactory, StrategyKind};
use replayer::engine::table::{Table, Tables};
use replayer::model::account::Position;
use replayer::model::game::{Frame, Game};
use replayer::model::ids::{BotId, GameIndex};
use replayer::model::order::{Action, OrderLimits};
use replayer::model::quote::{Phase, Quote};

/// What such a bot sees.
pub(crate) struct Sight<'a> {
    pub(crate) quote: Quote,
    /// The prices so far.
    pub(crate) prices: &'a [f64],
    /// The prices still to come, the rug last, as they stand in the game queue.
    pub(crate) future: Vec<f64>,
    /// The games of the run.
    pub(crate) queue: &'a GameQueue,
    /// The table's playback, which nobody but its stage can open.
    pub(crate) playback: &'a Playback,
    pub(crate) flat: bool,
    /// The game's place in the run.
    pub(crate) place: GameIndex,
    pub(crate) seed: u64,
}

/// How a bot decides; the number is its memory.
pub(crate) type Decide = fn(&Sight<'_>, &mut usize) -> Option<Action>;

#[derive(Component, Clone)]
struct Peeker {
    decide: Decide,
    memory: usize,
}

pub(crate) struct Peekers;

const NAME: &str = "Peeker";

/// A bot that decides by a function.
pub(crate) fn peeker(id: &str, decide: Decide) -> BotSpec {
    let id = BotId::new(id).unwrap();
    BotSpec {
        id,
        strategy: NAME,
        factory: Arc::new(Peeker { decide, memory: 0 }),
        latency: None,
        group: id.to_string(),
        limits: OrderLimits::default(),
    }
}

impl StrategyKind for Peekers {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "Looks wherever it can."
    }

    fn params(&self) -> Vec<Param> {
        Vec::new()
    }

    fn read(&self, _: &mut DocumentFields<'_>) -> Arc<dyn BotFactory> {
        Arc::new(Peeker { decide: |_, _| None, memory: 0 })
    }

    fn install(&self, app: &mut App) {
        let system = decide.in_set(TickSystems::Decide).ambiguous_with(TickSystems::Decide);
        app.checkpoint_component::<Peeker>().add_systems(Tick, system);
    }
}

impl BotFactory for Peeker {
    fn seat(&self, bot: &mut EntityWorldMut<'_>, _: LifeStart<'_>) {
        bot.insert(self.clone());
    }
}

fn decide(
    (tables, queue): (Res<Tables>, Res<GameQueue>),
    playbacks: Query<(&Table, &Playback)>,
    mut bots: Query<(Entity, &Bot, &Position, &mut Peeker)>,
    mut orders: ResMut<Orders>,
) {
    for (entity, bot, position, mut peeker) in &mut bots {
        let (quote, game) = (tables.quote(bot.table), tables.game(bot.table));
        if matches!(quote.phase, Phase::Cooldown | Phase::Rugged) {
            continue;
        }
        let playback = playbacks.iter().find(|(table, _)| table.0 == bot.table).unwrap().1;
        let sight = Sight {
            quote,
            prices: game.path.prices(),
            future: future(&queue, game),
            queue: &queue,
            playback,
            flat: position.is_flat(),
            place: game.index,
            seed: tables.setup().seed,
        };
        let Peeker { decide, memory } = &mut *peeker;
        if let Some(action) = decide(&sight, memory) {
            orders.submit(entity, *bot, action);
        }
    }
}

/// Looks the present game up in the game queue and skips what was told of it.
fn future(queue: &GameQueue, game: &Game) -> Vec<f64> {
    let (_, mut telling) = queue.playlist().game(game.index).unwrap();
    assert_eq!(telling.next_frame().frame, Frame::Presale);
    let prices = std::iter::from_fn(|| match telling.next_frame().frame {
        Frame::Price(price) | Frame::Rug(price) => Some(price.get()),
        Frame::Presale | Frame::Idle => None,
    });
    prices.skip(game.path.prices().len()).collect()
}
