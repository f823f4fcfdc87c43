//! A bot that acts by a list.

use std::sync::Arc;

use crate::base::document::DocumentFields;
use crate::base::params::{Param, Params};
use crate::engine::strategy::{LifeStart, Strategy, View};
use crate::model::order::Action;
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

/// Acts by a list, the same in every game; the first line that fits the moment counts.
///
/// Like any bot it is not asked while an order of its own is on its way.
#[derive(Debug, Clone)]
pub struct Script(Arc<[ScriptStep]>);

/// What a [`Script`] acts by. Not for scenarios: it has nothing that text could set.
#[derive(Debug, Clone, Default)]
pub struct ScriptParams(pub Vec<ScriptStep>);

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

    fn new(params: &ScriptParams, _: LifeStart<'_>) -> Self {
        Self(params.0.as_slice().into())
    }

    fn decide(&mut self, view: &View<'_>) -> Option<Action> {
        let now = view.is_active().then(|| view.tick());
        self.0.iter().find(|cue| cue.tick == now).map(|cue| cue.action)
    }
}
