//! The way of orders from the world to who clicks, and of what came of them back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tracing::{error, info, warn};

use crate::engine::venue::away::{Away, Drift};
use crate::engine::venue::execution::{
    Execution, ExecutionReport, OrderRequest, OrderStatus, VenueEvent,
};
use crate::feed::latency::{Gauge, Summary};
use crate::live::browser::{Reins, Switch};
use crate::live::monitor::board::Clicks;
use crate::model::sol::Sol;

/// How clicking went.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Clicking {
    /// The site's cash at the beginning, in SOL; zero where nothing was to be clicked.
    pub began_with: Sol,
    /// Orders that were executed.
    pub done: u64,
    /// Orders of which the page showed what would be clicked.
    pub shown: u64,
    /// Orders of which no button was pressed, or which the site refused.
    pub refused: u64,
    /// Orders whose outcome nobody knows.
    pub unknown: u64,
    /// How often the site's account and ours differed by more than roundings.
    pub drifts: u64,
    /// From the decision to the click, in microseconds.
    pub click_us: Summary,
    /// From the click to its confirmation, in microseconds.
    pub confirmed_us: Summary,
    /// Why nothing is clicked any more.
    pub disarmed: Option<String>,
}

/// The numbers of a desk.
#[derive(Debug, Default)]
struct Numbers {
    began_with: Sol,
    click: Gauge,
    confirmed: Gauge,
}

/// What is said of a desk, from outside of the world that has it.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// What everybody sees.
    clicks: Clicks,
    numbers: Arc<Mutex<Numbers>>,
}

impl Log {
    /// How clicking went, when nobody clicks any more: with what the world did not wait for.
    pub(super) fn close(&self, reins: &Reins, switch: &Switch) -> Clicking {
        while let Some(event) = reins.receive() {
            self.note(&event);
        }
        let numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let Clicks { done, shown, refused, unknown, drifts, .. } = &self.clicks;
        Clicking {
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

    /// Notes what came of an order.
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

/// The desk.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) reins: Arc<Reins>,
    pub(super) switch: Switch,
    pub(super) log: Log,
    waits: Waits,
}

/// How long is waited for an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// Longest time from its decision to its click.
    pub(super) click: Duration,
    /// Longest time that a rug waits for what was clicked before it.
    pub(super) report: Duration,
}

impl Desk {
    /// A desk that has noted nothing yet.
    pub(super) fn new(reins: Reins, switch: Switch, waits: Waits, clicks: Clicks) -> Self {
        let (reins, log) = (Arc::new(reins), Log { clicks, numbers: Arc::default() });
        Self { reins, switch, log, waits }
    }
}

impl Away for Desk {
    fn send(&mut self, request: OrderRequest) -> bool {
        self.reins.send(request, self.waits.click)
    }

    fn receive(&mut self) -> Option<VenueEvent> {
        self.reins.receive().inspect(|event| self.log.note(event))
    }

    fn wait(&mut self) -> Option<VenueEvent> {
        self.reins.wait(self.waits.report).inspect(|event| self.log.note(event))
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
