//! Takes orders from the world to the click executor, and its reports back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{error, info, warn};

use super::clicking::ClickingSummary;
use super::clock::Clock;
use crate::engine::venue::remote::{Drift, RemoteVenue, SentOrder, VenueAccount, VenueReport};
use crate::feed::latency::Gauge;
use crate::live::browser::{ExecutionReport, ExecutorHandle, OrderRequest};
use crate::live::monitor::metrics::ClickMetrics;
use crate::live::switch::ArmSwitch;
use crate::model::sol::Sol;

/// What an order gateway measures.
#[derive(Debug, Default)]
struct Numbers {
    began_with: Sol,
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
        while let Some(answer) = executor.answer() {
            self.note(&answer);
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
        }
    }

    /// Notes what there was at the beginning.
    pub(super) fn begin(&self, cash: Sol) {
        self.with(|numbers| numbers.began_with = cash);
    }

    /// Counts the outcome of an order.
    fn note(&self, answer: &ExecutionReport) {
        match answer {
            ExecutionReport::Done { timing, .. } => {
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
            ExecutionReport::Shown { .. } => {
                self.clicks.shown.inc();
            }
            ExecutionReport::Refused { id, why } => {
                info!("order {id} was not carried out: {why}");
                self.clicks.refused.inc();
            }
            ExecutionReport::Unknown { id, why } => {
                warn!("order {id}: {why}");
                self.clicks.unknown.inc();
            }
            ExecutionReport::Account(_) => {}
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
    /// Stamps what the inbox takes.
    clock: Clock,
    /// How long after its decision an order may be clicked.
    within: Duration,
    /// How long a rug waits for what was clicked before it.
    patience: Duration,
}

impl OrderGateway {
    /// An order gateway that stamps by the session's clock.
    pub(super) fn new(
        executor: ExecutorHandle,
        switch: ArmSwitch,
        clock: Clock,
        (within, patience): (Duration, Duration),
        clicks: ClickMetrics,
    ) -> Self {
        let (executor, log) = (Arc::new(executor), ClickLog { clicks, numbers: Arc::default() });
        Self { executor, switch, log, clock, within, patience }
    }

    /// Takes note of an answer.
    fn returned(&self, answer: ExecutionReport) -> VenueReport {
        self.log.note(&answer);
        match answer {
            ExecutionReport::Done { id, fill, tick, price, .. } => {
                VenueReport::Done { id, fill, tick, price }
            }
            ExecutionReport::Shown { id } | ExecutionReport::Refused { id, .. } => {
                VenueReport::NotDone { id }
            }
            ExecutionReport::Unknown { id, .. } => VenueReport::Unknown { id },
            ExecutionReport::Account(said) => {
                let came = self.clock.stamp_of(said.came);
                VenueReport::Account(VenueAccount {
                    cash: said.cash,
                    quantity: said.quantity,
                    came,
                })
            }
        }
    }
}

impl RemoteVenue for OrderGateway {
    fn send(&mut self, sent: SentOrder) -> bool {
        let SentOrder { id, action, game, tick } = sent;
        let decided = Clock::now();
        let deadline = decided + self.within;
        self.executor.send(OrderRequest { id, action, game, tick, decided, deadline })
    }

    fn receive(&mut self) -> Option<VenueReport> {
        let answer = self.executor.answer()?;
        Some(self.returned(answer))
    }

    fn wait(&mut self) -> Option<VenueReport> {
        let answer = self.executor.wait(self.patience)?;
        Some(self.returned(answer))
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
