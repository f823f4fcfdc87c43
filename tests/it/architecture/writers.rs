//! One writer per piece of state: who may borrow it mutably, in one table.

use super::modules::assert_all_exist;
use super::sources::{Source, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// Every component and resource, and the modules that may write it.
const WRITERS: &[(&str, &[&str])] = &[
    // Money. `model/account` holds the functions that change it, as plain values; `engine/bot`
    // hands the parts of an account to the ledger as `Books`. A walk, which is the stages of a tick
    // for one bot, writes what those stages write. The plain loop and the demo site have accounts of
    // their own, outside any world.
    ("Wallet", &["engine/ledger", "engine/bot", "model/account", "model/drawdown"]),
    ("Position", &["engine/ledger", "engine/bot", "model/account"]),
    ("Sidebet", &["engine/ledger", "engine/bot", "model/account"]),
    ("Tally", &["engine/ledger", "engine/bot", "model/account"]),
    ("LifeTally", &["engine/ledger", "engine/bot", "model/account"]),
    ("Agenda", &["engine/ledger"]),
    ("Postings", &["engine/ledger"]),
    // The market. What builds a world opens its tables before the first tick. An audit exchanges
    // what is still to be told, between two ticks of worlds of its own.
    ("Playback", &["engine/source", "backtest/audit/decisions"]),
    ("GameQueue", &["engine/source", "backtest/audit/decisions"]),
    ("Arrivals", &["engine/source", "engine/inbox", "engine/build"]),
    // Whole games go from the one to the other, and their memory back.
    ("ToldGames", &["engine/source", "engine/table"]),
    // The driver waits at it for something to be heard.
    ("Inbox", &["engine/inbox", "engine/driver"]),
    ("Tables", &["engine/table", "engine/build"]),
    // Decisions, orders, fills: what one stage appends and the next one takes.
    ("StrategyState", &["engine/strategy"]),
    ("Prospect", &["engine/strategy"]),
    ("Orders", &["engine/strategy", "engine/order"]),
    ("Accepted", &["engine/order", "engine/venue"]),
    ("Rejections", &["engine/order", "engine/venue"]),
    ("OrdersInFlight", &["engine/venue", "engine/strategy/walk"]),
    ("InFlight", &["engine/venue", "engine/strategy/walk"]),
    ("Fills", &["engine/venue", "engine/ledger"]),
    ("Corrections", &["engine/venue/remote", "engine/ledger"]),
    ("RemoteOrders", &["engine/venue/remote"]),
    ("DryRun", &["engine/venue/remote"]),
    // The record and the loop. A session and benches say how the loop is paced.
    ("Journal", &["engine/journal"]),
    ("OpenGames", &["engine/journal", "engine/strategy/walk"]),
    ("Driver", &["engine/driver", "engine/session", "bench/staged", "backtest/audit/decisions"]),
    ("Rewind", &["engine/driver"]),
    ("Columns", &["engine/checkpoint"]),
    // How long things take in a live world.
    ("Meter", &["live/meter"]),
    // What an audit hears of the orders.
    ("Heard", &["backtest/audit/decisions"]),
    // Set once, never written.
    ("Bot", &[]),
    ("Streams", &[]),
    ("OwnLatency", &[]),
    ("Table", &[]),
    ("SeatedAt", &[]),
    // Kept by Bevy.
    ("Seats", &[]),
];

/// What gives mutable access to state without naming it, and who may use it.
const KEYS: &[(&str, &[&str])] = &[
    ("Books", &["engine/bot", "engine/ledger", "engine/strategy/walk"]),
    ("BooksItem", &["engine/bot", "engine/ledger"]),
    (
        "Account",
        &[
            "engine/bot",
            "model/account",
            "engine/strategy/walk",
            "engine/plain",
            "demo/demo_site/account",
        ],
    ),
];

/// Modules whose worlds are their own: what is spawned there never meets the engine's state.
const APART: &[&str] = &["engine/testing", "bench"];

/// Functions of worlds that give or take mutable access to the type they are called with.
const ACCESSORS: &[&str] = &[
    "resource_mut",
    "get_resource_mut",
    "get_resource_or_insert_with",
    "resource_scope",
    "get_mut",
    "checkpoint_component",
    "checkpoint_resource",
    "remove_resource",
];

/// Every mutable access to state by a module that is not its writer.
fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        for at in 0..source.tokens.len() {
            let Some(state) = written(source, at).filter(|state| !is_foreign(source, state)) else {
                continue;
            };
            let writers = WRITERS.iter().find(|(name, _)| *name == state).map(|(_, who)| *who);
            if writers.is_some_and(|writers| !source.is_in_any(writers)) {
                let what = format!("{state} is written by {} only (writers.rs)", list(writers));
                offences.push(source.offence(source.tokens[at].line, &what));
            }
        }
        for path in source.paths() {
            for (key, users) in KEYS {
                let named = path.segments.iter().any(|segment| segment == key);
                if named && !source.is_in_any(users) {
                    let what = format!("{key} is used by {} only (writers.rs)", list(Some(users)));
                    offences.push(source.offence(path.line, &what));
                }
            }
        }
    }
    offences
}

/// True when a file imports this name from another crate: `comfy_table::Table`.
fn is_foreign(source: &Source, name: &str) -> bool {
    source.paths().iter().any(|path| match path.segments.as_slice() {
        [first, .., last] => {
            last == name && !matches!(first.as_str(), "crate" | "super" | "self" | "replayer")
        }
        _ => false,
    })
}

fn list(writers: Option<&[&str]>) -> String {
    match writers {
        None | Some([]) => "nobody".to_owned(),
        Some(writers) => writers.join(", "),
    }
}

/// The type that is borrowed mutably at a place: `&mut X`, `&'a mut X`, `ResMut<X>`, `Mut<'_, X>`,
/// `world.resource_mut::<X>()`.
fn written(source: &Source, at: usize) -> Option<&str> {
    let text = |at: usize| source.tokens.get(at).map_or("", |token| token.text.as_str());
    let begin = match text(at) {
        "mut" if at > 0 && (text(at - 1) == "&" || text(at - 1).starts_with('\'')) => at + 1,
        "ResMut" | "Mut" | "NonSendMut" if text(at + 1) == "<" => at + 2,
        name if ACCESSORS.contains(&name) && source.stands(at + 1, &["::", "<"]) => at + 3,
        _ => return None,
    };
    let mut place = begin;
    while text(place).starts_with('\'') || text(place) == "," {
        place += 1;
    }
    while text(place + 1) == "::" {
        place += 2;
    }
    Some(text(place))
}

/// Every component and resource that the table does not know.
fn unknown_state(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources.iter().filter(|source| !source.is_in_any(APART)) {
        for (line, name) in derived(source) {
            if !WRITERS.iter().any(|(known, _)| *known == name) {
                let what = format!("{name} has no writer in the table (writers.rs)");
                offences.push(source.offence(line, &what));
            }
        }
    }
    offences
}

/// The types that derive `Component` or `Resource`.
fn derived(source: &Source) -> Vec<(usize, &str)> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if !source.stands(at, &["derive", "("]) {
            continue;
        }
        let mut inside = tokens[at..].iter().take_while(|token| token.text != ")");
        if inside.any(|token| matches!(token.text.as_str(), "Component" | "Resource")) {
            let mut rest = tokens[at..].iter();
            let head = rest.find(|token| matches!(token.text.as_str(), "struct" | "enum"));
            found.extend(head.and(rest.next()).map(|name| (name.line, name.text.as_str())));
        }
    }
    found
}

#[test]
fn every_piece_of_state_is_written_by_its_own_module_only() {
    assert_none(&offences(&rust_files("src")));
}

#[test]
fn every_component_and_resource_has_its_writer_in_the_table() {
    assert_none(&unknown_state(&rust_files("src")));
}

#[test]
fn the_table_of_writers_names_nothing_that_is_gone() {
    let sources = rust_files("src");
    let known: Vec<_> = sources.iter().flat_map(derived).map(|(_, name)| name).collect();
    for (state, _) in WRITERS {
        assert!(known.contains(state), "{state} is in the table of writers and nowhere else");
    }
    let writers = WRITERS.iter().chain(KEYS).flat_map(|(_, who)| who.iter());
    assert_all_exist("the table of writers", writers.chain(APART).copied());
}

#[test]
fn a_second_writer_is_found_however_it_writes() {
    let path = "src/strategies/greedy.rs";
    assert_found(offences, path, 2, "\nfn f(mut bots: Query<(&Bot, &mut Wallet)>) {}");
    assert_found(offences, path, 1, "struct S<'a> { position: &'a mut Position }");
    assert_found(offences, path, 1, "fn f(mut tables: ResMut<crate::engine::table::Tables>) {}");
    assert_found(offences, path, 1, "fn f(fills: Mut<'_, Fills>) {}");
    assert_found(
        offences,
        path,
        1,
        "fn f(w: &mut World) { w.resource_mut::<Postings>().0.clear() }",
    );
    assert_found(offences, path, 1, "fn f(mut books: Query<Books>) {}");
    assert_found(offences, "src/backtest/run.rs", 1, "fn f(streams: &mut Streams) {}");
    assert_found(offences, "src/engine/venue.rs", 1, "fn f(mut away: ResMut<RemoteOrders>) {}");
    let text = "fn f(mut states: Query<(&Wallet, &mut StrategyState<S>)>) {}";
    assert_permitted(offences, "src/engine/strategy/registry.rs", text);
    assert_permitted(offences, "src/cli.rs", "use comfy_table::Table;\nfn f(t: &mut Table) {}");
    assert_permitted(offences, "src/engine/ledger.rs", "fn f(wallet: &mut Wallet) {}");
}

#[test]
fn state_without_a_writer_is_found() {
    let text = "#[derive(Debug, Component)]\n#[component(immutable)]\npub struct Mood(u8);";
    assert_found(unknown_state, "src/engine/strategy.rs", 3, text);
    assert_found(unknown_state, "src/cli/bench.rs", 3, text);
    assert_permitted(unknown_state, "src/bench/w1.rs", text);
    assert_permitted(
        unknown_state,
        "src/engine/strategy.rs",
        "#[derive(Debug)]\npub struct Mood(u8);",
    );
}
