//! `replayer kill`: stops all clicking of a live session at once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use super::console::Console;
use super::given::{Given, Output};
use crate::base::error::Error;
use crate::cli::settings::Flags;
use crate::live::browser::kill::{self, Question, Standing};

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer kill                                  the running session: stop clicking
  replayer kill --reason 'the page looks odd'    with a reason for its report
  replayer kill --status                         only print whether clicking is on
  replayer kill /run/user/1000/replayer/live.sock --json

Exit codes:
  0 clicking is off   1 clicking is on (--status)   3 no session listens there
  4 the session does not answer   5 another program listens there";

/// Exit code of `--status` while clicking is on.
const IS_ON: u8 = 1;

/// Disarm a live session: stop all clicking at once
///
/// The session ends (exit code 5), or with --stay goes on on paper; nothing is clicked until someone
/// starts a new one. An open position stays open, and the answer says what it is: sell it by hand. SIGUSR1 to the session, or k and Enter on its terminal, do the
/// same.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The session's socket [default: `$XDG_RUNTIME_DIR/replayer/live.sock`, else `/tmp/replayer-UID/live.sock`]
    socket: Option<PathBuf>,
    /// Reason, for the session's report
    #[arg(long, value_name = "TEXT", conflicts_with = "status")]
    reason: Option<String>,
    /// Only print whether clicking is on or off
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
    /// What is open, where the session says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<&'a Value>,
}

/// Runs the command.
///
/// # Errors
/// When no session listens there, another program does, or no answer arrives.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    let socket = match &args.socket {
        Some(socket) => socket.clone(),
        None => given.load(Flags::new())?.settings.clicking.kill_socket(),
    };
    let question = match args.status {
        true => Question::Status,
        false => Question::Kill { reason: args.reason.clone() },
    };
    let (standing, open) = kill::ask_what_is_open(&socket, &question)?;
    if args.output.json {
        let open = open.as_ref();
        console.print_json(&Document { socket: &socket, standing: &standing, open })?;
    } else {
        console.print(&standing)?;
        if let Some(text) = open.as_ref().and_then(|open| open["text"].as_str()) {
            console.print(text)?;
        }
    }
    Ok(match standing {
        Standing::Off { .. } => ExitCode::SUCCESS,
        Standing::On => ExitCode::from(IS_ON),
    })
}
