//! `replayer completions`: what a shell needs to complete the command line.

use std::process::ExitCode;

use clap_complete::Shell;

use super::console::Console;
use crate::base::error::{Error, ErrorKind};

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer completions bash > ~/.local/share/bash-completion/completions/replayer
  replayer completions zsh > ~/.zfunc/_replayer
  replayer completions fish > ~/.config/fish/completions/replayer.fish";

/// Print the completions of the command line for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    let mut written = Vec::new();
    clap_complete::generate(args.shell, &mut super::definition(), program(), &mut written);
    let text = String::from_utf8(written).map_err(|source| {
        Error::new(ErrorKind::Io, "completions are no Unicode").caused_by(source)
    })?;
    console.print(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// The name that the program was called by: a bot's crate has one of its own.
fn program() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&called).file_stem().and_then(|name| name.to_str());
    name.unwrap_or("replayer").to_owned()
}
