//! Writes games in the layout of the site's recordings: JSON lines,
//! docs/spec/recordings.md#historical-layout.

use std::io::{self, Write};

use serde::Serialize;

use super::fragment::Fragment;
use super::row::Stage;
use super::seen::Seen;
use super::timestamp::Timestamp;
use crate::model::ids::GameId;
use crate::model::quote::{TICK_MS, Tick};

/// A line of a file in this layout.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum HistoricalRow<'a> {
    GameStart { timestamp: Timestamp, game_id: &'a GameId },
    Tick(HistoricalTickRow<'a>),
    GameEnd(EndRow<'a>),
}

/// A tick, or a moment of the countdown.
#[derive(Debug, Serialize)]
pub(crate) struct HistoricalTickRow<'a> {
    pub timestamp: Timestamp,
    pub game_id: &'a GameId,
    pub tick: Tick,
    pub price: f64,
    pub phase: &'static str,
    pub active: bool,
    pub rugged: bool,
    pub cooldown_timer: u32,
    pub trade_count: u32,
}

/// The footer of a file.
#[derive(Debug, Serialize)]
pub(crate) struct EndRow<'a> {
    pub timestamp: Timestamp,
    pub game_id: &'a GameId,
    /// Number of tick rows in the file, including the presale.
    pub total_ticks: u32,
    pub tick_range: [Tick; 2],
    pub price_range: [f64; 2],
    pub peak_price: f64,
    pub final_price: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete_reason: Option<String>,
}

impl<'a> HistoricalTickRow<'a> {
    /// A row of a running game without trades.
    pub(crate) const fn in_play(
        timestamp: Timestamp,
        phase: &'static str,
        game_id: &'a GameId,
        (tick, price): (Tick, f64),
    ) -> Self {
        Self {
            timestamp,
            game_id,
            tick,
            price,
            phase,
            active: true,
            rugged: false,
            cooldown_timer: 0,
            trade_count: 0,
        }
    }

    /// Writes the row as one line of JSON.
    ///
    /// # Errors
    /// When the writer fails.
    pub(crate) fn write(self, out: &mut impl Write) -> io::Result<()> {
        HistoricalRow::Tick(self).write(out)
    }
}

impl HistoricalRow<'_> {
    /// Writes the line as JSON.
    ///
    /// # Errors
    /// When the writer fails.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}

/// The file name of a recording: `game_YYYYMMDD_HHMMSS_<last 8>.jsonl`, by its start and game.
#[must_use]
pub fn file_name(start: Timestamp, game_id: &GameId) -> String {
    let id = game_id.as_str();
    let tail = id.char_indices().rev().nth(7).map_or(id, |(at, _)| &id[at..]);
    format!("game_{}_{tail}.jsonl", start.file_part())
}

/// The start of a game: its first known time, or the fixed day of games without times.
#[must_use]
pub fn start(game: &Fragment) -> Timestamp {
    game.seen().find_map(|(_, seen)| seen.time).unwrap_or(Timestamp::MADE_UP)
}

/// Writes what was seen of a game; returns the number of tick rows. Rows without a time follow at
/// 250 ms. The layout cannot say which ticks were closed.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut impl Write, game: &Fragment) -> io::Result<u32> {
    let (id, mut timestamp) = (game.id(), start(game));
    HistoricalRow::GameStart { timestamp, game_id: &id }.write(out)?;
    let (mut rows, mut ticks, mut prices) = (0, None, None::<[f64; 2]>);
    let (mut peak, mut last) = (1.0_f64, 1.0);
    for (stage, Seen { tick, price, time, .. }) in game.seen() {
        timestamp = time.unwrap_or(if rows == 0 { timestamp } else { timestamp.after_ms(TICK_MS) });
        let price = price.get();
        let phase = match (stage, tick) {
            (Stage::Reveal, _) => "RUG_EVENT_1",
            (_, 0) => "GAME_ACTIVATION",
            _ => "ACTIVE_GAMEPLAY",
        };
        let rugged = matches!(stage, Stage::Rug | Stage::Reveal);
        HistoricalTickRow {
            rugged,
            ..HistoricalTickRow::in_play(timestamp, phase, &id, (tick, price))
        }
        .write(out)?;
        rows += 1;
        ticks = Some([ticks.map_or(tick, |[first, _]: [Tick; 2]| first), tick]);
        prices =
            Some(prices.map_or([price, price], |[low, high]| [low.min(price), high.max(price)]));
        (peak, last) = (peak.max(price), price);
    }
    let why = game.incomplete();
    let end = EndRow {
        timestamp,
        game_id: &id,
        total_ticks: rows,
        tick_range: ticks.unwrap_or_default(),
        price_range: prices.unwrap_or([1.0, 1.0]),
        peak_price: peak,
        final_price: last,
        status: why.is_some().then_some("incomplete"),
        incomplete_reason: why.map(|why| why.to_string()),
    };
    HistoricalRow::GameEnd(end).write(out)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_named_by_its_start_and_the_end_of_its_games_name() {
        let name = |id: &str| file_name(Timestamp::MADE_UP, &GameId::new(id).unwrap());
        assert_eq!(name("20251212-eec31b1bd4727622"), "game_20250101_000000_d4727622.jsonl");
        assert_eq!(name("g"), "game_20250101_000000_g.jsonl");
    }
}
