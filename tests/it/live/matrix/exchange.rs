//! An exchange that misbehaves as an exchange, not as a page: it books, tells and answers, and one
//! thing of it is not what was ordered. Armed sessions join what stands in for a browser; the
//! frames are those of the demo site's exchange. Prints each mode as a row of a table
//! (docs/how-to/browser-matrix.md#what-an-exchange-does).

mod modes;

use std::sync::Mutex;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::{Duration, Instant};

use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::demo::feed_server::{self, Repertoire, ShowPace};
use replayer::engine::source::Playlist;
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{ArmSwitch, Config, ExecutionMode, ExecutionTimeouts, How};
use replayer::live::{self, ClickingSummary, ExecutionConfig, Follow};
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;

use super::cases::slowed;
use super::drill::{Drill, DrillParams};
use crate::browser::stand_in::{PageLog, StandIn};
use crate::demo_site::visitor::account;
use crate::live::stage::{Kept, patient};
use crate::machine::slowness;
use crate::waiting::{PATIENCE, now, pause};
use modes::{Expect, MODES, Mode};

/// Its first game has 89 ticks: a sidebet that is placed behind tick 49 is won.
const SEED: u64 = 590;
/// Every stake, in thousandths.
const STAKE: u64 = 10;
/// Sessions at a time: each waits most of its time.
const AT_ONCE: usize = 6;
/// Time that a session still has when it is disarmed: whatever it would still click arrives.
const STILL: Duration = Duration::from_millis(150);

/// The outcome of a mode.
struct Outcome {
    summary: ClickingSummary,
    log: PageLog,
    /// When the switch was seen to be off.
    off: Option<Instant>,
    /// What the site booked last.
    booked: String,
}

impl Outcome {
    /// Thousandths of SOL that were staked when the difference had been told.
    fn lost_beyond(&self) -> u64 {
        let late = |at: Instant| self.off.is_some_and(|off| at > off);
        self.log.orders.iter().filter(|order| late(order.at)).map(|order| order.stake).sum()
    }

    /// How long before the switch went off the last thing was heard of the account.
    fn told_within(&self) -> Option<Duration> {
        let off = self.off?;
        let before = self.log.told.iter().rev().find(|&&told| told <= off)?;
        Some(off.duration_since(*before))
    }

    fn row(&self, mode: &Mode) -> String {
        let before_off = |at: Instant| self.off.is_none_or(|off| at <= off);
        let last = self.log.orders.iter().rev().find(|order| before_off(order.at));
        let ordered = last.map_or("–", |order| order.what.as_str());
        let told = self.told_within().map_or("–".to_owned(), |it| it.as_millis().to_string());
        let ClickingSummary { done, unknown, disarmed, .. } = &self.summary;
        let seen = disarmed.clone().unwrap_or_else(|| format!("{done} done"));
        let (does, booked, lost) = (mode.does, &self.booked, self.lost_beyond());
        format!("| {ordered} | {does} | {booked} | {seen} | {unknown} | {told} | {lost} |")
    }

    /// What is not as it must be.
    fn breaches(&self, mode: &Mode) -> Vec<String> {
        let mut found = Vec::new();
        let ClickingSummary { done, unknown, disarmed, .. } = &self.summary;
        if self.lost_beyond() > 0 {
            found.push(format!("{} thousandths staked when it was told", self.lost_beyond()));
        }
        match (mode.expect, disarmed) {
            (Expect::Told(parts), Some(why)) if parts.iter().any(|part| why.contains(part)) => {
                if *unknown > 1 {
                    found.push(format!("{unknown} unknown"));
                }
            }
            (Expect::Done(least), None) if *done >= least && *unknown == 0 => {}
            (expect, why) => {
                found.push(format!("{done} done, {unknown} unknown, {why:?}; expected {expect:?}"));
            }
        }
        found
    }
}

fn site_of(mode: &Mode, slowness: f64) -> DemoSiteHandle {
    let playlist = Playlist::Generated { seed: SEED, games: 1_000 };
    let mut feed = feed_server::Config::new(Repertoire::new(playlist, SEED).unwrap());
    feed.pace = ShowPace::Times(20.0 / slowness);
    feed.wait_for_client = true;
    let mut site = demo_site::Config::new(feed);
    site.latency = Duration::from_millis(2)..=Duration::from_millis(8);
    // Within the slippage, one price may be that of the next tick by chance: another one tells.
    let is_lasting = matches!(mode.expect, Expect::Done(_)) || mode.slippage > 0;
    let times = if is_lasting { 1_000 } else { 1 };
    let fault = mode.fault.map(|fault| format!("{} {times}", fault.word()));
    let commands = mode.commands.iter().map(|words| slowed(words, slowness)).chain(fault);
    site.orders = commands.map(|words| words.parse().unwrap()).collect();
    demo_site::start(site).unwrap()
}

/// Looks for the switch to go off, and ends the session behind that, or at the end of patience.
fn watch(switch: &ArmSwitch, stop: &AtomicBool) -> Option<Instant> {
    let begun = now();
    while !stop.load(Relaxed) {
        if !switch.is_on() {
            let off = now();
            pause(STILL);
            stop.store(true, Relaxed);
            return Some(off);
        }
        if begun.elapsed() > PATIENCE {
            stop.store(true, Relaxed);
        }
        pause(Duration::from_millis(1));
    }
    None
}

fn play(mode: &Mode) -> Outcome {
    let slowness = slowness();
    let site = site_of(mode, slowness);
    let page = StandIn::open(&site.url(), mode.way);
    let config = Config::new(site.url().parse().unwrap(), How::Attach(page.address), 7);
    let (switch, stop) = (ArmSwitch::on(), AtomicBool::new(false));
    let second = Duration::from_secs(1).mul_f64(slowness);
    let limits = RiskLimits {
        max_stake: Sol::milli(200),
        max_loss: Sol::milli(5_000),
        max_orders_per_minute: 10_000,
        ..RiskLimits::default()
    };
    let execution = ExecutionConfig {
        mode: ExecutionMode::Click(limits),
        timeouts: ExecutionTimeouts { patience: second, ..ExecutionTimeouts::default() },
        profile: Profile::rugs_fun(),
        switch: switch.clone(),
        within: second,
        kill_socket: None,
        losses: None,
        take_over: false,
    };
    let mut edge = patient(Follow::Page(Box::new(config), None));
    edge.config.max_slippage = mode.slippage;
    edge.execution = Some(execution);
    let stake = Sol::milli(i64::try_from(STAKE).unwrap());
    let drill = DrillParams { trades: mode.trades, stake, more: 0, ..DrillParams::default() };
    let table = TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(1)))
        .bot::<Drill>("drill", drill);
    let mut games = Kept::default();
    let (played, off) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&switch, &stop));
        let played = live::play(table.parts().0, mode.games, edge, &stop, &mut games);
        stop.store(true, Relaxed);
        (played, watcher.join().unwrap())
    });
    let summary = match played {
        Ok(session) => session.clicking.unwrap(),
        Err(error) => panic!("{}: {error}", mode.does),
    };
    let there = account(&site.url(), "demo");
    let last = there["postings"].as_array().and_then(|postings| postings.last().cloned());
    let booked = last.map_or("nothing".to_owned(), |posting| {
        let text = |key: &str| posting[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} SOL", text("kind"), text("delta"))
    });
    Outcome { summary, log: page.log(), off, booked }
}

#[test]
fn whatever_an_exchange_does_that_was_not_ordered_is_told_and_nothing_is_staked_behind_it() {
    let hostile = MODES.iter().filter(|mode| matches!(mode.expect, Expect::Told(_)));
    assert!(hostile.count() >= 40);
    let only = std::env::var("MATRIX_CASE").ok();
    let is_wanted = |mode: &&Mode| only.as_ref().is_none_or(|only| mode.does.contains(only));
    let wanted: Vec<&Mode> = MODES.iter().filter(is_wanted).collect();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let rows = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(mode) = wanted.get(next.fetch_add(1, Relaxed)) {
                    let outcome = play(mode);
                    let row = outcome.row(mode);
                    let found = outcome.breaches(mode);
                    let place = MODES.iter().position(|it| it.does == mode.does);
                    rows.lock().unwrap().push((place, row));
                    let named = found.iter().map(|breach| format!("{}: {breach}", mode.does));
                    wrong.lock().unwrap().extend(named);
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort();
    eprintln!(
        "| ordered | the site | booked last | seen by us | unknown | told within, ms | lost beyond |"
    );
    eprintln!("|---|---|---|---|---:|---:|---:|");
    for (_, row) in rows {
        eprintln!("{row}");
    }
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
