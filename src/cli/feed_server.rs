//! `replayer feed-server`: serves games over Socket.IO, as the site does.

mod faults;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use serde::Serialize;

use super::console::Console;
use super::interrupt;
use crate::backtest::run::inputs;
use crate::backtest::scenario::{GameOrder, Scenario, Select, SourceSpec};
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::demo::feed_server::{
    self, Config, GameOver, Ping, Repertoire, SPEED_MAX, SPEED_MIN, ServerCounters, ServerLimits,
    ShowPace, Style,
};
use crate::engine::strategy::Strategies;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer feed-server                                    endless generated games, at real speed
  replayer feed-server --speed 50 --generated 200         200 games, fifty times as fast
  replayer feed-server --recordings recordings/ --loop    recorded games, again and again
  replayer feed-server --seeds games/seeds.jsonl          historic games, with their seeds
  replayer feed-server my.ron --listen 127.0.0.1:4000     the games of a scenario, on a port
  replayer feed-server --drop 0.01 --cut-every 500        a bad connection
  replayer feed-server --wrong-seed --spoil-every 10      every tenth game is not fair
  replayer feed-server --json --speed max --games 10 --wait-for-client

Exit codes:
  0 all games were played   2 the command line or the scenario is wrong
  3 input or output failed, or the address is in use   130 interrupted";

/// Interval between two checks for a stop request.
const LOOK: Duration = Duration::from_millis(50);

/// Serve games over Socket.IO as the site does, to try live mode locally
///
/// Sends every frame of the site's feed in its order: countdown, presale, ticks, rug, the revealed
/// seed in the history of the next game, with trades and chat in between. All clients receive the
/// same frames. The same seed gives the same frames at every speed. The server listens on this
/// machine only, unless --listen says otherwise, and ignores what clients send.
///
/// Games from recordings have no seed: none is announced and none revealed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario whose games are played: a file, or the name of a built-in scenario
    scenario: Option<String>,
    #[command(flatten)]
    games: Games,
    /// Speed relative to the real game, 0.1 to 1000, or `max`: as fast as the slowest client
    #[arg(long, value_name = "SPEED", default_value = "1", value_parser = pace)]
    speed: ShowPace,
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8750")]
    listen: SocketAddr,
    /// Start when the first client connects
    #[arg(long)]
    wait_for_client: bool,
    /// Pad leaderboards and histories to the sizes of real frames: 4 kB, and over 270 kB
    #[arg(long)]
    payload: bool,
    /// Send neither trades nor chat
    #[arg(long)]
    no_talk: bool,
    /// Maximum number of frames queued for a client before it is disconnected
    #[arg(long, value_name = "N", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..))]
    queue: u64,
    /// Interval between pings, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 25_000, value_parser = clap::value_parser!(u64).range(1..))]
    ping_interval: u64,
    /// Maximum delay of a client's answer to a ping before it is disconnected, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..))]
    ping_timeout: u64,
    #[command(flatten)]
    faults: faults::Faulty,
    /// Print JSON lines: the URL, each game, the totals
    #[arg(long)]
    json: bool,
}

/// The games to serve.
#[derive(Debug, clap::Args)]
struct Games {
    /// Serve N generated fair games [default: without end]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..),
          conflicts_with_all = ["scenario", "recordings", "seeds"])]
    generated: Option<u64>,
    /// A recording, or a folder of recordings
    #[arg(long, value_name = "PATH", conflicts_with_all = ["scenario", "seeds"])]
    recordings: Option<PathBuf>,
    /// A file of revealed seeds
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    seeds: Option<PathBuf>,
    /// Seed of the generated games, the decoration and the faults [default: 0, or the scenario's]
    #[arg(long, value_name = "U64")]
    seed: Option<u64>,
    /// End after N games
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    games: Option<u64>,
    /// Start over with the same games after the last one
    #[arg(long = "loop")]
    repeat: bool,
    /// Start with the game at this index, from 0; earlier games are history
    #[arg(long, value_name = "N", default_value_t = 0)]
    first: u64,
}

#[derive(Serialize)]
struct Listening<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct Totals {
    totals: ServerCounters,
}

/// Runs the command.
///
/// # Errors
/// When the games cannot be read, the address cannot be bound, stdout cannot be written or the
/// server is interrupted.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    console: Console,
) -> Result<ExitCode, Error> {
    let config = config(args, strategies)?;
    let stop = interrupt::stop_flag();
    let own_time = interrupt::own_time(console);
    let server = feed_server::start(config)?;
    let url = server.url();
    if args.json {
        console.print_json(&Listening { url: &url })?;
    } else {
        console.print(format_args!("listening on {url}"))?;
    }
    let interrupted = loop {
        if stop.load(Ordering::Relaxed) {
            break true;
        }
        match server.games_over().recv_timeout(LOOK) {
            Ok(over) => tell(&over, args.json, console)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break false,
        }
    };
    let totals = server.stop();
    drop(own_time);
    if args.json {
        console.print_json(&Totals { totals })?;
    } else {
        console.print(summary(&totals))?;
    }
    if interrupted {
        let what = format!("interrupted after {}", counted(totals.games, "game"));
        return Err(Error::new(ErrorKind::Interrupted, what));
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(over: &GameOver, as_json: bool, console: Console) -> Result<(), Error> {
    if as_json {
        return console.print_json(over);
    }
    let GameOver { game, rug_tick, clients } = over;
    let clients = counted(*clients, "client");
    console.print(format_args!("game {game}  rug at tick {rug_tick}  {clients}"))
}

fn summary(totals: &ServerCounters) -> String {
    let ServerCounters {
        games, frames, sent, joined, slow, disconnected, withheld, garbage, ..
    } = totals;
    let mut text = format!(
        "{games} games in {frames} frames, {sent} of them sent to {joined} clients; {slow} clients \
         were too slow"
    );
    if disconnected + withheld + garbage > 0 {
        text += &format!(
            "\ninjected faults: {disconnected} disconnects, {withheld} frames withheld, {garbage} \
             garbage frames"
        );
    }
    text
}

fn config(args: &Args, strategies: &Strategies) -> Result<Config, Error> {
    Ok(Config {
        address: args.listen,
        repertoire: repertoire(args, strategies)?.spoiled(args.faults.spoils()),
        style: Style { padded: args.payload, talkative: !args.no_talk },
        pace: args.speed,
        wait_for_client: args.wait_for_client,
        faults: args.faults.faults(),
        limits: ServerLimits { queue_frames: args.queue, patience: Duration::from_secs(2) },
        ping: Ping {
            interval: Duration::from_millis(args.ping_interval),
            timeout: Duration::from_millis(args.ping_timeout),
        },
    })
}

fn repertoire(args: &Args, strategies: &Strategies) -> Result<Repertoire, Error> {
    let Games { generated, recordings, seeds, seed, games, repeat, first } = &args.games;
    let (source, own_seed, games_max) = match (&args.scenario, recordings, seeds) {
        (Some(scenario), ..) => {
            let scenario = Scenario::open(Path::new(scenario), strategies)?;
            (scenario.source, scenario.seed, scenario.games_max)
        }
        (None, Some(path), _) => (recorded(path), 0, None),
        (None, None, Some(path)) => (SourceSpec::Seeds { path: path.clone() }, 0, None),
        _ => (SourceSpec::Generated { games: generated.unwrap_or(u64::MAX) }, 0, None),
    };
    let seed = seed.unwrap_or(own_seed);
    let (playlist, _) = inputs::open_source(&source, seed, games_max)?;
    let there = playlist.games();
    if *first >= there {
        return Err(Error::usage(format!("--first {first}: the source has only {there} games")));
    }
    let mut repertoire = Repertoire::new(playlist, seed)?.from(*first);
    if *repeat {
        repertoire = repertoire.repeated();
    }
    Ok(match games {
        Some(games) => repertoire.at_most(*games),
        None => repertoire,
    })
}

fn recorded(path: &Path) -> SourceSpec {
    let (select, order) = (Select::Complete, GameOrder::Recorded);
    SourceSpec::Recordings { path: path.to_owned(), select, order, limit: None }
}

/// Parses a speed: `max`, or a factor of the real game's.
pub(super) fn pace(text: &str) -> Result<ShowPace, String> {
    if text == "max" {
        return Ok(ShowPace::Max);
    }
    let speed = text.trim_end_matches('x').parse().ok();
    match speed.filter(|speed| (SPEED_MIN..=SPEED_MAX).contains(speed)) {
        Some(speed) => Ok(ShowPace::Times(speed)),
        None => Err(format!("give `max` or a number from {SPEED_MIN} to {SPEED_MAX}")),
    }
}
