//! The misbehaviour matrix: armed sessions in a real browser, and everything that goes wrong around
//! them. Prints the outcome of each as a row of docs/how-to/browser-matrix.md.

mod cases;
mod drill;
mod exchange;
mod modes;
mod outside;
mod played;

use std::path::Path;

use crate::browser::turn;
use crate::machine::slowness;
use cases::Case;
use played::{Outcome, play};

/// Games after which a case that carries out too few orders is wrong, and not the machine slow.
const MANY: u64 = 40;

/// Whether an order was refused for the reason that a case names, or none is named.
fn is_refused_as_told(case: &Case, outcome: &Outcome) -> bool {
    let is_so = |part: &str| outcome.rejections.iter().any(|why| why.contains(part));
    case.refused.is_none_or(is_so)
}

/// What must hold of every case, whatever goes wrong; none when all does.
fn breaches(case: &Case, outcome: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            found.push(what);
        }
    };
    let Outcome { done, unknown, disarmed, error, .. } = outcome;
    must(outcome.double == 0, format!("{} double clicks", outcome.double));
    must(outcome.wrong == 0, format!("{} orders that nobody asked for", outcome.wrong));
    let arrived = outcome.arrived;
    must(*done <= arrived, format!("{done} done, and {arrived} arrived"));
    must(outcome.after == 0, format!("{} clicks after disarming", outcome.after));
    must(outcome.lost_too_much.is_none(), format!("lost {:?}", outcome.lost_too_much));
    must(
        outcome.cash_equal || disarmed.is_some() || error.is_some(),
        format!("the accounts differ and nobody says why: {}", outcome.cash),
    );
    must(case.done.contains(done), format!("{done} done, not {:?}", case.done));
    let (known, reason) = match case.maybe {
        Some(why) if *unknown == 1 => (1..=1, Some(why)),
        _ => (case.unknown.clone(), case.disarmed),
    };
    must(known.contains(unknown), format!("{unknown} unknown, not {known:?}"));
    let said = |said: &Option<String>, part: Option<&str>| match (said, part) {
        (None, None) => true,
        (Some(said), Some(part)) => said.contains(part),
        _ => false,
    };
    must(said(disarmed, reason), format!("disarmed: {disarmed:?}, not {reason:?}"));
    must(said(error, case.error), format!("ended with {error:?}, not {:?}", case.error));
    let commonest = outcome.commonest();
    must(
        is_refused_as_told(case, outcome),
        format!("nothing was refused as {:?}: {commonest}", case.refused),
    );
    if reason.is_none() && case.error.is_none() {
        must(outcome.cash_equal, format!("the accounts differ: {}", outcome.cash));
    }
    found
}

/// Plays cases one after the other: nothing is clicked twice, or amiss, or after disarming, and the
/// money is right.
fn assert_right(cases: &[Case]) {
    let Some(_turn) = turn() else { return };
    let place = tempfile::tempdir().unwrap();
    // One profile for all: a new one takes longer.
    let profile: &Path = &place.path().join("profile");
    assert!(cases.len() >= 8);
    let only = std::env::var("MATRIX_CASE").ok();
    let is_wanted = |case: &&Case| only.as_ref().is_none_or(|only| case.name.contains(only));
    eprintln!("{}", Outcome::HEAD);
    let mut wrong = Vec::new();
    for case in cases.iter().filter(is_wanted) {
        let mut played = case.slowed(slowness());
        let mut outcome = play(&played, profile);
        // On a busy machine many orders come too late for their game, or none is given at all: more
        // games, the same law.
        while (outcome.done < *case.done.start() || !is_refused_as_told(case, &outcome))
            && breaches(case, &outcome).len() == 1
            && played.games < MANY
        {
            played.games *= 3;
            outcome = play(&played, profile);
        }
        eprintln!("{}", outcome.row(&case.name));
        for breach in breaches(case, &outcome) {
            eprintln!("| ^ WRONG: {breach}");
            wrong.push(format!("{}: {breach}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whatever_becomes_of_orders_nothing_is_clicked_twice_or_amiss_and_the_money_is_right() {
    assert_right(&cases::order_faults());
}

#[test]
fn whatever_the_page_looks_like_nothing_is_clicked_twice_or_amiss_and_the_money_is_right() {
    assert_right(&cases::pages());
}

#[test]
fn whatever_is_wrong_with_a_control_nothing_is_clicked_twice_or_amiss_and_the_money_is_right() {
    assert_right(&cases::flaws());
}

#[test]
fn whatever_happens_in_the_midst_nothing_is_clicked_after_disarming_and_the_money_is_right() {
    assert_right(&cases::incidents());
}

#[test]
fn whatever_takes_long_nothing_is_clicked_after_disarming_and_the_money_is_right() {
    assert_right(&cases::delays());
}

#[test]
fn whatever_the_limits_are_nothing_is_clicked_beyond_them_and_the_money_is_right() {
    assert_right(&cases::limits());
}

#[test]
fn on_a_slow_machine_only_what_is_a_time_is_longer() {
    assert_eq!(cases::slowed("latency 400 600", 2.5), "latency 1000 1500");
    assert_eq!(cases::slowed("double-ack 1000", 2.0), "double-ack 1000");
}
