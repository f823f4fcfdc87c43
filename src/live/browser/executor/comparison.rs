//! What the site did, compared with what was ordered: equal, or another thing, which is named.
//! Pure.
//!
//! Everything that the protocol carries is compared: side, amount, percentage, quantity, price,
//! tick, coin, leverage, bonus, player, game, window and payout
//! (docs/spec/protocol.md#orders, docs/spec/protocol.md#trades).

#[cfg(test)]
mod laws;

use std::fmt;

use rust_decimal::Decimal;

use super::market::{GamePrices, Market, PriceMatch, Slippage};
use crate::engine::venue::execution::OrderRequest;
use crate::live::browser::account_events::{Asked, Bet, BetResult, Deal, Terms, Trade};
use crate::model::order::{Action, Fill};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Tick;
use crate::model::rounding::{part_of, proceeds, quantity_bought};
use crate::model::rules::Rules;
use crate::model::sol::Sol;

/// Billionths of a quantity, and lamports, that the site may keep of a sale
/// (docs/spec/provably-fair.md#rounding-of-real-trades).
pub(super) const FLOORED: u128 = 3;

/// Most signs of a value that are told.
const SIGNS_MAX: usize = 100;

/// Ticks by which something may be told before the frame of its tick: two seconds.
pub(super) const AHEAD: Tick = 8;

/// The names of the coin of real money: in trades, and in sidebets
/// (docs/spec/protocol.md#players-and-coins).
const COINS: [&str; 2] = ["solana", "So11111111111111111111111111111111111111112"];

/// Something in which what was done is not what was ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// What differs: a word of a trader.
    pub(super) what: &'static str,
    /// What was ordered, with its unit.
    pub(super) ordered: String,
    /// What was done instead, with its unit.
    pub(super) done: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ordered, done } = self;
        write!(f, "{what}: ordered {}, the site booked {}", plain(ordered), plain(done))
    }
}

/// What comes from the site, in signs that forge no line, and not too many of them.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(SIGNS_MAX).collect()
}

/// An order that was clicked, and what it is measured by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ordered {
    pub(super) request: OrderRequest,
    /// Who ordered, by the site's name.
    pub(super) player: String,
    /// What was held before.
    pub(super) held: Quantity,
    /// The last tick that was heard of before the click: nothing is done before it.
    pub(super) since: Tick,
    pub(super) slippage: Slippage,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Compared {
    /// It is what was ordered.
    Equal(Effect),
    /// What it is compared with is still to come.
    Open,
    /// It is another thing.
    Differs(Difference),
}

/// What was done of an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Effect {
    pub(super) fill: Fill,
    pub(super) tick: Tick,
    pub(super) price: Price,
}

/// Two values that must be the same.
fn same<T: PartialEq>(
    what: &'static str,
    (ordered, done): (T, T),
    show: impl Fn(&T) -> String,
) -> Result<(), Difference> {
    if ordered == done {
        return Ok(());
    }
    Err(Difference { what, ordered: show(&ordered), done: show(&done) })
}

/// An amount as people write it.
pub(super) fn shown(amount: &Sol) -> String {
    format!("{} SOL", amount.to_decimal().normalize())
}

/// A quantity as people write it.
pub(super) fn tokens(quantity: &Quantity) -> String {
    format!("{} tokens", quantity.to_decimal().normalize())
}

const fn word(deal: Option<Deal>) -> &'static str {
    match deal {
        Some(Deal::Buy) => "buy",
        Some(Deal::Sell) => "sell",
        Some(Deal::Sidebet) => "sidebet",
        None => "something else",
    }
}

/// Compares what the page sent.
pub(super) fn asked(ordered: &Ordered, asked: &Asked) -> Result<(), Difference> {
    let action = ordered.request.action;
    same("side", (Some(Deal::of(action)), asked.deal), |deal| word(*deal).to_owned())?;
    match action {
        Action::Buy { stake } | Action::Sidebet { stake } => {
            same("amount", (stake, asked.amount.unwrap_or(stake)), shown)?;
        }
        Action::Sell { portion, .. } => {
            let percent = Decimal::from(portion.basis_points()) / Decimal::ONE_HUNDRED;
            let sent = asked.percentage.unwrap_or(percent);
            same("percentage", (percent, sent), |it| format!("{}%", it.normalize()))?;
        }
    }
    terms(&asked.terms, None)
}

/// Compares the terms; what is not said is as it should be.
fn terms(terms: &Terms, amount: Option<Sol>) -> Result<(), Difference> {
    let number = |number: &Decimal| number.normalize().to_string();
    if let Some(coin) = terms.coin.as_deref().filter(|coin| !COINS.contains(coin)) {
        return Err(Difference {
            what: "coin",
            ordered: COINS[0].to_owned(),
            done: coin.to_owned(),
        });
    }
    let leverage = terms.leverage.unwrap_or(Decimal::ONE);
    same("leverage", (Decimal::ONE, leverage), |it| number(it) + "x")?;
    let bonus = terms.bonus.unwrap_or_default();
    same("bonus", (Decimal::ZERO, bonus), |it| number(it) + " SOL")?;
    if let (Some(amount), Some(real)) = (amount, terms.real) {
        same("real money", (amount, real), shown)?;
    }
    let payout = Decimal::from(Rules::observed().sidebet_payout);
    same("payout", (payout, terms.payout_times.unwrap_or(payout)), |it| number(it) + "x")
}

/// Compares a trade of ours with the order that is on its way.
pub(super) fn traded(ordered: &Ordered, trade: &Trade, market: &Market) -> Compared {
    match try_traded(ordered, trade) {
        Err(difference) => Compared::Differs(difference),
        Ok(fill) => {
            let effect = Effect { fill, tick: trade.tick, price: trade.price };
            priced(ordered, effect, market)
        }
    }
}

/// Compares everything of a trade but its price with the market's.
fn try_traded(ordered: &Ordered, trade: &Trade) -> Result<Fill, Difference> {
    let action = ordered.request.action;
    let side = |deal: &Option<Deal>| match deal {
        None => trade.kind.clone(),
        known => word(*known).to_owned(),
    };
    same("side", (Some(Deal::of(action)), trade.deal), side)?;
    in_game(ordered, trade.game)?;
    let fill = match action {
        Action::Buy { stake } => {
            same("amount", (stake, trade.amount), shown)?;
            let due = quantity_bought(stake, trade.price).unwrap_or(Quantity::ZERO);
            near("quantity", (due, trade.quantity))?;
            Fill::Bought { stake, quantity: trade.quantity }
        }
        Action::Sell { portion, .. } => {
            near("quantity", (part_of(ordered.held, portion), trade.quantity))?;
            let due = proceeds(trade.quantity, trade.price).unwrap_or(Sol::ZERO);
            if due.lamports().abs_diff(trade.amount.lamports()) > FLOORED {
                same("proceeds", (due, trade.amount), shown)?;
            }
            Fill::Sold { quantity: trade.quantity, proceeds: trade.amount }
        }
        // A sidebet is not a trade: the side differs.
        Action::Sidebet { stake } => Fill::Placed { stake },
    };
    terms(&trade.terms, Some(trade.amount))?;
    Ok(fill)
}

/// Compares a sidebet that was placed with the order that is on its way.
pub(super) fn placed(ordered: &Ordered, bet: &Bet, market: &Market) -> Compared {
    match try_placed(ordered, bet) {
        Err(difference) => Compared::Differs(difference),
        Ok(fill) => match bet.price.or_else(|| price_of(market, bet)) {
            Some(price) => priced(ordered, Effect { fill, tick: bet.start, price }, market),
            None => Compared::Open,
        },
    }
}

fn price_of(market: &Market, bet: &Bet) -> Option<Price> {
    let (_, price) = market.now().since(bet.start).next()?;
    Some(price)
}

fn try_placed(ordered: &Ordered, bet: &Bet) -> Result<Fill, Difference> {
    let action = ordered.request.action;
    same("side", (Deal::of(action), Deal::Sidebet), |deal| word(Some(*deal)).to_owned())?;
    in_game(ordered, bet.game)?;
    if let Action::Sidebet { stake } = action {
        same("stake", (stake, bet.stake), shown)?;
    }
    same("player", (ordered.player.as_str(), bet.player.as_str()), |id| (*id).to_owned())?;
    window(bet)?;
    terms(&bet.terms, Some(bet.stake))?;
    Ok(Fill::Placed { stake: bet.stake })
}

fn window(bet: &Bet) -> Result<(), Difference> {
    let window = Rules::observed().sidebet_window;
    let told = bet.end.map_or(window, |end| end.saturating_sub(bet.start));
    same("window", (window, told), |ticks| format!("{ticks} ticks"))
}

/// Compares a sidebet that is over with the one that was placed, and with the prices of its game
/// where all of them were heard.
pub(super) fn settled(
    bet: &Bet,
    result: &BetResult,
    prices: Option<&GamePrices>,
) -> Result<(), Difference> {
    let BetResult { bet: told, payout, profit } = result;
    same("stake", (bet.stake, told.stake), shown)?;
    same("player", (bet.player.as_str(), told.player.as_str()), |id| (*id).to_owned())?;
    window(told)?;
    terms(&told.terms, Some(told.stake))?;
    let due = payout_of(bet);
    if *payout != Sol::ZERO {
        same("payout", (due, *payout), shown)?;
    } else if let Some(prices) = prices {
        is_lost(bet, prices)?;
    }
    match profit {
        Some(profit) => {
            let due = payout.minus(bet.stake).unwrap_or_default();
            same("profit", (due, *profit), shown)
        }
        None => Ok(()),
    }
}

/// Compares a sidebet that is told as lost with what was heard of its game.
fn is_lost(bet: &Bet, prices: &GamePrices) -> Result<(), Difference> {
    let now = prices.latest().filter(|latest| *latest < end(bet));
    match (is_won(bet, prices), now) {
        (Some(true), _) => {
            let (ordered, done) = (shown(&payout_of(bet)), shown(&Sol::ZERO));
            Err(Difference { what: "payout", ordered, done })
        }
        (None, Some(now)) => {
            let until = |tick: Tick| format!("until tick {tick}");
            Err(Difference { what: "window", ordered: until(end(bet)), done: until(now) })
        }
        _ => Ok(()),
    }
}

/// Compares a sidebet as the account states it with the one that was placed.
pub(super) fn stated(bet: &Bet, stated: &Bet) -> Result<(), Difference> {
    same("stake", (bet.stake, stated.stake), shown)?;
    window(stated)?;
    terms(&stated.terms, Some(stated.stake))
}

/// What a sidebet pays where it is won, the stake included.
pub(super) fn payout_of(bet: &Bet) -> Sol {
    bet.stake.times(Rules::observed().sidebet_payout).unwrap_or_default()
}

/// Whether a sidebet is won; none before the rug of its game.
pub(super) fn is_won(bet: &Bet, prices: &GamePrices) -> Option<bool> {
    prices.rug().map(|(rug, _)| rug <= end(bet))
}

fn end(bet: &Bet) -> Tick {
    bet.end.unwrap_or(bet.start.saturating_add(Rules::observed().sidebet_window))
}

fn in_game(ordered: &Ordered, game: Option<crate::model::ids::GameId>) -> Result<(), Difference> {
    let ours = ordered.request.game;
    match game.filter(|game| *game != ours) {
        None => Ok(()),
        Some(other) => {
            Err(Difference { what: "game", ordered: ours.to_string(), done: other.to_string() })
        }
    }
}

/// Two quantities that must be the same but for what the site floors, lot by lot.
fn near(what: &'static str, (ordered, done): (Quantity, Quantity)) -> Result<(), Difference> {
    if ordered.billionths().abs_diff(done.billionths()) <= FLOORED {
        return Ok(());
    }
    same(what, (ordered, done), tokens)
}

/// Compares tick and price with those of the market.
fn priced(ordered: &Ordered, effect: Effect, market: &Market) -> Compared {
    if effect.tick < ordered.since {
        let done = format!("tick {}", effect.tick);
        let ordered = format!("tick {} or later", ordered.since);
        return Compared::Differs(Difference { what: "tick", ordered, done });
    }
    let Some(prices) = market.of(ordered.request.game) else { return Compared::Open };
    if let Some(latest) = prices.latest().filter(|latest| effect.tick > latest + AHEAD) {
        let (ordered, done) = (format!("tick {latest}"), format!("tick {}", effect.tick));
        return Compared::Differs(Difference { what: "tick", ordered, done });
    }
    match prices.compare(effect.tick, effect.price, ordered.slippage) {
        PriceMatch::Fits => Compared::Equal(effect),
        PriceMatch::Open => Compared::Open,
        PriceMatch::Off(due) => Compared::Differs(Difference {
            what: "price",
            ordered: due,
            done: format!("{}x", effect.price.get()),
        }),
    }
}

/// What the change of an account comes to as the effect of the order alone, where no trade was
/// told: exactly what was ordered, at the price of a tick since the click.
pub(super) fn by_account(
    ordered: &Ordered,
    (paid, quantity): (Sol, Quantity),
    market: &Market,
) -> Option<Effect> {
    let prices = market.of(ordered.request.game)?;
    let action = ordered.request.action;
    let is_quantity = |due: Quantity| due.billionths().abs_diff(quantity.billionths()) <= FLOORED;
    let implied = Price::new(paid.to_f64().abs() / quantity.to_f64()).ok()?;
    let fits = |price: Price| match action {
        Action::Buy { stake } => {
            stake == paid && quantity_bought(stake, price).is_ok_and(is_quantity)
        }
        Action::Sell { portion, .. } => {
            let got = paid.negated().lamports();
            is_quantity(part_of(ordered.held, portion))
                && proceeds(quantity, price)
                    .is_ok_and(|due| due.lamports().abs_diff(got) <= FLOORED)
        }
        // Nothing says at which tick it began.
        Action::Sidebet { .. } => false,
    };
    let slips = |price: Price| {
        let exact = match action {
            Action::Buy { stake } => stake == paid,
            Action::Sell { portion, .. } => is_quantity(part_of(ordered.held, portion)),
            Action::Sidebet { .. } => false,
        };
        ordered.slippage.0 > 0 && exact && ordered.slippage.permits(implied, price)
    };
    let fill = match action {
        Action::Buy { stake } => Fill::Bought { stake, quantity },
        Action::Sell { .. } => Fill::Sold { quantity, proceeds: paid.negated() },
        Action::Sidebet { .. } => return None,
    };
    let exactly = prices.since(ordered.since).find(|&(_, price)| fits(price));
    let nearly = || prices.since(ordered.since).find(|&(_, price)| slips(price));
    match exactly {
        Some((tick, price)) => Some(Effect { fill, tick, price }),
        None => nearly().map(|(tick, _)| Effect { fill, tick, price: implied }),
    }
}
