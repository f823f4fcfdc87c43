//! `replayer merge`: merges the parts of a sweep.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::console::Console;
use super::given::Output;
use crate::backtest::sweep::merge::merge;
use crate::base::error::Error;
use crate::engine::strategy::Strategies;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer merge part-0 part-1 part-2 part-3 --out results
  replayer merge part-* --out results --json";

/// Merge the parts of a sweep into the same bytes as one sweep on one machine
///
/// The parts come from `replayer sweep SCENARIO --shard I/N`, on any machine. Every shard must be
/// present exactly once; parts of another scenario, other inputs or another version are rejected.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folders of the parts, in any order
    #[arg(required = true, value_name = "FOLDER")]
    parts: Vec<PathBuf>,
    /// Folder to write; must not exist or be empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    output: Output,
}

/// Runs the command.
///
/// # Errors
/// When the parts do not form one sweep, or something cannot be read or written.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let parts: Vec<&Path> = args.parts.iter().map(PathBuf::as_path).collect();
    let findings = merge(&parts, &args.out, strategies)?;
    super::outcome::print(&findings, &args.out, args.output.json, console)
}
