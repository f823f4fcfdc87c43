//! What the site does with an order, as it tells it: trades, sidebets, and what comes of them. Read
//! whole, so that everything in it can be compared with what was ordered.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::feed::event;
use crate::feed::socketio::Event;
use crate::live::browser::numbers;
use crate::model::ids::GameId;
use crate::model::number;
use crate::model::order::Action;
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// What an order is, whatever its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::live::browser) enum Deal {
    /// A buy; the page sends `buyOrder`.
    Buy,
    /// A sale; the page sends `sellOrder`.
    Sell,
    /// A sidebet; the page sends `requestSidebet`.
    Sidebet,
}

impl Deal {
    pub(in crate::live::browser) const fn of(action: Action) -> Self {
        match action {
            Action::Buy { .. } => Self::Buy,
            Action::Sell { .. } => Self::Sell,
            Action::Sidebet { .. } => Self::Sidebet,
        }
    }
}

/// An order as the page sent it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::live::browser) struct Asked {
    /// The number of its acknowledgement; none where it wants none.
    pub(in crate::live::browser) id: Option<u64>,
    /// None where it is an order that we do not know.
    pub(in crate::live::browser) deal: Option<Deal>,
    /// The amount, in SOL.
    pub(in crate::live::browser) amount: Option<Sol>,
    /// The percentage of a sale.
    pub(in crate::live::browser) percentage: Option<Decimal>,
    pub(in crate::live::browser) terms: Terms,
}

/// On which terms something is traded; what is not said is as usual.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::live::browser) struct Terms {
    /// The name or the address of the coin.
    pub(in crate::live::browser) coin: Option<String>,
    /// How many times the amount is at work.
    pub(in crate::live::browser) leverage: Option<Decimal>,
    /// What of the amount is the site's gift.
    pub(in crate::live::browser) bonus: Option<Decimal>,
    /// What of the amount is the player's own.
    pub(in crate::live::browser) real: Option<Sol>,
    /// How many times its stake a sidebet pays.
    pub(in crate::live::browser) payout_times: Option<Decimal>,
}

/// A trade of a player, as it is told to everybody.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::live::browser) struct Trade {
    /// The site's name of this trade: the same trade told twice is one.
    pub(in crate::live::browser) id: Option<String>,
    /// None for what no bot orders, a short for example.
    pub(in crate::live::browser) deal: Option<Deal>,
    /// The site's word for the deal.
    pub(in crate::live::browser) kind: String,
    pub(in crate::live::browser) quantity: Quantity,
    pub(in crate::live::browser) amount: Sol,
    pub(in crate::live::browser) price: Price,
    pub(in crate::live::browser) tick: Tick,
    pub(in crate::live::browser) game: Option<GameId>,
    pub(in crate::live::browser) terms: Terms,
}

/// A sidebet that was placed.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::live::browser) struct Bet {
    pub(in crate::live::browser) player: String,
    pub(in crate::live::browser) stake: Sol,
    pub(in crate::live::browser) price: Option<Price>,
    pub(in crate::live::browser) start: Tick,
    pub(in crate::live::browser) end: Option<Tick>,
    pub(in crate::live::browser) game: Option<GameId>,
    pub(in crate::live::browser) terms: Terms,
}

/// A sidebet that is over.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::live::browser) struct BetResult {
    /// The sidebet, as it is told now.
    pub(in crate::live::browser) bet: Bet,
    /// What it pays, the stake included; nothing where it is lost.
    pub(in crate::live::browser) payout: Sol,
    /// The payout less the stake.
    pub(in crate::live::browser) profit: Option<Sol>,
}

/// An order of the page's, by its event; none for what is not one.
pub(super) fn asked(event: &Event<'_>) -> Option<Asked> {
    let deal = match &*event.name {
        event::BUY_ORDER => Some(Deal::Buy),
        event::SELL_ORDER => Some(Deal::Sell),
        event::REQUEST_SIDEBET => Some(Deal::Sidebet),
        other => {
            other.ends_with("Order").then_some(())?;
            None
        }
    };
    let payload = event.payload().map_or("{}", |payload| payload.get());
    let told: RawOrder<'_> = serde_json::from_str(payload).unwrap_or_default();
    Some(Asked {
        id: event.id,
        deal,
        amount: told.amount.and_then(sol),
        percentage: told.percentage.and_then(decimal),
        terms: Terms::of(payload).unwrap_or_default(),
    })
}

/// Whose trade or sidebet a payload is about; none where it names nobody.
pub(super) fn player(payload: &str) -> Option<Cow<'_, str>> {
    let named: Named<'_> = serde_json::from_str(payload).ok()?;
    named.player_id
}

/// Reads a trade; none where something of it cannot be read.
pub(super) fn trade(payload: &str) -> Option<Trade> {
    let told: RawTrade<'_> = serde_json::from_str(payload).ok()?;
    let deal = match &*told.kind {
        "buy" => Some(Deal::Buy),
        "sell" => Some(Deal::Sell),
        _ => None,
    };
    Some(Trade {
        id: told.id.map(Cow::into_owned),
        deal,
        quantity: quantity(told.qty)?,
        amount: sol(told.amount).filter(|amount| *amount >= Sol::ZERO)?,
        price: Price::new(told.price).ok()?,
        tick: told.tick_index,
        game: told.game_id.and_then(|game| GameId::new(&game).ok()),
        terms: Terms::of(payload)?,
        kind: told.kind.into_owned(),
    })
}

/// Reads a sidebet; none where something of it cannot be read.
pub(super) fn bet(payload: &str) -> Option<Bet> {
    let told: RawBet<'_> = serde_json::from_str(payload).ok()?;
    Some(Bet {
        player: told.player_id.into_owned(),
        stake: sol(told.bet_amount).filter(|stake| stake.is_positive())?,
        price: told.price.map(Price::new).transpose().ok()?,
        start: told.start_tick,
        end: told.end_tick,
        game: told.game_id.and_then(|game| GameId::new(&game).ok()),
        terms: Terms::of(payload)?,
    })
}

/// Reads the sidebet that an account states as open; none without one, and where it cannot be read.
pub(super) fn open_bet(payload: &str) -> Option<Bet> {
    let account: RawAccount<'_> = serde_json::from_str(payload).ok()?;
    let stated = account.side_bet?.get();
    let told: RawOpenBet<'_> = serde_json::from_str(stated).ok()?;
    Some(Bet {
        player: account.id?.into_owned(),
        stake: sol(told.bet_amount)?,
        price: None,
        start: told.started_at_tick,
        end: told.end,
        game: told.game_id.and_then(|game| GameId::new(&game).ok()),
        terms: Terms::of(stated)?,
    })
}

/// Reads a sidebet that is over; none where something of it cannot be read.
pub(super) fn bet_result(payload: &str) -> Option<BetResult> {
    let told: RawResult<'_> = serde_json::from_str(payload).ok()?;
    Some(BetResult {
        bet: bet(payload)?,
        payout: sol(told.payout)?,
        profit: told.profit.map(|profit| sol(profit).ok_or(())).transpose().ok()?,
    })
}

/// A number or a text with one.
fn decimal(number: &RawValue) -> Option<Decimal> {
    number::parse(number.get().trim_matches('"')).ok()
}

/// An amount to the lamport, without the noise of doubles.
pub(super) fn sol(number: &RawValue) -> Option<Sol> {
    numbers::sol(number).ok()
}

/// A quantity to the billionth, likewise.
pub(super) fn quantity(number: &RawValue) -> Option<Quantity> {
    numbers::quantity(number).ok()
}

impl Terms {
    /// Reads the terms that a payload names; none where one of them cannot be read.
    fn of(payload: &str) -> Option<Self> {
        let told: RawTerms<'_> = serde_json::from_str(payload).ok()?;
        let number = |number: Option<&RawValue>| match number.filter(|it| it.get() != "null") {
            Some(number) => decimal(number).map(Some),
            None => Some(None),
        };
        let real = match told.real_portion.filter(|it| it.get() != "null") {
            Some(real) => Some(sol(real)?),
            None => None,
        };
        Some(Self {
            coin: told.coin.or(told.coin_address).map(Cow::into_owned),
            leverage: number(told.leverage)?,
            bonus: number(told.bonus_portion)?,
            real,
            payout_times: number(told.x_payout)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named<'a> {
    #[serde(borrow)]
    player_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
struct RawOrder<'a> {
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    #[serde(borrow)]
    percentage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTerms<'a> {
    #[serde(borrow)]
    coin: Option<Cow<'a, str>>,
    #[serde(borrow)]
    coin_address: Option<Cow<'a, str>>,
    #[serde(borrow)]
    leverage: Option<&'a RawValue>,
    #[serde(borrow)]
    bonus_portion: Option<&'a RawValue>,
    #[serde(borrow)]
    real_portion: Option<&'a RawValue>,
    #[serde(borrow)]
    x_payout: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawTrade<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    qty: &'a RawValue,
    #[serde(borrow)]
    amount: &'a RawValue,
    price: f64,
    tick_index: Tick,
    #[serde(borrow)]
    game_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawBet<'a> {
    #[serde(borrow)]
    player_id: Cow<'a, str>,
    #[serde(borrow)]
    bet_amount: &'a RawValue,
    start_tick: Tick,
    end_tick: Option<Tick>,
    price: Option<f64>,
    #[serde(borrow)]
    game_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawAccount<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    side_bet: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOpenBet<'a> {
    #[serde(borrow)]
    bet_amount: &'a RawValue,
    started_at_tick: Tick,
    end: Option<Tick>,
    #[serde(borrow)]
    game_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct RawResult<'a> {
    #[serde(borrow)]
    payout: &'a RawValue,
    #[serde(borrow)]
    profit: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Sol> {
        sol(&RawValue::from_string(text.to_owned()).unwrap())
    }

    #[test]
    fn the_noise_of_doubles_is_read_as_the_amount_that_it_misses_and_more_than_that_is_not_read() {
        for (text, amount) in [
            ("0.01", "0.01"),
            ("0.30000000000000004", "0.3"),
            ("0.009999999999999998", "0.01"),
            ("9.999999999999", "10"),
            ("1e-9", "0.000000001"),
            ("\"0.25\"", "0.25"),
        ] {
            assert_eq!(read(text), Some(amount.parse().unwrap()), "{text}");
        }
        for text in ["0.0000000001", "0.01000000001", "\"a lot\"", "null", "{}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_trade_is_read_with_its_terms_or_not_at_all() {
        let told = r#"{"id":"x","playerId":"me","type":"buy","qty":0.01,"amount":0.01,"price":1,
            "tickIndex":3,"coin":"solana","leverage":4,"bonusPortion":0,"realPortion":0.01}"#;
        let read = trade(told).unwrap();
        assert_eq!((read.deal, read.tick, read.game), (Some(Deal::Buy), 3, None));
        assert_eq!(read.terms.leverage, Some(Decimal::from(4)));
        assert_eq!(read.terms.real, Some(Sol::milli(10)));
        assert_eq!(player(told).as_deref(), Some("me"));
        let short = trade(&told.replace("buy", "short_open")).unwrap();
        assert_eq!((short.deal, &*short.kind), (None, "short_open"));
        let null = trade(&told.replace("\"leverage\":4", "\"leverage\":null")).unwrap();
        assert_eq!(null.terms.leverage, None);
        for (part, other) in [
            ("\"amount\":0.01", "\"amount\":-0.01"),
            ("\"qty\":0.01", "\"qty\":\"some\""),
            ("\"price\":1,", "\"price\":0,"),
            ("\"leverage\":4", "\"leverage\":\"much\""),
        ] {
            assert_eq!(trade(&told.replace(part, other)), None, "{other}");
        }
    }
}
