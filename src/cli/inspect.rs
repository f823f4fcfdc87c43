//! `replayer inspect`: the health of recordings, per file and in total.

mod row;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use super::console::Console;
use crate::backtest::columns::ticks;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::feed::record;
use crate::games::recording::{self, Found, Merger};
use row::{FileRow, Total};

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer inspect recordings/
  replayer inspect --all recordings/
  replayer inspect recordings/game_20251029_184015.jsonl
  replayer inspect --json recordings/ | jq -c 'select(.grade > \"B\") | {file, incomplete}'";

/// Show the health of recordings: their content, their damage, which games can be played
///
/// Reads every line. A damaged line costs only that line: whole rows inside it are salvaged, the
/// rest is counted. A price that no game can have at its tick is bad, and its tick missing. Games
/// split over several files are joined by their id. Of raw captures the finished games in their
/// events are read.
///
/// Grades: A complete; B complete after repairs; C one unbroken stretch, beginning or end missing;
/// D ticks missing in the middle; E no tick of a game; F unreadable, or not a recording.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Recordings, or directories of them (game_*.jsonl, feed_*.jsonl, capture_*.jsonl and
    /// *.game.json, each also with .gz or .zst, and *.parquet, in upper or lower case; not
    /// recursive)
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// List every file, not only those that need attention
    #[arg(long)]
    all: bool,
    /// Print one JSON line per file, then one with the totals
    #[arg(long, conflicts_with = "all")]
    json: bool,
}

#[derive(Serialize)]
struct LastLine<'a> {
    total: &'a Total,
}

/// Runs the command.
///
/// # Errors
/// When a path does not exist, nothing is found, stdout cannot be written or, after all others
/// were shown, some file could not be read.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    for folder in args.paths.iter().filter(|path| path.is_dir()) {
        // First give the files of killed sessions the name of a recording.
        record::repair_folder(folder)?;
    }
    let Found { files: paths, others } = recording::find(&args.paths)?;
    let progress = console.progress(paths.len() as u64, "files");
    let (mut merger, mut total, mut rows) = (Merger::default(), Total::default(), Vec::new());
    for path in &paths {
        let row = match ticks::read_recording(path) {
            Ok(recording) => {
                let row = FileRow::new(path, &recording);
                merger.add(recording);
                row
            }
            Err(error) => {
                progress.suspend(|| console.complain(&error));
                FileRow::unreadable(path, &error)
            }
        };
        total.add(&row);
        if args.json {
            console.print_json(&row)?;
        } else {
            rows.push(row);
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    total.finish(&merger.finish(), others);
    if args.json {
        console.print_json(&LastLine { total: &total })?;
    } else {
        console.print(table::text(&rows, &total, args.all))?;
    }
    match total.unreadable {
        0 => Ok(ExitCode::SUCCESS),
        some => {
            let what = format!("could not read {some} of {}", counted(total.files, "file"));
            Err(Error::new(ErrorKind::Io, what).hint("the reasons are above; the rest was read"))
        }
    }
}
