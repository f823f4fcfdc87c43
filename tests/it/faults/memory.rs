//! Memory that runs out.

use std::fs;
use std::os::unix::process::ExitStatusExt;

use replayer::demo::feed_server::ServerCommand;
use rustix::process::Resource;

use super::{AS_IT_IS, Process, can, under};
use crate::live::Show;
use crate::machine::pace;
use crate::program::{json, replayer, stderr};
use crate::waiting::until;

const SCENARIO: &str = "Scenario(name: \"small\", seed: 3, source: Generated(games: 1500), \
    bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative()), \
    (id: \"r\", count: 3, strategy: Random())])";

const MIB: u64 = 1 << 20;

#[test]
fn a_run_with_too_little_memory_ends_and_with_enough_goes_on_to_the_same_bytes() {
    // What must hold: whatever the limit, the run either comes to its end or ends; what it wrote
    // until then is whole enough for `--resume`, and a limit of 256 MB suffices.
    if !can(&["prlimit", "--as=1000000000"]) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    fs::write(path.join("s.ron"), SCENARIO).unwrap();
    assert!(replayer(path, &["run", "s.ron", "--out", "whole"]).status.success());
    let whole = |out: &str| {
        let file = |name| fs::read(path.join(out).join(name)).unwrap();
        ["postings.csv", "games.csv", "manifest.json", "summary.json"].map(file)
    };
    let (mut ended, mut sufficed) = (0, 0);
    for mib in [12, 16, 20, 24, 28, 32, 40, 48, 256] {
        let limit = format!("--as={}", mib * MIB);
        let arguments = ["run", "s.ron", "--out", "o", "--threads", "1", "-q"];
        let output = under(&["prlimit", &limit], path, &arguments).output().unwrap();
        match output.status.success() {
            true => sufficed += 1,
            false => ended += 1,
        }
        assert!(output.status.success() || mib < 256, "{mib} MiB: {output:?}");
        let resumed = replayer(path, &["run", "s.ron", "--out", "o", "--resume", "--json"]);
        assert_eq!(json(&resumed)["games"], 1_500, "{mib} MiB: {output:?}");
        assert!(whole("o") == whole("whole"), "{mib} MiB: other bytes");
        fs::remove_dir_all(path.join("o")).unwrap();
    }
    eprintln!("measured: {ended} limits ended the run, {sufficed} sufficed; the same bytes always");
    assert!(ended > 0 && sufficed > 0);
}

#[test]
fn a_session_that_runs_out_of_memory_ends_and_what_it_recorded_is_repaired_and_whole() {
    // What must hold: the end is loud (a signal, and the reason on stderr), and the next recorder
    // in the folder reads back every game until then.
    let show = Show::start(|config| {
        config.pace = pace(100.0);
        // A first frame with its history has more than 270 kB.
        config.style.padded = true;
    });
    let (place, url) = (tempfile::tempdir().unwrap(), show.server.url());
    let arguments = ["record", "--feed", &url, "--out", "r", "--json"];
    let mut session = Process::start(under(&AS_IT_IS, place.path(), &arguments));
    until("four games are over", || show.server.counters().games >= 4);
    // A limit below what it has takes nothing away, and gives nothing more.
    session.limit(Resource::Data, MIB);
    for _ in 0..3 {
        assert!(show.server.order(ServerCommand::Disconnect));
    }
    session.says("memory allocation of");
    let status = session.child.wait().unwrap();
    assert_eq!(status.signal(), Some(6), "{status:?}, {}", session.said);
    let recording = place.path().join("r");
    assert!(crate::record::names(&recording).iter().any(|name| name.ends_with(".part")));
    let more = ["record", "--feed", &url, "--out", "r", "--games", "1"];
    let next = replayer(place.path(), &more);
    assert!(next.status.success(), "{next:?}");
    assert!(stderr(&next).contains("lines are whole"), "{next:?}");
    let games = show.assert_recorded(&recording);
    assert!(games >= 4, "{games}");
}
