//! The direction of uses: between the twelve rooms, between the children of a room, and between
//! the children of any module.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Modules, assert_all_exist, uses_with};
use super::sources::{Source, read, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// The rooms from the ground up: each with the rooms that it may use, all of which stand above it
/// in this table, and with its children, each of which uses only those that stand before it.
///
/// The file of a room only lists what stands in it, unless [`OWN`] is among its children.
const ROOMS: &[(&str, &str, &str)] = &[
    // Plain values and pure functions.
    (
        "model",
        "",
        "number sol price ids quote law support closed quantity exit refusals order posting \
         rounding expectation game wallet drawdown rules account setup streams tape time",
    ),
    (
        "base",
        "model",
        "printable address decimals document error hex lines container files params clock runtime secrets",
    ),
    ("games", "base model", "number events recording fair"),
    (
        "feed",
        "base games model",
        "fact event census anomaly integrity fairness latency frame machine listener words \
         socketio bridge capture record",
    ),
    // What its stages share, the stages in their order, the loop, and what builds a world.
    (
        "engine",
        "base feed games model",
        "bot checkpoint schedule table ledger journal order inbox source venue strategy driver \
         build collector plain session testing",
    ),
    // What stands on the engine; nothing of it uses the rest of it.
    (
        "strategies",
        "engine model",
        "exits trade aggressive always_wait conservative flat_sidebets foundational hold_to_target \
         kelly_sidebets martingale_sidebets momentum random sidebet standard",
    ),
    ("analysis", "base engine model", "stats summary"),
    (
        "live",
        "base engine feed games model",
        "switch orders clicking browser monitor gateway event execution unarmed ingest edge following \
         meter past session",
    ),
    ("demo", "base engine feed games model", "feed_server demo_site"),
    ("backtest", "analysis base engine games model", "audit scenario columns run sweep page"),
    (
        "bench",
        "backtest base engine games model strategies",
        "measure cast staged series crowd w1 fills generated generator reading threads own self",
    ),
    (
        "cli",
        "analysis backtest base bench demo engine feed games live model",
        "settings layout logs console interrupt absent given secret audit bench browser capture check \
         completions config feed_server demo_site export generate history outcome holdout inspect \
         kill man new run service live merge record report strategies sweep verify self",
    ),
];

/// A room's own file, where it has a place among its children.
const OWN: &str = "self";

/// What stands beside the rooms, above all of them.
const FRONT: &[&str] = &["lib", "main", "prelude"];

/// Most names that stand directly in `src`.
const NAMES_MAX: usize = 16;

/// Words that begin an item which is more than a list of modules and names.
const ITEMS: &[&str] =
    &["const", "enum", "fn", "impl", "macro_rules", "static", "struct", "trait", "type", "union"];

fn room_of(module: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let room = module.split('/').next()?;
    ROOMS.iter().find(|(name, ..)| *name == room)
}

/// The child of a room that a module is or is in; [`OWN`] for the room's own file.
fn child_of(module: &str) -> &str {
    module.split('/').nth(1).unwrap_or(OWN)
}

fn place(order: &str, child: &str) -> Option<usize> {
    order.split_whitespace().position(|name| name == child)
}

/// Every use that the rooms and their inner orders do not permit, and every module without a place.
fn offences(sources: &[Source]) -> Vec<String> {
    let modules = Modules::with(sources);
    let mut offences = Vec::new();
    for source in sources.iter().filter(|source| !FRONT.contains(&source.module())) {
        let Some((room, permitted, order)) = room_of(source.module()) else {
            offences.push(source.offence(1, "this file is in no room (layers.rs)"));
            continue;
        };
        let child = child_of(source.module());
        let at = place(order, child);
        if at.is_none() && child != OWN {
            let what = format!("{child} has no place in the inner order of {room} (layers.rs)");
            offences.push(source.offence(1, &what));
        }
        if at.is_none() && child == OWN && !only_lists(source) {
            let what = format!("the file of {room} only lists what stands in it (layers.rs)");
            offences.push(source.offence(1, &what));
        }
        for a_use in modules.used_by(source) {
            let Some((used_room, ..)) = room_of(&a_use.used) else { continue };
            let used = child_of(&a_use.used);
            let is_permitted = if used_room == room {
                let behind = at.zip(place(order, used)).is_some_and(|(at, used)| used > at);
                !behind
            } else {
                permitted.split_whitespace().any(|name| name == *used_room)
            };
            if !is_permitted {
                let what = format!("{} must not use {} (layers.rs)", a_use.user, a_use.used);
                offences.push(source.offence(a_use.line, &what));
            }
        }
    }
    offences
}

fn only_lists(source: &Source) -> bool {
    !source.tokens.iter().any(|token| ITEMS.contains(&token.text.as_str()))
}

/// Every use by which children of one module, at any depth, use each other in a circle.
fn circles(sources: &[Source]) -> Vec<String> {
    let mut siblings = Siblings::default();
    for a_use in uses_with(sources) {
        siblings.extend(split(&a_use.user, &a_use.used));
    }
    let modules = Modules::with(sources);
    let mut offences = Vec::new();
    for source in sources {
        for a_use in modules.used_by(source) {
            let Some((parent, user, used)) = split(&a_use.user, &a_use.used) else { continue };
            if siblings.leads(parent, used, user) {
                let what = format!("{user} and {used} of `{parent}` use each other (layers.rs)");
                offences.push(source.offence(a_use.line, &what));
            }
        }
    }
    offences
}

/// Which child of a module uses which of its siblings.
#[derive(Default)]
struct Siblings(BTreeMap<(String, String), BTreeSet<String>>);

impl Siblings {
    fn extend<'a>(&mut self, uses: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) {
        for (parent, user, used) in uses {
            let of_user = self.0.entry((parent.to_owned(), user.to_owned())).or_default();
            of_user.insert(used.to_owned());
        }
    }

    /// Whether one child of a module uses another one, itself or through its siblings.
    fn leads(&self, parent: &str, from: &str, to: &str) -> bool {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(child) = open.pop() {
            if child == to {
                return true;
            }
            if seen.insert(child.clone()) {
                open.extend(self.0.get(&(parent.to_owned(), child)).into_iter().flatten().cloned());
            }
        }
        false
    }
}

/// The module that two modules stand in, and the children of it that they are or are in; `None`
/// where one is in the other.
fn split<'a>(user: &'a str, used: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
    let common = user.split('/').zip(used.split('/')).take_while(|(one, other)| one == other);
    let length: usize = common.map(|(name, _)| name.len() + 1).sum();
    let child = |module: &'a str| module.get(length..)?.split('/').next();
    let (user_child, used_child) = (child(user)?, child(used)?);
    Some((user[..length].trim_end_matches('/'), user_child, used_child))
}

#[test]
fn rooms_and_their_children_use_only_what_stands_above_them() {
    assert_none(&offences(&rust_files("src")));
}

#[test]
fn no_children_of_a_module_use_each_other_in_a_circle() {
    assert_none(&circles(&rust_files("src")));
}

#[test]
fn the_table_of_rooms_goes_one_way_and_permits_and_names_nothing_that_is_not_there() {
    let uses = uses_with(&[]);
    for (at, (room, permitted, order)) in ROOMS.iter().enumerate() {
        for name in permitted.split_whitespace() {
            let above = ROOMS[..at].iter().any(|(above, ..)| *above == name);
            assert!(above, "{room} may use {name}, which does not stand above it");
            let is_of =
                |module: &str, room| room_of(module).is_some_and(|(name, ..)| *name == room);
            let is_used = uses.iter().any(|it| is_of(&it.user, *room) && is_of(&it.used, name));
            assert!(is_used, "{room} may use {name} and does not: the table can say so");
        }
        let children: Vec<_> = order.split_whitespace().collect();
        let once: BTreeSet<_> = children.iter().collect();
        assert_eq!(once.len(), children.len(), "a child of {room} has two places");
        let children = children.iter().filter(|child| **child != OWN);
        let paths: Vec<_> = children.map(|child| format!("{room}/{child}")).collect();
        assert_all_exist("the inner order", paths.iter().map(String::as_str));
    }
    assert_eq!(ROOMS.len(), 12);
    assert_eq!(ROOMS.last().map(|(room, ..)| *room), Some("cli"), "nobody uses the command line");
}

#[test]
fn the_code_map_says_of_each_room_what_the_table_says() {
    let page = read("docs/architecture.md");
    let mut sections = page.split("\n### `").skip(1);
    for (room, permitted, order) in ROOMS {
        let section = sections.next().expect("a heading for each room");
        let (name, section) = section.split_once('`').expect("the room's name");
        assert_eq!(name, *room, "the rooms of docs/architecture.md are in another order");
        let quoted = |names: &str| {
            let names = names.split_whitespace().map(|name| format!("`{name}`"));
            names.collect::<Vec<_>>().join(", ").replace("`self`", "the file of the room")
        };
        let uses =
            if permitted.is_empty() { "no other room".to_owned() } else { quoted(permitted) };
        for line in [format!("- Uses: {uses}."), format!("- Inner order: {}.", quoted(order))] {
            let is_there = section.lines().any(|said| said == line);
            assert!(is_there, "docs/architecture.md does not say of {room}: {line}");
        }
    }
}

#[test]
fn few_names_stand_directly_in_the_source() {
    let modules = Modules::with(&[]);
    let names: Vec<_> = modules.names().filter(|module| !module.contains('/')).collect();
    assert!(names.len() <= NAMES_MAX, "{} names in src: {names:?}", names.len());
}

#[test]
fn a_use_of_a_room_below_is_found_however_it_is_written() {
    assert_found(offences, "src/model/sol.rs", 2, "\nuse crate::engine::ledger::Postings;");
    let text = "use crate::{engine::bot::Bot, backtest::run};";
    assert_found(offences, "src/engine/ledger.rs", 1, text);
    assert_found(offences, "src/engine/venue.rs", 1, "fn f() { crate::analysis::summary::f() }");
    assert_found(offences, "src/strategies/random.rs", 1, "use super::super::cli::console;");
    assert_found(offences, "src/analysis/stats.rs", 1, "use crate::strategies::exits;");
    assert_found(offences, "src/bench/cast.rs", 1, "use crate::cli;");
    assert_found(offences, "src/manager.rs", 1, "//! A file without a room.");
    let text = "use super::exits;\nuse crate::model::setup;";
    assert_permitted(offences, "src/strategies/random.rs", text);
}

#[test]
fn a_use_against_the_inner_order_of_a_room_is_found_however_it_is_written() {
    assert_found(offences, "src/engine/table.rs", 2, "\nuse super::venue::Fills;");
    assert_found(offences, "src/engine/ledger/kept.rs", 1, "use crate::engine::{bot, driver};");
    // By the name that the room hands on, and by a function of it.
    assert_found(offences, "src/live/execution.rs", 1, "use super::FinishedSession;");
    assert_found(
        offences,
        "src/engine/order.rs",
        2,
        "use crate::engine;\nfn f() { engine::build() }",
    );
    // The room's own file has a place here: it is the last one.
    assert_found(offences, "src/bench/cast.rs", 1, "use super::WORKLOADS;");
    assert_found(offences, "src/cli/console.rs", 1, "fn f() { super::main() }");
    assert_permitted(offences, "src/bench.rs", "pub fn f() { crowd::measure() }");
    assert_found(offences, "src/engine/stage.rs", 1, "//! A child without a place.");
    assert_found(offences, "src/live.rs", 1, "pub mod gateway;\npub const LOOK: u8 = 1;");
    assert_permitted(offences, "src/live.rs", "pub mod gateway;\npub use gateway::Clicking;");
    assert_permitted(offences, "src/engine/venue.rs", "use super::{bot, ledger::Fills};");
    assert_permitted(offences, "src/engine/session.rs", "use crate::engine::{self, Lineup};");
}

#[test]
fn a_circle_is_found_at_every_depth() {
    // Each of these is used by what it uses here.
    assert_found(circles, "src/model/quantity.rs", 1, "use super::order::Portion;");
    assert_found(circles, "src/engine/table.rs", 2, "\nuse crate::engine::Lineup;");
    assert_found(circles, "src/backtest/run/layout.rs", 1, "use super::written::Written;");
    assert_found(circles, "src/live/browser/controls/finding.rs", 1, "use super::score;");
    assert_permitted(circles, "src/live/browser/controls/score.rs", "use super::finding::Found;");
    assert_permitted(circles, "src/model/order.rs", "use super::quantity::Quantity;");
}
