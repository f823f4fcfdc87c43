//! The command that hears of fills: what reaches it, and that nobody waits for it whatever it does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use replayer::live::orders::{Notifier, NotifyConfig, OrderEvent, OrderLog};
use serde_json::{Value, json};

use super::{BUY, account, bought, request};
use crate::waiting::{PATIENCE, until};

/// A command that does something, written into a folder.
fn script(folder: &Path, name: &str, does: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

fn notifier(command: &[&str], timeout: Duration, queue: usize) -> Notifier {
    let command = Some(command.iter().map(|&text| text.to_owned()).collect());
    Notifier::start(&NotifyConfig { command, timeout, queue }).unwrap().unwrap()
}

#[test]
fn a_fill_reaches_the_command_as_json_with_its_arguments_as_they_are() {
    let place = tempfile::tempdir().unwrap();
    let told = place.path().join("told");
    let does = format!("echo \"$1\" >> {0}; cat >> {0}", told.display());
    let tell = script(place.path(), "tell", &does);
    let sly = "$(touch sly); `touch sly`";
    let command = notifier(&[tell.to_str().unwrap(), sly], PATIENCE, 8);
    let log = OrderLog::new("me".to_owned(), None, Some(command), None);
    let order = request(1, BUY);
    log.sent(&order, Some(account(1_000, 0)), |outcome| outcome.unwrap());
    log.finished(&order, &bought());
    until("it is told", || log.counts().notices_sent == 1);
    let text = fs::read_to_string(&told).unwrap();
    let (argument, document) = text.split_once('\n').unwrap();
    assert_eq!(argument, sly, "no shell reads it");
    let document: Value = serde_json::from_str(document).unwrap();
    for (field, wanted) in [
        ("event", json!("order")),
        ("outcome", json!("filled")),
        ("amount", json!("0.010000000")),
        ("bot", json!("me")),
        ("game", json!("g")),
    ] {
        assert_eq!(document[field], wanted, "{document}");
    }
    // The terminal is told the same.
    let Some(OrderEvent::Fact(fact)) = log.events().next() else { panic!() };
    assert_eq!(
        fact.to_string(),
        "order 1 (buy 0.010000000 SOL) in game g: filled at tick 4 and 2x: 0.010000000 SOL, \
         quantity 0.005000000"
    );
}

#[test]
fn a_command_that_hangs_fails_or_floods_is_counted_and_holds_up_nobody() {
    let place = tempfile::tempdir().unwrap();
    let started = place.path().join("started");
    // It and what it started go on until their folder is gone, or they are killed.
    let goes_on = format!("while [ -e {} ]; do sleep 0.1; done", started.display());
    let hangs = format!("echo x >> {}; ({goes_on}) & {goes_on}", started.display());
    let hangs = script(place.path(), "hangs", &hangs);
    let command = notifier(&[hangs.to_str().unwrap()], PATIENCE, 2);
    command.tell(&json!({}));
    until("it hangs", || started.exists());
    // Two wait for it; all others are dropped at once.
    (0..1_000).for_each(|number| command.tell(&json!({ "number": number })));
    assert_eq!(command.notices().read(), [0, 0, 998]);

    let short = notifier(&[hangs.to_str().unwrap()], Duration::from_millis(20), 8);
    short.tell(&json!({}));
    until("it is killed", || short.notices().read() == [0, 1, 0]);

    let fails = script(place.path(), "fails", "exit 3");
    let floods =
        script(place.path(), "floods", "yes flood | head -c 10000000; yes | head -c 1000000 >&2");
    let fails = notifier(&[fails.to_str().unwrap()], PATIENCE, 8);
    let floods = notifier(&[floods.to_str().unwrap()], PATIENCE, 8);
    let absent = notifier(&["/nowhere/at/all"], PATIENCE, 8);
    for command in [&fails, &floods, &absent] {
        command.tell(&json!({}));
    }
    until("one failed", || fails.notices().read() == [0, 1, 0]);
    until("one was read", || floods.notices().read() == [1, 0, 0]);
    until("one is not there", || absent.notices().read() == [0, 1, 0]);
    assert!(Notifier::start(&NotifyConfig::default()).unwrap().is_none());
    let nothing = NotifyConfig { command: Some(Vec::new()), ..NotifyConfig::default() };
    assert!(Notifier::start(&nothing).is_err());
}
