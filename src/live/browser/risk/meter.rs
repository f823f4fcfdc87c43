//! What was lost and ordered within a span: in the session, in the day, with the account.

use super::RiskGate;
use super::kept::SpanTotals;
use crate::engine::venue::execution::AccountSnapshot;
use crate::model::sol::{AmountError, Sol};

impl RiskGate {
    /// Measures all losses from this cash, if it is more: that of the account before the first order.
    pub fn begins_with(&mut self, cash: Sol) {
        for meter in [&mut self.session, &mut self.day, &mut self.account] {
            meter.begins_with(cash);
        }
        self.after_game = cash;
    }
}

/// Measures the loss of a span from the account's cash.
#[derive(Debug)]
pub(super) struct LossMeter {
    /// What was lost and ordered before.
    totals: SpanTotals,
    /// The cash from which the rest is measured.
    base: Sol,
    /// True while a position from before the span is held: what it brings is not a gain.
    inherited: bool,
}

impl LossMeter {
    /// A meter of a span in which that much was lost and ordered before this account.
    pub(super) const fn new(totals: SpanTotals, start: &AccountSnapshot) -> Self {
        Self { totals, base: start.cash, inherited: !start.quantity.is_zero() }
    }

    /// Notes that nothing is held. What a position from before was worth was ours before.
    pub(super) fn holds_nothing(&mut self, cash: Sol) {
        if std::mem::take(&mut self.inherited) {
            self.base = self.base.max(cash);
        }
    }

    /// Takes this cash for what is measured from, if it is more.
    fn begins_with(&mut self, cash: Sol) {
        self.base = self.base.max(cash);
    }

    /// Notes that an order was sent.
    pub(super) const fn sent(&mut self) {
        self.totals.orders = self.totals.orders.saturating_add(1);
    }

    /// Orders that were sent.
    pub(super) const fn orders(&self) -> u32 {
        self.totals.orders
    }

    /// What is lost if the account has this cash and what it holds is worth nothing.
    ///
    /// # Errors
    /// When the figures cannot be reckoned with.
    pub(super) fn lost(&self, cash: Sol) -> Result<Sol, AmountError> {
        self.totals.lost.plus(self.base.minus(cash)?)
    }

    /// What is to be kept of the span: with this cash, these stakes on their way and a number of
    /// orders that are not sent yet.
    ///
    /// # Errors
    /// When the figures cannot be reckoned with.
    pub(super) fn totals(
        &self,
        cash: Sol,
        on_the_way: Sol,
        reserved: usize,
    ) -> Result<SpanTotals, AmountError> {
        let reserved = u32::try_from(reserved).unwrap_or(u32::MAX);
        Ok(SpanTotals {
            lost: self.lost(cash)?.plus(on_the_way)?,
            orders: self.totals.orders.saturating_add(reserved),
        })
    }
}
