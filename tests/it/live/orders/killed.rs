//! An armed session that is killed between click and confirmation: no order is lost, none is
//! invented, and the account says what became of the last ones.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use replayer::live::orders::Outcome;
use rustix::process::Signal;
use serde_json::Value;

use super::ends::Stand;
use crate::browser::processes::{signal, until_gone};
use crate::campaign::count;
use crate::demo_site::visitor::counts;
use crate::waiting::{pause, until};

#[test]
fn a_session_that_is_killed_between_click_and_confirmation_loses_no_order_and_invents_none() {
    let Some(stand) = Stand::open(12.0, "Aggressive()") else { return };
    let url = stand.site.url();
    let number = |what: &str| counts(&url, "demo").map_or(0, |kept| kept[what].as_u64().unwrap());
    let kills = count("REPLAYER_KILLS", 2);
    let mut chance = ChaCha8Rng::seed_from_u64(kills);
    for order in ["latency 40 90", "late-ack 40"] {
        assert!(stand.site.order(&order.parse().unwrap()));
    }
    let mut killed = 0;
    while killed < kills {
        let before = number("taken");
        let mut session = stand.start("s", &["--resume"]);
        let mut is_over = false;
        until("an order arrives, or the session is refused for what is held", || {
            is_over = session.try_wait().unwrap().is_some();
            is_over || number("taken") > before
        });
        if !is_over {
            pause(Duration::from_millis(chance.next_u64() % 200));
            signal(session.id(), Signal::KILL);
            killed += 1;
        }
        session.wait().unwrap();
        until_gone(&stand.profile);
    }
    until("everything on its way has arrived", || {
        let known = ["carriedOut", "refused", "lost"].map(number);
        number("taken") == known.iter().sum::<u64>()
    });
    let (taken, carried_out) = (number("taken"), number("carriedOut"));
    let earlier = stand.orders("s");
    // It shows them, and asks the account; what is held may keep it from playing.
    let last = stand.start("s", &["--resume", "--games", "1", "--max-orders", "1"]);
    let ended = stand.end(last);
    let lines: Vec<Value> =
        ended.said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shown = lines.iter().filter(|line| line["event"] == "earlier_order");
    let shown: Vec<_> = shown.map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(shown.len(), earlier.orders.len(), "{}", ended.told);

    let after = stand.orders("s");
    let settled = &after.orders[..earlier.orders.len()];
    let of = |is: fn(&Outcome) -> bool| settled.iter().filter(|it| is(&it.outcome)).count() as u64;
    let done = of(|outcome| matches!(outcome, Outcome::Done(_)));
    let unknown = of(|outcome| matches!(outcome, Outcome::Unknown(_)));
    let left = earlier.counts()[2];
    eprintln!(
        "measured: {kills} kills, {taken} orders arrived, {carried_out} carried out: {done} done, \
         {left} unknown before the account was asked and {unknown} after"
    );
    let may_be = |outcome: &Outcome| !matches!(outcome, Outcome::Refused(_));
    let pressed = earlier.orders.iter().filter(|it| it.clicked || may_be(&it.outcome)).count();
    assert!(taken <= pressed as u64, "an order arrived that is not in the journal");
    assert!(done <= carried_out, "an order is done that was not: {settled:#?}");
    assert!(carried_out <= done + unknown, "an order was carried out and is not known");
}
