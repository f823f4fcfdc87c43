//! Stands for the execution of orders in a build without a browser: types without values.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bevy_app::App;

use super::clicking::ClickingSummary;
use crate::base::error::Error;
use crate::engine::Lineup;
use crate::engine::inbox::Inbox;
use crate::engine::journal::Sink;
use crate::live::event::SessionEvent;
use crate::live::orders::OrderLog;
use crate::live::switch::ArmSwitch;

/// How orders are executed; a build without a browser executes none.
#[derive(Debug)]
pub enum ExecutionConfig {}

/// A running click executor; a build without a browser has none.
#[derive(Debug)]
pub(super) enum LiveExecution {}

/// The records of a click executor; a build without a browser has none.
#[derive(Debug)]
pub(super) enum ExecutionRecords {}

impl LiveExecution {
    pub(super) const fn then_on_paper(&mut self) {
        match *self {}
    }

    pub(super) const fn records(&self) -> ExecutionRecords {
        match *self {}
    }

    pub(super) fn build(
        self,
        _: Lineup<'_>,
        _: (Inbox, Box<dyn Sink>),
        _: &AtomicBool,
        _: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<App, Error> {
        match self {}
    }
}

impl ExecutionRecords {
    pub(super) const fn switch(&self) -> &ArmSwitch {
        match *self {}
    }

    pub(super) const fn orders(&self) -> Option<&OrderLog> {
        match *self {}
    }

    pub(super) const fn settle(&self, _: Duration) {
        match *self {}
    }

    pub(super) const fn sell(&self, _: Duration) -> Option<Result<(), String>> {
        match *self {}
    }

    pub(super) const fn entry_changes(&self) -> Vec<SessionEvent> {
        match *self {}
    }

    pub(super) fn close(self) -> ClickingSummary {
        match self {}
    }
}
