//! Both strides, whole games and ticks, come to the same records, whatever is played.

use proptest::prelude::*;
use replayer::backtest::run::{Drive, RunExecution};
use replayer::engine::driver::Pacing;
use replayer::engine::journal::GameRecord;
use replayer::engine::testing::TestTable;
use replayer::model::posting::PostingKind;
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::conservative::{Conservative, ConservativeParams};
use replayer::strategies::random::{Random, RandomParams};

use super::gambler::{Gambler, GamblerParams};
use super::live::live;
use super::{BOTS, LIVES, ONE_LIFE, PER_GAME, all_rules, crowd, played};
use crate::campaign::cases;
use crate::games::{Dice, by_games, tape};

/// Everything that a run keeps of its games, as text: doubles in it read back as the same doubles.
fn shown(games: &[GameRecord]) -> Vec<String> {
    games.iter().map(|game| format!("{game:?}")).collect()
}

fn batch(threads: usize) -> RunExecution {
    RunExecution { threads, drive: Drive::Games }
}

const STAGED: RunExecution =
    RunExecution { threads: 1, drive: Drive::Ticks { tables: 1, pacing: Pacing::Max } };

#[test]
fn whole_games_and_ticks_come_to_the_same_records() {
    for rules in all_rules() {
        for bankroll in [PER_GAME, LIVES, ONE_LIFE] {
            let table = crowd(&rules, bankroll, 60).bot::<Gambler>("gambler", GamblerParams {});
            let staged = shown(&played(&table, STAGED));
            for threads in [1, 2] {
                assert_eq!(shown(&played(&table, batch(threads))), staged, "{rules:?}");
            }
        }
    }
}

#[test]
fn an_order_on_its_way_when_a_tape_just_ends_comes_too_late_in_either_stride() {
    for latency in [1, 5] {
        let mut table =
            TestTable::new().rules(Rules { latency: Latency::Ticks(latency), ..Rules::observed() });
        for game in 0..12 {
            let mut tape = tape(game, 0.05, 30);
            tape.rugged = game % 3 == 2;
            table = table.tape(tape);
        }
        for bankroll in [PER_GAME, ONE_LIFE] {
            let always = RandomParams { chance: 100.into(), ..RandomParams::default() };
            let table = table.clone().bankroll(bankroll).bot::<Random>("eager", always);
            let table = table.bot::<Gambler>("gambler", GamblerParams {});
            let staged: Vec<_> = table.run().games.iter().map(|game| format!("{game:?}")).collect();
            let (lineup, playlist) = table.parts();
            let mut games = Vec::new();
            by_games(lineup, (*playlist).clone(), true, |game| games.push(game));
            assert_eq!((games.len(), shown(&games)), (4, staged), "{latency}, {bankroll:?}");
        }
    }
}

#[test]
fn nothing_is_decided_while_a_game_is_closed_and_what_was_sent_before_goes_on() {
    let always = RandomParams { chance: 100.into(), ..RandomParams::default() };
    let mut open = tape(5, 0.0, 60);
    open.closed = (20..=40).collect();
    let table = TestTable::new()
        .rules(Rules { latency: Latency::Ticks(3), ..Rules::observed() })
        .tape(open)
        .bot::<Random>("eager", always);
    let games = live(&table, 4);
    assert_eq!(shown(&games), shown(&played(&table, STAGED)));
    let acts: Vec<u32> = games[0]
        .postings
        .iter()
        .map(|(_, posting)| posting.tick)
        .chain(games[0].rejections.iter().map(|(_, refused)| refused.tick))
        .collect();
    // Step 20 is tick 19, so the last order is sent at tick 18 and arrives at tick 21 at the
    // latest.
    assert!(acts.iter().any(|tick| (19..=21).contains(tick)), "{acts:?}");
    let settles = |tick: &&u32| (22..=39).contains(*tick);
    let only_sidebets = games[0]
        .postings
        .iter()
        .filter(|(_, it)| settles(&&it.tick))
        .all(|(_, it)| matches!(it.kind, PostingKind::SidebetLost | PostingKind::SidebetWon));
    assert!(only_sidebets, "{:?}", games[0].postings);
    assert!(acts.iter().any(|tick| *tick > 43), "it decides again: {acts:?}");
}

fn latency() -> impl Strategy<Value = Latency> {
    prop_oneof![
        Just(Latency::Immediate),
        (0_u32..4).prop_map(Latency::Ticks),
        prop::collection::vec(0_u32..6, 1..5).prop_map(Latency::Sampled),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    (prop::bool::ANY, latency(), 1_u32..60, 0_u32..8, 1_u32..9).prop_map(
        |(compat, latency, sidebet_window, sidebet_cooldown, sidebet_payout)| {
            let base = if compat { Rules::compat() } else { Rules::observed() };
            Rules { latency, sidebet_window, sidebet_cooldown, sidebet_payout, ..base }
        },
    )
}

fn bankroll() -> impl Strategy<Value = Bankroll> {
    let cash = (1_i64..300).prop_map(Sol::milli);
    (cash, 0_u64..9).prop_map(|(bankroll, games)| match games {
        0 => Bankroll::Compounding(bankroll),
        1 => Bankroll::PerGame(bankroll),
        games => Bankroll::Lives { bankroll, games: games.try_into().unwrap() },
    })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_scenario_comes_to_the_same_records_in_either_stride_and_live(
        rules in rules(),
        bankroll in bankroll(),
        own in prop::option::of(latency()),
        seats in prop::collection::vec(0..BOTS.len(), 1..4),
        games in prop::collection::vec((any::<u32>(), 1_usize..120), 1..12),
        stop_loss in 0_u32..100,
        summary in 2_u32..40,
        at_once in 1_usize..9,
    ) {
        let mut table = TestTable::new().rules(rules).bankroll(bankroll);
        for (number, (dice, length)) in games.into_iter().enumerate() {
            let id = format!("{number}-{dice}");
            // Every third game is closed here and there.
            let shut = if dice % 3 == 0 { summary } else { u32::MAX };
            let mut luck = Dice(u64::from(dice));
            let closed = (0..u32::try_from(length).unwrap()).filter(|_| luck.below(shut) == 0);
            table = table.tape(replayer::model::tape::Tape {
                id: replayer::model::ids::GameId::new(&id).unwrap(),
                closed: closed.collect(),
                ..tape(u64::from(dice), 0.02, length)
            });
        }
        let params = ConservativeParams { stop_loss: stop_loss.into(), ..Default::default() };
        table = table.seat::<Conservative>("own", params, own.clone());
        table = table.seat::<Gambler>("gambler", GamblerParams {}, own);
        for seat in seats.into_iter().collect::<std::collections::BTreeSet<_>>() {
            table = BOTS[seat].1(table);
        }
        let staged = shown(&played(&table, STAGED));
        prop_assert_eq!(&shown(&played(&table, batch(2))), &staged);
        prop_assert_eq!(shown(&live(&table, at_once)), staged);
    }
}
