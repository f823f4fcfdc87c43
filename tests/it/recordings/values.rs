//! What people have in a line: numbers as other programs spell and round them, times with offsets,
//! and values that no game can have.

use replayer::games::recording::{Grade, Recording};

use super::{Tape, only, prices, read};

const PATH: [f64; 5] = [1.0, 1.02, 0.9928533860599967, 1.0427, RUG];

/// What the law makes of the lowest of these prices.
const RUG: f64 = 0.9928533860599967 * (1.0 - 0.98);

/// The line of a tick of [`PATH`], from 1: after the header and five countdown rows.
fn line_of(tick: usize) -> u64 {
    tick as u64 + 7
}

fn tape() -> Tape {
    Tape::game("g", &PATH)
}

/// The tape with another text in the line of a tick.
fn changed(tick: usize, from: &str, to: &str) -> Tape {
    let mut tape = tape();
    let at = usize::try_from(line_of(tick)).unwrap() - 1;
    let line = tape.lines[at].replace(from, to);
    assert_ne!(line, tape.lines[at], "{from}");
    tape.lines[at] = line;
    tape
}

fn assert_whole(recording: &Recording, what: &str) {
    assert_eq!((recording.bad_lines, recording.grade()), (0, Grade::A), "{what}: {recording:?}");
    assert_eq!(prices(recording), PATH, "{what}");
}

#[test]
fn numbers_in_any_spelling_a_byte_order_mark_and_crlf_cost_nothing() {
    assert_whole(&tape().read(), "as recorded");
    for (from, to) in [
        ("\"price\": 1.02", "\"price\": \"1.02\""),
        ("\"price\": 1.02", "\"price\": 102e-2"),
        ("\"price\": 1.02", "\"price\": \" 1.0200 \""),
        ("\"tick\": 1", "\"tick\": 1.0"),
        ("\"tick\": 1", "\"tick\": \"1\""),
        ("\"rugged\": false", "\"rugged\": \"False\""),
        ("\"rugged\": false", "\"rugged\": 0.0"),
    ] {
        assert_whole(&changed(1, from, to).read(), to);
    }
    let text = tape().text();
    assert_whole(&read(format!("\u{feff}{}", text.replace('\n', "\r\n"))), "marked");
    let prices: Vec<String> = PATH.iter().map(|price| format!("\"{price}\"")).collect();
    let document = format!(
        "\u{feff}{{\"meta\": {{\"game_id\": \"g\", \"peak_multiplier\": \"1.0427\"}}, \"prices\": \
         [{}]}}\r\n",
        prices.join(",\r\n")
    );
    assert_whole(&read(document), "a document");
    let line = |kind: &str, tick: usize| {
        let price = PATH[tick];
        format!(
            "{{\"{kind}\":\"g\",\"t\":\"{tick}\",\"p\":\"{price}\",\"at\":{}.0}}\r\n",
            tick * 250
        )
    };
    let ticks: String = (0..4).map(|tick| line("tick", tick)).collect();
    assert_whole(&read(format!("\u{feff}{ticks}{}", line("rug", 4))), "our own");
}

#[test]
fn prices_that_were_rounded_are_a_game_in_any_number_of_decimals() {
    for decimals in 2..=17 {
        let rounded: Vec<f64> =
            PATH.iter().map(|price| format!("{price:.decimals$}").parse().unwrap()).collect();
        let recording = Tape::game("g", &rounded).read();
        assert_eq!(recording.grade(), Grade::A, "{decimals}: {recording:?}");
        assert_eq!(prices(&recording), rounded);
    }
    let single = |price: &f64| f64::from(price.to_string().parse::<f32>().unwrap());
    let recording = Tape::game("g", &PATH.iter().map(single).collect::<Vec<_>>()).read();
    assert_eq!(recording.grade(), Grade::A, "numbers in 32 bits: {recording:?}");
}

/// The gaps of the game whose ticks were written at these times.
fn gaps(times: [&str; 5]) -> (Vec<u32>, u64, Grade) {
    let mut tape = tape();
    for (tick, time) in times.iter().enumerate() {
        let line = &mut tape.lines[usize::try_from(line_of(tick)).unwrap() - 1];
        let (before, after) = line.split_once("\"timestamp\": ").unwrap();
        let (_, after) = after.split_once(", \"game_id\"").unwrap();
        *line = format!("{before}\"timestamp\": {time}, \"game_id\"{after}");
    }
    // The countdown and the echo have times of their own.
    tape.lines.retain(|line| !line.contains("\"PRESALE\"") && !line.contains("\"UNKNOWN\""));
    tape.lines.retain(|line| !line.contains("RUG_EVENT_1") && !line.contains("game_end"));
    let recording = tape.read();
    let gaps = only(&recording).game().unwrap().gaps_ms;
    (gaps, recording.mixed_times, recording.grade())
}

#[test]
fn times_with_an_offset_and_numbers_of_seconds_are_converted() {
    let wanted = vec![250, 300, 300, 300, 300];
    // Summer time ends between the second and the third tick.
    let summer = gaps([
        "\"2026-10-25T02:59:59.700+02:00\"",
        "\"2026-10-25T03:00:00.000+02:00\"",
        "\"2026-10-25T02:00:00.300+01:00\"",
        "\"2026-10-25T01:00:00.600Z\"",
        "\"2026-10-25 01:00:00.900000+0000\"",
    ]);
    assert_eq!(summer, (wanted.clone(), 0, Grade::A));
    for epochs in [
        ["1765577802.7", "1765577803.0", "1765577803.3", "1765577803.6", "1765577803.9"],
        ["1765577802700", "1765577803000", "1765577803300", "\"1765577803600\"", "1765577803900.0"],
        [
            "1765577802700000",
            "1.765577803e9",
            "1765577803300000000",
            "\"2025-12-12T22:16:43.600Z\"",
            "1765577803900",
        ],
    ] {
        assert_eq!(gaps(epochs), (wanted.clone(), 0, Grade::A), "{epochs:?}");
    }
}

#[test]
fn times_of_two_clocks_are_not_compared_and_are_told() {
    let mixed = gaps([
        "\"2025-12-12T23:16:42.700\"",
        "\"2025-12-12T23:16:43.000\"",
        "\"2025-12-12T22:16:43.300Z\"",
        "1765577803.6",
        "\"2025-12-12T23:16:43.900\"",
    ]);
    assert_eq!(mixed, (vec![250, 300, 250, 250, 250], 2, Grade::B));
}

#[test]
fn a_price_out_of_range_costs_its_line_in_every_spelling() {
    for price in [
        "1e25",
        "\"1e25\"",
        "12345678901.5",
        "1e-30",
        "0",
        "0.0",
        "-1.02",
        "\"NaN\"",
        "\"Infinity\"",
        "\"-inf\"",
    ] {
        let recording = changed(1, "\"price\": 1.02", &format!("\"price\": {price}")).read();
        assert_eq!((recording.bad_lines, recording.grade()), (1, Grade::D), "{price}");
        let bad = &recording.first_bad[0];
        assert_eq!((bad.line, bad.impossible), (line_of(1), true), "{price}: {bad:?}");
        assert!(only(&recording).game().is_err(), "{price}");
    }
    for word in ["NaN", "Infinity", "-Infinity"] {
        let recording = changed(1, "\"price\": 1.02", &format!("\"price\": {word}")).read();
        assert_eq!((recording.bad_lines, recording.grade()), (1, Grade::D), "{word}");
        assert!(recording.first_bad[0].impossible, "{word}");
        let document =
            format!(r#"{{"meta": {{"game_id": "g"}}, "prices": [1.0, {word}, 0.99, 0.0198]}}"#);
        let recording = read(document);
        assert_eq!((recording.bad_lines, recording.grade()), (1, Grade::D), "{word}");
        assert!(recording.first_bad[0].impossible);
    }
}

#[test]
fn a_step_that_the_law_cannot_make_is_a_bad_line_and_its_tick_is_missing() {
    let good = tape().read();
    for price in ["10.2", "102.0", "1.2", "0.102", "0.3"] {
        let recording = changed(2, "0.9928533860599967", price).read();
        if price == "1.2" {
            // The law can make it, but not the rug that follows.
            assert_eq!(recording.grade(), Grade::C, "{recording:?}");
            assert_eq!(recording.first_bad[0].line, line_of(4));
            continue;
        }
        assert_eq!(recording.grade(), Grade::D, "{price}");
        assert_eq!((recording.bad_lines, recording.first_bad[0].line), (1, line_of(2)));
        assert!(recording.first_bad[0].impossible);
        let kept = (recording.records + 1, recording.ticks + 1);
        assert_eq!(kept, (good.records, good.ticks), "{price}");
        let why = only(&recording).game().unwrap_err();
        assert_eq!(why.to_string(), "tick 2 missing");
    }
    let recording = changed(0, "\"price\": 1.0", "\"price\": 1.01").read();
    assert_eq!(recording.first_bad[0].reason, "tick 0: the price 1.01; every game begins at 1");
    let recording = changed(4, &format!("{RUG:?}"), "0.19857067721199953").read();
    assert_eq!((recording.bad_lines, recording.grade()), (1, Grade::C));
    assert_eq!(only(&recording).game().unwrap_err().to_string(), "no rug");
}

#[test]
fn a_tick_beyond_the_longest_game_costs_its_line() {
    let recording = changed(3, "\"tick\": 3", "\"tick\": 5002").read();
    assert_eq!((recording.bad_lines, recording.first_bad[0].line), (1, line_of(3)));
    let reason = "tick 5002: the last tick of a game is 5001 at most";
    assert_eq!(recording.first_bad[0].reason, reason);
}

#[test]
fn a_row_that_was_salvaged_and_is_impossible_counts_its_line_once() {
    let mut tape = changed(2, "0.9928533860599967", "10.2");
    let at = usize::try_from(line_of(2)).unwrap() - 1;
    tape.lines[at] += " ## by hand";
    let recording = tape.read();
    assert_eq!((recording.salvaged, recording.grade()), (1, Grade::D));
    assert_eq!(only(&recording).game().unwrap_err().to_string(), "tick 2 missing");
}
