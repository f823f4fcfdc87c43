//! An armed session on the demo site: how long clicks take, how memory grows, and that nothing is
//! clicked after it is killed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::RangeInclusive;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use replayer::base::error::Error;
use replayer::demo::demo_site;
use replayer::demo::feed_server::{self, Repertoire, ShowPace};
use replayer::engine::collector::Collector;
use replayer::engine::journal::GameRecord;
use replayer::engine::source::Playlist;
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{ArmSwitch, ExecutionMode, ExecutionTimeouts};
use replayer::live::{
    self, Edge, ExecutionConfig, FinishedSession, Follow, SessionEvent, SessionObserver,
};
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::random::{Random, RandomParams};
use rust_decimal::Decimal;
use rustix::process::{Signal, getpid, kill_process};
use serde_json::Value;

use crate::child::{Site, until_let_go};
use crate::watch::Sampler;
use crate::{Load, Outcome, Role, Table, config, now, wait};

/// How many times as fast as the game is played.
const SPEED: f64 = 20.0;
/// How long the site takes for an order, in milliseconds.
const LATENCY_MS: RangeInclusive<u64> = 2..=8;
/// Longest wait for the session to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// For a click that was on its way when the session was killed to arrive at the site.
const ARRIVAL: Duration = Duration::from_millis(500);

/// Limits that are never reached.
pub(crate) fn limits() -> RiskLimits {
    RiskLimits {
        max_stake: Sol::milli(100),
        max_loss: Sol::milli(900_000),
        max_orders_per_minute: 100_000,
        ..RiskLimits::default()
    }
}

/// Is the demo site, until it is let go.
pub(crate) fn serve() -> Outcome<()> {
    let repertoire = Repertoire::new(Playlist::Generated { seed: 11, games: u64::MAX }, 11)?;
    let mut feed = feed_server::Config::new(repertoire);
    feed.pace = ShowPace::Times(SPEED);
    feed.wait_for_client = true;
    let mut site = demo_site::Config::new(feed);
    site.latency =
        Duration::from_millis(*LATENCY_MS.start())..=Duration::from_millis(*LATENCY_MS.end());
    site.bankroll = Sol::milli(1_000_000);
    let site = demo_site::start(site)?;
    writeln!(std::io::stdout(), "{}", site.url())?;
    until_let_go()
}

/// Counts games, and keeps none.
struct Counter<'a>(&'a AtomicU64);

impl Collector for Counter<'_> {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn collect(&mut self, _: GameRecord) -> Result<(), Error> {
        self.0.fetch_add(1, Relaxed);
        Ok(())
    }
}

impl SessionObserver for Counter<'_> {
    fn happened(&mut self, _: &SessionEvent) -> Result<(), Error> {
        Ok(())
    }
}

/// Orders that arrived at the site.
fn taken(url: &str) -> Outcome<u64> {
    let address = url.strip_prefix("http://").ok_or("no address")?.trim_end_matches('/');
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /account HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let account: Value = serde_json::from_str(body)?;
    account["taken"].as_u64().ok_or_else(|| "the account says nothing of orders".into())
}

/// Waits until it is so, until the session is over, or until `time` has passed.
fn wait_until(
    time: Duration,
    session: &ScopedJoinHandle<'_, Result<FinishedSession, Error>>,
    is_so: impl Fn() -> bool,
) {
    let begun = now();
    while begun.elapsed() < time && !session.is_finished() && !is_so() {
        wait(Duration::from_millis(50));
    }
}

/// Plays armed until told to stop: at random, and so with many orders.
fn play(edge: Edge, stop: &AtomicBool, games: &AtomicU64) -> Result<FinishedSession, Error> {
    let params = RandomParams { chance: Decimal::from(15), stake: Sol::milli(9) };
    let table = TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(1)))
        .bot::<Random>("random", params);
    live::play(table.parts().0, u64::MAX, edge, stop, &mut Counter(games))
}

/// Plays armed for some minutes, and is killed.
pub(crate) fn measure(load: &Load, table: &mut Table) -> Outcome<()> {
    let own = std::fs::Permissions::from_mode(0o700);
    let place = tempfile::Builder::new().permissions(own).tempdir()?;
    let site = Site::start(Role::Demo, load.frames, load.seconds)?;
    let switch = ArmSwitch::on();
    let execution = ExecutionConfig {
        mode: ExecutionMode::Click(limits()),
        timeouts: ExecutionTimeouts::default(),
        profile: Profile::rugs_fun(),
        switch: switch.clone(),
        within: Duration::from_secs(1),
        kill_socket: Some(place.path().join("kill.sock")),
        losses: None,
        take_over: false,
    };
    let page = Follow::Page(Box::new(config(&site.url, &place.path().join("profile"))?), None);
    let edge = Edge { execution: Some(execution), ..Edge::new(page) };
    let (stop, games, memory) = (AtomicBool::new(false), AtomicU64::new(0), Sampler::start(None)?);
    let played = || games.load(Relaxed);
    let (session, killed, before, after) = thread::scope(|scope| {
        let session = scope.spawn(|| play(edge, &stop, &games));
        wait_until(PATIENCE, &session, || played() > 0);
        let whole = Duration::try_from_secs_f64(load.minutes * 60.0).unwrap_or(Duration::MAX);
        wait_until(whole, &session, || !switch.is_on());
        let killed = kill_process(getpid(), Signal::USR1);
        wait(ARRIVAL);
        let (before, so_far) = (taken(&site.url), played());
        wait_until(PATIENCE, &session, || played() >= so_far + 2);
        stop.store(true, Relaxed);
        (session.join(), killed, before, taken(&site.url))
    });
    let memory = memory.end()?;
    killed?;
    let session = session.map_err(|_| "the session panicked")??;
    let late = after? - before?;
    let clicking = session.clicking.ok_or("an armed session clicks")?;
    let (done, refused, unknown, drifts) =
        (clicking.done, clicking.refused, clicking.unknown, clicking.drifts);
    let (least, most) = (LATENCY_MS.start(), LATENCY_MS.end());
    let played = played();
    table.row(
        "armed session",
        format!("{played} games at {SPEED} times the speed, {} min", load.minutes),
    );
    table.row(
        "orders done / refused / unknown, drifts",
        format!("{done} / {refused} / {unknown}, {drifts}"),
    );
    table.times("order: decided -> clicked", clicking.click_us.all);
    let confirmed = format!("order: clicked -> confirmed (the site takes {least} to {most} ms)");
    table.times(&confirmed, clicking.confirmed_us.all);
    table.row("memory of the armed session", memory.words());
    table.row("threads and descriptors meanwhile", memory.handles());
    if let Some(plot) = &load.plot {
        memory.write(plot, "An armed session")?;
    }
    table.row("orders at the site behind the kill", late.to_string());
    let killed = clicking.disarmed.as_deref() == Some("killed by SIGUSR1");
    match (unknown + drifts + late, killed) {
        (0, true) => Ok(()),
        _ => Err(format!("the session did not go as it should: {:?}", clicking.disarmed).into()),
    }
}
