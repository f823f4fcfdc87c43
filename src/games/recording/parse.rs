//! One line to one typed row. Strict: a missing field or a wrong type is an error, never a default,
//! because a default would be a price that nobody saw.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::format;
use super::layout::Layout;
use super::row::{Footer, RecordingRow, RowError, Stage, TickRow, unquoted};
use super::timestamp::Timestamp;
use crate::games::number::{self, Figure, Flag, Whole};
use crate::model::ids::GameId;

/// Every field of every layout, all optional: one pass over the line, no tagged enum, because a
/// raw value inside one fails (docs/spec/libraries.md#raw-values).
#[derive(Deserialize)]
#[serde(expecting = "a JSON object")]
struct Fields<'a> {
    #[serde(rename = "type")]
    kind: Option<Kind>,
    #[serde(borrow)]
    game_id: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    tick: Option<Whole>,
    #[serde(borrow)]
    price: Option<&'a RawValue>,
    phase: Option<Phase>,
    rugged: Option<Flag>,
    total_ticks: Option<Whole>,
    #[serde(borrow)]
    peak_price: Option<&'a RawValue>,
    #[serde(borrow)]
    final_price: Option<&'a RawValue>,
    #[serde(rename = "_metadata", borrow)]
    metadata: Option<Metadata<'a>>,
    #[serde(rename = "_header", borrow)]
    header: Option<Metadata<'a>>,
    #[serde(rename = "_footer")]
    footer: Option<IgnoredAny>,
    button: Option<IgnoredAny>,
    action: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Tick,
    GameStart,
    GameEnd,
    Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Phase {
    Unknown,
    Cooldown,
    Presale,
    GameActivation,
    Active,
    ActiveGameplay,
    RugEvent,
    #[serde(rename = "RUG_EVENT_1")]
    RugEvent1,
    #[serde(rename = "RUG_EVENT_2")]
    RugEvent2,
}

#[derive(Deserialize)]
#[serde(expecting = "a JSON object")]
struct Metadata<'a> {
    #[serde(borrow)]
    game_id: Option<&'a RawValue>,
    end_time: Option<IgnoredAny>,
    tick_count: Option<Whole>,
}

/// Reads a line as a row.
///
/// # Errors
/// When it is not JSON, or lacks a field that such a row must have.
pub(super) fn parse(line: &[u8]) -> Result<RecordingRow, RowError> {
    if let Some(ours) = format::parse(line) {
        return ours;
    }
    let fields: Fields<'_> = serde_json::from_slice(line)?;
    match fields.kind {
        Some(Kind::Tick) => tick(&fields, Layout::Historical),
        Some(Kind::GameStart) => {
            Ok(RecordingRow::Header(Layout::Historical, game(fields.game_id)?))
        }
        Some(Kind::GameEnd) => {
            let (peak, last) = (claim(fields.peak_price), claim(fields.final_price));
            let ticks = fields.total_ticks.map(|total| total.0);
            let footer = Footer { ticks, peak, last, text: None };
            Ok(RecordingRow::Footer(Layout::Historical, footer))
        }
        Some(Kind::Action) => Ok(RecordingRow::Action),
        None => untyped(&fields),
    }
}

fn untyped(fields: &Fields<'_>) -> Result<RecordingRow, RowError> {
    if let Some(metadata) = &fields.metadata {
        return Ok(if metadata.end_time.is_some() || metadata.tick_count.is_some() {
            let ticks = metadata.tick_count.map(|count| count.0);
            let claim = Footer { ticks, ..Footer::default() };
            RecordingRow::Footer(Layout::Sink, claim)
        } else {
            RecordingRow::Header(Layout::Sink, game(metadata.game_id)?)
        });
    }
    if let Some(header) = &fields.header {
        return Ok(RecordingRow::Header(Layout::Demo, game(header.game_id)?));
    }
    if fields.footer.is_some() {
        return Ok(RecordingRow::Footer(Layout::Demo, Footer::default()));
    }
    if fields.button.is_some() || fields.action.is_some() {
        return Ok(RecordingRow::Action);
    }
    if fields.tick.is_none() && fields.price.is_none() {
        return Err(RowError::Foreign);
    }
    tick(fields, Layout::Sink)
}

fn tick(fields: &Fields<'_>, layout: Layout) -> Result<RecordingRow, RowError> {
    let text = fields.price.ok_or(RowError::Missing("price"))?.get();
    let (price, exact) = number::price(text)
        .map_err(|source| RowError::Price { text: text.chars().take(40).collect(), source })?;
    let tick = number::tick(fields.tick.ok_or(RowError::Missing("tick"))?.0)?;
    let phase = fields.phase.as_ref().ok_or(RowError::Missing("phase"))?;
    let stage = match (phase, fields.rugged.ok_or(RowError::Missing("rugged"))?.0) {
        (Phase::RugEvent1 | Phase::RugEvent2, _) => Stage::Reveal,
        // A countdown frame may still carry the rug flag of the previous game; tick 0 never rugs.
        (Phase::Unknown | Phase::Cooldown | Phase::Presale, _) if tick == 0 => Stage::Waiting,
        // The flag decides, never `active`, which stays true for another second
        // (docs/spec/game.md#phases).
        (Phase::RugEvent, _) | (_, true) => Stage::Rug,
        (Phase::GameActivation | Phase::Active | Phase::ActiveGameplay, false) => Stage::Play,
        (Phase::Unknown | Phase::Cooldown | Phase::Presale, false) => Stage::Waiting,
    };
    Ok(RecordingRow::Tick(TickRow {
        layout,
        game: game(fields.game_id)?.ok_or(RowError::Missing("game_id"))?,
        tick,
        price,
        exact,
        stage,
        time: fields.timestamp.and_then(|raw| Timestamp::read(raw.get())),
        closed: false,
    }))
}

/// A number that a footer claims; `None` for anything else.
fn claim(raw: Option<&RawValue>) -> Option<f64> {
    serde_json::from_str(raw?.get()).ok().map(|Figure(claim)| claim)
}

fn game(raw: Option<&RawValue>) -> Result<Option<GameId>, RowError> {
    Ok(raw.map(|raw| GameId::new(unquoted(raw))).transpose()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: &str = r#"{"type": "tick", "timestamp": "2025-10-29T18:40:57.056920", "game_id": "g", "tick": 108, "price": 1.7271993315002883, "phase": "ACTIVE_GAMEPLAY", "active": true, "rugged": false, "cooldown_timer": 0, "trade_count": 320}"#;

    fn row(line: &str) -> Result<RecordingRow, String> {
        parse(line.as_bytes()).map_err(|error| error.to_string())
    }

    fn stage(phase: &str, rugged: bool) -> Stage {
        let line = TICK
            .replace("ACTIVE_GAMEPLAY", phase)
            .replace("\"rugged\": false", &format!("\"rugged\": {rugged}"));
        let Ok(RecordingRow::Tick(tick)) = row(&line) else { panic!("{line}") };
        tick.stage
    }

    #[test]
    fn a_tick_row_is_read_with_and_without_its_type() {
        let Ok(RecordingRow::Tick(typed)) = row(TICK) else { panic!() };
        assert_eq!((typed.tick, typed.price.get(), typed.exact), (108, 1.7271993315002883, true));
        let Ok(RecordingRow::Tick(bare)) = row(&TICK.replace("\"type\": \"tick\", ", "")) else {
            panic!()
        };
        assert_eq!((bare.layout, typed.layout), (Layout::Sink, Layout::Historical));
    }

    #[test]
    fn a_tick_row_without_a_field_or_with_an_ill_typed_one_is_no_row() {
        for (from, to) in [
            ("\"price\": 1.7271993315002883, ", ""),
            ("1.7271993315002883", "\"x\""),
            ("1.7271993315002883", "null"),
            ("1.7271993315002883", "0"),
            ("1.7271993315002883", "NaN"),
            ("1.7271993315002883", "\"NaN\""),
            ("1.7271993315002883", "1e25"),
            ("1.7271993315002883", "1e-30"),
            ("\"tick\": 108, ", ""),
            ("108", "108.5"),
            ("108", "-1"),
            ("108", "5002"),
            ("\"phase\": \"ACTIVE_GAMEPLAY\", ", ""),
            ("ACTIVE_GAMEPLAY", "NONSENSE"),
            ("\"rugged\": false, ", ""),
            ("false", "2"),
            ("\"game_id\": \"g\", ", ""),
            ("\"g\"", "\"../g\""),
            ("\"g\"", "7"),
        ] {
            let line = TICK.replace(from, to);
            assert_ne!(line, TICK);
            assert!(row(&line).is_err(), "{line}");
        }
    }

    #[test]
    fn numbers_count_as_text_too_and_whole_ones_with_decimals() {
        let wanted = row(TICK);
        for (from, to) in [
            ("1.7271993315002883", "\"1.7271993315002883\""),
            ("108", "108.0"),
            ("108", "\"108\""),
            ("108", "1.08e2"),
            ("false", "0"),
            ("false", "\"False\""),
        ] {
            let line = TICK.replace(from, to);
            assert_eq!(row(&line), wanted, "{line}");
        }
    }

    #[test]
    fn a_time_that_cannot_be_read_costs_the_time_only() {
        for time in ["\"soon\"", "17", "null"] {
            let line = TICK.replace("\"2025-10-29T18:40:57.056920\"", time);
            assert!(
                matches!(row(&line), Ok(RecordingRow::Tick(TickRow { time: None, .. }))),
                "{line}"
            );
        }
    }

    #[test]
    fn the_rugged_flag_decides_whatever_the_phase_says() {
        assert_eq!(stage("PRESALE", true), Stage::Rug);
        assert_eq!(stage("ACTIVE_GAMEPLAY", true), Stage::Rug);
        assert_eq!(stage("RUG_EVENT_1", true), Stage::Reveal);
        assert_eq!(stage("ACTIVE", false), Stage::Play);
        assert_eq!(stage("GAME_ACTIVATION", false), Stage::Play);
        assert_eq!(stage("UNKNOWN", false), Stage::Waiting);
        assert_eq!(stage("COOLDOWN", false), Stage::Waiting);
    }

    #[test]
    fn headers_footers_and_actions_of_every_layout_are_known() {
        let game = GameId::new("g").unwrap();
        for (line, wanted) in [
            (
                r#"{"type": "game_start", "timestamp": "t", "game_id": "g", "session_game_number": 1}"#,
                RecordingRow::Header(Layout::Historical, Some(game)),
            ),
            (
                r#"{"_metadata": {"game_id": "g", "start_time": "t", "version": "1.0"}}"#,
                RecordingRow::Header(Layout::Sink, Some(game)),
            ),
            (
                r#"{"_metadata": {"end_time": "t", "tick_count": 7, "total_bytes": 9}}"#,
                RecordingRow::Footer(Layout::Sink, Footer { ticks: Some(7), ..Footer::default() }),
            ),
            (
                r#"{"_header": {"game_id": "g", "session_id": "s", "game_number": 1, "start_time": "t"}}"#,
                RecordingRow::Header(Layout::Demo, Some(game)),
            ),
            (r#"{"type": "action", "tick": "any"}"#, RecordingRow::Action),
            (
                r#"{"_footer": {"end_time": "t", "action_count": 3}}"#,
                RecordingRow::Footer(Layout::Demo, Footer::default()),
            ),
        ] {
            // A demo's action may hold anything; only its kind is read.
            let line = line.replace("\"tick\": \"any\"", "\"button\": \"BUY\"");
            assert_eq!(row(&line), Ok(wanted), "{line}");
        }
    }

    #[test]
    fn json_that_no_recorder_writes_is_foreign() {
        for line in ["{}", r#"{"seq": 1, "event": "x", "data": {}}"#, r#"{"file": "x"}"#] {
            assert_eq!(row(line), Err("not a row of a recording".to_owned()));
        }
        for line in ["", "7", "[1]", "null", "## a note", "{\"type\": \"tock\"}"] {
            assert!(row(line).is_err(), "{line}");
        }
    }
}
