//! `replayer report`: one self-contained HTML file from the folders of runs, or that of a sweep.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use tracing::warn;

use super::console::Console;
use crate::backtest::page::folder::RunToDraw;
use crate::backtest::page::game::{Missing, OneGame};
use crate::backtest::page::sweep_folder::SweepToDraw;
use crate::backtest::page::{GENERATOR, Report, Subject};
use crate::backtest::run::drawn::Wanted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files;

/// Examples for `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer report runs/quickstart-001              writes runs/quickstart-001/report.html
  replayer report runs/quickstart-001 --game 17    draws game 17, if the run keeps its prices
  replayer report runs/a-001 runs/b-001            compares runs; writes report.html
  replayer report sweeps/mine                      a sweep: what choosing is worth, with its map

Exit codes:
  0 done   2 the command line is wrong   3 a folder or file could not be read or written";

/// Make a page of runs or of a sweep: verdict, curves, risks, one game or the map of the choices, inputs
///
/// Writes one HTML file that holds everything it needs: open it in any browser, offline, send it
/// to somebody, print it. The same folders give the same bytes, wherever they stand.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folders that `replayer run` wrote, or one that `replayer sweep` or `replayer merge` wrote
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// File to write [default: report.html in the folder of a single run, else here]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The game to draw tick by tick: `eventful`, `best`, `worst`, `first`, its number or its name,
    /// of those whose prices the run keeps (`replayer run --keep-prices`) [default: eventful]
    #[arg(long, value_name = "GAME")]
    game: Option<Wanted>,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// What was written, for machines.
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
            runs.iter().map(|(_, game)| game.as_ref().map(|game| game.place)).collect()
        }
        Subject::Sweep(_) => Vec::new(),
    };
    let runs = args.runs.iter().map(PathBuf::as_path).collect();
    let document = Document { report: &out, bytes: page.len() as u64, runs, games };
    if args.json {
        console.print_json(&document)?;
    } else {
        console.print(format!("{} ({} kB)", out.display(), document.bytes.div_ceil(1000)))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads what the page is about.
fn subject(args: &Args) -> Result<Subject, Error> {
    if let Some(sweep) = args.runs.iter().find(|path| SweepToDraw::is_one(path)) {
        if args.runs.len() > 1 || args.game.is_some() {
            let what = format!("{} is a sweep, which has a page of its own", sweep.display());
            return Err(Error::usage(what).hint(
                "give it alone, without --game; `replayer sweep SCENARIO --cell N` makes a scenario \
                 of a variant, whose run can be compared with others",
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

/// The game of a run that is drawn: the one that was asked for with every price, else the most
/// eventful one, as far as the folder tells it.
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

/// The command as its reader would type it; where the folders stand is no part of it.
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
        let what = format!("{} exists and is no report, so it is not overwritten", path.display());
        return Err(Error::new(ErrorKind::Io, what).hint("choose another name with --out"));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|source| Error::io("make folder", folder, source))?;
    }
    files::replace(path, |file| {
        file.write_all(page.as_bytes()).map_err(|source| Error::io("write", path, source))
    })
}

/// Whether a file is a page that this command wrote.
fn is_report(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1024).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(GENERATOR)
}
