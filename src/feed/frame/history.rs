//! `gameHistory`: finished games, with their seeds.
//!
//! A frame with a history is a hundred times as large as one without, and nine of its ten entries
//! are already known: each entry stays text until its name turns out to be new.

use serde_json::value::RawValue;

use super::game_id;
use crate::feed::anomaly::{Anomalies, Anomaly};
use crate::games::events::PastGame;
use crate::games::fair::seeds::Reveal;
use crate::model::ids::GameId;

/// One entry of a history, of which only the name was parsed.
#[derive(Debug, Clone)]
pub struct HistoryEntry<'a> {
    /// The name of the game.
    pub game: GameId,
    past: PastGame<'a>,
}

/// The entries of a history, oldest first; an unreadable one is an anomaly and left out.
pub fn entries<'a>(value: &'a RawValue, anomalies: &mut Anomalies) -> Vec<HistoryEntry<'a>> {
    let Some(listed) = PastGame::listed(value) else {
        anomalies.note(Anomaly::Misread { field: "gameHistory" });
        return Vec::new();
    };
    let mut entries = Vec::new();
    for past in listed {
        match past {
            Some(past) => {
                let game = game_id(past.id, "id", anomalies);
                entries.extend(game.map(|game| HistoryEntry { game, past }));
            }
            None => anomalies.note(Anomaly::BadEntry),
        }
    }
    entries
}

impl HistoryEntry<'_> {
    /// The revealed seed with the record of its game; `None`, and an anomaly, without a seed.
    pub fn reveal(&self, anomalies: &mut Anomalies) -> Option<Reveal> {
        let misread = &mut |field| anomalies.note(Anomaly::Misread { field });
        let reveal = Reveal::of_past(self.game, &self.past, misread);
        if reveal.is_none() {
            anomalies.note(Anomaly::BadEntry);
        }
        reveal
    }

    /// The prices of the game from tick 0 to the rug, if the entry has them.
    #[must_use]
    pub fn prices(&self, anomalies: &mut Anomalies) -> Option<Vec<f64>> {
        self.past.prices(&mut |field| anomalies.note(Anomaly::Misread { field }))
    }

    /// True unless the entry says that its game ended without a rug.
    #[must_use]
    pub fn is_rugged(&self) -> bool {
        self.past.is_rugged()
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
