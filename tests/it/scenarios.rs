//! Scenarios: what they say when they are right, and everything that is wrong when they are not.

mod choices;
mod command;
mod documented;
mod files;
mod parameters;
mod problems;
mod repaired;
mod robust;

use std::path::Path;

use replayer::backtest::scenario::{Scenario, ScenarioError};
use replayer::engine::strategy::Strategies;

/// A scenario without a fault; each line but the first and last is one field.
const VALID: &str = r#"Scenario(
    name: "classics",
    seed: 42,
    source: Generated(games: 10),
    rules: Observed,
    bankroll: PerGame(0.1),
    bots: [(id: "a", strategy: Conservative())],
)
"#;

fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(text, Path::new("."), None, &Strategies::standard())
}

/// The valid scenario with one field written otherwise, in the same line.
fn with(field: &str, value: &str) -> String {
    let lines = VALID.lines().map(|line| match line.trim().strip_prefix(field) {
        Some(rest) if rest.starts_with(':') => format!("    {field}: {value},"),
        _ => line.to_owned(),
    });
    let text: Vec<String> = lines.collect();
    assert!(VALID.contains(&format!("\n    {field}:")), "{field} is not in the scenario");
    text.join("\n")
}

/// The problems of a text, each as `line:column: what`.
fn problems(text: &str) -> Vec<String> {
    match parse(text) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems.iter().map(ToString::to_string).collect(),
    }
}
