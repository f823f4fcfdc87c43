//! Parts that were played apart are merged to the very bytes of one pass.

use proptest::prelude::*;
use replayer::analysis::summary::{Plan, SampleRule, Summary};
use replayer::engine::journal::GameRecord;
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::conservative::{Conservative, ConservativeParams};
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::random::{Random, RandomParams};

use super::{game, lives, plan, play, setup, spec, summary};

/// A plan and its games: a bot alone and two of one declaration.
fn played(bankroll: Bankroll, games: u64) -> (Plan, Vec<GameRecord>) {
    let setup = setup(bankroll);
    let mut bots = vec![
        spec::<FlatSidebets>("flat", FlatSidebetsParams::default()),
        spec::<Random>("r-1", RandomParams::default()),
        spec::<Random>("r-2", RandomParams::default()),
        spec::<Conservative>("conservative", ConservativeParams::default()),
    ];
    bots[1].group = "r".to_owned();
    bots[2].group = "r".to_owned();
    let mut records = Vec::new();
    play(&bots, &setup, games, |record| records.push(record));
    let sample = Some(SampleRule { min_ticks: Some(60), max_ticks: Some(400) });
    let plan = Plan::new("split", &setup, &bots, Some(games));
    (Plan { sample, below: vec![900_000_000, 500_000_000], fan: true, ..plan }, records)
}

fn bytes(summary: &Summary) -> String {
    serde_json::to_string(summary).unwrap()
}

#[test]
fn parts_of_whole_lives_merge_to_the_bytes_of_one_pass() {
    let mut refused = 0;
    for (bankroll, life) in [(Bankroll::PerGame(Sol::milli(100)), 1), (lives(5), 5), (lives(7), 7)]
    {
        let (plan, games) = played(bankroll, 120);
        let whole = summary(plan.clone(), games.clone());
        for lives_in_a_part in [1, 2, 3, 11] {
            let mut merged = Summary::new(plan.clone());
            for part in games.chunks(lives_in_a_part * life) {
                let part = bytes(&summary(plan.clone(), part.to_vec()));
                merged.merge(&serde_json::from_str(&part).unwrap());
            }
            assert_eq!(bytes(&merged), bytes(&whole), "{bankroll:?} {lives_in_a_part}");
            let texts = [&merged, &whole].map(|it| serde_json::to_string(&it.assess()).unwrap());
            assert_eq!(texts[0], texts[1]);
            assert_eq!(merged.curves(), whole.curves());
        }
        // There is something to merge: exits with a level, and refusals.
        let figures = whole.assess();
        let (random, trader) = (&figures.groups[0], &figures.bots[3]);
        assert!(trader.exits.iter().any(|exits| exits.level.is_some()), "{trader:?}");
        let by_kind: u64 = random.refusals.iter().map(|it| it.count).sum();
        assert_eq!(by_kind, random.refused, "{random:?}");
        refused += by_kind;
        let ended: u64 = random.exits.iter().map(|exits| exits.count).sum();
        assert_eq!(ended, random.sells + random.liquidations);
    }
    assert!(refused > 0, "there are refusals to merge");
}

#[test]
fn one_life_is_one_part() {
    let (plan, games) = played(Bankroll::Compounding(Sol::milli(100)), 50);
    let whole = summary(plan, games).assess();
    assert_eq!((whole.units, whole.games, whole.games_per_unit), (1, 50, None));
    assert!(whole.bots.iter().all(|bot| !bot.sufficient && bot.pnl_per_unit.is_none()));
}

#[test]
fn what_is_said_reads_back_as_it_was_written() {
    let (plan, games) = played(lives(3), 120);
    let whole = summary(plan, games);
    let text = serde_json::to_string(&whole.assess()).unwrap();
    let again = serde_json::from_str::<replayer::analysis::summary::Assessment>(&text).unwrap();
    assert_eq!(again, whole.assess());
    let text = serde_json::to_string(&whole.curves()).unwrap();
    assert_eq!(
        serde_json::from_str::<replayer::analysis::summary::Curves>(&text).unwrap(),
        whole.curves()
    );
}

proptest! {
    #[test]
    fn any_split_of_any_gains_gives_the_same_bytes(
        gains in prop::collection::vec(any::<(i32, i32)>(), 1..80),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let games: Vec<_> = (0..).zip(&gains).map(|(n, (a, b))| game(n, &[(*a).into(), (*b).into()])).collect();
        let plan = plan(&["a", "b"], games.len() as u64);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(games.len())).collect();
        cuts.extend([0, games.len()]);
        cuts.sort_unstable();
        let mut merged = Summary::new(plan.clone());
        for range in cuts.windows(2) {
            merged.merge(&summary(plan.clone(), games[range[0]..range[1]].to_vec()));
        }
        prop_assert_eq!(bytes(&merged), bytes(&summary(plan, games)));
    }
}
