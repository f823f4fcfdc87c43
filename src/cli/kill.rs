//! `replayer kill`: ends all clicking of a live session at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::console::Console;
use super::given::{Given, Output};
use crate::base::error::Error;
use crate::cli::settings::Flags;
use crate::live::browser::kill::{self, Question, Standing};

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer kill                                  the session that runs: nothing is clicked any more
  replayer kill --reason 'the page looks odd'    and it says so in its report
  replayer kill --status                         only ask
  replayer kill /run/user/1000/replayer/live.sock --json

Exit codes:
  0 it is off   1 it is on, with --status   3 no session listens there
  4 the session does not answer   5 somebody else listens there";

/// The exit code for a switch that is on.
const IS_ON: u8 = 1;

/// Disarm a live session: nothing is clicked any more
///
/// The session goes on watching, and does not click until a person begins a new one. An open position
/// stays open: sell it by hand. The same is done by SIGUSR1 to the session, and by k and Enter on its
/// terminal.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The session's socket [default: `$XDG_RUNTIME_DIR/replayer/live.sock`, else `/tmp/replayer-UID/live.sock`]
    socket: Option<PathBuf>,
    /// Why, for the session's report
    #[arg(long, value_name = "TEXT", conflicts_with = "status")]
    reason: Option<String>,
    /// Do nothing but say whether it is on
    #[arg(long)]
    status: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Serialize)]
struct Document<'a> {
    socket: &'a Path,
    #[serde(flatten)]
    standing: &'a Standing,
}

/// Runs the command.
///
/// # Errors
/// When nobody listens, somebody else does, or no answer comes.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    let socket = match &args.socket {
        Some(socket) => socket.clone(),
        None => given.load(Flags::new())?.settings.clicking.kill_socket(),
    };
    let question = match args.status {
        true => Question::Status,
        false => Question::Kill { reason: args.reason.clone() },
    };
    let standing = kill::ask(&socket, &question)?;
    if args.output.json {
        console.print_json(&Document { socket: &socket, standing: &standing })?;
    } else {
        console.print(&standing)?;
    }
    Ok(match standing {
        Standing::Off { .. } => ExitCode::SUCCESS,
        Standing::On => ExitCode::from(IS_ON),
    })
}
