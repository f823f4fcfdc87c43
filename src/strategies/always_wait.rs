//! Always wait: the bot that every other one has to beat.

use crate::engine::strategy::{LifeStart, Strategy, View};
use crate::model::order::Actions;
use crate::params;

params! {
    /// Always wait has no parameters.
    pub struct AlwaysWaitParams {}
}

/// Never does anything: loses nothing.
#[derive(Debug, Clone)]
pub struct AlwaysWait;

impl Strategy for AlwaysWait {
    type Params = AlwaysWaitParams;
    const NAME: &'static str = "AlwaysWait";
    const ABOUT: &'static str = "Never does anything and loses nothing: the bot to beat.";

    fn new(_: &AlwaysWaitParams, _: LifeStart<'_>) -> Self {
        Self
    }

    #[inline]
    fn decide(&mut self, _: &AlwaysWaitParams, _: &View<'_>) -> impl Into<Actions> {
        Actions::none()
    }

    fn can_bet_again(&self, _: &AlwaysWaitParams, _: &View<'_>) -> Option<bool> {
        Some(false)
    }
}
