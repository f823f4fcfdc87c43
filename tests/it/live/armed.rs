//! Armed sessions: a bot that clicks in the page of the demo site, in a real browser.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use replayer::demo::demo_site;
use replayer::engine::collector::JournalGauge;
use replayer::engine::testing::TestTable;
use replayer::live::browser::controls::Profile;
use replayer::live::browser::risk::RiskLimits;
use replayer::live::browser::{ArmSwitch, Config, ExecutionMode, ExecutionTimeouts, How};
use replayer::live::monitor::Metrics;
use replayer::live::{self, Edge, ExecutionConfig, FinishedSession, Follow};
use replayer::model::posting::PostingKind;
use replayer::model::rules::Rules;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::aggressive::Aggressive;

use super::stage::{Kept, feed_config, patient};
use crate::browser::{launch, turn};
use crate::campaign::count;
use crate::demo_site::visitor::account;
use crate::machine::pace;
use crate::waiting::or_stopped;

/// How an armed session went.
struct ArmedRun {
    session: FinishedSession,
    kept: Kept<'static>,
    /// The site's account at the end.
    cash: Sol,
    /// What everybody could see at the end.
    shown: String,
}

fn limits() -> RiskLimits {
    RiskLimits {
        max_stake: Sol::milli(100),
        max_loss: Sol::milli(5_000),
        max_orders_per_minute: 10_000,
        ..RiskLimits::default()
    }
}

/// Plays `games` games on a site at a speed, armed with limits; `orders` say what goes wrong.
fn play(games: u64, speed: f64, limits: RiskLimits, orders: &[&str]) -> Option<ArmedRun> {
    play_seen(Arc::default(), games, (speed, limits), orders)
}

/// The same, seen by metrics.
fn play_seen(
    metrics: Arc<Metrics>,
    games: u64,
    (speed, limits): (f64, RiskLimits),
    orders: &[&str],
) -> Option<ArmedRun> {
    let _turn = turn()?;
    let mut feed = feed_config();
    feed.pace = pace(speed);
    let mut site = demo_site::Config::new(feed);
    site.latency = Duration::from_millis(2)..=Duration::from_millis(8);
    site.orders = orders.iter().map(|order| order.parse().unwrap()).collect();
    let site = demo_site::start(site).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let browser = launch(&profile.path().join("profile"));
    let config = Config::new(site.url().parse().unwrap(), How::Launch(browser), 7);
    let execution = ExecutionConfig {
        mode: ExecutionMode::Click(limits),
        timeouts: ExecutionTimeouts::default(),
        profile: Profile::rugs_fun(),
        switch: ArmSwitch::on(),
        within: Duration::from_secs(1),
        kill_socket: None,
        losses: None,
        take_over: false,
    };
    let page = Follow::Page(Box::new(config), None);
    let edge = Edge { execution: Some(execution), metrics: Arc::clone(&metrics), ..patient(page) };
    let table = TestTable::new()
        .rules(Rules::observed())
        .bankroll(Bankroll::Compounding(Sol::milli(1)))
        .bot::<Aggressive>("aggressive", Default::default());
    let (stop, mut kept) = (AtomicBool::new(false), Kept::default());
    let session =
        or_stopped(&stop, || live::play(table.parts().0, games, edge, &stop, &mut kept)).unwrap();
    let cash = account_cash(&site.url());
    Some(ArmedRun { session, kept, cash, shown: metrics.exposition() })
}

/// The cash of the site's account, by its own word.
pub(super) fn account_cash(url: &str) -> Sol {
    account(url, "demo")["cash"].as_str().unwrap().parse().unwrap()
}

#[test]
fn what_is_clicked_what_is_booked_and_what_the_site_keeps_are_equal_to_the_lamport() {
    let games = count("REPLAYER_GAMES", 8);
    let Some(armed) = play(games, 20.0, limits(), &[]) else { return };
    let clicking = armed.session.clicking.unwrap();
    eprintln!("{clicking:?}");
    assert_eq!((clicking.unknown, clicking.drifts), (0, 0), "{clicking:?}");
    assert!(clicking.done > 2 * games, "{clicking:?}");
    assert_eq!(clicking.disarmed, None);
    for line in [
        "replayer_armed 1".to_owned(),
        "replayer_disarms_total 0".to_owned(),
        format!("replayer_clicked_orders_total{{outcome=\"done\"}} {}", clicking.done),
        format!("replayer_click_seconds_count {}", clicking.click_us.all.count),
    ] {
        assert!(armed.shown.lines().any(|shown| shown == line), "{line}\n{}", armed.shown);
    }
    let last = armed.kept.games.last().unwrap();
    assert_eq!(last.rows[0].cash, armed.cash);
    let postings = armed.kept.games.iter().flat_map(|game| &game.postings);
    let corrected = postings.filter(|(_, posting)| posting.kind == PostingKind::Correction);
    assert_eq!(corrected.count(), 0);
}

#[test]
fn while_nothing_can_be_kept_no_entry_is_clicked() {
    let (metrics, gauge) = (Arc::<Metrics>::default(), JournalGauge::default());
    gauge.change(|state| state.failing = Some("the disk is full".to_owned()));
    metrics.recordings.journal(gauge);
    let Some(armed) = play_seen(metrics, 2, (20.0, limits()), &[]) else { return };
    let clicking = armed.session.clicking.unwrap();
    assert!(clicking.refused > 0, "{clicking:?}");
    assert_eq!((clicking.done, clicking.unknown, clicking.disarmed), (0, 0, None));
    assert!(
        armed.shown.lines().any(|line| line == "replayer_journal_failing 1"),
        "{}",
        armed.shown
    );
}
