//! A case played: a fresh site, an armed session at it, what is done to both, and the outcome.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use replayer::base::runtime::backoff::BackoffBounds;
use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::demo::feed_server::{self, Repertoire, ShowPace};
use replayer::engine::source::Playlist;
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::{ArmSwitch, Config, ExecutionMode, How, LossFolder};
use replayer::live::{self, ClickingSummary, Edge, ExecutionConfig, Follow};
use replayer::model::order::Action;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use serde_json::{Value, json};

use super::cases::{Case, When};
use super::drill::{Drill, DrillParams, judge, read_back};
use super::outside::Outside;
use crate::browser::launch;
use crate::browser::processes::until_gone;
use crate::demo_site::visitor::{Visitor, account, block_on, counts};
use crate::live::stage::{Kept, patient};
use crate::waiting::{now, pause};

/// Time after which everything has arrived that was on its way when the switch went off.
const UNDERWAY: Duration = Duration::from_millis(1_000);

/// The outcome of a case.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) done: u64,
    pub(super) unknown: u64,
    /// Why orders were not carried out, one by one.
    pub(super) rejections: Vec<String>,
    /// Buttons pressed, as the bridge says: done, unknown, refused by the site, and without effect.
    pressed: u64,
    /// Orders that arrived at the site.
    pub(super) arrived: u64,
    pub(super) double: u64,
    pub(super) wrong: usize,
    /// Arrived after disarming, beyond the one that was underway.
    pub(super) after: u64,
    /// What of the limits was broken.
    pub(super) lost_too_much: Option<String>,
    pub(super) cash_equal: bool,
    /// The session's and the site's.
    pub(super) cash: String,
    pub(super) disarmed: Option<String>,
    pub(super) error: Option<String>,
    seconds: f64,
}

impl Outcome {
    pub(super) const HEAD: &'static str = "\
| case | what the bridge did | done / refused / unknown | pressed | arrived | double | wrong | after disarming | cash equal | disarmed, or ended, because | s |
|---|---|---|---|---|---|---|---|---|---|---|";

    /// As a row of a table.
    pub(super) fn row(&self, name: &str) -> String {
        let Self { done, unknown, pressed, arrived, double, wrong, after, .. } = self;
        let why = self.disarmed.iter().chain(&self.error).map(String::as_str);
        let why = why.collect::<Vec<_>>().join("; ").replace('\n', " ").replace('|', "/");
        let cash = if self.cash_equal { "yes" } else { &self.cash };
        format!(
            "| {name} | {} | {done} / {} / {unknown} | {pressed} | {arrived} | {double} | {wrong} | \
             {after} | {cash} | {why} | {:.1} |",
            self.commonest(),
            self.rejections.len(),
            self.seconds
        )
    }

    /// The commonest reason of refusals.
    pub(super) fn commonest(&self) -> String {
        let mut counts = BTreeMap::<&str, usize>::new();
        for why in &self.rejections {
            *counts.entry(why).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(_, count)| **count);
        let most = most.map(|(why, count)| format!("refused {count}×: {why}"));
        let most = most.unwrap_or_else(|| if self.done > 0 { "traded" } else { "–" }.to_owned());
        most.replace('|', "/").replace('\n', " ")
    }
}

/// Keeps what is logged on a thread.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Logged {
    /// Why orders were refused: the order gateway says so, of each.
    fn rejections(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let why = |line: &str| Some(line.split_once(" was not carried out: ")?.1.to_owned());
        text.lines().filter_map(why).collect()
    }
}

fn site_of(case: &Case) -> DemoSiteHandle {
    let playlist = Playlist::Generated { seed: case.seed, games: 1_000 };
    let mut feed = feed_server::Config::new(Repertoire::new(playlist, case.seed).unwrap());
    feed.pace = ShowPace::Times(case.speed);
    feed.wait_for_client = true;
    let mut site = demo_site::Config::new(feed);
    site.latency = Duration::from_millis(2)..=Duration::from_millis(8);
    site.orders = case.orders.iter().map(|order| order.parse().unwrap()).collect();
    demo_site::start(site).unwrap()
}

/// What the site counts; nothing of an account that nobody had.
fn counted(site: &DemoSiteHandle) -> Value {
    counts(&site.url(), "demo").unwrap_or_else(|| json!({ "taken": 0 }))
}

fn number(kept: &Value, what: &str) -> u64 {
    kept[what].as_u64().unwrap_or_default()
}

/// What the watcher saw.
#[derive(Default)]
struct Seen {
    /// Orders that had arrived when everything underway at disarming had.
    at_off: Option<u64>,
    /// More than one was underway.
    surplus: u64,
}

/// Does to the session what is to be done, and stops it at its time.
fn watch(case: &Case, outside: &Outside<'_>, stop: &AtomicBool) -> Seen {
    let (begun, mut then, mut seen) = (now(), case.then.iter().peekable(), Seen::default());
    let mut there = None;
    while !stop.load(Relaxed) {
        let kept_now = counted(outside.site);
        let taken = number(&kept_now, "taken");
        if !kept_now["cash"].is_null() {
            there.get_or_insert_with(now);
        }
        if let Some((_, action)) = then.next_if(|(when, _)| match when {
            When::Taken(orders) => taken >= *orders,
            When::After(time) => begun.elapsed() >= *time,
            When::There(time) => there.is_some_and(|there| there.elapsed() >= *time),
        }) {
            outside.perform(action);
            continue;
        }
        if seen.at_off.is_none() && !outside.switch.is_on() {
            let first = number(&counted(outside.site), "taken");
            pause(UNDERWAY);
            let settled = number(&counted(outside.site), "taken");
            seen = Seen { at_off: Some(settled), surplus: (settled - first).saturating_sub(1) };
            if case.is_endless {
                // Whatever it still clicked would arrive meanwhile.
                pause(UNDERWAY);
                stop.store(true, Relaxed);
            }
        }
        if begun.elapsed() > case.at_most {
            stop.store(true, Relaxed);
        }
        pause(Duration::from_millis(5));
    }
    seen
}

/// Sets off the stop of a session also when something fails.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

fn execution(case: &Case, switch: &ArmSwitch, socket: &Path, url: &str) -> ExecutionConfig {
    ExecutionConfig {
        mode: ExecutionMode::Click(case.limits),
        timeouts: case.timeouts,
        profile: Profile::rugs_fun(),
        switch: switch.clone(),
        within: case.within,
        kill_socket: Some(socket.to_owned()),
        losses: Some(LossFolder::new(socket.with_file_name("accounts"), &url.parse().unwrap())),
        take_over: false,
    }
}

pub(super) fn play(case: &Case, profile: &Path) -> Outcome {
    let begun = now();
    let site = site_of(case);
    let holder = case.held.then(|| hold(&site));
    let before = number(&counted(&site), "taken");
    let mut config = Config::new(site.url().parse().unwrap(), How::Launch(launch(profile)), 7);
    let (first, longest) = (Duration::from_millis(20), Duration::from_millis(200));
    config.options.backoff = BackoffBounds { first, longest, healthy: Duration::from_secs(60) };
    let (switch, stop) = (ArmSwitch::on(), AtomicBool::new(false));
    // Beside the profile, which is its owner's alone.
    let sockets = tempfile::Builder::new().permissions(own()).tempdir().unwrap();
    let socket = sockets.path().join("kill.sock");
    let page = Follow::Page(Box::new(config), None);
    let execution = Some(execution(case, &switch, &socket, &site.url()));
    let mut edge = Edge { execution, ..patient(page) };
    // A page that hangs for longer, because the machine is slow, is silent for longer.
    let silence = Duration::from_millis(edge.config.thresholds.stale_in_play_ms);
    edge.config.thresholds.stale_in_play_ms =
        silence.mul_f64(case.slowness).as_millis().try_into().unwrap();
    let drill = DrillParams { asked: Arc::default(), ..case.drill.clone() };
    let table = TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(1)))
        .bot::<Drill>("drill", drill.clone());
    let (mut games, logged) = (Kept::default(), Logged::default());
    let slowness = case.slowness;
    let outside = Outside { site: &site, switch: &switch, profile, socket: &socket, slowness };
    let (played, seen) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(case, &outside, &stop));
        let end = StopAtEnd(&stop);
        let writer = logged.clone();
        let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
        let played = tracing::subscriber::with_default(log.finish(), || {
            live::play(table.parts().0, case.games, edge, &stop, &mut games)
        });
        drop(end);
        (played, watcher.join().unwrap())
    });
    until_gone(profile);
    drop(holder);
    let there = settled(&site);
    let (clicking, error) = match played {
        Ok(session) => (session.clicking.unwrap(), None),
        Err(error) => (ClickingSummary::default(), Some(error.to_string())),
    };
    let rejections = logged.rejections();
    let refused = |part: &str| rejections.iter().filter(|why| why.contains(part)).count() as u64;
    let pressed = clicking.done
        + clicking.unknown
        + refused("the site refused: ")
        + refused("the page sent nothing");
    let arrived = arrived_since(&there, before);
    let asked = drill.asked.lock().unwrap().clone();
    let (wrong, extra) = judge(&arrived, &asked);
    let taken = number(&there, "taken") - before;
    let double = (extra as u64).max(taken.saturating_sub(pressed));
    let after = seen.at_off.map_or(0, |at_off| number(&there, "taken") - at_off) + seen.surplus;
    let here = games.games.last().map(|game| game.rows[0].cash.to_string());
    // Where no game was played, nothing may have changed.
    let here = here.unwrap_or_else(|| clicking.began_with.to_string());
    let theirs = there["cash"].as_str().unwrap_or_default().to_owned();
    Outcome {
        done: clicking.done,
        unknown: clicking.unknown,
        pressed,
        arrived: taken,
        double,
        wrong,
        after,
        lost_too_much: beyond_limits(case, &clicking, &arrived, &there),
        cash_equal: here == theirs,
        cash: format!("{here} here, {theirs} there"),
        disarmed: switch.why(),
        error,
        seconds: begun.elapsed().as_secs_f64(),
        rejections,
    }
}

fn own() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o700)
}

/// What the site keeps when nothing is left on its way.
fn settled(site: &DemoSiteHandle) -> Value {
    let (begun, mut is_settled) = (now(), false);
    while !is_settled && begun.elapsed() < UNDERWAY * 20 {
        let there = counted(site);
        let known = ["carriedOut", "refused", "lost"].map(|what| number(&there, what));
        is_settled = number(&there, "taken") == known.iter().sum::<u64>();
        pause(Duration::from_millis(5));
    }
    match counts(&site.url(), "demo") {
        Some(_) => account(&site.url(), "demo"),
        None => json!({ "arrived": [], "taken": 0 }),
    }
}

fn arrived_since(there: &Value, before: u64) -> Vec<String> {
    let arrived = there["arrived"].as_array().unwrap().iter();
    let texts = arrived.map(|text| text.as_str().unwrap().to_owned());
    texts.skip(usize::try_from(before).unwrap()).collect()
}

/// What was done beyond the limits, by the site's own word.
fn beyond_limits(
    case: &Case,
    clicking: &ClickingSummary,
    arrived: &[String],
    there: &Value,
) -> Option<String> {
    let stakes = arrived.iter().filter_map(|text| match read_back(text)? {
        Action::Buy { stake } | Action::Sidebet { stake } => Some(stake),
        Action::Sell { .. } => None,
    });
    let stakes: Vec<_> = stakes.collect();
    let most = stakes.iter().copied().max().unwrap_or_default();
    if most > case.limits.max_stake {
        return Some(format!("{most} SOL were staked at once"));
    }
    let limit = case.limits.max_orders.unwrap_or(u32::MAX).min(case.limits.max_orders_per_minute);
    if stakes.len() > limit as usize {
        return Some(format!("{} stakes were sent", stakes.len()));
    }
    let held = there["quantity"].as_str()?.parse::<Sol>().unwrap();
    if held != Sol::ZERO || case.drifts {
        return None;
    }
    let cash = there["cash"].as_str()?.parse().ok()?;
    let loss = clicking.began_with.minus(cash).unwrap();
    (loss > case.limits.max_loss).then(|| format!("{loss} SOL were lost"))
}

/// Buys, so that a position is held when the session begins.
fn hold(site: &DemoSiteHandle) -> Visitor {
    block_on(async {
        let mut visitor = Visitor::log_in(&site.url(), "demo").await;
        visitor.hear_active().await;
        let (_, answer) = visitor.ask("buyOrder", json!({ "amount": 0.01 })).await;
        assert_eq!(answer["success"], true);
        visitor
    })
}
