//! `replayer record`: records a live feed.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tracing::info;

use super::console::Console;
use super::given::Given;
use super::interrupt;
use super::live::{Keeping, LiveReport, Monitored, log, watch};
use super::secret::{address_of_option, client};
use crate::base::address::SourceAddress;
use crate::base::clock;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, HeldFolder};
use crate::engine::collector::Ending;
use crate::live::{self, Edge, Follow, SessionEvent};

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer record --feed wss://feed.example --out recordings     until Ctrl-C
  replayer record --feed wss://feed.example --games 100          until 100 seeds were revealed
  replayer record --feed wss://feed.example --raw                also every event as it arrives
  replayer inspect recordings                                    what was recorded

Exit codes:
  0 done   2 the command line is wrong   3 input or output failed   4 the live session failed
  130 interrupted; everything written so far is intact";

/// Record a live feed: every game complete, its fairness verified
///
/// Follows a Socket.IO feed through disconnects and errors and writes its games to files that
/// survive a crash (docs/recording-format.md). Recordings are sources of games to run, sweep, audit
/// and export. Incomplete files of an earlier recorder in the same folder are repaired first.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Address of the feed: wss://, ws://, https:// or http://, or secret:NAME or env:NAME that has
    /// it
    #[arg(long, value_name = "URL")]
    feed: SourceAddress,
    /// Folder of the recordings
    #[arg(long, value_name = "DIR", default_value = "recordings")]
    out: PathBuf,
    /// End after the seeds of N games were revealed [default: go on until interrupted]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    games: Option<u64>,
    #[command(flatten)]
    keeping: Keeping,
    #[command(flatten)]
    monitored: Monitored,
    /// Print one JSON line per event, then the totals, instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the address is wrong, the folder cannot be written or another process writes it, the session fails or is interrupted.
pub(super) fn run(args: &Args, given: &Given, console: Console) -> Result<ExitCode, Error> {
    let mut flags = args.keeping.flags();
    flags.extend(args.monitored.flags());
    let settings = given.load(flags)?.settings;
    let address = address_of_option(&settings, ("--feed", &args.feed))?;
    let metrics = Arc::default();
    let stop = interrupt::stop_flag();
    let _watched = watch(&settings, &metrics, stop)?;
    let out = files::leads_to(&args.out);
    let recorded = |folder| settings.recording(folder, address.expose(), clock::moment());
    let feed = Follow::Feed(Box::new(client(&settings, address.expose())?));
    let edge = Edge {
        raw: args.keeping.raw.then(|| recorded(out.join("raw"))),
        recording: Some(recorded(out)),
        config: settings.live,
        metrics,
        ..Edge::new(feed)
    };
    let _held = HeldFolder::take(&args.out)?;
    info!("recording {address}; Ctrl-C ends it");
    let mut games = 0;
    let own_time = interrupt::own_time(console);
    let session = live::follow(edge, stop, |event| {
        log(event);
        if args.json {
            console.print_json(event)?;
        }
        // The history in the first frame reveals games that were not recorded.
        if let SessionEvent::Fairness(check) = event {
            games += u64::from(check.hash_before.is_some());
        }
        Ok(args.games.is_none_or(|wanted| games < wanted))
    });
    drop(own_time);
    let session = session?;
    let report = LiveReport::of(Some(&session));
    if args.json {
        console.print_json(&report)?;
    } else {
        console.print(&report)?;
    }
    info!("recordings are in {}", args.out.display());
    match session.ending {
        Ending::Complete => Ok(ExitCode::SUCCESS),
        Ending::Interrupted => {
            let what = format!("interrupted after {}", counted(games, "game"));
            Err(Error::new(ErrorKind::Interrupted, what).hint("what was written so far is intact"))
        }
    }
}
