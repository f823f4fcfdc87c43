//! A folder that a process writes is refused to every other one, which is told by whom it is used.

use std::fs;
use std::path::Path;

use replayer::base::files::HeldFolder;

use super::scenario;
use crate::program::{replayer, stderr};
use crate::sweeps::files;

/// Everything in a folder but what says who has it.
fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let ours = |(name, _): &(String, Vec<u8>)| name != ".replayer.lock";
    files(folder).into_iter().filter(ours).collect()
}

#[test]
fn who_would_write_a_folder_in_use_is_refused_by_the_number_of_the_process_that_has_it() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    let swept = scenario(64).replace("Conservative()", "Conservative(take_profit: Grid([10, 40]))");
    fs::write(path.join("s.ron"), scenario(20)).unwrap();
    fs::write(path.join("w.ron"), swept).unwrap();
    for made in [
        &["run", "s.ron", "--out", "run"][..],
        &["sweep", "w.ron", "--out", "sweep"],
        &["sweep", "w.ron", "--out", "part-0", "--shard", "0/2"],
        &["sweep", "w.ron", "--out", "part-1", "--shard", "1/2"],
    ] {
        assert!(replayer(path, made).status.success(), "{made:?}");
    }
    let feed = ["--feed", "http://127.0.0.1:1"];
    for (folder, arguments) in [
        ("run", vec!["run", "s.ron", "--out", "run", "--resume"]),
        ("run", vec!["run", "s.ron", "--out", "run"]),
        ("run", [&["live", "s.ron", "--out", "run", "--resume"][..], &feed].concat()),
        ("run", [&["live", "s.ron", "--out", "run"][..], &feed].concat()),
        ("run", [&["record", "--out", "run"][..], &feed].concat()),
        ("sweep", vec!["sweep", "w.ron", "--out", "sweep", "--resume"]),
        ("sweep", vec!["sweep", "w.ron", "--out", "sweep"]),
        ("sweep", vec!["merge", "part-0", "part-1", "--out", "sweep"]),
        ("sweep", vec!["holdout", "sweep"]),
    ] {
        let held = HeldFolder::take(&path.join(folder)).unwrap();
        let before = content(&path.join(folder));
        let refused = replayer(path, &arguments);
        assert_eq!(refused.status.code(), Some(3), "{arguments:?}: {refused:?}");
        let told = format!("{folder} is in use by process {}", std::process::id());
        assert!(stderr(&refused).contains(&told), "{arguments:?}: {refused:?}");
        assert!(content(&path.join(folder)) == before, "{arguments:?}: it was left as it was");
        drop(held);
    }
    // Reading waits for nobody, and who comes afterwards is let in.
    let held = HeldFolder::take(&path.join("run")).unwrap();
    assert!(replayer(path, &["report", "run", "--out", "page.html"]).status.success());
    drop(held);
    let resumed = replayer(path, &["run", "s.ron", "--out", "run", "--resume"]);
    assert!(resumed.status.success(), "{resumed:?}");
    assert!(!path.join("run/.replayer.lock").exists());
}
