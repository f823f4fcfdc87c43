//! Damage costs the damaged line, never the file, and never the program.

use std::io::{self, BufReader, Read};

use proptest::prelude::*;
use replayer::base::lines::LINE_BYTES_MAX;
use replayer::games::recording::{self, Grade, Recording};
use replayer::model::quote::TICK_MS;

use super::{Tape, only, prices, read};

const PATH: [f64; 5] = [1.0, 1.25, 0.9928533860599967, 1.2, RUG];

/// What the law makes of the lowest of these prices.
const RUG: f64 = 0.9928533860599967 * (1.0 - 0.98);

/// Line of a tick in [`Tape::game`]: after the header and five countdown rows.
const FIRST_TICK_LINE: usize = 6;

#[test]
fn an_undamaged_game_is_complete_and_graded_a() {
    let recording = Tape::game("g", &PATH).read();
    assert_eq!(prices(&recording), PATH);
    assert_eq!((recording.records, recording.ticks, recording.bad_lines), (13, 11, 0));
    assert_eq!(recording.grade(), Grade::A);
    assert_eq!(only(&recording).game().unwrap().gaps_ms, [TICK_MS; 5]);
}

#[test]
fn two_rows_on_one_line_are_both_saved() {
    let mut tape = Tape::game("g", &PATH);
    let second = tape.lines.remove(FIRST_TICK_LINE + 1);
    tape.lines[FIRST_TICK_LINE] += &second;
    let recording = tape.read();
    assert_eq!((recording.bad_lines, recording.salvaged), (1, 2));
    assert_eq!(prices(&recording), PATH);
    assert_eq!(recording.grade(), Grade::B);
    assert_eq!(recording.first_bad[0].line, FIRST_TICK_LINE as u64 + 1);
}

#[test]
fn of_two_rows_written_over_each_other_the_whole_one_is_saved() {
    let mut tape = Tape::game("g", &PATH);
    let second = tape.lines.remove(FIRST_TICK_LINE + 1);
    let first = &mut tape.lines[FIRST_TICK_LINE];
    first.truncate(first.find("\"trade_count\"").unwrap());
    *first += &("{\"type\": \"tick\", \"t".to_owned() + &second);
    let recording = tape.read();
    assert_eq!((recording.bad_lines, recording.salvaged), (1, 1));
    assert_eq!(only(&recording).incomplete().unwrap().to_string(), "starts at tick 1");
    assert_eq!(recording.grade(), Grade::C);
}

#[test]
fn notes_between_rows_cost_nothing() {
    let mut tape = Tape::game("g", &PATH);
    tape.lines.insert(FIRST_TICK_LINE, "## a person was here {really}".to_owned());
    let recording = tape.read();
    assert_eq!((recording.bad_lines, recording.salvaged), (1, 0));
    assert_eq!(prices(&recording), PATH);
}

#[test]
fn rows_inside_another_record_are_not_taken_out_of_it() {
    let tape = Tape::game("g", &PATH);
    let event = format!(r#"{{"seq": 1, "event": "x", "data": {}}}"#, tape.lines[FIRST_TICK_LINE]);
    let recording = read(event);
    // It is an event of a raw capture, of which only finished games are taken.
    assert_eq!((recording.records, recording.bad_lines, recording.salvaged), (1, 0, 0));
    assert!(recording.games.is_empty());
    assert_eq!(recording.grade(), Grade::E);
}

#[test]
fn carriage_returns_blank_lines_and_a_missing_last_line_feed_are_fine() {
    let text = Tape::game("g", &PATH).text();
    let recording = read(format!("\u{feff}{}", text.trim_end().replace('\n', "\r\n \r\n")));
    assert_eq!((recording.records, recording.bad_lines), (13, 0));
    assert_eq!(prices(&recording), PATH);
}

#[test]
fn zeros_nothing_and_text_are_not_a_recording() {
    for bytes in [vec![0; 100_000], vec![0; 3 * LINE_BYTES_MAX], b"hello\nworld".to_vec()] {
        let recording = read(&bytes);
        assert!(recording.bad_lines > 0);
        assert_eq!((recording.grade(), recording.layout), (Grade::F, None));
    }
    assert_eq!(read("").grade(), Grade::F);
    assert_eq!(read("").bad_lines, 0);
}

#[test]
fn zeros_in_the_middle_cost_their_line() {
    let mut bytes = Tape::game("g", &PATH).text().into_bytes();
    let at = bytes.iter().position(|&byte| byte == b'\n').unwrap();
    bytes.splice(at..at, [0; 4096]);
    let recording = read(&bytes);
    assert_eq!(recording.bad_lines, 1);
    assert_eq!(prices(&recording), PATH);
}

#[test]
fn a_line_of_a_gigabyte_costs_that_line() {
    let text = Tape::game("g", &PATH).text();
    let huge = io::repeat(b'{').take(1 << 30);
    let input = text.as_bytes().chain(huge).chain(&b"\n"[..]).chain(text.as_bytes());
    let recording = recording::read(BufReader::with_capacity(1 << 16, input)).unwrap();
    assert_eq!((recording.records, recording.bad_lines), (26, 1));
    assert_eq!(recording.first_bad[0].reason, format!("longer than {LINE_BYTES_MAX} bytes"));
}

#[test]
fn many_braces_on_a_line_take_no_longer_than_their_length() {
    for filler in ["{", "}", "{}", "{\"a\":", "{\"type\":\"tick\",", "[{"] {
        let line = filler.repeat(LINE_BYTES_MAX / filler.len());
        assert_eq!(read(line.repeat(2)).salvaged, 0);
        assert_eq!(read(line).bad_lines, 1);
    }
}

#[test]
fn what_a_footer_claims_changes_nothing_but_is_counted() {
    let mut tape = Tape::game("g", &PATH);
    assert_eq!(tape.read().wrong_footers, 0);
    tape.lines.pop();
    for (rows, peak, last) in [(12, 1.25, RUG), (11, 1.6, RUG), (11, 1.25, 0.02)] {
        let mut wrong = Tape::new("g").end(rows, peak, last);
        wrong.lines.splice(0..0, tape.lines.iter().cloned());
        let recording = wrong.read();
        assert_eq!(recording.wrong_footers, 1);
        assert_eq!(prices(&recording), PATH);
    }
}

#[test]
fn a_repeated_tick_counts_once_and_of_two_prices_the_first_wins() {
    let tape = Tape::new("g").tick(0, 1.0).tick(1, 1.1).tick(1, 1.1).tick(1, 7.0).tick(0, 1.0);
    let recording = tape.rug(2, 0.02).read();
    let game = only(&recording);
    assert_eq!(prices(&recording), [1.0, 1.1, 0.02]);
    assert_eq!((game.duplicates(), game.conflicts(), game.out_of_order()), (2, 1, 1));
    assert_eq!(recording.grade(), Grade::B);
}

#[test]
fn a_game_needs_no_header_and_may_have_two_and_may_begin_before_it() {
    let whole = Tape::game("g", &PATH);
    for lines in [
        whole.lines[1..].to_vec(),
        [whole.lines[..1].to_vec(), whole.lines.clone()].concat(),
        [whole.lines[1..2].to_vec(), whole.lines.clone()].concat(),
    ] {
        let recording = Tape { id: "g".to_owned(), lines }.read();
        assert_eq!((recording.games.len(), recording.grade()), (1, Grade::A));
        assert_eq!(prices(&recording), PATH);
    }
}

#[test]
fn a_countdown_frame_with_the_rugged_flag_of_the_game_before_is_not_a_rug() {
    let mut tape = Tape::game("g", &PATH);
    tape.lines[2] = tape.lines[2].replace("\"rugged\": false", "\"rugged\": true");
    assert_eq!(prices(&tape.read()), PATH);
}

#[test]
fn a_clock_that_runs_backwards_or_not_at_all_gives_nominal_gaps() {
    let mut tape = Tape::new("g").tick(0, 1.0).tick(8, 1.1).tick(2, 1.2).tick(3, 1.3).rug(4, 0.02);
    tape.lines[1] = tape.lines[1].replace("\"tick\": 8", "\"tick\": 1");
    tape.lines[3] = tape.lines[3].replace("\"2025-", "\"soon-");
    let game = only(&tape.read()).game().unwrap();
    assert_eq!(game.gaps_ms, [250, 2_000, 250, 250, 250]);
}

#[test]
fn an_input_that_fails_is_an_error_and_not_an_empty_recording() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let text = Tape::game("g", &PATH).text();
    let input = text.as_bytes().chain(Broken);
    assert_eq!(recording::read(BufReader::new(input)).unwrap_err().to_string(), "gone");
}

/// All that a recording says, for comparing two.
fn told(recording: &Recording) -> String {
    format!("{recording:?}")
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(
        bytes in prop::collection::vec(prop_oneof![Just(b'{'), Just(b'}'), Just(b'\n'), Just(b'"'), any::<u8>()], 0..400),
        capacity in 1_usize..64,
    ) {
        let whole = read(&bytes);
        prop_assert!(whole.records == 0 || whole.layout.is_some());
        let pieces = recording::read(BufReader::with_capacity(capacity, &bytes[..])).unwrap();
        prop_assert_eq!(told(&whole), told(&pieces));
    }

    #[test]
    fn changing_any_bytes_of_a_recording_never_panics_and_never_costs_other_lines(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = Tape::game("g", &PATH).text().into_bytes();
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let recording = read(&bytes);
        // A changed byte spoils one line, or two when it was the line feed between them.
        prop_assert!(recording.records + 2 * changes.len() as u64 >= 13);
    }

    #[test]
    fn spoiling_a_line_costs_that_line_only(
        line in 0_usize..13,
        garbage in prop::collection::vec(any::<u8>().prop_filter("one line", |byte| *byte != b'\n'), 1..80),
    ) {
        let tape = Tape::game("g", &PATH);
        let mut lines: Vec<Vec<u8>> = tape.lines.iter().map(|line| line.clone().into_bytes()).collect();
        // Never blank, never the start of a document.
        lines[line] = [b"#", &garbage[..]].concat();
        let recording = read(lines.join(&b'\n'));
        prop_assert_eq!((recording.records, recording.bad_lines), (12, 1));
        let lost = line.checked_sub(FIRST_TICK_LINE).filter(|&tick| tick < PATH.len());
        let complete = recording.is_complete();
        prop_assert_eq!(complete, lost.is_none());
        if complete {
            prop_assert_eq!(prices(&recording), PATH);
        }
    }

    #[test]
    fn cutting_a_line_costs_that_line_only(line in 0_usize..13, at in any::<prop::sample::Index>()) {
        let mut tape = Tape::game("g", &PATH);
        let length = tape.lines[line].len();
        tape.lines[line].truncate(1 + at.index(length - 1));
        let recording = tape.read();
        prop_assert_eq!((recording.records, recording.bad_lines, recording.salvaged), (12, 1, 0));
    }

    #[test]
    fn a_file_cut_anywhere_keeps_every_line_before_the_cut(at in any::<prop::sample::Index>()) {
        let text = Tape::game("g", &PATH).text();
        let kept = &text.as_bytes()[..at.index(text.len())];
        let feeds = kept.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let recording = read(kept);
        // The last line may be whole but for its line feed.
        prop_assert!((feeds..=feeds + 1).contains(&recording.records));
        prop_assert!(recording.bad_lines <= 1);
    }

    #[test]
    fn any_generated_game_reads_back_to_the_last_bit(
        steps in prop::collection::vec(0.76_f64..1.24, 0..300),
    ) {
        let (mut price, mut all) = (1.0, vec![1.0]);
        for step in steps {
            let next = price * step;
            price = if (1e-5..1e4).contains(&next) { next } else { price };
            all.push(price);
        }
        all.push(all.iter().copied().fold(1.0, f64::min) * 0.02);
        prop_assert_eq!(prices(&Tape::game("g", &all).read()), all);
    }
}
