//! What stands for the execution of orders in a build without the browser: values that cannot be.

use std::sync::atomic::AtomicBool;

use bevy_app::App;

use super::clicking::ClickingSummary;
use crate::base::error::Error;
use crate::engine::Lineup;
use crate::engine::inbox::Inbox;
use crate::engine::journal::Sink;
use crate::live::switch::ArmSwitch;

/// What a session is armed with; none without a browser.
#[derive(Debug)]
pub enum ExecutionConfig {}

/// A click executor at work; none without a browser.
#[derive(Debug)]
pub(super) enum LiveExecution {}

/// What is noted of a click executor; nothing without a browser.
#[derive(Debug)]
pub(super) enum ExecutionRecords {}

impl LiveExecution {
    pub(super) const fn records(&self) -> ExecutionRecords {
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

impl ExecutionRecords {
    pub(super) const fn switch(&self) -> &ArmSwitch {
        match *self {}
    }

    pub(super) fn close(self) -> ClickingSummary {
        match self {}
    }
}
