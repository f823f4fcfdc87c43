//! `replayer generate`: fair games as recordings.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::console::Console;
use super::given::Output;
use super::interrupt;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::write_new;
use crate::base::printable;
use crate::games::fair::game::{Course, FairGame};
use crate::games::fair::generated::generated;
use crate::games::fair::recording;
use crate::games::fair::seeds::{self, Reveal};

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer generate --games 100 --out games
  replayer generate --games 100 --seed 7 --out more-games --json
  replayer verify --file games/seeds.jsonl";

/// Write provably-fair games as recordings
///
/// Each game becomes a file in the layout of the site's recordings, and seeds.jsonl lists every
/// game's server seed and prices. The same arguments always give the same bytes. No file is ever
/// overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Number of games to generate
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    games: u64,
    /// Seed from which the games' server seeds are drawn
    #[arg(long, value_name = "U64", default_value_t = 0)]
    seed: u64,
    /// Folder to write to, created if missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Serialize)]
struct Summary {
    games: u64,
    /// Total number of ticks, each game's from tick 0 to its rug tick.
    ticks: u64,
    seed: u64,
    out: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be written or already exists, or the command is interrupted.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    fs::create_dir_all(&args.out).map_err(|source| Error::io("create", &args.out, source))?;
    let seeds_path = args.out.join("seeds.jsonl");
    let stop = interrupt::stop_flag();
    let mut games = 0;
    let ticks = write_new(&seeds_path, |file_of_seeds| {
        let progress = console.progress(args.games, "games");
        let (mut start, mut ticks) = (recording::START, 0);
        for index in progress.wrap_iter(0..args.games) {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let (seed, id) = generated(args.seed, index);
            let course = Course::of(FairGame::new(&seed, &id));
            let path = args.out.join(recording::file_name(start, &id));
            start = write_new(&path, |file| {
                recording::write(file, &id, &course, start)
                    .map_err(|source| Error::io("write", &path, source))
            })?;
            ticks += u64::from(course.rug_tick()) + 1;
            seeds::write(file_of_seeds, &Reveal::told(seed, id, &course))
                .map_err(|source| Error::io("write", &seeds_path, source))?;
            games += 1;
        }
        Ok(ticks)
    })?;
    if games < args.games {
        let what = format!("interrupted after {games} of {}", counted(args.games, "game"));
        return Err(Error::new(ErrorKind::Interrupted, what)
            .hint("their files are whole, and seeds.jsonl lists them"));
    }
    let summary = Summary { games, ticks, seed: args.seed, out: args.out.clone() };
    if args.output.json {
        console.print_json(&summary)?;
    } else {
        let Summary { games, ticks, out, .. } = summary;
        let out = printable::path(&out);
        console.print(format_args!("{games} games, {ticks} ticks in total, written to {out}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
