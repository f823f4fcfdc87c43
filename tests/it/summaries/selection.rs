//! Choosing among bots without an edge finds none; choosing one with an edge finds it.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use replayer::analysis::stats::{REPLICATES, Resamples, SLICES, deflated_best, holm, overfitting};
use replayer::analysis::stats::{mean_of_blocks, two_sided};
use replayer::analysis::summary::select::{BlockSums, SelectionKind, select};

use super::{game, plan, summary};

/// Bots of equal expectation, zero, on the same games: each outcome is half shared luck, half its
/// own, with payoffs of 4 to 1 as sidebets have.
fn alike(seed: u64, bots: usize, games: usize) -> Vec<Vec<f64>> {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    let mut payoff = || if stream.next_u32() % 5 == 0 { 4.0 } else { -1.0 };
    let shared: Vec<f64> = (0..games).map(|_| payoff()).collect();
    (0..bots).map(|_| shared.iter().map(|luck| luck + payoff()).collect()).collect()
}

#[test]
fn two_hundred_bots_alike_have_a_winner_in_at_most_ten_of_a_hundred_runs() {
    let units = vec![1.0; 120];
    let resamples = Resamples::draw(&mut ChaCha8Rng::seed_from_u64(9), units.len(), REPLICATES);
    let (mut by_luck, mut by_holm) = (0, 0);
    for run in 0..100 {
        let bots = alike(run, 200, units.len());
        by_luck += u32::from(deflated_best(&bots, &units, &resamples).unwrap().p_value < 0.05);
        let gains = bots.iter().map(|bot| mean_of_blocks(bot, &units).unwrap());
        let gains: Vec<_> = gains.collect();
        let p_values: Vec<f64> =
            gains.iter().map(|mean| two_sided(mean.value, mean.standard_error, 119.0)).collect();
        let mut adjusted = holm(&p_values).into_iter().zip(&gains);
        by_holm += u32::from(adjusted.any(|(p, mean)| p < 0.05 && mean.value > 0.0));
    }
    assert!(by_luck <= 10 && by_holm <= 10, "{by_luck} {by_holm}");
    assert!(by_luck >= 1, "a test that never errs is not a test at five per cent");
}

#[test]
fn the_overfitting_of_five_hundred_noise_strategies_is_a_toss() {
    let mut sum = 0.0;
    for seed in 0..10 {
        let slices = |bot: &Vec<f64>| {
            let mut sums = [0.0; SLICES];
            bot.iter().enumerate().for_each(|(at, gain)| sums[at * SLICES / bot.len()] += gain);
            sums
        };
        let bots: Vec<_> = alike(seed, 500, 320).iter().map(slices).collect();
        sum += overfitting(&bots).unwrap().probability / 10.0;
    }
    assert!((0.4..=0.6).contains(&sum), "{sum}");
}

fn sums(candidates: Vec<Vec<f64>>) -> BlockSums {
    let units = vec![1.0; candidates[0].len()];
    let named = candidates.into_iter().enumerate().map(|(n, pnl)| (format!("bot-{n}"), pnl));
    BlockSums { units, candidates: named.collect() }
}

#[test]
fn the_best_of_noise_is_called_noise() {
    let called = |run| select(&sums(alike(1_000 + run, 20, 64)), run).verdict.kind;
    let noise = (0..40).filter(|&run| called(run) == SelectionKind::Noise).count();
    assert!(noise >= 38, "{noise} of 40");
}

#[test]
fn a_real_edge_is_called_one_and_stays_good_where_it_was_not_chosen() {
    let mut candidates = alike(3, 30, 640);
    candidates[11].iter_mut().for_each(|gain| *gain += 1.0);
    let selection = select(&sums(candidates), 3);
    assert_eq!(selection.verdict.kind, SelectionKind::Edge, "{}", selection.verdict.text);
    assert_eq!(selection.best.unwrap().id, "bot-11");
    assert!(selection.overfitting.unwrap().probability < 0.05);
    let walk = selection.walk_forward.unwrap();
    assert!(walk.pnl_per_unit.low > 0.0, "{walk:?}");
    assert!(walk.chosen.iter().all(|id| id == "bot-11"), "{walk:?}");
    assert!(selection.candidates[11].p_holm.unwrap() < 0.01);
}

#[test]
fn with_fewer_than_thirty_units_nothing_is_ranked() {
    let selection = select(&sums(alike(1, 5, 29)), 1);
    assert_eq!(selection.verdict.kind, SelectionKind::TooFewGames);
    assert!(selection.best.is_none() && selection.walk_forward.is_none());
    assert!(selection.candidates.iter().all(|it| it.pnl_per_unit.is_none() && it.p_holm.is_none()));
}

#[test]
fn summaries_hand_over_their_blocks() {
    // 3,000 games are cut into blocks of four; their sums are the whole.
    let games = (0..3_000).map(|n| game(n, &[if n % 2 == 0 { 1_000_000 } else { 0 }, -1_000_000]));
    let summary = summary(plan(&["a", "b"], 3_000), games);
    let mut blocks = summary.block_sums("one/");
    blocks.extend(summary.block_sums("two/"));
    assert_eq!(blocks.units.len(), 750);
    assert_eq!(blocks.units.iter().sum::<f64>(), 3_000.0);
    let names: Vec<_> = blocks.candidates.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["one/a", "one/b", "two/a", "two/b"]);
    let sum: f64 = blocks.candidates[0].1.iter().sum();
    assert!((sum - 1.5).abs() < 1e-9);
}
