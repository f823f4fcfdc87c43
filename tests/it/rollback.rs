//! An upgrade that is taken back: what the newer version wrote is left as it is, what the older one wrote goes
//! on. The newer version is this one, with the formats and the version of its files raised.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::live::command::scenario;
use crate::live::stage::Show;
use crate::program::{json, replayer, stderr, stdout};
use crate::sweeps::files;

/// Games that are made.
const MADE: &str = "Scenario(name: \"made\", seed: 3, source: Generated(games: 40), \
                    bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative(PROFIT))])";

fn succeeds(folder: &Path, arguments: &[&str]) -> Output {
    let output = replayer(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    output
}

/// A command is refused with exit code 3 and words, and a folder stays what it was.
fn refuses(place: &Path, arguments: &[&str], words: &str, folder: &str) {
    let before = files(&place.join(folder));
    let output = replayer(place, arguments);
    assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
    assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
    let after = files(&place.join(folder));
    let changed: Vec<&String> = before
        .keys()
        .chain(after.keys())
        .filter(|name| before.get(*name) != after.get(*name))
        .collect();
    assert!(changed.is_empty(), "{arguments:?} changed {changed:?}");
}

/// Makes of a folder that this version wrote one of the version behind it.
fn raise(folder: &Path) {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["format"] = (manifest["format"].as_u64().unwrap() + 1).into();
    manifest["replayer"] = "99.0.0".into();
    fs::write(&path, serde_json::to_string_pretty(&manifest).unwrap()).unwrap();
}

#[test]
fn a_version_that_was_restored_leaves_what_the_newer_one_wrote_and_goes_on_with_its_own() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let place = place.path();
    scenario(place, &show.server.url());
    fs::write(place.join("made.ron"), MADE.replace("PROFIT", "")).unwrap();
    fs::write(place.join("swept.ron"), MADE.replace("PROFIT", "take_profit: Grid([10, 40])"))
        .unwrap();
    let run = |out: &'static str| ["run", "made.ron", "--json", "--out", out];
    let sweep = |out: &'static str| ["sweep", "swept.ron", "--json", "--out", out];
    let live = ["live", "paper.ron", "--resume", "--set", "record.plain=true"];
    let live = |out: &'static str, games: &'static str| {
        [&live[..], &["--out", out, "--games", games]].concat()
    };
    let recorded = MADE
        .replace("PROFIT", "")
        .replace("Generated(games: 40)", "Recordings(path: \"new-session/recording\")");
    fs::write(place.join("recorded.ron"), recorded).unwrap();
    // Both versions wrote a run, a sweep and a session; the old one before the upgrade.
    let whole = json(&succeeds(place, &run("old-run")));
    succeeds(place, &sweep("old-sweep"));
    succeeds(place, &live("old-session", "4"));
    for (old, new) in
        [("old-run", "new-run"), ("old-sweep", "new-sweep"), ("old-session", "new-session")]
    {
        let copied = Command::new("cp").args(["-r", old, new]).current_dir(place).status();
        assert!(copied.unwrap().success());
        raise(&place.join(new));
    }
    // The old one is back: nothing of the newer one is read as what it is not, or written to.
    let again = |first: &[&'static str]| [first, &["--resume"]].concat();
    refuses(place, &again(&run("new-run")), "written by replayer 99.0.0", "new-run");
    refuses(place, &["report", "new-run", "--out", "page.html"], "reads format", "new-run");
    refuses(place, &again(&sweep("new-sweep")), "99.0.0", "new-sweep");
    refuses(place, &live("new-session", "6"), "written by replayer 99.0.0", "new-session");
    // A recording of a newer format in a folder that is otherwise ours.
    let folder = place.join("new-session");
    fs::copy(place.join("old-session/manifest.json"), folder.join("manifest.json")).unwrap();
    for (name, bytes) in files(&folder.join("recording")) {
        let text =
            String::from_utf8(bytes).unwrap().replacen("{\"recording\":1,", "{\"recording\":2,", 1);
        fs::write(folder.join("recording").join(name), text).unwrap();
    }
    let inspected = succeeds(place, &["inspect", "new-session/recording"]);
    assert!(stdout(&inspected).contains("1 unknown recording format 2"), "{}", stdout(&inspected));
    refuses(place, &["run", "recorded.ron"], "no game that can be played", "new-session");
    refuses(place, &live("new-session", "6"), "format 2", "new-session");
    // What it wrote itself is all there, and goes on.
    let resumed = json(&succeeds(place, &again(&run("old-run"))));
    assert_eq!(resumed["digest"], whole["digest"]);
    succeeds(place, &again(&sweep("old-sweep")));
    let session = succeeds(place, &live("old-session", "6"));
    assert!(stderr(&session).contains("resuming after"), "{}", stderr(&session));
}
