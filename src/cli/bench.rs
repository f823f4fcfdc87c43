//! `replayer bench`: the engine beside a plain loop, on this machine, now.

use std::path::Path;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use serde::Serialize;
use serde_json::json;

use super::console::Console;
use super::given::Output;
use super::layout;
use crate::backtest::run::inputs;
use crate::backtest::scenario::Scenario;
use crate::base::decimals::counted;
use crate::base::error::Error;
use crate::bench::own::{self, Speed};
use crate::bench::{Effort, Figure, Reach, WORKLOADS};
use crate::engine::Lineup;
use crate::engine::strategy::Strategies;

const HEADER: [&str; 5] = ["what", "M ticks/s", "against", "ratio", "reach"];

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer bench
  replayer bench --quick --only w1 --only crowd
  replayer bench my.ron                       the games and bots of your scenario
  replayer bench --json

Measure with the profile `dist`, which optimises across crates:
  cargo run --profile dist -- bench
docs/measurements/build.md has how much slower a `--release` build is.";

/// Measure the engine against a plain loop on this machine
///
/// Without a scenario: runs the workloads and compares them with the engine's targets. With one:
/// measures the ticks per second of its bots on its first games.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario file, or the name of a built-in scenario, instead of the workloads
    #[arg(conflicts_with = "only")]
    scenario: Option<String>,
    #[command(flatten)]
    output: Output,
    /// Measure this workload only (may be given more than once)
    #[arg(long, value_name = "NAME", value_parser = names())]
    only: Vec<String>,
    /// Measure a fifth of the work in fewer laps: fast and rough
    #[arg(long)]
    quick: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    quick: bool,
    figures: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    figure: &'a Figure,
    ratio: Option<f64>,
    reached: Option<bool>,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(WORKLOADS.iter().map(|workload| workload.name))
}

/// Runs the command.
///
/// # Errors
/// When the scenario cannot be played, or stdout cannot be written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let effort = if args.quick { Effort::QUICK } else { Effort::FULL };
    if let Some(scenario) = &args.scenario {
        return measure_own(Path::new(scenario), effort, args, (strategies, console));
    }
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|o| o == name);
    let mut figures = Vec::new();
    let progress = console.progress(WORKLOADS.len() as u64, "workloads");
    for workload in WORKLOADS.iter().filter(|workload| wanted(workload.name)) {
        progress.set_message(workload.name);
        figures.extend((workload.measure)(effort));
        progress.inc(1);
    }
    progress.finish_and_clear();
    if args.output.json {
        let figures = figures.iter().map(|figure| Line {
            figure,
            ratio: figure.ratio(),
            reached: figure.reached(),
        });
        let (version, quick) = (env!("CARGO_PKG_VERSION"), args.quick);
        console.print_json(&Document { version, quick, figures: figures.collect() })?;
    } else {
        console.print(render(&figures))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures a scenario given by the user.
fn measure_own(
    scenario: &Path,
    effort: Effort,
    args: &Args,
    (strategies, console): (&Strategies, Console),
) -> Result<ExitCode, Error> {
    let scenario = Scenario::open(scenario, strategies)?;
    let (playlist, _) = inputs::open(&scenario)?;
    let lineup = Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies };
    let (games, speeds) = own::measure(lineup, playlist, effort);
    if args.output.json {
        console.print_json(&json!({
            "version": env!("CARGO_PKG_VERSION"),
            "quick": args.quick,
            "scenario": scenario.name,
            "games": games,
            "bots": scenario.bots.len(),
            "speeds": speeds,
        }))?;
    } else {
        console.print(render_own(&scenario, games, &speeds))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn render_own(scenario: &Scenario, games: u64, speeds: &[Speed]) -> String {
    let mut table = layout::table(&["what", "M ticks/s", "M bot-ticks/s", "against", "ratio"]);
    for speed in speeds {
        table.add_row([
            speed.what.clone(),
            millions(speed.ticks_per_s),
            millions(speed.bot_ticks_per_s),
            speed.baseline_ticks_per_s.map_or_else(String::new, millions),
            speed.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        ]);
    }
    layout::right(&mut table, 1..5);
    format!(
        "{}: {} on {}\n\n{}\n\nBest of several laps, both sides alternating, in \
         real time; both sides gave the same digest.",
        scenario.name,
        counted(scenario.bots.len(), "bot"),
        counted(games, "game"),
        table
    )
}

fn render(figures: &[Figure]) -> String {
    let mut table = layout::table(&HEADER);
    for figure in figures {
        table.add_row([
            figure.what.clone(),
            millions(figure.ticks_per_s),
            figure.baseline_ticks_per_s.map_or_else(String::new, millions),
            figure.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            reach(figure),
        ]);
    }
    layout::right(&mut table, 1..HEADER.len());
    let missed = figures.iter().filter(|figure| figure.reached() == Some(false)).count();
    let advice = match missed {
        0 => "All targets reached.".to_owned(),
        _ => format!("Targets missed: {missed}; two threads need two idle cores."),
    };
    format!(
        "{table}\n\n{advice}\n\
         Best of several laps, both sides alternating, in CPU time (threads: real time); both \
         sides gave the same digest.\nA tick of a table with 1000 bots counts 1000 times. \
         Allocations are counted by `cargo test --test allocations`."
    )
}

fn millions(ticks_per_s: f64) -> String {
    format!("{:.2}", ticks_per_s / 1e6)
}

fn reach(figure: &Figure) -> String {
    let asked = match figure.reach {
        Reach::Open => return "-".to_owned(),
        Reach::Rate(least) => format!("{:.1} M/s", least / 1e6),
        Reach::Ratio(least) => format!("{least}"),
    };
    let verdict = if figure.reached() == Some(true) { "ok" } else { "MISSED" };
    format!("{asked} {verdict}")
}
