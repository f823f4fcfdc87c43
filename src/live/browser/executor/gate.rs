//! The risk gate of the click executor: opened at the login, asked right before the click, and
//! written to the account's loss record before anything is pressed.
//!
//! The record is written beside the work in the page. An order waits for it no longer than for its
//! deadline, and a disk that hangs or is full costs entries, never a click that is not counted.

use std::time::Instant;

use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use super::channels::ClickOrder;
use super::writer::{LossWriter, in_one_line};
use super::{ClickExecutor, Doubt};
use crate::base::clock::{Clock, moment};
use crate::engine::venue::execution::{AccountSnapshot, OrderId, OrderStatus, VenueEvent};
use crate::live::browser::risk::{AskedAt, Breach, KeptLosses, RiskGate, RiskLimits, SpanLimits};
use crate::model::order::Action;
use crate::model::sol::Sol;

/// A day in milliseconds.
const DAY_MS: u64 = 86_400_000;

/// The risk gate of a session, and what writes its losses.
#[derive(Debug)]
pub(super) struct OpenGate {
    risk: RiskGate,
    opened: Instant,
    /// None where nothing is kept.
    writer: Option<LossWriter>,
}

impl OpenGate {
    /// Gives the losses as they are now to their writer.
    fn keep(&mut self, account: &AccountSnapshot) {
        if let (Some(writer), Ok(kept)) = (&mut self.writer, self.risk.kept(account)) {
            writer.keep(kept);
        }
    }
}

/// The time of a question, by both clocks.
fn asked_since(opened: Instant) -> AskedAt {
    let armed = Clock::now().saturating_duration_since(opened).as_millis();
    let armed_ms = u64::try_from(armed).unwrap_or(u64::MAX);
    AskedAt { armed_ms, day: moment().as_ms() / DAY_MS }
}

impl ClickExecutor {
    /// Opens the risk gate as soon as it is known whose account it is, and tells the world of the
    /// account. What was lost before may forbid it.
    pub(super) async fn open_gate(&mut self) {
        let (None, Some(limits), Some(account)) =
            (&self.risk, self.limits, self.account_events.account())
        else {
            return;
        };
        // What was refused stays refused, and who was disarmed before the login has nothing to do.
        if !self.switch.is_on() {
            return;
        }
        match self.gate(limits, &account).await {
            Ok(gate) => {
                self.risk = Some(gate);
                self.tell(VenueEvent::Snapshot(account));
            }
            Err(why) => self.switch.disarm(&why),
        }
    }

    async fn gate(&self, limits: RiskLimits, account: &AccountSnapshot) -> Result<OpenGate, Doubt> {
        let (mut kept, mut writer) = (KeptLosses::default(), None);
        if let Some(folder) = self.losses.clone() {
            let identity = self.account_events.me().unwrap_or_default().to_owned();
            // The disk may take its time: the kill switch does not wait for it.
            let opened = spawn_blocking(move || folder.open(&identity)).await;
            let opened = opened.map_err(|error| error.to_string())?;
            let (record, before) = opened.map_err(|error| in_one_line(&error))?;
            (kept, writer) = (before, Some(LossWriter::start(record)));
        } else if limits.day != SpanLimits::default() || limits.account != SpanLimits::default() {
            return Err("limits of the day and of the account need a loss record".to_owned());
        }
        let opened = Clock::now();
        let asked = asked_since(opened);
        let mut risk = RiskGate::new(limits, account, &kept, asked);
        risk.look(account, asked).map_err(|breach| breach.to_string())?;
        let mut gate = OpenGate { risk, opened, writer };
        gate.keep(account);
        Ok(gate)
    }

    /// Takes note of the account as it was told, and tells the world; of the first one, once it is
    /// known what was lost before.
    pub(super) fn account_told(&mut self, account: &AccountSnapshot) {
        match &mut self.risk {
            Some(gate) => {
                gate.risk.told();
                if !self.channels.is_playing() {
                    // What comes in before the session is armed may not be lost either.
                    gate.risk.begins_with(account.cash);
                }
                gate.keep(account);
            }
            None if self.limits.is_some() => return,
            None => {}
        }
        self.tell(VenueEvent::Snapshot(*account));
    }

    /// Takes note of the end of a game, which may end the session.
    pub(super) fn game_over(&mut self) {
        // What it breaches has disarmed.
        let _ = self.ask(self.asked(), |risk, account, _| risk.game_over(account));
    }

    /// Looks whether the time or the day is over.
    pub(super) fn look_at_the_time(&mut self) {
        let _ = self.ask(self.asked(), RiskGate::tick);
    }

    /// Reserves the stake of an order, and has it written while the page is being prepared.
    pub(super) fn reserve(&mut self, order: &ClickOrder) -> Result<(), Doubt> {
        let (Action::Buy { stake } | Action::Sidebet { stake }) = order.request.action else {
            return Ok(());
        };
        let id = order.request.id;
        self.ask(self.asked(), |risk, account, asked| risk.reserve(id, stake, account, asked))
            .map(drop)
    }

    /// Permits the click on the button that will put up `amount`, provided that what it may lose is
    /// on the disk. Returns the account before it.
    pub(super) fn permit(
        &mut self,
        id: OrderId,
        amount: Option<Sol>,
    ) -> Result<AccountSnapshot, Doubt> {
        let asked = self.asked();
        // A day that begins just now is to be on the disk, too.
        let account = self.ask(asked, RiskGate::tick)?;
        // To sell makes the risk smaller: it waits for no disk.
        if let (Some(_), Some(gate)) = (amount, &self.risk)
            && let Some(writer) = &gate.writer
        {
            writer.has(&gate.risk.kept(&account).map_err(|error| error.to_string())?)?;
        }
        self.ask(asked, |risk, account, asked| risk.permit(id, amount, account, asked))
    }

    /// The time of a question to the risk gate.
    fn asked(&self) -> AskedAt {
        self.risk.as_ref().map_or_else(AskedAt::default, |gate| asked_since(gate.opened))
    }

    /// Asks the risk gate something that may disarm. Returns the account that it was asked of.
    fn ask(
        &mut self,
        asked: AskedAt,
        question: impl FnOnce(&mut RiskGate, &AccountSnapshot, AskedAt) -> Result<(), Breach>,
    ) -> Result<AccountSnapshot, Doubt> {
        let account = self.account_events.account().ok_or("nobody is logged in")?;
        let gate = self.risk.as_mut().ok_or("nobody is logged in")?;
        let outcome = question(&mut gate.risk, &account, asked);
        gate.keep(&account);
        if let (Err(breach), Some(_)) = (&outcome, gate.risk.disarmed()) {
            self.switch.disarm(&breach.to_string());
        }
        outcome.map(|()| account).map_err(|breach| breach.to_string())
    }

    /// Waits until what was reserved is on the disk, at most until the deadline of the order.
    pub(super) async fn losses_written(&mut self, order: &ClickOrder) -> Result<(), Doubt> {
        if matches!(order.request.action, Action::Sell { .. }) {
            return Ok(());
        }
        match self.risk.as_mut().and_then(|gate| gate.writer.as_mut()) {
            Some(writer) => {
                timeout_at(order.deadline.into(), writer.written()).await.map_err(|_| {
                    "its deadline has passed, and its loss is not on the disk yet".to_owned()
                })?
            }
            None => Ok(()),
        }
    }

    /// Takes note of what became of an order. One of which nobody knows stays on its way.
    pub(super) fn settle(&mut self, id: OrderId, status: &OrderStatus) {
        let Some(gate) = &mut self.risk else { return };
        let account = self.account_events.account();
        match status {
            // It was pressed, and may still come.
            OrderStatus::Rejected(_) if self.is_unheard => {}
            OrderStatus::Rejected(_) => gate.risk.rejected(id),
            OrderStatus::Filled(_) => gate.risk.filled(id, account.as_ref()),
            OrderStatus::Unknown(_) | OrderStatus::Shown => {}
        }
        if let Some(account) = account {
            gate.keep(&account);
        }
    }

    /// Has the last losses written; a disk that hangs is left alone, and what it has is more.
    pub(super) async fn close_gate(&mut self) {
        if let Some(writer) = self.risk.take().and_then(|gate| gate.writer) {
            writer.close().await;
        }
    }
}
