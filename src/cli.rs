//! The command line: one file per command, results on stdout, diagnostics on stderr.

mod bench;
mod check;
mod console;
mod generate;
mod inspect;
mod layout;
mod run;
mod strategies;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, Kind};
use crate::strategy::Strategies;
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
    Run(run::RunArgs),
    Check(check::Check),
    Strategies(strategies::List),
    Inspect(inspect::Args),
    Generate(generate::Args),
    Verify(verify::Args),
    /// Measure the engine beside a plain loop, on this machine, now
    Bench(bench::Options),
}

/// Runs the command line of the process, with these strategies to play.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "called once, by `main`, which is done with them"
)]
pub fn main(strategies: Strategies) -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet, cli.verbose);
    let done: Result<ExitCode, Error> = match cli.command {
        Command::Run(args) => run::run(&args, &strategies, console),
        Command::Check(check) => check.run(console, &strategies),
        Command::Strategies(list) => list.run(console, &strategies),
        Command::Inspect(args) => inspect::run(&args, console),
        Command::Generate(args) => generate::run(&args, console),
        Command::Verify(args) => verify::run(&args, console),
        Command::Bench(options) => bench::bench(&options, console).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        if error.kind() != Kind::BrokenPipe {
            console.complain(&error);
        }
        ExitCode::from(error.kind().exit_code())
    })
}
