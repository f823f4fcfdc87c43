//! The laws of what is kept between sessions: whatever is ordered, killed and set on the clock, no
//! day and no account loses more than it may, and the disk never knows of less than can be lost.

use proptest::prelude::*;

use super::laws::account;
use super::{AskedAt, KeptLosses, RiskGate, RiskLimits, SpanLimits};
use crate::engine::venue::execution::{AccountSnapshot, OrderId};
use crate::model::sol::Sol;
use crate::model::time::Stamp;

/// The cash at the beginning, in thousandths.
const START: i64 = 1_000;

/// What happens to an account over several sessions.
#[derive(Debug, Clone)]
enum Step {
    /// A stake is ordered; the process may be killed before it is pressed.
    Order { stake: i64, is_killed: bool },
    /// The site carries out the oldest order on its way, or refuses it.
    Answer { done: bool },
    /// The position is sold for these proceeds.
    Sold { proceeds: i64 },
    /// Everything that is held is lost, and the game is over.
    Rug,
    /// The process is killed; what was on its way was done or not, and what is held is lost.
    Kill { done: bool },
    /// The clock of the machine is set to this day.
    Clock { day: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1..30_i64, prop::bool::weighted(0.1))
            .prop_map(|(stake, is_killed)| Step::Order { stake, is_killed }),
        5 => any::<bool>().prop_map(|done| Step::Answer { done }),
        2 => (0..40_i64).prop_map(|proceeds| Step::Sold { proceeds }),
        2 => Just(Step::Rug),
        1 => any::<bool>().prop_map(|done| Step::Kill { done }),
        1 => (0..4_u64).prop_map(|day| Step::Clock { day }),
    ]
}

/// An account, the sessions that trade with it, and their disk.
struct Bank {
    limits: RiskLimits,
    gate: RiskGate,
    disk: KeptLosses,
    cash: i64,
    held: bool,
    on_the_way: Vec<(u64, i64)>,
    asked: u64,
    told: u64,
    day: u64,
    /// The furthest day, and the cash when it began, without what was at stake already.
    furthest: (u64, i64),
    /// Orders that may have been pressed since then.
    pressed_on_day: u32,
    pressed: u32,
}

impl Bank {
    fn new(limits: RiskLimits) -> Self {
        let disk = KeptLosses::default();
        let gate = RiskGate::new(limits, &account(START, 0), &disk, AskedAt::default());
        Self {
            limits,
            gate,
            disk,
            cash: START,
            held: false,
            on_the_way: Vec::new(),
            asked: 0,
            told: 0,
            day: 0,
            furthest: (0, START),
            pressed_on_day: 0,
            pressed: 0,
        }
    }

    fn snapshot(&self) -> AccountSnapshot {
        let arrived = Stamp::from_us(self.told);
        AccountSnapshot { arrived, ..account(self.cash, u128::from(self.held)) }
    }

    fn asked(&mut self) -> AskedAt {
        if self.day > self.furthest.0 {
            self.furthest = (self.day, self.worst());
            self.pressed_on_day = 0;
        }
        AskedAt { armed_ms: 0, day: self.day }
    }

    fn keep(&mut self) {
        self.disk = self.gate.kept(&self.snapshot()).expect("figures within bounds");
    }

    /// What is heard of the account.
    fn hear(&mut self) {
        self.told += 1;
        self.gate.told();
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Order { stake, is_killed } => self.order(stake, is_killed),
            Step::Answer { done } if !self.on_the_way.is_empty() => {
                let (id, stake) = self.on_the_way.remove(0);
                if done {
                    (self.cash, self.held) = (self.cash - stake, true);
                    self.hear();
                    self.gate.filled(OrderId::new(id), Some(&self.snapshot()));
                } else {
                    self.gate.rejected(OrderId::new(id));
                }
            }
            Step::Sold { proceeds } if self.held => {
                (self.cash, self.held) = (self.cash + proceeds, false);
                self.hear();
            }
            Step::Rug => {
                self.lose(true);
                self.hear();
                let _ = self.gate.game_over(&self.snapshot());
            }
            Step::Kill { done } => return self.kill(done),
            Step::Clock { day } => {
                self.day = day;
                let asked = self.asked();
                let _ = self.gate.look(&self.snapshot(), asked);
            }
            Step::Answer { .. } | Step::Sold { .. } => {}
        }
        self.keep();
    }

    fn order(&mut self, stake: i64, is_killed: bool) {
        self.asked += 1;
        let (id, now, asked) = (OrderId::new(self.asked), self.snapshot(), self.asked());
        if self.gate.reserve(id, Sol::milli(stake), &now, asked).is_err() {
            return;
        }
        // On the disk before anything is pressed.
        self.keep();
        if is_killed {
            return self.kill(false);
        }
        if self.gate.permit(id, Some(Sol::milli(stake)), &now, asked).is_ok() {
            self.on_the_way.push((self.asked, stake));
            (self.pressed, self.pressed_on_day) = (self.pressed + 1, self.pressed_on_day + 1);
        } else {
            self.gate.rejected(id);
        }
    }

    /// Orders on their way are done or not, and everything that is held is lost.
    fn lose(&mut self, done: bool) {
        let stakes = self.on_the_way.drain(..).map(|(_, stake)| stake).sum::<i64>();
        self.cash -= if done { stakes } else { 0 };
        self.held = false;
    }

    /// Nothing of the process is left but what was on the disk.
    fn kill(&mut self, done: bool) {
        self.lose(done);
        self.told += 1;
        let (snapshot, asked) = (self.snapshot(), self.asked());
        self.gate = RiskGate::new(self.limits, &snapshot, &self.disk, asked);
        self.keep();
    }

    /// The cash if everything were lost that can be.
    fn worst(&self) -> i64 {
        self.cash - self.on_the_way.iter().map(|(_, stake)| stake).sum::<i64>()
    }
}

fn limits(day: SpanLimits, account: SpanLimits) -> RiskLimits {
    RiskLimits {
        max_stake: Sol::milli(25),
        max_loss: Sol::milli(100_000),
        max_orders_per_minute: 100_000,
        day,
        account,
        ..RiskLimits::default()
    }
}

fn losing(milli: i64) -> SpanLimits {
    SpanLimits { max_loss: Some(Sol::milli(milli)), max_orders: None }
}

fn ordering(orders: u32) -> SpanLimits {
    SpanLimits { max_loss: None, max_orders: Some(orders) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_sequence_of_orders_kills_and_clocks_loses_more_than_a_day_and_an_account_may(
        steps in prop::collection::vec(step(), 1..150),
        of_day in 1..120_i64,
        of_account in 1..200_i64,
    ) {
        let mut all = Bank::new(limits(losing(of_day), losing(of_account)));
        for step in &steps {
            all.take(step);
            let lost = START - all.worst();
            prop_assert!(lost <= of_account, "{lost} lost after {step:?}");
            let on_day = all.furthest.1 - all.worst();
            prop_assert!(on_day <= of_day, "{on_day} lost on a day after {step:?}");
            // What the disk says is never less than what can be lost.
            prop_assert!(all.disk.in_all.lost >= Sol::milli(lost), "{:?} after {step:?}", all.disk);
        }
    }

    #[test]
    fn no_sequence_of_kills_and_clocks_sends_more_orders_than_a_day_and_an_account_may(
        steps in prop::collection::vec(step(), 1..150),
        of_day in 1..8_u32,
        of_account in 1..20_u32,
    ) {
        let mut all = Bank::new(limits(ordering(of_day), ordering(of_account)));
        for step in &steps {
            all.take(step);
            prop_assert!(all.pressed <= of_account && all.pressed_on_day <= of_day, "{step:?}");
        }
    }
}

#[test]
fn a_clock_that_is_set_ahead_by_a_day_and_back_gives_no_second_allowance() {
    let mut all = Bank::new(limits(losing(20), SpanLimits::default()));
    let lose = |all: &mut Bank| {
        all.take(&Step::Order { stake: 20, is_killed: false });
        all.take(&Step::Answer { done: true });
        all.take(&Step::Rug);
        START - all.cash
    };
    assert_eq!(lose(&mut all), 20);
    // Nothing more today, whether the session or the process is another one, or yesterday is back.
    all.take(&Step::Kill { done: false });
    assert_eq!(lose(&mut all), 20);
    all.take(&Step::Clock { day: 1 });
    all.take(&Step::Kill { done: false });
    assert_eq!(lose(&mut all), 40);
    all.take(&Step::Clock { day: 0 });
    all.take(&Step::Kill { done: false });
    assert_eq!(lose(&mut all), 40, "the day that was shown ahead is used up");
    all.take(&Step::Clock { day: 1 });
    all.take(&Step::Kill { done: false });
    assert_eq!(lose(&mut all), 40);
    all.take(&Step::Clock { day: 2 });
    all.take(&Step::Kill { done: false });
    assert_eq!(lose(&mut all), 60);
}
