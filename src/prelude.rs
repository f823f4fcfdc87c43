//! Everything that a bot of your own is written with: `use replayer::prelude::*;`.
//!
//! A bot's crate depends on `replayer` and on nothing else; `replayer new NAME` makes one.
//!
//! - For a bot: [`Strategy`], what it sees ([`View`]), what it does ([`Action`], [`Actions`]), its
//!   parameters ([`params!`]), money ([`Sol`], [`Decimal`]) and prices ([`Level`], [`Exits`]), and
//!   chance ([`Stream`], with [`Rng`] to draw from it).
//!   Why it sells is an [`Exit`], and what it is known to order a [`PlannedOrder`],
//!   what it can order at all its [`OrderKinds`].
//! - For its test: [`TestTable`], scripts ([`at`], [`presale`]).
//! - For a system of its own shape ([`StrategyKind`]): the [`App`], the schedule ([`Tick`],
//!   [`TickSystems`]), what a system reads ([`Tables`], the accounts) and writes ([`Orders`]).
//!   The crate [`bevy_ecs`] itself is here because `#[derive(Component)]` and its like name it.

pub use bevy_app::App;
pub use bevy_ecs;
pub use bevy_ecs::prelude::{
    Component, Entity, EntityWorldMut, IntoScheduleConfigs, Local, Query, Res, ResMut, Resource,
    SystemSet, With, Without, World,
};
pub use rand_core::Rng;
pub use rust_decimal::Decimal;

pub use crate::base::document::DocumentFields;
pub use crate::base::params::{Param, Params};
pub use crate::engine::bot::Bot;
pub use crate::engine::checkpoint::Checkpointed;
pub use crate::engine::order::Orders;
pub use crate::engine::schedule::{Tick, TickSystems};
pub use crate::engine::strategy::registry::{BotFactory, StrategyKind};
pub use crate::engine::strategy::{
    LifeStart, OrderKinds, PlannedOrder, Strategies, Strategy, View,
};
pub use crate::engine::table::Tables;
pub use crate::engine::testing::{TestTable, at, presale};
pub use crate::model::account::{Counts, LastFill, LifeTally, Position, Sidebet, Tally, Wallet};
pub use crate::model::exit::{Exit, ExitReason};
pub use crate::model::expectation::Oracle;
pub use crate::model::ids::{BotIndex, GameIndex};
pub use crate::model::order::{Action, Actions, Portion, Rejection};
pub use crate::model::posting::PostingKind;
pub use crate::model::price::{Level, Price};
pub use crate::model::quote::{Phase, Quote};
pub use crate::model::rules::Rules;
pub use crate::model::setup::Setup;
pub use crate::model::sol::Sol;
pub use crate::model::streams::{Stream, Streams};
pub use crate::params;
pub use crate::strategies::exits::Exits;
