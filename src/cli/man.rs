//! `replayer man`: the help as manual pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Command;
use clap_mangen::Man;

use super::console::Console;
use crate::base::error::Error;
use crate::base::files;
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
    let mut definition = definition.disable_help_subcommand(true);
    definition.build();
    write(definition, folder)?;
    console.print(format_args!("manual pages written to {}", printable::path(folder)))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the page of a command, and those of the commands below it.
fn write(command: Command, folder: &Path) -> Result<(), Error> {
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    below.cloned().try_for_each(|below| write(below, folder))?;
    let page = Man::new(command);
    let path = folder.join(page.get_filename());
    let mut text = Vec::new();
    page.render(&mut text).map_err(|source| Error::io("write", &path, source))?;
    files::save(&path, &text)
}
