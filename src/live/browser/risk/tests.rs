//! What a risk gate permits, refuses and is disarmed by.

use super::laws::{account, ask, asked, buy, sell, sidebet};
use super::*;
use crate::model::time::Stamp;

const LIMITS: RiskLimits = RiskLimits {
    max_stake: Sol::milli(10),
    max_loss: Sol::milli(100),
    max_orders_per_minute: 3,
    max_losing_streak: Some(3),
    max_orders: None,
    max_armed: None,
    day: SpanLimits { max_loss: None, max_orders: None },
    account: SpanLimits { max_loss: None, max_orders: None },
};

fn gate(limits: RiskLimits, start: &AccountSnapshot) -> RiskGate {
    RiskGate::new(limits, start, &KeptLosses::default(), asked(0))
}

fn risk(change: impl FnOnce(&mut RiskLimits)) -> RiskGate {
    let mut limits = LIMITS;
    change(&mut limits);
    gate(limits, &account(1_000, 0))
}

/// What the next session would hear of.
fn lost(risk: &RiskGate, account: &AccountSnapshot) -> Sol {
    risk.kept(account).expect("figures within bounds").in_all.lost
}

#[test]
fn a_stake_above_the_limit_is_refused_and_nothing_else() {
    let mut risk = risk(|_| {});
    let breach = ask(&mut risk, buy(1, 11), &account(1_000, 0), 0).unwrap_err();
    assert!(!breach.disarms());
    assert_eq!(
        breach.to_string(),
        "a stake of 0.011000000 SOL is above the largest permitted one, 0.010000000 SOL"
    );
    for stake in [0, -10] {
        let breach = ask(&mut risk, buy(2, stake), &account(1_000, 0), 0).unwrap_err();
        assert_eq!(breach, Breach::NoStake(Sol::milli(stake)));
    }
    assert_eq!(ask(&mut risk, buy(3, 10), &account(1_000, 0), 0), Ok(()));
}

#[test]
fn what_comes_in_before_the_first_order_widens_no_limit() {
    let mut risk = risk(|_| {});
    risk.begins_with(Sol::milli(3_000));
    assert_eq!(lost(&risk, &account(2_950, 0)), Sol::milli(50));
    // Nor is what goes out before it.
    risk.begins_with(Sol::milli(1_000));
    assert_eq!(lost(&risk, &account(2_950, 0)), Sol::milli(50));
}

#[test]
fn the_fourth_order_of_a_minute_waits_for_the_next_one_and_sales_take_places_too() {
    let mut risk = risk(|_| {});
    let flat = account(1_000, 0);
    assert_eq!(ask(&mut risk, buy(1, 1), &flat, 0), Ok(()));
    assert_eq!(ask(&mut risk, sell(2), &flat, 10), Ok(()));
    assert_eq!(ask(&mut risk, sidebet(3, 1), &flat, 20), Ok(()));
    assert_eq!(ask(&mut risk, buy(4, 1), &flat, 60_000), Err(Breach::Rate { limit: 3 }));
    // To get out is never too fast.
    assert_eq!(ask(&mut risk, sell(5), &flat, 60_000), Ok(()));
    assert_eq!(ask(&mut risk, buy(6, 1), &flat, 60_005), Err(Breach::Rate { limit: 3 }));
    assert_eq!(ask(&mut risk, buy(7, 1), &flat, 60_021), Ok(()));
    // A clock that goes back frees nobody's place.
    assert_eq!(ask(&mut risk, buy(8, 1), &flat, 60_022), Ok(()));
    assert_eq!(ask(&mut risk, buy(9, 1), &flat, 0), Err(Breach::Rate { limit: 3 }));
}

#[test]
fn a_stake_is_refused_as_soon_as_all_that_is_at_risk_would_be_more_than_may_be_lost() {
    let mut risk = risk(|limits| limits.max_loss = Sol::milli(25));
    // 0.01 is in the position and may be worth nothing; another 0.01 is on its way.
    let held = account(990, 5);
    assert_eq!(ask(&mut risk, buy(1, 10), &held, 0), Ok(()));
    let breach = ask(&mut risk, buy(2, 6), &held, 1).unwrap_err();
    assert!(!breach.disarms());
    assert_eq!(
        breach.to_string(),
        "with a stake of 0.006000000 SOL the loss could become 0.026000000 SOL, above the \
         limit of 0.025000000 SOL"
    );
    assert_eq!(ask(&mut risk, buy(3, 5), &held, 2), Ok(()));
    // The second one was refused by the site after all.
    risk.rejected(OrderId::new(1));
    risk.rejected(OrderId::new(3));
    assert_eq!(ask(&mut risk, buy(4, 10), &account(990, 5), 3), Ok(()));
}

#[test]
fn what_was_won_may_be_lost_again_but_not_what_was_held_before() {
    let mut plain = risk(|limits| limits.max_loss = Sol::milli(5));
    assert_eq!(ask(&mut plain, buy(1, 10), &account(1_010, 0), 0), Ok(()));
    let limits = RiskLimits { max_loss: Sol::milli(5), ..LIMITS };
    let mut inherited = gate(limits, &account(1_000, 5));
    let breach = ask(&mut inherited, buy(1, 10), &account(1_010, 0), 0).unwrap_err();
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
    let after = ask(&mut risk, sell(1), &account(2_000, 0), 0).unwrap_err();
    assert!(after.disarms());
    assert_eq!(after.to_string(), format!("disarmed: {words}"));
}

#[test]
fn a_position_is_not_a_loss_yet_and_can_be_sold() {
    let mut risk = risk(|_| {});
    assert_eq!(ask(&mut risk, sell(1), &account(900, 5), 0), Ok(()));
    assert_eq!(risk.disarmed(), None);
}

#[test]
fn games_in_a_row_with_a_loss_disarm_and_a_won_one_begins_again() {
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
    assert_eq!(ask(&mut risk, buy(1, 1), &flat, 0), Ok(()));
    assert_eq!(ask(&mut risk, sell(2), &flat, 0), Ok(()));
    assert_eq!(ask(&mut risk, sell(3), &flat, 0), Ok(()));
    let breach = ask(&mut risk, buy(4, 1), &flat, 0).unwrap_err();
    assert!(breach.disarms());
    assert_eq!(breach.to_string(), "3 orders were sent in this session, and the limit is 2");
}

#[test]
fn figures_beyond_all_bounds_disarm() {
    let most = "1000000000000000".parse().expect("an amount");
    let mut risk = gate(LIMITS, &AccountSnapshot { cash: most, ..account(0, 0) });
    let least = AccountSnapshot { cash: Sol::milli(-1), ..account(0, 1) };
    let breach = ask(&mut risk, buy(1, 1), &least, 0).unwrap_err();
    assert!(breach.disarms(), "{breach}");
}

#[test]
fn the_button_puts_up_no_more_than_was_reserved_and_only_once() {
    let mut risk = risk(|_| {});
    let (flat, id) = (account(1_000, 0), OrderId::new(1));
    let permit =
        |risk: &mut RiskGate, milli| risk.permit(id, Some(Sol::milli(milli)), &flat, asked(0));
    assert_eq!(permit(&mut risk, 5), Err(Breach::NotReserved(Sol::milli(5))));
    assert_eq!(risk.reserve(id, Sol::milli(5), &flat, asked(0)), Ok(()));
    let (stake, limit) = (Sol::milli(6), Sol::milli(5));
    assert_eq!(permit(&mut risk, 6), Err(Breach::Stake { stake, limit }));
    assert_eq!(permit(&mut risk, 5), Ok(()));
    assert_eq!(permit(&mut risk, 5), Err(Breach::NotReserved(Sol::milli(5))));
    assert_eq!(risk.disarmed(), None);
}

#[test]
fn an_order_of_which_nobody_knows_is_lost_in_full_until_the_account_is_told_after_its_game() {
    let mut risk = risk(|_| {});
    let before = account(1_000, 0);
    assert_eq!(ask(&mut risk, buy(1, 10), &before, 0), Ok(()));
    assert_eq!(lost(&risk, &before), Sol::milli(10));
    // Nothing was told of the account since the click.
    assert_eq!(risk.game_over(&before), Ok(()));
    assert_eq!(lost(&risk, &before), Sol::milli(10));
    let after = AccountSnapshot { arrived: Stamp::from_us(1), ..account(998, 0) };
    assert_eq!(risk.game_over(&after), Ok(()));
    assert_eq!(lost(&risk, &after), Sol::milli(2));
}

#[test]
fn a_fill_counts_beside_the_account_until_the_account_has_it() {
    let mut risk = risk(|_| {});
    assert_eq!(ask(&mut risk, buy(1, 10), &account(1_000, 0), 0), Ok(()));
    risk.filled(OrderId::new(1), Some(&account(1_000, 0)));
    assert_eq!(lost(&risk, &account(1_000, 0)), Sol::milli(10));
    risk.told();
    assert_eq!(lost(&risk, &account(990, 5)), Sol::milli(10));
    assert_eq!(ask(&mut risk, buy(2, 10), &account(990, 5), 0), Ok(()));
    risk.filled(OrderId::new(2), Some(&account(980, 9)));
    assert_eq!(lost(&risk, &account(980, 9)), Sol::milli(20));
}

#[test]
fn after_its_time_a_session_only_sells_and_is_disarmed_as_soon_as_it_holds_nothing() {
    let mut risk = risk(|limits| limits.max_armed = Some(Duration::from_secs(60)));
    let (held, flat, late) = (account(990, 5), account(995, 0), asked(60_000));
    assert_eq!(ask(&mut risk, buy(1, 10), &held, 59_999), Ok(()));
    risk.rejected(OrderId::new(1));
    let breach = ask(&mut risk, buy(2, 10), &held, 60_000).unwrap_err();
    assert!(!breach.disarms());
    let words = "the session was armed for 1 min, which is the limit";
    assert_eq!(breach.to_string(), format!("{words}: only sales are permitted"));
    assert_eq!(risk.tick(&held, late), Ok(()));
    assert_eq!(ask(&mut risk, sell(3), &held, 60_000), Ok(()));
    assert_eq!(risk.tick(&flat, late).unwrap_err().to_string(), words);
    assert!(risk.disarmed().is_some_and(Breach::disarms));
}
