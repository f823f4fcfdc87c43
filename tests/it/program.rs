//! The program as a user runs it: its output, taken apart.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::waiting::in_time;

/// Runs the program in a folder.
pub(crate) fn replayer(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
    command.current_dir(folder).args(arguments);
    in_time(&format!("the end of {command:?}"), move || command.output().unwrap())
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The one JSON document on stdout, and nothing else there.
pub(crate) fn json(output: &Output) -> Value {
    assert_eq!(stdout(output).lines().count(), 1, "one document, nothing else: {output:?}");
    serde_json::from_str(stdout(output)).unwrap()
}

#[test]
fn every_command_has_an_example_and_json_in_its_help() {
    for command in [
        "new",
        "run",
        "live",
        "kill",
        "record",
        "feed-server",
        "sweep",
        "merge",
        "holdout",
        "check",
        "audit",
        "strategies",
        "inspect",
        "export",
        "history",
        "browser",
        "capture",
        "generate",
        "verify",
        "report",
        "bench",
        "demo-site",
        "config",
        "secret",
    ] {
        let output = replayer(Path::new("."), &[command, "--help"]);
        let help = stdout(&output);
        assert!(help.contains(&format!("Examples:\n  replayer {command}")), "{help}");
        assert!(help.contains("--json"), "{help}");
    }
}

#[test]
fn completions_and_manual_pages_come_from_the_same_definition_as_the_help() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = replayer(folder.path(), &["completions", shell]);
        assert!(output.status.success(), "{output:?}");
        for word in ["feed-server", "--no-journal"] {
            // PowerShell and elvish quote, fish leaves the hyphens out.
            let word = word.trim_start_matches('-');
            assert!(stdout(&output).contains(word), "{shell}: {word}");
        }
    }
    let output = replayer(folder.path(), &["man", "man1"]);
    assert!(output.status.success(), "{output:?}");
    let page = |name: &str| std::fs::read_to_string(folder.path().join("man1").join(name)).unwrap();
    assert!(page("replayer.1").contains("replayer\\-run(1)"), "{}", page("replayer.1"));
    assert!(page("replayer-run.1").contains("\\-\\-no\\-journal"), "{}", page("replayer-run.1"));
    assert!(page("replayer-browser-doctor.1").contains("screenshot"));
}

#[test]
fn a_scenario_of_ones_own_is_measured_beside_a_plain_loop() {
    let folder = tempfile::tempdir().unwrap();
    let output = replayer(folder.path(), &["bench", "one-life", "--quick", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let document = json(&output);
    assert_eq!(document["scenario"], "one-life");
    let speeds = document["speeds"].as_array().unwrap();
    for speed in speeds {
        assert!(speed["bot_ticks_per_s"].as_f64() >= speed["ticks_per_s"].as_f64(), "{speed}");
        assert!(speed["baseline_ticks_per_s"].as_f64() > Some(0.0), "{speed}");
    }
    assert!(speeds.len() >= 2, "{document}");
}
