//! The provably-fair generator against the games that the site played.

use replayer::fair::seeds::{self, Reveal};
use replayer::fair::verify::verify;

/// The 156 games with revealed seeds, or `None` where the reference data is absent.
fn verified_games() -> Option<Vec<Reveal>> {
    let path = crate::data::reference("games/verified_games.jsonl")?;
    let seeds = seeds::read(&path).unwrap();
    assert!(seeds.bad_lines.is_empty(), "{:?}", seeds.bad_lines);
    Some(seeds.games)
}

#[test]
fn every_game_with_a_revealed_seed_is_regenerated_to_the_last_bit() {
    let Some(games) = verified_games() else { return };
    let verdicts: Vec<_> = games.iter().map(verify).collect();
    for verdict in &verdicts {
        assert_eq!(verdict.why(), None, "{}", verdict.game_id);
    }
    let count = |holds: &dyn Fn(usize) -> bool| (0..verdicts.len()).filter(|&n| holds(n)).count();
    assert_eq!(verdicts.len(), 156);
    assert_eq!(count(&|n| verdicts[n].hash.agrees()), 156);
    assert_eq!(count(&|n| verdicts[n].path_agrees()), 156);
    assert_eq!(count(&|n| verdicts[n].prices_compared()), 23);
}
