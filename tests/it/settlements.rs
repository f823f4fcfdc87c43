//! Every settled sidebet that was captured from the real game, through the whole engine.

use std::fs;

use replayer::engine::testing::{TestTable, at};
use replayer::model::order::Action;
use replayer::model::posting::PostingKind;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::data;
use crate::words::{flat, prompt, sol};

#[derive(Deserialize)]
struct Settlement<'a> {
    start: u32,
    end: u32,
    rug_index: u32,
    /// Amounts as their text in the file, so that no float comes between.
    #[serde(borrow)]
    bet: &'a RawValue,
    #[serde(borrow)]
    payout: &'a RawValue,
    #[serde(borrow)]
    profit: &'a RawValue,
}

// Row 35 of the acceptance table.
#[test]
fn every_captured_sidebet_is_settled_as_the_server_did() {
    let Some(path) = data::reference("games/sidebet_settlements.json") else { return };
    let text = fs::read_to_string(path).unwrap();
    let settlements: Vec<Settlement<'_>> = serde_json::from_str(&text).unwrap();
    assert_eq!(settlements.len(), 410);
    let won = settlements.iter().filter(|settlement| settle_as_the_server_did(settlement)).count();
    assert_eq!((won, settlements.len() - won), (62, 348));
}

/// Places the sidebet in a game that rugs where that one did; true when it is won.
fn settle_as_the_server_did(captured: &Settlement<'_>) -> bool {
    let &Settlement { start, end, rug_index, bet, payout, profit } = captured;
    let (stake, payout, profit) = (amount(bet), amount(payout), amount(profit));
    // The practice coin knows larger bets (docs/spec/game.md#limits).
    let bankroll = sol("10000");
    let rules = Rules { max_bet: bankroll, ..prompt() };
    let outcome = TestTable::new()
        .rules(rules)
        .bankroll(Bankroll::PerGame(bankroll))
        .prices(&flat(rug_index as usize))
        .rug_at(0.02)
        .script("me", [at(start, Action::Sidebet { stake })])
        .run();
    let postings = outcome.postings("me");
    let [placed, settled] = postings.as_slice() else { panic!("{postings:?}") };
    assert_eq!((placed.tick, placed.delta), (start, stake.negated()));
    assert_eq!((settled.delta, outcome.rows("me")[0].pnl), (payout, profit));
    let won = payout > Sol::ZERO;
    // A loss is booked at the end tick, not at the rug.
    let ended =
        if won { (rug_index, PostingKind::SidebetWon) } else { (end, PostingKind::SidebetLost) };
    assert_eq!((settled.tick, settled.kind), ended);
    won
}

/// The server multiplies doubles (0.021 x 5 = 0.10500000000000001): what is beyond a lamport is
/// no money.
fn amount(text: &RawValue) -> Sol {
    let exact: Decimal = text.get().parse().unwrap();
    let rounded = exact.round_dp(9);
    assert!((exact - rounded).abs() < Decimal::new(1, 15), "{exact}");
    sol(&rounded.to_string())
}
