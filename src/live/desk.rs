//! The way of orders from the world to who clicks, and of what came of them back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{error, info, warn};

use super::clicking::Clicking;
use super::clock::Clock;
use crate::engine::venue::away::{Away, Drift, Returned, Sent, Statement};
use crate::feed::latency::Gauge;
use crate::live::browser::{Answer, Errand, Reins};
use crate::live::monitor::board::Clicks;
use crate::live::switch::Switch;
use crate::model::sol::Sol;

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
        while let Some(answer) = reins.answer() {
            self.note(&answer);
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
    fn note(&self, answer: &Answer) {
        match answer {
            Answer::Done { timing, .. } => {
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
            Answer::Shown { .. } => {
                self.clicks.shown.inc();
            }
            Answer::Refused { id, why } => {
                info!("order {id} was not carried out: {why}");
                self.clicks.refused.inc();
            }
            Answer::Unknown { id, why } => {
                warn!("order {id}: {why}");
                self.clicks.unknown.inc();
            }
            Answer::Statement(_) => {}
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
    /// Stamps what the inbox takes.
    clock: Clock,
    /// How long after its decision an order may be clicked.
    within: Duration,
    /// How long a rug waits for what was clicked before it.
    patience: Duration,
}

impl Desk {
    /// A desk that stamps by the session's clock.
    pub(super) fn new(
        reins: Reins,
        switch: Switch,
        clock: Clock,
        (within, patience): (Duration, Duration),
        clicks: Clicks,
    ) -> Self {
        let (reins, log) = (Arc::new(reins), Log { clicks, numbers: Arc::default() });
        Self { reins, switch, log, clock, within, patience }
    }

    /// Takes note of an answer.
    fn returned(&self, answer: Answer) -> Returned {
        self.log.note(&answer);
        match answer {
            Answer::Done { id, fill, tick, price, .. } => Returned::Done { id, fill, tick, price },
            Answer::Shown { id } | Answer::Refused { id, .. } => Returned::NotDone { id },
            Answer::Unknown { id, .. } => Returned::Unknown { id },
            Answer::Statement(said) => {
                let came = self.clock.stamp_of(said.came);
                Returned::Statement(Statement { cash: said.cash, quantity: said.quantity, came })
            }
        }
    }
}

impl Away for Desk {
    fn send(&mut self, sent: Sent) -> bool {
        let Sent { id, action, game, tick } = sent;
        let decided = Clock::now();
        let deadline = decided + self.within;
        self.reins.send(Errand { id, action, game, tick, decided, deadline })
    }

    fn receive(&mut self) -> Option<Returned> {
        let answer = self.reins.answer()?;
        Some(self.returned(answer))
    }

    fn wait(&mut self) -> Option<Returned> {
        let answer = self.reins.wait(self.patience)?;
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
