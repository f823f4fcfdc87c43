//! `gameHistory`: finished games, with their seeds.
//!
//! A frame with a history is a hundred times as large as one without, and nine of its ten entries
//! are already known: each entry stays text until its name turns out to be new.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{game_id, plain_text, present, scalar};
use crate::feed::anomaly::{Anomalies, Anomaly};
use crate::games::fair::seeds::{Record, Reveal};
use crate::games::number::Figure;
use crate::model::ids::GameId;
use crate::model::quote::Tick;

/// Most entries of a history that are read. The site sends ten.
const ENTRIES_MAX: usize = 100;

/// One entry of a history, of which only the name was parsed.
#[derive(Debug, Clone)]
pub struct HistoryEntry<'a> {
    /// The name of the game.
    pub game: GameId,
    parts: Parts<'a>,
}

#[derive(Debug, Clone, Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow, rename = "provablyFair")]
    fair: Option<&'a RawValue>,
    #[serde(borrow)]
    prices: Option<&'a RawValue>,
    #[serde(borrow)]
    rugged: Option<&'a RawValue>,
    #[serde(borrow, rename = "peakMultiplier")]
    peak: Option<&'a RawValue>,
    #[serde(borrow, rename = "gameVersion")]
    version: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Fair<'a> {
    #[serde(borrow, rename = "serverSeed")]
    seed: &'a RawValue,
    #[serde(borrow, rename = "serverSeedHash")]
    hash: Option<&'a RawValue>,
}

/// The entries of a history, oldest first; an unreadable one is an anomaly and left out.
pub fn entries<'a>(value: &'a RawValue, anomalies: &mut Anomalies) -> Vec<HistoryEntry<'a>> {
    let Ok(raw) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
        anomalies.note(Anomaly::Misread { field: "gameHistory" });
        return Vec::new();
    };
    let mut entries = Vec::new();
    // Sent newest first.
    for entry in raw.into_iter().take(ENTRIES_MAX) {
        match serde_json::from_str::<Parts<'_>>(entry.get()) {
            Ok(parts) => {
                let game = game_id(parts.id, "id", anomalies);
                entries.extend(game.map(|game| HistoryEntry { game, parts }));
            }
            Err(_) => anomalies.note(Anomaly::BadEntry),
        }
    }
    entries.reverse();
    entries
}

impl HistoryEntry<'_> {
    /// The revealed seed with the record of its game; `None`, and an anomaly, without a seed.
    pub fn reveal(&self, anomalies: &mut Anomalies) -> Option<Reveal> {
        let fair = self.parts.fair.map(|fair| serde_json::from_str::<Fair<'_>>(fair.get()));
        let fair = fair.and_then(Result::ok);
        let seed = fair.as_ref().and_then(|fair| plain_text(fair.seed)?.parse().ok());
        let (Some(fair), Some(server_seed)) = (fair, seed) else {
            anomalies.note(Anomaly::BadEntry);
            return None;
        };
        let prices = self.prices(anomalies);
        let record = Record {
            server_seed_hash: fair.hash.and_then(plain_text).map(str::to_owned),
            game_version: self.parts.version.and_then(plain_text).map(str::to_owned),
            peak_multiplier: self
                .parts
                .peak
                .and_then(|peak| scalar(peak, "peakMultiplier", anomalies))
                .map(|Figure(peak)| peak),
            rug_tick: prices.as_ref().and_then(|prices| Tick::try_from(prices.len() - 1).ok()),
            rug_price: prices.as_ref().and_then(|prices| prices.last().copied()),
            prices,
        };
        Some(Reveal { game_id: self.game, server_seed, record })
    }

    /// The prices of the game from tick 0 to the rug, if the entry has them.
    #[must_use]
    pub fn prices(&self, anomalies: &mut Anomalies) -> Option<Vec<f64>> {
        let prices = scalar::<Vec<Figure>>(self.parts.prices?, "prices", anomalies)?;
        (!prices.is_empty()).then(|| prices.into_iter().map(|Figure(price)| price).collect())
    }

    /// True unless the entry says that its game ended without a rug.
    #[must_use]
    pub fn is_rugged(&self) -> bool {
        let rugged = self.parts.rugged.and_then(present);
        rugged.is_none_or(|rugged| rugged.get() != "false")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn raw(value: &Value) -> Box<RawValue> {
        serde_json::value::to_raw_value(value).unwrap()
    }

    fn entry(id: &str) -> Value {
        json!({
            "id": id, "prices": [1, 1.02, 1.05, 0.02], "peakMultiplier": 1.05, "rugged": true,
            "gameVersion": "v3", "globalTrades": [],
            "provablyFair": {"serverSeed": "a".repeat(64), "serverSeedHash": "b".repeat(64)},
        })
    }

    #[test]
    fn a_history_is_read_oldest_first_with_everything_that_it_says() {
        let mut anomalies = Anomalies::default();
        let history = raw(&json!([entry("new"), entry("old")]));
        let entries = entries(&history, &mut anomalies);
        let names: Vec<_> = entries.iter().map(|entry| entry.game.as_str().to_owned()).collect();
        assert_eq!(names, ["old", "new"]);
        let reveal = entries[1].reveal(&mut anomalies).unwrap();
        assert_eq!(reveal.server_seed.as_str(), "a".repeat(64));
        assert_eq!(reveal.record.server_seed_hash, Some("b".repeat(64)));
        assert_eq!((reveal.record.rug_tick, reveal.record.rug_price), (Some(3), Some(0.02)));
        assert_eq!(reveal.record.peak_multiplier, Some(1.05));
        assert!(entries[1].is_rugged() && anomalies.fresh().is_empty());
    }

    #[test]
    fn an_entry_without_prices_still_reveals_its_seed() {
        let mut anomalies = Anomalies::default();
        let mut bare = entry("g");
        bare.as_object_mut().unwrap().remove("prices");
        let history = raw(&json!([bare]));
        let reveal = entries(&history, &mut anomalies)[0].reveal(&mut anomalies).unwrap();
        assert_eq!((reveal.record.rug_tick, reveal.record.prices), (None, None));
    }

    #[test]
    fn a_bad_entry_costs_itself_only() {
        let mut anomalies = Anomalies::default();
        let mut seedless = entry("seedless");
        seedless["provablyFair"]["serverSeed"] = json!("short");
        let history = raw(&json!([7, {"id": 7}, {}, seedless, entry("good")]));
        let entries = entries(&history, &mut anomalies);
        assert_eq!(entries.len(), 2);
        let reveals: Vec<_> = entries.iter().map(|entry| entry.reveal(&mut anomalies)).collect();
        assert!(reveals[0].is_some() && reveals[1].is_none());
        assert_eq!((anomalies.count("bad_entry"), anomalies.count("misread")), (3, 1));
    }

    #[test]
    fn a_history_that_is_no_array_is_an_anomaly() {
        let mut anomalies = Anomalies::default();
        assert!(entries(&raw(&json!({"a": 1})), &mut anomalies).is_empty());
        assert_eq!(anomalies.count("misread"), 1);
    }
}
