//! `replayer strategies`: what bots can play, and what can be set of it, from the code itself.

use std::process::ExitCode;

use serde_json::{Value as Json, json};

use super::console::Console;
use super::layout;
use crate::base::document::one_of;
use crate::base::error::Error;
use crate::engine::strategy::Strategies;
use crate::engine::strategy::registry::StrategyKind;

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer strategies
  replayer strategies Conservative
  replayer strategies --json";

/// List the strategies that bots can play, with their parameters, defaults and units
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Only this strategy
    name: Option<String>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When there is no strategy of the name, or stdout cannot be written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let kinds: Vec<&dyn StrategyKind> = match &args.name {
        None => strategies.iter().collect(),
        Some(name) => vec![named(name, strategies)?],
    };
    if args.json {
        let documents: Vec<Json> = kinds.into_iter().map(document).collect();
        console.print_json(&json!({ "strategies": documents }))?;
    } else {
        let described: Vec<String> = kinds.into_iter().map(describe).collect();
        console.print(described.join("\n\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn named<'a>(name: &str, strategies: &'a Strategies) -> Result<&'a dyn StrategyKind, Error> {
    strategies.get(name).ok_or_else(|| {
        let known: Vec<&str> = strategies.iter().map(StrategyKind::name).collect();
        Error::usage(format!("there is no strategy `{name}`{}", one_of(name, &known)))
    })
}

fn document(kind: &dyn StrategyKind) -> Json {
    let params = kind.params().into_iter().map(|param| {
        json!({
            "name": param.name,
            "default": param.default,
            "unit": param.unit,
            "about": param.about,
        })
    });
    let params: Vec<Json> = params.collect();
    json!({ "name": kind.name(), "about": kind.about(), "params": params })
}

fn describe(kind: &dyn StrategyKind) -> String {
    let heading = format!("{}: {}", kind.name(), kind.about());
    let params = kind.params();
    if params.is_empty() {
        return format!("{heading}\n  (no parameters)");
    }
    let mut table = layout::table(&[]);
    for param in params {
        let setting = format!("{}: {}", param.name, param.default);
        table.add_row([String::new(), setting, param.unit.to_owned(), param.about.to_owned()]);
    }
    format!("{heading}\n{}", table.trim_fmt())
}
