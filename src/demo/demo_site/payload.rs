//! What the site says to players, with the keys in the order of captures
//! (docs/spec/protocol.md#trades, docs/spec/protocol.md#own-account).

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::account::DemoAccount;
use super::command::AccountOption;
use crate::demo::feed_server::script::CueFrame;
use crate::feed::event;
use crate::model::account::OpenSidebet;
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// The coin of real money (docs/spec/protocol.md#players-and-coins).
pub(super) const SOLANA: &str = "So11111111111111111111111111111111111111112";

/// An exact number, written as JavaScript would: without trailing zeros.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact(Decimal);

impl Exact {
    pub(super) const ZERO: Self = Self(Decimal::ZERO);
}

impl From<Sol> for Exact {
    fn from(amount: Sol) -> Self {
        Self(amount.to_decimal())
    }
}

impl From<Quantity> for Exact {
    fn from(quantity: Quantity) -> Self {
        Self(quantity.to_decimal())
    }
}

impl From<Price> for Exact {
    fn from(price: Price) -> Self {
        Self(price.to_decimal())
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.normalize().to_string();
        let raw = RawValue::from_string(text).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// Any payload as JSON.
///
/// # Panics
/// Never: our payloads are numbers, texts, lists and maps with keys that are texts.
pub(super) fn json(payload: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(payload).expect("plain data with text keys")
}

/// The argument before the payload of many events.
#[derive(Debug, Serialize)]
struct Trace {
    __trace: bool,
    traceparent: String,
}

fn trace(number: u64) -> Option<Box<RawValue>> {
    let traceparent = format!("00-{:016x}{number:016x}-{number:016x}-01", !number);
    Some(json(&Trace { __trace: true, traceparent }))
}

/// The pseudonym of a player.
pub(super) fn player_id(name: &str) -> String {
    format!("did:demo:{name}")
}

/// Which way a trade went, and how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct TradePayload {
    pub(super) is_buy: bool,
    pub(super) quantity: Quantity,
    pub(super) amount: Sol,
    pub(super) price: Price,
    pub(super) tick: Tick,
    pub(super) game: GameId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewTrade<'a> {
    id: String,
    game_id: GameId,
    player_id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    price: Exact,
    qty: Exact,
    tick_index: Tick,
    coin: &'static str,
    amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    leverage: Option<u32>,
    bonus_portion: u32,
    real_portion: Exact,
    username: &'a str,
    level: u32,
}

impl TradePayload {
    /// As it is broadcast.
    pub(super) fn told(self, name: &str, number: u64) -> CueFrame {
        let Self { is_buy, quantity, amount, price, tick, game } = self;
        let payload = json(&NewTrade {
            id: format!("00000000-0000-4000-9000-{number:012x}"),
            game_id: game,
            player_id: &player_id(name),
            kind: if is_buy { "buy" } else { "sell" },
            price: price.into(),
            qty: quantity.into(),
            tick_index: tick,
            coin: "solana",
            amount: amount.into(),
            leverage: is_buy.then_some(1),
            bonus_portion: 0,
            real_portion: amount.into(),
            username: name,
            level: 1,
        });
        CueFrame { event: event::NEW_TRADE, trace: trace(number), payload }
    }
}

/// A sidebet, as it is told when it is placed and when it is over.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SidebetPayload<'a> {
    pub(super) player_id: &'a str,
    pub(super) game_id: GameId,
    pub(super) username: &'a str,
    pub(super) level: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) price: Option<Exact>,
    pub(super) bet_amount: Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payout: Option<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profit: Option<Exact>,
    pub(super) x_payout: u32,
    pub(super) coin_address: &'static str,
    pub(super) start_tick: Tick,
    pub(super) end_tick: Tick,
    pub(super) tick_index: Tick,
    pub(super) timestamp: u64,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

impl SidebetPayload<'_> {
    pub(super) fn told(&self, number: u64) -> CueFrame {
        let event = match self.kind {
            "placed" => event::CURRENT_SIDEBET,
            _ => event::CURRENT_SIDEBET_RESULT,
        };
        CueFrame { event, trace: trace(number), payload: json(self) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenBet {
    started_at_tick: Tick,
    game_id: GameId,
    end: Tick,
    bet_amount: Exact,
    x_payout: u32,
    coin_address: &'static str,
    bonus_portion: u32,
    real_portion: Exact,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlayerUpdate<'a> {
    id: Option<&'a str>,
    role: Option<u32>,
    cash: Box<RawValue>,
    bonus_balance: Exact,
    position_qty: Exact,
    avg_cost: Exact,
    #[serde(rename = "cumulativePnL")]
    cumulative_pnl: Exact,
    sidebet_pnl: Exact,
    total_invested: Exact,
    has_interacted: bool,
    selected_coin: Option<Coin>,
    authenticated: bool,
    hit_max_win: bool,
    side_bet: Option<OpenBet>,
    sidebets: [u32; 0],
    short_position: Option<OpenPosition>,
    leveraged_positions: Vec<OpenPosition>,
    autobuys_enabled: bool,
    autosell_price: Option<u32>,
}

/// A coin that was chosen in place of SOL.
#[derive(Serialize)]
struct Coin {
    address: &'static str,
    ticker: &'static str,
}

/// A position that no order of this site opens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenPosition {
    amount: Exact,
    entry_price: Exact,
}

impl OpenPosition {
    const fn some() -> Self {
        Self { amount: Exact(Decimal::TEN), entry_price: Exact(Decimal::ONE) }
    }
}

/// Cash as the site writes it: a number, with the noise of doubles, or a text.
fn written(cash: Exact, options: &BTreeSet<AccountOption>) -> Box<RawValue> {
    let number = json(&cash);
    if options.contains(&AccountOption::Nonsense) {
        return json(&"plenty");
    }
    if options.contains(&AccountOption::Text) {
        return json(&number.get());
    }
    // As JavaScript writes a sum that misses its lamport by the last bits.
    let noise = Decimal::new(4, 17);
    let noisy = options.contains(&AccountOption::Noise).then(|| cash.0.checked_add(noise));
    noisy.flatten().map_or(number, |noisy| json(&Exact(noisy)))
}

/// What the server keeps of a player, told to the player; `None` of one whom it does not know.
pub(super) fn player_update(
    player: Option<(&str, &DemoAccount)>,
    game: GameId,
    payout: u32,
) -> CueFrame {
    let id = player.map(|(name, _)| player_id(name));
    let player = player.map(|(_, player)| player);
    let nothing = BTreeSet::new();
    let options = player.map_or(&nothing, |player| &player.options);
    let on = |option| options.contains(&option);
    let coin = match (on(AccountOption::Practice), on(AccountOption::Coin)) {
        (true, _) => Some(Coin { address: "0xPractice", ticker: "FREE" }),
        (false, true) => Some(Coin { address: "0xOther", ticker: "OTHER" }),
        _ => None,
    };
    let some = |option| on(option).then(OpenPosition::some);
    let amount = |of: &dyn Fn(&DemoAccount) -> Exact| player.map_or(Exact::ZERO, of);
    let payload = json(&PlayerUpdate {
        id: id.as_deref(),
        role: None,
        cash: written(amount(&|player| player.account.wallet.cash.into()), options),
        bonus_balance: if on(AccountOption::Bonus) { Exact(Decimal::ONE) } else { Exact::ZERO },
        position_qty: amount(&|player| player.account.position.quantity.into()),
        avg_cost: amount(&|player| Exact(player.account.position.average_cost)),
        cumulative_pnl: amount(&|player| player.pnl.into()),
        sidebet_pnl: amount(&|player| player.sidebet_pnl.into()),
        total_invested: amount(&|player| player.account.tally.bought.into()),
        has_interacted: player.is_some(),
        selected_coin: coin,
        authenticated: player.is_some(),
        hit_max_win: false,
        side_bet: player
            .and_then(|player| player.account.sidebet.open)
            .map(|bet| open(bet, game, payout)),
        sidebets: [],
        short_position: some(AccountOption::Short),
        leveraged_positions: some(AccountOption::Leverage).into_iter().collect(),
        autobuys_enabled: on(AccountOption::Autobuy),
        autosell_price: on(AccountOption::Autosell).then_some(2),
    });
    CueFrame { event: event::PLAYER_UPDATE, trace: None, payload }
}

fn open(bet: OpenSidebet, game_id: GameId, x_payout: u32) -> OpenBet {
    OpenBet {
        started_at_tick: bet.start,
        game_id,
        end: bet.end,
        bet_amount: bet.stake.into(),
        x_payout,
        coin_address: SOLANA,
        bonus_portion: 0,
        real_portion: bet.stake.into(),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UsernameStatus<'a> {
    id: Option<&'a str>,
    has_username: bool,
    username: Option<&'a str>,
}

/// Who the server takes a client for.
pub(super) fn username_status(name: Option<&str>, number: u64) -> CueFrame {
    let id = name.map(player_id);
    let status = UsernameStatus { id: id.as_deref(), has_username: name.is_some(), username: name };
    CueFrame { event: event::USERNAME_STATUS, trace: trace(number), payload: json(&status) }
}
