//! The same sweep on more threads, and in parts that are merged.

use std::fs;

use super::{assert_same, fails, files, place, succeeds};

#[test]
fn threads_cannot_be_seen_in_the_folder() {
    let place = place(500);
    succeeds(place.path(), &["sweep", "s.ron", "--out", "one", "--threads", "1"]);
    for threads in ["2", "5"] {
        succeeds(place.path(), &["sweep", "s.ron", "--out", threads, "--threads", threads]);
        assert_same(&place.path().join("one"), &place.path().join(threads));
    }
    let files = files(&place.path().join("one"));
    for name in ["manifest.json", "scenario.ron", "summary.json", "games/part-000063.parquet"] {
        assert!(files.contains_key(name), "{name} is missing: {:?}", files.keys());
    }
    assert!(!files.keys().any(|name| name.starts_with("shards/")), "{:?}", files.keys());
}

#[test]
fn parts_merged_in_any_order_are_the_whole() {
    let place = place(500);
    succeeds(place.path(), &["sweep", "s.ron", "--out", "whole"]);
    for part in ["0/3", "1/3", "2/3"] {
        let out = format!("part-{}", &part[..1]);
        succeeds(place.path(), &["sweep", "s.ron", "--shard", part, "--out", &out]);
    }
    succeeds(place.path(), &["merge", "part-2", "part-0", "part-1", "--out", "merged"]);
    assert_same(&place.path().join("whole"), &place.path().join("merged"));
}

#[test]
fn a_life_of_many_games_is_never_cut() {
    let place = place(500);
    let text = super::scenario(500).replace("PerGame(0.1)", "Lives(bankroll: 0.1, games: 70)");
    fs::write(place.path().join("s.ron"), text).unwrap();
    succeeds(place.path(), &["sweep", "s.ron", "--out", "whole", "--threads", "1"]);
    for part in ["0/2", "1/2"] {
        succeeds(place.path(), &["sweep", "s.ron", "--shard", part, "--out", &part[..1]]);
    }
    succeeds(place.path(), &["merge", "0", "1", "--out", "merged"]);
    assert_same(&place.path().join("whole"), &place.path().join("merged"));
    let text = super::scenario(50).replace("PerGame(0.1)", "Compounding(0.1)");
    fs::write(place.path().join("s.ron"), text).unwrap();
    succeeds(place.path(), &["sweep", "s.ron", "--out", "life"]);
    let error = fails(place.path(), &["sweep", "s.ron", "--shard", "0/2", "--out", "half"], 2);
    assert!(error.contains("2 parts of 1 shards"), "{error}");
}

#[test]
fn parts_that_do_not_make_up_one_sweep_are_refused() {
    let place = place(200);
    let path = place.path();
    for (part, out) in [("0/2", "a"), ("1/2", "b"), ("1/4", "c")] {
        succeeds(path, &["sweep", "s.ron", "--shard", part, "--out", out]);
    }
    let error = fails(path, &["merge", "a", "--out", "m"], 3);
    assert!(error.contains("32 of 64 shards are missing: 32, 33"), "{error}");
    assert!(error.contains("a part is missing among these folders"), "{error}");
    let error = fails(path, &["merge", "a", "b", "a", "--out", "m"], 3);
    assert!(error.contains("shard 0 is in a and in a"), "{error}");
    let error = fails(path, &["merge", "a", "b", "c", "--out", "m"], 3);
    assert!(error.contains("shard 16 is in a and in c"), "{error}");
    fs::write(path.join("other.ron"), super::scenario(201)).unwrap();
    succeeds(path, &["sweep", "other.ron", "--shard", "1/2", "--out", "other"]);
    let error = fails(path, &["merge", "a", "other", "--out", "m"], 3);
    assert!(error.contains("other was written from another scenario than a"), "{error}");
    succeeds(path, &["sweep", "s.ron", "--shard", "1/2", "--out", "bare", "--rows", "none"]);
    let error = fails(path, &["merge", "a", "bare", "--out", "m"], 3);
    assert!(error.contains("another choice of `--rows`"), "{error}");
    let error = fails(path, &["merge", "a", "s.ron", "--out", "m"], 3);
    assert!(error.contains("s.ron"), "{error}");
    fs::remove_file(path.join("b/shards/000040.json")).unwrap();
    let error = fails(path, &["merge", "a", "b", "--out", "m"], 3);
    assert!(error.contains("1 of 64 shards are missing: 40"), "{error}");
    assert!(!path.join("m").exists(), "nothing is written before everything is known to be there");
}

#[test]
fn gnu_parallel_plays_the_parts_and_their_merger_is_the_whole() {
    let parallel = std::process::Command::new("parallel").arg("--version").output();
    if !parallel.is_ok_and(|it| it.stdout.starts_with(b"GNU parallel")) {
        eprintln!("skipped: GNU parallel is not installed");
        return;
    }
    let place = place(500);
    let path = place.path();
    let program = env!("CARGO_BIN_EXE_replayer");
    let output = std::process::Command::new("parallel")
        .args([program, "sweep", "s.ron", "--shard", "{}/4", "--out", "part-{}", "--threads", "1"])
        .args([":::", "0", "1", "2", "3"])
        .current_dir(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    succeeds(path, &["merge", "part-0", "part-1", "part-2", "part-3", "--out", "merged"]);
    succeeds(path, &["sweep", "s.ron", "--out", "whole"]);
    assert_same(&path.join("whole"), &path.join("merged"));
}
