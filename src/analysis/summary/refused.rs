//! Whether the refused orders of a bot matter.

use super::assessment::Figures;

/// Share of a bot's orders above which its refusals are told, from 0 to 1.
const REFUSED_MATTERS: f64 = 0.03;

impl Figures {
    /// Number of orders that were executed or refused.
    #[must_use]
    pub const fn orders(&self) -> u64 {
        self.buys + self.sells + self.sidebets_won + self.sidebets_lost + self.refused
    }

    /// Share of the orders that were refused, from 0 to 1; `None` without orders.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share, not money")]
    pub fn refused_share(&self) -> Option<f64> {
        let orders = self.orders();
        (orders > 0).then(|| self.refused as f64 / orders as f64)
    }

    /// Whether so large a share of the orders was refused that the figures are not those of the
    /// strategy as it was meant.
    #[must_use]
    pub fn refusals_matter(&self) -> bool {
        self.refused_share().is_some_and(|share| share > REFUSED_MATTERS)
    }
}
