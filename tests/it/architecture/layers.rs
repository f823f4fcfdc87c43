//! The direction of imports: each module uses what stands above it in one table, and nothing else.

use super::sources::{Source, Written, module_of, rust_files};
use super::{assert_found, assert_none, assert_permitted};

/// Every top-level module and the modules that it may use, all of which stand above it.
const LAYERS: &[(&str, &str)] = &[
    // Plain values and pure functions.
    ("error", ""),
    ("hex", ""),
    ("lines", ""),
    ("stats", ""),
    ("model", ""),
    ("files", "error"),
    ("secrets", "error files hex"),
    ("document", "model"),
    ("params", "document model"),
    ("setup", "model"),
    ("streams", "model"),
    ("threads", ""),
    ("container", ""),
    ("recording", "container error hex lines model"),
    ("fair", "container error hex lines model recording"),
    ("feed", "fair hex model"),
    ("capture", "container error lines recording"),
    ("socketio", ""),
    ("bridge", "error feed socketio threads"),
    ("browser", "bridge capture document error feed files hex model socketio threads"),
    ("record", "capture container error fair feed files hex lines model recording"),
    // The engine: what its stages share, the stages, the loop.
    ("schedule", ""),
    ("checkpoint", ""),
    ("bot", "model"),
    ("table", "checkpoint setup model schedule"),
    ("source", "checkpoint fair model schedule table"),
    ("inbox", "feed model schedule table"),
    ("ledger", "bot checkpoint setup model schedule table"),
    ("order", "bot setup ledger model schedule table"),
    ("venue", "bot checkpoint setup inbox ledger model order schedule streams table"),
    ("strategy", "bot checkpoint document setup model order params schedule streams table venue"),
    ("strategies", "document setup model order params strategy streams"),
    ("journal", "bot checkpoint hex ledger model schedule table"),
    ("driver", "checkpoint inbox model schedule table"),
    ("monitor", "bridge browser error feed journal model record threads"),
    (
        "engine",
        "bot driver setup inbox journal ledger model order schedule source strategy streams \
         table venue",
    ),
    // What drives the engine.
    ("batch", "engine setup journal model source strategy streams"),
    ("plain", "setup journal model source strategy"),
    ("session", "checkpoint driver engine journal model source table"),
    ("testing", "bot document driver engine setup journal model params source strategy strategies"),
    (
        "audit",
        "bot driver engine setup journal ledger model order schedule source strategy streams table",
    ),
    ("summary", "engine setup journal model stats streams"),
    ("scenario", "document engine error setup model params recording strategy streams summary"),
    ("columns", "error files hex journal model recording"),
    (
        "run",
        "batch columns driver engine error fair files hex setup journal model recording scenario source \
         streams summary",
    ),
    (
        "sweep",
        "batch columns document driver engine error files hex journal run scenario source strategy \
         streams summary",
    ),
    ("feed_server", "error fair hex model source streams threads"),
    ("demo_site", "error feed_server model socketio streams"),
    (
        "live",
        "bot bridge browser capture engine error feed setup inbox journal model monitor record recording run schedule socketio venue",
    ),
    ("config", "bridge browser container document error feed live model record secrets"),
    ("page", "columns error model run source stats summary sweep"),
    // Workloads to measure, and the command line, which nobody uses: anything above.
    ("bench", ANYTHING_ABOVE),
    ("cli", ANYTHING_ABOVE),
];

const ANYTHING_ABOVE: &str = "*";

/// Rooms whose own file only lists what stands in them.
const ROOMS: &[&str] = &["base", "games", "analysis", "demo", "backtest"];

/// Where a module stands in the table.
fn place(module: &str) -> Option<usize> {
    LAYERS.iter().position(|(name, _)| *name == module)
}

fn may_use(user: usize, used: usize) -> bool {
    let (_, permitted) = LAYERS[user];
    let named = permitted.split_whitespace().any(|name| name == LAYERS[used].0);
    user == used || named || (permitted == ANYTHING_ABOVE && used < user)
}

/// Every use of a module that the table does not permit, and every module that it does not know.
fn offences(sources: &[Source]) -> Vec<String> {
    let mut offences = Vec::new();
    for source in sources {
        let module = source.module();
        if matches!(module, "lib" | "main") || ROOMS.contains(&module) {
            continue;
        }
        let Some(user) = place(module) else {
            let what = format!("module {module} has no place in the table of layers (layers.rs)");
            offences.push(source.offence(1, &what));
            continue;
        };
        for path in source.paths() {
            if let Some(used) = module_used(source, &path)
                && place(used).is_some_and(|used| !may_use(user, used))
            {
                let what = format!("{module} must not use {used} (table of layers, layers.rs)");
                offences.push(source.offence(path.line, &what));
            }
        }
    }
    offences
}

/// The module that a path leads to, if it is one of this crate's.
fn module_used<'a>(source: &Source, path: &'a Written) -> Option<&'a str> {
    let names: Vec<_> = path.segments.iter().map(String::as_str).collect();
    if matches!(*names.first()?, "crate" | "replayer") {
        return (names.len() > 1).then(|| module_of(&names[1..]));
    }
    let ups = names.iter().take_while(|name| **name == "super").count();
    let depth = source.path.matches('/').count();
    (ups > 0 && ups >= depth && names.len() > ups).then(|| module_of(&names[ups..]))
}

#[test]
fn every_module_uses_only_what_stands_above_it() {
    assert_none(&offences(&rust_files("src")));
}

#[test]
fn the_table_of_layers_has_no_cycle_and_nobody_below_the_command_line() {
    for (user, (module, permitted)) in LAYERS.iter().enumerate() {
        for name in permitted.split_whitespace().filter(|&name| name != ANYTHING_ABOVE) {
            let above = place(name).is_some_and(|used| used < user);
            assert!(above, "{module} may use {name}, which does not stand above it");
        }
    }
    assert_eq!(place("cli"), Some(LAYERS.len() - 1));
}

#[test]
fn a_wrong_import_is_found_however_it_is_written() {
    assert_found(offences, "src/model/sol.rs", 2, "\nuse crate::ledger::Postings;");
    assert_found(offences, "src/engine/ledger.rs", 1, "use crate::{bot::Bot, run};");
    assert_found(offences, "src/engine/venue.rs", 1, "fn f() { crate::summary::table() }");
    assert_found(offences, "src/strategies/random.rs", 1, "use super::super::cli::console;");
    assert_found(offences, "src/bench/clock.rs", 1, "use crate::cli;");
    assert_found(offences, "src/manager.rs", 1, "//! A module without a place.");
    assert_permitted(
        offences,
        "src/strategies/random.rs",
        "use super::Strategy;\nuse crate::model::setup;",
    );
}
