//! Whatever is in a file, reading it ends with a scenario or with problems.

use std::path::Path;

use proptest::prelude::*;

use super::{VALID, parse};
use crate::campaign::cases;

/// A scenario that uses every word of the format.
const RICH: &str = r#"// Ünïcode, first
Scenario(
    name: "rich", /* a comment (with: parentheses) */
    seed: 0x2a,
    source: Recordings(path: ".", select: Games(["a", r"b"]), order: Shuffled, limit: 1_0),
    rules: Custom(base: Observed, latency: Sampled([1, 1, 2]), max_bet: 2, min_bet: "0.01",
        sidebet_payout: 5, sidebet_window: 40, sidebet_cooldown: 5, portions: Buttons),
    bankroll: Compounding(1e-1),
    bots: [
        (id: "crowd", count: 10, strategy: Random()),
        (id: "c", latency: Ticks(2), strategy: Conservative(take_profit: 10, buy: "0.005")),
    ],
) // the end"#;

fn read(text: &str) -> Result<(), TestCaseError> {
    if let Err(error) = parse(text) {
        prop_assert!(!error.problems.is_empty());
        let shown = error.to_string();
        prop_assert!(shown.len() < 300 * error.problems.len() + 200 * shown.lines().count());
        prop_assert!(!shown.replace(['\n', '\t'], "").contains(char::is_control), "{shown:?}");
        let lines = text.split('\n').count();
        prop_assert!(error.problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
    }
    Ok(())
}

/// The text with a range of its bytes left out, or put in twice; what breaks a letter is replaced.
fn edited(text: &str, (from, length, twice): (usize, usize, bool)) -> String {
    let bytes = text.as_bytes();
    let from = from % bytes.len();
    let to = (from + length).min(bytes.len());
    let (kept, resumed) = if twice { (to, from) } else { (from, to) };
    String::from_utf8_lossy(&[&bytes[..kept], &bytes[resumed..]].concat()).into_owned()
}

fn edits() -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    prop::collection::vec((any::<usize>(), 0..40_usize, any::<bool>()), 1..4)
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        read(&text)?;
        read(&format!("Scenario({text})"))?;
    }

    #[test]
    fn arbitrary_values_of_a_field_never_panic(value in "[-a-zA-Z0-9()\\[\\]{},:.\"'r#/* \n]{0,24}") {
        for field in ["Generated(games: 10)", "Observed", "PerGame(0.1)", "Conservative()", "42"] {
            read(&VALID.replace(field, &value))?;
        }
    }

    #[test]
    fn a_damaged_scenario_never_panics(edits in edits()) {
        for whole in [VALID, RICH] {
            let text = edits.iter().fold(whole.to_owned(), |text, &edit| {
                if text.is_empty() { text } else { edited(&text, edit) }
            });
            read(&text)?;
        }
    }
}

#[test]
fn a_scenario_with_every_word_has_no_problem_but_its_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let strategies = replayer::engine::strategy::Strategies::standard();
    let error = replayer::backtest::scenario::Scenario::parse(RICH, &folder, None, &strategies)
        .unwrap_err();
    assert_eq!(error.problems.len(), 1, "{error}");
    assert!(error.problems[0].what.contains("holds no recording"), "{error}");
}

#[test]
fn parentheses_without_end_are_refused_not_followed() {
    for opening in ["(", "[", "Some(", "{"] {
        assert!(parse(&opening.repeat(100_000)).is_err());
        assert!(parse(&format!("Scenario(name: {}", opening.repeat(100_000))).is_err());
    }
}

#[test]
fn a_file_full_of_problems_is_reported_in_full() {
    let fields: Vec<String> = (0..20_000).map(|number| format!("  x{number}: 1,\n")).collect();
    let error = parse(&format!("Scenario(\n{})", fields.concat())).unwrap_err();
    assert_eq!(error.problems.len(), 20_005);
    assert_eq!(error.problems.last().unwrap().line, 20_001);
}

#[test]
fn a_long_line_full_of_problems_is_counted_once() {
    let games = "\"a b\",".repeat(200_000);
    let text = format!("Scenario(source: Recordings(select: Games([{games}])))");
    let error = parse(&text).unwrap_err();
    let last = error.problems.iter().rfind(|problem| problem.what.contains("a name")).unwrap();
    assert_eq!((last.line, last.column), (1, 44 + 6 * 199_999));
}
