//! `replayer completions`: completion scripts for shells.

use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use super::console::Console;
use crate::base::error::{Error, ErrorKind};

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer completions bash > ~/.local/share/bash-completion/completions/replayer
  replayer completions zsh > ~/.zfunc/_replayer
  replayer completions fish > ~/.config/fish/completions/replayer.fish";

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Shell to complete for
    shell: Shell,
}

/// Runs the command; completes the command line of this definition.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn run(
    args: &Args,
    mut definition: Command,
    console: Console,
) -> Result<ExitCode, Error> {
    let mut written = Vec::new();
    clap_complete::generate(args.shell, &mut definition, program(), &mut written);
    let text = String::from_utf8(written).map_err(|source| {
        Error::new(ErrorKind::Io, "completions are not valid UTF-8").caused_by(source)
    })?;
    console.print_as_it_is(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// The name by which the program was called: a bot's crate has its own.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&called).file_stem().and_then(|name| name.to_str());
    name.unwrap_or("replayer").to_owned()
}
