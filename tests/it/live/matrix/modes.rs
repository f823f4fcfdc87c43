//! The modes of a page: one armed session in a real browser, and everything that a page can do to who
//! clicks in it, one after the other. Prints the outcome of each as a row of
//! docs/how-to/browser-matrix.md.

mod clicks;
mod rows;

use std::time::Duration;

use replayer::demo::demo_site::{self, DemoSiteHandle};
use replayer::demo::feed_server::{self, Repertoire};
use replayer::engine::source::Playlist;
use replayer::engine::venue::execution::OrderStatus;
use replayer::live::browser::How;
use replayer::model::order::{Action, Portion};
use replayer::model::sol::Sol;

use crate::browser::attached::Owned;
use crate::browser::devtools::{close, open, tabs};
use crate::browser::processes::until_gone;
use crate::browser::{launch, turn};
use crate::campaign::count;
use crate::machine::pace;
use crate::waiting::{PATIENCE, now, until};
use clicks::{Clicks, Done};
use rows::{Mode, Wanted, modes};

/// Its first game has 659 ticks: more than a minute at this speed.
const SEED: u64 = 18;
const SPEED: f64 = 2.0;
/// How often a row is played where something else than the page is in its way.
const TRIES: u32 = 6;

fn site() -> DemoSiteHandle {
    let playlist = Playlist::Generated { seed: SEED, games: 1_000 };
    let mut feed = feed_server::Config::new(Repertoire::new(playlist, SEED).unwrap());
    feed.pace = pace(SPEED);
    feed.wait_for_client = true;
    let mut config = demo_site::Config::new(feed);
    config.latency = Duration::from_millis(2)..=Duration::from_millis(8);
    demo_site::start(config).unwrap()
}

const SELL_QUARTER: Action = Action::sell(Portion::BUTTONS[1]);

/// Stakes that differ, so that none is mistaken for another, and every one has to be entered.
fn buy(number: u64) -> Action {
    Action::Buy { stake: Sol::milli(3 + i64::try_from(number * 7 % 23).unwrap()) }
}

/// Whether an order was told as it was: what was refused never arrived, what was done arrived once,
/// and nothing else did.
fn is_true(done: &Done) -> bool {
    let arrived = done.arrived.len();
    let is_told = match &done.status {
        OrderStatus::Filled(_) => arrived == 1,
        OrderStatus::Rejected(why) if why.starts_with("the site refused") => arrived == 1,
        OrderStatus::Rejected(_) => arrived == 0,
        OrderStatus::Shown | OrderStatus::Unknown(_) => arrived <= 1,
    };
    is_told && done.arrived.iter().all(|one| *one == Some(done.action))
}

/// What is wrong with how an order went.
fn breach(wanted: Wanted, done: &Done) -> Option<String> {
    let is_right = match (&done.status, wanted) {
        (OrderStatus::Rejected(why), Wanted::Refused(part)) => why.contains(part),
        (OrderStatus::Filled(_), Wanted::Done | Wanted::Either)
        | (OrderStatus::Rejected(_), Wanted::Either) => true,
        _ => false,
    };
    (!(is_right && is_true(done))).then(|| {
        format!("{}: {:?}, {:?} arrived, not {wanted:?}", done.action, done.status, done.arrived)
    })
}

/// Plays a row: a position is there, the mode is on, it is bought and sold, and the mode is off.
fn play(clicks: &mut Clicks, mode: &Mode, number: u64) -> (Vec<Done>, Vec<String>) {
    let mut tries = 0;
    loop {
        clicks.hold();
        let game = clicks.active();
        for words in mode.words {
            clicks.tell(words);
        }
        clicks.dressed(mode.words);
        if mode.words == ["second-socket"] {
            until("it is told", || clicks.foreign() > 0);
        }
        let bought = clicks.order(buy(number));
        clicks.loaded_again(mode, &bought);
        let sold = clicks.order(SELL_QUARTER);
        clicks.loaded_again(mode, &sold);
        for words in mode.words.iter().rev() {
            clicks.tell(&off(words));
        }
        // What the page opened is closed: otherwise it may still take the front.
        until("the page is alone", || clicks.tabs() == 1);
        clicks.dressed(&[]);
        let wrong = [breach(mode.buy, &bought), breach(mode.sell, &sold)];
        let wrong: Vec<_> = wrong.into_iter().flatten().collect();
        // In another game there is nothing to sell, and a busy machine says little of a page.
        let is_passing =
            clicks.active() != game || [&bought, &sold].into_iter().any(Clicks::is_passing);
        tries += 1;
        if is_passing && !wrong.is_empty() && tries < TRIES {
            continue;
        }
        return (vec![bought, sold], wrong);
    }
}

/// What makes up for an order to the site.
fn off(words: &str) -> String {
    match words.split_once(' ') {
        Some(("text", rest)) => format!("text {}", rest.split(' ').next().unwrap()),
        _ => format!("{words} off"),
    }
}

#[test]
fn whatever_a_page_does_a_click_does_what_was_ordered_or_nothing_and_is_told_as_it_was() {
    let Some(_turn) = turn() else { return };
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let mut clicks = Clicks::start(site(), How::Launch(launch(&profile)));
    let modes = modes();
    assert!(modes.len() >= 40, "{}", modes.len());
    eprintln!(
        "| mode of the page | ordered | done by the page | seen by us | told within, ms | lost beyond the stake |"
    );
    eprintln!("|---|---|---|---|---|---|");
    let mut wrong = Vec::new();
    for (number, mode) in (0..).zip(&modes) {
        let (done, breaches) = play(&mut clicks, mode, number);
        done.iter().for_each(|done| eprintln!("{}", done.row(mode.name)));
        for breach in breaches {
            eprintln!("| ^ WRONG: {breach}");
            wrong.push(format!("{}: {breach}", mode.name));
        }
        assert!(clicks.switch.is_on(), "{}: {:?}", mode.name, clicks.switch.why());
    }
    assert_eq!(clicks.foreign(), 1, "a second socket is told once");

    // As fast as it goes, under buttons that change places: done or refused, and never another one.
    let presses = count("REPLAYER_PRESSES", 60);
    let mut pressed = 0;
    for (swap, number) in ["swap-15", "swap-40", "swap-100"].into_iter().cycle().zip(0..presses) {
        clicks.hold();
        clicks.tell(&format!("{swap} on"));
        clicks.dressed(&[swap]);
        let action = if number % 2 == 0 { buy(number) } else { SELL_QUARTER };
        let done = clicks.order(action);
        clicks.tell(&format!("{swap} off"));
        clicks.dressed(&[]);
        // The end of a game refuses, too.
        if let Some(breach) = breach(Wanted::Either, &done) {
            wrong.push(format!("{swap}: {breach}"));
        }
        pressed += u64::from(matches!(done.status, OrderStatus::Filled(_)));
    }
    eprintln!("measured: {pressed} of {presses} orders done under buttons that change places");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(clicks.switch.is_on(), "{:?}", clicks.switch.why());

    // Last, as it disarms: an order that was not clicked for.
    clicks.tell("send-twice");
    clicks.dressed(&["send-twice"]);
    let begun = now();
    while clicks.switch.is_on() {
        assert!(begun.elapsed() < PATIENCE, "never disarmed");
        clicks.order(buy(1));
    }
    assert!(clicks.switch.why().unwrap().contains("not clicked for"), "{:?}", clicks.switch.why());
    clicks.end();
    until_gone(&profile);
}

#[test]
fn in_the_browser_of_somebody_else_a_page_that_is_not_in_front_is_not_clicked_and_a_dialog_disarms()
{
    let Some(owned) = Owned::start() else { return };
    let mut clicks = Clicks::start(site(), owned.how());
    clicks.ready();
    clicks.insist(buy(1));

    // The owner looks at another tab: nothing is clicked, nothing is disarmed, nothing is touched.
    let other = open(owned.port, "about:blank#other");
    clicks.degraded("the page is not in front");
    let refused = clicks.order(buy(2));
    assert_eq!(breach(Wanted::Refused("the page is not in front"), &refused), None);
    assert!(clicks.switch.is_on() && tabs(owned.port).iter().any(|tab| tab.id == other));
    close(owned.port, &other);
    clicks.ready();
    clicks.insist(buy(3));

    // What the page opens itself stays, as it is not ours to close; the page is brought back.
    clicks.tell("popup on");
    clicks.dressed(&["popup"]);
    let before = tabs(owned.port).len();
    clicks.insist(buy(4));
    until("there is a window more", || tabs(owned.port).len() > before);
    clicks.tell("popup off");
    clicks.dressed(&[]);
    clicks.ready();
    clicks.insist(buy(5));

    // A dialog of the page's is its owner's to answer: without an answer, the session ends itself.
    clicks.tell("alert look here");
    clicks.degraded("a dialog stands before the page");
    until("it is disarmed", || !clicks.switch.is_on());
    let why = clicks.switch.why().unwrap();
    assert!(why.contains("a dialog stands before the page: alert, for 2 s"), "{why}");
    clicks.end();

    // A page that is loaded again and again, and leaves at last: whatever is told is so.
    let mut clicks = Clicks::start(site(), owned.how());
    clicks.ready();
    clicks.insist(buy(1));
    clicks.tell("reload-loop on");
    let mut orders: Vec<_> = (0..6).map(|number| clicks.order(buy(number))).collect();
    clicks.tell("reload-loop off");
    clicks.tell("leave on");
    clicks.dressed(&["leave"]);
    let is_armed = clicks.switch.is_on();
    orders.push(clicks.order(buy(7)));
    for done in &orders {
        eprintln!("{}", done.row("loaded again and again, and left"));
        assert!(is_true(done), "{done:?}");
    }
    let last = &orders[orders.len() - 1].status;
    if is_armed && matches!(last, OrderStatus::Filled(_) | OrderStatus::Unknown(_)) {
        clicks.degraded("the tab is elsewhere");
        let refused = clicks.order(buy(8));
        assert_eq!(breach(Wanted::Refused(""), &refused), None);
    }
    clicks.end();
}
