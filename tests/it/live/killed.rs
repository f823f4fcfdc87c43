//! A browser that is killed under an armed session, at any moment and in the middle of orders.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use replayer::base::error::Error;
use replayer::base::runtime::backoff::BackoffBounds;
use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::engine::collector::Collector;
use replayer::engine::journal::GameRecord;
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{ArmSwitch, Config, ExecutionMode, ExecutionTimeouts, How};
use replayer::live::{
    self, ClickingSummary, Edge, ExecutionConfig, Follow, SessionEvent, SessionObserver,
};
use replayer::model::posting::PostingKind;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::random::{Random, RandomParams};
use rust_decimal::Decimal;
use rustix::process::Signal;
use serde_json::Value;

use super::stage::patient;
use crate::browser::processes::{browser_of, own_zombies, signal, until_gone};
use crate::browser::{launch, turn};
use crate::campaign::count;
use crate::demo_site::brief;
use crate::demo_site::visitor::{account, counts};
use crate::waiting::{PATIENCE, now, pause, until};

/// How often the browser is killed; `REPLAYER_KILLS` for more.
fn kills() -> usize {
    usize::try_from(count("REPLAYER_KILLS", 5)).unwrap()
}

/// Why a session ends in which everything went on.
const ENOUGH: &str = "killed often enough";

/// When a browser is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Whenever it is.
    Any,
    /// Right behind the arrival of an order at the site, which carries it out later.
    Arrived,
    /// An order was carried out; right before its acknowledgement.
    Acknowledging,
}

/// A moment, and the milliseconds from what it is measured by.
fn draw(chance: &mut ChaCha8Rng) -> (Moment, u64) {
    let mut below = |bound| chance.next_u64() % bound;
    match below(3) {
        0 => (Moment::Any, below(1_500)),
        1 => (Moment::Arrived, below(8)),
        _ => (Moment::Acknowledging, 40 + below(20)),
    }
}

/// Keeps the games of a session, and says when its page is there and how many games are over.
struct Watcher<'a> {
    games: Vec<GameRecord>,
    over: &'a AtomicUsize,
    ready: Sender<Instant>,
    /// How often it was said what is open.
    opens: usize,
}

impl Collector for Watcher<'_> {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.games.push(game);
        self.over.fetch_add(1, Relaxed);
        Ok(())
    }
}

impl SessionObserver for Watcher<'_> {
    fn happened(&mut self, event: &SessionEvent) -> Result<(), Error> {
        if matches!(event, SessionEvent::Browser { ready: true, .. }) {
            self.ready.send(now()).unwrap();
        }
        self.opens += usize::from(matches!(event, SessionEvent::Open(_)));
        Ok(())
    }
}

/// Kills the browser of one session after the other.
struct Killer<'a> {
    site: &'a DemoSiteHandle,
    profile: &'a Path,
    chance: ChaCha8Rng,
    /// From a kill to the page that was there again.
    recoveries: Vec<Duration>,
}

impl Killer<'_> {
    fn count(&self, what: &str) -> u64 {
        counts(&self.site.url(), "demo").unwrap()[what].as_u64().unwrap()
    }

    /// Waits until there is one more of something at the site.
    fn one_more(&self, what: &str, so_far: u64, switch: &ArmSwitch) -> bool {
        let mut is_more = false;
        until(&format!("one more order is {what}"), || {
            is_more = self.count(what) != so_far;
            is_more || !switch.is_on()
        });
        is_more
    }

    /// Kills until it was often enough or the session is disarmed.
    fn kill(&mut self, switch: &ArmSwitch, ready: &Receiver<Instant>) {
        ready.recv_timeout(PATIENCE).expect("the page is there");
        // The account is there as soon as somebody is logged in.
        until("somebody is logged in", || counts(&self.site.url(), "demo").is_some());
        // Trading goes on, or is over for a reason.
        while self.one_more("taken", self.count("taken"), switch) {
            if self.recoveries.len() == kills() {
                return switch.disarm(ENOUGH);
            }
            let (moment, ms) = draw(&mut self.chance);
            if !self.wait_for(moment, switch) {
                return;
            }
            pause(Duration::from_millis(ms));
            self.kill_now(ready);
            eprintln!("{moment:?} + {ms} ms: {:?}", self.recoveries.last().unwrap());
        }
    }

    /// Waits for a moment; false when the session is disarmed before.
    fn wait_for(&self, moment: Moment, switch: &ArmSwitch) -> bool {
        let (latency, late, what) = match moment {
            Moment::Any => ("latency 2 8", "late-ack 0", None),
            Moment::Arrived => ("latency 60 120", "late-ack 0", Some("taken")),
            Moment::Acknowledging => ("latency 2 8", "late-ack 60", Some("carriedOut")),
        };
        for order in [latency, late] {
            assert!(self.site.order(&order.parse().unwrap()));
        }
        what.is_none_or(|what| self.one_more(what, self.count(what), switch))
    }

    fn kill_now(&mut self, ready: &Receiver<Instant>) {
        let before = browser_of(self.profile).expect("a browser runs");
        ready.try_iter().for_each(drop);
        signal(before, Signal::KILL);
        let killed = now();
        let back = ready.recv_timeout(PATIENCE).expect("the page is there again");
        self.recoveries.push(back - killed);
        let after = browser_of(self.profile).expect("another one runs");
        assert_ne!(before, after, "the lock of a dead browser is left");
        until("no zombie is left", || own_zombies().is_empty());
    }
}

/// Plays armed until the killer has had enough or the session is disarmed, and then two games more:
/// their ends settle everything, and nothing new is done.
fn play(killer: &mut Killer<'_>) -> (ClickingSummary, Vec<GameRecord>) {
    let how = How::Launch(launch(killer.profile));
    let mut config = Config::new(killer.site.url().parse().unwrap(), how, 7);
    config.options.backoff = BackoffBounds {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
        healthy: Duration::from_secs(60),
    };
    let switch = ArmSwitch::on();
    let limits = RiskLimits {
        max_stake: Sol::milli(100),
        max_loss: Sol::milli(9_000),
        max_orders_per_minute: 10_000,
        ..RiskLimits::default()
    };
    let execution = ExecutionConfig {
        mode: ExecutionMode::Click(limits),
        timeouts: ExecutionTimeouts::default(),
        profile: Profile::rugs_fun(),
        switch: switch.clone(),
        within: Duration::from_secs(1),
        kill_socket: None,
        losses: None,
        take_over: false,
    };
    let page = Follow::Page(Box::new(config), None);
    let edge = Edge { execution: Some(execution), ..patient(page) };
    let params = RandomParams { chance: Decimal::from(15), stake: Sol::milli(9) };
    let table = TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(1)))
        .bot::<Random>("random", params);
    let (stop, over, (told, ready)) = (AtomicBool::new(false), AtomicUsize::new(0), unbounded());
    let mut watcher = Watcher { games: Vec::new(), over: &over, ready: told, opens: 0 };
    let session = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Also when something fails: the session would go on for ever.
            let end = StopAtEnd(&stop);
            killer.kill(&switch, &ready);
            let so_far = over.load(Relaxed);
            until("two games are over", || over.load(Relaxed) > so_far + 2);
            drop(end);
        });
        live::play(table.parts().0, u64::MAX, edge, &stop, &mut watcher).unwrap()
    });
    until_gone(killer.profile);
    // When it is disarmed, and at the end.
    assert!(watcher.opens >= 2 && session.open.is_some(), "{:?}", session.open);
    (session.clicking.unwrap(), watcher.games)
}

struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// What orders came to: how often each was booked, by game, kind, quantity and amount.
type Booked = BTreeMap<(String, String, String, String), i64>;

const ORDERS: [PostingKind; 3] = [PostingKind::Buy, PostingKind::Sell, PostingKind::SidebetStake];

fn booked_here(games: &[GameRecord]) -> Booked {
    let mut booked = Booked::new();
    for game in games {
        for (_, posting) in game.postings.iter().filter(|(_, it)| ORDERS.contains(&it.kind)) {
            let kind = posting.kind.code().to_owned();
            let (quantity, delta) = (posting.quantity.to_string(), posting.delta.to_string());
            *booked.entry((game.id.to_string(), kind, quantity, delta)).or_default() += 1;
        }
    }
    booked
}

fn booked_there(postings: &[Value]) -> Booked {
    let mut booked = Booked::new();
    for posting in postings {
        let [game, kind, quantity, delta] = ["game", "kind", "quantity", "delta"]
            .map(|field| posting[field].as_str().unwrap().to_owned());
        if ORDERS.iter().any(|order| order.code() == kind) {
            *booked.entry((game, kind, quantity, delta)).or_default() += 1;
        }
    }
    booked
}

#[test]
fn a_browser_that_is_killed_again_and_again_loses_no_order_and_doubles_none() {
    let Some(_turn) = turn() else { return };
    let mut config = brief(20.0);
    config.latency = Duration::from_millis(2)..=Duration::from_millis(8);
    let site = demo_site::start(config).unwrap();
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let chance = ChaCha8Rng::seed_from_u64(20);
    let mut killer = Killer { site: &site, profile: &profile, chance, recoveries: Vec::new() };
    let (mut sessions, mut unknown, mut arrived, mut postings) = (0, 0, 0, 0);
    while killer.recoveries.len() < kills() || sessions == 0 {
        let (clicking, games) = play(&mut killer);
        sessions += 1;
        unknown += clicking.unknown;
        let why = clicking.disarmed.as_deref().unwrap();
        // What nobody knew, and what was learnt when our game was over, needs a person.
        let open = clicking.unknown + clicking.drifts;
        assert_eq!(why == ENOUGH, open == 0, "{clicking:?}");

        let kept = account(&site.url(), "demo");
        let number = |what: &str| kept[what].as_u64().unwrap();
        assert_eq!(number("taken"), number("carriedOut") + number("refused"), "{kept}");
        let carried_out = number("carriedOut") - arrived;
        arrived = number("carriedOut");
        let known = clicking.done..=clicking.done + clicking.unknown;
        assert!(known.contains(&carried_out), "{carried_out} at the site, {clicking:?}");

        let all = kept["postings"].as_array().unwrap();
        let (here, there) = (booked_here(&games), booked_there(&all[postings..]));
        postings = all.len();
        let mut surplus = there;
        for (what, times) in here {
            *surplus.entry(what).or_default() -= times;
        }
        surplus.retain(|_, times| *times != 0);
        assert!(surplus.values().all(|&times| times > 0), "booked and never done: {surplus:?}");
        let unbooked = surplus.values().sum::<i64>();
        assert!(unbooked <= i64::try_from(open).unwrap(), "{surplus:?}");
        let cash = games.last().unwrap().rows[0].cash;
        assert_eq!(cash.to_string(), kept["cash"].as_str().unwrap(), "{clicking:?}");
    }
    let mut took = killer.recoveries;
    took.sort();
    let at = |share: usize| took[(took.len() * share).div_ceil(100) - 1];
    eprintln!(
        "measured: {} kills in {sessions} sessions, {unknown} unknown: recovered in p50 {:?}, p95 {:?}, \
         max {:?}",
        took.len(),
        at(50),
        at(95),
        at(100)
    );
}
