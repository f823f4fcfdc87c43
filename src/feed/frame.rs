//! A `gameStateUpdate` payload: typed, borrowed, every field optional.
//!
//! Missing means unchanged, never zero (docs/spec/protocol.md#phases-and-boundaries). A field with
//! a value of the wrong type counts as missing and as an anomaly, so it costs only itself. Large
//! fields that are seldom needed stay text until they are read: [`prices`] and [`history`].

pub mod history;
pub mod prices;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::anomaly::{Anomalies, Anomaly};
use crate::base::hex::{Hex, from_hex};
use crate::games::events::{self, plain_text, present};
use crate::games::number::{self, Figure, Flag, Whole};
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;

/// Longest countdown that is accepted, in milliseconds. The longest one seen, a pause, has 51 s.
const COUNTDOWN_MS_MAX: u32 = 3_600_000;

/// One `gameStateUpdate`, partly parsed.
#[derive(Debug, Clone, Default)]
pub struct FeedFrame<'a> {
    /// The game of the frame.
    pub game: Option<GameId>,
    /// True from tick 0 to the next game.
    pub active: Option<bool>,
    /// True from the rug to the next game.
    pub rugged: Option<bool>,
    /// True while the presale is open.
    pub presale: Option<bool>,
    /// Milliseconds until tick 0.
    pub left_ms: Option<u32>,
    /// The current tick number.
    pub tick: Option<Tick>,
    /// The price at that tick.
    pub price: Option<Price>,
    /// SHA-256 of the game's seed.
    pub seed_hash: Option<Hex>,
    /// `partialPrices`: the last five ticks; read by [`prices::partial`].
    pub partial: Option<&'a RawValue>,
    /// `prices`: the game's path so far, in the first frame of a connection; read by
    /// [`prices::path`].
    pub prices: Option<&'a RawValue>,
    /// `gameHistory`: the last ten games; read by [`history::entries`].
    pub history: Option<&'a RawValue>,
}

impl<'a> FeedFrame<'a> {
    /// Parses a payload; `None`, and an anomaly, when it is not a JSON object.
    pub fn read(payload: &'a str, anomalies: &mut Anomalies) -> Option<Self> {
        let mut reader = serde_json::Deserializer::from_str(payload);
        let frame = Fields(anomalies).deserialize(&mut reader).ok();
        let frame = frame.filter(|_| reader.end().is_ok());
        if frame.is_none() {
            anomalies.note(Anomaly::Unreadable);
        }
        frame
    }

    fn take(&mut self, key: Key, value: &'a RawValue, anomalies: &mut Anomalies) {
        match key {
            Key::Game => self.game = game_id(value, "gameId", anomalies),
            Key::Active => self.active = flag(value, "active", anomalies),
            Key::Rugged => self.rugged = flag(value, "rugged", anomalies),
            Key::Presale => self.presale = flag(value, "allowPreRoundBuys", anomalies),
            Key::Left => self.left_ms = left_ms(value, anomalies),
            Key::Tick => self.tick = tick(value, anomalies),
            Key::Price => self.price = price(value, "price", anomalies),
            Key::Fair => self.seed_hash = announced(value, anomalies),
            Key::Partial => self.partial = present(value),
            Key::Prices => self.prices = present(value),
            Key::History => self.history = present(value),
            Key::Other => {}
        }
    }
}

/// The fields that are parsed.
#[derive(Clone, Copy)]
enum Key {
    Game,
    Active,
    Rugged,
    Presale,
    Left,
    Tick,
    Price,
    Fair,
    Partial,
    Prices,
    History,
    Other,
}

/// Known fields that are skipped (docs/spec/protocol.md#frames-of-a-game), sorted.
const PASSED_OVER: &[&str] = &[
    "availableShitcoins",
    "averageMultiplier",
    "connectedPlayers",
    "cooldownPaused",
    "count100x",
    "count10x",
    "count2x",
    "count50x",
    "gameVersion",
    "godCandle10x",
    "godCandle10xGameId",
    "godCandle10xMassiveJump",
    "godCandle10xPrices",
    "godCandle10xServerSeed",
    "godCandle10xTimestamp",
    "godCandle2x",
    "godCandle2xGameId",
    "godCandle2xMassiveJump",
    "godCandle2xPrices",
    "godCandle2xServerSeed",
    "godCandle2xTimestamp",
    "godCandle50x",
    "godCandle50xGameId",
    "godCandle50xMassiveJump",
    "godCandle50xPrices",
    "godCandle50xServerSeed",
    "godCandle50xTimestamp",
    "highestToday",
    "highestTodayGameId",
    "highestTodayPrices",
    "highestTodayServerSeed",
    "highestTodayTimestamp",
    "leaderboard",
    "pauseMessage",
    "rugRoyale",
    "rugpool",
    "tradeCount",
];

/// Parses the fields of a frame one by one.
struct Fields<'o>(&'o mut Anomalies);

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = FeedFrame<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<FeedFrame<'de>, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = FeedFrame<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FeedFrame<'de>, A::Error> {
        let mut frame = FeedFrame::default();
        while let Some(key) = map.next_key_seed(Name(self.0))? {
            if matches!(key, Key::Other) {
                map.next_value::<de::IgnoredAny>()?;
            } else {
                frame.take(key, map.next_value()?, self.0);
            }
        }
        Ok(frame)
    }
}

/// Parses the name of a field.
struct Name<'o>(&'o mut Anomalies);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Key, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        Ok(match name {
            "gameId" => Key::Game,
            "active" => Key::Active,
            "rugged" => Key::Rugged,
            "allowPreRoundBuys" => Key::Presale,
            "cooldownTimer" => Key::Left,
            "tickCount" => Key::Tick,
            "price" => Key::Price,
            "provablyFair" => Key::Fair,
            "partialPrices" => Key::Partial,
            "prices" => Key::Prices,
            "gameHistory" => Key::History,
            _ => {
                if PASSED_OVER.binary_search(&name).is_err() {
                    self.0.unknown_field(name);
                }
                Key::Other
            }
        })
    }
}

/// A small value of a type; anything else is an anomaly and counts as missing.
fn scalar<'a, T: Deserialize<'a>>(
    value: &'a RawValue,
    field: &'static str,
    anomalies: &mut Anomalies,
) -> Option<T> {
    events::value(value, field, &mut |field| anomalies.note(Anomaly::Misread { field }))
}

fn flag(value: &RawValue, field: &'static str, anomalies: &mut Anomalies) -> Option<bool> {
    scalar(value, field, anomalies).map(|Flag(flag)| flag)
}

fn left_ms(value: &RawValue, anomalies: &mut Anomalies) -> Option<u32> {
    let field = "cooldownTimer";
    let Whole(left_ms) = scalar(value, field, anomalies)?;
    let left_ms = u32::try_from(left_ms).ok().filter(|left_ms| *left_ms <= COUNTDOWN_MS_MAX);
    if left_ms.is_none() {
        anomalies.note(Anomaly::Misread { field });
    }
    left_ms
}

fn tick(value: &RawValue, anomalies: &mut Anomalies) -> Option<Tick> {
    let Whole(tick) = scalar(value, "tickCount", anomalies)?;
    possible(tick, anomalies)
}

/// A possible tick of a game. The second frame of a rug counts on, by at most eight ticks
/// (docs/spec/protocol.md#phases-and-boundaries); its tick number is not used.
fn possible(tick: u64, anomalies: &mut Anomalies) -> Option<Tick> {
    number::tick(tick).map_err(|_| anomalies.note(Anomaly::Jump { tick })).ok()
}

fn price(value: &RawValue, field: &'static str, anomalies: &mut Anomalies) -> Option<Price> {
    let Figure(price) = scalar(value, field, anomalies)?;
    number::within(price).map_err(|_| anomalies.note(Anomaly::Absurd { price })).ok()
}

fn game_id(value: &RawValue, field: &'static str, anomalies: &mut Anomalies) -> Option<GameId> {
    let id = plain_text(present(value)?).and_then(|text| GameId::new(text).ok());
    if id.is_none() {
        anomalies.note(Anomaly::Misread { field });
    }
    id
}

/// The hash in `provablyFair`.
fn announced(value: &RawValue, anomalies: &mut Anomalies) -> Option<Hex> {
    #[derive(Deserialize)]
    struct Fair<'a> {
        #[serde(borrow, rename = "serverSeedHash")]
        hash: Option<&'a RawValue>,
    }
    let fair: Fair<'_> = scalar(value, "provablyFair", anomalies)?;
    let hash = present(fair.hash?)?;
    let text = plain_text(hash).filter(|text| from_hex(text).is_some());
    let hash = text.and_then(|text| Hex::from(text).ok());
    if hash.is_none() {
        anomalies.note(Anomaly::Misread { field: "serverSeedHash" });
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(payload: &str) -> (Option<FeedFrame<'_>>, Anomalies) {
        let mut anomalies = Anomalies::default();
        (FeedFrame::read(payload, &mut anomalies), anomalies)
    }

    #[test]
    fn what_is_missing_or_null_is_missing_and_not_zero() {
        let (frame, anomalies) = read(r#"{"gameId":"g","price":null,"leaderboard":[]}"#);
        let frame = frame.unwrap();
        assert_eq!(frame.game.unwrap().as_str(), "g");
        assert_eq!((frame.price, frame.tick, frame.active), (None, None, None));
        assert_eq!(anomalies.fresh(), []);
    }

    #[test]
    fn a_price_is_the_exact_double_of_its_text() {
        let (frame, _) = read(r#"{"price":0.9928533860599967}"#);
        assert_eq!(
            frame.unwrap().price.unwrap().get().to_bits(),
            0.992_853_386_059_996_7_f64.to_bits()
        );
    }

    #[test]
    fn a_field_of_another_type_costs_itself_only() {
        let payload = r#"{"gameId":7,"active":"yes","price":1.5,"tickCount":-1,"rugged":false}"#;
        let (frame, anomalies) = read(payload);
        let frame = frame.unwrap();
        assert_eq!((frame.price, frame.rugged), (Some(Price::new(1.5).unwrap()), Some(false)));
        assert_eq!((frame.game, frame.active, frame.tick), (None, None, None));
        assert_eq!(anomalies.count("misread"), 3);
    }

    #[test]
    fn numbers_count_as_text_too_and_whole_ones_with_decimals() {
        let payload = r#"{"price":"1.5","tickCount":"12","cooldownTimer":100.0,"active":"true"}"#;
        let (frame, anomalies) = read(payload);
        let frame = frame.unwrap();
        assert_eq!((frame.price, frame.tick), (Some(Price::new(1.5).unwrap()), Some(12)));
        assert_eq!((frame.left_ms, frame.active), (Some(100), Some(true)));
        assert_eq!(anomalies.fresh(), []);
    }

    #[test]
    fn impossible_numbers_are_anomalies_and_missing() {
        for price in ["0", "-1", "1e9", "1e-9"] {
            let payload = format!(r#"{{"price":{price},"tickCount":5002}}"#);
            let (frame, anomalies) = read(&payload);
            let frame = frame.unwrap();
            assert_eq!((frame.price, frame.tick), (None, None), "{price}");
            assert_eq!((anomalies.count("absurd"), anomalies.count("jump")), (1, 1), "{price}");
        }
        let (frame, anomalies) = read(r#"{"price":1e999,"cooldownTimer":3600001}"#);
        assert!(frame.is_none_or(|frame| frame.price.is_none() && frame.left_ms.is_none()));
        assert!(!anomalies.fresh().is_empty());
    }

    #[test]
    fn what_is_not_an_object_is_unreadable() {
        for payload in ["", "7", "[]", "{", r#"{"price":1}x"#, r#"{"price" 1}"#, "null"] {
            let (frame, anomalies) = read(payload);
            assert!(frame.is_none(), "{payload}");
            assert_eq!(anomalies.fresh(), [Anomaly::Unreadable], "{payload}");
        }
    }

    #[test]
    fn a_new_field_is_counted_by_its_name_and_the_known_ones_are_in_order() {
        let (frame, anomalies) = read(r#"{"weather":{"a":[1,2]},"tradeCount":3,"price":2}"#);
        assert!(frame.unwrap().price.is_some());
        assert_eq!(anomalies.unknown_fields().named().collect::<Vec<_>>(), [("weather", 1)]);
        assert!(PASSED_OVER.is_sorted());
    }
}
