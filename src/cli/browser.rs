//! `replayer browser`: the browser in which a live session clicks.

mod doctor;
mod options;
mod words;

use std::process::ExitCode;

use super::console::Console;
use super::given::Given;
use crate::base::error::Error;
pub(super) use options::BrowserArgs;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer browser doctor --url https://rugs.fun --screenshot doctor.png
  replayer browser doctor --attach 9222 --json";

/// Inspect the page of a live session: find its controls and check that they are usable
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Doctor(doctor::Args),
}

/// Runs the command.
///
/// # Errors
/// When no browser or page is available, or stdout or the picture cannot be written.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    match &args.command {
        Command::Doctor(doctor) => doctor::run(doctor, args.json, given, console),
    }
}
