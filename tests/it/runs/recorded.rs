//! The classics over the real recordings.

use super::json;
use crate::data::reference;
use crate::program::replayer;

/// Figures from a separate implementation: issue 2, *Must show*.
#[test]
fn conservative_over_the_196_complete_games_gains_what_another_implementation_says() {
    let Some(recordings) = reference("recordings") else { return };
    let place = tempfile::tempdir().unwrap();
    let scenario = format!(
        "Scenario(name: \"recorded\", seed: 1, source: Recordings(path: {recordings:?}), \
         rules: Custom(base: Observed, latency: Immediate), bankroll: PerGame(0.1), \
         bots: [(id: \"conservative\", strategy: Conservative())])"
    );
    std::fs::write(place.path().join("s.ron"), scenario).unwrap();
    let document = json(&replayer(place.path(), &["run", "s.ron", "--json", "--no-journal"]));
    assert_eq!((&document["games"], &document["ticks"]), (&196.into(), &36_505.into()));
    let bot = &document["bots"][0];
    for (what, count) in [
        ("buys", 2_207),
        ("sells", 2_099),
        ("liquidations", 108),
        ("sidebets_won", 116),
        ("sidebets_lost", 457),
        ("refused", 0),
    ] {
        assert_eq!(bot[what], count, "{what}");
    }
    assert_eq!(bot["pnl"], "-0.034356010");
    let inputs = &document["inputs"];
    for (what, count) in
        [("files", 220), ("records", 72_054), ("bad_lines", 101), ("incomplete_games", 22)]
    {
        assert_eq!(inputs[what], count, "{what}");
    }
}

#[test]
fn a_shuffled_playlist_is_another_order_of_the_same_games() {
    let Some(recordings) = reference("recordings") else { return };
    let place = tempfile::tempdir().unwrap();
    let run = |order: &str| {
        let scenario = format!(
            "Scenario(name: \"x\", seed: 1, source: Recordings(path: {recordings:?}, \
             order: {order}), bankroll: PerGame(0.1), \
             bots: [(id: \"a\", strategy: Aggressive())])"
        );
        std::fs::write(place.path().join("s.ron"), scenario).unwrap();
        json(&replayer(place.path(), &["run", "s.ron", "--json", "--no-journal"]))
    };
    let (recorded, shuffled) = (run("Recorded"), run("Shuffled"));
    assert_ne!(recorded["digest"], shuffled["digest"]);
    assert_eq!(recorded["bots"][0]["pnl"], shuffled["bots"][0]["pnl"]);
    assert_eq!(shuffled["digest"], run("Shuffled")["digest"]);
}
