//! What is absent, and where: clocks, threads, files, printing, async code, shortcuts.

use super::modules::assert_all_exist;
use super::sources::{Source, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// What stays pure: no file, no network, no process, no environment.
const PURE: &[&str] = &[
    "model",
    "base/address",
    "base/container",
    "base/document",
    "base/error",
    "base/hex",
    "base/lines",
    "base/params",
    "base/printable",
    "feed/census",
    "feed/fact",
    "feed/fairness",
    "feed/frame",
    "feed/integrity",
    "feed/latency",
    "feed/listener",
    "feed/machine",
    "feed/anomaly",
    "feed/socketio",
    "feed/words",
    "engine",
    "strategies",
    "analysis",
    "backtest/audit",
];

/// Something that few modules may name, with all the modules that do.
struct Permit {
    /// Whether a path of the code is such a thing.
    is_it: fn(&[String]) -> bool,
    /// Who may name it.
    modules: &'static [&'static str],
    /// What everybody else is told.
    rule: &'static str,
}

const PERMITS: &[Permit] = &[
    Permit {
        is_it: |path| has(path, "Instant") || has(path, "SystemTime"),
        modules: &[
            "base/clock",
            "bench/measure",
            "demo/feed_server/host",
            "engine/driver",
            "feed/bridge",
            "feed/record/part",
            "feed/record/writer",
            "live/browser",
        ],
        rule: "only clocks, the driver, benches and what waits for others look at a clock",
    },
    Permit {
        is_it: |path| match path {
            [.., before, last] => {
                let reads = ["read", "read_to_string"].contains(&last.as_str());
                (before == "File" && last == "open") || (before == "fs" && reads)
            }
            _ => false,
        },
        modules: &[
            "base/files",
            "base/secrets/key",
            "feed/record/repair",
            "live/browser/profile_folder",
        ],
        rule: "files are read by base/files/reading: with a bound, and never a pipe or a device",
    },
    Permit {
        is_it: |path| is_std(path, "thread") && !has(path, "sleep"),
        modules: &[
            "backtest/run",
            "backtest/sweep",
            "bench/own",
            "cli/demo_site",
            "cli/interrupt",
            "cli/service",
            "cli/sweep",
            "demo/feed_server",
            "feed/record",
            "live/browser/kill",
            "live/monitor/server",
            "live/orders/journal",
            "live/orders/notify",
        ],
        rule: "what needs no thread knows none",
    },
    Permit {
        is_it: |path| is_std(path, "thread") && has(path, "sleep"),
        modules: &["engine/build"],
        rule: "only the loop of an engine naps",
    },
    Permit {
        is_it: |path| match path {
            [word] => word == "async" || word == "await",
            [first, ..] => ["tokio", "async_std", "futures", "futures_util"].contains(&&**first),
            [] => false,
        },
        modules: &[
            "base/runtime",
            "cli/browser/doctor",
            "demo/feed_server",
            "feed/bridge",
            "live/browser",
            "live/ingest/page",
            "live/following",
            "live/monitor/server",
        ],
        rule: "async code stays where a network or a browser is waited for",
    },
    Permit {
        is_it: creates_files,
        modules: &["base/files"],
        rule: "files are created, renamed and opened to be written by `base::files` alone, which follows no link",
    },
    Permit {
        is_it: is_bevy,
        modules: &[
            "backtest/audit/decisions",
            "backtest/sweep/play",
            "bench/staged",
            "bench/w1",
            "engine",
            "live/execution",
            "live/meter",
            "live/past",
            "live/session",
            "live/unarmed",
            "prelude",
        ],
        rule: "this module does not know that there is a world",
    },
];

fn has(path: &[String], word: &str) -> bool {
    path.iter().any(|segment| segment == word)
}

fn is_bevy(path: &[String]) -> bool {
    path[0].starts_with("bevy_")
}

/// Whether a path of the code creates, renames or copies files, or opens them to be written.
fn creates_files(path: &[String]) -> bool {
    let last: Vec<&str> = path.iter().rev().take(2).map(String::as_str).collect();
    let is_call = match *last.as_slice() {
        [name, "File"] => ["create", "create_new", "create_buffered", "options"].contains(&name),
        [name, "fs"] => [
            "copy",
            "hard_link",
            "linkat",
            "open",
            "openat",
            "openat2",
            "rename",
            "renameat",
            "renameat_with",
            "symlink",
            "symlinkat",
            "write",
        ]
        .contains(&name),
        _ => false,
    };
    is_call || has(path, "OpenOptions") || (path.len() > 1 && path[0] == "tokio" && path[1] == "fs")
}

fn is_std(path: &[String], module: &str) -> bool {
    path.len() > 1 && path[0] == "std" && path[1] == module
}

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
    let is_impure = ["fs", "net", "process", "env"].into_iter().any(|module| is_std(path, module));
    if is_impure && source.is_in_any(PURE) {
        return Some("the engine and its rules know no file, network or environment");
    }
    if is_bevy(path) && source.is_in("model") {
        let rule = "model knows nothing of Bevy but that its values can be components";
        return (!has(path, "Component")).then_some(rule);
    }
    let broken = |permit: &&Permit| (permit.is_it)(path) && !source.is_in_any(permit.modules);
    PERMITS.iter().find(broken).map(|permit| permit.rule)
}

/// The rule that is broken at a token.
fn broken_at(source: &Source, at: usize) -> Option<&'static str> {
    let stands = |texts: &[&str]| source.stands(at, texts);
    let is_macro = |names: &[&str]| {
        names.contains(&source.tokens[at].text.as_str()) && source.stands(at + 1, &["!"])
    };
    if is_macro(&["print", "println", "eprint", "eprintln"]) && !source.is_in("cli/console") {
        return Some("only the console of the command line prints");
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
    None
}

#[test]
fn clocks_files_threads_and_printing_stay_where_they_belong() {
    assert_none(&offences(&rust_files("src")));
}

#[test]
fn every_permit_is_needed_by_every_module_that_has_it() {
    let sources = rust_files("src");
    for Permit { is_it, modules, rule } in PERMITS {
        assert_all_exist(rule, modules.iter().copied());
        for module in *modules {
            let mut inside = sources.iter().filter(|source| source.is_in(module));
            let is_needed = |source: &Source| source.paths().iter().any(|it| is_it(&it.segments));
            assert!(inside.any(is_needed), "{module} needs no exception from: {rule}");
        }
    }
    assert_all_exist("what stays pure", PURE.iter().copied());
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
        ("src/cli/browser.rs", "fn f() { g().await }"),
        ("src/live/session.rs", "use tokio::sync::mpsc;"),
        ("src/live/gateway.rs", "use std::time::Instant;"),
        ("src/live/ingest.rs", "use bevy_app::App;"),
        ("src/backtest/run.rs", "fn f() { std::fs::read(PATH); }"),
        ("src/cli/check.rs", "fn f() { fs::read_to_string(PATH); }"),
        ("src/cli/bench.rs", "fn f() { println!(\"text\"); }"),
        ("src/cli/report.rs", "fn f() { std::fs::write(path, text); }"),
        ("src/cli/report.rs", "fn f() { fs::rename(one, other); }"),
        ("src/cli/logs.rs", "fn f() { File::create(path); }"),
        ("src/cli/logs.rs", "fn f() { File::options(); }"),
        ("src/cli/logs.rs", "use std::fs::OpenOptions;"),
        ("src/live/browser/page.rs", "fn f() { tokio::fs::write(path, picture); }"),
    ] {
        assert_found(offences, path, 1, text);
    }
    assert_permitted(offences, "src/cli/check.rs", "fn f() { reading::open(PATH); }");
    assert_permitted(offences, "src/engine/driver.rs", "use std::time::{Duration, Instant};");
    assert_permitted(offences, "src/engine/build.rs", "fn f() { std::thread::sleep(LONG); }");
    assert_permitted(offences, "src/feed/bridge/link.rs", "async fn f() { g().await }");
    assert_permitted(offences, "src/base/files/opened.rs", "use std::fs::OpenOptions;");
    assert_permitted(offences, "src/cli/logs.rs", "fn f() { fs::remove_file(path); }");
    assert_permitted(offences, "src/cli/console.rs", "fn f() { eprintln!(\"text\"); }");
    assert_permitted(offences, "src/model/wallet.rs", "use bevy_ecs::component::Component;");
    assert_permitted(
        offences,
        "src/engine/order.rs",
        "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }",
    );
}
