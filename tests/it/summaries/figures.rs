//! Figures of games made by hand, held against what is computed on paper.

use replayer::analysis::stats::Estimate;
use replayer::analysis::summary::{Plan, VerdictKind};
use replayer::engine::journal::GameRecord;
use replayer::model::account::Tally;
use replayer::model::sol::Sol;

use super::{game, plan, summary};

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= expected.abs() * 1e-9 + 1e-15, "{found} {expected}");
}

/// Forty games: 3 milli-SOL won in each odd one, 1 milli-SOL lost in each even one.
fn forty() -> impl Iterator<Item = GameRecord> {
    (0..40).map(|n| game(n, &[if n % 2 == 1 { 3_000_000 } else { -1_000_000 }]))
}

#[test]
fn mean_spread_ratio_and_pace_are_those_computed_on_paper() {
    let assessment = summary(plan(&["a"], 40), forty()).assess();
    let bot = &assessment.bots[0];
    assert_eq!((bot.units, bot.games_staked, bot.sufficient), (40, 40, true));
    assert_eq!(bot.pnl.to_string(), "0.040000000");
    // Mean 1, deviations ±2: variance 4 * 40 / 39.
    let error = (4.0_f64 / 39.0).sqrt() * 1e-3;
    let Estimate { value, standard_error, high, .. } = bot.pnl_per_game.unwrap();
    assert_near(value, 1e-3);
    assert_near(standard_error, error);
    // t of 39 degrees of freedom at 97.5 %.
    assert!((high - (1e-3 + 2.022_691 * error)).abs() < 1e-9);
    // Every stake is 5 milli-SOL, so the ratio is the mean over 5, error and all.
    let per_stake = bot.pnl_per_stake.unwrap();
    assert_near(per_stake.value, 0.2);
    assert_near(per_stake.standard_error, error / 5e-3);
    // A game takes 100 ticks of 250 ms and 15 s of cooldown and presale: 40 s.
    assert_near(bot.pnl_per_hour.unwrap().value, 1e-3 * 90.0);
    assert_near(bot.sharpe.unwrap(), 1e-3 / (160.0_f64 / 39.0).sqrt() / 1e-3);
    // Half of the games lose 1: root of the mean square is sqrt(0.5).
    assert_near(bot.sortino.unwrap(), 1.0 / 0.5_f64.sqrt());
    let tail = bot.tail.unwrap();
    assert_near(tail.value_at_risk, 1e-3);
    assert_near(tail.expected_shortfall, 1e-3);
    let quantiles = bot.quantiles.unwrap();
    assert_near(quantiles.p50, -1e-3);
    assert_near(quantiles.p75, 3e-3);
    let resampled = bot.resampled.unwrap().pnl_per_unit;
    assert!((resampled.low - 0.375e-3).abs() < 0.15e-3, "{resampled:?}");
    assert!((resampled.high - 1.625e-3).abs() < 0.15e-3, "{resampled:?}");
    assert_eq!(bot.verdict.kind, VerdictKind::Edge);
}

#[test]
fn twenty_nine_games_say_nothing_and_thirty_do() {
    let few = summary(plan(&["a"], 29), forty().take(29)).assess();
    let bot = &few.bots[0];
    assert!(!bot.sufficient && bot.verdict.kind == VerdictKind::TooFewGames);
    assert!(bot.verdict.text.contains("insufficient: 29 games, 30 needed"), "{}", bot.verdict.text);
    let json = serde_json::to_value(bot).unwrap();
    for figure in [
        "pnl_per_unit",
        "pnl_per_game",
        "pnl_per_stake",
        "pnl_per_hour",
        "pnl_per_day",
        "resampled",
        "unit_deviation",
        "sells_won_rate",
        "oracle",
        "quantiles",
        "tail",
        "sharpe",
        "sortino",
        "drawdowns",
        "ruin",
        "against_first",
        "judged_per_unit",
        "p_value",
        "p_adjusted",
        "units_to_settle",
    ] {
        assert!(json[figure].is_null(), "{figure}: {}", json[figure]);
    }
    assert!(summary(plan(&["a"], 30), forty().take(30)).assess().bots[0].sufficient);
}

#[test]
fn twenty_nine_stakes_in_a_thousand_games_say_nothing() {
    let idle = |n| {
        let mut record = game(n, &[0]);
        record.rows[0].tally = Tally::default();
        record
    };
    let games = (0..1_000).map(|n| if n < 29 { game(n, &[1_000_000]) } else { idle(n) });
    let bot = &summary(plan(&["a"], 1_000), games).assess().bots[0];
    assert!(!bot.sufficient && bot.pnl_per_game.is_none());
    assert!(bot.verdict.text.contains("a stake in 29 games"), "{}", bot.verdict.text);
    let never = &summary(plan(&["a"], 40), (0..40).map(idle)).assess().bots[0];
    assert_eq!(never.verdict.kind, VerdictKind::NoStake);
}

#[test]
fn bots_are_compared_with_the_first_on_the_same_games_and_corrected_for_their_number() {
    // Both share luck of ±8; the second is 0.5 better, give or take 0.1. The third never differs.
    let gains = |n: u64| {
        let luck = if n.is_multiple_of(2) { 8_000_000 } else { -8_000_000 };
        let more = if n.is_multiple_of(3) { 600_000 } else { 450_000 };
        [luck, luck + more, luck]
    };
    let games = (0..300).map(|n| game(n, &gains(n)));
    let assessment = summary(plan(&["a", "b", "c"], 300), games).assess();
    let [a, b, c] = &assessment.bots[..] else { panic!("three bots") };
    assert!(a.against_first.is_none());
    let beyond = b.against_first.as_ref().unwrap();
    assert_eq!(beyond.against, "a");
    assert_near(beyond.difference.value, 0.5e-3);
    assert!(beyond.p_adjusted < 1e-6, "{beyond:?}");
    assert_eq!(b.verdict.kind, VerdictKind::NoEdgeShown, "its own luck is too large");
    let same = c.against_first.as_ref().unwrap();
    assert_eq!((same.difference.value, same.p_value), (0.0, 1.0));
    // Holm: the least p-value of three is tripled.
    assert_near(b.p_adjusted.unwrap(), (3.0 * b.p_value.unwrap()).min(1.0));
}

#[test]
fn bots_of_one_declaration_are_judged_together_and_share_the_luck_of_a_game() {
    let mut plan = plan(&["r-1", "r-2"], 40);
    plan.bots.iter_mut().for_each(|bot| bot.group = "r".to_owned());
    let games =
        (0..40).map(|n| game(n, &[1_000_000, if n % 2 == 0 { 3_000_000 } else { 1_000_000 }]));
    let assessment = summary(plan, games).assess();
    let [group] = &assessment.groups[..] else { panic!("one group") };
    assert_eq!((group.id.as_str(), group.bots, group.units, group.games), ("r", 2, 40, 40));
    assert_near(group.pnl_per_game.unwrap().value, 3e-3);
    assert_eq!(group.buys, 80);
    assert!(group.ruin.is_none() && assessment.bots[0].resampled.is_none());
}

#[test]
fn a_declaration_with_a_count_of_one_is_judged_under_its_own_name() {
    let mut plan = plan(&["r-1", "other"], 40);
    plan.bots[0].group = "r".to_owned();
    let games = (0..40).map(|n| game(n, &[if n % 2 == 0 { 3_000_000 } else { 1_000_000 }, 0]));
    let assessment = summary(plan, games).assess();
    let [group] = &assessment.groups[..] else { panic!("one group") };
    assert_eq!((group.id.as_str(), group.bots, group.units), ("r", 1, 40));
    let [bot, other] = &assessment.bots[..] else { panic!("two bots") };
    assert_eq!((bot.id.as_str(), bot.group.as_str()), ("r-1", "r"));
    // The same figures, but for the number of others that each is compared with.
    assert_eq!((group.pnl_per_unit, group.p_value), (bot.pnl_per_unit, bot.p_value));
    assert_eq!((group.ruin, group.max_drawdown), (bot.ruin, bot.max_drawdown));
    assert_eq!(other.against_first.as_ref().unwrap().against, "r");
}

#[test]
fn the_drawdown_of_a_group_is_that_of_all_of_its_bots_together() {
    let mut plan = Plan { games_per_unit: Some(3), ..plan(&["r-1", "r-2"], 3) };
    plan.bots.iter_mut().for_each(|bot| bot.group = "r".to_owned());
    // Together +1, -5, +2: what one loses the other wins in part.
    let gains = [[4, -3], [-9, 4], [1, 1]];
    let mut cash = [100, 100];
    let games = (0..).zip(gains).map(|(n, gains)| {
        let mut record = game(n, &gains.map(|gain| gain * 1_000_000));
        for ((row, cash), gain) in record.rows.iter_mut().zip(&mut cash).zip(gains) {
            *cash += gain;
            row.cash = Sol::from_lamports_const(*cash * 1_000_000);
            row.max_drawdown = Sol::milli(9);
        }
        record
    });
    let assessment = summary(plan, games.collect::<Vec<_>>()).assess();
    assert_eq!(assessment.bots[0].max_drawdown, Sol::milli(9));
    assert_eq!(assessment.groups[0].max_drawdown, Sol::milli(5));
}

#[test]
fn ruin_is_the_first_game_that_leaves_too_little_to_bet() {
    // Lives of three games; every fourth life is broke after its second game.
    let plan = Plan { games_per_unit: Some(3), ..plan(&["a"], 121) };
    let games = (0..121).map(|n| {
        let mut record = game(n, &[-1_000_000]);
        let broke = (n / 3).is_multiple_of(4) && n % 3 >= 1;
        record.rows[0].cash = if broke { Sol::from_lamports_const(999_999) } else { Sol::milli(1) };
        record
    });
    let summary = summary(plan, games);
    let assessment = summary.assess();
    assert_eq!((assessment.units, assessment.games_of_an_unfinished_unit), (40, 1));
    let bot = &assessment.bots[0];
    let ruin = bot.ruin.unwrap();
    assert_eq!((ruin.share.won, ruin.share.of, ruin.median_games), (10, 40, Some(2)));
    assert_near(ruin.mean_games.unwrap(), 2.0);
    assert_near(bot.pnl_per_unit.unwrap().value, -3e-3);
    assert_near(bot.pnl_per_game.unwrap().value, -1e-3);
    let curves = summary.curves();
    let [point] = &curves.curves[0].ruin[..] else { panic!("one point") };
    assert_eq!(point.games, 2);
    assert_near(point.share, 0.25);
}

#[test]
fn curves_add_up_to_the_whole_run() {
    let gains = |n: u64| if n.is_multiple_of(3) { -7_000_000 } else { 3_000_000 };
    let summary = summary(plan(&["a"], 1_000), (0..1_000).map(|n| game(n, &[gains(n)])));
    let curves = summary.curves();
    let curve = &curves.curves[0];
    assert_eq!(curves.games.len(), 250);
    assert_eq!(curves.games.last(), Some(&1_000));
    assert_eq!(curve.pnl.last(), Some(&summary.assess().bots[0].pnl));
    for (at, &games) in curves.games.iter().enumerate() {
        let sum = (0..games).map(gains).sum();
        assert_eq!(curve.pnl[at], Sol::from_lamports_const(sum), "after {games} games");
    }
    assert_eq!(curve.units.iter().map(|bar| bar.units).sum::<u64>(), 1_000);
    let highest = curve.pnl.iter().max().unwrap();
    assert_eq!(
        curve.drawdown.last().copied(),
        highest.max(&Sol::ZERO).minus(*curve.pnl.last().unwrap()).ok()
    );
}
