//! What frames say about players: entries of the leaderboard, trades, chat, traces.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::PayloadNumber;
use crate::model::ids::GameId;
use crate::model::quote::Tick;

/// The coin of real money (docs/spec/protocol.md#players-and-coins).
pub(super) const SOLANA: &str = "So11111111111111111111111111111111111111112";

/// The pseudonym of a player: `did:example:0001`.
pub(super) fn player_id(player: u64) -> String {
    format!("did:example:{player:04}")
}

/// The name of a player: `player-0001`; every eighth has none.
pub(super) fn user_name(player: u64) -> Option<String> {
    (!player.is_multiple_of(8)).then(|| format!("player-{player:04}"))
}

/// The level of a player.
const fn level(player: u64) -> u64 {
    player % 73
}

/// An entry of the leaderboard. Amounts are in SOL, the average cost is a multiple.
#[derive(Debug, Clone)]
pub(in crate::demo::feed_server) struct Entry {
    pub(in crate::demo::feed_server) player: u64,
    pub(in crate::demo::feed_server) pnl: f64,
    pub(in crate::demo::feed_server) pnl_percent: f64,
    pub(in crate::demo::feed_server) qty: f64,
    pub(in crate::demo::feed_server) avg_cost: f64,
    pub(in crate::demo::feed_server) invested: f64,
    pub(in crate::demo::feed_server) side_bet: Option<SideBet>,
    pub(in crate::demo::feed_server) position: u32,
}

/// A sidebet in an entry.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo::feed_server) struct SideBet {
    pub(in crate::demo::feed_server) started_at_tick: Tick,
    pub(in crate::demo::feed_server) game_id: GameId,
    pub(in crate::demo::feed_server) end: Tick,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_struct("Entry", 17)?;
        entry.serialize_field("id", &player_id(self.player))?;
        entry.serialize_field("username", &user_name(self.player))?;
        entry.serialize_field("level", &level(self.player))?;
        entry.serialize_field("pnl", &PayloadNumber(self.pnl))?;
        entry.serialize_field("regularPnl", &PayloadNumber(self.pnl))?;
        entry.serialize_field("sidebetPnl", &0)?;
        entry.serialize_field("shortPnl", &0)?;
        entry.serialize_field("sidebetActive", &self.side_bet.map(|_| true))?;
        entry.serialize_field("sideBet", &self.side_bet)?;
        entry.serialize_field("shortPosition", &None::<u32>)?;
        entry.serialize_field("pnlPercent", &PayloadNumber(self.pnl_percent))?;
        entry.serialize_field("hasActiveTrades", &true)?;
        entry.serialize_field("positionQty", &PayloadNumber(self.qty))?;
        entry.serialize_field("avgCost", &PayloadNumber(self.avg_cost))?;
        entry.serialize_field("totalInvested", &PayloadNumber(self.invested))?;
        entry.serialize_field("selectedCoin", &None::<u32>)?;
        entry.serialize_field("position", &self.position)?;
        entry.end()
    }
}

impl Serialize for SideBet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bet = serializer.serialize_struct("SideBet", 8)?;
        bet.serialize_field("startedAtTick", &self.started_at_tick)?;
        bet.serialize_field("gameId", &self.game_id)?;
        bet.serialize_field("end", &self.end)?;
        bet.serialize_field("betAmount", &0.01)?;
        bet.serialize_field("xPayout", &5)?;
        bet.serialize_field("coinAddress", SOLANA)?;
        bet.serialize_field("bonusPortion", &0)?;
        bet.serialize_field("realPortion", &0.01)?;
        bet.end()
    }
}

/// Which way a trade went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo::feed_server) enum Traded {
    Buy,
    Sell,
}

/// A trade, of whose quantity, price and amount the product holds as on the site.
#[derive(Debug, Clone)]
pub(in crate::demo::feed_server) struct Trade {
    pub(in crate::demo::feed_server) traded: Traded,
    pub(in crate::demo::feed_server) id: u64,
    pub(in crate::demo::feed_server) player: u64,
    pub(in crate::demo::feed_server) price: f64,
    pub(in crate::demo::feed_server) tick: Tick,
    pub(in crate::demo::feed_server) qty: f64,
    pub(in crate::demo::feed_server) amount: f64,
}

impl Trade {
    /// The trade as a payload: buys and sales have their keys in different orders.
    pub(in crate::demo::feed_server) fn in_game(&self, game: GameId) -> impl Serialize + '_ {
        InGame { trade: self, game }
    }
}

struct InGame<'a> {
    trade: &'a Trade,
    game: GameId,
}

impl Serialize for InGame<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Trade { traded, id, player, price, tick, qty, amount } = self.trade;
        let (qty, amount) = (PayloadNumber(*qty), PayloadNumber(*amount));
        let mut trade = serializer.serialize_struct("Trade", 14)?;
        trade.serialize_field("id", &uuid(*id))?;
        trade.serialize_field("gameId", &self.game)?;
        trade.serialize_field("playerId", &player_id(*player))?;
        match traded {
            Traded::Buy => {
                trade.serialize_field("price", &PayloadNumber(*price))?;
                trade.serialize_field("type", "buy")?;
                trade.serialize_field("qty", &qty)?;
                trade.serialize_field("tickIndex", tick)?;
                trade.serialize_field("coin", "solana")?;
                trade.serialize_field("amount", &amount)?;
                trade.serialize_field("leverage", &1)?;
            }
            Traded::Sell => {
                trade.serialize_field("type", "sell")?;
                trade.serialize_field("price", &PayloadNumber(*price))?;
                trade.serialize_field("tickIndex", tick)?;
                trade.serialize_field("coin", "solana")?;
                trade.serialize_field("amount", &amount)?;
                trade.serialize_field("qty", &qty)?;
            }
        }
        trade.serialize_field("bonusPortion", &0)?;
        trade.serialize_field("realPortion", &amount)?;
        trade.serialize_field("username", &user_name(*player))?;
        trade.serialize_field("level", &level(*player))?;
        trade.end()
    }
}

/// A number as a UUID.
pub(super) fn uuid(number: u64) -> String {
    format!("{:08x}-0000-4000-8000-{:012x}", number >> 48, number & 0xffff_ffff_ffff)
}

/// Something that somebody says.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo::feed_server) struct Chat {
    pub(in crate::demo::feed_server) player: u64,
    pub(in crate::demo::feed_server) now_ms: u64,
}

impl Serialize for Chat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut chat = serializer.serialize_struct("Chat", 11)?;
        chat.serialize_field("playerId", &player_id(self.player))?;
        chat.serialize_field("username", &user_name(self.player))?;
        chat.serialize_field("level", &level(self.player))?;
        chat.serialize_field("message", "hello")?;
        chat.serialize_field("timestamp", &self.now_ms)?;
        chat.serialize_field("filtered", &false)?;
        chat.serialize_field("role", &None::<u32>)?;
        chat.serialize_field("tag", &None::<u32>)?;
        chat.serialize_field("verified", &true)?;
        chat.serialize_field("discordUsername", &None::<u32>)?;
        chat.serialize_field("replyTo", &None::<u32>)?;
        chat.end()
    }
}

/// The argument that stands before the payload of many events: the trap of parsers.
#[derive(Debug, Clone, Serialize)]
pub(in crate::demo::feed_server) struct Trace {
    __trace: bool,
    traceparent: String,
}

impl Trace {
    /// A trace of two numbers.
    pub(in crate::demo::feed_server) fn of(trace: u64, span: u64) -> Self {
        let traceparent = format!("00-{trace:016x}{:016x}-{span:016x}-01", !trace);
        Self { __trace: true, traceparent }
    }
}
