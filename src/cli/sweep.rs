//! `replayer sweep`: every variant of a scenario on the same games.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use serde_json::json;
use tracing::warn;

use super::console::Console;
use super::given::{Given, Output};
use super::interrupt;
use super::layout;
use super::run::free_folder;
use crate::backtest::run::inputs::{self, Inputs};
use crate::backtest::scenario::Space;
use crate::backtest::sweep::folder::{SweepFolder, SweepManifest};
use crate::backtest::sweep::{Sweep, SweepPart, SweepPlan, finish, play_shards};
use crate::base::error::{Error, ErrorKind};
use crate::cli::settings::Flags;
use crate::engine::collector::Ending;
use crate::engine::source::Playlist;
use crate::engine::strategy::Strategies;

/// Maximum number of rows kept with `--rows auto`.
const ROWS_KEPT: u64 = 1_000_000;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer sweep sweep-conservative                 a built-in scenario, no file needed
  replayer sweep my.ron --out results               into a folder of your choice
  replayer sweep my.ron --out results --resume      continue after an interruption
  replayer sweep my.ron --list                      the variants, without playing
  replayer sweep my.ron --cell 17 > cell.ron        one of them as a scenario to run
  replayer sweep my.ron --shard 0/4 --out part-0    a quarter of it, to be merged with the others

Exit codes:
  0 done   2 the command line or the scenario is wrong   3 input or output failed
  130 interrupted; continue with --resume";

/// Play every variant of a scenario on the same games, and report which differences exceed luck
///
/// A scenario's values may be written as choices: Grid([5, 10]), Range(from: 5, to: 25, step: 5),
/// Uniform(1.1, 5.0), LogUniform(0.001, 0.100). Prints the best variants with their intervals and
/// whether the best one exceeds the luckiest, and writes a folder. The same scenario over the
/// same inputs writes the same bytes, on any number of threads, in one piece or in parts.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario file, or the name of a built-in scenario
    scenario: PathBuf,
    /// Folder to write; must not exist or be empty [default: the next free runs/NAME-NNN]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Continue the sweep in --out: only missing shards are played
    #[arg(long, requires = "out")]
    resume: bool,
    /// Play only this part of the shards (0/N to N-1/N), to be merged with the others
    #[arg(long, value_name = "I/N")]
    shard: Option<SweepPart>,
    /// Keep one row per game, variant and bot, as Parquet
    #[arg(long, value_name = "WHICH", default_value = "auto", value_parser = ["auto", "all", "none"])]
    rows: String,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print the variants without playing them
    #[arg(long, conflicts_with_all = ["out", "shard", "cell"])]
    list: bool,
    /// Print the scenario of one variant without playing it
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["out", "shard", "json"])]
    cell: Option<u64>,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
///
/// # Errors
/// When the scenario is wrong, something cannot be read or written, or the sweep is interrupted.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    given: &Given,
    console: Console,
) -> Result<ExitCode, Error> {
    let runs = given.load(Flags::new())?.settings.paths.runs();
    let space = Space::open(&args.scenario, strategies)?;
    let (playlist, inputs) = inputs::open(&space.first)?;
    let plan = SweepPlan::new(&space, playlist.games())?;
    if args.list {
        return list(&space, args.output.json, console);
    }
    if let Some(cell) = args.cell {
        return print_cell(&space, &plan, cell, console);
    }
    if let Some(warning) = plan.holdout_warning() {
        warn!("{warning}");
    }
    let folder = open_folder(args, &runs, &space, (plan, inputs))?;
    if !folder.missing()?.is_empty() {
        play(args, (&space, strategies), playlist, (&folder, console))?;
    }
    let Some(findings) = finish(folder.clone(), &space)? else {
        return part_is_done(&folder, args.output.json, console);
    };
    super::outcome::print(&findings, folder.path(), args.output.json, console)
}

fn open_folder(
    args: &Args,
    runs: &Path,
    space: &Space,
    (plan, inputs): (SweepPlan, Inputs),
) -> Result<SweepFolder, Error> {
    let bots: u64 = space.variants.iter().map(|variant| variant.bots.len() as u64).sum();
    let few = plan.games.checked_mul(bots).is_some_and(|rows| rows <= ROWS_KEPT);
    let mut manifest = SweepManifest::new(space, plan, inputs);
    manifest.rows = args.rows == "all" || (args.rows == "auto" && few);
    manifest.part = args.shard.filter(|part| part.of > 1);
    if let Some(SweepPart { of, .. }) = manifest.part
        && of > manifest.plan.shards
    {
        let shards = manifest.plan.shards;
        return Err(Error::usage(format!("{of} parts of {shards} shards: some would be empty"))
            .hint(format!("give --shard I/N with at most {shards} parts")));
    }
    match &args.out {
        Some(path) if args.resume => SweepFolder::resume(path, &manifest),
        Some(path) => SweepFolder::create(path, manifest, &space.first.text),
        None => {
            SweepFolder::create(&free_folder(runs, &space.first.name), manifest, &space.first.text)
        }
    }
}

/// Plays the shards that the folder lacks.
fn play(
    args: &Args,
    (space, strategies): (&Space, &Strategies),
    playlist: Playlist,
    (folder, console): (&SweepFolder, Console),
) -> Result<(), Error> {
    let plan = &folder.manifest().plan;
    let missing = folder.missing()?;
    let games: u64 =
        missing.iter().map(|&shard| plan.shard(shard)).map(|it| it.end - it.start).sum();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.map_or(cores, usize::from).min(missing.len());
    let progress = console.progress(games * space.variants.len() as u64, "games");
    let sweep = Sweep { space, strategies, playlist: Arc::new(playlist), folder };
    let ending = play_shards(&sweep, threads, interrupt::stop_flag(), &|games| progress.inc(games));
    progress.finish_and_clear();
    match ending? {
        Ending::Complete => Ok(()),
        Ending::Interrupted => {
            let shards = folder.shards();
            let (all, left) = (shards.end - shards.start, folder.missing()?.len() as u64);
            let what = format!("interrupted after {} of {all} shards", all - left);
            Err(Error::new(ErrorKind::Interrupted, what).hint(format!(
                "continue with `replayer sweep {} --out {} --resume`",
                args.scenario.display(),
                folder.path().display()
            )))
        }
    }
}

fn part_is_done(folder: &SweepFolder, json: bool, console: Console) -> Result<ExitCode, Error> {
    let shards = folder.shards();
    let SweepPart { index, of } = folder.manifest().part.unwrap_or(SweepPart::WHOLE);
    if json {
        console.print_json(&json!({
            "folder": folder.path(), "part": index, "of": of, "shards": [shards.start, shards.end],
        }))?;
    } else {
        console.print(format_args!(
            "part {index}/{of}: shards {} to {} are in {}; `replayer merge` puts the parts together",
            shards.start,
            shards.end - 1,
            folder.path().display()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The scenario of a variant.
fn print_cell(
    space: &Space,
    plan: &SweepPlan,
    cell: u64,
    console: Console,
) -> Result<ExitCode, Error> {
    let variants = space.variants.len() as u64;
    if cell >= variants {
        return Err(Error::usage(format!("unknown cell {cell}: the sweep has {variants}"))
            .hint(format!("give --cell a number from 0 to {}; --list shows them", variants - 1)));
    }
    let games = (plan.holdout_games > 0).then_some(plan.games);
    let text = space.cell(cell, games);
    console.print_as_it_is(text.strip_suffix('\n').unwrap_or(&text))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the variants with their values.
fn list(space: &Space, json: bool, console: Console) -> Result<ExitCode, Error> {
    let names: Vec<&str> = space.dimensions.iter().map(|it| it.name.as_str()).collect();
    let all = (0..space.variants.len() as u64).map(|number| (number, space.values(number)));
    if json {
        let variants: Vec<_> =
            all.map(|(number, values)| json!({ "variant": number, "values": values })).collect();
        console.print_json(&json!({ "dimensions": names, "variants": variants }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let header: Vec<&str> = ["variant"].into_iter().chain(names).collect();
    let mut table = layout::table(&header);
    for (number, values) in all {
        table.add_row([number.to_string()].into_iter().chain(values));
    }
    layout::right(&mut table, 0..header.len());
    console.print(&table)?;
    Ok(ExitCode::SUCCESS)
}
