//! `replayer man`: the help as manual pages.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;

use super::console::Console;
use crate::base::error::Error;
use crate::base::printable;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer man ~/.local/share/man/man1
  man replayer-run";

/// Write a manual page for every command
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folder to write to, created if missing; pages of other versions are replaced
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs the command; describes the command line of this definition.
///
/// # Errors
/// When the folder or a page cannot be written.
pub(super) fn run(args: &Args, definition: Command, console: Console) -> Result<ExitCode, Error> {
    let folder = &args.folder;
    fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    clap_mangen::generate_to(definition, folder)
        .map_err(|source| Error::io("write manual pages to", folder, source))?;
    console.print(format_args!("manual pages written to {}", printable::path(folder)))?;
    Ok(ExitCode::SUCCESS)
}
