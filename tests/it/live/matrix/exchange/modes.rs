//! What a hostile exchange, or a page that sends orders in strange ways, does: as data.

use Expect::{Done, Told};
use replayer::demo::demo_site::command::ExchangeFault as Fault;

use super::super::drill::Trade;
use super::super::drill::Trade::{All, Bet, Buy, Half};
use crate::browser::stand_in::Way;

/// What must come of a mode.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expect {
    /// It is disarmed, for a reason with one of these parts.
    Told(&'static [&'static str]),
    /// At least this many orders are done, and nothing is said against any.
    Done(u64),
}

/// A mode of an exchange, or of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mode {
    /// What the site does.
    pub(super) does: &'static str,
    /// Commands to the site.
    pub(super) commands: &'static [&'static str],
    /// What the exchange does with the first order that it concerns.
    pub(super) fault: Option<Fault>,
    /// The way in which the page sends the order of a number.
    pub(super) way: (usize, Way),
    /// What is ordered, one after the other.
    pub(super) trades: &'static [Trade],
    /// Permitted slippage in basis points.
    pub(super) slippage: u32,
    pub(super) games: u64,
    pub(super) expect: Expect,
}

const fn mode(does: &'static str, trades: &'static [Trade], expect: Expect) -> Mode {
    let way = (0, Way::Socket);
    Mode { does, commands: &[], fault: None, way, trades, slippage: 0, games: 1, expect }
}

/// The exchange does something else.
const fn hostile(
    does: &'static str,
    fault: Fault,
    trades: &'static [Trade],
    parts: &'static [&'static str],
) -> Mode {
    Mode { fault: Some(fault), ..mode(does, trades, Told(parts)) }
}

/// The page sends an order in another way.
const fn sent(
    does: &'static str,
    way: (usize, Way),
    trades: &'static [Trade],
    expect: Expect,
) -> Mode {
    Mode { way, ..mode(does, trades, expect) }
}

const ROUND: &[Trade] = &[Buy, Half, Buy, All];
const BOTH: &[Trade] = &[Buy, Bet, Half, Buy, All];
const BUYS: &[Trade] = &[Buy];
const BETS: &[Trade] = &[Bet];

/// What may be said of something that nobody ordered: it comes between orders, or during one.
const NOT_ORDERED: &[&str] = &[
    "was not ordered",
    "side: ordered",
    "number of orders",
    "amount: ordered",
    "account",
    "quantity",
];

pub(super) const MODES: &[Mode] = &[
    // Honest, and in ways that are seldom seen.
    mode("does what is ordered", BOTH, Done(5)),
    Mode { commands: &["double-ack 1000"], ..mode("acknowledges twice", BOTH, Done(5)) },
    Mode { commands: &["lose-ack 1"], ..mode("loses an acknowledgement", ROUND, Done(3)) },
    Mode { commands: &["lose-trade 2"], ..mode("does not tell two trades", ROUND, Done(5)) },
    Mode { commands: &["lose-trade 1"], ..mode("tells a sidebet when it answers", BETS, Done(2)) },
    Mode { commands: &["lose-update 3"], ..mode("does not tell three balances", ROUND, Done(5)) },
    Mode { commands: &["late-ack 150"], ..mode("acknowledges late", ROUND, Done(3)) },
    Mode { commands: &["refuse 3"], ..mode("refuses three orders", ROUND, Done(3)) },
    honest("acknowledges first", Fault::AckFirst, BOTH),
    honest("tells the balance first", Fault::BalanceFirst, BOTH),
    honest("tells amounts with the noise of doubles", Fault::Noise, BOTH),
    Mode {
        slippage: 100,
        ..honest("fills 0.5 % worse, where 1 % is permitted", Fault::FillSlipped, ROUND)
    },
    sent("is asked by HTTP", (1, Way::Http), ROUND, Done(3)),
    sent("is asked for a sale by HTTP", (2, Way::Http), ROUND, Done(3)),
    sent("is asked without a number", (1, Way::NoNumber), ROUND, Done(3)),
    sent("is asked under another name", (1, Way::OtherName), ROUND, Done(3)),
    // Another amount.
    hostile(
        "buys ten times as much",
        Fault::StakeTenfold,
        BUYS,
        &["amount: ordered 0.01 SOL, the site booked 0.1 SOL"],
    ),
    hostile(
        "bets ten times as much",
        Fault::StakeTenfold,
        BETS,
        &["stake: ordered 0.01 SOL, the site booked 0.1 SOL"],
    ),
    hostile(
        "buys a tenth",
        Fault::StakeTenth,
        BUYS,
        &["amount: ordered 0.01 SOL, the site booked 0.001 SOL"],
    ),
    hostile("buys a lamport more", Fault::StakeLamport, BUYS, &["booked 0.010000001 SOL"]),
    hostile("bets a lamport more", Fault::StakeLamport, BETS, &["booked 0.010000001 SOL"]),
    hostile("sells all", Fault::SellAll, ROUND, &["quantity: ordered"]),
    hostile("sells a tenth", Fault::SellTenth, ROUND, &["quantity: ordered"]),
    // Another side.
    hostile(
        "bets when it is to buy",
        Fault::BetForBuy,
        BUYS,
        &["side: ordered buy, the site booked sidebet"],
    ),
    hostile(
        "buys when it is to bet",
        Fault::BuyForBet,
        BETS,
        &["side: ordered sidebet, the site booked buy"],
    ),
    hostile(
        "buys when it is to sell",
        Fault::BuyForSell,
        ROUND,
        &["side: ordered sell, the site booked buy"],
    ),
    hostile(
        "tells a short",
        Fault::Short,
        BUYS,
        &["side: ordered buy, the site booked short_open"],
    ),
    // Another price.
    hostile("buys at 1.5 times the price", Fault::FillWorse, BUYS, &["price: ordered"]),
    hostile(
        "fills at the price of five ticks before",
        Fault::FillStale,
        ROUND,
        &["price: ordered"],
    ),
    hostile("fills half a percent worse", Fault::FillSlipped, ROUND, &["price: ordered"]),
    Mode {
        slippage: 20,
        ..hostile(
            "fills 0.5 % worse, where 0.2 % is permitted",
            Fault::FillSlipped,
            ROUND,
            &["price: ordered"],
        )
    },
    hostile(
        "fills worse and tells the price of the tick",
        Fault::FillHidden,
        BUYS,
        &["quantity: ordered"],
    ),
    hostile("dates a fill back", Fault::FillBackdated, ROUND, &["tick: ordered"]),
    hostile("dates a trade ahead", Fault::FillAhead, BUYS, &["tick: ordered"]),
    hostile("dates a sidebet ahead", Fault::FillAhead, BETS, &["tick: ordered"]),
    // Another account than what was told.
    hostile("debits 0.05 SOL more than it tells", Fault::DebitMore, BUYS, &["account"]),
    hostile("debits 0.05 SOL more for a sidebet", Fault::DebitMore, BETS, &["account"]),
    hostile("keeps a tenth of what is bought", Fault::LotsLess, BUYS, &["account"]),
    hostile("debits 0.01 SOL some time later", Fault::DebitLater, BUYS, &["account"]),
    // More than one.
    hostile("buys twice", Fault::Twice, BUYS, &["number of orders", "was not ordered"]),
    hostile("buys twice and tells it once", Fault::TwiceSilent, BUYS, &["account"]),
    hostile("buys once more by itself", Fault::Unasked, BUYS, NOT_ORDERED),
    hostile("sells half by itself", Fault::UnaskedSale, BUYS, NOT_ORDERED),
    hostile("bets by itself", Fault::UnaskedBet, BUYS, NOT_ORDERED),
    // Other terms.
    hostile(
        "buys with leverage",
        Fault::Leverage,
        BUYS,
        &["leverage: ordered 1x, the site booked 5x"],
    ),
    hostile(
        "buys the practice coin",
        Fault::Practice,
        BUYS,
        &["coin: ordered solana, the site booked 0xPractice"],
    ),
    hostile("bets in the practice coin", Fault::Practice, BETS, &["coin: ordered"]),
    hostile(
        "books half of a buy as a bonus",
        Fault::Bonus,
        BUYS,
        &["bonus: ordered 0 SOL, the site booked 0.005 SOL"],
    ),
    hostile("books half of a sidebet as a bonus", Fault::Bonus, BETS, &["bonus: ordered"]),
    // Another player, another game.
    hostile(
        "tells a buy of another player",
        Fault::OtherPlayer,
        BUYS,
        &["player: ordered did:demo:demo, the site booked did:demo:somebody"],
    ),
    hostile("tells a sidebet of another player", Fault::OtherPlayer, BETS, &["player: ordered"]),
    hostile("buys for another player", Fault::OtherAccount, BUYS, &["player: ordered"]),
    hostile("buys in another game", Fault::OtherGame, BUYS, &["game: ordered"]),
    hostile("bets on another game", Fault::OtherGame, BETS, &["game: ordered"]),
    // Sidebets.
    hostile(
        "gives a sidebet half of its window",
        Fault::WindowShort,
        BETS,
        &["window: ordered 40 ticks, the site booked 20 ticks"],
    ),
    hostile(
        "gives a sidebet twice its window",
        Fault::WindowLong,
        BETS,
        &["window: ordered 40 ticks, the site booked 80 ticks"],
    ),
    hostile(
        "states half of the window in the account",
        Fault::WindowStated,
        BETS,
        &["window: ordered 40 ticks, the site booked 20 ticks"],
    ),
    hostile(
        "places a sidebet at four times its stake",
        Fault::PayoutFour,
        BETS,
        &["payout: ordered 5x, the site booked 4x"],
    ),
    // What is paid is told with the rug: the next game keeps the session open.
    Mode {
        games: 2,
        ..hostile(
            "pays four times the stake",
            Fault::PayoutLess,
            BETS,
            &["payout: ordered 0.05 SOL, the site booked 0.04 SOL"],
        )
    },
    Mode {
        games: 2,
        ..hostile(
            "tells a won sidebet as lost",
            Fault::PayoutLost,
            BETS,
            &["payout: ordered 0.05 SOL, the site booked 0 SOL"],
        )
    },
    Mode {
        games: 3,
        ..hostile(
            "does not pay a won sidebet",
            Fault::PayoutMissing,
            BETS,
            &["payout: ordered 0.05 SOL, the site booked nothing", "account"],
        )
    },
    // What cannot be read.
    hostile(
        "tells an amount as a word",
        Fault::Garbled,
        BUYS,
        &["cannot be read: standard/newTrade"],
    ),
    hostile("tells a stake as a word", Fault::Garbled, BETS, &["cannot be read: currentSidebet"]),
    hostile(
        "tells a negative amount",
        Fault::Negative,
        BUYS,
        &["cannot be read: standard/newTrade"],
    ),
    // Answers that are not so.
    hostile("acknowledges what it does not do", Fault::AckOnly, BUYS, &["outcome is unknown"]),
    hostile("refuses what it does", Fault::RefuseDone, BUYS, &["answer: ordered"]),
    hostile("refuses, and does it then", Fault::RefuseThenDo, BUYS, NOT_ORDERED),
    hostile(
        "answers another order and tells nothing",
        Fault::AckOther,
        BUYS,
        &["outcome is unknown"],
    ),
    Mode {
        commands: &["late-ack 1500"],
        ..hostile("does it when patience is over", Fault::LateEffect, BUYS, &["outcome is unknown"])
    },
    Mode {
        commands: &["lose-order 1"],
        ..mode("loses an order", BUYS, Told(&["outcome is unknown"]))
    },
    Mode {
        commands: &["lose-ack 1", "lose-trade 1", "lose-update 1"],
        ..mode("says nothing of an order at all", BUYS, Told(&["outcome is unknown"]))
    },
    // A page that asks for another thing.
    sent(
        "is asked for ten times as much",
        (1, Way::Tenfold),
        BUYS,
        Told(&["amount: ordered 0.01 SOL, the site booked 0.1 SOL"]),
    ),
    sent(
        "is asked for ten times as much by HTTP",
        (1, Way::HttpTenfold),
        BUYS,
        Told(&["amount: ordered"]),
    ),
    sent(
        "is asked for another percentage",
        (2, Way::OtherPercentage),
        ROUND,
        Told(&["percentage: ordered 50%, the site booked 75%"]),
    ),
    sent("is asked in the practice coin", (1, Way::Practice), BUYS, Told(&["coin: ordered"])),
    sent(
        "is asked for leverage",
        (1, Way::Leverage),
        BUYS,
        Told(&["leverage: ordered 1x, the site booked 5x"]),
    ),
    sent("is asked twice", (1, Way::Twice), BUYS, Told(&["not clicked for"])),
    sent("is asked for a short", (1, Way::Short), BUYS, Told(&["not clicked for"])),
];

/// An honest exchange that does all of its orders in a way.
const fn honest(does: &'static str, fault: Fault, trades: &'static [Trade]) -> Mode {
    Mode { fault: Some(fault), ..mode(does, trades, Done(5)) }
}
