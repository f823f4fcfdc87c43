//! `replayer demo-site`, as a user starts it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::visitor::{Visitor, account, block_on, get};
use crate::program::{replayer, stderr, stdout};

#[test]
fn the_command_serves_the_page_and_takes_orders_from_stdin() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .args(["demo-site", "--json", "--control", "--bankroll", "2.5", "--do", "swap"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = serde_json::from_str::<Value>(&line).unwrap()["url"].as_str().unwrap().to_owned();
    let (status, page) = get(&url, "/?account=amy");
    assert_eq!(status, 200);
    assert!(page.contains(r#"{"account":"amy","page_state":{"switches":["swap"]"#), "{page}");
    block_on(async {
        let mut visitor = Visitor::log_in(&url, "amy").await;
        writeln!(child.stdin.as_mut().unwrap(), "explode\ndrift -0.25").unwrap();
        assert_eq!(visitor.hear_event("playerUpdate").await["cash"], 2.25);
    });
    assert_eq!(account(&url, "amy")["cash"], "2.250000000");
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(stderr(&output).contains("unknown command `explode`"), "{output:?}");
}

#[test]
fn an_order_that_is_none_is_refused_with_all_that_are() {
    let output = replayer(std::path::Path::new("."), &["demo-site", "--do", "explode"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("reload-on-order"), "{output:?}");
    let help = replayer(std::path::Path::new("."), &["demo-site", "--help"]);
    assert!(stdout(&help).contains("Examples:\n  replayer demo-site"), "{help:?}");
}
