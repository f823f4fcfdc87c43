//! The risk gate: limits that an armed session cannot be talked around.
//!
//! ```text
//! order ─> reserve ─> amount set, read back; loss record on the disk ─> permit ─> click
//!            ├─ refused: this order only                                │
//!            └─ disarmed: this one and all others ──────────────────────┘
//! ```
//!
//! Pure: the account and the time are arguments. What was reserved counts as lost until it is known
//! what became of it, so that several orders on their way cannot lose together what each of them
//! may lose alone. The same is true of what is kept on the disk for the day and for the account: it
//! is never less than what can be lost, whenever the process is killed.

mod breach;
mod kept;
#[cfg(test)]
mod laws;
mod meter;
#[cfg(test)]
mod restarts;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

pub use breach::{Breach, Span};
pub use kept::{KeptLosses, SpanTotals};
use meter::LossMeter;

use crate::engine::venue::execution::{AccountSnapshot, OrderId};
use crate::model::sol::{AmountError, Sol};

/// A minute in milliseconds.
const MINUTE_MS: u64 = 60_000;

/// Limits of a span that outlasts a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanLimits {
    /// The most that may be lost within the span.
    pub max_loss: Option<Sol>,
    /// The most orders within the span.
    pub max_orders: Option<u32>,
}

/// What an armed session may do. By default, nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
    /// The longest time in which orders with a stake are sent.
    pub max_armed: Option<Duration>,
    /// Limits of a day of UTC, over all sessions of the account.
    pub day: SpanLimits,
    /// Limits of the account, over all its sessions.
    pub account: SpanLimits,
}

/// When a risk gate is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskedAt {
    /// Milliseconds since the session was armed, by a clock that nobody sets.
    pub armed_ms: u64,
    /// The day of UTC by the wall clock, counted from 1970-01-01.
    pub day: u64,
}

/// An order whose stake counts as lost.
#[derive(Debug)]
struct OnTheWay {
    id: OrderId,
    stake: Sol,
    /// The account before it, with everything that was known to be executed.
    before: AccountSnapshot,
    state: OrderState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OrderState {
    /// Nothing was pressed yet.
    Reserved,
    /// It may be pressed.
    Permitted,
    /// It was executed; the account does not say so yet.
    Filled,
}

/// Holds a session to its limits.
#[derive(Debug)]
pub struct RiskGate {
    limits: RiskLimits,
    session: LossMeter,
    day: LossMeter,
    account: LossMeter,
    /// The furthest day that was seen.
    furthest_day: u64,
    on_the_way: Vec<OnTheWay>,
    /// When orders were permitted within the last minute, in milliseconds.
    recent: VecDeque<u64>,
    /// The cash after the last game.
    after_game: Sol,
    streak: u32,
    disarmed: Option<Breach>,
}

impl RiskGate {
    /// A risk gate of a session that begins with this account, which lost and ordered that much
    /// before.
    #[must_use]
    pub fn new(
        limits: RiskLimits,
        start: &AccountSnapshot,
        kept: &KeptLosses,
        asked: AskedAt,
    ) -> Self {
        let mut gate = Self {
            limits,
            session: LossMeter::new(SpanTotals::default(), start),
            day: LossMeter::new(kept.today, start),
            account: LossMeter::new(kept.in_all, start),
            furthest_day: kept.day,
            on_the_way: Vec::new(),
            recent: VecDeque::new(),
            after_game: start.cash,
            streak: 0,
            disarmed: None,
        };
        gate.turn_to(asked.day, start);
        gate
    }

    /// Reserves the stake of an order: it counts as lost from now on. What is then to be kept must
    /// be on the disk before the order is permitted.
    ///
    /// # Errors
    /// Why it must not be clicked.
    pub fn reserve(
        &mut self,
        id: OrderId,
        stake: Sol,
        account: &AccountSnapshot,
        asked: AskedAt,
    ) -> Result<(), Breach> {
        self.look(account, asked)?;
        let permitted = self.check_stake(stake, account, asked);
        self.heed(permitted)?;
        let (before, state) = (*account, OrderState::Reserved);
        self.on_the_way.push(OnTheWay { id, stake, before, state });
        Ok(())
    }

    /// Permits an order to be clicked, once. `amount` is what the button will put up, as it was
    /// read back from the page; none for a sale, which is always permitted unless a breach
    /// disarmed: it makes the risk smaller. It counts as an order.
    ///
    /// # Errors
    /// Why it must not be clicked.
    pub fn permit(
        &mut self,
        id: OrderId,
        amount: Option<Sol>,
        account: &AccountSnapshot,
        asked: AskedAt,
    ) -> Result<(), Breach> {
        self.look(account, asked)?;
        if let Some(amount) = amount {
            let is_ours = |order: &OnTheWay| order.id == id && order.state == OrderState::Reserved;
            let at = self.on_the_way.iter().position(is_ours).ok_or(Breach::NotReserved(amount))?;
            let filled = self.stakes(|order| order.state == OrderState::Filled)?;
            let cash = account.cash.minus(filled)?;
            // Not to be counted twice while it is looked at.
            let mut order = self.on_the_way.swap_remove(at);
            let permitted = if amount > order.stake {
                Err(Breach::Stake { stake: amount, limit: order.stake })
            } else {
                self.check_stake(amount, account, asked)
            };
            if permitted.is_ok() {
                order.before = AccountSnapshot { cash, ..*account };
                order.state = OrderState::Permitted;
            }
            self.on_the_way.push(order);
            self.heed(permitted)?;
        }
        for meter in [&mut self.session, &mut self.day, &mut self.account] {
            meter.sent();
        }
        self.recent.retain(|&then| asked.armed_ms.saturating_sub(then) <= MINUTE_MS);
        self.recent.push_back(asked.armed_ms);
        Ok(())
    }

    /// Notes that an order was not executed and will not be.
    pub fn rejected(&mut self, id: OrderId) {
        self.on_the_way.retain(|order| order.id != id);
    }

    /// Notes that an order was executed. Its stake counts as lost beside the account until the
    /// account, where one is known, has it.
    pub fn filled(&mut self, id: OrderId, account: Option<&AccountSnapshot>) {
        for order in self.on_the_way.iter_mut().filter(|order| order.id == id) {
            order.state = OrderState::Filled;
        }
        let Some(account) = account else { return };
        let has_it = |order: &OnTheWay| {
            let paid = order.before.cash.minus(account.cash);
            order.id == id && paid.is_ok_and(|paid| paid >= order.stake)
        };
        self.on_the_way.retain(|order| !has_it(order));
    }

    /// Notes that the account was told again: it has everything that is known to be executed.
    pub fn told(&mut self) {
        self.on_the_way.retain(|order| order.state != OrderState::Filled);
    }

    /// Notes that a game is over, with the account after it, in which everything of the game is,
    /// provided that it was told since. An order of which it was not stays on its way.
    ///
    /// # Errors
    /// The breach that it makes; it disarms.
    pub fn game_over(&mut self, account: &AccountSnapshot) -> Result<(), Breach> {
        self.on_the_way.retain(|order| order.before.arrived == account.arrived);
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
                self.heed(Err(Breach::Streak { games: self.streak, limit }))
            }
            _ => Ok(()),
        }
    }

    /// Takes note of the time: a day may begin, and that of the session may be over.
    ///
    /// # Errors
    /// The breach that it makes; it disarms.
    pub fn tick(&mut self, account: &AccountSnapshot, asked: AskedAt) -> Result<(), Breach> {
        self.turn_to(asked.day, account);
        match self.time_is_up(asked) {
            // Who holds something may still sell it.
            Some(limit) if account.quantity.is_zero() && self.on_the_way.is_empty() => {
                self.heed(Err(Breach::Time { limit }))
            }
            _ => Ok(()),
        }
    }

    /// Looks at the account and the time, as every order does.
    ///
    /// # Errors
    /// The breach that disarmed, now or earlier.
    pub fn look(&mut self, account: &AccountSnapshot, asked: AskedAt) -> Result<(), Breach> {
        // Also who is disarmed has seen the day.
        self.turn_to(asked.day, account);
        self.look_at(account)?;
        self.tick(account, asked)
    }

    /// Why nothing more is permitted, if a breach disarmed.
    #[must_use]
    pub const fn disarmed(&self) -> Option<&Breach> {
        self.disarmed.as_ref()
    }

    /// What the next session must know: everything that is on its way or held counts as lost.
    ///
    /// # Errors
    /// When the figures cannot be reckoned with.
    pub fn kept(&self, account: &AccountSnapshot) -> Result<KeptLosses, AmountError> {
        let on_the_way = self.stakes(|_| true)?;
        let reserved = |order: &&OnTheWay| order.state == OrderState::Reserved;
        let reserved = self.on_the_way.iter().filter(reserved).count();
        let totals = |meter: &LossMeter| meter.totals(account.cash, on_the_way, reserved);
        Ok(KeptLosses {
            day: self.furthest_day,
            today: totals(&self.day)?,
            in_all: totals(&self.account)?,
        })
    }

    /// Begins a day that is later than any before it. A clock that is set back begins none, and one
    /// that was set ahead has used up the days that it showed.
    fn turn_to(&mut self, day: u64, account: &AccountSnapshot) {
        if day > self.furthest_day {
            self.furthest_day = day;
            self.day = LossMeter::new(SpanTotals::default(), account);
        }
    }

    /// Whether the account may go on at all.
    fn look_at(&mut self, account: &AccountSnapshot) -> Result<(), Breach> {
        if let Some(breach) = &self.disarmed {
            return Err(Breach::Disarmed(Box::new(breach.clone())));
        }
        if !account.quantity.is_zero() {
            return Ok(());
        }
        for meter in [&mut self.session, &mut self.day, &mut self.account] {
            meter.holds_nothing(account.cash);
        }
        let held = if self.on_the_way.is_empty() { self.check_losses(account) } else { Ok(()) };
        self.heed(held)
    }

    /// Whether less is lost than may be, where nothing is open.
    fn check_losses(&self, account: &AccountSnapshot) -> Result<(), Breach> {
        for (span, limits, meter) in self.spans() {
            let loss = meter.lost(account.cash)?;
            if let Some(limit) = limits.max_loss.filter(|&limit| loss >= limit) {
                return Err(Breach::Loss { span, loss, limit });
            }
        }
        Ok(())
    }

    /// Whether a stake may be put up, beside everything that is on its way.
    fn check_stake(
        &self,
        stake: Sol,
        account: &AccountSnapshot,
        asked: AskedAt,
    ) -> Result<(), Breach> {
        let RiskLimits { max_stake, max_orders_per_minute, .. } = self.limits;
        if !stake.is_positive() {
            return Err(Breach::NoStake(stake));
        }
        if stake > max_stake {
            return Err(Breach::Stake { stake, limit: max_stake });
        }
        if let Some(limit) = self.time_is_up(asked) {
            return Err(Breach::TimeWithPosition { limit });
        }
        for (span, limits, meter) in self.spans() {
            let orders = meter.orders();
            if let Some(limit) = limits.max_orders.filter(|&limit| orders >= limit) {
                return Err(Breach::Orders { span, orders, limit });
            }
        }
        // A clock that goes back makes orders younger, never older.
        let is_recent = |then: &&u64| asked.armed_ms.saturating_sub(**then) <= MINUTE_MS;
        if self.recent.iter().filter(is_recent).count() >= max_orders_per_minute as usize {
            return Err(Breach::Rate { limit: max_orders_per_minute });
        }
        // The loss if the position, everything on its way and this stake were lost.
        let at_risk = self.stakes(|_| true)?.plus(stake)?;
        for (span, limits, meter) in self.spans() {
            let worst = meter.lost(account.cash)?.plus(at_risk)?;
            if let Some(limit) = limits.max_loss.filter(|&limit| worst > limit) {
                return Err(Breach::AtRisk { span, stake, worst, limit });
            }
        }
        Ok(())
    }

    fn time_is_up(&self, asked: AskedAt) -> Option<Duration> {
        let armed = Duration::from_millis(asked.armed_ms);
        self.limits.max_armed.filter(|&limit| armed >= limit)
    }

    /// The stakes of some of the orders on their way.
    fn stakes(&self, are: impl Fn(&OnTheWay) -> bool) -> Result<Sol, AmountError> {
        let some = self.on_the_way.iter().filter(|order| are(order));
        some.map(|order| order.stake).try_fold(Sol::ZERO, Sol::plus)
    }

    fn spans(&self) -> [(Span, SpanLimits, &LossMeter); 3] {
        let RiskLimits { max_loss, max_orders, day, account, .. } = self.limits;
        let session = SpanLimits { max_loss: Some(max_loss), max_orders };
        [
            (Span::Session, session, &self.session),
            (Span::Day, day, &self.day),
            (Span::AllTime, account, &self.account),
        ]
    }

    /// Notes a breach that disarms.
    fn heed(&mut self, outcome: Result<(), Breach>) -> Result<(), Breach> {
        outcome.inspect_err(|breach| {
            if breach.disarms() && self.disarmed.is_none() {
                self.disarmed = Some(breach.clone());
            }
        })
    }
}
