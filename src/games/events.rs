//! Lines of raw captures, and the finished games in their events.
//!
//! One event a line, in three layouts (docs/recording-format.md#captures). With the frames of a
//! game the site sends its last ten games, with all prices and with their seeds: `gameHistory`.
//! Numbers and flags are read in any spelling ([`number`](super::number)).

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::games::number::{Figure, Flag, Whole};
use crate::model::ids::GameId;

/// Most entries of a history that are read. The site sends ten.
const ENTRIES_MAX: usize = 100;

/// The direction of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Sent by the server.
    #[default]
    In,
    /// Sent to the server.
    Out,
}

/// The content of a line.
#[derive(Debug)]
pub(crate) enum EventLine<'a> {
    Event(Box<EventFields<'a>>),
    /// A number of events are missing.
    Gap(u64),
    /// The first line of one of our captures.
    Head,
    /// Another line about the capture.
    Remark,
}

/// Every field of every layout.
#[derive(Debug, Deserialize)]
pub(crate) struct EventFields<'a> {
    pub(crate) seq: Option<Whole>,
    pub(crate) at: Option<Whole>,
    #[serde(borrow, alias = "timestamp")]
    pub(crate) ts: Option<&'a RawValue>,
    pub(crate) dir: Option<Direction>,
    pub(crate) direction: Option<String>,
    #[serde(alias = "event_type")]
    pub(crate) event: Option<String>,
    #[serde(borrow)]
    pub(crate) data: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) bad: Option<&'a RawValue>,
    gap: Option<Whole>,
    capture: Option<IgnoredAny>,
    note: Option<IgnoredAny>,
    end: Option<IgnoredAny>,
}

/// Parses a line of any layout; `None` for any other line.
pub(crate) fn parse(line: &[u8]) -> Option<EventLine<'_>> {
    match serde_json::from_slice::<EventFields<'_>>(line).ok()? {
        fields if fields.event.is_some() => Some(EventLine::Event(Box::new(fields))),
        EventFields { gap: Some(Whole(gap)), .. } => Some(EventLine::Gap(gap)),
        EventFields { capture: Some(_), .. } => Some(EventLine::Head),
        EventFields { note, end, .. } => {
            (note.is_some() || end.is_some()).then_some(EventLine::Remark)
        }
    }
}

impl<'a> EventFields<'a> {
    /// The finished games in the event's data, oldest first, `None` for each that cannot be read.
    pub(crate) fn past_games(&self) -> Vec<Option<PastGame<'a>>> {
        #[derive(Deserialize)]
        struct State<'a> {
            #[serde(borrow, rename = "gameHistory")]
            history: Option<&'a RawValue>,
        }
        let Some(data) = self.data.map(RawValue::get) else { return Vec::new() };
        // The arguments of an event may stand in a list, of which the first one is the state.
        let first = || serde_json::from_str::<Vec<&RawValue>>(data).ok()?.first().copied();
        let state = if data.starts_with('[') { first().map(RawValue::get) } else { Some(data) };
        let state = state.filter(|state| state.starts_with('{'));
        let history =
            state.and_then(|state| serde_json::from_str::<State<'_>>(state).ok()?.history);
        history.and_then(PastGame::listed).unwrap_or_default()
    }
}

/// A finished game as a `gameHistory` has it. Its parts stay text until they are asked for: most
/// entries of a history are known already.
#[derive(Debug, Clone, Deserialize)]
pub struct PastGame<'a> {
    #[serde(borrow)]
    pub(crate) id: &'a RawValue,
    #[serde(borrow, rename = "provablyFair")]
    pub(crate) fair: Option<&'a RawValue>,
    #[serde(borrow)]
    prices: Option<&'a RawValue>,
    #[serde(borrow)]
    rugged: Option<&'a RawValue>,
    #[serde(borrow, rename = "peakMultiplier")]
    pub(crate) peak: Option<&'a RawValue>,
    #[serde(borrow, rename = "gameVersion")]
    pub(crate) version: Option<&'a RawValue>,
}

impl<'a> PastGame<'a> {
    /// The entries of a history, oldest first, `None` for each that cannot be read; `None` where it
    /// is not a list.
    pub(crate) fn listed(history: &'a RawValue) -> Option<Vec<Option<Self>>> {
        let entries = serde_json::from_str::<Vec<&RawValue>>(history.get()).ok()?;
        let read = |entry: &'a RawValue| serde_json::from_str(entry.get()).ok();
        // Sent newest first.
        Some(entries.into_iter().take(ENTRIES_MAX).map(read).rev().collect())
    }

    /// The name of the game; `None` where it is not one.
    #[must_use]
    pub fn id(&self) -> Option<GameId> {
        plain_text(self.id).and_then(|text| GameId::new(text).ok())
    }

    /// The prices of the game from tick 0 to its last tick, if the entry has any; tells `misread`
    /// the name of a field that is there and cannot be read.
    pub fn prices(&self, misread: &mut dyn FnMut(&'static str)) -> Option<Vec<f64>> {
        let prices: Vec<Figure> = value(self.prices?, "prices", misread)?;
        (!prices.is_empty()).then(|| prices.into_iter().map(|Figure(price)| price).collect())
    }

    /// True unless the entry says that its game ended without a rug.
    #[must_use]
    pub fn is_rugged(&self) -> bool {
        let rugged = self.rugged.map(|rugged| serde_json::from_str(rugged.get()));
        !matches!(rugged, Some(Ok(Flag(false))))
    }
}

/// A value that is present: `null` counts as missing.
pub(crate) fn present(value: &RawValue) -> Option<&RawValue> {
    (value.get() != "null").then_some(value)
}

/// A value of a type; tells `misread` the field of any other value, which counts as missing.
pub(crate) fn value<'a, T: Deserialize<'a>>(
    value: &'a RawValue,
    field: &'static str,
    misread: &mut dyn FnMut(&'static str),
) -> Option<T> {
    let read = serde_json::from_str(present(value)?.get());
    read.map_err(|_| misread(field)).ok()
}

/// The text of a string without escapes. Names and digests have none.
pub(crate) fn plain_text(value: &RawValue) -> Option<&str> {
    let text = value.get().strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('\\')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn games(line: &str) -> Vec<Option<(String, Option<usize>, bool)>> {
        let Some(EventLine::Event(event)) = parse(line.as_bytes()) else { panic!("{line}") };
        let told = |game: PastGame<'_>| {
            let prices = game.prices(&mut |_| {}).map(|prices| prices.len());
            Some((game.id()?.to_string(), prices, game.is_rugged()))
        };
        event.past_games().into_iter().map(|game| game.and_then(told)).collect()
    }

    #[test]
    fn the_games_of_a_history_are_found_in_every_layout_oldest_first() {
        let history = r#"{"gameId":"now","gameHistory":[
            {"id":"b","prices":[1,1.5,0.02]},{"id":"a","prices":[1],"rugged":false}]}"#;
        let wanted =
            vec![Some(("a".to_owned(), Some(1), false)), Some(("b".to_owned(), Some(3), true))];
        for line in [
            format!(r#"{{"at":5,"dir":"in","event":"gameStateUpdate","data":{history}}}"#),
            format!(r#"{{"seq":1,"ts":"x","event":"gameStateUpdate","data":{history}}}"#),
            format!(r#"{{"timestamp":"x","event_type":"y","data":[{history},{{"trace":1}}]}}"#),
        ] {
            assert_eq!(games(&line), wanted, "{line}");
        }
    }

    #[test]
    fn an_entry_that_cannot_be_read_costs_itself_only_and_other_data_have_no_games() {
        let line = r#"{"event":"x","data":{"gameHistory":[{"id":"a"},7,{"id":"../a"},{}]}}"#;
        let none: Option<(String, Option<usize>, bool)> = None;
        assert_eq!(
            games(line),
            [none.clone(), none.clone(), none, Some(("a".to_owned(), None, true))]
        );
        for data in ["null", "7", "[]", "[7]", "{}", r#"{"gameHistory":null}"#, "[[{}]]"] {
            assert!(games(&format!(r#"{{"event":"x","data":{data}}}"#)).is_empty(), "{data}");
        }
    }

    #[test]
    fn numbers_and_flags_count_in_any_spelling() {
        let line = r#"{"seq":"7","at":5.0,"timestamp":1765577802.7,"event":"x","data":{
            "gameHistory":[{"id":"a","prices":["1",1.5,"2e-2"],"rugged":"False"}]}}"#;
        let Some(EventLine::Event(event)) = parse(line.as_bytes()) else { panic!("{line}") };
        assert_eq!((event.seq, event.at), (Some(Whole(7)), Some(Whole(5))));
        assert_eq!(event.ts.map(RawValue::get), Some("1765577802.7"));
        let past = event.past_games().pop().flatten().unwrap();
        assert_eq!(past.prices(&mut |_| {}), Some(vec![1.0, 1.5, 0.02]));
        assert!(!past.is_rugged());
        assert!(matches!(parse(br#"{"gap":"3.0"}"#), Some(EventLine::Gap(3))));
    }

    #[test]
    fn a_line_of_anything_else_is_not_one_of_a_capture() {
        for line in ["", "7", "[1]", "{}", r#"{"game_id":"g"}"#, r#"{"event":7}"#, "{\"event\":"] {
            assert!(parse(line.as_bytes()).is_none(), "{line}");
        }
        assert!(matches!(parse(br#"{"capture":1,"part":1}"#), Some(EventLine::Head)));
        assert!(matches!(parse(br#"{"gap":3,"why":""}"#), Some(EventLine::Gap(3))));
    }
}
