//! A generated game written as a recording: JSON lines in the layout of
//! docs/spec/recordings.md#historical-layout.
//!
//! One `game_start`; the presale, 100 rows at 100 ms; the activation; the ticks at 250 ms; the rug
//! and, a second later, its second row with the seed's revelation; one `game_end`. The five
//! seconds of cooldown before the presale pass without rows. Nobody trades.

use std::io::{self, Write};

use super::game::Course;
use crate::games::recording::Timestamp;
use crate::games::recording::historical::{EndRow, HistoricalRow, HistoricalTickRow};
use crate::model::ids::GameId;
use crate::model::quote::TICK_MS;

pub use crate::games::recording::historical::file_name;

/// The start of the first presale.
pub const START: Timestamp = Timestamp::MADE_UP;
/// Milliseconds between two rows of the countdown (docs/spec/game.md#phases).
const COUNTDOWN_MS: u32 = 100;
/// Rows of the presale: ten seconds of countdown (docs/spec/game.md#phases).
const PRESALE_ROWS: u32 = 100;
/// Length of the cooldown before a presale, in milliseconds (docs/spec/game.md#phases).
const COOLDOWN_MS: u32 = 5_000;
/// Milliseconds from the rug to its second row (docs/spec/game.md#phases).
const REVEAL_MS: u32 = 1_000;

/// Writes a whole game whose presale starts at `start`; returns the start of the next presale.
///
/// # Errors
/// When the writer fails.
pub fn write(
    out: &mut impl Write,
    game_id: &GameId,
    course: &Course,
    start: Timestamp,
) -> io::Result<Timestamp> {
    let in_play = |timestamp, phase, tick, price| {
        HistoricalTickRow::in_play(timestamp, phase, game_id, (tick, price))
    };
    HistoricalRow::GameStart { timestamp: start, game_id }.write(out)?;
    for row in 0..PRESALE_ROWS {
        let presale = in_play(start.after_ms(row * COUNTDOWN_MS), "PRESALE", 0, 1.0);
        let cooldown_timer = (PRESALE_ROWS - row) * COUNTDOWN_MS;
        HistoricalTickRow { active: false, cooldown_timer, ..presale }.write(out)?;
    }
    let activation = start.after_ms(PRESALE_ROWS * COUNTDOWN_MS);
    for (tick, &price) in (0..).zip(course.prices()) {
        let phase = if tick == 0 { "GAME_ACTIVATION" } else { "ACTIVE_GAMEPLAY" };
        let moment = activation.after_ms(tick * TICK_MS);
        let rugged = tick == course.rug_tick();
        HistoricalTickRow { rugged, ..in_play(moment, phase, tick, price) }.write(out)?;
    }
    let (rug_tick, rug_price) = (course.rug_tick(), course.rug_price());
    let end = activation.after_ms(rug_tick * TICK_MS + REVEAL_MS);
    let reveal = in_play(end, "RUG_EVENT_1", rug_tick + 1, rug_price);
    HistoricalTickRow { rugged: true, ..reveal }.write(out)?;
    let footer = EndRow {
        timestamp: end,
        game_id,
        total_ticks: PRESALE_ROWS + rug_tick + 2,
        tick_range: [0, rug_tick + 1],
        price_range: [rug_price, course.peak()],
        peak_price: course.peak(),
        final_price: rug_price,
        status: None,
        incomplete_reason: None,
    };
    HistoricalRow::GameEnd(footer).write(out)?;
    Ok(end.after_ms(COOLDOWN_MS))
}

#[cfg(test)]
mod tests {
    use super::super::game::FairGame;
    use super::super::generated::generated;
    use super::*;
    use serde_json::Value;

    fn rows() -> (Course, Vec<Value>, Timestamp) {
        let (seed, id) = generated(3, 14);
        let course = Course::of(FairGame::new(&seed, &id));
        let mut text = Vec::new();
        let next = write(&mut text, &id, &course, START).unwrap();
        let rows = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        (course, rows.map(|line| serde_json::from_slice(line).unwrap()).collect(), next)
    }

    #[test]
    fn a_recording_tells_the_presale_the_ticks_the_rug_and_the_totals() {
        let (course, rows, next) = rows();
        let phases = |phase: &str| rows.iter().filter(|row| row["phase"] == phase).count();
        let rug = course.rug_tick() as usize;
        assert_eq!((phases("PRESALE"), phases("GAME_ACTIVATION")), (100, 1));
        assert_eq!((phases("ACTIVE_GAMEPLAY"), phases("RUG_EVENT_1")), (rug, 1));
        let prices: Vec<f64> =
            rows[101..=101 + rug].iter().map(|row| row["price"].as_f64().unwrap()).collect();
        assert_eq!(prices, course.prices());
        let rugged = rows.iter().filter(|row| row["rugged"] == true);
        assert_eq!(rugged.map(|row| &row["tick"]).collect::<Vec<_>>(), [rug, rug + 1]);
        let end = rows.last().unwrap();
        assert_eq!(end["type"], "game_end");
        assert_eq!(end["total_ticks"], rows.len() - 2);
        assert_eq!(end["peak_price"], course.peak());
        let length_ms = 10_000 + 250 * course.rug_tick() + 1_000;
        assert_eq!(end["timestamp"], START.after_ms(length_ms).to_string());
        assert_eq!(next, START.after_ms(length_ms + 5_000));
    }

    #[test]
    fn a_row_has_the_fields_of_a_recorded_one_in_their_order() {
        let (seed, id) = generated(3, 14);
        let course = Course::of(FairGame::new(&seed, &id));
        let mut text = Vec::new();
        write(&mut text, &id, &course, START).unwrap();
        let text = String::from_utf8(text).unwrap();
        let first: Vec<&str> = text.lines().take(2).collect();
        let start = "2025-01-01T00:00:00.000000";
        assert_eq!(
            first,
            [
                format!(r#"{{"type":"game_start","timestamp":"{start}","game_id":"{id}"}}"#),
                format!(
                    r#"{{"type":"tick","timestamp":"{start}","game_id":"{id}","tick":0,"price":1.0,"phase":"PRESALE","active":false,"rugged":false,"cooldown_timer":10000,"trade_count":0}}"#
                ),
            ]
        );
    }

    #[test]
    fn a_recording_is_named_by_its_start_and_the_end_of_its_games_name() {
        let (_, id) = generated(42, 0);
        assert_eq!(file_name(START, &id), "game_20250101_000000_d4727622.jsonl");
    }
}
