//! Pages: what `replayer report` writes, read as text and looked at in a browser.

pub(crate) mod browser;
mod command;
mod folder;
mod looks;
mod map;
mod pictures;
mod spread;

use std::path::{Path, PathBuf};

use crate::program::replayer;

/// A scenario that has bots of every kind, small enough to run in a moment.
const SCENARIO: &str = r#"// Does anybody gain on a hundred fair games?
Scenario(
    name: "page",
    seed: 7,
    source: Generated(games: 120),
    bankroll: PerGame(0.1),
    bots: [
        (id: "conservative", strategy: Conservative()),
        (id: "sidebet", strategy: Sidebet()),
        (id: "wait", strategy: AlwaysWait()),
    ],
)
"#;

/// Runs a scenario into `place/NAME`.
fn run(place: &Path, name: &str, scenario: &str) -> PathBuf {
    run_with(place, name, (scenario, &[]))
}

/// Runs a scenario with more arguments into `place/NAME`.
fn run_with(place: &Path, name: &str, (scenario, more): (&str, &[&str])) -> PathBuf {
    let file = place.join(format!("{name}.ron"));
    std::fs::write(&file, scenario).unwrap();
    let own = ["run", file.to_str().unwrap(), "--out", name, "-q"];
    let output = replayer(place, &[&own, more].concat());
    assert!(output.status.success(), "{output:?}");
    place.join(name)
}

/// A small sweep of two choices.
const SWEEP: &str = r#"// Which exits lose least?
Scenario(
    name: "swept",
    seed: 7,
    source: Generated(games: 200),
    bankroll: PerGame(0.1),
    bots: [
        (id: "held", strategy: Conservative(
            take_profit: Grid([5, 20]),
            stop_loss: Range(from: 10, to: 30, step: 10),
        )),
    ],
)
"#;

/// Sweeps a scenario into `place/NAME`.
fn sweep(place: &Path, name: &str) -> PathBuf {
    let file = place.join(format!("{name}.ron"));
    std::fs::write(&file, SWEEP).unwrap();
    let args = ["sweep", file.to_str().unwrap(), "--out", name, "-q"];
    let output = replayer(place, &args);
    assert!(output.status.success(), "{output:?}");
    place.join(name)
}
