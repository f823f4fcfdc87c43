//! What stands for arms in a build without the browser: nothing, as values that cannot be.

use std::sync::atomic::AtomicBool;

use bevy_app::App;

use super::clicking::Clicking;
use crate::base::error::Error;
use crate::engine::Lineup;
use crate::engine::inbox::Inbox;
use crate::engine::journal::Sink;
use crate::live::switch::Switch;

/// What a session is armed with; none without a browser.
#[derive(Debug)]
pub enum Arms {}

/// A hand at work; none without a browser.
#[derive(Debug)]
pub(super) enum Armed {}

/// What is noted of a hand; nothing without a browser.
#[derive(Debug)]
pub(super) enum Records {}

impl Armed {
    pub(super) const fn records(&self) -> Records {
        match *self {}
    }

    pub(super) fn build(
        self,
        _: Lineup<'_>,
        _: (Inbox, Box<dyn Sink>),
        _: &AtomicBool,
    ) -> Result<App, Error> {
        match self {}
    }
}

impl Records {
    pub(super) const fn switch(&self) -> &Switch {
        match *self {}
    }

    pub(super) fn close(self) -> Clicking {
        match self {}
    }
}
