//! What frames say about the games before: their history, averages, and the best of today.

use std::collections::VecDeque;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::people::{SOLANA, player_id, user_name, uuid};
use super::{PayloadNumber, PayloadPrices, VERSION, json};
use crate::demo::feed_server::repertoire::ShownGame;
use crate::games::fair::seed::ServerSeed;
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;

/// Number of entries in `gameHistory`.
pub(in crate::demo::feed_server) const HISTORY_GAMES: usize = 10;
/// Games that averages are of.
const AVERAGE_GAMES: usize = 100;
/// A rug within this many ticks counts towards the pool (docs/spec/protocol.md#own-account).
const INSTARUG_TICKS: Tick = 6;
/// Such rugs until the pool is drawn.
const INSTARUGS_MAX: u32 = 10;
/// Sidebets that pad an entry to the size of a captured one (63 to 93 in the captures).
const SIDEBETS: u64 = 84;

/// The games that are over.
#[derive(Debug, Clone)]
pub(in crate::demo::feed_server) struct Past {
    /// As JSON, the newest first: each is written into many frames.
    entries: VecDeque<Box<RawValue>>,
    /// The highest prices of the last games.
    peaks: VecDeque<f64>,
    extremes: Extremes,
    instarugs: u32,
}

/// The list `gameHistory`, newest game first.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(transparent)]
pub(in crate::demo::feed_server) struct History<'a>(&'a VecDeque<Box<RawValue>>);

/// What the last hundred games were like.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::demo::feed_server) struct Averages {
    average_multiplier: PayloadNumber,
    count_2x: usize,
    count_10x: usize,
    count_50x: usize,
    count_100x: usize,
}

/// The best of today.
#[derive(Debug, Clone)]
pub(in crate::demo::feed_server) struct Extremes {
    peak: f64,
    at_ms: u64,
    prices: Box<RawValue>,
}

impl Past {
    /// A history without any games.
    pub(in crate::demo::feed_server) fn new() -> Self {
        let extremes = Extremes { peak: 0.0, at_ms: 0, prices: json(&[1]) };
        let (entries, peaks) = (VecDeque::new(), VecDeque::new());
        Self { entries, peaks, extremes, instarugs: 0 }
    }

    /// Adds a game that is over, at its time in milliseconds; padded with sidebets, or not.
    pub(in crate::demo::feed_server) fn push(
        &mut self,
        game: &ShownGame,
        at_ms: u64,
        padded: bool,
    ) {
        let peak = game.peak();
        let entry = Entry {
            id: game.id,
            timestamp: at_ms,
            prices: PayloadPrices(&game.tape.prices),
            peak_multiplier: PayloadNumber(peak),
            rugged: true,
            global_trades: [],
            global_sidebets: if padded { sidebets(game, at_ms) } else { Vec::new() },
            provably_fair: Reveal {
                server_seed: game.revealed,
                server_seed_hash: game.seed_hash.as_deref(),
            },
            game_version: VERSION,
        };
        self.entries.push_front(json(&entry));
        self.entries.truncate(HISTORY_GAMES);
        self.peaks.push_front(peak);
        self.peaks.truncate(AVERAGE_GAMES);
        if peak > self.extremes.peak {
            self.extremes =
                Extremes { peak, at_ms, prices: json(&PayloadPrices(&game.tape.prices)) };
        }
        if game.rug_tick() <= INSTARUG_TICKS {
            self.instarugs = (self.instarugs + 1) % INSTARUGS_MAX;
        }
    }

    pub(in crate::demo::feed_server) const fn history(&self) -> History<'_> {
        History(&self.entries)
    }

    pub(in crate::demo::feed_server) const fn extremes(&self) -> &Extremes {
        &self.extremes
    }

    pub(in crate::demo::feed_server) fn rugpool(&self) -> super::Rugpool {
        super::Rugpool {
            instarug_count: self.instarugs,
            threshold: INSTARUGS_MAX,
            rugpool_amount: PayloadNumber(f64::from(self.instarugs) * 0.7),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "at most a hundred games")]
    pub(in crate::demo::feed_server) fn averages(&self) -> Averages {
        let above = |least: f64| self.peaks.iter().filter(|&&peak| peak >= least).count();
        let games = self.peaks.len().max(1) as f64;
        Averages {
            average_multiplier: PayloadNumber(self.peaks.iter().sum::<f64>() / games),
            count_2x: above(2.0),
            count_10x: above(10.0),
            count_50x: above(50.0),
            count_100x: above(100.0),
        }
    }
}

impl Serialize for Extremes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_struct("Extremes", 15)?;
        all.serialize_field("highestToday", &PayloadNumber(self.peak))?;
        all.serialize_field("highestTodayTimestamp", &self.at_ms)?;
        all.serialize_field("highestTodayPrices", &self.prices)?;
        // Nobody has seen a leap of ten times within a tick in what is played here.
        macro_rules! no_candle {
            ($name:literal) => {
                all.serialize_field($name, &None::<u32>)?;
                all.serialize_field(concat!($name, "Timestamp"), &None::<u32>)?;
                all.serialize_field(concat!($name, "Prices"), &[0_u32; 0])?;
                all.serialize_field(concat!($name, "MassiveJump"), &None::<u32>)?;
            };
        }
        no_candle!("godCandle2x");
        no_candle!("godCandle10x");
        no_candle!("godCandle50x");
        all.end()
    }
}

/// An entry of `gameHistory`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    id: GameId,
    timestamp: u64,
    prices: PayloadPrices<'a>,
    peak_multiplier: PayloadNumber,
    rugged: bool,
    global_trades: [u32; 0],
    global_sidebets: Vec<Placed>,
    provably_fair: Reveal<'a>,
    game_version: &'static str,
}

/// The seed and its hash; neither where they are not known.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reveal<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server_seed: Option<ServerSeed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_seed_hash: Option<&'a str>,
}

/// A sidebet that was placed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Placed {
    player_id: String,
    username: Option<String>,
    game_id: GameId,
    bet_amount: f64,
    x_payout: u32,
    coin_address: &'static str,
    bonus_portion: u32,
    real_portion: f64,
    timestamp: u64,
    r#type: &'static str,
    started_at_tick: u64,
    end: u64,
    id: String,
}

fn sidebets(game: &ShownGame, at_ms: u64) -> Vec<Placed> {
    let ticks = u64::from(game.rug_tick());
    let placed = (0..SIDEBETS).map(|number| {
        let (player, tick) = (1 + number * 7 % 400, number * ticks / SIDEBETS);
        Placed {
            player_id: player_id(player),
            username: user_name(player),
            game_id: game.id,
            bet_amount: 0.001,
            x_payout: 5,
            coin_address: SOLANA,
            bonus_portion: 0,
            real_portion: 0.001,
            timestamp: at_ms.saturating_sub((ticks - tick) * 250),
            r#type: "placed",
            started_at_tick: tick,
            end: tick + 40,
            id: uuid((at_ms << 8) | number),
        }
    });
    placed.collect()
}

/// The path that is told before a game has one.
pub(in crate::demo::feed_server) const BEFORE: [Price; 1] = [Price::ONE];
