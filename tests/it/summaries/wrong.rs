//! How often a verdict is wrong: many small runs of fair games, in which no bot has an edge, each
//! judged like any other. `examples/false_edges` does the same at length (docs/statistics.md).

use replayer::analysis::summary::select::{SelectionKind, select};
use replayer::analysis::summary::{Figures, Plan, Summary, VerdictKind};
use replayer::engine::BotSpec;
use replayer::engine::journal::GameRecord;
use replayer::engine::strategy::Strategies;
use replayer::model::ids::GameIndex;
use replayer::model::rules::Rules;
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};
use rust_decimal::Decimal;

use super::{play, spec};
use crate::words::one_of_each;

/// Fair games by the observed rules, of a seed.
fn fair(seed: u64) -> Setup {
    let bankroll = Bankroll::PerGame(Sol::milli(1_000));
    Setup { rules: Rules::observed(), bankroll, seed }
}

/// Bots that hold to these targets, in hundredths.
fn targets(hundredths: &[i64]) -> Vec<BotSpec> {
    let bot = |&target: &i64| {
        let params = HoldToTargetParams { target: Decimal::new(target, 2), ..Default::default() };
        spec::<HoldToTarget>(&format!("hold-{target}"), params)
    };
    hundredths.iter().map(bot).collect()
}

/// Every bot alone in many studies of `units` games: for each bot the figures of each study.
fn alone(bots: &[BotSpec], setup: &Setup, studies: u64, units: u64) -> Vec<Vec<Figures>> {
    let plan = |bot: &BotSpec| Plan::new("study", setup, std::slice::from_ref(bot), Some(units));
    let new = || bots.iter().map(|bot| Summary::new(plan(bot))).collect::<Vec<_>>();
    let (mut found, mut summaries) = (vec![Vec::new(); bots.len()], new());
    play(bots, setup, studies * units, |record| {
        for (bot, summary) in summaries.iter_mut().enumerate() {
            let rows = vec![record.rows[bot].clone()];
            summary.add(&GameRecord {
                index: GameIndex::after(record.index.get() % units),
                rows,
                exits: Vec::new(),
                ..record.clone()
            });
        }
        if record.index.next().get() % units == 0 {
            for (bot, summary) in std::mem::replace(&mut summaries, new()).iter().enumerate() {
                found[bot].extend(summary.assess().bots);
            }
        }
    });
    found
}

/// Number of studies that are called something.
fn called(studies: &[Figures], kind: VerdictKind) -> usize {
    studies.iter().filter(|figures| figures.verdict.kind == kind).count()
}

/// The most of `all` that a share of at most `share` allows, with four standard errors: many bots
/// are looked at.
fn at_most(share: f64, all: usize) -> f64 {
    let all = all as f64;
    share * all + 4.0 * (share * (1.0 - share) * all).sqrt()
}

#[test]
fn a_bot_that_hardly_ever_loses_is_called_an_edge_as_seldom_as_said() {
    // These sell at once: they win a little in nearly every game, and everything is lost in 1 %.
    let bots = targets(&[5, 85, 90, 95, 105]);
    for (studies, units) in [(400, 30), (200, 60)] {
        for (bot, figures) in bots.iter().zip(alone(&bots, &fair(17), studies, units)) {
            let edges = called(&figures, VerdictKind::Edge);
            eprintln!("{} in {units} games: {edges} of {studies}", bot.id);
            assert!(edges as f64 <= at_most(0.025, figures.len()), "{}: {edges}", bot.id);
            let unguarded = |it: &&Figures| it.pnl_per_unit.is_some_and(|mean| mean.low > 0.0);
            let unguarded = figures.iter().filter(unguarded).count();
            assert!(units > 30 || unguarded > edges, "{}: {unguarded} of {edges}", bot.id);
        }
    }
}

#[test]
fn no_bot_that_ships_is_called_an_edge_more_often_than_said() {
    let bots = one_of_each(&Strategies::standard());
    for (bot, figures) in bots.iter().zip(alone(&bots, &fair(18), 200, 100)) {
        let edges = called(&figures, VerdictKind::Edge);
        assert!(edges as f64 <= at_most(0.025, figures.len()), "{}: {edges}", bot.id);
    }
}

#[test]
fn where_all_is_fair_z_is_hardly_ever_beyond_three() {
    let mut bots = one_of_each(&Strategies::standard());
    bots.extend(targets(&[90, 110, 500, 5_000, 20_000]));
    let mut given = 0;
    for (bot, figures) in bots.iter().zip(alone(&bots, &fair(19), 200, 100)) {
        let z = |it: &Figures| {
            let of_law = it.oracle.and_then(|oracle| oracle.z);
            of_law
                .into_iter()
                .chain(it.oracles.iter().filter_map(|oracle| oracle.z))
                .collect::<Vec<f64>>()
        };
        given += figures.iter().filter(|it| !z(it).is_empty()).count();
        let beyond = figures.iter().filter(|it| z(it).iter().any(|z| z.abs() > 3.0)).count();
        // 0.5 % of 200 is one.
        assert!(beyond as f64 <= at_most(0.005, figures.len()), "{}: {beyond}", bot.id);
    }
    assert!(given > 1_000, "z is given for {given} studies only");
}

#[test]
fn far_targets_are_not_said_to_lose_what_they_did_not_win_yet() {
    // Held to 50, most studies see no win at all. What is lost on average is known from the law: the
    // interval of a verdict that they lose must cover it.
    let bots = targets(&[5_000, 20_000]);
    for figures in alone(&bots, &fair(20), 150, 100) {
        let truth = figures.iter().map(|it| it.oracle.unwrap().expected).sum::<f64>()
            / figures.len() as f64;
        let wrong = |it: &&Figures| {
            let judged = it.judged_per_unit.filter(|_| it.verdict.kind == VerdictKind::Loses);
            judged.is_some_and(|mean| !(mean.low..=mean.high).contains(&truth))
        };
        let wrong = figures.iter().filter(wrong).count();
        assert!(wrong as f64 <= at_most(0.05, figures.len()), "{wrong} of {}", figures.len());
        let few = figures.iter().filter(|it| it.verdict.text.contains("a few games decide"));
        assert!(few.count() > figures.len() * 9 / 10);
    }
}

#[test]
fn the_best_of_bots_that_hardly_ever_lose_is_noise() {
    let (bots, setup, units) = (targets(&[80, 85, 90, 95, 105]), fair(21), 40);
    let plan = Plan::new("sweep", &setup, &bots, Some(units));
    let (mut summary, mut edges, mut sweeps) = (Summary::new(plan.clone()), 0, 0_usize);
    play(&bots, &setup, 200 * units, |mut record| {
        let ends = record.index.next().get() % units == 0;
        record.index = GameIndex::after(record.index.get() % units);
        summary.add(&record);
        if ends {
            let whole = std::mem::replace(&mut summary, Summary::new(plan.clone()));
            let kind = select(&whole.block_sums(""), 1).verdict.kind;
            (edges, sweeps) = (edges + usize::from(kind == SelectionKind::Edge), sweeps + 1);
        }
    });
    assert!(edges as f64 <= at_most(0.05, sweeps), "{edges} of {sweeps}");
}

#[test]
fn a_true_edge_is_still_found() {
    // A sidebet that pays six stakes gains 9 % of its stake.
    let generous = Rules { sidebet_payout: 6, ..Rules::observed() };
    let setup = Setup { rules: generous, ..fair(22) };
    let params = FlatSidebetsParams { bets: 1, stake: Sol::milli(10), ..Default::default() };
    let bots = [spec::<FlatSidebets>("flat", params)];
    let studies = &alone(&bots, &setup, 20, 3_000)[0];
    let edges = called(studies, VerdictKind::Edge);
    // 2.5 standard errors above zero on average: found in 57 % of all studies.
    assert!(edges >= 6 && called(studies, VerdictKind::Loses) == 0, "{edges}");
}
