//! The four classics against a plain reading of docs/spec/original.md#strategies: gains in percent,
//! in decimals, recomputed at every tick. Both are asked at every decision of real runs and must
//! agree.

use proptest::prelude::{any, prop, proptest};
use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::engine::testing::TestTable;
use replayer::model::order::{Action, Actions};
use replayer::model::price::Price;
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::aggressive::Aggressive;
use replayer::strategies::conservative::Conservative;
use replayer::strategies::foundational::Foundational;
use replayer::strategies::sidebet::SidebetOnce;
use rust_decimal::Decimal;

use crate::games::tape;
use crate::words::prompt;

/// A strategy and its plain reading, which must wish the same at every tick.
#[derive(Clone)]
struct Compared<S: Plain> {
    ours: S,
    plain: S::Memory,
}

trait Plain: Strategy<Params: Default> {
    type Memory: Clone + Default + Send + Sync + 'static;

    /// What the rules of the original say.
    fn plainly(memory: &mut Self::Memory, now: &Now<'_>) -> Option<Action>;
}

impl<S: Plain> Strategy for Compared<S> {
    type Params = S::Params;
    const NAME: &'static str = S::NAME;
    const ABOUT: &'static str = S::ABOUT;

    fn new(params: &S::Params, start: LifeStart<'_>) -> Self {
        Self { ours: S::new(params, start), plain: S::Memory::default() }
    }

    fn decide(&mut self, params: &S::Params, view: &View<'_>) -> impl Into<Actions> {
        let ours: Actions = self.ours.decide(params, view).into();
        let plain = if view.is_active() { S::plainly(&mut self.plain, &Now(view)) } else { None };
        // The original says what it wishes, not why.
        let bare = |actions: Actions| -> Vec<Action> {
            let without = |action| match action {
                Action::Sell { portion, .. } => Action::sell(portion),
                other => other,
            };
            actions.iter().map(without).collect()
        };
        assert_eq!(
            bare(ours),
            bare(plain.into()),
            "{} at {:?}, {:?}",
            S::NAME,
            view.quote,
            view.position
        );
        ours
    }
}

/// What the original saw.
struct Now<'a>(&'a View<'a>);

impl Now<'_> {
    fn tick(&self) -> u32 {
        self.0.quote.tick
    }

    /// The price as the decimal of its text.
    fn price(&self) -> Decimal {
        self.0.quote.price.to_string().parse().unwrap()
    }

    fn balance(&self) -> Decimal {
        self.0.wallet.cash.to_decimal()
    }

    /// Gain over the average cost in percent; `None` without a position.
    fn gain(&self) -> Option<Decimal> {
        let held = self.0.position;
        let hundred = Decimal::ONE_HUNDRED;
        (!held.is_flat()).then(|| (self.price() / held.average_cost - Decimal::ONE) * hundred)
    }

    fn buy(&self, stake: i64, when: bool) -> Option<Action> {
        let stake = Sol::milli(stake);
        let possible = self.gain().is_none() && self.balance() >= stake.to_decimal();
        (possible && when).then_some(Action::Buy { stake })
    }

    fn sell(&self, when: impl Fn(Decimal) -> bool) -> Option<Action> {
        self.gain().is_some_and(when).then_some(Action::SELL_ALL)
    }

    fn sidebet(&self, stake: i64, when: bool) -> Option<Action> {
        let stake = Sol::milli(stake);
        let bet = self.0.sidebet;
        let ready =
            bet.settled_at.is_none_or(|last| self.tick() >= last + self.0.rules.sidebet_cooldown);
        let possible = bet.open.is_none() && ready && self.balance() >= stake.to_decimal();
        (possible && when).then_some(Action::Sidebet { stake })
    }
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

impl Plain for Conservative {
    type Memory = ();

    fn plainly((): &mut (), now: &Now<'_>) -> Option<Action> {
        now.buy(5, now.price() < decimal("1.5"))
            .or_else(|| {
                now.sell(|gain| {
                    gain > decimal("20") || gain < decimal("-15") || now.price() > decimal("10")
                })
            })
            .or_else(|| now.sidebet(2, now.tick() > 100))
    }
}

impl Plain for Aggressive {
    type Memory = ();

    fn plainly((): &mut (), now: &Now<'_>) -> Option<Action> {
        now.buy(10, now.price() < decimal("3"))
            .or_else(|| now.sell(|gain| gain > decimal("50") || gain < decimal("-30")))
            .or_else(|| now.sidebet(3, true))
    }
}

impl Plain for SidebetOnce {
    type Memory = ();

    fn plainly((): &mut (), now: &Now<'_>) -> Option<Action> {
        now.sidebet(3, true)
            .or_else(|| now.buy(5, now.price() < decimal("2")))
            .or_else(|| now.sell(|gain| gain > decimal("30")))
    }
}

impl Plain for Foundational {
    /// Its entry tick: kept when a buy fails and after a sale, unset when 0.
    type Memory = u32;

    fn plainly(entry: &mut u32, now: &Now<'_>) -> Option<Action> {
        let tick = now.tick();
        let held = if *entry == 0 { 0 } else { tick.saturating_sub(*entry) };
        let action = now
            .sell(|gain| {
                let (profit, loss) = (gain >= decimal("100"), gain <= decimal("-30"));
                profit || loss || tick >= 138 || held >= 60
            })
            .or_else(|| {
                let priced = now.price() >= decimal("25") && now.price() <= decimal("50");
                now.buy(5, priced && tick < 69)
            })
            .or_else(|| now.sidebet(2, (104..=138).contains(&tick)));
        if let Some(Action::Buy { .. }) = action {
            *entry = tick;
        }
        action
    }
}

fn table(rules: Rules, bankroll: Bankroll) -> TestTable {
    TestTable::new()
        .rules(rules)
        .bankroll(bankroll)
        .bot::<Compared<Conservative>>("conservative", Default::default())
        .bot::<Compared<Aggressive>>("aggressive", Default::default())
        .bot::<Compared<SidebetOnce>>("sidebet", Default::default())
        .bot::<Compared<Foundational>>("foundational", Default::default())
}

proptest! {
    #[test]
    fn the_classics_wish_what_their_rules_say_at_every_tick(
        seed in any::<u64>(),
        // Prices of this many times the tape's make the rare levels common.
        scale in prop::sample::select(vec![1.0, 1.0, 3.0, 12.0, 28.0]),
        latency in 0_u32..3,
        cash in 0_i64..60,
        cooldown in 0_u32..7,
        one_life in any::<bool>(),
    ) {
        let rules =
            Rules { latency: Latency::Ticks(latency), sidebet_cooldown: cooldown, ..prompt() };
        let cash = Sol::milli(cash);
        let bankroll =
            if one_life { Bankroll::Compounding(cash) } else { Bankroll::PerGame(cash) };
        let games = (0..3).map(|game| {
            let mut tape = tape(seed.wrapping_add(game), 0.004, 400);
            let last = tape.prices.len() - 1;
            for price in &mut tape.prices[1..last] {
                *price = Price::new(price.get() * scale).unwrap();
            }
            tape
        });
        let outcome = table(rules, bankroll).tapes(games).run();
        assert_eq!(outcome.games.len(), 3);
    }

    /// Prices of few digits hit the levels exactly.
    #[test]
    fn the_classics_are_as_strict_as_their_rules_at_the_levels_themselves(
        path in prop::collection::vec(-4_i32..5, 1..300),
        base in prop::sample::select(vec![100_i32, 125, 200, 250, 1000, 2500]),
    ) {
        let mut cents = base;
        let mut prices = vec![1.0];
        for step in path {
            cents = (cents + step * base / 20).clamp(5, 6000);
            prices.push(f64::from(cents) / 100.0);
        }
        let outcome =
            table(prompt(), Bankroll::PerGame(Sol::milli(100))).prices(&prices).rug_at(0.001).run();
        assert_eq!(outcome.games.len(), 1);
    }
}
