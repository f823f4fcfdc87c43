//! How a session executes orders: limits, a click executor in the page, and the ways to stop it.

mod arming;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bevy_app::App;

use super::clicking::ClickingSummary;
use super::gateway::{ClickLog, OrderGateway, OrderWaits};
use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::base::runtime::Runtime;
use crate::engine::inbox::Inbox;
use crate::engine::journal::Sink;
use crate::engine::venue::remote;
use crate::engine::{self, Lineup};
use crate::live::browser::control_needs::EntryChange;
use crate::live::browser::controls::Profile;
use crate::live::browser::kill::KillSwitch;
use crate::live::browser::{
    ClickExecutor, ExecutionMode, ExecutionTimeouts, ExecutorHandle, PageEvents, Pages,
};
use crate::live::event::SessionEvent;
use crate::live::monitor::metrics::ClickMetrics;
use crate::live::switch::ArmSwitch;
use crate::model::setup::{Bankroll, Setup};
use arming::{ArmedAccount, Arming};

/// What the click executor may take beyond its deadlines.
const SLACK: Duration = Duration::from_millis(500);

/// How a session executes orders.
#[derive(Debug)]
pub struct ExecutionConfig {
    /// Whether buttons are clicked, within which limits, or only framed.
    pub mode: ExecutionMode,
    /// How long the click executor waits, and for what.
    pub timeouts: ExecutionTimeouts,
    /// How the controls of the page are found.
    pub profile: Profile,
    /// Whether anything may be clicked.
    pub switch: ArmSwitch,
    /// How long after its decision an order may be clicked.
    pub within: Duration,
    /// Where the kill switch listens; nowhere without.
    pub kill_socket: Option<PathBuf>,
    /// Whether a position that is open when the session is armed becomes the bot's, where that can be.
    pub take_over: bool,
}

impl ExecutionConfig {
    /// Starts the click executor, and what stops it.
    pub(super) fn start(
        self,
        runtime: &mut Runtime,
        pages: Pages,
        clock: Clock,
        watched: &ClickMetrics,
    ) -> Result<(LiveExecution, PageEvents), Error> {
        let Self { mode, timeouts, profile, switch, within, kill_socket, take_over } = self;
        let clicks = matches!(mode, ExecutionMode::Click(_));
        if clicks {
            watched.armed(&switch);
        }
        let (clicker, executor, page_events) =
            ClickExecutor::new(pages, profile, mode, timeouts, switch.clone(), clock);
        let shutdown = runtime.shutdown().clone();
        runtime.spawn("clicks", clicker.run(shutdown.clone()));
        if let Some(path) = kill_socket {
            let kill = KillSwitch::at(&path)?;
            runtime.spawn("kill switch", kill.run(switch.clone(), shutdown));
        }
        // An order may be clicked until its deadline, and is then given up in time.
        let waits = OrderWaits { click: within, report: within + timeouts.patience + SLACK };
        let gateway = OrderGateway::new(executor, switch, waits, watched.clone());
        Ok((LiveExecution { gateway, clicks, timeouts, take_over }, page_events))
    }
}

/// A click executor at work, before its world is there.
#[derive(Debug)]
pub(super) struct LiveExecution {
    gateway: OrderGateway,
    /// False where it only shows what it would click.
    clicks: bool,
    /// How long it waits before it is armed.
    timeouts: ExecutionTimeouts,
    /// Whether what is open is taken over, where that can be.
    take_over: bool,
}

/// What is noted of a click executor, whatever becomes of its world.
#[derive(Debug)]
pub(super) struct ExecutionRecords {
    log: ClickLog,
    executor: Arc<ExecutorHandle>,
    switch: ArmSwitch,
}

impl ExecutionRecords {
    /// The switch that permits clicks.
    pub(super) const fn switch(&self) -> &ArmSwitch {
        &self.switch
    }

    /// What has changed of whether stakes may be placed, oldest first.
    pub(super) fn entry_changes(&self) -> Vec<SessionEvent> {
        let told = |change| match change {
            EntryChange::Stopped(why) => SessionEvent::EntriesStopped { why },
            EntryChange::Resumed => SessionEvent::EntriesResumed,
        };
        self.executor.entry_changes().map(told).collect()
    }

    /// How clicking went, once it has ended.
    pub(super) fn close(self) -> ClickingSummary {
        self.log.close(&self.executor, &self.switch)
    }
}

impl LiveExecution {
    /// What is noted of it.
    pub(super) fn records(&self) -> ExecutionRecords {
        let OrderGateway { log, executor, switch, .. } = &self.gateway;
        ExecutionRecords {
            log: log.clone(),
            executor: Arc::clone(executor),
            switch: switch.clone(),
        }
    }

    /// Builds the world whose orders it executes: with the account of the page, or in a dry run with
    /// that of the scenario. What happens meanwhile is told again and again.
    ///
    /// # Errors
    /// When no account is logged in, the page or the account cannot be used, `stop` is set, or telling
    /// fails.
    pub(super) fn build(
        self,
        lineup: Lineup<'_>,
        (inbox, sink): (Inbox, Box<dyn Sink>),
        stop: &AtomicBool,
        tell: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<App, Error> {
        if !self.clicks {
            return Ok(engine::build_dry_run(lineup, inbox, sink, Box::new(self.gateway)));
        }
        let (gateway, armed) = self.arm(lineup, stop, tell)?;
        let bankroll = Bankroll::Compounding(armed.bankroll()?);
        let setup = Setup { bankroll, ..lineup.setup.clone() };
        let lineup = Lineup { setup: &setup, ..lineup };
        let mut app = engine::build_remote(lineup, inbox, sink, Box::new(gateway));
        if let Some(position) = armed.taken_over {
            remote::take_over(&mut app, position);
        }
        Ok(app)
    }

    /// Waits until the session can be armed: whose account it is, that everything can be used, and what
    /// is open.
    fn arm(
        self,
        lineup: Lineup<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<(OrderGateway, ArmedAccount), Error> {
        let Self { gateway, timeouts, take_over, .. } = self;
        let [bot] = lineup.bots else {
            let what = format!("{} bots cannot share one account", lineup.bots.len());
            return Err(Error::usage(what).hint("arm a scenario with one bot"));
        };
        let executor = &gateway.executor;
        executor.expect(bot.factory.can_order());
        let armed = Arming { executor, timeouts, take_over, stop, tell }.arm()?;
        gateway.log.begin(armed.account.cash);
        Ok((gateway, armed))
    }
}
