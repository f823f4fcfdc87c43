//! The command line: one file per command, results on stdout, diagnostics on stderr.

pub mod console;
pub mod generate;
pub mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, Kind};
use console::Console;

/// Deterministic simulation of crash-market games: replay, generate, verify and benchmark bots.
#[derive(Debug, Parser)]
#[command(name = "replayer", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Say less on stderr (twice: errors only)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    quiet: u8,
    /// Say more on stderr (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(generate::Args),
    Verify(verify::Args),
}

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet, cli.verbose);
    let done: Result<ExitCode, Error> = match cli.command {
        Command::Generate(args) => generate::run(&args, console),
        Command::Verify(args) => verify::run(&args, console),
    };
    done.unwrap_or_else(|error| {
        if error.kind() != Kind::BrokenPipe {
            console.complain(&error);
        }
        ExitCode::from(error.kind().exit_code())
    })
}
