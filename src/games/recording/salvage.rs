//! Whole rows inside damaged lines: left over by concurrent writers, or by a person's notes.

use super::parse;
use super::row::RecordingRow;

/// Passes on every whole row inside a line that is not JSON, from left to right.
///
/// A row of layouts 3.1 and 3.2 is flat, so a whole one lies between a `}` and the last `{` before
/// it. That takes one pass, whatever the line holds, and never joins halves of two rows. A row that
/// another one was written over is lost, because its remains cannot be told from the other row.
/// Nested headers and footers are not searched for; rows carry the game's id.
pub(super) fn salvage(line: &[u8], mut keep: impl FnMut(RecordingRow)) {
    let mut from = 0;
    for end in memchr::memchr_iter(b'}', line) {
        if let Some(start) = memchr::memrchr(b'{', &line[from..end])
            && let Ok(row) = parse::parse(&line[from + start..=end])
        {
            keep(row);
        }
        from = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(number: u32) -> String {
        format!(
            r#"{{"type": "tick", "timestamp": "2025-10-31T15:06:48.119594", "game_id": "g", "tick": {number}, "price": 1.5, "phase": "ACTIVE_GAMEPLAY", "active": true, "rugged": false, "cooldown_timer": 0, "trade_count": 0}}"#
        )
    }

    fn salvaged(line: &str) -> Vec<u32> {
        let mut ticks = Vec::new();
        salvage(line.as_bytes(), |row| match row {
            RecordingRow::Tick(row) => ticks.push(row.tick),
            other => panic!("{other:?}"),
        });
        ticks
    }

    #[test]
    fn two_rows_glued_together_are_both_saved() {
        assert_eq!(salvaged(&(tick(1) + &tick(2))), [1, 2]);
        assert_eq!(salvaged(&format!("{}{{{}", tick(1), tick(2))), [1, 2]);
    }

    #[test]
    fn a_row_written_over_by_another_is_lost_and_the_other_saved() {
        let (first, second) = (tick(6), tick(7));
        let cut = first.find("\"trade_count\"").unwrap();
        assert_eq!(salvaged(&format!("{}{{\"type\": \"tick\", \"t{second}", &first[..cut])), [7]);
        assert!(salvaged(&first[60..]).is_empty());
    }

    #[test]
    fn a_note_beside_a_row_does_not_cost_the_row() {
        assert_eq!(salvaged(&format!("## {{see}} {} }} <- odd", tick(3))), [3]);
        assert!(salvaged("## nothing here } { }").is_empty());
    }
}
