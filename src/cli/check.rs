//! `replayer check`: validates scenarios and reports every problem.

mod games;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value as Json, json};

use super::console::Console;
use super::given::Output;
use crate::backtest::scenario::{ScenarioError, SourceSpec, Space, unfillable};
use crate::backtest::sweep::SweepPlan;
use crate::base::decimals::counted;
use crate::base::document::{Problem, Value};
use crate::base::error::{Error, ErrorKind};
use crate::base::printable;
use crate::engine::strategy::Strategies;
use crate::model::setup::Bankroll;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer check my-scenario.ron
  replayer check scenarios/*.ron
  replayer check quickstart --json";

/// Check scenarios without running them: every problem at once, with its line and column
///
/// Opens the games as `run` and `sweep` do: recordings and seeds are read. Files that cannot be
/// read, and what else is in a folder, are told on stderr, as these commands tell it.
///
/// Also says which orders can never be filled: a stake beyond the limits of the rules or the
/// bankroll, a tick or a latency beyond any game. Exit code 0 when all are fit to run, 2 otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Scenario files, or names of built-in scenarios (such as quickstart)
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let mut documents = Vec::new();
    let mut fit = true;
    for path in &args.scenarios {
        let read = Space::open(path, strategies).and_then(|space| games::playable(path, space));
        fit &= read.is_ok();
        let path = printable::path(path);
        match read {
            read if args.output.json => documents.push(document(&path, &read)),
            Ok(space) => {
                console.print(format_args!("{path}: ok, {}", summary(&space)))?;
                for never in unfillable(&space) {
                    console.print(format_args!("{path}: never filled: {never}"))?;
                }
                if let Some(warning) = holdout_warning(&space) {
                    console.print(format_args!("{path}: warning: {warning}"))?;
                }
            }
            Err(error) => console.print(error)?,
        }
    }
    if args.output.json {
        console.print_json(&json!({ "scenarios": documents }))?;
    }
    Ok(if fit { ExitCode::SUCCESS } else { ErrorKind::Usage.exit_code().into() })
}

/// A scenario in one line: `4 bots on 1000 generated games, 0.1 SOL per game, seed 42`.
fn summary(space: &Space) -> String {
    let scenario = &space.first;
    let bots = counted(scenario.bots.len(), "bot");
    let source = match &scenario.source {
        SourceSpec::Generated { games } => counted(*games, "generated game"),
        SourceSpec::Recordings { path, .. } => format!("recordings in {}", path.display()),
        SourceSpec::Seeds { path } => format!("seeds in {}", path.display()),
        SourceSpec::Feed { url } => format!("the feed at {url}"),
        SourceSpec::Browser { url } => format!("the page at {url}"),
    };
    let start = scenario.setup.bankroll.start().show();
    let money = match scenario.setup.bankroll {
        Bankroll::PerGame(_) => format!("{start} SOL per game"),
        Bankroll::Lives { games, .. } => {
            format!("{start} SOL for lives of {}", counted(games.get(), "game"))
        }
        Bankroll::Compounding(_) => format!("{start} SOL, carried over"),
    };
    let variants = match space.variants.len() {
        1 => String::new(),
        many => format!("{many} variants of "),
    };
    format!("{}: {variants}{bots} on {source}, {money}, seed {}", scenario.name, scenario.seed)
}

/// What a sweep of it could not show.
fn holdout_warning(space: &Space) -> Option<String> {
    let SourceSpec::Generated { games } = space.first.source else { return None };
    SweepPlan::new(space, games).ok()?.holdout_warning()
}

/// What can be read and is likely a mistake, with its place, and what has none.
fn warnings(space: &Space) -> Vec<Problem> {
    let holdout = holdout_warning(space).map(|what| Problem { line: 0, column: 0, what });
    space.first.warnings.iter().cloned().chain(holdout).collect()
}

fn document(path: &str, read: &Result<Space, ScenarioError>) -> Json {
    let never = read.as_ref().map(unfillable).unwrap_or_default();
    let space = read.as_ref().ok();
    let problems = read.as_ref().err().map_or(&[][..], |error| &error.problems);
    json!({
        "path": path,
        "ok": read.is_ok(),
        "name": space.map(|space| space.first.name.as_str()),
        "variants": space.map(|space| space.variants.len()),
        "problems": problems,
        "warnings": space.map(warnings).unwrap_or_default(),
        "never_filled": never,
    })
}
