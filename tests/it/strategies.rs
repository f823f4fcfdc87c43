//! What each strategy does, and the four classics against a plain reading of their rules.

mod classics;

use replayer::engine::testing::{TestOutcome, TestTable};
use replayer::model::posting::{Posting, PostingKind};
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::Bankroll;
use replayer::model::sol::Sol;
use replayer::strategies::always_wait::{AlwaysWait, AlwaysWaitParams};
use replayer::strategies::conservative::{Conservative, ConservativeParams};
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::foundational::{Foundational, FoundationalParams};
use replayer::strategies::hold_to_target::{HoldToTarget, HoldToTargetParams};
use replayer::strategies::kelly_sidebets::{KellySidebets, KellySidebetsParams};
use replayer::strategies::martingale_sidebets::{MartingaleSidebets, MartingaleSidebetsParams};
use replayer::strategies::momentum::{Momentum, MomentumParams};
use replayer::strategies::random::{Random, RandomParams};
use rust_decimal::Decimal;

use crate::games::tapes;
use crate::words::{flat, prompt, sol};

/// What a bot paid for sidebets, in order.
fn stakes(outcome: &TestOutcome) -> Vec<Sol> {
    let placed = |line: &Posting| line.kind == PostingKind::SidebetStake;
    outcome.postings("me").iter().filter(|l| placed(l)).map(|l| l.delta.negated()).collect()
}

/// The kinds and ticks of a bot's postings.
fn story(outcome: &TestOutcome) -> Vec<(u32, PostingKind)> {
    outcome.postings("me").iter().map(|line| (line.tick, line.kind)).collect()
}

#[test]
fn always_wait_does_nothing() {
    let outcome =
        TestTable::new().tapes(tapes(5, 20)).bot::<AlwaysWait>("me", AlwaysWaitParams {}).run();
    assert_eq!((outcome.postings("me"), outcome.rejections("me")), (vec![], vec![]));
    assert!(outcome.rows("me").iter().all(|row| row.pnl == Sol::ZERO && row.cash == sol("0.1")));
}

#[test]
fn hold_to_target_buys_once_a_game_and_sells_at_its_target() {
    let params = || HoldToTargetParams { entry: 1, ..HoldToTargetParams::default() };
    let table = TestTable::new().bot::<HoldToTarget>("me", params());
    let below = 2.0_f64.next_down();
    let outcome = table.clone().prices(&[1.0, 1.0, below, 2.0, 1.0]).rug_at(0.01).run();
    assert_eq!(story(&outcome), [(1, PostingKind::Buy), (3, PostingKind::Sell)]);
    let outcome = table.clone().prices(&[1.0, 1.0, below, 1.0]).rug_at(0.01).run();
    assert_eq!(story(&outcome), [(1, PostingKind::Buy), (4, PostingKind::Liquidation)]);
    // One life of two games: a new game is a new buy.
    let two = table.prices(&flat(3)).rug_at(0.01).prices(&flat(3)).rug_at(0.01);
    let outcome = two.bankroll(Bankroll::Compounding(sol("0.1"))).run();
    assert_eq!(outcome.rows("me").iter().map(|row| row.tally.buys).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn martingale_doubles_after_each_loss_and_starts_over_after_the_last_attempt() {
    let params = MartingaleSidebetsParams::default();
    let table = TestTable::new().bot::<MartingaleSidebets>("me", params);
    let outcome = table.prices(&flat(230)).rug_at(0.01).run();
    let expected = ["0.001", "0.002", "0.004", "0.008", "0.001", "0.002"].map(sol);
    assert_eq!(stakes(&outcome), expected);
}

#[test]
fn martingale_starts_over_after_a_win() {
    // Lost, lost, won; won; lost, won.
    let games = |table: TestTable| {
        let table = table.prices(&flat(100)).rug_at(0.01).prices(&flat(20)).rug_at(0.01);
        table.prices(&flat(60)).rug_at(0.01)
    };
    let params = MartingaleSidebetsParams::default();
    let outcome = games(TestTable::new())
        .bankroll(Bankroll::Compounding(sol("0.1")))
        .bot::<MartingaleSidebets>("me", params)
        .run();
    assert_eq!(stakes(&outcome), ["0.001", "0.002", "0.004", "0.001", "0.001", "0.002"].map(sol));
}

#[test]
fn a_martingale_streak_goes_on_in_the_next_game_of_one_life_only() {
    // Placed at 1 and lost at 41; the next order would arrive at the rug.
    let table = TestTable::new()
        .rules(Rules { latency: Latency::Ticks(1), ..prompt() })
        .prices(&flat(42))
        .rug_at(0.01)
        .prices(&flat(42))
        .rug_at(0.01)
        .bot::<MartingaleSidebets>("me", MartingaleSidebetsParams::default());
    let one_life = table.clone().bankroll(Bankroll::Compounding(sol("0.1"))).run();
    assert_eq!(stakes(&one_life), ["0.001", "0.002"].map(sol));
    assert_eq!(one_life.rejections("me").len(), 2);
    assert_eq!(stakes(&table.run()), ["0.001", "0.001"].map(sol));
}

#[test]
fn kelly_stakes_the_share_that_its_belief_asks_for_in_thousandths() {
    // 0.5 x (0.25 x 5 - 1) / 4 = 3.125 % of 0.1 SOL, then of what is left.
    let table = TestTable::new().prices(&flat(90)).rug_at(0.01);
    let params = KellySidebetsParams::default();
    let outcome = table.clone().bot::<KellySidebets>("me", params.clone()).run();
    assert_eq!(stakes(&outcome), ["0.003", "0.003", "0.002"].map(sol));
    let rich = table
        .clone()
        .rules(Rules { max_bet: sol("0.02"), ..prompt() })
        .bankroll(Bankroll::PerGame(sol("1")))
        .bot::<KellySidebets>("me", params.clone())
        .run();
    assert_eq!(stakes(&rich), ["0.02", "0.02", "0.02"].map(sol), "held within the limit");
    // Four times the share of 100 % would be more than there is.
    let most = KellySidebetsParams { belief: 100.into(), fraction: 400.into(), from: 0 };
    let outcome = table.clone().bot::<KellySidebets>("me", most).run();
    assert_eq!(stakes(&outcome), ["0.1"].map(sol));
    for belief in ["20", "18.17", "0"] {
        let belief = belief.parse().unwrap();
        let params = KellySidebetsParams { belief, ..KellySidebetsParams::default() };
        let outcome = table.clone().bot::<KellySidebets>("me", params).run();
        assert_eq!(stakes(&outcome), [], "no edge at {belief} %");
    }
}

#[test]
fn random_is_reproducible_and_its_own() {
    let params = || RandomParams { chance: Decimal::TEN, ..RandomParams::default() };
    let table = TestTable::new().tapes(tapes(9, 30));
    let alone = table.clone().bot::<Random>("me", params()).run();
    let again = table.clone().bot::<Random>("other", params()).bot::<Random>("me", params()).run();
    assert!(alone.postings("me").len() > 100);
    assert_eq!(alone.postings("me"), again.postings("me"));
    assert_ne!(alone.postings("me"), again.postings("other"));
    let never = RandomParams { chance: Decimal::ZERO, ..RandomParams::default() };
    assert_eq!(table.bot::<Random>("me", never).run().postings("me"), []);
}

#[test]
fn foundational_trades_only_when_the_price_is_high_early() {
    let params = FoundationalParams::default;
    let table = || TestTable::new().bot::<Foundational>("me", params());
    // In at 25 exactly, out at +100 % exactly.
    let outcome = table().prices(&[1.0, 25.0, 49.9, 50.0, 1.0]).rug_at(0.01).run();
    assert_eq!(story(&outcome), [(1, PostingKind::Buy), (3, PostingKind::Sell)]);
    let outcome = table().prices(&[1.0, 24.9, 50.1, 24.9]).rug_at(0.01).run();
    assert_eq!(story(&outcome), []);
    let mut late = flat(100);
    late[68..].fill(30.0);
    assert_eq!(story(&table().prices(&late).rug_at(0.01).run())[0], (68, PostingKind::Buy));
    late[68] = 1.0;
    assert_eq!(story(&table().prices(&late).rug_at(0.01).run()), []);
}

#[test]
fn foundational_sells_after_sixty_ticks_unless_it_entered_at_tick_zero() {
    // As in the original, an entry at tick 0 counts as none: it waits for tick 138.
    for (entry, exit) in [(1, 61), (0, 138)] {
        let mut prices = vec![30.0; 145];
        prices[..entry].fill(1.0);
        let outcome = TestTable::new()
            .prices(&prices)
            .rug_at(0.01)
            .bot::<Foundational>("me", FoundationalParams::default())
            .run();
        let sold = story(&outcome).into_iter().find(|(_, kind)| *kind == PostingKind::Sell);
        assert_eq!(sold, Some((exit, PostingKind::Sell)));
    }
}

#[test]
fn a_bot_is_not_asked_while_its_order_is_on_its_way() {
    let outcome = TestTable::new()
        .rules(Rules { latency: Latency::Ticks(3), ..prompt() })
        .prices(&flat(12))
        .rug_at(0.01)
        .bot::<Conservative>("me", ConservativeParams::default())
        .run();
    assert_eq!(story(&outcome)[0], (3, PostingKind::Buy));
    assert_eq!((outcome.rows("me")[0].tally.buys, outcome.rows("me")[0].tally.refused), (1, 0));
}

#[test]
fn flat_sidebets_keep_their_first_tick_their_spacing_and_their_number() {
    let placed = |params: FlatSidebetsParams| {
        let table = TestTable::new().prices(&flat(230)).rug_at(0.01);
        let story = story(&table.bot::<FlatSidebets>("me", params).run());
        story
            .into_iter()
            .filter(|(_, kind)| *kind == PostingKind::SidebetStake)
            .map(|(tick, _)| tick)
            .collect::<Vec<_>>()
    };
    let params = FlatSidebetsParams::default;
    assert_eq!(placed(params()), [0, 40, 80, 120, 160, 200]);
    let spaced = FlatSidebetsParams { from: 7, spacing: 45, ..params() };
    assert_eq!(placed(spaced.clone()), [7, 52, 97, 142, 187]);
    assert_eq!(placed(FlatSidebetsParams { bets: 2, ..spaced }), [7, 52]);
    let hasty = FlatSidebetsParams { spacing: 39, ..params() };
    assert_eq!(placed(hasty), [0, 40, 80, 120, 160, 200], "no sooner than the rules allow");
}

#[test]
fn flat_sidebets_begin_again_in_every_game_of_a_life() {
    let games = TestTable::new().prices(&flat(50)).rug_at(0.01).prices(&flat(50)).rug_at(0.01);
    let params = FlatSidebetsParams { from: 3, bets: 1, ..FlatSidebetsParams::default() };
    let outcome =
        games.bankroll(Bankroll::Compounding(sol("0.1"))).bot::<FlatSidebets>("me", params).run();
    assert_eq!(stakes(&outcome), ["0.001", "0.001"].map(sol));
}

#[test]
fn flat_sidebets_stop_for_good_at_their_goal_and_when_nothing_is_left() {
    // Every game is won at tick 20: 0.02, 0.024, 0.028, then the goal.
    let games = |count| {
        (0..count)
            .fold(TestTable::new(), |t, _| t.prices(&flat(20)).rug_at(0.01))
            .bankroll(Bankroll::Lives { bankroll: sol("0.02"), games: 5.try_into().unwrap() })
    };
    let params = || FlatSidebetsParams { goal: sol("0.028"), ..FlatSidebetsParams::default() };
    let outcome = games(6).bot::<FlatSidebets>("me", params()).run();
    let cash: Vec<_> = outcome.rows("me").iter().map(|row| row.cash).collect();
    assert_eq!(cash, ["0.024", "0.028", "0.028", "0.028", "0.028", "0.024"].map(sol));
    // Twenty are lost in one long game, and the next one finds nothing to stake.
    let long = TestTable::new().prices(&flat(1_000)).rug_at(0.01).prices(&flat(20)).rug_at(0.01);
    let outcome =
        long.bankroll(Bankroll::Compounding(sol("0.02"))).bot::<FlatSidebets>("me", params()).run();
    assert_eq!((stakes(&outcome).len(), outcome.cash("me")), (20, Sol::ZERO));
    assert_eq!(outcome.rejections("me"), []);
}

/// Prices that rise by a percentage from some ticks to the next; else nothing moves.
fn rising(ticks: usize, percent: f64, when: std::ops::RangeInclusive<usize>) -> Vec<f64> {
    let mut prices = flat(ticks);
    for tick in 1..ticks {
        let factor = if when.contains(&tick) { 1.0 + percent / 100.0 } else { 1.0 };
        prices[tick] = prices[tick - 1] * factor;
    }
    prices
}

fn momentum(prices: &[f64], params: MomentumParams) -> Vec<(u32, PostingKind)> {
    story(&TestTable::new().prices(prices).rug_at(0.01).bot::<Momentum>("me", params).run())
}

#[test]
fn momentum_buys_after_a_quick_and_a_slow_rise_and_sells_after_nine_ticks() {
    use PostingKind::{Buy, Liquidation, Sell};
    let params = MomentumParams::default;
    // Exactly 2 % is not more than 2 %.
    assert_eq!(momentum(&rising(50, 2.0, 30..=30), params()), []);
    // One percent a tick: the second one makes 2.01 %.
    let prices = rising(50, 1.0, 30..=32);
    assert_eq!(momentum(&prices, params()), [(31, Buy), (40, Sell)]);
    // Half a percent a tick: the fourth one makes 1.51 % over 3 and 2.02 % over 5.
    let prices = rising(50, 0.5, 30..=40);
    assert_eq!(momentum(&prices, params())[0], (33, Buy));
    // A rise that the last 5 ticks have and the last 3 do not, and the other way round.
    let prices = rising(50, 2.5, 30..=30);
    assert_eq!(momentum(&prices, params())[0], (30, Buy));
    let late = MomentumParams { from: 33, ..params() };
    assert_eq!(momentum(&prices, late), []);
    let prices = rising(50, 1.8, 30..=30);
    assert_eq!(momentum(&prices, params()), []);
    let low = MomentumParams { slow_rise: Decimal::ONE, ..params() };
    assert_eq!(momentum(&prices, low), [(30, Buy), (39, Sell)]);
    // The rug comes first.
    let prices = rising(38, 1.0, 30..=32);
    assert_eq!(momentum(&prices, params()), [(31, Buy), (38, Liquidation)]);
}

#[test]
fn momentum_enters_from_tick_21_to_tick_55_and_again_after_it_sold() {
    let prices = rising(120, 1.0, 1..=119);
    let story = momentum(&prices, MomentumParams::default());
    let ticks: Vec<_> = story.iter().map(|(tick, _)| *tick).collect();
    assert_eq!(ticks, [21, 30, 31, 40, 41, 50, 51, 60]);
    let params = MomentumParams { from: 0, to: 14, hold_for: 4, ..MomentumParams::default() };
    let ticks: Vec<_> = momentum(&prices, params).iter().map(|(tick, _)| *tick).collect();
    assert_eq!(ticks, [5, 9, 10, 14], "not before there are five ticks to look back on");
}
