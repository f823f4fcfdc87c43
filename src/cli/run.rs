//! `replayer run`: plays a scenario and says what came of it.

mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;
use serde::Serialize;
use tracing::{info, warn};

use super::console::Console;
use crate::driver::{Gaps, Pacing, SPEED_MAX, SPEED_MIN};
use crate::engine::Lineup;
use crate::error::{Error, Kind};
use crate::house::House;
use crate::journal::GameRecord;
use crate::report::Summary;
use crate::run::folder::{self, FORMAT, Folder, Manifest};
use crate::run::inputs::{self, Inputs};
use crate::run::{self, Collector, Drive, Ending, Execution};
use crate::scenario::Scenario;
use crate::strategy::Strategies;
use crate::streams;

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer run quickstart                    a built-in scenario, no file needed
  replayer run my.ron --out results          into a folder of your choice
  replayer run my.ron --json --no-journal    for machines, writing nothing
  replayer run my.ron --pace 10              ten times as fast as the real game

Exit codes:
  0 done   2 the command line or the scenario is wrong   3 input or output failed
  130 interrupted; everything written so far is whole";

/// Play a scenario: every game against every bot
///
/// Prints a table of what each bot did and writes a folder with the scenario, every posting, one
/// row per game and bot, and a summary. The same scenario over the same inputs writes the same
/// bytes, on any number of threads. Interrupt it (Ctrl-C) and what was written so far is whole.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario file, or the name of a built-in scenario
    scenario: String,
    /// Folder to write; must not exist or be empty [default: the next free runs/NAME-NNN]
    #[arg(long, value_name = "DIR", conflicts_with = "no_journal")]
    out: Option<PathBuf>,
    /// Write no folder
    #[arg(long)]
    no_journal: bool,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
    /// Threads side by side, each with games of its own [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Play in lockstep, at so many tables per thread [default: game by game, which is faster]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    tables: Option<u16>,
    /// `max`, or so many times as fast as the real game (0.1 to 100), one game at a time
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
    console: Console,
) -> Result<ExitCode, Error> {
    let scenario = Scenario::open(Path::new(&args.scenario), strategies)?;
    let (playlist, inputs) = inputs::open(&scenario)?;
    let execution = execution(args, &scenario.house, playlist.games());
    let stop = stop_on_interrupt();
    let lineup = Lineup { house: &scenario.house, players: &scenario.bots, strategies };
    let folder = if args.no_journal { None } else { Some(open_folder(args, &scenario)?) };
    let mut recorder = Recorder {
        summary: Summary::new(
            &scenario.name,
            scenario.seed,
            scenario.bots.iter().map(|bot| (bot.group.as_str(), bot.id.as_str(), bot.strategy)),
        ),
        folder,
        progress: console.progress(playlist.games(), "games"),
    };
    recorder.write_manifest(&scenario, &inputs, "running")?;
    let ending = run::run(lineup, Arc::new(playlist), execution, stop, &mut recorder);
    recorder.progress.finish_and_clear();
    let ending = ending?;
    recorder.write_manifest(&scenario, &inputs, folder::status(ending))?;
    let Recorder { summary, folder, .. } = recorder;
    let document = Document { summary: &summary, inputs: &inputs.counts };
    let written = folder.map(|folder| folder.finish(&document)).transpose()?;
    if args.json {
        console.print_json(&document)?;
    } else {
        console.print(table::render(&summary, &scenario))?;
    }
    if let Some(path) = written {
        info!("journal written to {}", path.display());
    }
    match ending {
        Ending::Complete => Ok(ExitCode::SUCCESS),
        Ending::Interrupted => {
            let what = format!("interrupted after {} games", summary.games);
            Err(Error::new(Kind::Interrupted, what).hint("what was written so far is whole"))
        }
    }
}

/// The JSON document of a run: the summary, and the bad input.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
    inputs: &'a inputs::Counts,
}

/// Takes the games of the run, in order: counts them, writes them, shows how far it is.
struct Recorder {
    summary: Summary,
    folder: Option<Folder>,
    progress: ProgressBar,
}

impl Recorder {
    fn write_manifest(
        &self,
        scenario: &Scenario,
        inputs: &Inputs,
        status: &'static str,
    ) -> Result<(), Error> {
        let Some(folder) = &self.folder else { return Ok(()) };
        folder.write_manifest(&Manifest {
            format: FORMAT,
            replayer: env!("CARGO_PKG_VERSION"),
            scenario: &scenario.name,
            seed: scenario.seed,
            rules: format!("{:?}", scenario.house.rules),
            bankroll: format!("{:?}", scenario.house.bankroll),
            streams: streams::ALGORITHM,
            status,
            games: self.summary.games,
            digest: &self.summary.digest,
            inputs,
        })
    }
}

impl Collector for Recorder {
    fn keeps_postings(&self) -> bool {
        self.folder.is_some()
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.summary.add(&game);
        self.progress.inc(1);
        match &mut self.folder {
            Some(folder) => folder.write(&game),
            None => Ok(()),
        }
    }
}

fn execution(args: &Args, house: &House, games: u64) -> Execution {
    let fastest = Execution::fastest(house, games);
    if args.pace != Pacing::Max {
        return Execution { threads: 1, drive: Drive::Staged { tables: 1, pacing: args.pace } };
    }
    let staged = |tables| Drive::Staged { tables: usize::from(tables), pacing: Pacing::Max };
    Execution {
        threads: args.threads.map_or(fastest.threads, usize::from),
        drive: args.tables.map_or(fastest.drive, staged),
    }
}

/// The folder asked for, or the next free `runs/NAME-NNN` under the working directory.
fn open_folder(args: &Args, scenario: &Scenario) -> Result<Folder, Error> {
    let bots = scenario.bots.iter().map(|bot| bot.id.to_string()).collect();
    let path = args.out.clone().unwrap_or_else(|| {
        let free = |number: &u32| !numbered(&scenario.name, *number).exists();
        numbered(&scenario.name, (1..).find(free).unwrap_or(u32::MAX))
    });
    Folder::create(&path, &scenario.text, bots)
}

fn numbered(name: &str, number: u32) -> PathBuf {
    let safe = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = name.chars().map(safe).collect();
    Path::new("runs").join(format!("{name}-{number:03}"))
}

/// A flag that the first Ctrl-C (or SIGTERM) raises; the second one ends the process at once.
fn stop_on_interrupt() -> &'static AtomicBool {
    static STOP: AtomicBool = AtomicBool::new(false);
    let handler = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Kind::Interrupted.exit_code()));
        }
    });
    if let Err(error) = handler {
        warn!("Ctrl-C will end the run at once: {error}");
    }
    &STOP
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
