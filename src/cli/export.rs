//! `replayer export`: recordings and runs as tables for DuckDB, Polars, pandas or a spreadsheet.

mod layout;
mod recordings;
mod run_folder;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use serde::Serialize;

use super::console::Console;
use super::given::Output;
use super::interrupt;
use crate::backtest::columns::schema::{self, Cell, Schema};
use crate::backtest::columns::{Origin, Parts, Rows, TextFile, TextFormat};
use crate::backtest::run::written::Written;
use crate::base::error::{Error, ErrorKind};
use crate::base::printable;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer export recordings/ --out corpus
  replayer export recordings/ --out corpus --what ticks
  replayer export recordings/ --out games --format recordings
  replayer export runs/classics-001 --out tables
  replayer export runs/classics-001 --out text --what games --format jsonl
  duckdb -c \"SELECT bot, sum(pnl) FROM 'tables/games/*.parquet' GROUP BY bot\"

Scenarios read the ticks back, many times faster: source: Recordings(path: \"corpus/ticks\")";

/// Export recordings or a run as tables for other programs
///
/// Recordings become `ticks`, one row per game and tick, and `recorded`, one row per game; a
/// damaged line costs only that line, as in `inspect`. The folder of a run becomes `games`,
/// `postings` and `refusals`, and `ticks` if it has them: the same files that `run --parquet`
/// writes. Money and prices are exact. No file is ever overwritten. The columns: docs/columns.md.
///
/// With `--format recordings`, every game of the recordings becomes a file in the layout of the
/// site's recordings, as `generate` writes them; that layout cannot record which ticks were closed
/// to bots.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Recordings or directories of them, or the folder of one run
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder to write to, created if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Tables to write [default: all]
    #[arg(long, value_name = "TABLE", value_delimiter = ',')]
    what: Vec<What>,
    /// Format of the files
    #[arg(long, value_enum, default_value = "parquet")]
    format: Format,
    #[command(flatten)]
    output: Output,
}

/// A table by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Ticks,
    Recorded,
    Games,
    Postings,
    Refusals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// TABLE/part-000000.parquet and so on, at most a million rows each
    Parquet,
    /// TABLE.csv, one row per line
    Csv,
    /// TABLE.jsonl, one JSON object per line
    Jsonl,
    /// One file per game, in the layout and with the name of the site's recordings; no tables
    Recordings,
}

impl What {
    fn table(self) -> &'static Schema {
        match self {
            Self::Ticks => &schema::TICKS,
            Self::Recorded => &schema::RECORDED,
            Self::Games => &schema::GAMES,
            Self::Postings => &schema::POSTINGS,
            Self::Refusals => &schema::REFUSALS,
        }
    }
}

/// The result of an export, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Exported {
    out: PathBuf,
    tables: Vec<Table>,
    /// What was read; absent for the folder of a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    recordings: Option<recordings::ExportCounts>,
}

#[derive(Debug, Serialize)]
struct Table {
    name: String,
    rows: u64,
}

/// Runs the command.
///
/// # Errors
/// When something cannot be read or written, or the export is interrupted.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    let stop = interrupt::stop_flag();
    let runs = args.paths.iter().filter(|path| Written::is_at(path)).count();
    let exported = match args.paths.as_slice() {
        [_] if runs == 1 && args.format == Format::Recordings => {
            return Err(Error::usage("a run cannot be written as recordings")
                .hint("give the recordings that it played"));
        }
        [path] if runs == 1 => run_folder::export(args, path, (stop, console))?,
        _ if runs == 0 && args.format == Format::Recordings => {
            layout::export(args, (stop, console))?
        }
        _ if runs == 0 => recordings::export(args, (stop, console))?,
        _ => {
            return Err(Error::usage("the folder of a run cannot be exported with other paths")
                .hint("give one folder of a run, or only recordings; use one --out per run"));
        }
    };
    if args.output.json {
        console.print_json(&exported)?;
    } else {
        console.print(text(&exported))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn text(exported: &Exported) -> String {
    let tables: Vec<_> =
        exported.tables.iter().map(|table| format!("{} {}", table.rows, table.name)).collect();
    let read = exported.recordings.as_ref().map_or_else(String::new, ToString::to_string);
    format!("{read}rows written to {}: {}", printable::path(&exported.out), tables.join(", "))
}

/// The requested tables, out of those available.
///
/// # Errors
/// When a requested table does not exist.
fn chosen(args: &Args, there: &[What], of: &str) -> Result<Vec<What>, Error> {
    let absent = args.what.iter().find(|what| !there.contains(what));
    if let Some(absent) = absent {
        let names: Vec<_> = there.iter().map(|what| what.table().name.as_ref()).collect();
        let what = format!("{of} has no `{}`", absent.table().name);
        return Err(Error::usage(what).hint(format!("available: {}", names.join(", "))));
    }
    let asked = |what: &&What| args.what.is_empty() || args.what.contains(what);
    Ok(there.iter().filter(asked).copied().collect())
}

/// A table that is being written.
struct Writing<'a> {
    name: String,
    rows: Box<dyn Rows>,
    count: u64,
    stop: &'a AtomicBool,
}

impl<'a> Writing<'a> {
    fn begin(
        args: &Args,
        table: &Schema,
        (origin, stop): (&Origin, &'a AtomicBool),
    ) -> Result<Self, Error> {
        let out = &args.out;
        fs::create_dir_all(out).map_err(|source| Error::io("create", out, source))?;
        let text = |format, extension: &str| {
            let path = out.join(format!("{}.{extension}", table.name));
            TextFile::create(&path, table, format).map(|file| Box::new(file) as Box<dyn Rows>)
        };
        let rows = match args.format {
            Format::Parquet => {
                Box::new(Parts::create(&out.join(table.name.as_ref()), table, origin)?)
            }
            Format::Recordings => unreachable!("recordings are not tables, and were rejected"),
            Format::Csv => text(TextFormat::Csv, "csv")?,
            Format::Jsonl => text(TextFormat::Jsonl, "jsonl")?,
        };
        Ok(Self { name: table.name.to_string(), rows, count: 0, stop })
    }

    /// Ends the table. After an interruption, keeps the rows written so far and returns an error.
    fn end(mut self) -> Result<Table, Error> {
        self.rows.finish()?;
        Ok(Table { name: self.name, rows: self.count })
    }
}

impl Rows for Writing<'_> {
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) {
            self.rows.finish()?;
            return Err(interrupted(&self.name, self.count));
        }
        self.count += 1;
        self.rows.push(row)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.rows.finish()
    }
}

fn interrupted(table: &str, rows: u64) -> Error {
    Error::new(ErrorKind::Interrupted, format!("interrupted after {rows} rows of {table}"))
        .hint("what was written is intact, but incomplete")
}
