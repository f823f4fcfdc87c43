//! The laws of a risk gate, whatever is asked of it: never more is lost than may be, and never more
//! orders are in a minute than may be.

use proptest::prelude::*;

use super::{AskedAt, Breach, KeptLosses, RiskGate, RiskLimits};
use crate::engine::venue::execution::{AccountSnapshot, OrderId};
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;
use crate::model::time::Stamp;

pub(super) fn account(milli: i64, billionths: u128) -> AccountSnapshot {
    let quantity = Quantity::from_billionths(billionths).expect("a quantity");
    AccountSnapshot { cash: Sol::milli(milli), quantity, arrived: Stamp::default() }
}

/// An order: its number, and its stake where it is not a sale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked(pub(super) OrderId, Option<Sol>);

pub(super) fn buy(id: u64, milli: i64) -> Asked {
    Asked(OrderId::new(id), Some(Sol::milli(milli)))
}

pub(super) fn sidebet(id: u64, milli: i64) -> Asked {
    buy(id, milli)
}

pub(super) fn sell(id: u64) -> Asked {
    Asked(OrderId::new(id), None)
}

/// Some milliseconds after arming, on the first of days.
pub(super) fn asked(armed_ms: u64) -> AskedAt {
    AskedAt { armed_ms, day: 0 }
}

/// Asks for an order that the page sets as it was ordered.
pub(super) fn ask(
    risk: &mut RiskGate,
    Asked(id, stake): Asked,
    account: &AccountSnapshot,
    armed_ms: u64,
) -> Result<(), Breach> {
    if let Some(stake) = stake {
        risk.reserve(id, stake, account, asked(armed_ms))?;
    }
    let permitted = risk.permit(id, stake, account, asked(armed_ms));
    if permitted.is_err() {
        risk.rejected(id);
    }
    permitted
}

/// What happens in a session.
#[derive(Debug, Clone)]
enum Step {
    /// An order is asked for: a buy, a sidebet or a sale, after a time.
    Ask { kind: u8, stake: i64, after_ms: u64 },
    /// The site carries out one of the orders on their way, or refuses it.
    Answer { which: usize, done: bool },
    /// The position is sold for these proceeds.
    Sold { proceeds: i64 },
    /// The account is told.
    Tell,
    /// Everything that is held is lost, and the game is over.
    Rug,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..4_u8, -5..40_i64, 0..40_000_u64)
            .prop_map(|(kind, stake, after_ms)| Step::Ask { kind, stake, after_ms }),
        4 => (any::<usize>(), any::<bool>())
            .prop_map(|(which, done)| Step::Answer { which, done }),
        1 => (0..30_i64).prop_map(|proceeds| Step::Sold { proceeds }),
        3 => Just(Step::Tell),
        1 => Just(Step::Rug),
    ]
}

/// A site and what the risk gate knows of it, which is later and less.
struct Session {
    risk: RiskGate,
    /// In thousandths of a SOL.
    cash: i64,
    held: bool,
    told: AccountSnapshot,
    /// Orders that were permitted, with their stakes, and nobody knows more.
    on_the_way: Vec<(u64, i64)>,
    /// Orders that the site answered, which the account does not say yet.
    untold: Vec<u64>,
    /// When orders were permitted, and whether with a stake.
    permitted: Vec<(u64, bool)>,
    now_ms: u64,
    asked: u64,
}

impl Session {
    fn new(limits: RiskLimits) -> Self {
        let told = account(1_000, 0);
        Self {
            risk: RiskGate::new(limits, &told, &KeptLosses::default(), asked(0)),
            cash: 1_000,
            held: false,
            told,
            on_the_way: Vec::new(),
            untold: Vec::new(),
            permitted: Vec::new(),
            now_ms: 0,
            asked: 0,
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Ask { kind, stake, after_ms } => {
                self.now_ms += after_ms;
                self.asked += 1;
                let request = match kind {
                    0 => sell(self.asked),
                    1 => sidebet(self.asked, stake),
                    _ => buy(self.asked, stake),
                };
                if ask(&mut self.risk, request, &self.told, self.now_ms).is_ok() {
                    self.permitted.push((self.now_ms, kind > 0));
                    if kind > 0 {
                        self.on_the_way.push((self.asked, stake));
                    }
                }
            }
            Step::Answer { which, done } if !self.on_the_way.is_empty() => {
                let (id, stake) = self.on_the_way.remove(which % self.on_the_way.len());
                self.untold.push(id);
                if done {
                    self.cash -= stake;
                    self.held = true;
                }
            }
            Step::Sold { proceeds } if self.held => {
                self.cash += proceeds;
                self.held = false;
            }
            Step::Tell => {
                self.tell();
                self.untold.drain(..).for_each(|id| self.risk.rejected(OrderId::new(id)));
            }
            Step::Rug => {
                // Nothing of a game is done behind its end.
                self.cash -= self.on_the_way.drain(..).map(|(_, stake)| stake).sum::<i64>();
                self.held = false;
                self.untold.clear();
                self.tell();
                let _ = self.risk.game_over(&self.told);
            }
            Step::Answer { .. } | Step::Sold { .. } => {}
        }
    }

    fn tell(&mut self) {
        let arrived = Stamp::from_us(self.told.arrived.us_since(Stamp::default()) + 1);
        self.told = AccountSnapshot { arrived, ..account(self.cash, u128::from(self.held)) };
    }

    /// What is lost if everything is lost that can be.
    fn worst(&self) -> i64 {
        1_000 - self.cash + self.on_the_way.iter().map(|(_, stake)| stake).sum::<i64>()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_sequence_of_permitted_orders_loses_more_than_may_be_lost(
        steps in prop::collection::vec(step(), 1..120),
        max_loss in 1..120_i64,
    ) {
        let limits = RiskLimits {
            max_stake: Sol::milli(30),
            max_loss: Sol::milli(max_loss),
            max_orders_per_minute: 1_000,
            ..RiskLimits::default()
        };
        let mut session = Session::new(limits);
        for step in &steps {
            session.take(step);
            prop_assert!(session.worst() <= max_loss, "{} after {step:?}", session.worst());
        }
    }

    #[test]
    fn no_minute_has_more_orders_than_may_be_and_no_session_and_no_streak(
        steps in prop::collection::vec(step(), 1..120),
        per_minute in 1..6_u32,
        most in 1..30_u32,
    ) {
        let limits = RiskLimits {
            max_stake: Sol::milli(30),
            max_loss: Sol::milli(100_000),
            max_orders_per_minute: per_minute,
            max_orders: Some(most),
            ..RiskLimits::default()
        };
        let mut session = Session::new(limits);
        steps.iter().for_each(|step| session.take(step));
        // Every window of a minute ends with an order; sales are permitted beyond the rate, and
        // count all the same.
        let permitted = &session.permitted;
        for (place, &(end, _)) in permitted.iter().enumerate().filter(|(_, (_, staked))| *staked) {
            let within = permitted[..=place].iter().filter(|(then, _)| end - then <= 60_000);
            prop_assert!(within.count() <= per_minute as usize);
            prop_assert!(place < most as usize);
        }
    }
}
