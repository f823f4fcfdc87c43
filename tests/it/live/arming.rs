//! Arming: what must be there in the page and must not be open in the account, in a browser that is
//! joined; and what becomes of a session that loses it.

use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use replayer::base::error::{Error, ErrorKind};
use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::engine::collector::{Collector, Ending};
use replayer::engine::journal::GameRecord;
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{ArmSwitch, Config, ExecutionMode, ExecutionTimeouts};
use replayer::live::{
    self, Edge, ExecutionConfig, FinishedSession, Follow, SessionEvent, SessionObserver,
};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::aggressive::Aggressive;
use replayer::strategies::always_wait::AlwaysWait;
use replayer::strategies::flat_sidebets::FlatSidebets;
use serde_json::{Value, json};

use super::armed::account_cash;
use super::stage::{Kept, patient};
use crate::browser::attached::Owned;
use crate::browser::devtools::open;
use crate::demo_site::brief;
use crate::demo_site::visitor::{Visitor, account, block_on, counts};
use crate::machine::{port, slowness};
use crate::program::{replayer, stderr};
use crate::waiting::{PATIENCE, now, or_stopped, until};

/// A demo site whose page its owner has open, and is logged in to.
struct Joined {
    site: DemoSiteHandle,
    browser: Owned,
}

impl Joined {
    fn open() -> Option<Self> {
        Self::at_speed(20.0)
    }

    fn at_speed(speed: f64) -> Option<Self> {
        let browser = Owned::start()?;
        let site = demo_site::start(brief(speed)).unwrap();
        open(browser.port, &format!("{}/", site.url()));
        until("somebody is logged in", || counts(&site.url(), "demo").is_some());
        Some(Self { site, browser })
    }

    fn order(&self, words: &str) {
        assert!(self.site.order(&words.parse().unwrap()), "{words}");
    }

    /// Plays armed, with controls that may be missing for a while; takes nothing over.
    fn play(
        &self,
        (patience, games): (Duration, u64),
        table: &TestTable,
        observer: &mut impl SessionObserver,
        stop: &AtomicBool,
    ) -> Result<FinishedSession, Error> {
        self.play_with(false, (patience, games), table, observer, stop)
    }

    fn play_with(
        &self,
        take_over: bool,
        (patience, games): (Duration, u64),
        table: &TestTable,
        observer: &mut impl SessionObserver,
        stop: &AtomicBool,
    ) -> Result<FinishedSession, Error> {
        let mut config = Config::new(self.site.url().parse().unwrap(), self.browser.how(), 7);
        config.reload = true;
        let execution = ExecutionConfig {
            mode: ExecutionMode::Click(RiskLimits {
                max_stake: Sol::milli(100),
                max_loss: Sol::milli(5_000),
                max_orders_per_minute: 10_000,
                ..RiskLimits::default()
            }),
            timeouts: ExecutionTimeouts {
                login: PATIENCE,
                control_patience: patience,
                control_look: Duration::from_millis(200),
                ..ExecutionTimeouts::default()
            },
            profile: Profile::rugs_fun(),
            switch: ArmSwitch::on(),
            within: Duration::from_secs(1),
            kill_socket: None,
            losses: None,
            take_over,
        };
        let page = Follow::Page(Box::new(config), None);
        let edge = Edge { execution: Some(execution), ..patient(page) };
        or_stopped(stop, || live::play(table.parts().0, games, edge, stop, observer))
    }

    /// How often the account staked something, by the site's own word.
    fn stakes(&self) -> usize {
        let account = account(&self.site.url(), "demo");
        let postings = account["postings"].as_array().unwrap().iter();
        let staking = ["buy", "sidebet_stake"];
        postings.filter(|it| staking.contains(&it["kind"].as_str().unwrap())).count()
    }
}

/// A table of one bot that buys, sells and bets.
fn trader() -> TestTable {
    table().bot::<Aggressive>("aggressive", Default::default())
}

fn table() -> TestTable {
    TestTable::new().rules(Rules::observed()).bankroll(Bankroll::Compounding(Sol::milli(1)))
}

/// How long a control may be missing where it will be missed: long enough to be looked at.
fn soon() -> Duration {
    Duration::from_secs(2).mul_f64(slowness())
}

#[test]
fn whatever_is_missing_in_the_page_or_open_in_the_account_is_named_and_nothing_is_clicked() {
    let Some(joined) = Joined::open() else { return };
    let stop = AtomicBool::new(false);
    for (on, off, wanted, todo) in [
        ("account short", "account short off", "an open short position", "close the short"),
        ("account leverage", "account leverage off", "positions with leverage", "close the pos"),
        ("account practice", "account practice off", "practice mode", "choose SOL"),
        (
            "account coin",
            "account coin off",
            "another coin than SOL is chosen: OTHER",
            "choose SOL",
        ),
        ("account bonus", "account bonus off", "a bonus balance of 1 SOL", "use the bonus up"),
        (
            "account autosell",
            "account autosell off",
            "autosell is on, at 2x",
            "switch autosell off",
        ),
        ("account autobuy", "account autobuy off", "autobuy is on", "switch autobuy off"),
        ("hide sell", "hide sell off", "Sell: it is not shown", "replayer browser doctor"),
        ("text percent50 HALF", "text percent50", "Percent50: no element", "browser doctor"),
        ("comma", "comma off", "has a comma", "browser doctor"),
    ] {
        joined.order(on);
        let error = joined.play((soon(), 1), &trader(), &mut Kept::default(), &stop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Safety, "{on}: {error}");
        let said = error.to_string();
        assert!(said.contains(wanted) && said.contains(todo), "{on}: {said}");
        joined.order(off);
    }
    assert_eq!(joined.stakes(), 0);

    // What its orders do not need may be missing; and the noise of doubles is not.
    joined.order("hide sell");
    joined.order("account noise");
    let bets = table().bot::<FlatSidebets>("bets", Default::default());
    let mut kept = Kept::default();
    // What was heard while it was armed is over: it bets in a later game.
    let session = joined.play((PATIENCE, 12), &bets, &mut kept, &stop).unwrap();
    let clicking = session.clicking.unwrap();
    assert_eq!((clicking.unknown, clicking.drifts), (0, 0), "{clicking:?}");
    assert_eq!(clicking.disarmed, None);
    assert!(clicking.done > 0 && joined.stakes() > 0, "{clicking:?}");
    assert_eq!(kept.games.last().unwrap().rows[0].cash, account_cash(&joined.site.url()));
}

/// Takes the SELL button away and brings it back, as the session says what it sees of that.
struct Thief<'a> {
    joined: &'a Joined,
    stop: &'a AtomicBool,
    told: Vec<String>,
    /// Stakes when entries had stopped for good.
    stakes: usize,
}

impl Collector for Thief<'_> {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn collect(&mut self, _: GameRecord) -> Result<(), Error> {
        Ok(())
    }
}

impl SessionObserver for Thief<'_> {
    fn happened(&mut self, event: &SessionEvent) -> Result<(), Error> {
        match event {
            SessionEvent::EntriesStopped { why } => {
                self.told.push(format!("stopped: {why}"));
                if self.told.len() == 1 {
                    self.joined.order("hide sell off");
                } else {
                    self.stakes = self.joined.stakes();
                }
            }
            SessionEvent::EntriesResumed => {
                self.told.push("resumed".to_owned());
                self.joined.order("hide sell");
            }
            SessionEvent::Disarmed { why } => {
                self.told.push(format!("disarmed: {why}"));
                self.stop.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        Ok(())
    }
}

#[test]
fn a_lost_control_stops_entries_at_once_they_go_on_when_it_is_back_and_patience_disarms() {
    let Some(joined) = Joined::open() else { return };
    let stop = AtomicBool::new(false);
    let mut thief = Thief { joined: &joined, stop: &stop, told: Vec::new(), stakes: 0 };
    let ended = std::thread::scope(|scope| {
        // Gone as soon as the first stake is there: the session is armed by then.
        scope.spawn(|| {
            until("a stake", || joined.stakes() > 0 || stop.load(Ordering::Relaxed));
            joined.order("hide sell");
        });
        let ended = joined.play((soon(), u64::MAX), &trader(), &mut thief, &stop);
        stop.store(true, Ordering::Relaxed);
        ended
    });
    let Thief { told, stakes, .. } = thief;
    let lost = "stopped: Sell: it is not shown";
    let gone = told.last().unwrap();
    assert_eq!(told[..2], [lost, "resumed"], "{told:?}");
    // Others may move while it goes.
    assert!(told[2].starts_with("stopped: ") && told[2].contains("Sell: it "), "{told:?}");
    assert!(gone.starts_with("disarmed: entries were stopped for "), "{told:?}");
    assert!(gone.ends_with(": Sell: it is not shown") && told.len() == 4, "{told:?}");
    let session = ended.unwrap();
    assert_eq!(session.ending, Ending::Interrupted);
    // One may have been on its way.
    assert!(joined.stakes() <= stakes + 1, "{} after {stakes}", joined.stakes());
}

/// What the account holds, by the site's own word.
fn held(url: &str) -> Sol {
    account(url, "demo")["quantity"].as_str().unwrap().parse().unwrap()
}

/// Buys in the next presale but one that has begun already, as a person would in another tab.
fn buy_in_presale(site: &DemoSiteHandle) {
    block_on(async {
        let mut person = Visitor::log_in(&site.url(), "demo").await;
        while person.hear_event("gameStateUpdate").await["rugged"] != true {}
        let is_presale = |frame: &Value| frame["allowPreRoundBuys"] == true;
        while !is_presale(&person.hear_event("gameStateUpdate").await) {}
        let (_, answer) = person.ask("buyOrder", json!({ "amount": 0.01 })).await;
        assert_eq!(answer["success"], true);
    });
}

#[test]
fn a_position_of_the_presale_is_taken_over_by_consent_with_what_was_paid_for_it() {
    let Some(joined) = Joined::at_speed(10.0) else { return };
    let (url, stop) = (joined.site.url(), AtomicBool::new(false));
    let table = table().bot::<AlwaysWait>("waits", Default::default());
    let begun = now();
    let (session, kept) = loop {
        assert!(begun.elapsed() < PATIENCE, "never: a session that is armed in its game");
        // The session waits for the button until something is held.
        joined.order("hide sell");
        let mut kept = Kept::default();
        let played = std::thread::scope(|scope| {
            scope.spawn(|| {
                buy_in_presale(&joined.site);
                joined.order("hide sell off");
            });
            joined.play_with(true, (PATIENCE, 2), &table, &mut kept, &stop)
        });
        let is_taken = kept.games.iter().any(|game| !game.postings.is_empty());
        match played {
            Ok(session) if is_taken => break (session, kept),
            // The machine was too slow for this game: the next one.
            Ok(_) => {}
            Err(error) => assert!(error.to_string().contains("cannot be taken over"), "{error}"),
        }
        until("it is liquidated", || held(&url) == Sol::ZERO);
    };
    let clicking = session.clicking.unwrap();
    assert_eq!((clicking.done, clicking.drifts, clicking.disarmed), (0, 0, None));
    let mut games = kept.games.iter();
    let game = games.find(|game| !game.postings.is_empty()).unwrap();
    let booked: Vec<_> = game.postings.iter().map(|(_, posting)| *posting).collect();
    let kinds: Vec<_> = booked.iter().map(|posting| posting.kind).collect();
    assert_eq!(kinds, [PostingKind::Buy, PostingKind::Liquidation]);
    assert_eq!((booked[0].delta, booked[0].price), (Sol::milli(-10), Price::ONE));
    assert_eq!(game.rows[0].cash, account_cash(&url));
}

/// A scenario of one bot.
const SCENARIO: &str = "Scenario(name: \"one\", seed: 7, source: Generated(games: 1), \
                        bankroll: Compounding(10), bots: [(id: \"a\", strategy: Aggressive())])";

const LIMITS: [&str; 7] =
    ["--armed", "--max-stake", "0.1", "--max-loss", "1", "--max-orders-per-minute", "10000"];

#[test]
fn a_page_that_was_logged_in_before_is_armed_by_consent_and_waited_for_in_words_without_it() {
    let Some(joined) = Joined::open() else { return };
    let own = std::fs::Permissions::from_mode(0o700);
    let place = tempfile::Builder::new().permissions(own).tempdir().unwrap();
    std::fs::write(place.path().join("one.ron"), SCENARIO).unwrap();
    let (port, url) = (joined.browser.port.to_string(), format!("{}/", joined.site.url()));
    let live = |more: &[&str]| {
        let page = ["live", "one.ron", "--browser", "--attach", &port, "--url", &url];
        let rest = ["--kill-socket", "kill.sock", "--games", "3", "--no-journal"];
        replayer(place.path(), &[&page[..], &LIMITS, &rest, more].concat())
    };
    let silent = live(&["--set", "clicking.login_ms=6000"]);
    assert_eq!(silent.status.code(), Some(4), "{silent:?}");
    let said = stderr(&silent);
    assert!(said.contains("waiting for the ") && said.contains(" s of 6 s"), "{said}");
    assert!(said.contains("--reload"), "{said}");
    let armed = live(&["--reload"]);
    assert_eq!(armed.status.code(), Some(0), "{armed:?}");
    assert!(joined.stakes() > 0, "{armed:?}");
}

#[test]
fn a_port_at_which_no_browser_listens_is_told_at_once_with_code_and_hint() {
    let place = tempfile::tempdir().unwrap();
    let nowhere = port().to_string();
    let page = ["--attach", &nowhere, "--url", "http://127.0.0.1:1/"];
    let live = [&["live", "quickstart", "--browser"][..], &page, &LIMITS].concat();
    let doctor = [&["browser", "doctor"][..], &page].concat();
    for arguments in [live, doctor] {
        let refused = replayer(place.path(), &arguments);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        let said = stderr(&refused);
        assert!(said.contains("connection refused"), "{said}");
        assert!(said.contains(&format!("--remote-debugging-port={nowhere}")), "{said}");
    }
    // Nothing is loaded again that was not joined.
    let alone = ["browser", "doctor", "--reload", "--url", "http://127.0.0.1:1/"];
    assert_eq!(replayer(place.path(), &alone).status.code(), Some(2));
}
