//! `replayer demo-site`: a site in the style of the game, for trying the browser bridge.

use std::io::BufRead;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use serde::Serialize;

use super::console::Console;
use super::feed_server::pace;
use super::interrupt;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::demo::demo_site::{self, Config, DemoSiteHandle, SiteCommand};
use crate::demo::feed_server::{Config as Feed, Repertoire, ShowPace};
use crate::engine::source::Playlist;
use crate::model::sol::Sol;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer demo-site                                      open the printed URL in a browser
  replayer demo-site --listen 127.0.0.1:4000 --speed 4    on a port, four times as fast
  replayer demo-site --short --do swap                    SHORT between BUY and SELL, these swapped
  replayer demo-site --do 'late-ack 2000' --do refuse     acknowledges late, refuses the next order
  replayer demo-site --control                            type orders while it runs
  replayer demo-site --json --speed 20 --games 100        JSON lines; ends after 100 games

Exit codes:
  0 all games were played   2 the command line is wrong
  3 the address is in use, or stdout is closed   130 interrupted";

/// Interval between two checks for a stop request.
const LOOK: Duration = Duration::from_millis(50);
/// Maximum number of queued order lines.
const LINES: usize = 64;

/// Serve a site in the style of the game, with play money
///
/// The page has the game's controls and talks to its server as the real one does: endless games,
/// orders that are filled and acknowledged, an account that survives a reload. Use it to try live
/// mode with a browser; orders (--do, --control) make it misbehave in many ways. It listens on this
/// machine only, unless --listen says otherwise. Accounts are separate by name: open
/// `/?account=NAME`; `/account?account=NAME` shows the server's record of one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Speed relative to the real game, 0.1 to 1000
    #[arg(long, value_name = "SPEED", default_value = "1", value_parser = pace)]
    speed: ShowPace,
    /// Seed of the games, the latencies and the class names
    #[arg(long, value_name = "U64", default_value_t = 0)]
    seed: u64,
    /// End after N games [default: without end]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    games: Option<u64>,
    /// Starting balance of every account, in SOL
    #[arg(long, value_name = "SOL", default_value = "10")]
    bankroll: Sol,
    /// Show SHORT between BUY and SELL
    #[arg(long)]
    short: bool,
    /// Misbehave in this way from the start (may be given several times); an unknown one lists all
    #[arg(long = "do", value_name = "ORDER")]
    orders: Vec<SiteCommand>,
    /// Read orders from stdin, one per line
    #[arg(long)]
    control: bool,
    /// Print JSON lines: the URL, each game, the totals
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Listening<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct Totals {
    totals: crate::demo::feed_server::ServerCounters,
}

/// Runs the command.
///
/// # Errors
/// When the address cannot be bound, stdout cannot be written or the site is interrupted.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    let stop = interrupt::stop_flag();
    let config = config(args)?;
    let own_time = interrupt::own_time(console);
    let site = demo_site::start(config)?;
    let url = site.url();
    if args.json {
        console.print_json(&Listening { url: &url })?;
    } else {
        console.print(format_args!("listening on {url}"))?;
    }
    let lines = if args.control { stdin_lines()? } else { crossbeam_channel::never() };
    let interrupted = loop {
        if stop.load(Ordering::Relaxed) {
            break true;
        }
        lines.try_iter().for_each(|line| obey(&site, &line, console));
        match site.games_over().recv_timeout(LOOK) {
            Ok(over) if args.json => console.print_json(&over)?,
            Ok(over) => {
                let (game, tick) = (over.game, over.rug_tick);
                console.print(format_args!("game {game}  rug at tick {tick}"))?;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break false,
        }
    };
    let totals = site.stop();
    drop(own_time);
    if args.json {
        console.print_json(&Totals { totals })?;
    }
    if interrupted {
        let what = format!("interrupted after {}", counted(totals.games, "game"));
        return Err(Error::new(ErrorKind::Interrupted, what));
    }
    Ok(ExitCode::SUCCESS)
}

fn obey(site: &DemoSiteHandle, line: &str, console: Console) {
    if line.trim().is_empty() {
        return;
    }
    match line.parse() {
        Ok(order) => {
            site.order(&order);
        }
        Err(what) => console.complain(&Error::usage(what)),
    }
}

/// The lines of stdin, as they arrive; the channel closes at its end.
fn stdin_lines() -> Result<Receiver<String>, Error> {
    let (sender, lines) = bounded(LINES);
    let read = move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    };
    thread::Builder::new().name("orders".to_owned()).spawn(read).map_err(|source| {
        Error::new(ErrorKind::Io, "could not start a thread").caused_by(source)
    })?;
    Ok(lines)
}

fn config(args: &Args) -> Result<Config, Error> {
    let playlist = Playlist::Generated { seed: args.seed, games: args.games.unwrap_or(u64::MAX) };
    let mut feed = Feed::new(Repertoire::new(playlist, args.seed)?);
    (feed.address, feed.pace) = (args.listen, args.speed);
    let mut config = Config::new(feed);
    (config.bankroll, config.seed) = (args.bankroll, args.seed);
    if args.short {
        config.orders.push(SiteCommand::PageFault(demo_site::command::PageFault::Short, true));
    }
    config.orders.extend(args.orders.iter().cloned());
    Ok(config)
}
