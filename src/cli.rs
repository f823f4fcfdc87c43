//! The command line: one file per command, results on stdout, diagnostics on stderr.
//!
//! A command is its `Args`, whose comments are its help, and a `run` that returns the exit code.
//! Nothing else prints, and nothing uses this module.

#[cfg(not(all(feature = "browser", feature = "demo", feature = "live", feature = "report")))]
mod absent;
mod audit;
mod bench;
#[cfg(feature = "browser")]
mod browser;
mod capture;
mod check;
mod completions;
mod config;
mod console;
#[cfg(feature = "demo")]
mod demo_site;
mod export;
#[cfg(feature = "demo")]
mod feed_server;
mod generate;
mod given;
mod history;
mod holdout;
mod inspect;
mod interrupt;
#[cfg(feature = "browser")]
mod kill;
mod layout;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
mod logs;
mod man;
mod merge;
mod new;
mod outcome;
#[cfg(feature = "live")]
mod record;
#[cfg(feature = "report")]
mod report;
mod run;
#[cfg(feature = "live")]
mod secret;
#[cfg(feature = "live")]
mod service;
pub mod settings;
mod strategies;
mod sweep;
mod verify;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

#[cfg(not(feature = "browser"))]
use crate::base::error::Error;
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
    #[cfg(feature = "live")]
    Live(live::Args),
    #[cfg(feature = "browser")]
    Kill(kill::Args),
    #[cfg(feature = "live")]
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
    #[cfg(feature = "demo")]
    FeedServer(feed_server::Args),
    #[cfg(feature = "demo")]
    DemoSite(demo_site::Args),
    #[cfg(feature = "browser")]
    Browser(browser::Args),
    Capture(capture::Args),
    Generate(generate::Args),
    Verify(verify::Args),
    #[cfg(feature = "report")]
    Report(report::Args),
    Bench(bench::Args),
    Config(config::Args),
    #[cfg(feature = "live")]
    Secret(secret::Args),
    Completions(completions::Args),
    Man(man::Args),
    /// Commands that this build lacks
    #[cfg(not(all(feature = "browser", feature = "demo", feature = "live", feature = "report")))]
    #[command(flatten)]
    Absent(absent::Command),
}

/// The definition of the command line: every command with its flags and its help.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Whether the command that was given prints JSON.
fn wants_json(matches: &ArgMatches) -> bool {
    let is_set = matches.try_get_one::<bool>("json").ok().flatten().is_some_and(|&json| json);
    is_set || matches.subcommand().is_some_and(|(_, below)| wants_json(below))
}

/// Runs the command line of the process; scenarios may use these strategies.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "called once, by `main`, which is done with them"
)]
pub fn main(strategies: Strategies) -> ExitCode {
    let parsed = definition().try_get_matches().and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches);
        let cli = cli.map_err(|error| error.format(&mut definition()))?;
        Ok((cli, wants_json(&matches)))
    });
    let (cli, json) = match parsed {
        Ok(parsed) => parsed,
        // An option that this build lacks, of a command that it may have.
        #[cfg(not(feature = "browser"))]
        Err(_) if std::env::args_os().any(|word| word == "--browser") => {
            let error = Error::not_built("`--browser`", "browser");
            Console::new(0, 0).complain(&error);
            return ExitCode::from(error.kind().exit_code());
        }
        Err(error) => error.exit(),
    };
    let console = Console::new(cli.quiet, cli.verbose).with_json(json);
    interrupt::watch(console);
    let given = &cli.given;
    let done = match cli.command {
        Command::New(args) => new::run(&args, &strategies, console),
        Command::Run(args) => run::run(&args, &strategies, given, console),
        #[cfg(feature = "live")]
        Command::Live(args) => live::run(&args, &strategies, given, console),
        #[cfg(feature = "browser")]
        Command::Kill(args) => kill::run(&args, given, console),
        #[cfg(feature = "live")]
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
        #[cfg(feature = "demo")]
        Command::FeedServer(args) => feed_server::run(&args, &strategies, console),
        #[cfg(feature = "demo")]
        Command::DemoSite(args) => demo_site::run(&args, console),
        #[cfg(feature = "browser")]
        Command::Browser(args) => browser::run(&args, given, console),
        Command::Capture(args) => capture::run(&args, console),
        Command::Generate(args) => generate::run(&args, console),
        Command::Verify(args) => verify::run(&args, console),
        #[cfg(feature = "report")]
        Command::Report(args) => report::run(&args, console),
        Command::Bench(args) => bench::run(&args, &strategies, console),
        Command::Config(args) => config::run(&args, given, console),
        #[cfg(feature = "live")]
        Command::Secret(args) => secret::run(&args, given, console),
        Command::Completions(args) => completions::run(&args, definition(), console),
        Command::Man(args) => man::run(&args, definition(), console),
        #[cfg(not(all(
            feature = "browser",
            feature = "demo",
            feature = "live",
            feature = "report"
        )))]
        Command::Absent(command) => Err(command.not_built()),
    };
    let code = done.unwrap_or_else(|error| {
        if error.kind() != ErrorKind::BrokenPipe {
            console.fail(&error);
        }
        ExitCode::from(error.kind().exit_code())
    });
    #[cfg(feature = "live")]
    logs::close();
    code
}

#[cfg(not(feature = "live"))]
#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Cli, Command};

    /// The exit code and the message for a command that this build lacks.
    fn answer(line: &str) -> (u8, String) {
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::Absent(command) = cli.command else { panic!("{line}: this build has it") };
        let error = command.not_built();
        (error.kind().exit_code(), error.to_string())
    }

    #[test]
    fn a_command_that_this_build_lacks_says_which_feature_it_needs() {
        let (code, said) = answer("replayer live my.ron --feed ws://here --json");
        assert!(code == 2 && said.contains("--features live "), "{said}");
        let (code, said) = answer("replayer live --browser my.ron --armed");
        assert!(code == 2 && said.contains("--features browser "), "{said}");
    }
}
