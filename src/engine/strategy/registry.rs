//! The strategies that scenarios can name.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;

use super::walk::walk;
use super::{LifeStart, OrderKinds, PlannedOrder, Strategy, StrategyState, decide};
use crate::base::document::DocumentFields;
use crate::base::params::{Param, Params};
use crate::engine::checkpoint::Checkpointed;
use crate::engine::schedule::{Tick, TickSystems, WholeGame, WholeGameSystems};
use crate::model::expectation::Oracle;
use crate::model::setup::Setup;

/// A strategy as the engine knows it by name: what it reads from a scenario, what it adds to the
/// schedule, what it puts on a bot.
pub trait StrategyKind: Send + Sync {
    /// The name in scenarios.
    fn name(&self) -> &'static str;
    /// What the strategy does, in one sentence.
    fn about(&self) -> &'static str;
    /// The parameters with their defaults and bounds.
    fn params(&self) -> Vec<Param>;
    /// Reads its parameters; what is wrong is reported in the fields.
    fn read(&self, fields: &mut DocumentFields<'_>) -> Arc<dyn BotFactory>;
    /// Adds its systems to the schedules; called once per world, however many bots play it.
    fn install(&self, app: &mut App);

    /// True when its bots do not interact with others, so that its systems walk them through whole
    /// games as well.
    fn walks(&self) -> bool {
        false
    }
}

/// A strategy with its parameters, ready to be given to bots.
pub trait BotFactory: Send + Sync {
    /// Gives the strategy to a bot.
    fn seat(&self, bot: &mut EntityWorldMut<'_>, start: LifeStart<'_>);

    /// What the law of the game says of a run of it at such a table; none by default.
    fn oracles(&self, _setup: &Setup) -> Vec<Oracle> {
        Vec::new()
    }

    /// The orders that it is known to submit; none by default.
    fn planned(&self) -> Vec<PlannedOrder> {
        Vec::new()
    }

    /// The kinds of orders that it can submit at all; every kind by default.
    fn can_order(&self) -> OrderKinds {
        OrderKinds::ALL
    }
}

/// A strategy with these parameters, ready to be given to bots.
#[must_use]
pub fn ready<S: Strategy>(params: S::Params) -> Arc<dyn BotFactory> {
    Arc::new(Ready::<S>(params))
}

/// The strategies that scenarios can name: those that ship with the crate, and any of yours.
#[derive(Default)]
pub struct Strategies(Vec<Box<dyn StrategyKind>>);

impl Strategies {
    /// A registry without any strategies.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These, and one more; a later one of the same name replaces the earlier.
    #[must_use]
    pub fn with<S: Strategy>(self) -> Self {
        self.with_kind(Box::new(PhantomData::<S>))
    }

    /// These, and one of a shape of its own.
    #[must_use]
    pub fn with_kind(mut self, kind: Box<dyn StrategyKind>) -> Self {
        self.0.retain(|known| known.name() != kind.name());
        self.0.push(kind);
        self
    }

    /// The strategy of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn StrategyKind> {
        self.iter().find(|kind| kind.name() == name)
    }

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &dyn StrategyKind> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl fmt::Debug for Strategies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(StrategyKind::name)).finish()
    }
}

/// A strategy is known by its type alone.
impl<S: Strategy> StrategyKind for PhantomData<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn about(&self) -> &'static str {
        S::ABOUT
    }

    fn params(&self) -> Vec<Param> {
        S::Params::table()
    }

    fn read(&self, fields: &mut DocumentFields<'_>) -> Arc<dyn BotFactory> {
        ready::<S>(S::Params::read(fields))
    }

    fn install(&self, app: &mut App) {
        // Strategies write their own component and append orders, which admission sorts: their
        // order among each other makes no difference.
        let system = decide::<S>.in_set(TickSystems::Decide).ambiguous_with(TickSystems::Decide);
        // Bots that are walked touch their own components only, and append to the log of a game,
        // which the journal sorts.
        let walk = walk::<S>.in_set(WholeGameSystems::Walk).ambiguous_with(WholeGameSystems::Walk);
        app.checkpoint_component::<StrategyState<S>>()
            .add_systems(Tick, system)
            .add_systems(WholeGame, walk);
    }

    fn walks(&self) -> bool {
        true
    }
}

struct Ready<S: Strategy>(S::Params);

impl<S: Strategy> BotFactory for Ready<S> {
    fn seat(&self, bot: &mut EntityWorldMut<'_>, start: LifeStart<'_>) {
        bot.insert(StrategyState::<S>::new(self.0.clone(), start));
    }

    fn oracles(&self, setup: &Setup) -> Vec<Oracle> {
        S::oracles(&self.0, setup)
    }

    fn planned(&self) -> Vec<PlannedOrder> {
        S::planned(&self.0)
    }

    fn can_order(&self) -> OrderKinds {
        S::can_order(&self.0)
    }
}
