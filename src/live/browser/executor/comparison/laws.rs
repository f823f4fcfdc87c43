//! The laws of a comparison: what is equal passes, and nothing else does.

use proptest::prelude::*;

use super::super::market::tests::{market, price};
use super::*;
use crate::engine::venue::execution::OrderId;
use crate::model::ids::GameId;
use crate::model::order::Portion;

/// What is done to a trade so that it is another one.
#[derive(Debug, Clone, Copy)]
enum Change {
    Nothing,
    Side,
    Amount,
    Quantity,
    Price,
    Stale,
    Early,
    Game,
    Leverage,
    Coin,
    Bonus,
    Real,
}

const CHANGES: [Change; 12] = [
    Change::Nothing,
    Change::Side,
    Change::Amount,
    Change::Quantity,
    Change::Price,
    Change::Stale,
    Change::Early,
    Change::Game,
    Change::Leverage,
    Change::Coin,
    Change::Bonus,
    Change::Real,
];

fn game(name: &str) -> GameId {
    GameId::new(name).expect("as it is written here")
}

fn lamports(lamports: i128) -> Sol {
    Sol::from_lamports(lamports).expect("as it is written here")
}

fn billionths(billionths: u128) -> Quantity {
    Quantity::from_billionths(billionths).expect("as it is written here")
}

fn ordered(action: Action, held: Quantity, since: Tick) -> Ordered {
    let request = OrderRequest { id: OrderId::new(1), action, game: game("ours"), tick: since };
    let slippage = Slippage::default();
    Ordered { request, player: "me".to_owned(), held, since, slippage }
}

/// The trade that an order comes to at a tick.
fn due(action: Action, held: Quantity, (tick, price): (Tick, Price)) -> Trade {
    let (deal, kind, quantity, amount) = match action {
        Action::Buy { stake } => {
            (Deal::Buy, "buy", quantity_bought(stake, price).expect("as it is written here"), stake)
        }
        Action::Sell { portion, .. } => {
            let part = part_of(held, portion);
            (Deal::Sell, "sell", part, proceeds(part, price).expect("as it is written here"))
        }
        Action::Sidebet { .. } => unreachable!("a sidebet is not a trade"),
    };
    let terms = Terms { coin: Some("solana".to_owned()), real: Some(amount), ..Terms::default() };
    let (kind, deal, game) = (kind.to_owned(), Some(deal), Some(game("ours")));
    Trade { id: None, deal, kind, quantity, amount, price, tick, game, terms }
}

/// Makes another trade of it, by more than what is floored.
fn change(trade: &mut Trade, change: Change, by: u32, prices: &[f64]) {
    let more = FLOORED + 1 + u128::from(by);
    match change {
        Change::Nothing => {}
        Change::Side => {
            trade.deal = match trade.deal {
                Some(Deal::Buy) => Some(Deal::Sell),
                _ => Some(Deal::Buy),
            };
        }
        Change::Amount => {
            let more = lamports(i128::try_from(more).expect("as it is written here"));
            trade.amount = trade.amount.plus(more).expect("as it is written here");
            trade.terms.real = Some(trade.amount);
        }
        Change::Quantity => {
            trade.quantity = billionths(trade.quantity.billionths() + more);
        }
        Change::Price | Change::Stale | Change::Early => {
            (trade.tick, trade.price) = match change {
                Change::Price => {
                    let share = 1.0 + f64::from(by + 1) * 1e-6;
                    (trade.tick, price(trade.price.get() * share))
                }
                Change::Stale => (trade.tick, price(prices[trade.tick as usize - 2])),
                _ => (trade.tick - 2, price(prices[trade.tick as usize - 2])),
            };
            if trade.deal == Some(Deal::Buy) {
                trade.quantity =
                    quantity_bought(trade.amount, trade.price).expect("as it is written here");
            } else {
                trade.amount =
                    proceeds(trade.quantity, trade.price).expect("as it is written here");
                trade.terms.real = Some(trade.amount);
            }
        }
        Change::Game => trade.game = Some(game("next")),
        Change::Leverage => trade.terms.leverage = Some(Decimal::from(by + 2)),
        Change::Coin => trade.terms.coin = Some("0xPractice".to_owned()),
        Change::Bonus => trade.terms.bonus = Some(Decimal::new(i64::from(by) + 1, 9)),
        Change::Real => trade.terms.real = Some(lamports(i128::from(by))),
    }
}

/// Prices of which no two are near each other, in no order.
fn prices() -> impl Strategy<Value = Vec<f64>> {
    (1_u32..50).prop_map(|step| {
        let at = |tick: u32| 1.0 + f64::from((tick * 37 + step * 11) % 101) * 0.013;
        (0..40).map(at).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn only_the_trade_that_was_ordered_is_equal(
        stake in 1_000_000_i128..10_000_000_000,
        held in 1_000_000_u128..100_000_000_000,
        percent in proptest::sample::select(vec![10_u16, 25, 50, 100]),
        is_buy in any::<bool>(),
        tick in 3_u32..38,
        by in 0_u32..1_000_000,
        what in proptest::sample::select(CHANGES.to_vec()),
        prices in prices(),
    ) {
        let action = match is_buy {
            true => Action::Buy { stake: lamports(stake) },
            false => Action::sell(Portion::percent(percent).expect("as it is written here")),
        };
        let held = billionths(held);
        let ordered = ordered(action, held, tick - 1);
        let market = market(&prices);
        let mut trade = due(action, held, (tick, price(prices[tick as usize])));
        let as_due = trade.clone();
        change(&mut trade, what, by, &prices);
        // The price of the tick after it is one of its prices.
        let next = price(prices[tick as usize + 1]);
        prop_assume!(trade == as_due || !Slippage::default().permits(trade.price, next));
        let compared = traded(&ordered, &trade, &market);
        if trade == as_due {
            prop_assert!(matches!(compared, Compared::Equal(_)), "{what:?}: {compared:?}");
        } else {
            prop_assert!(matches!(compared, Compared::Differs(_)), "{what:?}: {compared:?}");
        }
    }

    #[test]
    fn a_sale_may_lack_what_the_site_floors_and_no_more(
        held in 1_000_000_u128..100_000_000_000,
        less in 0_i128..10,
        tick in 0_u32..39,
        prices in prices(),
    ) {
        let (held, market) = (billionths(held), market(&prices));
        let ordered = ordered(Action::SELL_ALL, held, 0);
        let mut trade = due(Action::SELL_ALL, held, (tick, price(prices[tick as usize])));
        trade.amount = trade.amount.minus(lamports(less)).expect("as it is written here");
        trade.terms.real = Some(trade.amount);
        let is_equal = matches!(traded(&ordered, &trade, &market), Compared::Equal(_));
        prop_assert_eq!(is_equal, less <= 3);
    }
}

const STAKE: Sol = Sol::milli(10);

fn bet() -> Bet {
    let terms = Terms { payout_times: Some(Decimal::from(5)), ..Terms::default() };
    let (player, price, game) = ("me".to_owned(), Some(price(1.1)), Some(game("ours")));
    Bet { player, stake: STAKE, price, start: 1, end: Some(41), game, terms }
}

#[test]
fn a_difference_names_both_values() {
    let action = Action::Buy { stake: STAKE };
    let mut trade = due(action, Quantity::ZERO, (1, price(1.1)));
    trade.amount = Sol::milli(100);
    let compared = traded(&ordered(action, Quantity::ZERO, 0), &trade, &market(&[1.0, 1.1]));
    let Compared::Differs(difference) = compared else { panic!("{compared:?}") };
    assert_eq!(difference.to_string(), "amount: ordered 0.01 SOL, the site booked 0.1 SOL");
}

/// Makes another sidebet of one.
type Other = fn(&mut Bet);

#[test]
fn a_difference_forges_no_line() {
    let done = format!("solana\n2026-12-01 all is well{}", "!".repeat(1_000));
    let difference = Difference { what: "coin", ordered: "solana".to_owned(), done };
    let told = difference.to_string();
    assert!(!told.contains('\n') && told.len() < 200, "{told}");
}

#[test]
fn only_the_sidebet_that_was_ordered_is_equal() {
    let (ordered, market) =
        (ordered(Action::Sidebet { stake: STAKE }, Quantity::ZERO, 1), market(&[1.0, 1.1, 1.2]));
    let compare = |change: Other| {
        let mut bet = bet();
        change(&mut bet);
        placed(&ordered, &bet, &market)
    };
    assert!(matches!(compare(|_| {}), Compared::Equal(_)));
    // What is not said is as it should be.
    let silent = |bet: &mut Bet| (bet.end, bet.game, bet.terms) = (None, None, Terms::default());
    assert!(matches!(compare(silent), Compared::Equal(_)));
    let changes: [(&str, Other); 8] = [
        ("stake", |bet| bet.stake = Sol::milli(100)),
        ("window", |bet| bet.end = Some(21)),
        ("payout", |bet| bet.terms.payout_times = Some(Decimal::from(4))),
        ("coin", |bet| bet.terms.coin = Some("0xPractice".to_owned())),
        ("player", |bet| bet.player = "somebody".to_owned()),
        ("game", |bet| bet.game = Some(game("next"))),
        ("bonus", |bet| bet.terms.bonus = Some(Decimal::ONE)),
        ("tick", |bet| (bet.start, bet.end) = (0, Some(40))),
    ];
    for (what, change) in changes {
        match compare(change) {
            Compared::Differs(difference) => assert_eq!(difference.what, what),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn only_the_payout_that_is_due_is_equal() {
    let mut market = market(&[1.0, 1.1]);
    let result = |payout: i64, profit: i64| BetResult {
        bet: bet(),
        payout: Sol::milli(payout),
        profit: Some(Sol::milli(profit)),
    };
    // Its window is not over, and no rug is heard of.
    assert_eq!(
        settled(&bet(), &result(0, -10), Some(market.now()))
            .expect_err("as it is written here")
            .what,
        "window"
    );
    market.hear(super::super::market::PriceNews::Rug(41, price(0.01)));
    settled(&bet(), &result(50, 40), Some(market.now())).expect("as it is written here");
    for (payout, profit, what) in
        [(40, 30, "payout"), (0, -10, "payout"), (60, 50, "payout"), (50, 30, "profit")]
    {
        let difference = settled(&bet(), &result(payout, profit), Some(market.now()))
            .expect_err("as it is written here");
        assert_eq!(difference.what, what);
    }
}

#[test]
fn what_the_page_sends_is_compared_with_what_was_ordered() {
    let sent = |amount: Option<Sol>, percentage: Option<u32>| Asked {
        id: Some(1),
        deal: Some(if amount.is_some() { Deal::Buy } else { Deal::Sell }),
        amount,
        percentage: percentage.map(Decimal::from),
        terms: Terms::default(),
    };
    let buy = ordered(Action::Buy { stake: STAKE }, Quantity::ZERO, 0);
    asked(&buy, &sent(Some(STAKE), None)).expect("as it is written here");
    assert_eq!(
        asked(&buy, &sent(Some(Sol::milli(100)), None)).expect_err("as it is written here").what,
        "amount"
    );
    assert_eq!(asked(&buy, &sent(None, Some(50))).expect_err("as it is written here").what, "side");
    let half = ordered(Action::sell(Portion::BUTTONS[2]), Quantity::ZERO, 0);
    asked(&half, &sent(None, Some(50))).expect("as it is written here");
    // How a percentage is sent was never captured.
    asked(&half, &sent(None, None)).expect("as it is written here");
    assert_eq!(
        asked(&half, &sent(None, Some(75))).expect_err("as it is written here").what,
        "percentage"
    );
}
