//! The engine against what is known in advance: the shipped scenarios of docs/oracles.md, shorter,
//! and others of every kind, each figure within three standard errors of its oracle.
//!
//! Everything is drawn from one seed, so nothing here is left to chance.

mod momentum;

use std::num::NonZeroU64;
use std::path::Path;

use replayer::backtest::scenario::Scenario;
use replayer::engine::journal::{GameRecord, Row};
use replayer::engine::source::Playlist;
use replayer::engine::strategy::Strategies;
use replayer::engine::{BotSpec, Lineup};
use replayer::model::expectation::OracleOf::{
    self, GamesWithSidebetWon, LivesRuined, PnlPerSidebetStake, SidebetWinRate,
};
use replayer::model::expectation::{Oracle, kelly_share, rug_within};
use replayer::model::ids::{BotId, GameIndex};
use replayer::model::rules::{Latency, Rules};
use replayer::model::setup::{Bankroll, Setup};
use replayer::model::sol::Sol;
use replayer::strategies::flat_sidebets::{FlatSidebets, FlatSidebetsParams};
use replayer::strategies::kelly_sidebets::{KellySidebets, KellySidebetsParams};
use replayer::strategies::martingale_sidebets::{MartingaleSidebets, MartingaleSidebetsParams};

use crate::games::by_games;
use crate::words::{prompt, sol};

/// A shipped scenario with another number of games.
fn shipped(name: &str, games: u64) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.ron"));
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once("games: ").expect("generated games");
    let (_, after) = rest.split_once(')').unwrap();
    let text = format!("{before}games: {games}){after}");
    Scenario::parse(&text, Path::new(""), None, &Strategies::standard()).unwrap()
}

fn play(bots: &[BotSpec], setup: &Setup, playlist: &Playlist, each: impl FnMut(GameRecord)) {
    let strategies = Strategies::standard();
    by_games(Lineup { setup, bots, strategies: &strategies }, playlist.clone(), false, each);
}

/// What the oracles are of, summed over a run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sums {
    lives: f64,
    ruined: f64,
    games: f64,
    games_won: f64,
    won: f64,
    lost: f64,
    staked: f64,
    gained: f64,
}

impl Sums {
    fn add(&mut self, row: &Row, game: GameIndex, setup: &Setup) {
        let tally = &row.tally;
        self.games += 1.0;
        self.games_won += f64::from(u8::from(tally.sidebets_won > 0));
        self.won += f64::from(tally.sidebets_won);
        self.lost += f64::from(tally.sidebets_lost);
        self.staked += tally.wagered.to_f64();
        self.gained += row.pnl.to_f64();
        if setup.opens_life(game.next()) {
            self.lives += 1.0;
            self.ruined += f64::from(u8::from(row.cash < setup.rules.min_bet));
        }
    }

    /// A figure, and how many standard errors it is from its oracle: shares by the variance that
    /// the oracle itself gives them, the gain of flat stakes by that of its win rate.
    fn held_against(&self, oracle: &Oracle, payout: f64) -> (f64, f64) {
        let bets = self.won + self.lost;
        let (figure, count, scale) = match oracle.what {
            LivesRuined => (self.ruined / self.lives, self.lives, 1.0),
            GamesWithSidebetWon => (self.games_won / self.games, self.games, 1.0),
            SidebetWinRate => (self.won / bets, bets, 1.0),
            PnlPerSidebetStake => (self.gained / self.staked, bets, payout),
        };
        let chance = match oracle.what {
            PnlPerSidebetStake => (1.0 + oracle.value) / payout,
            _ => oracle.value,
        };
        let error = scale * (chance * (1.0 - chance) / count).sqrt();
        let difference = figure - oracle.value;
        (figure, if difference.abs() < 1e-6 { 0.0 } else { difference / error })
    }
}

/// Plays and sums up, by bot.
fn sums(bots: &[BotSpec], setup: &Setup, playlist: &Playlist) -> Vec<Sums> {
    let mut sums = vec![Sums::default(); bots.len()];
    play(bots, setup, playlist, |record| {
        for (sums, row) in sums.iter_mut().zip(&record.rows) {
            sums.add(row, record.index, setup);
        }
    });
    sums
}

/// Asserts that every oracle of flat bets is near; says which oracles there were.
fn assert_near(spec: &BotSpec, setup: &Setup, sums: &Sums) -> Vec<OracleOf> {
    let oracles = spec.oracles(setup);
    for oracle in &oracles {
        let (figure, z) = sums.held_against(oracle, f64::from(setup.rules.sidebet_payout));
        let Oracle { name, value, .. } = oracle;
        eprintln!("{}: {name} {figure:.6}, oracle {value:.6}, z {z:.2}", spec.id);
        assert!(z.abs() < 3.0, "{}: {name} {figure}, oracle {value}, z {z}", spec.id);
    }
    oracles.iter().map(|oracle| oracle.what).collect()
}

fn flat(id: &str, params: FlatSidebetsParams) -> BotSpec {
    BotSpec::new::<FlatSidebets>(BotId::new(id).unwrap(), params)
}

/// What is known of flat sidebets; without the games won where those depend on earlier games.
const ALL: [OracleOf; 4] = [SidebetWinRate, PnlPerSidebetStake, GamesWithSidebetWon, LivesRuined];
const LIFE: [OracleOf; 3] = [SidebetWinRate, PnlPerSidebetStake, LivesRuined];

#[test]
fn two_hundred_thousand_sidebets_lose_nine_percent_of_their_stakes() {
    let Scenario { setup, bots, .. } = shipped("sidebets", 37_000);
    let sums = sums(&bots, &setup, &Playlist::Generated { seed: setup.seed, games: 37_000 });
    for (bot, sums) in bots.iter().zip(&sums).take(3) {
        assert_eq!(assert_near(bot, &setup, sums), ALL, "{}", bot.id);
    }
    assert!(sums[0].won + sums[0].lost > 200_000.0);
    // In numbers (docs/spec/users.md#oracle-numbers): the edge, and one win in four bets 45 ticks
    // apart.
    assert!((bots[0].oracles(&setup)[1].value - -0.0916).abs() < 5e-5);
    assert!((bots[1].oracles(&setup)[2].value - 0.5347).abs() < 5e-5);
    // Growing stakes win as often; what they gain scatters more than flat ones.
    let (rate, z) = sums[3].held_against(&Oracle::of_win_rate(40), 5.0);
    assert!(z.abs() < 3.0, "{rate} {z}");
    let per_stake = sums[3].gained / sums[3].staked;
    assert!((per_stake - -0.0916).abs() < 0.02, "{per_stake}");
    // And who knows the true chance stakes nothing.
    assert_eq!(sums[4], Sums { lives: 37_000.0, games: 37_000.0, ..Sums::default() });
}

#[test]
fn three_of_four_bankrolls_of_twenty_stakes_come_to_nothing_before_they_double() {
    let Scenario { setup, bots, .. } = shipped("ruin", 100_000);
    let sums = sums(&bots, &setup, &Playlist::Generated { seed: setup.seed, games: 100_000 });
    for (bot, sums) in bots.iter().zip(&sums) {
        assert!(assert_near(bot, &setup, sums).contains(&LivesRuined), "{}", bot.id);
    }
    let ruin = |bot: usize| bots[bot].oracles(&setup)[2].value;
    assert_eq!(sums[0].lives, 500.0);
    // docs/spec/users.md#oracle-numbers, but for the few lives that 200 games leave undecided.
    assert!((ruin(0) - 0.7339).abs() < 1e-4 && (ruin(1) - 0.6432).abs() < 1e-4);
    assert!(ruin(2) > ruin(0), "without a goal nothing but ruin ends a life");
    assert!(ruin(3) < ruin(0), "one bet a game takes longer");
}

#[test]
fn the_oracles_hold_whatever_ends_a_sequence_or_a_life() {
    let lives = |cash: &str, games| Bankroll::Lives {
        bankroll: sol(cash),
        games: NonZeroU64::new(games).unwrap(),
    };
    let with = |latency| Rules { latency, ..prompt() };
    // What is known of the three bots below.
    let (all, life, bets, none) = (&ALL[..], &LIFE[..], &ALL[..2], &ALL[..0]);
    let cases = [
        // Cash for two bets of the three; orders take a tick or two.
        (with(Latency::Ticks(1)), Bankroll::PerGame(sol("0.002")), [all, all, all]),
        (with(Latency::Ticks(2)), lives("0.014", 3), [all, all, life]),
        // A cooldown of five ticks, and a payout that gives an edge.
        (Rules { sidebet_payout: 6, ..Rules::compat() }, lives("0.012", 9), [life, all, life]),
        // A goal that is reached from the start, so that nothing is ever placed.
        (Rules { sidebet_window: 100, ..prompt() }, lives("0.1", 11), [all, all, none]),
        // Lengths that are left to chance, or not known.
        (with(Latency::Sampled(vec![0, 2])), Bankroll::PerGame(sol("0.1")), [bets, bets, none]),
        (prompt(), Bankroll::Compounding(sol("1000")), [bets, bets, none]),
    ];
    let bots = [
        flat("late", FlatSidebetsParams { from: 30, bets: 3, ..Default::default() }),
        flat("spaced", FlatSidebetsParams { spacing: 60, bets: 1, ..Default::default() }),
        flat("goal", FlatSidebetsParams { goal: sol("0.016"), ..Default::default() }),
    ];
    for (rules, bankroll, known) in cases {
        let setup = Setup { rules, bankroll, seed: 11 };
        let sums = sums(&bots, &setup, &Playlist::Generated { seed: 11, games: 9_900 });
        for ((bot, sums), known) in bots.iter().zip(&sums).zip(known) {
            assert_eq!(assert_near(bot, &setup, sums), known, "{} with {bankroll:?}", bot.id);
        }
    }
}

#[test]
fn a_latency_of_its_own_is_part_of_a_bots_oracles() {
    let setup = Setup { rules: prompt(), bankroll: Bankroll::PerGame(sol("0.1")), seed: 3 };
    let prompt = flat("prompt", FlatSidebetsParams { bets: 1, ..Default::default() });
    let slow = BotSpec { latency: Some(Latency::Ticks(20)), ..prompt.clone() };
    let share = |spec: &BotSpec| spec.oracles(&setup)[2].value;
    assert!((share(&prompt) - rug_within(40)).abs() < 1e-12);
    assert!((share(&slow) - 0.995_f64.powi(20) * rug_within(40)).abs() < 1e-12);
}

#[test]
fn who_never_bets_has_no_oracle() {
    let setup = Setup { rules: prompt(), bankroll: Bankroll::PerGame(sol("0.1")), seed: 3 };
    for params in [
        FlatSidebetsParams { stake: sol("0.2"), ..Default::default() },
        FlatSidebetsParams { stake: sol("9"), ..Default::default() },
        FlatSidebetsParams { goal: sol("0.1"), ..Default::default() },
    ] {
        assert_eq!(flat("me", params).oracles(&setup), []);
    }
    let id = BotId::new("me").unwrap();
    let doubling =
        BotSpec::new::<MartingaleSidebets>(id, MartingaleSidebetsParams::default()).oracles(&setup);
    assert_eq!(doubling, Oracle::of_sidebets(40, 5));
}

#[test]
fn kelly_at_the_true_chance_stakes_nothing_and_above_break_even_its_share() {
    assert_eq!(kelly_share(rug_within(40), 5), 0.0);
    let setup = Setup { rules: prompt(), bankroll: Bankroll::PerGame(sol("1")), seed: 3 };
    let stakes = |belief: &str| {
        let belief = belief.parse().unwrap();
        let params = KellySidebetsParams { belief, fraction: 100.into(), from: 0 };
        let bots = [BotSpec::new::<KellySidebets>(BotId::new("kelly").unwrap(), params)];
        let mut staked = Vec::new();
        play(&bots, &setup, &Playlist::Generated { seed: 3, games: 1 }, |record| {
            staked.push(record.rows[0].tally.wagered);
        });
        staked[0]
    };
    assert_eq!(stakes("18.1679878977"), Sol::ZERO);
    assert_eq!(stakes("20"), Sol::ZERO);
    assert!(stakes("24") >= sol("0.05"));
}
