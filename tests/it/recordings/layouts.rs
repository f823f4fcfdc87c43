//! The four layouts tell the same game.

use replayer::games::recording::{Grade, Layout};
use replayer::model::game::{Frame, Game};
use replayer::model::ids::GameIndex;
use replayer::model::quote::Phase;

use super::{Tape, only, prices, read};

const PATH: [f64; 4] = [1.0, 1.2, 0.9, 0.018];

/// As `RecorderSink` writes: `_metadata`, tick objects without a type, `_metadata`.
fn sink() -> String {
    let historical = Tape::game("g", &PATH);
    let rows = historical.lines.iter().filter(|line| line.contains("\"type\": \"tick\""));
    let bare: Vec<_> = rows.map(|line| line.replace("\"type\": \"tick\", ", "")).collect();
    let header = r#"{"_metadata": {"game_id": "g", "start_time": "2025-12-01T10:00:00.000001", "version": "1.0"}}"#;
    let footer = r#"{"_metadata": {"end_time": "2025-12-01T10:01:00.000001", "tick_count": 10, "total_bytes": 2000}}"#;
    format!("{header}\n{}\n{footer}\n", bare.join("\n"))
}

fn unified(prices: &str) -> String {
    format!(
        r#"{{"meta": {{"game_id": "g", "start_time": "2025-12-07T10:00:00+00:00", "end_time": "2025-12-07T10:01:00+00:00", "duration_ticks": 4, "peak_multiplier": "1.2", "server_seed_hash": null, "has_player_input": false, "action_count": 0}}, "prices": {prices}}}"#
    )
}

#[test]
fn the_recorder_sinks_header_and_footer_are_not_ticks() {
    let recording = read(sink());
    assert_eq!(recording.layout, Some(Layout::Sink));
    assert_eq!((recording.records, recording.ticks, recording.bad_lines), (12, 10, 0));
    assert_eq!((recording.games.len(), recording.wrong_footers), (1, 0));
    assert_eq!(prices(&recording), PATH);
    assert_eq!(recording.grade(), Grade::A);
}

#[test]
fn a_recorder_sink_that_died_left_its_ticks() {
    let text = sink();
    let lines: Vec<_> = text.lines().collect();
    let recording = read(lines[..lines.len() - 1].join("\n"));
    assert_eq!((recording.bad_lines, recording.grade()), (0, Grade::A));
}

#[test]
fn a_unified_recording_is_one_document_of_prices() {
    let recording = read(unified(r#"["1.0", "1.2", "0.9", "0.018"]"#));
    assert_eq!(recording.layout, Some(Layout::Unified));
    assert_eq!((recording.records, recording.ticks), (1, 4));
    assert_eq!((recording.bad_lines, recording.wrong_footers), (0, 0));
    assert_eq!(prices(&recording), PATH);
    assert_eq!(recording.grade(), Grade::A);
}

#[test]
fn a_unified_recording_may_be_spread_over_lines() {
    let spread = unified(r#"["1.0", "1.2", "0.9", "0.018", "0.018"]"#).replace(", ", ",\n  ");
    let recording = read(spread.replacen('{', "{\n", 1));
    assert_eq!((recording.records, recording.bad_lines), (1, 0));
    assert_eq!(prices(&recording), PATH);
}

#[test]
fn a_unified_recording_with_a_hole_or_a_bad_price_is_incomplete() {
    let recording = read(unified(r#"["1.0", null, "0.9", "0.018"]"#));
    assert_eq!(only(&recording).incomplete().unwrap().to_string(), "tick 1 missing");
    assert_eq!(recording.grade(), Grade::D);
    let recording = read(unified(r#"["1.0", "x", "0.9"]"#));
    assert_eq!(only(&recording).incomplete().unwrap().to_string(), "tick 1 missing, no rug");
    assert_eq!(recording.first_bad[0].reason, "prices[1]: a price is a number such as 1.25");
}

#[test]
fn a_damaged_document_is_bad_lines_and_a_damaged_first_line_is_not_a_document() {
    let cut = unified(r#"["1.0", "1.2""#);
    assert_eq!(read(&cut[..cut.len() - 2]).grade(), Grade::F);
    let rows = Tape::game("g", &PATH);
    for first in ["{", "{\"meta\": 1", "{\"meta\": 1}"] {
        let recording = read(format!("{first}\n{}", rows.text()));
        assert_eq!((recording.bad_lines, recording.records), (1, 12), "{first}");
        assert_eq!(prices(&recording), PATH);
    }
}

#[test]
fn a_demo_recording_is_known_and_has_no_ticks() {
    let recording = read(
        r#"{"_header": {"game_id": "g", "session_id": "s", "game_number": 1, "start_time": "2025-12-01T10:00:00"}}
{"type": "action", "action_id": "a", "category": "TRADE_BUY", "button": "BUY", "timestamp_pressed": 1, "state_before": {"balance": "0.1", "current_tick": 4, "current_price": "1.1"}}
{"type": "action", "action_id": "b", "category": "BET_INCREMENT", "button": "X", "timestamp_pressed": 2}
{"_footer": {"game_id": "g", "end_time": "2025-12-01T10:01:00", "action_count": 2}}
"#,
    );
    assert_eq!(recording.layout, Some(Layout::Demo));
    assert_eq!((recording.records, recording.ticks, recording.bad_lines), (4, 0, 0));
    assert_eq!(only(&recording).first_tick(), None);
    assert_eq!(recording.grade(), Grade::E);
}

#[test]
fn every_layout_drives_a_table_from_presale_to_rug() {
    let unified = unified(r#"["1.0", "1.2", "0.9", "0.018"]"#);
    for text in [Tape::game("g", &PATH).text(), sink(), unified] {
        let recorded = only(&read(text)).game().unwrap();
        let mut table = Game::none();
        table.begin(GameIndex::FIRST, recorded.id);
        let phases: Vec<Phase> = (0..recorded.steps())
            .map(|step| table.advance(recorded.frame(step), false).phase)
            .collect();
        use Phase::{Active, Presale, Rugged};
        assert_eq!(phases, [Presale, Active, Active, Active, Rugged]);
        assert_eq!(table.path.prices(), PATH);
        assert_eq!(recorded.frame(recorded.steps()), Frame::Idle);
    }
}
