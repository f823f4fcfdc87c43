//! A bot that acts by a list.

use std::sync::Arc;

use crate::base::document::DocumentFields;
use crate::base::params::{Param, Params};
use crate::engine::strategy::{LifeStart, Strategy, View};
use crate::model::order::{Action, Actions};
use crate::model::quote::Tick;

/// One line of a [`Script`]: when, and what. Made by [`at`] and [`presale`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptStep {
    /// The tick; `None` is the presale.
    pub tick: Option<Tick>,
    /// What is ordered then.
    pub action: Action,
}

/// An action at a tick of the active phase.
#[must_use]
pub const fn at(tick: Tick, action: Action) -> ScriptStep {
    ScriptStep { tick: Some(tick), action }
}

/// An action in the presale.
#[must_use]
pub const fn presale(action: Action) -> ScriptStep {
    ScriptStep { tick: None, action }
}

/// Acts by a list, the same in every game; of the lines that fit the moment the first trade and the
/// first sidebet count.
///
/// Like any bot it is not asked while an order of its own is on its way.
#[derive(Debug, Clone)]
pub struct Script;

/// What a [`Script`] acts by. Not for scenarios: it has nothing that text could set.
#[derive(Debug, Clone, Default)]
pub struct ScriptParams(pub Arc<[ScriptStep]>);

impl Params for ScriptParams {
    fn table() -> Vec<Param> {
        Vec::new()
    }

    fn read(_: &mut DocumentFields<'_>) -> Self {
        Self::default()
    }
}

impl Strategy for Script {
    type Params = ScriptParams;
    const NAME: &'static str = "Script";
    const ABOUT: &'static str = "Acts by a list of ticks and actions, for tests.";

    fn new(_: &ScriptParams, _: LifeStart<'_>) -> Self {
        Self
    }

    fn decide(&mut self, params: &ScriptParams, view: &View<'_>) -> impl Into<Actions> {
        let now = view.is_active().then(|| view.tick());
        let first = |is_sidebet: bool| {
            let mut fitting = params.0.iter().filter(|cue| cue.tick == now).map(|cue| cue.action);
            fitting.find(|action| action.is_sidebet() == is_sidebet)
        };
        Actions::both(first(false), first(true))
    }
}
