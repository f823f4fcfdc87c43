//! The rules of a table as data, and what they permit.

use serde::Serialize;

use super::order::{Action, Fill, Portion, Rejection};
use super::quote::{Phase, Quote};
use super::rounding;
use super::sol::{AmountError, Sol};
use super::wallet::{Position, Sidebet, Wallet};

/// Most tokens that a position may hold: at the highest price that readers accept, 10^8, they are
/// worth half the range of money.
const TOKENS_MAX: f64 = 5e6;
/// Most cash with which something may still be staked: a billion SOL, more than there is. With both
/// bounds no path of prices, however unlikely, leads an account out of the range of money.
const STAKED_CASH_MAX: Sol = Sol::milli(1_000_000_000_000);

/// The rules of a table. Named sets: [`Rules::observed`] and [`Rules::compat`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// Smallest stake of a buy or a sidebet (docs/spec/game.md#limits).
    pub min_bet: Sol,
    /// Largest stake of a buy or a sidebet (docs/spec/game.md#limits).
    pub max_bet: Sol,
    /// Payout of a won sidebet, in stakes, the stake included: 5 (docs/spec/game.md#sidebets).
    pub sidebet_payout: u32,
    /// Ticks from its start in which the rug wins a sidebet, the last one included: 40
    /// (docs/spec/game.md#sidebets).
    pub sidebet_window: u32,
    /// Ticks after a sidebet was settled before the next may start (docs/spec/game.md#sidebets).
    pub sidebet_cooldown: u32,
    /// Which portions of a position can be sold at once.
    pub portions: Portions,
    /// How long an order takes from decision to execution.
    pub latency: Latency,
}

/// Which portions of a position can be sold at once (docs/spec/game.md#selling).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Portions {
    /// Any portion, as the server's `sellOrder` accepts.
    Any,
    /// The portions of the site's buttons: 10, 25, 50 and 100 %.
    Buttons,
}

/// Ticks from a decision to the execution of its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Latency {
    /// Executed at the price of the tick that decided.
    Immediate,
    /// Executed a fixed number of ticks later.
    Ticks(u32),
    /// Executed after a number of ticks drawn from these with equal chance, from the bot's own
    /// random stream.
    Sampled(Vec<u32>),
}

impl Rules {
    /// The default: what captures of the real game prove. An order takes one tick: 219 ms from
    /// request to acknowledgement (docs/spec/game.md#time).
    #[must_use]
    pub fn observed() -> Self {
        Self {
            min_bet: Sol::milli(1),
            // 5 SOL, according to players' notes (docs/spec/game.md#limits); unproven, so it is
            // data.
            max_bet: Sol::milli(5_000),
            sidebet_payout: 5,
            sidebet_window: 40,
            sidebet_cooldown: 0,
            portions: Portions::Any,
            latency: Latency::Ticks(1),
        }
    }

    /// The choices of the Python original, without its bugs: maximum bet 1.0 SOL, sidebet cooldown
    /// 5 ticks, the buttons' portions, execution at the deciding tick
    /// (docs/spec/original.md#choices).
    #[must_use]
    pub fn compat() -> Self {
        Self {
            max_bet: Sol::milli(1_000),
            sidebet_cooldown: 5,
            portions: Portions::Buttons,
            latency: Latency::Immediate,
            ..Self::observed()
        }
    }

    /// Whether the rules permit an action now.
    ///
    /// # Errors
    /// The first reason against it, checked in the order phase, amount, position or sidebet.
    #[inline]
    pub fn admit(
        &self,
        action: Action,
        quote: Quote,
        (wallet, position, sidebet): (&Wallet, &Position, &Sidebet),
    ) -> Result<(), Rejection> {
        match action {
            Action::Buy { stake } => {
                phase_permits(quote, &[Phase::Presale, Phase::Active])?;
                self.admit_stake(stake, wallet)?;
                let tokens = position.quantity.to_f64() + stake.to_f64() / quote.price.get();
                if tokens > TOKENS_MAX { Err(Rejection::TooLarge) } else { Ok(()) }
            }
            Action::Sell { portion, .. } => {
                phase_permits(quote, &[Phase::Active])?;
                if self.portions == Portions::Buttons && !Portion::BUTTONS.contains(&portion) {
                    return Err(Rejection::PortionNotOffered(portion));
                }
                let part = rounding::part_of(position.quantity, portion);
                if part.is_zero() { Err(Rejection::NothingToSell) } else { Ok(()) }
            }
            Action::Sidebet { stake } => {
                phase_permits(quote, &[Phase::Presale, Phase::Active])?;
                self.admit_stake(stake, wallet)?;
                if sidebet.is_open() {
                    return Err(Rejection::SidebetOpen);
                }
                match self.sidebet_wait(sidebet, quote) {
                    0 => Ok(()),
                    wait => Err(Rejection::SidebetCooldown(wait)),
                }
            }
        }
    }

    /// The fill of an admitted action at a quote: the simulated venue's answer.
    ///
    /// # Errors
    /// When an amount leaves the range of money.
    #[inline]
    pub fn execute(
        &self,
        action: Action,
        quote: Quote,
        position: &Position,
    ) -> Result<Fill, AmountError> {
        Ok(match action {
            Action::Buy { stake } => {
                Fill::Bought { stake, quantity: rounding::quantity_bought(stake, quote.price)? }
            }
            Action::Sell { portion, .. } => {
                let quantity = rounding::part_of(position.quantity, portion);
                Fill::Sold { quantity, proceeds: rounding::proceeds(quantity, quote.price)? }
            }
            Action::Sidebet { stake } => Fill::Placed { stake },
        })
    }

    /// Ticks until the next sidebet may start; an open one is ignored.
    #[must_use]
    #[inline]
    pub fn sidebet_wait(&self, sidebet: &Sidebet, quote: Quote) -> u32 {
        sidebet.settled_at.map_or(0, |settled| {
            self.sidebet_cooldown.saturating_sub(quote.tick.saturating_sub(settled))
        })
    }

    fn admit_stake(&self, stake: Sol, wallet: &Wallet) -> Result<(), Rejection> {
        if stake < self.min_bet {
            Err(Rejection::BelowMinimum(self.min_bet))
        } else if stake > self.max_bet {
            Err(Rejection::AboveMaximum(self.max_bet))
        } else if stake > wallet.cash {
            Err(Rejection::InsufficientBalance(wallet.cash))
        } else if wallet.cash > STAKED_CASH_MAX {
            Err(Rejection::TooLarge)
        } else {
            Ok(())
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::observed()
    }
}

fn phase_permits(quote: Quote, permitted: &[Phase]) -> Result<(), Rejection> {
    if permitted.contains(&quote.phase) { Ok(()) } else { Err(Rejection::Phase(quote.phase)) }
}
