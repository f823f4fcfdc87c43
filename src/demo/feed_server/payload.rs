//! The payloads of a feed, with the keys in the order in which they were captured
//! (docs/spec/protocol.md).

pub(super) mod past;
pub(super) mod people;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::repertoire::ShownGame;
use crate::model::price::Price;
use crate::model::quote::Tick;
use past::{Averages, Extremes, History};
use people::Entry;

/// The version of the game's law, as frames say it.
const VERSION: &str = "v3";
/// Ticks in a window of `partialPrices`.
const PARTIAL_TICKS: Tick = 5;

/// Any payload as JSON.
///
/// # Panics
/// Never: our payloads are numbers, texts, lists and maps with keys that are texts.
pub(super) fn json(payload: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(payload).expect("plain data with text keys")
}

/// A number as JavaScript prints it: without `.0` where it is whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct PayloadNumber(pub(super) f64);

impl Serialize for PayloadNumber {
    #[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// Prices as a list of numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct PayloadPrices<'a>(pub(super) &'a [Price]);

impl Serialize for PayloadPrices<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|price| PayloadNumber(price.get())))
    }
}

/// The last prices, by tick as text.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartialPrices<'a> {
    start_tick: Tick,
    end_tick: Tick,
    values: ByTick<'a>,
}

#[derive(Debug, Clone, Copy)]
struct ByTick<'a>(Tick, &'a [Price]);

impl<'a> PartialPrices<'a> {
    /// The last ticks of a path that ends at a tick.
    pub(super) fn of(path: &'a [Price], end_tick: Tick) -> Self {
        let start_tick = (end_tick + 1).saturating_sub(PARTIAL_TICKS);
        let values = ByTick(start_tick, &path[start_tick as usize..=end_tick as usize]);
        Self { start_tick, end_tick, values }
    }
}

impl Serialize for ByTick<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for (tick, price) in (self.0..).zip(self.1) {
            map.serialize_entry(&tick, &PayloadNumber(price.get()))?;
        }
        map.end()
    }
}

/// What is announced of a game's seed.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pledge<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server_seed_hash: Option<&'a str>,
    version: &'static str,
}

impl<'a> Pledge<'a> {
    pub(super) fn of(game: &'a ShownGame) -> Self {
        Self { server_seed_hash: game.seed_hash.as_deref(), version: VERSION }
    }
}

/// The frame of 7 keys: a countdown, before the presale and in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Countdown<'a> {
    pub(super) game_id: &'a str,
    pub(super) cooldown_timer: u32,
    pub(super) cooldown_paused: bool,
    pub(super) allow_pre_round_buys: bool,
    pub(super) leaderboard: &'a [Entry],
    pub(super) connected_players: u32,
    pub(super) provably_fair: Pledge<'a>,
}

/// The frame of 21 keys: a tick, the first one of the rug, the first one of the presale.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TickFrame<'a> {
    pub(super) active: bool,
    pub(super) price: PayloadNumber,
    pub(super) partial_prices: PartialPrices<'a>,
    pub(super) trade_count: usize,
    pub(super) rugged: bool,
    pub(super) tick_count: Tick,
    pub(super) cooldown_timer: u32,
    pub(super) cooldown_paused: bool,
    pub(super) pause_message: &'static str,
    pub(super) allow_pre_round_buys: bool,
    #[serde(flatten)]
    pub(super) averages: Averages,
    pub(super) leaderboard: Vec<Entry>,
    pub(super) game_id: &'a str,
    pub(super) connected_players: u32,
    pub(super) rugpool: Rugpool,
    pub(super) rug_royale: RugRoyale,
    pub(super) provably_fair: Pledge<'a>,
}

/// The frame of 14 keys: the activation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Activation<'a> {
    pub(super) active: bool,
    pub(super) price: PayloadNumber,
    pub(super) rugged: bool,
    pub(super) tick_count: Tick,
    pub(super) cooldown_timer: u32,
    pub(super) cooldown_paused: bool,
    pub(super) pause_message: &'static str,
    pub(super) allow_pre_round_buys: bool,
    pub(super) leaderboard: &'a [Entry],
    pub(super) game_id: &'a str,
    pub(super) connected_players: u32,
    pub(super) game_version: &'static str,
    pub(super) partial_prices: PartialPrices<'a>,
    pub(super) provably_fair: Pledge<'a>,
}

/// The full frame: 36 keys at the boundary, 37 with `prices` and `rugRoyale` after connecting.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Full<'a> {
    pub(super) game_history: History<'a>,
    #[serde(flatten)]
    pub(super) averages: Averages,
    #[serde(flatten)]
    pub(super) extremes: &'a Extremes,
    pub(super) available_shitcoins: [Coin; 1],
    pub(super) active: bool,
    pub(super) price: PayloadNumber,
    pub(super) rugged: bool,
    pub(super) tick_count: Tick,
    pub(super) cooldown_timer: u32,
    pub(super) cooldown_paused: bool,
    pub(super) pause_message: &'static str,
    pub(super) allow_pre_round_buys: bool,
    pub(super) leaderboard: Vec<Entry>,
    pub(super) game_id: &'a str,
    pub(super) connected_players: u32,
    pub(super) game_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rug_royale: Option<RugRoyale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prices: Option<PayloadPrices<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partial_prices: Option<PartialPrices<'a>>,
    pub(super) provably_fair: Pledge<'a>,
}

pub(super) const GAME_VERSION: &str = VERSION;

/// The pool that early rugs fill.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rugpool {
    pub(super) instarug_count: u32,
    pub(super) threshold: u32,
    pub(super) rugpool_amount: PayloadNumber,
}

/// A tournament that never takes place here.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RugRoyale {
    status: &'static str,
    active_event_id: Option<u32>,
    current_event: Option<u32>,
    upcoming_events: [u32; 0],
    events: [u32; 0],
}

impl RugRoyale {
    pub(super) const NONE: Self = Self {
        status: "INACTIVE",
        active_event_id: None,
        current_event: None,
        upcoming_events: [],
        events: [],
    };
}

/// A coin that bets can be placed in; its keys have underscores.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Coin {
    address: &'static str,
    ticker: &'static str,
    name: &'static str,
    max_bet: u32,
    max_win: u32,
}

impl Coin {
    pub(super) const PRACTICE: Self = Self {
        address: "0xPractice",
        ticker: "FREE",
        name: "Practice SOL",
        max_bet: 10_000,
        max_win: 100_000,
    };
}
