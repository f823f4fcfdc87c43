//! The command line: one file per command, results on stdout, diagnostics on stderr.

pub mod bench;
pub mod console;

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
    /// Measure the engine beside a plain loop, on this machine, now
    Bench(bench::Options),
}

/// Runs the command line of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet, cli.verbose);
    let done: Result<ExitCode, Error> = match cli.command {
        Command::Bench(options) => bench::bench(&options, console).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        if error.kind() != Kind::BrokenPipe {
            console.complain(&error);
        }
        ExitCode::from(error.kind().exit_code())
    })
}
