//! The risk gate: limits that an armed session cannot be talked around.
//!
//! ```text
//! order ─> permit ─┬─ yes: a place in the minute and in the session is taken
//!                   ├─ refused: this order only (stake, rate, what could be lost)
//!                   └─ disarmed: this one and all others (loss, streak, session)
//! ```
//!
//! Pure: the account and the time are arguments. What was permitted counts as lost until it is
//! known what became of it, so that several orders on their way cannot lose together what each of
//! them may lose alone.

mod breach;
#[cfg(test)]
mod laws;

use std::collections::VecDeque;

pub use breach::Breach;

use crate::engine::venue::execution::{AccountSnapshot, OrderId, OrderRequest};
use crate::model::order::Action;
use crate::model::sol::{AmountError, Sol};

/// A minute in milliseconds.
const MINUTE_MS: u64 = 60_000;

/// What an armed session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskLimits {
    /// The largest stake of one order.
    pub max_stake: Sol,
    /// The most that may be lost in the session, measured from the account at its beginning.
    pub max_loss: Sol,
    /// The most orders within any minute.
    pub max_orders_per_minute: u32,
    /// Disarm after N consecutive losing games.
    pub max_losing_streak: Option<u32>,
    /// Disarm after N orders.
    pub max_orders: Option<u32>,
}

/// Holds a session to its limits.
#[derive(Debug)]
pub struct RiskGate {
    limits: RiskLimits,
    /// What losses are measured from.
    base: Sol,
    /// True while the position from before the session is held: what it brings is not a gain.
    inherited: bool,
    /// Stakes that were permitted and are not known to be in the account, by their order.
    on_the_way: Vec<(OrderId, Sol)>,
    /// When orders were permitted within the last minute, in milliseconds.
    recent: VecDeque<u64>,
    orders: u32,
    /// The cash behind the last game.
    after_game: Sol,
    streak: u32,
    disarmed: Option<Breach>,
}

impl RiskGate {
    /// A risk gate of a session that begins with this account.
    #[must_use]
    pub const fn new(limits: RiskLimits, start: AccountSnapshot) -> Self {
        Self {
            limits,
            base: start.cash,
            inherited: !start.quantity.is_zero(),
            on_the_way: Vec::new(),
            recent: VecDeque::new(),
            orders: 0,
            after_game: start.cash,
            streak: 0,
            disarmed: None,
        }
    }

    /// Permits an order to be clicked, once, at a time in milliseconds from any beginning. A sale
    /// is always permitted unless a breach disarmed: it makes the risk smaller. It counts as an
    /// order.
    ///
    /// # Errors
    /// Why it must not be clicked.
    pub fn permit(
        &mut self,
        request: &OrderRequest,
        account: &AccountSnapshot,
        now_ms: u64,
    ) -> Result<(), Breach> {
        self.look_at(account)?;
        if let Action::Buy { stake } | Action::Sidebet { stake } = request.action {
            self.stake_is_permitted(stake, account, now_ms)?;
            self.on_the_way.push((request.id, stake));
        }
        self.orders = self.orders.saturating_add(1);
        self.recent.push_back(now_ms);
        Ok(())
    }

    /// Notes that the outcome of an order is known, and that the account as it is told from now on
    /// has it. Until then its stake counts as lost, beside the account.
    pub fn settled(&mut self, order: OrderId) {
        self.on_the_way.retain(|&(id, _)| id != order);
    }

    /// Notes that a game is over, with the account behind it, in which everything of the game is.
    ///
    /// # Errors
    /// The breach that it makes; it disarms.
    pub fn game_over(&mut self, account: &AccountSnapshot) -> Result<(), Breach> {
        self.on_the_way.clear();
        self.streak = match account.cash.cmp(&self.after_game) {
            std::cmp::Ordering::Less => self.streak.saturating_add(1),
            // Not played, or neither won nor lost.
            std::cmp::Ordering::Equal => self.streak,
            std::cmp::Ordering::Greater => 0,
        };
        self.after_game = account.cash;
        self.look_at(account)?;
        match self.limits.max_losing_streak {
            Some(limit) if self.streak >= limit => {
                self.disarm(Breach::Streak { games: self.streak, limit })
            }
            _ => Ok(()),
        }
    }

    /// Why nothing more is permitted, if a breach disarmed.
    #[must_use]
    pub const fn disarmed(&self) -> Option<&Breach> {
        self.disarmed.as_ref()
    }

    /// Whether the account may go on at all.
    fn look_at(&mut self, account: &AccountSnapshot) -> Result<(), Breach> {
        if let Some(breach) = &self.disarmed {
            return Err(Breach::Disarmed(Box::new(breach.clone())));
        }
        if !account.quantity.is_zero() {
            return Ok(());
        }
        if std::mem::take(&mut self.inherited) {
            // What the position from before was worth was ours before.
            self.base = self.base.max(account.cash);
        }
        match self.base.minus(account.cash) {
            Ok(loss) if loss >= self.limits.max_loss && self.on_the_way.is_empty() => {
                self.disarm(Breach::Loss { loss, limit: self.limits.max_loss })
            }
            Ok(_) => Ok(()),
            Err(error) => self.disarm(error.into()),
        }
    }

    fn stake_is_permitted(
        &mut self,
        stake: Sol,
        account: &AccountSnapshot,
        now_ms: u64,
    ) -> Result<(), Breach> {
        let RiskLimits { max_stake, max_loss, max_orders_per_minute, max_orders, .. } = self.limits;
        if !stake.is_positive() {
            return Err(Breach::NoStake(stake));
        }
        if stake > max_stake {
            return Err(Breach::Stake { stake, limit: max_stake });
        }
        if let Some(limit) = max_orders.filter(|&limit| self.orders >= limit) {
            return self.disarm(Breach::Orders { orders: self.orders, limit });
        }
        // A clock that goes back makes orders younger, never older.
        self.recent.retain(|&then| now_ms.saturating_sub(then) <= MINUTE_MS);
        if self.recent.len() >= max_orders_per_minute as usize {
            return Err(Breach::Rate { limit: max_orders_per_minute });
        }
        match self.worst(stake, account) {
            Ok(worst) if worst > max_loss => Err(Breach::AtRisk { stake, worst, limit: max_loss }),
            Ok(_) => Ok(()),
            Err(error) => self.disarm(error.into()),
        }
    }

    /// The loss if the position, everything on its way and this stake were lost.
    fn worst(&self, stake: Sol, account: &AccountSnapshot) -> Result<Sol, AmountError> {
        let on_the_way =
            self.on_the_way.iter().try_fold(stake, |sum, &(_, stake)| sum.plus(stake))?;
        self.base.minus(account.cash)?.plus(on_the_way)
    }

    fn disarm(&mut self, breach: Breach) -> Result<(), Breach> {
        self.disarmed = Some(breach.clone());
        Err(breach)
    }
}

#[cfg(test)]
mod tests {
    use super::laws::{account, buy, sell, sidebet};
    use super::*;

    const LIMITS: RiskLimits = RiskLimits {
        max_stake: Sol::milli(10),
        max_loss: Sol::milli(100),
        max_orders_per_minute: 3,
        max_losing_streak: Some(3),
        max_orders: None,
    };

    fn risk(change: impl FnOnce(&mut RiskLimits)) -> RiskGate {
        let mut limits = LIMITS;
        change(&mut limits);
        RiskGate::new(limits, account(1_000, 0))
    }

    #[test]
    fn a_stake_above_the_limit_is_refused_and_nothing_else() {
        let mut risk = risk(|_| {});
        let breach = risk.permit(&buy(1, 11), &account(1_000, 0), 0).unwrap_err();
        assert!(!breach.disarms());
        assert_eq!(
            breach.to_string(),
            "a stake of 0.011000000 SOL is above the largest permitted one, 0.010000000 SOL"
        );
        for stake in [0, -10] {
            let breach = risk.permit(&buy(2, stake), &account(1_000, 0), 0).unwrap_err();
            assert_eq!(breach, Breach::NoStake(Sol::milli(stake)));
        }
        assert_eq!(risk.permit(&buy(3, 10), &account(1_000, 0), 0), Ok(()));
    }

    #[test]
    fn the_fourth_order_of_a_minute_waits_for_the_next_one_and_sales_take_places_too() {
        let mut risk = risk(|_| {});
        let flat = account(1_000, 0);
        assert_eq!(risk.permit(&buy(1, 1), &flat, 0), Ok(()));
        assert_eq!(risk.permit(&sell(2), &flat, 10), Ok(()));
        assert_eq!(risk.permit(&sidebet(3, 1), &flat, 20), Ok(()));
        assert_eq!(risk.permit(&buy(4, 1), &flat, 60_000), Err(Breach::Rate { limit: 3 }));
        // To get out is never too fast.
        assert_eq!(risk.permit(&sell(5), &flat, 60_000), Ok(()));
        assert_eq!(risk.permit(&buy(6, 1), &flat, 60_005), Err(Breach::Rate { limit: 3 }));
        assert_eq!(risk.permit(&buy(7, 1), &flat, 60_021), Ok(()));
        // A clock that goes back frees nobody's place.
        assert_eq!(risk.permit(&buy(8, 1), &flat, 60_022), Ok(()));
        assert_eq!(risk.permit(&buy(9, 1), &flat, 0), Err(Breach::Rate { limit: 3 }));
    }

    #[test]
    fn a_stake_is_refused_as_soon_as_all_that_is_at_risk_would_be_more_than_may_be_lost() {
        let mut risk = risk(|limits| limits.max_loss = Sol::milli(25));
        // 0.01 is in the position and may be worth nothing; another 0.01 is on its way.
        let held = account(990, 5);
        assert_eq!(risk.permit(&buy(1, 10), &held, 0), Ok(()));
        let breach = risk.permit(&buy(2, 6), &held, 1).unwrap_err();
        assert!(!breach.disarms());
        assert_eq!(
            breach.to_string(),
            "with a stake of 0.006000000 SOL the loss could become 0.026000000 SOL, above the \
             limit of 0.025000000 SOL"
        );
        assert_eq!(risk.permit(&buy(3, 5), &held, 2), Ok(()));
        // The second one was refused by the site after all.
        risk.settled(OrderId::new(1));
        risk.settled(OrderId::new(3));
        assert_eq!(risk.permit(&buy(4, 10), &account(990, 5), 3), Ok(()));
    }

    #[test]
    fn what_was_won_may_be_lost_again_but_not_what_was_held_before() {
        let mut plain = risk(|limits| limits.max_loss = Sol::milli(5));
        assert_eq!(plain.permit(&buy(1, 10), &account(1_010, 0), 0), Ok(()));
        let limits = RiskLimits { max_loss: Sol::milli(5), ..LIMITS };
        let mut inherited = RiskGate::new(limits, account(1_000, 5));
        let breach = inherited.permit(&buy(1, 10), &account(1_010, 0), 0).unwrap_err();
        assert!(matches!(breach, Breach::AtRisk { .. }), "{breach}");
    }

    #[test]
    fn a_loss_of_the_limit_disarms_for_good_and_sales_are_then_refused_too() {
        let mut risk = risk(|_| {});
        let breach = risk.game_over(&account(900, 0)).unwrap_err();
        assert!(breach.disarms());
        let words = "0.100000000 SOL are lost, and the limit is 0.100000000 SOL";
        assert_eq!(breach.to_string(), words);
        assert_eq!(risk.disarmed(), Some(&breach));
        let after = risk.permit(&sell(1), &account(2_000, 0), 0).unwrap_err();
        assert!(after.disarms());
        assert_eq!(after.to_string(), format!("disarmed: {words}"));
    }

    #[test]
    fn a_position_is_not_a_loss_yet_and_can_be_sold() {
        let mut risk = risk(|_| {});
        assert_eq!(risk.permit(&sell(1), &account(900, 5), 0), Ok(()));
        assert_eq!(risk.disarmed(), None);
    }

    #[test]
    fn games_in_a_row_with_a_loss_disarm_and_a_won_one_begins_anew() {
        let mut risk = risk(|_| {});
        for cash in [999, 998, 998, 999, 997, 996] {
            assert_eq!(risk.game_over(&account(cash, 0)), Ok(()), "{cash}");
        }
        let breach = risk.game_over(&account(995, 0)).unwrap_err();
        assert!(breach.disarms());
        assert_eq!(breach.to_string(), "3 games in a row were lost, and the limit is 3");
    }

    #[test]
    fn the_last_order_of_a_session_disarms_the_next_one() {
        let mut risk = risk(|limits| limits.max_orders = Some(2));
        let flat = account(1_000, 0);
        assert_eq!(risk.permit(&buy(1, 1), &flat, 0), Ok(()));
        assert_eq!(risk.permit(&sell(2), &flat, 0), Ok(()));
        assert_eq!(risk.permit(&sell(3), &flat, 0), Ok(()));
        let breach = risk.permit(&buy(4, 1), &flat, 0).unwrap_err();
        assert!(breach.disarms());
        assert_eq!(breach.to_string(), "3 orders were sent in this session, and the limit is 2");
    }

    #[test]
    fn figures_beyond_all_bounds_disarm() {
        let most = "1000000000000000".parse().unwrap();
        let mut risk = RiskGate::new(LIMITS, AccountSnapshot { cash: most, ..account(0, 0) });
        let least = AccountSnapshot { cash: Sol::milli(-1), ..account(0, 1) };
        let breach = risk.permit(&buy(1, 1), &least, 0).unwrap_err();
        assert!(breach.disarms(), "{breach}");
    }
}
