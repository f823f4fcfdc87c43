//! What is absent, and where: clocks, threads, files, printing, async code, shortcuts.

use super::sources::{Source, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// What stays pure: no file, no thread, no environment, no async code.
const PURE: &[&str] = &[
    "audit",
    "bot",
    "checkpoint",
    "document",
    "driver",
    "engine",
    "feed",
    "setup",
    "inbox",
    "journal",
    "ledger",
    "model",
    "order",
    "params",
    "plain",
    "schedule",
    "session",
    "socketio",
    "source",
    "stats",
    "strategy",
    "streams",
    "summary",
    "table",
    "venue",
];

/// What does not know that there is a world.
const WORLDLESS: &[&str] = &[
    "bridge",
    "browser",
    "capture",
    "container",
    "demo_site",
    "document",
    "error",
    "fair",
    "feed_server",
    "files",
    "params",
    "record",
    "recording",
    "socketio",
];

/// Paths that may look at a clock.
const CLOCKS: &[&str] = &[
    "src/engine/driver.rs",
    "src/bench",
    "src/feed/bridge",
    "src/live/browser",
    "src/cli",
    "src/demo/feed_server",
    "src/live/clock.rs",
    "src/feed/record/",
];

/// What speaks with the network, in async code.
const ASYNC: &[&str] = &["bridge", "browser", "feed_server", "monitor", "threads"];

/// Every rule of this file.
fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        for path in source.paths() {
            if let Some(rule) = broken_by(source, &path.segments) {
                offences.push(source.offence(path.line, rule));
            }
        }
        for (at, token) in source.tokens.iter().enumerate() {
            if let Some(rule) = broken_at(source, at) {
                offences.push(source.offence(token.line, rule));
            }
        }
    }
    offences
}

/// The rule that a path breaks where it stands.
fn broken_by(source: &Source, path: &[String]) -> Option<&'static str> {
    let module = source.module();
    let has = |word: &str| path.iter().any(|segment| segment == word);
    let std = |word: &str| path.len() > 1 && path[0] == "std" && path[1] == word;
    let is_bevy = path[0].starts_with("bevy_");
    if (has("Instant") || has("SystemTime"))
        && !CLOCKS.iter().any(|clock| source.path.starts_with(clock))
    {
        return Some("only the driver, the edges, benches and the command line look at a clock");
    }
    if PURE.contains(&module) {
        if ["fs", "net", "process", "env"].into_iter().any(std) {
            return Some("the engine and its rules know no file, network or environment");
        }
        if std("thread") && !(source.path == "src/engine/build.rs" && has("sleep")) {
            return Some("the engine and its rules know no thread (engine.rs may nap)");
        }
    }
    if matches!(path[0].as_str(), "tokio" | "async_std" | "futures") && !ASYNC.contains(&module) {
        return Some("async code stays outside of the engine");
    }
    if is_bevy && WORLDLESS.contains(&module) {
        return Some("this module does not know that there is a world");
    }
    if is_bevy && module == "model" && !has("Component") {
        return Some("model knows nothing of Bevy but that its values can be components");
    }
    None
}

/// The rule that is broken at a token.
fn broken_at(source: &Source, at: usize) -> Option<&'static str> {
    let module = source.module();
    let stands = |texts: &[&str]| source.stands(at, texts);
    let is_macro = |names: &[&str]| {
        names.contains(&source.tokens[at].text.as_str()) && source.stands(at + 1, &["!"])
    };
    if is_macro(&["print", "println", "eprint", "eprintln"]) && module != "cli" {
        return Some("only the command line prints");
    }
    if is_macro(&["dbg", "todo", "unimplemented"]) {
        return Some("no unfinished code");
    }
    if stands(&[".", "unwrap", "(", ")"]) {
        return Some("no unwrap outside of tests: expect(\"why this cannot fail\")");
    }
    if stands(&["#", "[", "ignore"]) {
        return Some("no ignored tests");
    }
    if stands(&["#", "[", "allow"]) || stands(&["#", "!", "[", "allow"]) {
        return Some("#[expect(lint, reason = \"…\")] in place of #[allow]");
    }
    if stands(&["unsafe"]) {
        return Some("no unsafe code");
    }
    if PURE.contains(&module) && (stands(&["async"]) || stands(&[".", "await"])) {
        return Some("async code stays outside of the engine");
    }
    None
}

#[test]
fn clocks_files_threads_and_printing_stay_where_they_belong() {
    assert_none(&offences(&rust_files("src")));
}

#[test]
fn no_test_is_ignored() {
    let offences: Vec<_> = ["src", "tests", "benches", "examples"]
        .into_iter()
        .flat_map(rust_files)
        .filter(|source| source.text.lines().any(|line| line.trim().starts_with("#[ignore")))
        .map(|source| source.offence(1, "an ignored test"))
        .collect();
    assert_none(&offences);
}

#[test]
fn what_must_be_absent_is_found_where_it_is() {
    for (path, text) in [
        ("src/engine/venue.rs", "use std::time::{Duration, Instant};"),
        ("src/backtest/run.rs", "fn f() { std::time::SystemTime::now(); }"),
        ("src/model/sol.rs", "use std::fs;"),
        ("src/engine/ledger.rs", "use std::{fmt, net::TcpStream};"),
        ("src/strategies/random.rs", "fn f() { std::env::var(NAME); }"),
        ("src/engine/driver.rs", "fn f() { std::thread::sleep(LONG); }"),
        ("src/engine/build.rs", "fn f() { std::thread::spawn(g); }"),
        ("src/engine/source.rs", "use tokio::sync::mpsc;"),
        ("src/backtest/run.rs", "use tokio::sync::mpsc;"),
        ("src/games/fair/game.rs", "use bevy_ecs::prelude::*;"),
        ("src/model/account.rs", "use bevy_ecs::system::Query;"),
        ("src/analysis/summary/table.rs", "fn f() { println!(\"text\"); }"),
        ("src/backtest/scenario.rs", "fn f() { dbg!(x); }"),
        ("src/backtest/scenario.rs", "fn f() { x.unwrap(); }"),
        ("src/backtest/scenario.rs", "#[allow(dead_code)]\nfn f() {}"),
        ("src/engine/order.rs", "async fn f() {}"),
    ] {
        assert_found(offences, path, 1, text);
    }
    assert_permitted(offences, "src/engine/driver.rs", "use std::time::{Duration, Instant};");
    assert_permitted(offences, "src/cli/console.rs", "fn f() { eprintln!(\"text\"); }");
    assert_permitted(offences, "src/model/account.rs", "use bevy_ecs::component::Component;");
    assert_permitted(
        offences,
        "src/engine/order.rs",
        "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }",
    );
}
