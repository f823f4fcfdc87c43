//! What is told of an order, and of none, and what follows from it.

use super::super::comparison::Effect;
use super::super::market::Slippage;
use super::super::market::tests::price;
use super::*;
use crate::engine::venue::execution::{AccountSnapshot, OrderId, OrderRequest};
use crate::live::browser::account_events::{Asked, Terms};
use crate::model::order::{Action, Fill};
use crate::model::quantity::Quantity;
use crate::model::rounding::{proceeds, quantity_bought};
use crate::model::sol::Sol;
use crate::model::time::Stamp;

const STAKE: Sol = Sol::milli(5);
const BUY: Action = Action::Buy { stake: STAKE };
const ME: Option<&str> = Some("me");

fn game(name: &str) -> GameId {
    GameId::new(name).expect("as it is written here")
}

fn quantity(thousandths: u128) -> Quantity {
    Quantity::from_billionths(thousandths * 1_000_000).expect("as it is written here")
}

fn account(cash: i64, thousandths: u128) -> AccountEvent {
    let (cash, quantity) = (Sol::milli(cash), quantity(thousandths));
    AccountEvent::Snapshot(AccountSnapshot { cash, quantity, arrived: Stamp::default() })
}

/// A watch of a game at tick 3 and price 1, of an account with 0.1 SOL and 0.005 tokens.
fn watch() -> ExchangeWatch {
    let mut watch = ExchangeWatch::default();
    watch.price(PriceNews::Game(game("ours")));
    (0..4).for_each(|tick| watch.price(PriceNews::Tick(tick, price(1.0))));
    watch.take(account(100, 5), ME);
    watch.frame(Some(game("ours")), Phase::Active);
    watch
}

/// The same with an order that was clicked.
fn clicked(action: Action) -> ExchangeWatch {
    let mut watch = watch();
    let request = OrderRequest { id: OrderId::new(1), action, game: game("ours"), tick: 3 };
    let before = watch.balance().expect("as it is written here");
    let (player, since, slippage) =
        ("me".to_owned(), watch.tick(game("ours")), Slippage::default());
    let held = before.quantity;
    watch.begin(Ordered { request, player, held, since, slippage }, before);
    watch
}

fn asked(id: u64, deal: Deal) -> AccountEvent {
    AccountEvent::Asked(Asked { id: Some(id), deal: Some(deal), ..Asked::default() })
}

fn answered(id: u64) -> AccountEvent {
    AccountEvent::Answered(id, Ok(None))
}

fn refused(id: u64) -> AccountEvent {
    AccountEvent::Answered(id, Err("too late".to_owned()))
}

/// A trade of all or of the stake, at a price.
fn trade(deal: Deal, raw: f64, of: Option<&str>) -> Trade {
    let (kind, price) = (if deal == Deal::Buy { "buy" } else { "sell" }, price(raw));
    let (quantity, amount) = match deal {
        Deal::Buy => (quantity_bought(STAKE, price).expect("as it is written here"), STAKE),
        _ => (quantity(5), proceeds(quantity(5), price).expect("as it is written here")),
    };
    let (id, tick, terms) = (None, 3, Terms::default());
    let (kind, game, deal) = (kind.to_owned(), of.map(game), Some(deal));
    Trade { id, deal, kind, quantity, amount, price, tick, game, terms }
}

fn bought() -> AccountEvent {
    AccountEvent::Traded(trade(Deal::Buy, 1.0, Some("ours")))
}

fn sold() -> AccountEvent {
    AccountEvent::Traded(trade(Deal::Sell, 1.0, Some("ours")))
}

/// What is known of an order behind what was said, in time and behind patience; and the alarm.
fn known(action: Action, said: &[AccountEvent]) -> (ClickOutcome, ClickOutcome, Option<String>) {
    let mut watch = clicked(action);
    said.iter().for_each(|event| watch.take(event.clone(), ME));
    let early = watch.verdict(false);
    (early, watch.verdict(true), watch.alarm())
}

fn is_done(outcome: &ClickOutcome) -> bool {
    matches!(outcome, ClickOutcome::Done(_))
}

fn difference(outcome: &ClickOutcome) -> &'static str {
    match outcome {
        ClickOutcome::Differs(difference) => difference.what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_asked_told_and_answered_as_ordered_is_done() {
    let said = [asked(1, Deal::Buy), bought(), account(95, 10), answered(1)];
    let (known, _, alarm) = known(BUY, &said);
    let fill = Fill::Bought { stake: STAKE, quantity: quantity(5) };
    assert_eq!(known, ClickOutcome::Done(Effect { fill, tick: 3, price: price(1.0) }));
    assert_eq!(alarm, None);
}

#[test]
fn a_trade_of_ours_is_ours_however_the_order_left() {
    let numberless = AccountEvent::Asked(Asked { deal: Some(Deal::Buy), ..Asked::default() });
    for left in [vec![], vec![numberless]] {
        let mut watch = clicked(BUY);
        left.into_iter().for_each(|event| watch.take(event, ME));
        watch.take(bought(), ME);
        watch.take(account(95, 10), ME);
        assert_eq!(watch.verdict(false), ClickOutcome::Open);
        watch.frame(Some(game("ours")), Phase::Active);
        let known = watch.verdict(false);
        assert!(is_done(&known), "{known:?}");
        assert_eq!(watch.alarm(), None);
    }
    // By the account alone.
    let (_, known, _) = known(BUY, &[account(95, 10)]);
    assert!(is_done(&known), "{known:?}");
}

#[test]
fn a_sale_that_the_page_did_not_send_is_the_rugs_where_it_has_its_price() {
    let rug = |watch: &mut ExchangeWatch| {
        watch.price(PriceNews::Rug(4, price(0.01)));
        watch.frame(Some(game("ours")), Phase::Rugged);
    };
    let told = || AccountEvent::Traded(Trade { tick: 4, ..trade(Deal::Sell, 0.01, Some("ours")) });
    // Before its frame, and behind it.
    for is_early in [true, false] {
        let mut watch = clicked(Action::SELL_ALL);
        if !is_early {
            rug(&mut watch);
        }
        watch.take(told(), ME);
        rug(&mut watch);
        let nothing = ClickOutcome::Refused("the page sent nothing".to_owned());
        assert_eq!(watch.verdict(false), ClickOutcome::Open);
        assert_eq!(watch.verdict(true), nothing);
        assert_eq!(watch.alarm(), None);
    }
    // The site says that it was too late.
    let mut watch = clicked(Action::SELL_ALL);
    watch.take(asked(1, Deal::Sell), ME);
    rug(&mut watch);
    watch.take(told(), ME);
    watch.take(refused(1), ME);
    assert!(matches!(watch.verdict(false), ClickOutcome::Refused(_)));
    // What was asked for and told at the price of its tick is the order's.
    let (known, ..) = known(Action::SELL_ALL, &[asked(1, Deal::Sell), sold(), answered(1)]);
    assert!(is_done(&known), "{known:?}");
}

#[test]
fn what_was_carried_out_in_another_game_is_not_done_in_ours() {
    let told = AccountEvent::Traded(trade(Deal::Buy, 1.0, Some("next")));
    let (known, ..) = known(BUY, &[asked(1, Deal::Buy), told]);
    assert_eq!(difference(&known), "game");
}

#[test]
fn what_names_no_game_proves_nothing_once_another_one_is_on() {
    for (event, moves_on) in [account(95, 10), AccountEvent::Traded(trade(Deal::Buy, 1.0, None))]
        .into_iter()
        .flat_map(|event| [(event.clone(), false), (event, true)])
    {
        let mut watch = clicked(BUY);
        watch.take(asked(1, Deal::Buy), ME);
        if moves_on {
            watch.frame(Some(game("next")), Phase::Presale);
        }
        watch.take(event.clone(), ME);
        watch.take(answered(1), ME);
        assert_eq!(is_done(&watch.verdict(true)), !moves_on, "{event:?}");
    }
}

#[test]
fn an_order_that_was_not_clicked_for_is_noticed_whenever_the_page_sends_it() {
    let alarm = |said: &[AccountEvent]| known(BUY, said).2;
    let buy = asked(1, Deal::Buy);
    assert_eq!(alarm(&[buy.clone(), answered(1)]), None);
    let unknown = AccountEvent::Asked(Asked { id: Some(1), ..Asked::default() });
    for said in [
        vec![asked(1, Deal::Sell)],
        vec![unknown],
        vec![buy.clone(), asked(2, Deal::Buy)],
        vec![bought(), asked(1, Deal::Sell)],
    ] {
        assert!(
            alarm(&said).expect("as it is written here").contains("not clicked for"),
            "{said:?}"
        );
    }
    let mut at_rest = watch();
    at_rest.take(buy, ME);
    assert!(at_rest.alarm().is_some());
}

#[test]
fn a_trade_or_a_sidebet_that_nobody_ordered_is_told_at_once() {
    for event in [bought(), sold()] {
        let mut watch = watch();
        watch.take(event, ME);
        assert!(watch.alarm().expect("as it is written here").contains("was not ordered"));
    }
    let mut late = clicked(BUY);
    late.take(asked(1, Deal::Buy), ME);
    late.take(refused(1), ME);
    assert!(matches!(late.verdict(false), ClickOutcome::Refused(_)));
    late.take(bought(), ME);
    assert!(
        late.alarm().expect("as it is written here").contains("was not ordered: buy 0.005 SOL")
    );
}

#[test]
fn an_account_that_does_not_follow_from_what_was_told_is_told_one_frame_later() {
    let mut watch = watch();
    watch.take(account(90, 5), ME);
    assert_eq!(watch.alarm(), None);
    assert!(watch.unexplained().is_some());
    watch.frame(Some(game("ours")), Phase::Active);
    let alarm = watch.alarm().expect("as it is written here");
    assert!(alarm.contains("0.1 SOL and 0.005 tokens by what was told"), "{alarm}");
    assert!(alarm.contains("0.09 SOL and 0.005 tokens there"), "{alarm}");
    // With an order on its way, it is the order's.
    let mut watch = clicked(BUY);
    for event in [asked(1, Deal::Buy), bought(), account(90, 10), answered(1)] {
        watch.take(event, ME);
    }
    assert_eq!(watch.verdict(false), ClickOutcome::Open);
    watch.frame(Some(game("ours")), Phase::Active);
    assert_eq!(difference(&watch.verdict(false)), "account");
}

#[test]
fn a_balance_that_is_told_before_its_trade_is_explained_by_it() {
    let said = [asked(1, Deal::Buy), account(95, 10), bought(), answered(1)];
    let (known, _, alarm) = known(BUY, &said);
    assert!(is_done(&known) && alarm.is_none(), "{known:?} {alarm:?}");
}

#[test]
fn a_trade_that_is_told_behind_the_account_and_the_answer_is_the_orders_once() {
    let mut watch = clicked(BUY);
    for event in [asked(1, Deal::Buy), account(95, 10), answered(1)] {
        watch.take(event, ME);
    }
    assert!(is_done(&watch.verdict(false)));
    watch.take(bought(), ME);
    watch.frame(Some(game("ours")), Phase::Active);
    assert_eq!(watch.alarm(), None);
    watch.take(bought(), ME);
    assert!(watch.alarm().expect("as it is written here").contains("was not ordered"));
}

#[test]
fn a_sidebet_whose_result_may_have_been_missed_is_not_missed() {
    let bet = |end| Bet {
        player: "me".to_owned(),
        stake: STAKE,
        price: Some(price(1.0)),
        start: 3,
        end,
        game: Some(game("ours")),
        terms: Terms::default(),
    };
    for is_lost in [false, true] {
        let mut watch = clicked(Action::Sidebet { stake: STAKE });
        let (placed, paid) = (AccountEvent::Placed(bet(Some(43))), account(95, 5));
        for event in [asked(1, Deal::Sidebet), placed, paid, answered(1)] {
            watch.take(event, ME);
        }
        assert!(is_done(&watch.verdict(false)));
        if is_lost {
            watch.lost();
            watch.take(account(95, 5), ME);
        }
        watch.price(PriceNews::Rug(9, price(0.01)));
        watch.price(PriceNews::Game(game("next")));
        watch.frame(Some(game("next")), Phase::Presale);
        let alarm = watch.alarm();
        assert_eq!(alarm.is_none(), is_lost, "{alarm:?}");
        // Told once, it is not told again.
        watch.frame(Some(game("next")), Phase::Presale);
        assert_eq!(watch.alarm(), None);
    }
}

#[test]
fn a_rug_of_a_game_that_was_not_heard_is_not_taken_for_a_sale() {
    let mut watch = watch();
    let sale = Trade { tick: 90, ..trade(Deal::Sell, 0.01, Some("other")) };
    watch.take(AccountEvent::Traded(sale.clone()), ME);
    assert_eq!(watch.alarm(), None);
    watch.frame(Some(game("other")), Phase::Rugged);
    assert_eq!(watch.alarm(), None);
    // In a game that goes on, nobody ordered it.
    let mut watch = self::watch();
    watch.take(AccountEvent::Traded(sale), ME);
    watch.frame(Some(game("other")), Phase::Active);
    assert!(watch.alarm().expect("as it is written here").contains("was not ordered"));
}

#[test]
fn an_order_that_is_done_twice_or_refused_and_done_is_another_thing() {
    let twice = [asked(1, Deal::Buy), bought(), bought()];
    assert_eq!(difference(&known(BUY, &twice).0), "number of orders");
    let named = |id: &str| {
        let id = Some(id.to_owned());
        AccountEvent::Traded(Trade { id, ..trade(Deal::Buy, 1.0, Some("ours")) })
    };
    // The same trade told again is one.
    let again = [asked(1, Deal::Buy), named("a"), named("a"), answered(1)];
    assert!(is_done(&known(BUY, &again).0));
    let refused = [asked(1, Deal::Buy), bought(), refused(1)];
    assert_eq!(difference(&known(BUY, &refused).0), "answer");
}

#[test]
fn what_was_told_of_another_player_is_another_thing_where_the_account_shows_it() {
    let other = AccountEvent::TradedByOther("her".to_owned(), trade(Deal::Buy, 1.0, Some("ours")));
    let said = [asked(1, Deal::Buy), other, account(95, 10), answered(1)];
    assert_eq!(difference(&known(BUY, &said).0), "player");
}

#[test]
fn what_was_not_told_follows_from_the_account_at_the_price_of_a_tick() {
    let said = |after| [asked(1, Deal::Buy), after, answered(1)];
    assert!(is_done(&known(BUY, &said(account(95, 10))).0));
    // Half of what it must be: twice the price.
    assert_eq!(difference(&known(BUY, &said(account(95, 7))).1), "account");
    assert_eq!(difference(&known(BUY, &said(account(50, 55))).1), "account");
}

#[test]
fn a_position_and_a_sidebet_end_with_their_game_also_where_it_is_not_told() {
    let mut watch = watch();
    watch.price(PriceNews::Rug(4, price(0.2)));
    watch.frame(Some(game("ours")), Phase::Rugged);
    // 0.005 tokens at 0.2.
    watch.take(account(101, 0), ME);
    watch.frame(Some(game("ours")), Phase::Rugged);
    assert_eq!(watch.alarm(), None);
    let mut unpaid = self::watch();
    unpaid.price(PriceNews::Rug(4, price(0.2)));
    unpaid.take(account(100, 0), ME);
    unpaid.frame(Some(game("next")), Phase::Cooldown);
    assert!(
        unpaid.alarm().expect("as it is written here").contains("the site's account is not ours")
    );
}
