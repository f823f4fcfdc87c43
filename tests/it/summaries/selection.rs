//! Choosing among bots without an edge finds none; choosing one with an edge finds it.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use replayer::analysis::stats::{REPLICATES, Resamples, SLICES, deflated_best, holm, overfitting};
use replayer::analysis::stats::{mean_of_blocks, two_sided};
use replayer::analysis::summary::select::{
    BlockSums, CandidateSums, Selection, SelectionKind, select,
};
use replayer::analysis::summary::{Evidence, LawSpread, Summary};
use replayer::engine::journal::GameRecord;
use replayer::model::account::Tally;

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
        let gains = bots.iter().map(|bot| mean_of_blocks(bot, &units).unwrap());
        let gains: Vec<_> = gains.collect();
        let statistics = gains.iter().map(|mean| mean.value / mean.standard_error);
        let statistics: Vec<f64> = statistics.collect();
        let best = deflated_best(&bots, &statistics, &units, &resamples).unwrap();
        by_luck += u32::from(best.p_value < 0.05);
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
    let named = candidates.into_iter().enumerate().map(|(n, pnl)| {
        let evidence = Evidence::of_blocks(&pnl, &units);
        CandidateSums { id: format!("bot-{n}"), pnl, evidence }
    });
    let candidates = named.collect();
    BlockSums { units, games_per_unit: Some(1), candidates }
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
    let names: Vec<_> = blocks.candidates.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(names, ["one/a", "one/b", "two/a", "two/b"]);
    let sum: f64 = blocks.candidates[0].pnl.iter().sum();
    assert!((sum - 1.5).abs() < 1e-9);
}

/// A gain of 1 in two of three games and a loss of 0.5 in the third, with a little noise: a true
/// edge.
fn edge(n: u64) -> i64 {
    let noise = i64::try_from(n * 7_919 % 1_000).unwrap() * 100;
    if n.is_multiple_of(3) { -500_000 - noise } else { 1_000_000 + noise }
}

/// The same outcomes, without what each gained on average.
fn centred(mut candidates: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for gains in &mut candidates {
        let mean = gains.iter().sum::<f64>() / gains.len() as f64;
        gains.iter_mut().for_each(|gain| *gain -= mean);
    }
    candidates
}

/// What a choice among bots is worth that gained these in 90 games, by game.
fn chosen(names: &[&str], games: impl Iterator<Item = GameRecord>) -> Selection {
    let summary = summary(plan(names, 90), games);
    select(&Summary::block_sums(&summary, ""), 1)
}

#[test]
fn an_edge_beside_constant_losers_stays_an_edge() {
    let names = ["edge", "c-1", "c-2", "c-3"];
    // Such a loss is not a sum of powers of two: in doubles the losses of blocks differ by rounding.
    let games = (0..90).map(|n| game(n, &[edge(n), -3_333_333, -3_333_333, -1_000_000]));
    let selection = chosen(&names, games);
    assert_eq!(selection.verdict.kind, SelectionKind::Edge, "{}", selection.verdict.text);
    assert_eq!((selection.best.unwrap().id.as_str(), selection.compared), ("edge", 1));
    let constant = &selection.candidates[1];
    assert!(constant.degenerate && constant.p_value.is_none() && constant.statistic.is_none());
    assert_eq!(constant.pnl_per_unit.unwrap().standard_error, 0.0);
    let text = &selection.verdict.text;
    assert!(text.ends_with("; not compared: 3 that end all games the same"), "{text}");
    // No other candidate makes the correction stricter.
    assert_eq!(selection.candidates[0].p_value, selection.candidates[0].p_holm);
}

#[test]
fn constant_lives_are_recognised_in_blocks_of_any_length() {
    // 3,001 games make blocks of four and one of one: in doubles their means differ.
    let games = (0..3_001).map(|n| game(n, &[edge(n), -3_333_333]));
    let summary = summary(plan(&["edge", "constant"], 3_001), games);
    let selection = select(&summary.block_sums(""), 1);
    assert_eq!(selection.verdict.kind, SelectionKind::Edge, "{}", selection.verdict.text);
    assert!(selection.candidates[1].degenerate);
    let constant = &summary.assess().bots[1];
    assert!(constant.degenerate && constant.p_value.is_none() && constant.p_adjusted.is_none());
    assert!(constant.verdict.text.starts_with("loses 0.003333 SOL in each of 3001 games"));
}

#[test]
fn an_edge_beside_bots_that_hardly_bet_stays_an_edge() {
    let names: Vec<String> = (0..32).map(|n| format!("bot-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let games = (0..90).map(|n| {
        let mut gains = vec![edge(n)];
        // Each of the others bets in five games of its own, and wins enormously in one.
        let bets = |bot: u64| (n + bot).is_multiple_of(18);
        let won = |bot: u64| if n == 18 - bot % 18 { 900_000_000 } else { -1_000 };
        gains.extend((1..32).map(|bot| if bets(bot) { won(bot) } else { 0 }));
        let mut record = game(n, &gains);
        for (bot, row) in (0..).zip(&mut record.rows).skip(1) {
            if !bets(bot) {
                row.tally = Tally::default();
            }
        }
        record
    });
    let selection = chosen(&names, games);
    assert_eq!(selection.verdict.kind, SelectionKind::Edge, "{}", selection.verdict.text);
    assert_eq!((selection.best.unwrap().id.as_str(), selection.compared), ("bot-0", 1));
    assert!(selection.overfitting.is_none(), "one candidate leaves nothing to choose");
    assert!(selection.walk_forward.unwrap().chosen.iter().all(|id| id == "bot-0"));
    let text = &selection.verdict.text;
    assert!(text.contains("not compared: 31 with a stake in fewer than 30 games"), "{text}");
    assert!(selection.candidates[1..].iter().all(|it| it.pnl_per_unit.is_none()));
}

#[test]
fn scaled_copies_of_one_bot_are_one() {
    let mut candidates = alike(5, 3, 400);
    let doubled = candidates[1].iter().map(|gain| gain * 2.0).collect();
    let tenth = candidates[1].iter().map(|gain| gain / 10.0).collect();
    candidates.extend([doubled, tenth]);
    let with = select(&sums(candidates.clone()), 9);
    let without = select(&sums(candidates[..3].to_vec()), 9);
    assert_eq!(with.compared, 3);
    let copies: Vec<_> = with.candidates.iter().map(|it| it.copy_of.as_deref()).collect();
    assert_eq!(copies, [None, None, None, Some("bot-1"), Some("bot-1")]);
    // They are as good as their original, and change nothing about the others.
    assert_eq!(with.candidates[3].p_holm, without.candidates[1].p_holm);
    assert_eq!(with.candidates[..3], without.candidates);
    assert_eq!((with.best, with.overfitting), (without.best, without.overfitting));
    assert_eq!(with.walk_forward, without.walk_forward);
    assert!(with.verdict.text.ends_with("; not compared: 2 that only scale another"));
}

#[test]
fn one_measure_chooses() {
    // The last gains most, by wild stakes; the first gains most in standard errors.
    let mut candidates = alike(11, 3, 640);
    candidates[0].iter_mut().for_each(|gain| *gain += 1.0);
    candidates[2].iter_mut().for_each(|gain| *gain = 50.0 * *gain + 20.0);
    let selection = select(&sums(candidates), 3);
    let highest =
        |of: &dyn Fn(usize) -> f64| (0..3).max_by(|&a, &b| of(a).total_cmp(&of(b))).unwrap();
    let mean = |at: usize| selection.candidates[at].pnl_per_unit.unwrap().value;
    assert_eq!(highest(&mean), 2);
    assert_eq!(highest(&|at| selection.candidates[at].statistic.unwrap()), 0);
    assert_eq!(selection.best.as_ref().unwrap().id, "bot-0");
    let walk = selection.walk_forward.as_ref().unwrap();
    assert!((walk.in_sample - mean(0)).abs() < 1e-12, "{walk:?}");
    assert_eq!(walk.chosen.last().unwrap(), "bot-0");
    assert!(selection.overfitting.unwrap().probability < 0.1);
}

#[test]
fn when_all_lose_it_says_so_and_never_above_zero() {
    let mut candidates = alike(21, 6, 640);
    candidates.iter_mut().flatten().for_each(|gain| *gain -= 2.0);
    let selection = select(&sums(candidates), 3);
    assert_eq!(selection.verdict.kind, SelectionKind::AllLose);
    let text = &selection.verdict.text;
    assert!(text.starts_with("all lose: each of 6 candidates loses beyond luck"), "{text}");
    assert!(text.contains("standard errors below zero") && !text.contains("above"), "{text}");
    // One that only may lose is enough to say no more than that none gains.
    let mut candidates = centred(alike(21, 6, 640));
    candidates[1..].iter_mut().flatten().for_each(|gain| *gain -= 2.0);
    candidates[0].iter_mut().for_each(|gain| *gain -= 0.1);
    let selection = select(&sums(candidates), 3);
    assert_eq!(selection.verdict.kind, SelectionKind::Noise);
    let text = &selection.verdict.text;
    assert!(text.starts_with("NOISE: none gains; bot-0, the best of 6, is "), "{text}");
}

#[test]
fn the_sentence_that_all_lose_is_hardly_ever_wrong() {
    // Five bots lose for certain, the sixth has no edge: "all lose" would be wrong.
    let wrong = |run: &u64| {
        let mut candidates = alike(5_000 + run, 6, 128);
        candidates[1..].iter_mut().flatten().for_each(|gain| *gain -= 3.0);
        select(&sums(candidates), *run).verdict.kind == SelectionKind::AllLose
    };
    let wrong = (0..200).filter(wrong).count();
    // 2.5 % are expected, a little more for such skewed payoffs, and four standard errors.
    assert!(wrong <= 15, "{wrong} of 200");
}

#[test]
fn the_best_is_not_an_edge_in_the_law_s_error_or_where_a_few_games_decide() {
    let mut candidates = centred(alike(3, 4, 640));
    candidates[2].iter_mut().for_each(|gain| *gain += 1.0);
    let honest = sums(candidates);
    let kind = |law: LawSpread| {
        let mut sums = honest.clone();
        sums.candidates[2].evidence.law = Some(law);
        select(&sums, 3).verdict
    };
    assert_eq!(kind(LawSpread { error: 0.01, effective: 600.0 }).kind, SelectionKind::Edge);
    assert_eq!(kind(LawSpread { error: 2.0, effective: 600.0 }).kind, SelectionKind::Noise);
    let few = kind(LawSpread { error: 0.01, effective: 3.0 });
    assert_eq!(few.kind, SelectionKind::Noise);
    assert!(few.text.contains("but a few games decide; by the law, they spread like 3.0 equal"));
}
