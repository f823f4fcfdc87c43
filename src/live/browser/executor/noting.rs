//! What the click executor notes of its orders: on disk before their click, and everything after it.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout_at;

use super::channels::ClickOrder;
use super::{ClickExecutor, Doubt};
use crate::base::clock::Clock;
use crate::engine::venue::execution::{
    AccountSnapshot, OrderId, OrderRequest, OrderStatus, Timing,
};
use crate::live::browser::account_events::{AccountEvent, Deal};
use crate::live::browser::evidence;
use crate::live::orders::{Holdings, Learned, OrderLog, Unwritten};
use crate::model::order::Action;
use crate::model::price::Price;

/// Longest time that a sale waits for the disk: what is open is worse than what is not noted.
const SALE_WAITS: Duration = Duration::from_millis(250);

/// An order that is noted.
#[derive(Debug)]
pub(super) struct Noted {
    id: OrderId,
    /// Hears whether the order is on the disk.
    written: Option<oneshot::Receiver<Result<(), Unwritten>>>,
    /// Its button was pressed, or was about to be.
    is_clicked: bool,
}

impl ClickExecutor {
    /// Keeps and tells of its orders in a log.
    #[must_use]
    pub fn with_orders(self, orders: OrderLog) -> Self {
        Self { orders, ..self }
    }

    /// Notes an order as soon as it is accepted: the disk works while the page does.
    pub(super) fn note_sent(&mut self, order: &ClickOrder) {
        let (written, hears) = oneshot::channel();
        let ClickOrder { request, .. } = order;
        // An order that was given up no longer waits for the disk.
        let tell = |outcome| drop(written.send(outcome));
        self.orders.sent(request, self.account_events.account(), tell);
        self.noted = Some(Noted { id: request.id, written: Some(hears), is_clicked: false });
    }

    /// Waits until the order is on the disk: nothing is pressed that is not, nor is anything staked
    /// once the session ends. A sale is pressed all the same after a short wait.
    pub(super) async fn on_disk(&mut self, order: &ClickOrder) -> Result<(), Doubt> {
        let ClickOrder { request, decided, deadline } = *order;
        let us = Clock::now().saturating_duration_since(decided).as_micros();
        self.orders.learned(request.id, Learned::Set { us: us.try_into().unwrap_or(u64::MAX) });
        let Some(written) = self.noted.as_mut().and_then(|noted| noted.written.take()) else {
            return Ok(());
        };
        let is_sale = matches!(request.action, Action::Sell { .. });
        let until = if is_sale { deadline.min(Clock::now() + SALE_WAITS) } else { deadline };
        let outcome = match timeout_at(until.into(), written).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err("nobody writes it".to_owned()),
            Err(_) => Err("the disk takes too long".to_owned()),
        };
        match outcome {
            _ if self.orders.is_ending() && !is_sale => Err("the session ends".to_owned()),
            Ok(()) => Ok(()),
            Err(why) if is_sale => {
                tracing::warn!("order {} is sold without being on the disk: {why}", request.id);
                Ok(())
            }
            Err(why) => Err(format!("the order is not on the disk: {why}")),
        }
    }

    /// Notes that the button is about to be pressed.
    pub(super) fn note_click(&mut self, id: OrderId, timing: Timing, before: AccountSnapshot) {
        if let Some(noted) = &mut self.noted {
            noted.is_clicked = true;
        }
        let us = timing.clicked_us.unwrap_or_default();
        self.orders.learned(id, Learned::Click { us, before: Holdings::from(before) });
    }

    /// Notes what the page and the site say.
    pub(super) fn note_event(&self, event: &AccountEvent) {
        if let AccountEvent::Snapshot(account) = event {
            self.orders.stated(account);
        }
        let Some(Noted { id, is_clicked: true, .. }) = self.noted else { return };
        if let Some(learned) = learned(event) {
            self.orders.learned(id, learned);
        }
    }

    /// Notes and tells what became of an order.
    pub(super) fn note_finished(&mut self, request: &OrderRequest, status: &OrderStatus) {
        self.noted = None;
        self.orders.finished(request, status);
        let failed = matches!(status, OrderStatus::Rejected(_) | OrderStatus::Unknown(_));
        if failed && let Some(evidence) = self.orders.evidence(request.id) {
            let (page, question) = (self.pages.current(), self.profile.question());
            // Beside everything else: the next order does not wait for it.
            tokio::spawn(evidence::take(evidence, page, question, self.channels.frames.clone()));
        }
    }
}

/// The word for a deal in the journal.
const fn word(deal: Deal) -> &'static str {
    match deal {
        Deal::Buy => "buy",
        Deal::Sell => "sell",
        Deal::Sidebet => "sidebet",
    }
}

/// What an event of the account says of an order that was clicked.
fn learned(event: &AccountEvent) -> Option<Learned> {
    Some(match event {
        AccountEvent::Asked(_) => Learned::Asked,
        AccountEvent::Answered(_, outcome) => Learned::Acknowledged {
            accepted: outcome.is_ok(),
            why: outcome.as_ref().err().cloned(),
        },
        AccountEvent::Traded(trade) => Learned::Effect {
            action: trade.deal.map_or_else(|| trade.kind.clone(), |deal| word(deal).to_owned()),
            quantity: Some(Holdings::held(trade.quantity)),
            amount: trade.amount,
            price: Some(trade.price.get()),
            tick: trade.tick,
            game: trade.game.map(|game| game.to_string()),
        },
        AccountEvent::Placed(bet) => Learned::Effect {
            action: word(Deal::Sidebet).to_owned(),
            quantity: None,
            amount: bet.stake,
            price: bet.price.map(Price::get),
            tick: bet.start,
            game: bet.game.map(|game| game.to_string()),
        },
        AccountEvent::Snapshot(account) => Learned::Stated { after: Holdings::from(*account) },
        AccountEvent::Nobody(_)
        | AccountEvent::UnreadableAccount(_)
        | AccountEvent::TradedByOther(..)
        | AccountEvent::Settled(_)
        | AccountEvent::Unreadable(_) => return None,
    })
}
