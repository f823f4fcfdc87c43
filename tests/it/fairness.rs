//! The provably-fair generator against the games that the site played.

mod command;
mod statistics;

use replayer::games::fair::seedrandom::SeedRandom;
use replayer::games::fair::seeds::{self, Reveal};
use replayer::games::fair::verify::verify;

/// The 156 games with revealed seeds, or `None` where the reference data is absent.
fn verified_games() -> Option<Vec<Reveal>> {
    let path = crate::data::reference("games/verified_games.jsonl")?;
    let seeds = seeds::read(&path).unwrap();
    assert!(seeds.bad_lines.is_empty(), "{:?}", seeds.bad_lines);
    Some(seeds.games)
}

/// The nearest double below a price whose text is not shorter: a shorter one may be the price as
/// another program rounded it.
fn below(price: f64) -> f64 {
    let is_as_long = |lower: &f64| lower.to_string().len() >= price.to_string().len();
    let mut lower = std::iter::successors(Some(price.next_down()), |lower| Some(lower.next_down()));
    lower.find(is_as_long).unwrap()
}

/// What is said to differ once a game was altered.
fn why(game: &Reveal, alter: impl FnOnce(&mut Reveal)) -> String {
    let mut altered = game.clone();
    alter(&mut altered);
    verify(&altered).why().unwrap_or_else(|| panic!("{}: not noticed", game.game_id))
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

#[test]
fn a_wrong_seed_is_noticed_in_every_game_by_its_hash_and_its_path() {
    let Some(games) = verified_games() else { return };
    for game in &games {
        let mut text = game.server_seed.as_str().to_owned();
        let other = if text.ends_with('0') { "1" } else { "0" };
        text.replace_range(63.., other);
        let why = why(game, |altered| altered.server_seed = text.parse().unwrap());
        assert!(why.contains("seed hash: "), "{why}");
        assert!(why.contains("peak: ") || why.contains("rug tick: "), "{why}");
    }
}

#[test]
fn a_wrong_figure_is_noticed_in_every_game_and_named() {
    let Some(games) = verified_games() else { return };
    for game in &games {
        let hash = why(game, |altered| altered.record.server_seed_hash = Some("0".repeat(64)));
        assert!(hash.starts_with("seed hash: 0000"), "{hash}");
        let rug = game.record.rug_tick.unwrap();
        let tick = why(game, |altered| altered.record.rug_tick = Some(rug + 1));
        let expected = format!("rug tick: {} was recorded, {rug} regenerated", rug + 1);
        assert_eq!(tick, expected);
        let peak = game.record.peak_multiplier.unwrap();
        let peak = why(game, |altered| altered.record.peak_multiplier = Some(below(peak)));
        assert!(peak.starts_with("peak: "), "{peak}");
        let price = game.record.rug_price.unwrap();
        let price = why(game, |altered| altered.record.rug_price = Some(below(price)));
        assert!(price.starts_with("rug price: "), "{price}");
    }
}

#[test]
fn one_altered_price_is_noticed_at_its_tick_whichever_it_is() {
    let Some(games) = verified_games() else { return };
    let with_paths = games.iter().filter(|game| game.record.prices.is_some());
    let game = with_paths.min_by_key(|game| game.record.rug_tick).unwrap();
    for tick in 0..game.record.prices.as_ref().unwrap().len() {
        let why = why(game, |altered| {
            let price = &mut altered.record.prices.as_mut().unwrap()[tick];
            *price = below(*price);
        });
        assert!(why.starts_with(&format!("prices: tick {tick}: price ")), "{why}");
    }
}

#[test]
fn the_games_named_in_the_specification_begin_with_their_first_draws() {
    // docs/spec/acceptance.md#generator-recordings-laws, row 66.
    let expected = [
        ("20251207-1e01ac417e8043ca", 0.8006802211618718),
        ("20251207-31a51b95c19745e9", 0.18291568361484414),
        ("20251207-591d94f81da4432d", 0.006937912301656941),
        ("20251207-51493d3e918e46aa", 0.7692677785307622),
        ("20251207-353b3eb587dd470c", 0.8436499870357395),
        ("20251207-faa107ca5de24c77", 0.02206713877783083),
        ("20251207-60eadfaad3934e72", 0.014454994794661355),
        ("20251207-b1207bb1c80348c0", 0.40905323971170165),
        ("20251207-ba230d8dcbab441e", 0.9618777507253774),
        ("20251207-67b9664de9e24662", 0.08240346989792165),
        ("20251207-e8186dbf38e046d1", 0.8052618607598175),
    ];
    let Some(games) = verified_games() else { return };
    let mut compared = 0;
    for (id, first) in expected {
        // The reference data holds most of them.
        let Some(game) = games.iter().find(|game| game.game_id.as_str() == id) else { continue };
        let mut stream = SeedRandom::new(&format!("{}-{id}", game.server_seed));
        assert_eq!(stream.draw(), first, "{id}");
        compared += 1;
    }
    assert_eq!(compared, 11);
}
