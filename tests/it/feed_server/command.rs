//! `replayer feed-server` as its users see it.

use super::served::Served;
use crate::program::{replayer, stderr};

#[test]
fn games_from_a_scenario_of_another_folder_are_played_to_a_session_at_home() {
    let place = tempfile::tempdir().unwrap();
    let scenario = "Scenario(name: \"x\", seed: 3, source: Generated(games: 4), \
                    bankroll: PerGame(1), bots: [(id: \"c\", strategy: Conservative())])";
    std::fs::create_dir(place.path().join("there")).unwrap();
    std::fs::write(place.path().join("there/x.ron"), scenario).unwrap();
    let scenario = place.path().join("there/x.ron");
    let arguments = [scenario.to_str().unwrap(), "--speed", "max", "--wait-for-client"];
    let mut served = Served::start("127.0.0.1:0", &arguments);
    let url = served.url();
    let arguments = ["live", "there/x.ron", "--feed", &url, "--games", "4", "--out", "s"];
    let output = replayer(place.path(), &arguments);
    assert!(output.status.success(), "{output:?}");
    let games: Vec<_> = (0..4).map(|_| served.line()).collect();
    assert!(games.iter().all(|game| game["rug_tick"].is_u64()), "{games:?}");
    assert_eq!(served.line()["totals"]["games"], 4);
    assert!(served.ends_well());

    // What the session made of them is what a run of the scenario makes of them.
    let output = replayer(place.path(), &["run", "there/x.ron", "--out", "r"]);
    assert!(output.status.success(), "{output:?}");
    let rows =
        |folder: &str| std::fs::read(place.path().join(folder).join("postings.csv")).unwrap();
    assert!(rows("s") == rows("r"));
}

#[test]
fn what_cannot_be_served_is_said() {
    let place = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (arguments, code, words) in [
        (vec!["--speed", "0"], 2, "from 0.1 to 1000"),
        (vec!["--recordings", "none"], 3, "none"),
        (vec!["--drop", "2"], 2, "--drop"),
        (vec!["--generated", "3", "--recordings", "x"], 2, "cannot be used with"),
        (vec!["--listen", &address], 3, "could not listen on"),
        (vec!["--listen", &address], 3, "`--listen 127.0.0.1:0` takes a free port"),
    ] {
        let output = replayer(place.path(), &[&["feed-server"], arguments.as_slice()].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
    }
    for (command, flag) in [
        (&["demo-site"][..], "--listen"),
        (&["record", "--feed", "http://127.0.0.1:9", "--out", "r"], "--monitor"),
    ] {
        let output = replayer(place.path(), &[command, &[flag, &address]].concat());
        assert_eq!(output.status.code(), Some(3), "{command:?}: {output:?}");
        let words = format!("`{flag} 127.0.0.1:0` takes a free port");
        assert!(stderr(&output).contains(&words), "{}", stderr(&output));
    }
}
