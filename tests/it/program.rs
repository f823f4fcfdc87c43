//! The program as a user runs it: its output, taken apart.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs the program in a folder.
pub(crate) fn replayer(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
    command.current_dir(folder).args(arguments).output().unwrap()
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
