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
use crate::engine::venue::execution::{OrderRequest, OrderStatus, VenueEvent};
use crate::engine::venue::remote;
use crate::engine::{self, Lineup};
use crate::live::browser::control_needs::EntryChange;
use crate::live::browser::controls::Profile;
use crate::live::browser::kill::KillSwitch;
use crate::live::browser::{
    ClickExecutor, ExecutionMode, ExecutionTimeouts, ExecutorHandle, LossFolder, PageEvents, Pages,
};
use crate::live::event::SessionEvent;
use crate::live::monitor::metrics::{ClickMetrics, Recordings};
use crate::live::orders::{Market, OrderLog};
use crate::live::switch::{ArmSwitch, LOOK};
use crate::model::order::Action;
use crate::model::quote::Phase;
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
    /// Where the losses of accounts are kept; nowhere without, and then no limit of the day or the
    /// account can be held.
    pub losses: Option<LossFolder>,
    /// Whether a position that is open when the session is armed becomes the bot's, where that can be.
    pub take_over: bool,
}

impl ExecutionConfig {
    /// Starts the click executor, and what stops it.
    pub(super) fn start(
        self,
        runtime: &mut Runtime,
        (pages, orders): (Pages, OrderLog),
        clock: Clock,
        (watched, recordings): (&ClickMetrics, &Recordings),
        max_slippage: u32,
    ) -> Result<(LiveExecution, PageEvents), Error> {
        let Self { mode, timeouts, profile, switch, within, kill_socket, losses, take_over } = self;
        let clicks = matches!(mode, ExecutionMode::Click(_));
        if clicks {
            watched.armed(&switch, &orders);
        }
        let (clicker, executor, page_events) =
            ClickExecutor::new(pages, profile, mode, timeouts, switch.clone(), clock);
        let clicker = clicker.with_orders(orders.clone());
        let shutdown = runtime.shutdown().clone();
        let clicker = clicker.with_losses(losses).with_slippage(max_slippage);
        runtime.spawn("clicks", clicker.run(shutdown));
        if let Some(path) = kill_socket {
            KillSwitch::at(&path)?.telling(orders.clone()).start(runtime, switch.clone())?;
        }
        // An order may be clicked until its deadline, and is then given up in time.
        let report = within + timeouts.patience + SLACK;
        let waits = OrderWaits { click: within, report, freshness: timeouts.freshness };
        // What is only shown need not be kept.
        let recordings = if clicks { recordings.clone() } else { Recordings::default() };
        let gateway =
            OrderGateway::new(executor, switch, (waits, clock), (watched.clone(), recordings));
        let orders = clicks.then_some(orders);
        Ok((LiveExecution { gateway, orders, timeouts, take_over }, page_events))
    }
}

/// A click executor at work, before its world is there.
#[derive(Debug)]
pub(super) struct LiveExecution {
    gateway: OrderGateway,
    /// What is kept of its orders; `None` where it only shows what it would click.
    orders: Option<OrderLog>,
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
    orders: Option<OrderLog>,
    /// Longest time from a click to what became of it.
    report: Duration,
}

impl ExecutionRecords {
    /// The switch that permits clicks.
    pub(super) const fn switch(&self) -> &ArmSwitch {
        &self.switch
    }

    /// What is kept of its orders; `None` where nothing is clicked.
    pub(super) const fn orders(&self) -> Option<&OrderLog> {
        self.orders.as_ref()
    }

    /// Whether an order is on its way, or waits to be taken.
    fn is_underway(&self) -> bool {
        self.executor.has_waiting() || self.orders.as_ref().is_some_and(OrderLog::is_underway)
    }

    /// Stakes nothing more, and waits for the order that is on its way, for at most `within`, so
    /// that its outcome is known.
    pub(super) fn settle(&self, within: Duration) {
        if let Some(orders) = &self.orders {
            orders.end_stakes();
        }
        let until = Clock::now() + within;
        while self.is_underway() && Clock::now() < until {
            // The world no longer takes reports.
            let _ = self.log.next(&self.executor, LOOK.min(within));
        }
    }

    /// Sells what is held, once, where the session is still armed: may be clicked within a time,
    /// and is waited for as any order. Returns what became of it; `None` where there was nothing to
    /// sell.
    pub(super) fn sell(&self, within: Duration) -> Option<Result<(), String>> {
        let orders = self.orders.as_ref().filter(|orders| orders.open().is_held())?;
        if !self.switch.is_on() {
            return Some(Err("the session is disarmed, and clicks nothing".to_owned()));
        }
        if self.is_underway() {
            return Some(Err("another order is still on its way".to_owned()));
        }
        let Some(market) = orders.market().filter(|market| market.phase == Phase::Active) else {
            return Some(Err("no game is active".to_owned()));
        };
        let Market { game, tick, .. } = market;
        let id = self.log.next_id();
        let request = OrderRequest { id, action: Action::SELL_ALL, game, tick };
        if !self.executor.send(request, within) {
            return Some(Err("the click executor takes no order".to_owned()));
        }
        let until = Clock::now() + within + self.report;
        loop {
            let left = until.saturating_duration_since(Clock::now());
            match self.log.next(&self.executor, left) {
                Some(VenueEvent::Report(report)) if report.id == request.id => {
                    return Some(match report.status {
                        OrderStatus::Filled(_) => Ok(()),
                        OrderStatus::Rejected(why) | OrderStatus::Unknown(why) => Err(why),
                        OrderStatus::Shown => Err("it was only shown".to_owned()),
                    });
                }
                None if left.is_zero() => {
                    return Some(Err("its outcome did not come in time".to_owned()));
                }
                Some(_) | None => {}
            }
        }
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
        let summary = self.log.close(&self.executor, &self.switch);
        ClickingSummary { orders: self.orders.map(|orders| orders.close()), ..summary }
    }
}

impl LiveExecution {
    /// Fills orders on paper once the session is disarmed.
    pub(super) const fn then_on_paper(&mut self) {
        self.gateway.then_paper = true;
    }

    /// What is noted of it.
    pub(super) fn records(&self) -> ExecutionRecords {
        let OrderGateway { log, executor, switch, waits, .. } = &self.gateway;
        ExecutionRecords {
            orders: self.orders.clone(),
            report: waits.report,
            log: log.clone(),
            executor: Arc::clone(executor),
            switch: switch.clone(),
        }
    }

    /// Builds the world whose orders it executes: with the account of the page, or in a dry run with
    /// that of the scenario. What happens meanwhile is told again and again.
    ///
    /// # Errors
    /// When no account is logged in, the page or the account cannot be used, the session is disarmed
    /// meanwhile, `stop` is set, or telling fails.
    pub(super) fn build(
        self,
        lineup: Lineup<'_>,
        (inbox, sink): (Inbox, Box<dyn Sink>),
        stop: &AtomicBool,
        tell: &mut dyn FnMut() -> Result<(), Error>,
    ) -> Result<App, Error> {
        if self.orders.is_none() {
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
        let armed =
            Arming { executor, switch: &gateway.switch, timeouts, take_over, stop, tell }.arm()?;
        executor.begin();
        gateway.log.begin(armed.account.cash);
        Ok((gateway, armed))
    }
}
