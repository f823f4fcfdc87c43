//! Takes orders from the world to the click executor, and its reports back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{error, info, warn};

use super::clicking::ClickingSummary;
use crate::base::clock::Clock;
use crate::engine::venue::execution::{
    Execution, ExecutionReport, OrderId, OrderRequest, OrderStatus, VenueEvent,
};
use crate::engine::venue::remote::{Drift, RemoteVenue};
use crate::feed::latency::Gauge;
use crate::live::browser::ExecutorHandle;
use crate::live::monitor::metrics::{ClickMetrics, Recordings};
use crate::live::switch::ArmSwitch;
use crate::model::order::Action;
use crate::model::sol::Sol;
use crate::model::time::Stamp;

/// What an order gateway measures.
#[derive(Debug, Default)]
struct Numbers {
    began_with: Sol,
    /// The last order that was sent.
    last: OrderId,
    click: Gauge,
    confirmed: Gauge,
}

/// The log of an order gateway, readable from outside of the world that has it.
#[derive(Debug, Clone)]
pub(super) struct ClickLog {
    /// The metrics of clicks, shared with the monitor.
    clicks: ClickMetrics,
    numbers: Arc<Mutex<Numbers>>,
}

impl ClickLog {
    /// How clicking went, once it has ended: with what the world did not wait for.
    pub(super) fn close(&self, executor: &ExecutorHandle, switch: &ArmSwitch) -> ClickingSummary {
        while let Some(event) = executor.receive() {
            self.note(&event);
        }
        let numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let ClickMetrics { done, shown, refused, unknown, drifts, .. } = &self.clicks;
        ClickingSummary {
            began_with: numbers.began_with,
            done: done.get(),
            shown: shown.get(),
            refused: refused.get(),
            unknown: unknown.get(),
            drifts: drifts.get(),
            click_us: numbers.click.summary(),
            confirmed_us: numbers.confirmed.summary(),
            disarmed: switch.why(),
            orders: None,
        }
    }

    /// What the click executor reports next, noted, if it comes within a time.
    pub(super) fn next(&self, executor: &ExecutorHandle, within: Duration) -> Option<VenueEvent> {
        executor.wait(within).inspect(|event| self.note(event))
    }

    /// The id of an order after all that the world sent, taken or not.
    pub(super) fn next_id(&self) -> OrderId {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).last.next()
    }

    /// Notes what there was at the beginning.
    pub(super) fn begin(&self, cash: Sol) {
        self.with(|numbers| numbers.began_with = cash);
    }

    /// Counts the outcome of an order.
    fn note(&self, event: &VenueEvent) {
        let VenueEvent::Report(ExecutionReport { id, status }) = event else { return };
        match status {
            OrderStatus::Filled(Execution { timing, .. }) => {
                self.clicks.done.inc();
                if let Some(clicked) = timing.clicked_us {
                    let after = timing.confirmed_us.unwrap_or(clicked).saturating_sub(clicked);
                    self.clicks.click.observe(Duration::from_micros(clicked));
                    self.clicks.confirmed.observe(Duration::from_micros(after));
                    self.with(|Numbers { click, confirmed, .. }| {
                        click.record(clicked);
                        confirmed.record(after);
                    });
                }
            }
            OrderStatus::Shown => {
                self.clicks.shown.inc();
            }
            OrderStatus::Rejected(why) => {
                info!("order {id} was not carried out: {why}");
                self.clicks.refused.inc();
            }
            OrderStatus::Unknown(why) => {
                warn!("order {id}: {why}");
                self.clicks.unknown.inc();
            }
        }
    }

    fn with(&self, change: impl FnOnce(&mut Numbers)) {
        change(&mut self.numbers.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Takes orders from the world to the click executor, and reports back.
#[derive(Debug)]
pub(super) struct OrderGateway {
    pub(super) executor: Arc<ExecutorHandle>,
    pub(super) switch: ArmSwitch,
    pub(super) log: ClickLog,
    pub(super) waits: OrderWaits,
    /// The clock by which it is known how old a tick is.
    clock: Clock,
    /// Whether orders are filled on paper once the session is disarmed.
    pub(super) then_paper: bool,
    /// Whether what is to be kept can be written; without that, no entry is made.
    recordings: Recordings,
    /// Whether that was told, for as long as it is so.
    is_told: bool,
}

/// How long is waited for an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrderWaits {
    /// Longest time from its decision to its click.
    pub(super) click: Duration,
    /// Longest time that a rug waits for what was clicked before it.
    pub(super) report: Duration,
    /// How old what a bot decides on may be.
    pub(super) freshness: Duration,
}

impl OrderGateway {
    /// An order gateway that has noted nothing yet.
    pub(super) fn new(
        executor: ExecutorHandle,
        switch: ArmSwitch,
        (waits, clock): (OrderWaits, Clock),
        (clicks, recordings): (ClickMetrics, Recordings),
    ) -> Self {
        let (executor, log) = (Arc::new(executor), ClickLog { clicks, numbers: Arc::default() });
        Self { executor, switch, log, waits, clock, then_paper: false, recordings, is_told: false }
    }
}

impl RemoteVenue for OrderGateway {
    fn send(&mut self, request: OrderRequest) -> bool {
        self.log.with(|numbers| numbers.last = request.id);
        let failing = self.recordings.failing();
        let is_told = std::mem::replace(&mut self.is_told, failing.is_some());
        let is_entry = !matches!(request.action, Action::Sell { .. });
        if let Some(why) = failing.filter(|_| is_entry) {
            if !is_told {
                warn!("no entries are made, for they could not be kept: {why}");
            }
            self.log.clicks.refused.inc();
            return false;
        }
        self.executor.send(request, self.waits.click)
    }

    fn receive(&mut self) -> Option<VenueEvent> {
        self.executor.receive().inspect(|event| self.log.note(event))
    }

    fn wait(&mut self) -> Option<VenueEvent> {
        self.executor.wait(self.waits.report).inspect(|event| self.log.note(event))
    }

    fn is_off(&self) -> bool {
        self.then_paper && !self.switch.is_on()
    }

    fn is_late(&self, arrived: Stamp) -> bool {
        u128::from(self.clock.stamp().us_since(arrived)) > self.waits.freshness.as_micros()
    }

    fn alarm(&mut self, drift: Drift) {
        let Drift { cash, held_there, held_here } = drift;
        let what = format!(
            "the site's account is not ours: {cash} SOL more there, {} held there and {} here",
            held_there.to_decimal(),
            held_here.to_decimal()
        );
        error!("{what}");
        self.log.clicks.drifts.inc();
        self.switch.disarm(&what);
    }
}
