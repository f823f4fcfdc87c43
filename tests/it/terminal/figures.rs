//! Figures in everything that is written: no minus zero, no p-value of zero.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{json, replayer, stdout};

/// Bots that gain nothing, hardly anything, or lose the same each time.
const SCENARIO: &str = r#"Scenario(
    name: "zeros", seed: 5, source: Generated(games: 400), bankroll: PerGame(0.1),
    bots: [
        (id: "wait", strategy: AlwaysWait()),
        (id: "held", strategy: HoldToTarget(target: 1.01)),
        (id: "flat", strategy: FlatSidebets()),
        (id: "conservative", strategy: Conservative()),
    ],
)"#;

const SWEEP: &str = r#"Scenario(
    name: "swept", seed: 5, source: Generated(games: 400), bankroll: PerGame(0.1),
    bots: [
        (id: "wait", strategy: AlwaysWait()),
        (id: "held", strategy: HoldToTarget(target: Grid([1.01, 2]), stake: Grid([0.001, 0.01]))),
    ],
)"#;

/// Every zero with a minus sign in a text, with what stands around it.
fn minus_zeros(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['-', '\u{2212}']) {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        let rest = &text[at + sign.len()..];
        let figure: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let after = rest[figure.len()..].chars().next().unwrap_or(' ');
        let is_alone = !before.is_alphanumeric() && !after.is_alphanumeric();
        if is_alone && figure.parse::<f64>() == Ok(0.0) {
            let context: String = text[..at].chars().rev().take(40).collect();
            let context: String = context.chars().rev().collect();
            found.push(format!("{context}{sign}{figure}"));
        }
    }
    found
}

/// Every p-value in a document with its key.
fn p_values(document: &Value, found: &mut Vec<(String, f64)>) {
    match document {
        Value::Object(fields) => {
            for (key, value) in fields {
                let is_p = matches!(
                    &**key,
                    "p" | "p_value" | "p_adjusted" | "p_holm" | "p_benjamini_hochberg"
                );
                found.extend(value.as_f64().filter(|_| is_p).map(|p| (key.clone(), p)));
                p_values(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| p_values(value, found)),
        _ => {}
    }
}

/// The text of a page that is read, with the data of its charts, without styles and scripts.
fn body(page: &str) -> &str {
    let body = &page[page.find("<body>").unwrap()..];
    &body[..body.rfind("<script>").unwrap()]
}

#[test]
fn a_minus_zero_is_found_however_it_is_written() {
    let found = |text| minus_zeros(text).len();
    for text in ["-0", "[-0.0]", "x \u{2212}0.00%", "\"a\":-0.0,", "a,-0\n", "(-0.000000 to"] {
        assert_eq!(found(text), 1, "{text}");
    }
    for text in ["-0.1", "run-000", "2026-12-00", "-05", "1e-0", "0 - 0x"] {
        assert_eq!(found(text), 0, "{text}");
    }
}

#[test]
fn no_table_no_file_and_no_page_has_a_minus_zero_or_a_p_value_of_zero() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    fs::write(path.join("s.ron"), SCENARIO).unwrap();
    fs::write(path.join("w.ron"), SWEEP).unwrap();
    let mut texts: Vec<(String, String)> = Vec::new();
    for arguments in [
        &["run", "s.ron", "--out", "run", "--details"][..],
        &["run", "s.ron", "--no-journal", "--json"],
        &["sweep", "w.ron", "--out", "swept"],
        &["report", "run"],
        &["report", "swept"],
    ] {
        let output = replayer(path, arguments);
        assert!(output.status.success(), "{output:?}");
        texts.push((arguments.join(" "), stdout(&output).to_owned()));
    }
    texts.extend(["run", "swept"].iter().flat_map(|folder| files(&path.join(folder))));
    assert!(texts.len() > 12, "{}", texts.len());
    for (name, text) in &texts {
        let text = if name.ends_with("report.html") { body(text) } else { text };
        assert_eq!(minus_zeros(text), [""; 0], "{name}");
    }
    let run = json(&replayer(path, &["run", "s.ron", "--no-journal", "--json"]));
    let swept = fs::read_to_string(path.join("swept/summary.json")).unwrap();
    let mut found = Vec::new();
    p_values(&run, &mut found);
    p_values(&serde_json::from_str(&swept).unwrap(), &mut found);
    assert!(found.len() > 10, "{found:?}");
    assert!(found.iter().all(|(_, p)| *p > 0.0), "{found:?}");
}

#[test]
fn the_table_of_a_sweep_shows_the_figure_by_which_it_is_sorted() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("w.ron"), SWEEP).unwrap();
    let output = replayer(place.path(), &["sweep", "w.ron", "--out", "swept"]);
    let lines: Vec<&str> = stdout(&output).lines().collect();
    let header = lines.iter().position(|line| line.trim_start().starts_with("cell  ")).unwrap();
    assert!(lines[header].contains("  standard errors  "), "{lines:?}");
    // Two p-values follow it.
    let shown: Vec<f64> = lines[header + 1..]
        .iter()
        .take_while(|line| !line.is_empty())
        .map(|line| line.rsplit("  ").filter(|cell| !cell.is_empty()).nth(2).unwrap())
        .map(|figure| figure.trim().parse().unwrap())
        .collect();
    assert!(shown.len() >= 4 && shown.is_sorted_by(|a, b| a >= b), "{shown:?}");
    assert!(lines.iter().any(|line| line.contains("by the mean in standard errors")));
}

/// The text files of a folder.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = |path: std::path::PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path.display().to_string(), text))
    };
    entries.filter(|path| path.is_file()).filter_map(named).collect()
}
