//! What a bot sees of its own past, and what it may submit at one tick.

use std::sync::{Arc, Mutex};

use replayer::base::document::DocumentFields;
use replayer::base::params::{Param, Params};
use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::engine::testing::{TestTable, at, presale};
use replayer::model::account::{Counts, LastFill};
use replayer::model::order::{Action, Actions, Rejection};
use replayer::model::posting::PostingKind;
use replayer::model::quote::Tick;
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;

use crate::words::{buy, flat, price, prompt, sell, sidebet, sol};

/// What a bot saw at a tick; `None` is the presale.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    tick: Option<Tick>,
    fill: Option<LastFill>,
    /// Of the game, and of the life.
    pnl: (Sol, Sol),
    life: Counts,
    buys_of_game: u32,
}

/// What a [`Diarist`] does at a tick, and what it saw.
#[derive(Debug, Clone, Default)]
struct DiaristParams {
    does: Vec<(Tick, Actions)>,
    saw: Arc<Mutex<Vec<Seen>>>,
}

impl Params for DiaristParams {
    fn table() -> Vec<Param> {
        Vec::new()
    }

    fn read(_: &mut DocumentFields<'_>) -> Self {
        Self::default()
    }
}

/// Notes what it sees of its past.
#[derive(Debug, Clone)]
struct Diarist;

impl Strategy for Diarist {
    type Params = DiaristParams;
    const NAME: &'static str = "Diarist";
    const ABOUT: &'static str = "Notes what it sees of its past, for tests.";

    fn new(_: &DiaristParams, _: LifeStart<'_>) -> Self {
        Self
    }

    fn decide(&mut self, params: &DiaristParams, view: &View<'_>) -> impl Into<Actions> {
        let tick = view.is_active().then(|| view.tick());
        params.saw.lock().unwrap().push(Seen {
            tick,
            fill: view.last_fill().copied(),
            pnl: (view.pnl_of_game(), view.pnl_of_life()),
            life: view.counts_of_life(),
            buys_of_game: view.tally.buys,
        });
        let now = params.does.iter().find(|(when, _)| Some(*when) == tick);
        now.map_or(Actions::none(), |(_, actions)| *actions)
    }
}

/// What it saw in two games of a buy and a sidebet, half a sale, an order that is refused, and a rug.
fn seen(bankroll: Bankroll) -> Vec<Seen> {
    let does = vec![
        (0, Actions::both(buy("0.01"), sidebet("0.002"))),
        (1, sell(50).into()),
        (2, buy("1000").into()),
    ];
    let (params, prices) = (DiaristParams { does, ..DiaristParams::default() }, [1.0, 2.0, 1.0]);
    let saw = Arc::clone(&params.saw);
    let table = TestTable::new().rules(prompt()).bankroll(bankroll);
    let table = table.prices(&prices).rug_at(0.01).prices(&prices).rug_at(0.01);
    let _ = table.bot::<Diarist>("me", params).run();
    let seen = saw.lock().unwrap().clone();
    assert_eq!(seen.len(), 8);
    seen
}

#[test]
fn a_bot_sees_its_last_fill_what_it_realised_and_what_it_did() {
    let seen = seen(Bankroll::Compounding(sol("0.1")));
    let nothing = Seen {
        tick: None,
        fill: None,
        pnl: (Sol::ZERO, Sol::ZERO),
        life: Counts::default(),
        buys_of_game: 0,
    };
    assert_eq!(seen[0], nothing);
    assert_eq!(seen[1], Seen { tick: Some(0), ..nothing.clone() });
    // The trade is filled first, then the sidebet.
    let placed = seen[2].fill.unwrap();
    assert_eq!((placed.kind, placed.tick), (PostingKind::SidebetStake, 0));
    assert_eq!((placed.delta, placed.gained), (sol("-0.002"), Sol::ZERO));
    let bought = Counts { buys: 1, ..Counts::default() };
    let open = Seen { fill: seen[2].fill, life: bought, buys_of_game: 1, ..nothing.clone() };
    assert_eq!(seen[2], Seen { tick: Some(1), ..open.clone() });
    // Half of what cost 0.01 was sold at twice its price.
    let sold = LastFill {
        games_ago: 0,
        tick: 1,
        kind: PostingKind::Sell,
        price: price("2"),
        quantity: seen[3].fill.unwrap().quantity,
        delta: sol("0.01"),
        gained: sol("0.005"),
    };
    assert_eq!(sold.quantity.to_decimal(), sol("0.005").to_decimal());
    let life = Counts { sells: 1, sells_won: 1, ..bought };
    let pnl = (sol("0.005"), sol("0.005"));
    assert_eq!(seen[3], Seen { tick: Some(2), fill: Some(sold), pnl, life, ..open });
    // The next game: the sidebet won 0.008, the other half was sold at a hundredth of its price.
    let liquidated = LastFill {
        games_ago: 1,
        tick: 3,
        kind: PostingKind::Liquidation,
        price: price("0.01"),
        quantity: sold.quantity,
        delta: sol("0.00005"),
        gained: sol("-0.00495"),
    };
    let life = Counts { liquidations: 1, sidebets_won: 1, refused: 1, ..life };
    let pnl = (Sol::ZERO, sol("0.00805"));
    assert_eq!(seen[4], Seen { fill: Some(liquidated), pnl, life, ..nothing });
    // A second game like the first.
    let Seen { pnl, life, buys_of_game, .. } = seen[7];
    assert_eq!(pnl, (sol("0.005"), sol("0.01305")));
    assert_eq!((life.buys, life.sells, life.refused, buys_of_game), (2, 2, 1, 1));
}

#[test]
fn a_life_that_begins_knows_nothing_of_the_one_before() {
    let seen = seen(Bankroll::PerGame(sol("0.1")));
    assert_eq!(seen[..4], seen[4..]);
    assert_eq!((seen[4].fill, seen[4].pnl.1, seen[4].life), (None, Sol::ZERO, Counts::default()));
}

#[test]
fn what_a_game_without_a_rug_left_open_is_lost() {
    let params = DiaristParams {
        does: vec![(0, Actions::both(buy("0.01"), sidebet("0.002")))],
        ..DiaristParams::default()
    };
    let saw = Arc::clone(&params.saw);
    let table = TestTable::new().rules(prompt()).bankroll(Bankroll::Compounding(sol("0.1")));
    let _ = table.prices(&flat(2)).prices(&flat(1)).bot::<Diarist>("me", params).run();
    let pnl: Vec<_> = saw.lock().unwrap().iter().map(|seen| seen.pnl).collect();
    assert_eq!(pnl[..3], [(Sol::ZERO, Sol::ZERO); 3]);
    assert_eq!(pnl[3], (Sol::ZERO, sol("-0.012")));
}

#[test]
fn a_trade_and_a_sidebet_of_one_tick_are_executed_together_the_trade_first() {
    for (latency, tick) in [(0, 1), (3, 4)] {
        let rules = Rules { latency: Latency::Ticks(latency), ..prompt() };
        let script = [at(1, sidebet("0.01")), at(1, buy("0.02"))];
        let table = TestTable::new().rules(rules).prices(&flat(9)).rug_at(0.01);
        let outcome = table.script("me", script).run();
        let lines = outcome.postings("me");
        let filled: Vec<_> = lines[..2].iter().map(|line| (line.tick, line.kind)).collect();
        assert_eq!(filled, [(tick, PostingKind::Buy), (tick, PostingKind::SidebetStake)]);
        assert!(outcome.rejections("me").is_empty());
    }
    let both = [presale(buy("0.02")), presale(sidebet("0.01"))];
    let outcome = TestTable::new().prices(&flat(3)).rug_at(0.01).script("me", both).run();
    assert_eq!(outcome.rows("me")[0].tally.refused, 0);
    assert_eq!(outcome.postings("me").len(), 4, "bought, placed, won and liquidated");
}

#[test]
fn a_sidebet_finds_the_cash_that_the_trade_of_its_tick_left() {
    for latency in [0, 3] {
        let rules = Rules { latency: Latency::Ticks(latency), ..prompt() };
        let script = [at(1, buy("0.06")), at(1, sidebet("0.05"))];
        let table = TestTable::new().rules(rules).prices(&flat(9)).rug_at(0.01);
        let outcome = table.script("me", script).run();
        let short = Rejection::InsufficientBalance(sol("0.04"));
        assert_eq!(outcome.rejections("me"), [(1 + latency, short)], "latency {latency}");
        assert_eq!(outcome.rows("me")[0].tally.buys, 1);
    }
}

#[test]
fn of_two_orders_one_may_be_refused_and_the_other_goes() {
    for latency in [0, 3] {
        let rules = Rules { latency: Latency::Ticks(latency), ..prompt() };
        let script = [at(1, sell(100)), at(1, sidebet("0.05"))];
        let table = TestTable::new().rules(rules).prices(&flat(9)).rug_at(0.01);
        let outcome = table.script("me", script).run();
        assert_eq!(outcome.rejections("me"), [(1, Rejection::NothingToSell)]);
        assert_eq!(outcome.postings("me")[0].tick, 1 + latency);
    }
}

#[test]
fn two_of_a_sort_are_one_and_a_refusal() {
    let (one, other) = (buy("0.01"), buy("0.02"));
    let params =
        DiaristParams { does: vec![(1, Actions::both(one, other))], ..DiaristParams::default() };
    let table = TestTable::new().rules(prompt()).prices(&flat(4)).rug_at(0.01);
    let outcome = table.bot::<Diarist>("me", params).run();
    assert_eq!(outcome.postings("me")[0].delta, sol("-0.01"));
    assert_eq!(outcome.rejections("me"), [(1, Rejection::OnePerTick)]);
    assert_eq!(Rejection::OnePerTick.code(), "one_per_tick");
}

#[test]
fn actions_are_in_the_order_of_their_execution_however_they_are_put_together() {
    let (trade, bet) = (buy("0.01"), sidebet("0.02"));
    let listed = |actions: Actions| -> Vec<Action> { actions.iter().collect() };
    assert_eq!(listed(Actions::both(trade, bet)), [trade, bet]);
    assert_eq!(listed(Actions::both(bet, trade)), [trade, bet]);
    assert_eq!(Actions::both(None, bet), bet.into());
    assert_eq!(Actions::both(trade, None), Some(trade).into());
    assert_eq!(Actions::both(None, None), None.into());
    assert!(Actions::none().is_none() && listed(Actions::default()).is_empty());
}
