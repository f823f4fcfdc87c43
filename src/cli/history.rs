//! `replayer history`: recorded and played games, read from their files.

mod archive;
mod row;
mod runs;
mod when;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::console::Console;
use super::given::Given;
use super::layout;
use crate::base::error::Error;
use crate::cli::settings::Flags;
use crate::games::recording::{Timestamp, each_game};
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
  replayer history runs                                what was run: date, scenario, verdict, P&L

Times of games are by the recorder's clock: UTC for recordings of Replayer.";

/// Show recorded games and what the bots gained in them, also during a session; or list runs
///
/// Reads the recordings of sessions, finished or still growing, and their journals, file by file;
/// keeps only one line per shown game in memory. With --runs, and where there are runs but no
/// recording, lists runs, sessions and sweeps instead: when each ended, its scenario, and the
/// verdict and P&L of each bot.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folders of sessions or of recordings, or folders that contain such [default: `paths.runs`]
    #[arg(value_name = "FOLDER")]
    paths: Vec<PathBuf>,
    /// Only games that began, or runs that ended, at this time or later: YYYY-MM-DD or
    /// YYYY-MM-DDTHH:MM
    #[arg(long, value_name = "TIME")]
    since: Option<When>,
    /// Only games that began, or runs that ended, before this time
    #[arg(long, value_name = "TIME")]
    until: Option<When>,
    /// Show the last N games or runs [default: 20, or all with --since, --until, --daily or --json]
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// One line per day instead of per game
    #[arg(long, conflicts_with = "runs")]
    daily: bool,
    /// List runs, sessions and sweeps instead of games
    #[arg(long)]
    runs: bool,
    /// Print one JSON document per line instead of a table
    #[arg(long)]
    json: bool,
}

/// Number of games or runs shown by default.
const LAST: usize = 20;

impl Args {
    /// Whether a time is in the period that is asked for; an unknown one is.
    fn asks_for(&self, at: Option<Timestamp>) -> bool {
        let bounded = |bound: Option<When>| Some((at?, bound?.0));
        bounded(self.since).is_none_or(|(at, since)| at >= since)
            && bounded(self.until).is_none_or(|(at, until)| at < until)
    }

    /// The number of rows to show at most.
    fn last(&self) -> usize {
        let is_bounded = self.since.is_some() || self.until.is_some() || self.daily || self.json;
        self.last.unwrap_or(if is_bounded { usize::MAX } else { LAST })
    }
}

/// Runs the command.
///
/// # Errors
/// When neither a recording nor a run is found, a file cannot be read, or stdout cannot be written.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    let settings = given.load(Flags::new())?.settings;
    let paths =
        if args.paths.is_empty() { vec![settings.paths.runs()] } else { args.paths.clone() };
    let Sessions { parts, journals, runs } = sessions(&paths)?;
    if args.runs || parts.is_empty() {
        let mut rows = runs::rows(&[journals, runs].concat());
        rows.retain(|row| args.asks_for(Some(row.at)));
        rows.drain(..rows.len().saturating_sub(args.last()));
        runs::show(&rows, args.json, console)?;
        return Ok(ExitCode::SUCCESS);
    }
    let progress = console.progress(parts.len() as u64, "files");
    let read = |path: &Path| {
        progress.inc(1);
        Ok(games_of(path))
    };
    let mut rows = Vec::new();
    each_game(&parts, read, |game| {
        // Other games are known by name or seed only, from the history in another game's frames.
        let was_heard = game.seen().next().is_some();
        let row = HistoryRow::of(&game);
        if was_heard && args.asks_for(row.at) {
            rows.push(row);
        }
        Ok(())
    })?;
    progress.finish_and_clear();
    rows.sort_by_key(|row| row.at);
    rows.drain(..rows.len().saturating_sub(args.last()));
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
