//! How lives went, held against a plain reading of the records: who never bet again, who fell below
//! a share at some tick, and the spread of bankrolls.

use std::collections::BTreeMap;

use replayer::analysis::summary::{Figures, LifeFigures, Plan, Summary};
use replayer::engine::BotSpec;
use replayer::engine::journal::{GameRecord, Row};
use replayer::engine::testing::TestTable;
use replayer::model::law::GAMES_PER_DAY;
use replayer::model::posting::PostingKind;
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;
use replayer::strategies::aggressive::{Aggressive, AggressiveParams};
use replayer::strategies::always_wait::{AlwaysWait, AlwaysWaitParams};
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::foundational::{Foundational, FoundationalParams};
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};
use replayer::strategies::kelly_sidebets::{KellySidebets, KellySidebetsParams};
use replayer::strategies::martingale_sidebets::{MartingaleSidebets, MartingaleSidebetsParams};
use replayer::strategies::momentum::{Momentum, MomentumParams};
use replayer::strategies::random::{Random, RandomParams};
use replayer::strategies::sidebet::{SidebetOnce, SidebetParams};

use super::{game, lives, plan, play, setup, spec, summary};
use crate::words::{flat, prompt, sol};

/// Games of a life, and lives of a run.
const GAMES: u64 = 40;
const LIVES: u64 = 60;

/// Bots that stake something in every game of two ticks or more, if they can.
fn steady() -> Vec<BotSpec> {
    let kelly = KellySidebetsParams { fraction: 400.into(), ..Default::default() };
    let goal = FlatSidebetsParams { goal: sol("0.03"), stake: sol("0.002"), ..Default::default() };
    let hold = HoldToTargetParams { stake: sol("0.004"), ..Default::default() };
    vec![
        spec::<MartingaleSidebets>("ladder", MartingaleSidebetsParams::default()),
        spec::<FlatSidebets>("goal", goal),
        spec::<KellySidebets>("kelly", kelly),
        spec::<HoldToTarget>("hold", hold),
        spec::<Aggressive>("aggressive", AggressiveParams::default()),
        spec::<SidebetOnce>("sidebet", SidebetParams::default()),
    ]
}

/// Bots that pass games by although they could bet.
fn choosy() -> Vec<BotSpec> {
    vec![
        spec::<Momentum>("momentum", MomentumParams::default()),
        spec::<Foundational>("foundational", FoundationalParams::default()),
        spec::<Random>("random", RandomParams::default()),
        spec::<AlwaysWait>("wait", AlwaysWaitParams {}),
    ]
}

/// What the records say of a life: the game of its last stake, what was left, whether it was
/// ruined, and its lowest equity.
#[derive(Debug, Clone, Copy)]
struct Read {
    last_stake: Option<u64>,
    left: Sol,
    ruined: bool,
    low: Sol,
}

/// Every life of each bot.
fn read(bots: &[BotSpec], games: &[GameRecord]) -> BTreeMap<String, Vec<Read>> {
    let staked = |row: &Row| row.tally.buys > 0 || row.tally.wagered.is_positive();
    let of = |bot: usize| {
        games.chunks(usize::try_from(GAMES).unwrap()).map(move |life| {
            let rows: Vec<&Row> = life.iter().map(|game| &game.rows[bot]).collect();
            let last = rows.iter().rposition(|row| staked(row)).map(|at| at as u64 + 1);
            Read {
                last_stake: last,
                left: rows.last().unwrap().cash,
                ruined: rows.iter().any(|row| row.cash < sol("0.001")),
                low: rows.iter().map(|row| row.low).min().unwrap(),
            }
        })
    };
    bots.iter().enumerate().map(|(at, bot)| (bot.id.to_string(), of(at).collect())).collect()
}

/// The records of a run of lives of 0.02 SOL, their summary, and what the records say.
fn played(bots: &[BotSpec], below: Vec<u64>) -> (Summary, BTreeMap<String, Vec<Read>>) {
    let setup = setup(lives(GAMES));
    let mut records = Vec::new();
    play(bots, &setup, GAMES * LIVES, |record| records.push(record));
    let read = read(bots, &records);
    let plan = Plan::new("lives", &setup, bots, Some(GAMES * LIVES));
    (summary(Plan { below, fan: true, ..plan }, records), read)
}

fn lives_of<'a>(bots: &'a [Figures], id: &str) -> &'a LifeFigures {
    bots.iter().find(|bot| bot.id == id).unwrap().lives.as_ref().unwrap()
}

/// Whether a bot is stuck with this much at the end of a life; the ladder's next stake depends on
/// what came before.
fn is_stuck(id: &str, left: Sol) -> Option<bool> {
    Some(match id {
        "goal" => left < sol("0.002") || left >= sol("0.03"),
        // A quarter of its cash, in thousandths.
        "kelly" | "hold" => left < sol("0.004"),
        "aggressive" | "sidebet" => left < sol("0.003"),
        _ => return None,
    })
}

#[test]
fn a_life_is_over_exactly_when_a_steady_bot_passes_games_by() {
    let bots = steady();
    let (summary, read) = played(&bots, Vec::new());
    let figures = summary.assess().bots;
    let over = |id: &str| lives_of(&figures, id).over.as_ref().unwrap();
    let ruined = |id: &str| lives_of(&figures, id).ruined.as_ref().unwrap().lives;
    for (id, lives) in &read {
        let told = &over(id).passage;
        let count = |of: &dyn Fn(&Read) -> bool| lives.iter().filter(|it| of(it)).count() as u64;
        // Of a bot that staked in its last game the records do not say what it could do next.
        let idle = count(&|life| life.last_stake.is_some_and(|last| last < GAMES));
        let stuck = count(&|life| is_stuck(id, life.left).unwrap_or(false));
        assert!(told.lives >= idle, "{id}: {told:?}, {idle}");
        assert!(is_stuck(id, Sol::ZERO).is_none() || told.lives == stuck, "{id}: {told:?} {stuck}");
        assert_eq!((told.of, over(id).inferred), (LIVES, 0), "{id}");
        assert_eq!(ruined(id), count(&|life| life.ruined), "{id}");
        assert!(told.lives >= ruined(id), "{id}: every ruined life is over");
        let share = told.share.unwrap();
        assert!(share.low <= share.value && share.value <= share.high, "{id}");
    }
    // The ladder is stuck with cash, which strict ruin does not see.
    let ladder = over("ladder");
    assert!(ladder.passage.lives > 50 && ruined("ladder") < ladder.passage.lives, "{ladder:?}");
    let kept = read["goal"].iter().filter(|life| life.left >= sol("0.02")).count() as u64;
    assert!(kept > 0 && over("goal").kept <= kept, "{:?}", over("goal"));
    assert_eq!(over("aggressive").kept, 0);
}

#[test]
fn a_choosy_bot_is_over_only_when_its_cash_pays_no_stake_of_its_own() {
    let bots = choosy();
    let (summary, read) = played(&bots, Vec::new());
    let figures = summary.assess().bots;
    let told = |id: &str| lives_of(&figures, id).over.as_ref().unwrap().passage.lives;
    let left_below = |id: &str, stake: &str| {
        let stuck = |life: &&Read| life.last_stake.is_some() && life.left < sol(stake);
        read[id].iter().filter(stuck).count() as u64
    };
    assert_eq!(told("momentum"), left_below("momentum", "0.01"));
    assert!(told("momentum") > 0);
    assert_eq!(told("foundational"), left_below("foundational", "0.002"));
    assert_eq!(told("random"), left_below("random", "0.001"));
    assert_eq!(told("wait"), 0, "a life without a stake never began");
    assert_eq!(lives_of(&figures, "wait").last.last_bet, None);
}

#[test]
fn the_rules_of_the_table_end_a_life_as_well() {
    // The third stake of the ladder, 0.004 SOL, is above what the table takes.
    let rules = Rules { max_bet: sol("0.003"), ..prompt() };
    let setup = Setup { rules, bankroll: lives(GAMES), seed: 5 };
    let bots = [spec::<MartingaleSidebets>("ladder", MartingaleSidebetsParams::default())];
    let mut summary = Summary::new(Plan::new("limit", &setup, &bots, Some(GAMES * 30)));
    play(&bots, &setup, GAMES * 30, |record| summary.add(&record));
    let figures = summary.assess().bots;
    let lives = lives_of(&figures, "ladder");
    assert_eq!(lives.over.as_ref().unwrap().passage.lives, 30);
    assert_eq!(lives.ruined.as_ref().unwrap().lives, 0);
    assert!(lives.last.over && lives.last.last_bet.unwrap() < GAMES);
}

#[test]
fn a_ladder_that_cannot_pay_its_next_stake_waits_and_its_life_is_over() {
    // Three are lost: 0.001, 0.002, 0.004; the fourth would be 0.008 of the 0.005 that are left.
    let games = |table: TestTable| {
        table.prices(&flat(130)).rug_at(0.01).prices(&flat(90)).rug_at(0.01).prices(&flat(90))
    };
    let table = games(TestTable::new()).rug_at(0.01);
    let outcome = table
        .bankroll(Bankroll::Compounding(sol("0.012")))
        .bot::<MartingaleSidebets>("me", MartingaleSidebetsParams::default())
        .run();
    let stakes = outcome.postings("me").into_iter();
    let stakes = stakes.filter(|line| line.kind == PostingKind::SidebetStake);
    let stakes: Vec<Sol> = stakes.map(|line| line.delta.negated()).collect();
    assert_eq!(stakes, ["0.001", "0.002", "0.004"].map(sol));
    let said: Vec<Option<bool>> = outcome.rows("me").iter().map(|row| row.can_bet).collect();
    assert_eq!(said, [None, Some(false), Some(false)], "asked after games without a stake");
    assert_eq!(outcome.cash("me"), sol("0.005"));
}

#[test]
fn a_fall_within_a_game_is_seen_although_the_game_ends_above() {
    // 0.08 of 0.1 are in the position: at 0.4 the equity is 0.02 + 0.032, at 0.3 it is 0.044.
    let low = |prices: &[f64]| {
        let params = HoldToTargetParams { stake: sol("0.08"), ..Default::default() };
        let table = TestTable::new().prices(prices).rug_at(0.01);
        let outcome = table.bot::<HoldToTarget>("me", params).run();
        (outcome.rows("me")[0].low, outcome.cash("me"))
    };
    assert_eq!(low(&[1.0, 0.4, 0.5, 2.0, 1.0]), (sol("0.052"), sol("0.18")));
    assert_eq!(low(&[1.0, 0.4, 0.3, 2.0, 1.0]), (sol("0.044"), sol("0.18")));
    assert_eq!(low(&[1.0, 1.5, 2.0, 0.1, 0.1]), (sol("0.1"), sol("0.18")), "sold before the fall");
}

#[test]
fn lives_below_a_share_are_those_whose_lowest_equity_was() {
    let bots = [steady(), choosy()].concat();
    let shares = [900_000_000, 500_000_000, 50_000_000];
    let (summary, read) = played(&bots, shares.to_vec());
    let figures = summary.assess().bots;
    let mut seen = 0;
    for (id, lives) in &read {
        for (below, amount) in lives_of(&figures, id).below.iter().zip(["0.018", "0.01", "0.001"]) {
            assert_eq!(below.amount, sol(amount));
            let expected = lives.iter().filter(|life| life.low < sol(amount)).count() as u64;
            assert_eq!((below.passage.lives, below.passage.of), (expected, LIVES), "{id}");
            assert_eq!(below.passage.median_games.is_some(), expected > 0);
            seen += expected;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn the_first_game_below_a_share_is_the_one_that_counts() {
    // Lives of three games; each second life falls to 0.04 in its second game.
    let plan = Plan { games_per_unit: Some(3), below: vec![500_000_000], ..plan(&["a"], 120) };
    let games = (0..120).map(|n| {
        let mut record = game(n, &[0]);
        let fell = (n / 3).is_multiple_of(2) && n % 3 >= 1;
        record.rows[0].low = sol(if fell { "0.04" } else { "0.1" });
        record
    });
    let figures = summary(plan, games).assess().bots;
    let passage = &lives_of(&figures, "a").below[0].passage;
    assert_eq!((passage.lives, passage.of, passage.median_games), (20, 40, Some(2)));
    assert!(passage.share.unwrap().low > 0.3);
}

#[test]
fn the_lives_of_a_declaration_with_a_count_of_one_are_those_of_its_bot() {
    let below = vec![500_000_000];
    let mut plan = Plan { games_per_unit: Some(2), below, ..plan(&["r-1"], 80) };
    plan.bots[0].group = "r".to_owned();
    // No life falls below half of its bankroll; the strategy says that each is over.
    let games = (0..80).map(|n| {
        let mut record = game(n, &[-1_000_000]);
        record.rows[0].can_bet = Some(false);
        record
    });
    let assessment = summary(plan, games).assess();
    let (group, bot) = (lives_of(&assessment.groups, "r"), lives_of(&assessment.bots, "r-1"));
    assert_eq!(LifeFigures { fan: None, ..group.clone() }, *bot);
    assert_eq!((group.below[0].passage.lives, group.last.lowest), (0, Some(sol("0.099"))));
    assert_eq!(group.over.as_ref().unwrap().inferred, 0);
}

#[test]
fn facts_are_told_of_few_lives_and_estimates_are_not() {
    let facts = |lives: u64| {
        let plan = Plan { games_per_unit: Some(2), ..plan(&["a"], 2 * lives) };
        let games = (0..2 * lives).map(|n| {
            let mut record = game(n, &[-1_000_000]);
            record.rows[0].can_bet = Some(false);
            record
        });
        let figures = summary(plan, games).assess().bots;
        lives_of(&figures, "a").clone()
    };
    let (few, enough) = (facts(29), facts(30));
    let over = few.over.unwrap();
    assert_eq!((over.passage.lives, over.passage.of), (29, 29));
    assert!(over.passage.share.is_none() && few.fan.is_none());
    assert_eq!((few.start, few.last.end, few.last.last_bet), (sol("0.1"), sol("0.099"), Some(2)));
    assert!(enough.over.unwrap().passage.share.is_some());
    assert_eq!(enough.fan.unwrap().games, [0, 1, 2]);
}

#[test]
fn the_fan_of_a_run_has_the_quantiles_of_its_lives() {
    let bots = steady();
    let (summary, read) = played(&bots, Vec::new());
    let figures = summary.assess().bots;
    for (id, lives) in &read {
        let fan = lives_of(&figures, id).fan.as_ref().unwrap();
        assert_eq!((fan.games.len(), fan.games.last()), (41, Some(&GAMES)));
        let mut left: Vec<f64> = lives.iter().map(|life| life.left.to_f64()).collect();
        left.sort_unstable_by(f64::total_cmp);
        for (quantile, percent) in
            [(&fan.p05, 5), (&fan.p25, 25), (&fan.p50, 50), (&fan.p75, 75), (&fan.p95, 95)]
        {
            let rank = (percent * left.len()).div_ceil(100) - 1;
            let (found, exact) = (quantile[40], left[rank]);
            assert!(
                (found - exact).abs() <= exact / 64.0 + 1e-9,
                "{id} {percent}: {found} {exact}"
            );
        }
    }
    assert!(summary.curves().games.is_empty(), "lives do not add up to a curve");
    assert!(summary.curves().curves.iter().all(|curve| curve.pnl.is_empty()));
}

#[test]
fn the_assumed_games_a_day_are_those_of_the_generator() {
    // The spread of a game's length is that of its mean: 200 ticks.
    let setup = setup(Bankroll::PerGame(sol("0.1")));
    let bots = [spec::<AlwaysWait>("wait", AlwaysWaitParams {})];
    let mut ticks = 0_u64;
    play(&bots, &setup, 4_000, |record| ticks += u64::from(record.rug_tick));
    let (mean, error) = (ticks as f64 / 4_000.0, 200.0 / 4_000.0_f64.sqrt());
    assert!((mean - 200.0).abs() < 3.0 * error, "{mean} ± {error}");
    let per_day = 86_400.0 / (200.0 * 0.25 + 15.0);
    assert!((f64::from(GAMES_PER_DAY) - per_day).abs() < 1.0, "{per_day}");
}
