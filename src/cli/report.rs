//! `replayer report`: one self-contained HTML file about runs, or about a sweep.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use tracing::warn;

use super::console::Console;
use super::given::Output;
use crate::backtest::page::folder::RunToDraw;
use crate::backtest::page::game::{Missing, OneGame};
use crate::backtest::page::sweep_folder::SweepToDraw;
use crate::backtest::page::{GENERATOR, Report, Subject};
use crate::backtest::run::drawn::Wanted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, reading};
use crate::base::printable;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer report runs/quickstart-001              writes runs/quickstart-001/report.html
  replayer report runs/quickstart-001 --game 17    draws game 17, if the run keeps its prices
  replayer report runs/a-001 runs/b-001            compares runs; writes report.html
  replayer report sweeps/mine                      a sweep: the worth of its choices, with a map

Exit codes:
  0 done   2 the command line is wrong   3 a folder or file could not be read or written";

/// Write a page about runs or a sweep: verdict, curves, risks, one game or the map of choices,
/// inputs
///
/// Writes one self-contained HTML file: open it in any browser, offline, send it, print it. The
/// same folders always give the same bytes, wherever they are.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folders that `replayer run` wrote, or one that `replayer sweep` or `replayer merge` wrote
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// File to write [default: report.html in the folder of a single run, else here]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Game to draw tick by tick: `eventful`, `best`, `worst`, `first`, its number or its name; the
    /// run must keep its prices (`replayer run --keep-prices`) [default: eventful]
    #[arg(long, value_name = "GAME")]
    game: Option<Wanted>,
    #[command(flatten)]
    output: Output,
}

/// The result as a JSON document.
#[derive(Serialize)]
struct Document<'a> {
    report: &'a Path,
    bytes: u64,
    runs: Vec<&'a Path>,
    games: Vec<Option<u64>>,
}

/// Runs the command.
///
/// # Errors
/// When a folder cannot be read, or the page cannot be written.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    let subject = subject(args)?;
    let out = args.out.clone().unwrap_or_else(|| match args.runs.as_slice() {
        [one] => one.join("report.html"),
        _ => PathBuf::from("report.html"),
    });
    let command = command(args, &subject);
    let report = Report { subject, command };
    let page = report.render();
    write(&out, &page)?;
    let games = match &report.subject {
        Subject::Runs(runs) => {
            runs.iter().map(|(_, game)| game.as_ref().map(|game| game.place.get())).collect()
        }
        Subject::Sweep(_) => Vec::new(),
    };
    let runs = args.runs.iter().map(PathBuf::as_path).collect();
    let document = Document { report: &out, bytes: page.len() as u64, runs, games };
    if args.output.json {
        console.print_json(&document)?;
    } else {
        console.print(format!(
            "{} ({} kB)",
            printable::path(&out),
            document.bytes.div_ceil(1000)
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the folders that the page is about.
fn subject(args: &Args) -> Result<Subject, Error> {
    if let Some(sweep) = args.runs.iter().find(|path| SweepToDraw::is_one(path)) {
        if args.runs.len() > 1 || args.game.is_some() {
            let what = format!("{} is a sweep, which needs a page of its own", sweep.display());
            return Err(Error::usage(what).hint(
                "give it alone, without --game; `replayer sweep SCENARIO --cell N` prints a \
                 variant's scenario, whose run can be compared with others",
            ));
        }
        return SweepToDraw::read(sweep).map(|sweep| Subject::Sweep(Box::new(sweep)));
    }
    let mut runs = Vec::new();
    for path in &args.runs {
        let run = RunToDraw::read(path)?;
        let game = game(&run, args.game.as_ref())?;
        runs.push((run, game));
    }
    Ok(Subject::Runs(runs))
}

/// The game of a run to draw: the requested one with every price, else the most eventful one with
/// the prices that the folder has.
fn game(run: &RunToDraw, wanted: Option<&Wanted>) -> Result<Option<OneGame>, Error> {
    let game = OneGame::read(run, wanted.unwrap_or(&Wanted::Eventful))?;
    if let Some(OneGame { id, place, prices: Err(Missing { why, how }), .. }) = &game {
        if wanted.is_some() {
            let what = format!("{}: no prices of game {place} ({id})", run.path.display());
            return Err(Error::usage(format!("{what}: {why}")).hint(how.as_str()));
        }
        warn!("game {id} is drawn without the prices between its orders: {why}");
    }
    Ok(game)
}

/// The command as its reader would type it, without the paths of the folders.
fn command(args: &Args, subject: &Subject) -> String {
    let mut words = vec!["replayer report".to_owned()];
    match subject {
        Subject::Sweep(_) => words.push("SWEEP".to_owned()),
        Subject::Runs(runs) if runs.len() == 1 => words.push("RUN".to_owned()),
        Subject::Runs(runs) => words.extend(runs.iter().map(|(run, _)| run.name())),
    }
    if let Some(game) = &args.game {
        words.push(format!("--game {game}"));
    }
    words.join(" ")
}

/// Writes the page; an older page is replaced, any other file is left alone.
fn write(path: &Path, page: &str) -> Result<(), Error> {
    if path.exists() && !is_report(path) {
        let what = format!("{} exists and is not a report: not overwritten", path.display());
        return Err(Error::new(ErrorKind::Io, what).hint("choose another name with --out"));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|source| Error::io("make folder", folder, source))?;
    }
    files::replace(path, |file| {
        file.write_all(page.as_bytes()).map_err(|source| Error::io("write", path, source))
    })
}

/// Whether a file is a page written by this command.
fn is_report(path: &Path) -> bool {
    // A pipe would be waited for.
    if !files::can_be_read(path) {
        return false;
    }
    let mut head = Vec::new();
    let read = reading::open(path).and_then(|file| file.take(1024).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(GENERATOR)
}
