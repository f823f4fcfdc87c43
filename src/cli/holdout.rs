//! `replayer holdout`: opens the games that a sweep kept back, once.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tracing::info;

use super::console::Console;
use super::given::Output;
use super::interrupt;
use super::outcome;
use crate::backtest::run::inputs;
use crate::backtest::scenario::{SourceSpec, Space};
use crate::backtest::sweep::folder::SweepFolder;
use crate::backtest::sweep::{Sweep, holdout};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::engine::strategy::Strategies;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer holdout results
  replayer holdout results --scenario my.ron      when its games come from files
  replayer holdout results --json";

/// Play the variant that a sweep selected on the games that it kept back, once
///
/// A sweep with `holdout: 0.2` never plays its last games. This plays the best variant and the
/// first one on them, writes holdout.json and logs the opening in holdout.jsonl. A second opening
/// is refused, and logged: a choice made after looking is fitted to these games. Games that are too
/// few for a verdict stay closed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folder of a complete sweep
    folder: PathBuf,
    /// The swept scenario, needed if its source is a relative path
    #[arg(long, value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// Open it again, or although it is too small; logged as forced, and proves nothing
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
///
/// # Errors
/// When the folder is not that of a complete sweep with a holdout, it was opened before, or
/// something cannot be read or written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let folder = SweepFolder::open(&args.folder)?;
    let space = space(args, &folder, strategies)?;
    let (playlist, inputs) = inputs::open(&space.first)?;
    if inputs != folder.manifest().inputs {
        let what = format!("the games of {} are no longer available", args.folder.display());
        return Err(
            Error::new(ErrorKind::Io, what).hint("its input files have changed: restore them")
        );
    }
    let sweep = Sweep { space: &space, strategies, playlist: Arc::new(playlist), folder: &folder };
    let user = std::env::var("USER").ok();
    let Some(opened) = holdout::open(&sweep, args.force, user, interrupt::stop_flag())? else {
        return Err(Error::new(ErrorKind::Interrupted, "interrupted: the opening is logged")
            .hint("open it again with --force"));
    };
    if args.output.json {
        console.print_json(&opened)?;
    } else {
        console.print(outcome::opened(&opened))?;
    }
    info!("written to {}", args.folder.join("holdout.json").display());
    Ok(ExitCode::SUCCESS)
}

/// The scenario as it was swept.
fn space(args: &Args, folder: &SweepFolder, strategies: &Strategies) -> Result<Space, Error> {
    let recorded = folder.path().join("scenario.ron");
    let Some(path) = &args.scenario else {
        let space = Space::recall(&recorded, strategies)?;
        if let SourceSpec::Generated { .. } = space.first.source {
            return Ok(space);
        }
        return Err(Error::usage("the games come from files relative to the scenario's folder")
            .hint("give the swept scenario with --scenario"));
    };
    let space = Space::open(path, strategies)?;
    let text = reading::text(&recorded, reading::RUN_BYTES_MAX)
        .map_err(|source| Error::io("read", &recorded, source))?;
    if space.first.text != text {
        let (asked, swept) = (path.display(), recorded.display());
        return Err(Error::usage(format!("{asked} is not the scenario that was swept"))
            .hint(format!("its text must be that of {swept}")));
    }
    Ok(space)
}
