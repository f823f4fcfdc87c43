//! `replayer strategies`: the strategies that bots can play, with their parameters, from the code.

use std::process::ExitCode;

use serde_json::{Value as Json, json};

use super::console::Console;
use super::given::Output;
use super::layout;
use crate::base::document::one_of;
use crate::base::error::Error;
use crate::engine::strategy::Strategies;
use crate::engine::strategy::registry::StrategyKind;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer strategies
  replayer strategies Conservative
  replayer strategies --json";

/// List the strategies that bots can play, with their parameters, defaults, values and units
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Show only this strategy
    name: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
///
/// # Errors
/// When the strategy is unknown, or stdout cannot be written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let kinds: Vec<&dyn StrategyKind> = match &args.name {
        None => strategies.iter().collect(),
        Some(name) => vec![named(name, strategies)?],
    };
    if args.output.json {
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
        Error::usage(format!("unknown strategy `{name}`{}", one_of(name, &known)))
    })
}

fn document(kind: &dyn StrategyKind) -> Json {
    let params = kind.params().into_iter().map(|param| {
        json!({
            "name": param.name,
            "type": param.type_name,
            "default": param.default,
            "allowed": param.allowed,
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
    let mut table = layout::table(&[]).indented(2);
    for param in params {
        let setting = format!("{}: {}", param.name, param.default);
        let values = match param.allowed {
            Some(allowed) => format!("{}, {allowed}", param.type_name),
            None => param.type_name,
        };
        let (unit, about) = (param.unit.to_owned(), param.about.to_owned());
        table.add_row([setting, values, unit, about]);
    }
    format!("{heading}\n{table}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::strategy::{LifeStart, Strategy, View};
    use crate::model::order::{Action, Actions};

    crate::param_enum! {
        /// What to do after the last step.
        enum AfterLast {
            /// Start over with the first step.
            Restart,
            /// Stay idle until the game ends.
            Stop,
        }
    }

    crate::params! {
        /// One parameter of each sort.
        struct StepsParams {
            /// Acts in the presale
            early: bool = false;
            /// What follows the last step
            after_last: AfterLast = AfterLast::Stop;
            /// Sells after this many ticks
            hold: Option<u32> = None, "ticks", 1..;
            /// Ticks at which it buys
            at: Vec<u32> = vec![5, 10], "ticks", ..=100, length 1..=8;
        }
    }

    #[derive(Clone)]
    struct Steps;

    impl Strategy for Steps {
        type Params = StepsParams;
        const NAME: &'static str = "Steps";
        const ABOUT: &'static str = "Takes steps.";

        fn new(_: &StepsParams, _: LifeStart<'_>) -> Self {
            Self
        }

        fn decide(&mut self, params: &StepsParams, view: &View<'_>) -> impl Into<Actions> {
            let StepsParams { early, after_last, hold, at } = params;
            let over = *after_last == AfterLast::Stop && hold.is_some();
            (*early && !over && at.contains(&view.tick())).then_some(Action::SELL_ALL)
        }
    }

    #[test]
    fn parameters_are_listed_with_type_default_values_and_unit() {
        let strategies = Strategies::none().with::<Steps>();
        let text = describe(strategies.get("Steps").unwrap());
        let words: Vec<String> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            words,
            [
                "Steps: Takes steps.",
                "early: false boolean, one of true, false Acts in the presale",
                "after_last: Stop name, one of Restart, Stop What follows the last step",
                "hold: None whole number or None, at least 1 ticks Sells after this many ticks",
                "at: [5, 10] list of whole numbers, 1 to 8 items, each at most 100 ticks \
                 Ticks at which it buys",
            ]
        );
    }

    #[test]
    fn machines_read_the_same_list() {
        let strategies = Strategies::none().with::<Steps>();
        let document = document(strategies.get("Steps").unwrap());
        let hold = json!({
            "name": "hold",
            "type": "whole number or None",
            "default": "None",
            "allowed": "at least 1",
            "unit": "ticks",
            "about": "Sells after this many ticks",
        });
        assert_eq!(document["params"][2], hold);
        assert_eq!(document["params"][0]["unit"], "");
    }
}
