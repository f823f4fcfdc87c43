//! How a session executes orders: limits, a click executor in the page, and the ways to stop it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bevy_app::App;

use super::clicking::ClickingSummary;
use super::gateway::{ClickLog, OrderGateway, OrderWaits};
use crate::base::clock::Clock;
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::Runtime;
use crate::engine::inbox::Inbox;
use crate::engine::journal::Sink;
use crate::engine::venue::execution::VenueEvent;
use crate::engine::{self, Lineup};
use crate::live::browser::controls::Profile;
use crate::live::browser::kill::KillSwitch;
use crate::live::browser::{
    ClickExecutor, ExecutionMode, ExecutionTimeouts, ExecutorHandle, PageEvents, Pages,
};
use crate::live::monitor::metrics::{ClickMetrics, Recordings};
use crate::live::switch::{ArmSwitch, LOOK};
use crate::model::setup::{Bankroll, Setup};

/// Longest time until somebody is logged in in the page.
const LOGIN: Duration = Duration::from_secs(60);
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
}

impl ExecutionConfig {
    /// Starts the click executor, and what stops it.
    pub(super) fn start(
        self,
        runtime: &mut Runtime,
        pages: Pages,
        clock: Clock,
        watched: (&ClickMetrics, &Recordings),
    ) -> Result<(LiveExecution, PageEvents), Error> {
        let Self { mode, timeouts, profile, switch, within, kill_socket } = self;
        let clicks = matches!(mode, ExecutionMode::Click(_));
        if clicks {
            watched.0.armed(&switch);
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
        // What is only shown need not be kept.
        let recordings = if clicks { watched.1.clone() } else { Recordings::default() };
        let watched = (watched.0.clone(), recordings);
        let gateway = OrderGateway::new(executor, switch, waits, watched);
        Ok((LiveExecution { gateway, clicks }, page_events))
    }
}

/// A click executor at work, before its world is there.
#[derive(Debug)]
pub(super) struct LiveExecution {
    gateway: OrderGateway,
    /// False where it only shows what it would click.
    clicks: bool,
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
    /// that of the scenario.
    ///
    /// # Errors
    /// When no account is logged in, the account cannot be used, or `stop` is set.
    pub(super) fn build(
        self,
        lineup: Lineup<'_>,
        (inbox, sink): (Inbox, Box<dyn Sink>),
        stop: &AtomicBool,
    ) -> Result<App, Error> {
        if !self.clicks {
            return Ok(engine::build_dry_run(lineup, inbox, sink, Box::new(self.gateway)));
        }
        let (gateway, bankroll) = self.wait_for_login(lineup, stop)?;
        let setup = Setup { bankroll, ..lineup.setup.clone() };
        let lineup = Lineup { setup: &setup, ..lineup };
        Ok(engine::build_remote(lineup, inbox, sink, Box::new(gateway)))
    }

    /// Waits until the site says whose account it is and what is in it.
    fn wait_for_login(
        self,
        lineup: Lineup<'_>,
        stop: &AtomicBool,
    ) -> Result<(OrderGateway, Bankroll), Error> {
        let Self { gateway, .. } = self;
        if lineup.bots.len() != 1 {
            let what = format!("{} bots cannot share one account", lineup.bots.len());
            return Err(Error::usage(what).hint("arm a scenario with one bot"));
        }
        let until = Clock::now() + LOGIN;
        let account = loop {
            if let Some(VenueEvent::Snapshot(account)) = gateway.executor.wait(LOOK) {
                break account;
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Error::new(
                    ErrorKind::Interrupted,
                    "interrupted before anything was played",
                ));
            }
            if Clock::now() > until {
                let what = "nobody is logged in in the page";
                return Err(Error::new(ErrorKind::Live, what).hint("log in, and try again"));
            }
        };
        gateway.log.begin(account.cash);
        if !account.quantity.is_zero() {
            let what = "the account has an open position";
            return Err(Error::new(ErrorKind::Safety, what).hint("close it, and try again"));
        }
        Ok((gateway, Bankroll::Compounding(account.cash)))
    }
}
