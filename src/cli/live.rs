//! `replayer live`: plays a live feed on paper, or in the page of a browser.

mod alarms;
#[cfg(feature = "browser")]
mod clicking;
mod monitored;
mod observer;
mod orders;
#[cfg(not(feature = "browser"))]
mod paper;
mod played;
mod replay;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;
use tracing::info;

use super::console::Console;
use super::given::{Given, flag};
use super::secret::{address, address_of_option, client};
use super::{interrupt, run};
use crate::backtest::columns::schema::{self, Cell};
use crate::backtest::run::folder::{self, Contents, Format, RunFolder};
use crate::backtest::run::inputs::Inputs;
use crate::backtest::run::recorder::{Finished, QueueConfig, RunDocument, RunRecorder};
use crate::backtest::run::written::Written;
use crate::backtest::scenario::{Scenario, SourceSpec};
use crate::base::address::SourceAddress;
use crate::base::clock;
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::HeldFolder;
use crate::cli::settings::{Flags, Settings};
use crate::engine::Lineup;
use crate::engine::collector::Ending;
use crate::engine::strategy::Strategies;
use crate::feed::record::OnDiskError;
use crate::live::orders::OrderLog;
use crate::live::{self, Edge, ExecutionConfig, Follow};
use crate::model::setup::Bankroll;
#[cfg(feature = "browser")]
use clicking::ClickingOptions;
pub(super) use monitored::{Monitored, watch};
pub(super) use observer::log;
use observer::{ConsoleObserver, LiveJournal, Observed};
use orders::ArmedFolders;
#[cfg(not(feature = "browser"))]
use paper::ClickingOptions;
use replay::Replay;
pub(super) use words::LiveReport;

/// Usage examples and exit codes, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer live my.ron --feed wss://feed.example      the bots of a scenario on a feed, on paper
  replayer live my.ron --games 200 --out session      200 games, into a folder of your choice
  replayer live my.ron --out session --resume         continue that session, however it ended
  replayer feed-server & replayer live my.ron --feed http://127.0.0.1:8750
                                                      locally, on generated games
  replayer live my.ron --browser --url https://rugs.fun --headful
                                                      on paper, on the page's feed
  replayer live my.ron --browser --attach 9222 --dry-run
                                                      framed in the page, not clicked
  replayer live my.ron --browser --attach 9222 --reload --armed \
      --max-stake 0.01 --max-loss 0.1 --max-orders-per-minute 20
                                                      clicked, for real
  replayer run session/replay.ron                     the same decisions again, from the recording

Exit codes:
  0 done   2 the command line or the scenario is wrong   3 input or output failed
  4 the live session failed   5 disarmed, or unsafe (disarmed, --stay goes on on paper)
  130 interrupted; everything written so far is intact";

/// Play a live feed on paper: record, evaluate and verify its games as they come
///
/// Follows a Socket.IO feed, or the page's feed in a browser, through disconnects and errors. Bots
/// decide on its ticks and fill on paper exactly as they do on recordings; no order leaves this
/// machine. Records every game, and verifies its fairness when its seed is revealed. Pauses the
/// bots while the feed is late or unreliable. After an interruption (Ctrl-C) everything written so
/// far is intact, and --resume continues it.
///
/// With --armed, one bot trades with the account that is logged in in the browser: each order is
/// clicked in the page, once, and booked as the site confirms it. When in doubt, nothing is
/// clicked. Unreliable data disarms the session and ends it; nothing is clicked until someone starts
/// a new one. Whatever it ends by, it says what is open.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A scenario file, or the name of a built-in scenario; its bots, rules and bankroll are played
    scenario: String,
    /// The feed, instead of the scenario's source
    #[command(flatten)]
    source: Source,
    /// End after N games [default: go on until interrupted]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    games: Option<u64>,
    /// Folder to write; must not exist or be empty [default: the next free runs/NAME-NNN]
    #[arg(long, value_name = "DIR", conflicts_with = "no_journal")]
    out: Option<PathBuf>,
    /// Continue the session in --out, however it ended: its recording is played first, or, armed,
    /// its orders are shown and settled by the account
    #[arg(long, requires = "out")]
    resume: bool,
    /// Write no folder and record nothing
    #[arg(long)]
    no_journal: bool,
    #[command(flatten)]
    keeping: Keeping,
    #[command(flatten)]
    monitored: Monitored,
    /// Print one JSON line per game and event, then the summary, instead of text
    #[arg(long)]
    json: bool,
    // Last, for its headings.
    #[command(flatten)]
    clicking: ClickingOptions,
}

/// The feed to follow.
#[derive(Debug, clap::Args)]
pub(super) struct Source {
    /// Address of the feed: wss://, ws://, https:// or http://, or secret:NAME or env:NAME that has
    /// it
    #[arg(long, value_name = "URL")]
    pub(super) feed: Option<SourceAddress>,
}

/// How a feed is recorded.
#[derive(Debug, clap::Args)]
pub(super) struct Keeping {
    /// Also record every event as it arrives
    #[arg(long)]
    pub(super) raw: bool,
    /// Record as plain JSON lines, uncompressed
    #[arg(long)]
    pub(super) plain: bool,
    /// Stop when the disk fails, instead of continuing without recording
    #[arg(long)]
    pub(super) stop_on_disk_error: bool,
}

impl Keeping {
    /// The settings that these flags override.
    pub(super) fn flags(&self) -> Flags {
        let on = |is: bool| is.then_some(true);
        let mut flags = flag("--plain", "record.plain", on(self.plain));
        let stop = on(self.stop_on_disk_error);
        flags.extend(flag("--stop-on-disk-error", "record.stop_on_disk_error", stop));
        flags
    }
}

/// The last JSON line: the summary of the session.
#[derive(Serialize)]
struct Summary<'a> {
    event: &'static str,
    #[serde(flatten)]
    document: &'a RunDocument<'a>,
    live: &'a LiveReport,
}

/// Runs the command.
///
/// # Errors
/// When the scenario is wrong, something cannot be read or written, the session fails or is
/// interrupted.
pub(super) fn run(
    args: &Args,
    strategies: &Strategies,
    given: &Given,
    console: Console,
) -> Result<ExitCode, Error> {
    let mut flags = args.keeping.flags();
    flags.extend(args.clicking.flags()?);
    flags.extend(args.monitored.flags());
    let mut scenario = Scenario::open(Path::new(&args.scenario), strategies)?;
    let settings = given.load_with(flags, args.clicking.limits_of(&scenario.bots))?.settings;
    if args.clicking.is_armed() {
        // A real account carries its balance over from game to game.
        scenario.setup.bankroll = Bankroll::Compounding(scenario.setup.bankroll.start());
    }
    let (feed, execution, url) = followed(args, &settings, &scenario)?;
    let is_armed = args.clicking.is_armed();
    if args.resume && execution.is_some() && !is_armed {
        return Err(Error::usage("a dry run cannot resume an earlier session")
            .hint("start a new one in another folder"));
    }
    let stop = interrupt::stop_flag();
    let metrics = Arc::default();
    let _watched = watch(&settings, &metrics, stop)?;
    let json = (console, args.json);
    let (folder, orders) = match (args.no_journal, is_armed) {
        (true, false) => (None, OrderLog::default()),
        (true, true) => (None, orders::unkept(bot_of(&scenario), &settings)?),
        (false, false) => (Some(open_folder(args, &settings, &scenario)?), OrderLog::default()),
        (false, true) => {
            let (folder, orders) = open_armed(args, &settings, &scenario, json)?;
            (Some(folder), orders)
        }
    };
    let path = folder.as_ref().map(|folder| folder.path().to_owned());
    let recorded = |folder| settings.recording(folder, url.expose(), clock::moment());
    let edge = Edge {
        feed,
        recording: path.as_ref().map(|path| recorded(path.join("recording"))),
        raw: path.as_ref().filter(|_| args.keeping.raw).map(|path| recorded(path.join("raw"))),
        execution,
        orders,
        past: path.as_ref().filter(|_| args.resume && !is_armed).map(|path| path.join("recording")),
        config: live::Config { on_disarm: args.clicking.on_disarm(), ..settings.live },
        metrics,
    };
    let inputs = Inputs::default();
    let recordings = edge.metrics.recordings.clone();
    let queue = QueueConfig {
        stop_on_disk_error: settings.record.on_disk_error == OnDiskError::Stop,
        finish_within: settings.live.finish_within,
    };
    let recorder = RunRecorder::of_feed(&scenario, &inputs, folder)?;
    let ids = scenario.bots.iter().map(|bot| bot.id.to_string()).collect();
    let replay = path.map(|folder| Replay { folder, scenario: &scenario, games: args.games });
    let journal = LiveJournal { recorder, replay: replay.as_ref(), queue, recordings };
    let catches_up = args.resume && !is_armed;
    let mut observer = ConsoleObserver::new(journal, (console, args.json), ids, catches_up)?;
    info!("following {url}; Ctrl-C ends the session");
    let lineup = Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies };
    let own_time = interrupt::own_time(console);
    let played = live::play(lineup, args.games.unwrap_or(u64::MAX), edge, stop, &mut observer);
    drop(own_time);
    let Observed { mut recorder, gauge, fairness, open } = observer.into_parts();
    let (ending, session) = match played {
        Ok(session) => (Ok(session.ending), Some(session)),
        Err(error) => (Err(error), None),
    };
    let report = LiveReport::of(session.as_ref()).with_played(fairness).with_open(open);
    if let (Err(_), Some(replay), true) = (&ending, &replay, report.says_what_is_open()) {
        // Whatever it ended by, what is open stands in its folder.
        folder::write_json(&replay.folder.join("live.json"), &report)?;
    }
    let Finished { ending, assessment, folder: written } = recorder.finish(ending)?;
    let report = report.with_journal(gauge.map(|gauge| gauge.state()));
    let document = RunDocument { assessment: &assessment, inputs: &inputs.counts };
    if let (Some(folder), Some(replay)) = (&written, &replay) {
        folder::write_json(&folder.path().join("live.json"), &report)?;
        // The feed may have sent more games than were played when this session ended.
        replay.write(Some(assessment.games))?;
    }
    if args.json {
        console.print_json(&Summary { event: "summary", document: &document, live: &report })?;
    } else {
        console.print(run::table::render(&document, false))?;
        console.print(format!("\n{report}"))?;
    }
    if let Some(folder) = written {
        info!("session written to {}", folder.release().display());
    }
    if let Some(why) = report.disarmed().filter(|_| !args.clicking.stays()) {
        let what = format!("the session was disarmed: {why}");
        let open = report.open().map_or_else(String::new, |open| format!("{open}; "));
        let hint = format!("{open}check the account, then start a new session");
        return Err(Error::new(ErrorKind::Safety, what).hint(hint));
    }
    match ending {
        Ending::Complete => Ok(ExitCode::SUCCESS),
        Ending::Interrupted => {
            let what = format!("interrupted after {}", counted(assessment.games, "game"));
            Err(Error::new(ErrorKind::Interrupted, what).hint("what was written so far is intact"))
        }
    }
}

/// The feed to follow, what clicks in it, and its address: from the command line, else the
/// scenario.
fn followed(
    args: &Args,
    settings: &Settings,
    scenario: &Scenario,
) -> Result<(Follow, Option<ExecutionConfig>, SourceAddress), Error> {
    let known = match &scenario.source {
        SourceSpec::Browser { url } => Some(url),
        _ => None,
    };
    let known = known.filter(|_| args.source.feed.is_none());
    if let Some(page) = args.clicking.followed(known, settings)? {
        return Ok(page);
    }
    let url = match (&args.source.feed, &scenario.source) {
        (Some(url), _) => address_of_option(settings, ("--feed", url))?,
        (None, SourceSpec::Feed { url }) => address(settings, url)?,
        _ => {
            return Err(Error::usage("no feed to follow").hint(
                "give --feed URL or --browser --url URL, or a scenario with `source: Feed(url: \"…\")`",
            ));
        }
    };
    let feed = client(settings, url.expose())?;
    Ok((Follow::Feed(Box::new(feed)), None, url))
}

fn open_folder(args: &Args, settings: &Settings, scenario: &Scenario) -> Result<RunFolder, Error> {
    let bots = scenario.bots.iter().map(|bot| bot.id.to_string()).collect();
    let free = || run::free_folder(&settings.paths.runs(), &scenario.name);
    let path = args.out.clone().unwrap_or_else(free);
    let contents = Contents { format: Format::Csv, ticks: false, keep: None };
    if args.resume {
        // Before anything is looked at: another process may be writing it.
        let held = HeldFolder::take(&path)?;
        orders::was_not_armed(&path)?;
        check_past(&path)?;
        return RunFolder::resume_in(held, &scenario.text, (bots, contents), &Inputs::default());
    }
    RunFolder::create(&path, &scenario.text, bots, contents)
}

/// The folder of an armed session, and what is kept of its orders.
fn open_armed(
    args: &Args,
    settings: &Settings,
    scenario: &Scenario,
    json: (Console, bool),
) -> Result<(RunFolder, OrderLog), Error> {
    let free = || run::free_folder(&settings.paths.runs(), &scenario.name);
    let root = args.out.clone().unwrap_or_else(free);
    let (folders, opened) = ArmedFolders::of(root, args.resume)?;
    let bots = scenario.bots.iter().map(|bot| bot.id.to_string()).collect();
    let contents = Contents { format: Format::Csv, ticks: false, keep: None };
    let folder = RunFolder::create(&folders.run, &scenario.text, bots, contents)?;
    Ok((folder, folders.begin(opened, bot_of(scenario), settings, json)?))
}

/// The name of the bot that trades: an armed session has one.
fn bot_of(scenario: &Scenario) -> String {
    scenario.bots.first().map(|bot| bot.id.to_string()).unwrap_or_default()
}

/// A session resumes from its recording: without it, it would start over and overwrite the rest.
fn check_past(path: &Path) -> Result<(), Error> {
    let recording = path.join("recording");
    let is_gone = fs::read_dir(&recording).map_or(true, |mut files| files.next().is_none());
    let mut has_games = false;
    if is_gone && Written::is_at(path) {
        Written::open(path)?.rows_of(&schema::GAMES, |_: &[Cell<'_>], _| {
            has_games = true;
            Ok(())
        })?;
    }
    if !has_games {
        return Ok(());
    }
    let what = format!("{} is missing: cannot resume without it", recording.display());
    Err(Error::new(ErrorKind::Io, what).hint("start a new session with another --out"))
}
