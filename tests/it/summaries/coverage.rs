//! Whether intervals cover what they claim to: many small runs on games of the real law, each held
//! against the truth.

use replayer::analysis::summary::{Figures, Plan, Summary};
use replayer::engine::BotSpec;
use replayer::model::expectation::sidebet_edge;
use replayer::model::ids::GameIndex;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};

use super::{play, setup, spec};

/// Plays a bot in many runs of `games` games and gives the figures of each.
fn studies(spec: &BotSpec, studies: u64, games: u64) -> Vec<Figures> {
    let setup = setup(Bankroll::PerGame(Sol::milli(100)));
    let bots = std::slice::from_ref(spec);
    let plan = Plan::new("study", &setup, bots, Some(games));
    let (mut found, mut summary) = (Vec::new(), Summary::new(plan.clone()));
    play(bots, &setup, studies * games, |mut record| {
        record.index = GameIndex::after(record.index.get() % games);
        summary.add(&record);
        if record.index.get() + 1 == games {
            let whole = std::mem::replace(&mut summary, Summary::new(plan.clone()));
            found.extend(whole.assess().bots);
        }
    });
    found
}

/// Share of the studies whose interval has the truth in it.
fn coverage(studies: &[Figures], truth: f64, of: impl Fn(&Figures) -> (f64, f64)) -> f64 {
    let covers = |figures: &&Figures| {
        let (low, high) = of(figures);
        low <= truth && truth <= high
    };
    studies.iter().filter(covers).count() as f64 / studies.len() as f64
}

fn assert_covers(coverage: f64, what: &str) {
    eprintln!("{what}: {coverage}");
    assert!((0.93..=0.97).contains(&coverage), "{what}: {coverage}");
}

#[test]
fn intervals_of_a_sidebet_cover_its_closed_form() {
    // One sidebet at the first tick of each game: its mean is known to the last digit.
    let params = FlatSidebetsParams { bets: 1, stake: Sol::milli(5), ..Default::default() };
    let studies = studies(&spec::<FlatSidebets>("flat", params), 1_000, 150);
    let edge = sidebet_edge(40, 5);
    let per_game = |figures: &Figures| {
        let mean = figures.pnl_per_game.unwrap();
        (mean.low, mean.high)
    };
    let resampled = |figures: &Figures| {
        let interval = figures.resampled.unwrap().pnl_per_unit;
        (interval.low, interval.high)
    };
    let per_stake = |figures: &Figures| {
        let ratio = figures.pnl_per_stake.unwrap();
        (ratio.low, ratio.high)
    };
    let rate = |figures: &Figures| {
        let rate = figures.sidebets_won_rate.unwrap();
        (rate.low, rate.high)
    };
    assert_covers(coverage(&studies, edge * 5e-3, per_game), "per game");
    assert_covers(coverage(&studies, edge * 5e-3, resampled), "resampled");
    assert_covers(coverage(&studies, edge, per_stake), "per stake");
    assert_covers(coverage(&studies, (edge + 1.0) / 5.0, rate), "win rate");
}

#[test]
fn intervals_of_many_sidebets_a_game_know_that_a_game_is_one_sample() {
    let params = FlatSidebetsParams { stake: Sol::milli(1), ..Default::default() };
    let studies = studies(&spec::<FlatSidebets>("flat", params), 1_000, 100);
    let per_stake = |figures: &Figures| {
        let ratio = figures.pnl_per_stake.unwrap();
        (ratio.low, ratio.high)
    };
    assert_covers(coverage(&studies, sidebet_edge(40, 5), per_stake), "per stake");
}

#[test]
fn intervals_of_a_position_held_to_its_target_cover_the_mean_of_all_studies() {
    let studies = studies(&spec::<HoldToTarget>("hold", HoldToTargetParams::default()), 1_000, 100);
    // What the law expects of the same exposure varies far less than its outcome.
    let expected = |figures: &Figures| figures.oracle.unwrap().expected;
    let truth = studies.iter().map(expected).sum::<f64>() / studies.len() as f64;
    let per_game = |figures: &Figures| {
        let mean = figures.pnl_per_game.unwrap();
        (mean.low, mean.high)
    };
    let resampled = |figures: &Figures| {
        let interval = figures.resampled.unwrap().pnl_per_unit;
        (interval.low, interval.high)
    };
    let beyond_law = |figures: &Figures| {
        let difference = figures.oracle.unwrap().difference;
        (difference.low, difference.high)
    };
    assert_covers(coverage(&studies, truth, per_game), "per game");
    assert_covers(coverage(&studies, truth, resampled), "resampled");
    assert_covers(coverage(&studies, 0.0, beyond_law), "beyond the law");
}

#[test]
fn a_payoff_that_comes_once_in_hundreds_of_games_is_covered_too_seldom() {
    // docs/statistics.md says so: with a target of 50 most studies of 100 games see it not once or
    // twice, and their interval knows nothing of it.
    let target = rust_decimal::Decimal::new(50, 0);
    let params = HoldToTargetParams { target, ..Default::default() };
    let studies = studies(&spec::<HoldToTarget>("far", params), 400, 100);
    let expected = |figures: &Figures| figures.oracle.unwrap().expected;
    let truth = studies.iter().map(expected).sum::<f64>() / studies.len() as f64;
    let per_game = |figures: &Figures| {
        let mean = figures.pnl_per_game.unwrap();
        (mean.low, mean.high)
    };
    let covered = coverage(&studies, truth, per_game);
    eprintln!("a payoff of 50: {covered}");
    assert!(covered < 0.93, "{covered}: say so in docs/statistics.md");
}
