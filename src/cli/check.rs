//! `replayer check`: validates scenarios and reports every problem.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value as Json, json};

use super::console::Console;
use super::given::Output;
use crate::backtest::scenario::{ScenarioError, SourceSpec, Space};
use crate::backtest::sweep::SweepPlan;
use crate::base::document::Value;
use crate::base::error::{Error, ErrorKind};
use crate::engine::strategy::Strategies;
use crate::feed::record;
use crate::model::setup::Bankroll;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer check my-scenario.ron
  replayer check scenarios/*.ron
  replayer check quickstart --json";

/// Check scenarios without running them: every problem at once, with its line and column
///
/// Exit code 0 when all are fit to run, 2 otherwise.
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
        let read = Space::open(path, strategies);
        fit &= read.is_ok();
        let path = path.display();
        match read {
            read if args.output.json => documents.push(document(&path.to_string(), &read)),
            Ok(space) => {
                console.print(format_args!("{path}: ok, {}", summary(&space)))?;
                for warning in warnings(&space) {
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
    let bots = match scenario.bots.len() {
        1 => "1 bot".to_owned(),
        many => format!("{many} bots"),
    };
    let source = match &scenario.source {
        SourceSpec::Generated { games: 1 } => "1 generated game".to_owned(),
        SourceSpec::Generated { games } => format!("{games} generated games"),
        SourceSpec::Recordings { path, .. } => format!("recordings in {}", path.display()),
        SourceSpec::Seeds { path } => format!("seeds in {}", path.display()),
        SourceSpec::Feed { url } => format!("the feed at {}", record::public_source(url)),
        SourceSpec::Browser { url } => format!("the page at {}", record::public_source(url)),
    };
    let start = scenario.setup.bankroll.start().show();
    let money = match scenario.setup.bankroll {
        Bankroll::PerGame(_) => format!("{start} SOL per game"),
        Bankroll::Lives { games, .. } => format!("{start} SOL for lives of {games} games"),
        Bankroll::Compounding(_) => format!("{start} SOL, carried over"),
    };
    let variants = match space.variants.len() {
        1 => String::new(),
        many => format!("{many} variants of "),
    };
    format!("{}: {variants}{bots} on {source}, {money}, seed {}", scenario.name, scenario.seed)
}

/// What a sweep of it could not show.
fn warnings(space: &Space) -> Vec<String> {
    let SourceSpec::Generated { games } = space.first.source else { return Vec::new() };
    let plan = SweepPlan::new(space, games).ok();
    plan.and_then(|plan| plan.holdout_warning()).into_iter().collect()
}

fn document(path: &str, read: &Result<Space, ScenarioError>) -> Json {
    let problems: Vec<Json> = match read {
        Ok(_) => Vec::new(),
        Err(error) => {
            let problem = error.problems.iter();
            problem
                .map(|it| json!({"line": it.line, "column": it.column, "what": it.what}))
                .collect()
        }
    };
    let name = read.as_ref().ok().map(|space| space.first.name.as_str());
    let variants = read.as_ref().ok().map(|space| space.variants.len());
    json!({
        "path": path, "ok": read.is_ok(), "name": name, "variants": variants,
        "problems": problems, "warnings": read.as_ref().map_or_else(|_| Vec::new(), warnings),
    })
}
