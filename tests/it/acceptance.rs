//! The acceptance table (docs/spec/acceptance.md), rows 1 to 40: the engine and its money; the rest
//! is in `acceptance/rest.rs`. Where the original's rule is wrong (X) the name says ours.

mod rest;

use replayer::engine::testing::{TestOutcome, TestTable, at, presale};
use replayer::model::account::{Position, Sidebet, Tally, Wallet};
use replayer::model::order::{Action, Portion, Rejection};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::quote::{Phase, Quote};
use replayer::model::rounding;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::{AmountError, Sol};
use replayer::strategies::always_wait::{AlwaysWait, AlwaysWaitParams};

use crate::words::{buy, flat, price, prompt, sell, sidebet, sol};

fn compat() -> TestTable {
    TestTable::new().rules(Rules::compat())
}

/// What selling everything at a price would gain.
fn unrealised(outcome: &mut TestOutcome, at: &str) -> Sol {
    let held: Position = outcome.part("me");
    rounding::proceeds(held.quantity, price(at)).unwrap().minus(held.cost).unwrap()
}

/// The reasons for which a bot's orders were refused.
fn reasons(outcome: &TestOutcome) -> Vec<Rejection> {
    outcome.rejections("me").into_iter().map(|(_, rejection)| rejection).collect()
}

// Row 1.
#[test]
fn a_new_account_has_its_bankroll_and_nothing_else() {
    let mut outcome =
        TestTable::new().prices(&flat(3)).bot::<AlwaysWait>("me", AlwaysWaitParams {}).run();
    assert_eq!(outcome.part::<Wallet>("me").cash, sol("0.1"));
    assert!(outcome.part::<Position>("me").is_flat());
    assert!(!outcome.part::<Sidebet>("me").is_open());
    assert_eq!(Action::SELL_ALL, sell(100));
}

// Row 2.
#[test]
fn gains_and_losses_add_up_in_the_wallet() {
    let outcome = TestTable::new()
        .prices(&[1.0, 2.0])
        .rug_at(0.01)
        .script("me", [at(0, buy("0.005")), at(1, Action::SELL_ALL)])
        .run();
    assert_eq!(outcome.cash("me"), sol("0.105"));
    assert_eq!(outcome.rows("me")[0].pnl, sol("0.005"));
}

// Rows 3 and 6.
#[test]
fn a_stake_beyond_the_balance_is_refused_and_changes_nothing() {
    let outcome = compat().prices(&flat(2)).rug_at(0.01).script("me", [at(0, buy("1.0"))]).run();
    assert_eq!(outcome.rejections("me"), [(0, Rejection::InsufficientBalance(sol("0.1")))]);
    assert_eq!(outcome.cash("me"), sol("0.1"));
    assert!(outcome.postings("me").is_empty());
}

// Row 4.
#[test]
fn a_buy_debits_its_stake_and_opens_a_position() {
    let mut outcome = TestTable::new().prices(&flat(2)).script("me", [at(0, buy("0.005"))]).run();
    assert_eq!(outcome.part::<Wallet>("me").cash, sol("0.095"));
    let held: Position = outcome.part("me");
    assert_eq!((held.quantity.to_string().as_str(), held.entry_tick), ("0.005000000", 0));
}

// Row 5.
#[test]
fn two_buys_make_one_position() {
    let script = [at(0, buy("0.005")), at(1, buy("0.005"))];
    let mut outcome = TestTable::new().prices(&flat(3)).script("me", script).run();
    let held: Position = outcome.part("me");
    assert_eq!(held.cost, sol("0.010"));
    assert_eq!((held.quantity.to_string().as_str(), held.entry_tick), ("0.010000000", 0));
    assert_eq!(outcome.part::<Wallet>("me").cash, sol("0.090"));
}

// Rows 7 and 8.
#[test]
fn stakes_outside_the_limits_are_refused() {
    let script = [
        at(0, buy("0.0001")),
        at(1, buy("10")),
        at(2, sidebet("0.000999999")),
        at(3, sidebet("1.000000001")),
    ];
    let outcome = compat().prices(&flat(4)).rug_at(0.01).script("me", script).run();
    let (least, most) = (Rejection::BelowMinimum(sol("0.001")), Rejection::AboveMaximum(sol("1")));
    assert_eq!(reasons(&outcome), [least, most, least, most]);
    assert_eq!(outcome.rows("me")[0].tally.refused, 4);
}

// Row 9.
#[test]
fn nothing_negative_amounts_and_what_is_not_finite_are_not_stakes() {
    let script = [at(0, buy("0")), at(1, buy("-0.01"))];
    let outcome = compat().prices(&flat(2)).rug_at(0.01).script("me", script).run();
    assert_eq!(reasons(&outcome), [Rejection::BelowMinimum(sol("0.001")); 2]);
    assert_eq!("NaN".parse::<Sol>(), Err(AmountError::NotFinite));
    assert_eq!("Infinity".parse::<Sol>(), Err(AmountError::NotFinite));
}

// Row 10.
#[test]
fn the_limits_themselves_and_the_whole_balance_are_accepted() {
    for (bankroll, stake) in [("0.1", "0.001"), ("1", "1"), ("0.05", "0.05")] {
        let mut outcome = compat()
            .bankroll(Bankroll::PerGame(sol(bankroll)))
            .prices(&flat(1))
            .script("me", [at(0, buy(stake))])
            .run();
        let left = sol(bankroll).minus(sol(stake)).unwrap();
        assert_eq!(outcome.part::<Wallet>("me").cash, left, "{stake} of {bankroll}");
        assert_eq!(outcome.part::<Tally>("me").buys, 1);
    }
}

// Row 11.
#[test]
fn the_maximum_is_checked_before_the_balance() {
    let outcome = compat().prices(&flat(1)).rug_at(0.01).script("me", [at(0, buy("2"))]).run();
    assert_eq!(reasons(&outcome), [Rejection::AboveMaximum(sol("1"))]);
}

// Rows 12 and 22.
#[test]
fn there_is_nothing_to_sell_without_a_position() {
    let script = [at(0, Action::SELL_ALL), at(1, sell(10))];
    let outcome = TestTable::new().prices(&flat(2)).rug_at(0.01).script("me", script).run();
    assert_eq!(reasons(&outcome), [Rejection::NothingToSell; 2]);
    assert_eq!(outcome.cash("me"), sol("0.1"));
}

// Row 13.
#[test]
fn a_closed_trade_keeps_its_entry_and_its_exit() {
    let prices: Vec<f64> = (0..11).map(|tick| 1.0 + 0.05 * f64::from(tick)).collect();
    let outcome = TestTable::new()
        .prices(&prices)
        .rug_at(0.01)
        .script("me", [at(0, buy("0.01")), at(10, Action::SELL_ALL)])
        .run();
    let postings = outcome.postings("me");
    let [entry, exit] = postings.as_slice() else { panic!("{postings:?}") };
    assert_eq!((entry.kind, entry.tick, entry.price), (PostingKind::Buy, 0, Price::ONE));
    assert_eq!((exit.kind, exit.tick, exit.price), (PostingKind::Sell, 10, price("1.5")));
    assert_eq!((entry.delta, exit.delta), (sol("-0.01"), sol("0.015")));
    assert_eq!(outcome.rows("me")[0].pnl, sol("0.005"));
    assert_eq!(outcome.rows("me")[0].tally.sells_won, 1);
}

// Rows 14 and 15.
#[test]
fn an_open_position_is_worth_its_quantity_at_the_price() {
    let mut outcome = TestTable::new().prices(&flat(1)).script("me", [at(0, buy("0.01"))]).run();
    assert_eq!(unrealised(&mut outcome, "0.8"), sol("-0.002"));
    assert_eq!(unrealised(&mut outcome, "1"), Sol::ZERO);
}

// Rows 16 to 19.
#[test]
fn a_partial_sale_sells_its_share_at_the_price_and_leaves_the_average_cost() {
    for (percent, at_price, sold, paid, left) in [
        (10, 2.0, "0.001", "0.002", "0.009"),
        (50, 1.5, "0.005", "0.0075", "0.005"),
        (50, 2.0, "0.005", "0.01", "0.005"),
        (25, 1.5, "0.0025", "0.00375", "0.0075"),
    ] {
        let script = [at(0, buy("0.01")), at(1, sell(percent))];
        let mut outcome = compat().prices(&[1.0, at_price]).script("me", script).run();
        let held: Position = outcome.part("me");
        let cash = outcome.part::<Wallet>("me").cash;
        assert_eq!(held.quantity.to_decimal(), sol(left).to_decimal(), "{percent} %");
        assert_eq!(held.average_cost, Price::ONE.to_decimal());
        assert_eq!(held.cost, sol(left), "the cost of what was sold leaves with it");
        assert_eq!(cash, sol("0.09").plus(sol(paid)).unwrap());
        // Its gain is what it paid less what it had cost.
        let gained = sol(paid).minus(sol(sold)).unwrap();
        assert_eq!(cash.plus(held.cost).unwrap().minus(sol("0.1")).unwrap(), gained);
    }
}

// Row 20.
#[test]
fn a_position_is_sold_in_parts_until_it_is_closed() {
    let script = [at(0, buy("0.1")), at(1, sell(25)), at(2, sell(50)), at(3, sell(100))];
    let table = compat().script("me", script);
    for (ticks, left) in [(2, "0.075"), (3, "0.0375"), (4, "0")] {
        let mut outcome = table.clone().prices(&[1.0, 1.5, 2.0, 2.5][..ticks]).run();
        let held: Position = outcome.part("me");
        assert_eq!(held.quantity.to_decimal(), sol(left).to_decimal());
        assert_eq!(held.is_flat(), ticks == 4);
    }
    let outcome = table.prices(&[1.0, 1.5, 2.0, 2.5]).rug_at(0.02).run();
    assert_eq!(outcome.cash("me"), sol("0.20625"));
}

// Rows 21 and 22.
#[test]
fn portions_that_the_buttons_do_not_offer_are_refused_and_sell_nothing() {
    let script = [at(0, buy("0.01")), at(1, sell(5)), at(2, sell(33)), at(3, sell(75))];
    let outcome = compat().prices(&flat(4)).rug_at(0.01).script("me", script).run();
    let refused =
        [5, 33, 75].map(|percent| Rejection::PortionNotOffered(Portion::percent(percent).unwrap()));
    assert_eq!(reasons(&outcome), refused);
    assert_eq!(outcome.rows("me")[0].tally.sells, 0);
    assert_eq!(Portion::percent(200), None);
    assert_eq!(Portion::percent(0), None);
}

// Row 24.
#[test]
fn a_stake_buys_its_quantity_at_the_price_not_the_price_times_units() {
    let outcome = TestTable::new()
        .prices(&[1.0, 1.5, 2.0])
        .rug_at(0.01)
        .script("me", [at(1, buy("0.01")), at(2, Action::SELL_ALL)])
        .run();
    let [bought, sold] = outcome.postings("me")[..] else { panic!("{:?}", outcome.games) };
    assert_eq!((bought.delta, bought.quantity.to_string().as_str()), (sol("-0.01"), "0.006666666"));
    assert_eq!(sold.delta, sol("0.013333332"));
    assert_eq!(outcome.rows("me")[0].pnl, sol("0.003333332"));
}

// Row 25.
#[test]
fn the_average_cost_is_weighted_by_quantity_as_the_server_does() {
    let mut outcome = TestTable::new()
        .prices(&[1.0, 1.444_476_976_502_639_3])
        .script("me", [at(0, buy("0.002")), at(1, buy("0.002"))])
        .run();
    let held: Position = outcome.part("me");
    assert_eq!(held.quantity.to_string(), "0.003384584");
    let off = held.average_cost - sol("1.18182905").to_decimal();
    assert!(off.abs() <= sol("0.000001").to_decimal(), "{}", held.average_cost);
    assert_eq!(unrealised(&mut outcome, "1.4444769765026393"), sol("0.000888953"));
}

// Row 26.
#[test]
fn the_average_cost_is_not_the_mean_weighted_by_stakes() {
    let script = [at(0, buy("0.005")), at(1, buy("0.003"))];
    let mut outcome = TestTable::new().prices(&[1.0, 2.0]).script("me", script).run();
    let held: Position = outcome.part("me");
    assert_eq!(held.quantity.to_string(), "0.006500000");
    assert_eq!(held.average_cost.round_dp(6).to_string(), "1.230769");
}

// Row 27.
#[test]
fn the_rug_sells_what_is_held_at_its_price_without_an_order() {
    let mut table = TestTable::new().script("me", [at(1, buy("0.001999999"))]);
    let held: Position = table.clone().prices(&[1.0, 0.879_838_878]).run().part("me");
    table = table.prices(&[1.0, 0.879_838_878]).rug_at(0.009_250_309_566_210_552);
    let outcome = table.run();
    let [_, liquidation] = outcome.postings("me")[..] else { panic!("{:?}", outcome.games) };
    assert_eq!(liquidation.kind, PostingKind::Liquidation);
    assert_eq!(liquidation.quantity.to_string(), "0.002273142");
    assert_eq!(liquidation.delta, sol("0.000021027"));
    // By average cost, and in the wallet, which also lost the dust that the buy's floor left.
    let quantity = held.quantity.to_decimal();
    let lost = quantity * (liquidation.price.to_decimal() - held.average_cost);
    assert!((lost - sol("-0.001978971").to_decimal()).abs() < sol("0.000000001").to_decimal());
    assert_eq!(outcome.rows("me")[0].pnl, sol("-0.001978972"));
}

// Row 28.
#[test]
fn a_sidebet_debits_its_stake_and_is_open() {
    let script = [at(0, sidebet("0.002"))];
    let mut outcome = TestTable::new().prices(&flat(2)).script("me", script).run();
    assert_eq!(outcome.part::<Wallet>("me").cash, sol("0.098"));
    let open = outcome.part::<Sidebet>("me").open.unwrap();
    assert_eq!((open.stake, open.start, open.end), (sol("0.002"), 0, 40));
}

// Row 29.
#[test]
fn a_won_sidebet_pays_five_times_its_stake_in_all() {
    let script = [at(0, sidebet("0.01"))];
    let outcome = TestTable::new().prices(&flat(10)).rug_at(0.01).script("me", script).run();
    assert_eq!(outcome.postings("me")[1].delta, sol("0.05"));
    assert_eq!(outcome.cash("me"), sol("0.14"));
}

// Row 30.
#[test]
fn a_second_sidebet_is_refused_while_one_is_open() {
    let script = [at(0, sidebet("0.001")), at(39, sidebet("0.001"))];
    let outcome = TestTable::new().prices(&flat(50)).rug_at(0.01).script("me", script).run();
    assert_eq!(outcome.rejections("me"), [(39, Rejection::SidebetOpen)]);
}

// Row 31.
#[test]
fn the_compat_rules_ask_for_five_ticks_between_sidebets() {
    let again = [101, 104, 105].map(|tick| at(tick, sidebet("0.001")));
    let table = compat().prices(&flat(120)).rug_at(0.01);
    let first = at(60, sidebet("0.001"));
    let outcome = table.clone().script("me", [first].into_iter().chain(again)).run();
    let refused = [(101, Rejection::SidebetCooldown(4)), (104, Rejection::SidebetCooldown(1))];
    assert_eq!(outcome.rejections("me"), refused);
    assert_eq!(outcome.postings("me")[2].tick, 105);
    let outcome = table.script("me", [first, at(106, sidebet("0.001"))]).run();
    assert_eq!(outcome.postings("me")[2].tick, 106);
}

// Row 32, and the rule that the loss is booked at the end tick, before the bots decide.
#[test]
fn the_observed_rules_let_a_sidebet_follow_at_the_end_tick_of_the_one_before() {
    for next in [175, 176] {
        let script = [at(135, sidebet("0.001")), at(next, sidebet("0.001"))];
        let outcome = TestTable::new().prices(&flat(190)).rug_at(0.01).script("me", script).run();
        assert_eq!(outcome.rejections("me"), []);
        let booked: Vec<_> =
            outcome.postings("me").iter().map(|line| (line.tick, line.kind)).collect();
        use PostingKind::{SidebetLost, SidebetStake, SidebetWon};
        let (lost, second) = ((175, SidebetLost), (next, SidebetStake));
        assert_eq!(booked, [(135, SidebetStake), lost, second, (190, SidebetWon)]);
    }
}

// Rows 33 and 34.
#[test]
fn a_sidebet_wins_until_its_fortieth_tick_and_loses_after_it() {
    for (start, rug, profit, settled) in
        [(46, 86, "0.004", 86), (46, 85, "0.004", 85), (332, 373, "-0.001", 372)]
    {
        let script = [at(start, sidebet("0.001"))];
        let outcome = TestTable::new().prices(&flat(rug)).rug_at(0.01).script("me", script).run();
        assert_eq!(outcome.rows("me")[0].pnl, sol(profit), "{start} to {rug}");
        assert_eq!(outcome.postings("me")[1].tick, settled);
    }
}

// Row 36.
#[test]
fn a_position_and_a_sidebet_are_open_together() {
    let script = [at(0, buy("0.01")), at(1, sidebet("0.002"))];
    let mut outcome = TestTable::new().prices(&flat(3)).script("me", script).run();
    assert!(!outcome.part::<Position>("me").is_flat());
    assert!(outcome.part::<Sidebet>("me").is_open());
    assert_eq!(outcome.part::<Wallet>("me").cash, sol("0.088"));
}

// Rows 37 and 39.
#[test]
fn nothing_is_allowed_in_the_cooldown_and_after_the_rug_and_no_sale_in_the_presale() {
    let (wallet, position, bet) = (Wallet::default(), Position::default(), Sidebet::default());
    let verdict = |action, phase| {
        let quote = Quote { phase, tick: 0, price: Price::ONE, closed: false };
        prompt().admit(action, quote, (&wallet, &position, &bet))
    };
    for phase in [Phase::Cooldown, Phase::Rugged] {
        for action in [buy("0.005"), sidebet("0.005"), Action::SELL_ALL] {
            assert_eq!(verdict(action, phase), Err(Rejection::Phase(phase)), "{action}");
        }
    }
    assert_eq!(verdict(sell(100), Phase::Presale), Err(Rejection::Phase(Phase::Presale)));
}

// Rows 38 and 39 (ours refuses the sale).
#[test]
fn the_presale_takes_buys_and_sidebets_at_one_but_no_sale() {
    let table = TestTable::new().prices(&[1.0, 1.2]).rug_at(0.01);
    let outcome = table.clone().script("me", [presale(buy("0.01"))]).run();
    let [bought, _] = outcome.postings("me")[..] else { panic!("{:?}", outcome.games) };
    assert_eq!((bought.tick, bought.price), (0, Price::ONE));
    let outcome = table.clone().script("me", [presale(sidebet("0.01"))]).run();
    assert_eq!(outcome.postings("me")[1].delta, sol("0.05"));
    let outcome = table.script("me", [presale(Action::SELL_ALL)]).run();
    assert_eq!(reasons(&outcome), [Rejection::Phase(Phase::Presale)]);
}

// Row 40 (ours keeps the cash from game to game when asked to).
#[test]
fn a_new_game_starts_flat_with_the_cash_of_the_one_before() {
    let table = TestTable::new()
        .prices(&[1.0, 2.0])
        .rug_at(0.01)
        .prices(&flat(2))
        .script("me", [at(0, buy("0.01")), at(1, sell(50)), at(1, sidebet("0.001"))]);
    let mut outcome = table.clone().bankroll(Bankroll::Compounding(sol("0.1"))).run();
    // 0.1 + 0.00005, and 0.004 of the sidebet at the rug; then a buy, half of it back, a sidebet.
    assert_eq!(outcome.cash("me"), sol("0.10405"));
    assert_eq!(outcome.part::<Wallet>("me").cash, sol("0.09805"));
    assert_eq!(outcome.part::<Position>("me").cost, sol("0.005"));
    assert_eq!(outcome.part::<Tally>("me").opened_with, sol("0.10405"));
    let mut outcome = table.run();
    assert_eq!(outcome.part::<Tally>("me").opened_with, sol("0.1"));
}
