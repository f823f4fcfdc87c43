//! `replayer run`: plays a scenario and prints the results.

mod details;
mod exits;
mod format;
mod lives;
mod performance;
mod refusals;
mod sample;
pub(super) mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use indicatif::ProgressBar;
use serde::Serialize;
use tracing::info;

use super::console::Console;
use super::given::{Given, Output};
use super::interrupt;
use crate::backtest::run::drawn::{Keep, Wanted};
use crate::backtest::run::folder::{Contents, Format, RunFolder};
use crate::backtest::run::inputs::{self, Inputs};
use crate::backtest::run::recorder::{Finished, RunDocument, RunRecorder};
use crate::backtest::run::{self, Drive, RunExecution};
use crate::backtest::scenario::Scenario;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::HeldFolder;
use crate::bench::time_on_the_wall;
use crate::cli::settings::Flags;
use crate::engine::Lineup;
use crate::engine::collector::{Collector, Ending};
use crate::engine::driver::{Gaps, Pacing, SPEED_MAX, SPEED_MIN};
use crate::engine::journal::GameRecord;
use crate::engine::strategy::Strategies;
use crate::model::setup::Setup;
use performance::Performance;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer run quickstart                    a built-in scenario, no file needed
  replayer run my.ron --out results          into a folder of your choice
  replayer run my.ron --out results --resume continue after an interruption, a crash or a full disk
  replayer run my.ron --json --no-journal    JSON, without a folder
  replayer run my.ron --details              every figure: counts, tails, drawdowns, ruin
  replayer run my.ron --pace 10              ten times as fast as the real game
  replayer run my.ron --parquet --ticks      for DuckDB, Polars and pandas, with every tick
  replayer run my.ron --keep-prices best,17  so that `replayer report` can draw these games

Exit codes:
  0 done   2 the command line or the scenario is wrong   3 input or output failed
  130 interrupted; everything written so far is intact";

/// Play a scenario: every game against every bot
///
/// Prints a table with the results of each bot and writes a folder with the scenario, every
/// posting, one row per game and bot, and a summary. The same scenario over the same inputs writes
/// the same bytes, on any number of threads. After an interruption (Ctrl-C) everything written so
/// far is intact.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario file, or the name of a built-in scenario
    scenario: String,
    /// Folder to write; must not exist or be empty [default: the next free runs/NAME-NNN]
    #[arg(long, value_name = "DIR", conflicts_with = "no_journal")]
    out: Option<PathBuf>,
    /// Continue the run in --out, however it ended; give the same arguments otherwise
    #[arg(long, requires = "out", conflicts_with = "pace")]
    resume: bool,
    /// Do not write a folder
    #[arg(long)]
    no_journal: bool,
    /// Write games, postings and refusals as Parquet, for DuckDB, Polars and pandas, instead of
    /// CSV
    #[arg(long, conflicts_with = "no_journal")]
    parquet: bool,
    /// Also write the ticks of every game
    #[arg(long, conflicts_with = "no_journal")]
    ticks: bool,
    /// Games whose prices are kept, besides the most eventful one, so that `replayer report --game`
    /// can draw them: `best`, `worst`, `first`, numbers or names
    #[arg(
        long,
        value_name = "GAMES",
        value_delimiter = ',',
        default_value = "best,worst",
        conflicts_with_all = ["no_journal", "ticks"]
    )]
    keep_prices: Vec<Wanted>,
    #[command(flatten)]
    output: Output,
    /// Print every figure, not only the decisive ones
    #[arg(long, conflicts_with = "json")]
    details: bool,
    /// Number of threads, each with its own games [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Play in lockstep, with N tables per thread [default: game by game, which is faster]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    tables: Option<u16>,
    /// Speed: `max`, or a factor of the real game's (0.1 to 100), one game at a time
    #[arg(
        long,
        value_name = "SPEED",
        default_value = "max",
        value_parser = pacing,
        conflicts_with_all = ["threads", "tables"]
    )]
    pace: Pacing,
}

/// Runs the command.
///
/// # Errors
/// When the scenario is wrong, something cannot be read or written, or the run is interrupted.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    given: &Given,
    console: Console,
) -> Result<ExitCode, Error> {
    let runs = given.load(Flags::new())?.settings.paths.runs();
    let scenario = Scenario::open(Path::new(&args.scenario), strategies)?;
    let (playlist, inputs) = inputs::open(&scenario)?;
    let execution = execution(args, &scenario.setup, playlist.games());
    let stop = interrupt::stop_flag();
    let lineup = Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies };
    let folder =
        if args.no_journal { None } else { Some(open_folder(args, &runs, (&scenario, &inputs))?) };
    let playlist = Arc::new(playlist);
    let recorder = RunRecorder::new(&scenario, (playlist.clone(), &inputs), folder)?;
    let mut shown = Shown { recorder, progress: console.progress(playlist.games(), "games") };
    let (took, ending) =
        time_on_the_wall(|| run::run(lineup, playlist, execution, stop, &mut shown));
    let Shown { mut recorder, progress } = shown;
    progress.finish_and_clear();
    let Finished { ending, assessment, folder } = recorder.finish(ending)?;
    let written = folder.map(HeldFolder::release);
    let document = RunDocument { assessment: &assessment, inputs: &inputs.counts };
    let performance = Performance::new(&assessment, took, written.as_deref());
    if args.output.json {
        console.print_json(&Printed { document, performance })?;
    } else {
        console.print(table::render(&document, args.details))?;
    }
    if let Some(path) = &written {
        info!("journal written to {}, {}", path.display(), performance.size());
    }
    info!("{performance}");
    match ending {
        Ending::Complete => Ok(ExitCode::SUCCESS),
        Ending::Interrupted => {
            let what = format!("interrupted after {}", counted(assessment.games, "game"));
            let error = Error::new(ErrorKind::Interrupted, what);
            Err(match written {
                Some(path) => error.hint(format!(
                    "what was written so far is intact; continue with --out {} --resume",
                    path.display()
                )),
                None => error,
            })
        }
    }
}

/// The JSON document: the folder's summary, and the speed of the run.
#[derive(Debug, Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    document: RunDocument<'a>,
    performance: Performance,
}

/// Hands games to the recorder and shows the progress.
struct Shown<'a> {
    recorder: RunRecorder<'a>,
    progress: ProgressBar,
}

impl Collector for Shown<'_> {
    fn keeps_postings(&self) -> bool {
        self.recorder.keeps_postings()
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.progress.inc(1);
        self.recorder.collect(game)
    }
}

fn execution(args: &Args, setup: &Setup, games: u64) -> RunExecution {
    let fastest = RunExecution::fastest(setup, games);
    if args.pace != Pacing::Max {
        return RunExecution { threads: 1, drive: Drive::Ticks { tables: 1, pacing: args.pace } };
    }
    let staged = |tables| Drive::Ticks { tables: usize::from(tables), pacing: Pacing::Max };
    RunExecution {
        threads: args.threads.map_or(fastest.threads, usize::from),
        drive: args.tables.map_or(fastest.drive, staged),
    }
}

/// The requested folder, or the next free `NAME-NNN` in the folder of runs.
fn open_folder(
    args: &Args,
    runs: &Path,
    (scenario, inputs): (&Scenario, &Inputs),
) -> Result<RunFolder, Error> {
    let bots = scenario.bots.iter().map(|bot| bot.id.to_string()).collect();
    let path = args.out.clone().unwrap_or_else(|| free_folder(runs, &scenario.name));
    let format = if args.parquet { Format::Parquet } else { Format::Csv };
    let keep = (!args.ticks).then(|| Keep::these(args.keep_prices.iter().cloned()));
    let contents = Contents { format, ticks: args.ticks, keep };
    if args.resume {
        return RunFolder::resume(&path, &scenario.text, (bots, contents), inputs);
    }
    RunFolder::create(&path, &scenario.text, bots, contents)
}

/// The next free `NAME-NNN` in the folder of runs.
pub(super) fn free_folder(runs: &Path, name: &str) -> PathBuf {
    let free = |number: &u32| !numbered(runs, name, *number).exists();
    numbered(runs, name, (1..).find(free).unwrap_or(u32::MAX))
}

fn numbered(runs: &Path, name: &str, number: u32) -> PathBuf {
    let safe = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = name.chars().map(safe).collect();
    runs.join(format!("{name}-{number:03}"))
}

fn pacing(text: &str) -> Result<Pacing, String> {
    if text == "max" {
        return Ok(Pacing::Max);
    }
    let speed: f64 = text
        .trim_end_matches('x')
        .parse()
        .map_err(|_| "give `max` or a number from 0.1 to 100".to_owned())?;
    if (SPEED_MIN..=SPEED_MAX).contains(&speed) {
        Ok(Pacing::Realtime { speed, gaps: Gaps::Recorded })
    } else {
        Err(format!("{speed} is outside {SPEED_MIN} to {SPEED_MAX}"))
    }
}
