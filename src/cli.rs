//! The command line: one file per command, results on stdout, diagnostics on stderr.
//!
//! A command is its `Args`, whose comments are its help, and a `run` that returns the exit code.
//! Nothing else prints, and nothing uses this module.

mod audit;
mod bench;
mod browser;
mod capture;
mod check;
mod completions;
mod config;
mod console;
mod demo_site;
mod export;
mod feed_server;
mod generate;
mod given;
mod history;
mod holdout;
mod inspect;
mod interrupt;
mod kill;
mod layout;
mod live;
mod logs;
mod man;
mod merge;
mod new;
mod outcome;
mod record;
mod report;
mod run;
mod secret;
mod service;
pub mod settings;
mod strategies;
mod sweep;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::base::error::ErrorKind;
use crate::engine::strategy::Strategies;
use console::Console;
use given::Given;

/// Deterministic simulation of crash-market games: replay, generate, verify and benchmark bots.
#[derive(Debug, Parser)]
#[command(name = "replayer", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Print less on stderr (twice: errors only)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    quiet: u8,
    /// Print more on stderr (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(flatten)]
    given: Given,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Run(run::Args),
    Live(live::Args),
    Kill(kill::Args),
    Record(record::Args),
    Sweep(sweep::Args),
    Merge(merge::Args),
    Holdout(holdout::Args),
    Check(check::Args),
    Audit(audit::Args),
    Strategies(strategies::Args),
    Inspect(inspect::Args),
    Export(export::Args),
    History(history::Args),
    FeedServer(feed_server::Args),
    DemoSite(demo_site::Args),
    Browser(browser::Args),
    Capture(capture::Args),
    Generate(generate::Args),
    Verify(verify::Args),
    Report(report::Args),
    Bench(bench::Args),
    Config(config::Args),
    Secret(secret::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// The definition of the command line: every command with its flags and its help.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Runs the command line of the process; scenarios may use these strategies.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "called once, by `main`, which is done with them"
)]
pub fn main(strategies: Strategies) -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(cli.quiet, cli.verbose);
    let given = &cli.given;
    let done = match cli.command {
        Command::New(args) => new::run(&args, &strategies, console),
        Command::Run(args) => run::run(&args, &strategies, given, console),
        Command::Live(args) => live::run(&args, &strategies, given, console),
        Command::Kill(args) => kill::run(&args, given, console),
        Command::Record(args) => record::run(&args, given, console),
        Command::Sweep(args) => sweep::run(&args, &strategies, given, console),
        Command::Merge(args) => merge::run(&args, &strategies, console),
        Command::Holdout(args) => holdout::run(&args, &strategies, console),
        Command::Check(args) => check::run(&args, &strategies, console),
        Command::Audit(args) => audit::run(&args, &strategies, console),
        Command::Strategies(args) => strategies::run(&args, &strategies, console),
        Command::Inspect(args) => inspect::run(&args, console),
        Command::Export(args) => export::run(&args, console),
        Command::History(args) => history::run(&args, given, console),
        Command::FeedServer(args) => feed_server::run(&args, &strategies, console),
        Command::DemoSite(args) => demo_site::run(&args, console),
        Command::Browser(args) => browser::run(&args, given, console),
        Command::Capture(args) => capture::run(&args, console),
        Command::Generate(args) => generate::run(&args, console),
        Command::Verify(args) => verify::run(&args, console),
        Command::Report(args) => report::run(&args, console),
        Command::Bench(args) => bench::run(&args, &strategies, console),
        Command::Config(args) => config::run(&args, given, console),
        Command::Secret(args) => secret::run(&args, given, console),
        Command::Completions(args) => completions::run(&args, definition(), console),
        Command::Man(args) => man::run(&args, definition(), console),
    };
    let code = done.unwrap_or_else(|error| {
        if error.kind() != ErrorKind::BrokenPipe {
            console.complain(&error);
        }
        ExitCode::from(error.kind().exit_code())
    });
    logs::close();
    code
}
