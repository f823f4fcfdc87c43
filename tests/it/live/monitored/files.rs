//! What is written of the metrics: the rules for alarms, the dashboard, the table of the how-to.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use super::{Watched, program, series};

const ALERTS: &str = include_str!("../../../../docs/operations/alerts.yml");
const DASHBOARD: &str = include_str!("../../../../docs/operations/dashboard.json");
const HOW_TO: &str = include_str!("../../../../docs/how-to/monitoring.md");

/// What a session with bots and recorders exposes; one session for all tests.
static EXPOSITION: LazyLock<String> = LazyLock::new(|| {
    let place = tempfile::tempdir().unwrap();
    let watched = Watched::live(place.path());
    watched.metrics_once(|series| {
        series["replayer_games_played_total"] >= 5.0
            && series.keys().any(|name| name.starts_with("replayer_rejections_total{"))
    })
});

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with("replayer_") || word.starts_with("process_"))
        .collect()
}

/// The names of the series that are exposed.
fn exposed(text: &str) -> BTreeSet<&str> {
    series(text).into_keys().map(|series| series.split('{').next().unwrap()).collect()
}

fn promtool(arguments: &[&str], input: &str) -> Option<Output> {
    let mut command = Command::new(program("promtool")?);
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Some(child.wait_with_output().unwrap())
}

#[test]
fn alarms_and_dashboard_name_only_what_a_session_exposes() {
    let exposed = exposed(&EXPOSITION);
    for (file, written) in [("alerts.yml", ALERTS), ("dashboard.json", DASHBOARD)] {
        let named = named(written);
        assert!(named.len() > 10, "{file}: {named:?}");
        let unknown: Vec<_> = named.difference(&exposed).collect();
        assert!(unknown.is_empty(), "{file} names what nobody exposes: {unknown:?}");
    }
}

#[test]
fn the_table_of_the_how_to_is_what_a_session_exposes() {
    let text = &*EXPOSITION;
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for series in series(text).into_keys() {
        let (name, rest) = series.split_once('{').unwrap_or((series, ""));
        let family = name.strip_suffix("_bucket").unwrap_or(name);
        let keys = rest.split(',').filter_map(|pair| pair.split_once('=')).map(|(key, _)| key);
        labels.entry(family).or_default().extend(keys.filter(|key| *key != "le"));
    }
    let meaning = |name: &str| {
        let start = format!("# HELP {name} ");
        text.lines().find_map(|line| line.strip_prefix(&start)).unwrap().trim_end_matches('.')
    };
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let exposed: Vec<String> = types
        .map(|(name, kind)| {
            let keys = labels.get(name).into_iter().flatten().copied().collect::<Vec<_>>();
            format!("| `{name}` | {kind} | {} | {} |", keys.join(", "), meaning(name))
        })
        .map(|row| row.replace("|  |", "| |"))
        .collect();
    let written: Vec<&str> = HOW_TO
        .lines()
        .filter(|line| line.starts_with("| `replayer_") || line.starts_with("| `process_"))
        .collect();
    assert_eq!(written, exposed, "the table should be\n{}", exposed.join("\n"));
}

#[test]
fn promtool_finds_nothing_wrong_with_the_metrics_of_a_session() {
    let Some(output) = promtool(&["check", "metrics"], &EXPOSITION) else { return };
    assert!(output.status.success(), "{output:?}");
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b""[..], &b""[..]));
    // It can find something.
    let bad = promtool(&["check", "metrics"], "# TYPE bad counter\nbad 1\n").unwrap();
    assert!(!bad.status.success(), "{bad:?}");
}

#[test]
fn the_rules_are_sound_and_every_alarm_is_raised_by_what_it_is_for_and_by_nothing_else() {
    let rules = ["check", "rules", "docs/operations/alerts.yml"];
    let Some(output) = promtool(&rules, "") else { return };
    assert!(output.status.success(), "{output:?}");
    let tests = "tests/it/live/monitored/alerts.yml";
    let output = promtool(&["test", "rules", tests], "").unwrap();
    assert!(output.status.success(), "{output:?}");
    let tested = include_str!("alerts.yml");
    for rule in ALERTS.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(tested.contains(&format!("alertname: {rule}\n")), "{rule} is not tested");
        assert!(HOW_TO.contains(&format!("`{rule}`")), "{rule} is not in the how-to");
    }
}

#[test]
fn every_panel_of_the_dashboard_shows_something() {
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() >= 8);
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel}");
        for target in panel["targets"].as_array().unwrap() {
            assert!(!named(target["expr"].as_str().unwrap()).is_empty(), "{target}");
        }
    }
}
