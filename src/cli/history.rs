//! `replayer history`: recorded and played games, read from their files.

mod archive;
mod row;
mod when;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::console::Console;
use super::given::Given;
use super::layout;
use crate::base::error::Error;
use crate::cli::settings::Flags;
use crate::games::recording::each_game;
use archive::{Sessions, gains, games_of, sessions};
use row::{Day, HistoryRow};
use when::When;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer history                                     the last games of all sessions
  replayer history runs/paper-001 --last 100
  replayer history --since 2026-11-01 --until 2026-11-08 --daily
  replayer history recordings/ --since 2026-11-27T18:00 --json | jq .peak

Times are by the recorder's clock: UTC for recordings of Replayer.";

/// Show recorded games and what the bots gained in them, also during a session
///
/// Reads the recordings of sessions, finished or still growing, and their journals, file by file;
/// keeps only one line per shown game in memory.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folders of sessions or of recordings, or folders that contain such [default: `paths.runs`]
    #[arg(value_name = "FOLDER")]
    paths: Vec<PathBuf>,
    /// Only games that began at this time or later: YYYY-MM-DD or YYYY-MM-DDTHH:MM
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Only games that began before this time
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    /// Show the last N games [default: 20, or all with --since, --until, --daily or --json]
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// One line per day instead of per game
    #[arg(long)]
    daily: bool,
    /// Print one JSON document per line instead of a table
    #[arg(long)]
    json: bool,
}

/// Number of games shown by default.
const LAST: usize = 20;

/// Runs the command.
///
/// # Errors
/// When no recording is found, a journal cannot be read, or stdout cannot be written.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    let settings = given.load(Flags::new())?.settings;
    let paths =
        if args.paths.is_empty() { vec![settings.paths.runs()] } else { args.paths.clone() };
    let Sessions { parts, journals } = sessions(&paths)?;
    let progress = console.progress(parts.len() as u64, "files");
    let is_asked = |row: &HistoryRow| {
        let began = |bound: &Option<When>| Some((row.at?, bound.as_ref()?.0));
        began(&args.since).is_none_or(|(at, since)| at >= since)
            && began(&args.until).is_none_or(|(at, until)| at < until)
    };
    let read = |path: &Path| {
        progress.inc(1);
        Ok(games_of(path))
    };
    let mut rows = Vec::new();
    each_game(&parts, read, |game| {
        // Other games are known by name or seed only, from the history in another game's frames.
        let was_heard = game.seen().next().is_some();
        let row = HistoryRow::of(&game);
        if was_heard && is_asked(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    progress.finish_and_clear();
    rows.sort_by_key(|row| row.at);
    let bounded = args.since.is_some() || args.until.is_some() || args.daily || args.json;
    let last = args.last.unwrap_or(if bounded { usize::MAX } else { LAST });
    rows.drain(..rows.len().saturating_sub(last));
    gains(&journals, &mut rows)?;
    if args.daily { show(&Day::of(&rows), args, console) } else { show(&rows, args, console) }?;
    Ok(ExitCode::SUCCESS)
}

/// A line of the table, and a document of `--json`.
trait Shown: serde::Serialize {
    /// The column headings of the table.
    const HEADER: &'static [&'static str];

    /// The cells of the row, one per column.
    fn cells(&self) -> Vec<String>;
}

fn show<T: Shown>(rows: &[T], args: &Args, console: Console) -> Result<(), Error> {
    if args.json {
        return rows.iter().try_for_each(|row| console.print_json(row));
    }
    if rows.is_empty() {
        return console.print("no games in this period");
    }
    let mut table = layout::table(T::HEADER);
    for row in rows {
        table.add_row(row.cells());
    }
    layout::right(&mut table, 2..T::HEADER.len() - 1);
    console.print(&table)
}
