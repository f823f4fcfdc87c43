//! The ledger law, over random orders on random games.

use bevy_ecs::prelude::*;
use proptest::prelude::*;
use replayer::engine::bot::Bot;
use replayer::engine::order::Orders;
use replayer::engine::schedule::{Tick, TickSystems};
use replayer::engine::table::Tables;
use replayer::engine::testing::{
    Script, ScriptParams, ScriptStep, TestOutcome, TestTable, at, presale,
};
use replayer::model::account::Tally;
use replayer::model::ids::BotIndex;
use replayer::model::order::{Action, Portion, Rejection};
use replayer::model::posting::PostingKind;
use replayer::model::price::Price;
use replayer::model::quote::Phase;
use replayer::model::rules::{Latency, Portions, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::model::tape::Tape;
use replayer::strategies::random::{Random, RandomParams};
use rust_decimal::Decimal;

use crate::audit::Audit;
use crate::campaign::cases;
use crate::games::{tape, tapes};
use crate::words::{buy, flat, prompt, sell, sidebet, sol};

/// Any order: most are possible, some are not.
fn any_action() -> impl Strategy<Value = Action> {
    let stake = (0_i64..40_000_000).prop_map(Sol::from_lamports_const).boxed();
    prop_oneof![
        3 => stake.clone().prop_map(|stake| Action::Buy { stake }),
        2 => (1_u16..=10_000)
            .prop_map(|points| Action::sell(Portion::from_basis_points(points).unwrap())),
        1 => Just(Action::SELL_ALL),
        2 => stake.prop_map(|stake| Action::Sidebet { stake }),
    ]
}

fn any_script() -> impl Strategy<Value = Vec<ScriptStep>> {
    let cue = (0_u32..120, any_action()).prop_map(|(tick, action)| match tick {
        0..4 => presale(action),
        _ => at(tick - 4, action),
    });
    prop::collection::vec(cue, 0..80)
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let latency = prop_oneof![
        Just(Latency::Immediate),
        (0_u32..5).prop_map(Latency::Ticks),
        prop::collection::vec(0_u32..5, 1..4).prop_map(Latency::Sampled),
    ];
    let portions = prop_oneof![Just(Portions::Any), Just(Portions::Buttons)];
    (latency, portions, 1_u32..50, 0_u32..6, 1_u32..9).prop_map(
        |(latency, portions, sidebet_window, sidebet_cooldown, sidebet_payout)| Rules {
            latency,
            portions,
            sidebet_window,
            sidebet_cooldown,
            sidebet_payout,
            ..Rules::observed()
        },
    )
}

fn any_bankroll() -> impl Strategy<Value = Bankroll> {
    let cash = (0_i64..200).prop_map(Sol::milli);
    prop_oneof![cash.clone().prop_map(Bankroll::PerGame), cash.prop_map(Bankroll::Compounding)]
}

fn short_games() -> impl Strategy<Value = Vec<Tape>> {
    let game = (any::<u64>(), 2_usize..150, any::<bool>());
    prop::collection::vec(game, 1..4).prop_map(|games| {
        let tapes = games.into_iter().map(|(seed, ticks, coarse)| {
            let mut tape = tape(seed, 0.01, ticks);
            if coarse {
                // Prices of two digits fall by equal amounts from different heights.
                for price in &mut tape.prices {
                    *price = format!("{:.1}1", price.get()).parse().unwrap();
                }
                tape.prices[0] = Price::ONE;
            }
            tape
        });
        tapes.collect()
    })
}

fn audit(
    outcome: &TestOutcome,
    (rules, bankroll): (&Rules, Bankroll),
    tapes: &[Tape],
    bots: usize,
) {
    assert_eq!(outcome.games.len(), tapes.len());
    for bot in 0..bots {
        let mut audit = Audit::new(rules, bankroll);
        for (record, tape) in outcome.games.iter().zip(tapes) {
            audit.game(record, tape, BotIndex::after(bot).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(cases(400))]

    // Row 72 of the acceptance table.
    #[test]
    fn the_books_of_any_orders_on_any_games_balance(
        first in any_script(),
        second in any_script(),
        rules in any_rules(),
        bankroll in any_bankroll(),
        tapes in short_games(),
    ) {
        let outcome = TestTable::new()
            .rules(rules.clone())
            .bankroll(bankroll)
            .tapes(tapes.clone())
            .script("first", first)
            .script("second", second)
            .bot::<Random>("random", RandomParams { chance: Decimal::from(40), stake: sol("0.02") })
            .run();
        audit(&outcome, (&rules, bankroll), &tapes, 3);
    }

    #[test]
    fn an_order_arrives_after_its_latency_or_too_late(
        orders_at in prop::collection::btree_set(0_u32..100, 0..40),
        ticks in 0_u32..6,
        own in prop::option::of(0_u32..6),
        seed in any::<u64>(),
    ) {
        let tape = tape(seed, 0.01, 90);
        let rug = u32::try_from(tape.prices.len()).unwrap() - 1;
        let script = ScriptParams(orders_at.iter().map(|&tick| at(tick, buy("0.001"))).collect());
        let outcome = TestTable::new()
            .rules(Rules { latency: Latency::Ticks(ticks), ..prompt() })
            .tape(tape.clone())
            .seat::<Script>("me", script, own.map(Latency::Ticks))
            .run();
        let delay = own.unwrap_or(ticks);
        let (mut filled, mut late, mut free) = (Vec::new(), Vec::new(), 0);
        for tick in orders_at.into_iter().filter(|&tick| tick < rug) {
            if tick < free {
                continue;
            }
            free = tick + delay + 1;
            if tick + delay < rug {
                filled.push((tick + delay, tape.prices[(tick + delay) as usize]));
            } else {
                late.push((rug, Rejection::TooLate));
            }
        }
        let postings = outcome.postings("me");
        let bought = postings.iter().filter(|line| line.kind == PostingKind::Buy);
        prop_assert_eq!(bought.map(|line| (line.tick, line.price)).collect::<Vec<_>>(), filled);
        prop_assert_eq!(outcome.rejections("me"), late);
    }

    #[test]
    fn a_sampled_latency_is_one_of_its_list_and_nobody_elses_business(
        delays in prop::collection::vec(0_u32..7, 1..5),
        seed in any::<u64>(),
    ) {
        let orders_at: Vec<ScriptStep> = (0..100).step_by(9).map(|tick| at(tick, buy("0.001"))).collect();
        let table = TestTable::new()
            .rules(Rules { latency: Latency::Sampled(delays.clone()), ..prompt() })
            .tape(tape(seed, 0.002, 120))
            .script("me", orders_at.clone());
        let alone = table.clone().run();
        for line in alone.postings("me").iter().filter(|line| line.kind == PostingKind::Buy) {
            prop_assert!(delays.contains(&(line.tick % 9)), "{line:?}");
        }
        let crowd = TestTable::new()
            .rules(Rules { latency: Latency::Sampled(delays), ..prompt() })
            .tape(tape(seed, 0.002, 120))
            .script("them", orders_at.clone())
            .bot::<Random>("random", RandomParams::default())
            .script("me", orders_at)
            .run();
        prop_assert_eq!(alone.postings("me"), crowd.postings("me"));
    }
}

#[test]
fn the_books_of_long_games_balance_too() {
    let rules = Rules { latency: Latency::Ticks(1), ..prompt() };
    for bankroll in [Bankroll::PerGame(sol("0.5")), Bankroll::Compounding(sol("3"))] {
        let tapes = tapes(11, 60);
        let mut table = TestTable::new().rules(rules.clone()).bankroll(bankroll);
        for bot in 0..4 {
            let params = RandomParams { chance: Decimal::new(2 << bot, 0), stake: sol("0.05") };
            table = table.bot::<Random>(&format!("random-{bot}"), params);
        }
        audit(&table.tapes(tapes.clone()).run(), (&rules, bankroll), &tapes, 4);
    }
}

#[test]
fn orders_of_the_presale_are_booked_before_those_of_tick_zero() {
    let tapes = vec![tape(3, 0.01, 30)];
    let mut table = TestTable::new().tapes(tapes.clone());
    for bot in 0..40 {
        let script = match bot % 3 {
            0 => vec![presale(buy("0.05")), at(0, sell(50))],
            1 => vec![presale(sidebet("0.02")), at(0, buy("0.01"))],
            _ => vec![presale(buy("0.01")), at(0, buy("0.02")), at(1, Action::SELL_ALL)],
        };
        table = table.script(&format!("bot-{bot}"), script);
    }
    audit(&table.run(), (&prompt(), Bankroll::PerGame(sol("0.1"))), &tapes, 40);
}

#[test]
fn of_two_trades_and_two_sidebets_of_one_bot_in_one_tick_the_first_count() {
    fn order_twice(bots: Query<(Entity, &Bot)>, tables: Res<Tables>, mut orders: ResMut<Orders>) {
        // In an order that has nothing to do with the lineup's.
        let mut bots: Vec<_> = bots.iter().collect();
        bots.sort_by_key(|(_, bot)| bot.index.at() * 17 % 40);
        for (entity, &bot) in bots {
            if tables.quote(bot.table).phase == Phase::Active {
                for action in [sidebet("0.001"), buy("0.001"), sell(100), sidebet("0.002")] {
                    orders.submit(entity, bot, action);
                }
            }
        }
    }
    let mut table = TestTable::new().prices(&flat(2)).rug_at(0.01);
    for bot in 0..40 {
        table = table.script(&format!("bot-{bot}"), []);
    }
    let mut run = table.build();
    let orders_at = order_twice.in_set(TickSystems::Decide).ambiguous_with(TickSystems::Decide);
    run.app.add_systems(Tick, orders_at);
    let outcome = run.finish();
    for row in &outcome.games[0].rows {
        let Tally { buys, sells, wagered, refused, .. } = row.tally;
        assert_eq!((buys, sells, wagered, refused), (2, 0, sol("0.001"), 5));
    }
    let (again, open) = (Rejection::OnePerTick, Rejection::SidebetOpen);
    let rejections = [(0, again), (0, again), (1, again), (1, open), (1, again)];
    assert_eq!(outcome.rejections("bot-7"), rejections);
    let kinds: Vec<_> = outcome.postings("bot-7").iter().map(|line| line.kind).collect();
    assert_eq!(kinds[..3], [PostingKind::Buy, PostingKind::SidebetStake, PostingKind::Buy]);
}

#[test]
fn a_game_that_ends_without_its_rug_leaves_nothing_to_the_next_one() {
    let script = [at(0, buy("0.01")), at(1, sidebet("0.01"))];
    let table = TestTable::new().script("me", script);
    let alone = table.clone().prices(&flat(3)).rug_at(0.01).run();
    let after = table.prices(&flat(9)).prices(&flat(3)).rug_at(0.01).run();
    assert_eq!(after.games.len(), 1);
    assert_eq!(after.postings("me"), alone.postings("me"));
    assert_eq!(after.rejections("me"), alone.rejections("me"));
}

#[test]
fn of_falls_as_deep_the_one_that_costs_a_lamport_more_is_the_drawdown() {
    // 0.006666666 fall from 1.6 to 1.5, then from 1.7 to 1.6: a tenth both, but for the floors.
    let outcome = TestTable::new()
        .prices(&[1.0, 1.5, 1.6, 1.5, 1.7, 1.6, 1.9])
        .rug_at(0.01)
        .script("me", [at(1, buy("0.01")), at(6, Action::SELL_ALL)])
        .run();
    assert_eq!(outcome.rows("me")[0].max_drawdown, sol("0.000666667"));
}

#[test]
fn a_sidebet_cooldown_ends_with_its_game() {
    let outcome = TestTable::new()
        .rules(Rules::compat())
        .bankroll(Bankroll::Compounding(sol("0.1")))
        .prices(&flat(3))
        .rug_at(0.01)
        .prices(&flat(3))
        .rug_at(0.01)
        .script("me", [at(0, sidebet("0.001"))])
        .run();
    assert_eq!(outcome.rejections("me"), []);
    assert_eq!(outcome.cash("me"), sol("0.108"));
}
