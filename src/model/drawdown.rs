//! The highest and the lowest equity of a wallet and its deepest fall, found from the path of the
//! price.

use std::ops::RangeInclusive;

use super::game::{Fall, Path};
use super::price::Price;
use super::quantity::Quantity;
use super::quote::Tick;
use super::rounding;
use super::sol::{AmountError, Sol};
use super::wallet::Wallet;

impl Wallet {
    /// Marks the equity over a range of ticks through which a quantity was held.
    ///
    /// Doubles only decide whether a figure could be a new extreme, with a margin far above their
    /// error; the extreme itself is taken in lamports.
    pub(super) fn mark(
        &mut self,
        held: Quantity,
        path: &Path,
        ticks: RangeInclusive<Tick>,
    ) -> Result<(), AmountError> {
        let stretch = path.stretch(*ticks.start(), *ticks.end());
        let (cash, units) = (self.cash.to_f64(), held.to_f64());
        let highest = cash + units * stretch.high;
        let margin = 1e-8 + 1e-12 * highest;
        let worst = stretch.worst_fall.depth();
        let deepest = self.max_drawdown.to_f64() - margin;
        let lowest = cash + units * stretch.low;
        if self.peak.to_f64() - lowest > deepest || lowest < self.low.to_f64() + margin {
            let equity = self.cash.plus(worth(held, stretch.low)?)?;
            self.max_drawdown = self.max_drawdown.max(self.peak.minus(equity)?);
            self.low = self.low.min(equity);
        }
        if units * worst > deepest {
            // Of equally deep falls from different heights, rounding down may make one a lamport
            // deeper.
            let as_deep = worst - margin / units;
            for Fall { from, to } in path.falls(ticks, as_deep) {
                let fall = worth(held, from)?.minus(worth(held, to)?)?;
                self.max_drawdown = self.max_drawdown.max(fall);
            }
        }
        if highest > self.peak.to_f64() - margin {
            self.peak = self.peak.max(self.cash.plus(worth(held, stretch.high)?)?);
        }
        Ok(())
    }

    /// Marks one value of equity.
    pub(super) fn mark_at(&mut self, equity: Sol) -> Result<(), AmountError> {
        self.peak = self.peak.max(equity);
        self.max_drawdown = self.max_drawdown.max(self.peak.minus(equity)?);
        self.low = self.low.min(equity);
        Ok(())
    }
}

fn worth(held: Quantity, price: f64) -> Result<Sol, AmountError> {
    let price = Price::new(price).map_err(|_| AmountError::OutOfRange)?;
    rounding::proceeds(held, price)
}
