//! How lives went: when a bot could never bet again, when it fell below a share of its bankroll,
//! and the spread of the bankroll by game.
//!
//! Only lives that ended count, but for the facts of the last one. All sums are counts and exact
//! amounts, so parts of a run merge to the bytes of the whole.

use serde::{Deserialize, Serialize};

use super::amounts::SOL;
use super::counts::{HOUR_MS, Left, SummaryCounts};
use super::fan::{Fan, FanSums};
use super::plan::Plan;
use super::rate::Rate;
use super::{UNITS_MIN, sol};
use crate::analysis::stats::{FirstPassage, Histogram};
use crate::model::sol::Sol;

/// Games without a stake, at least, from which on a bot counts as done with its life where its
/// strategy does not say.
const SILENCE_MIN: u64 = 10;

/// How the lives of a bot, or of the bots of one declaration together, went: facts, whatever the
/// number of lives, and estimates where there are enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LifeFigures {
    /// Cash at the start of a life, of all these bots, in SOL.
    pub start: Sol,
    /// The life that was played last, whether it ended or not.
    pub last: LastLife,
    /// Lives in which the bot could never bet again; absent for several bots together and for
    /// lives of one game.
    pub over: Option<Over>,
    /// Lives with less cash than the smallest bet after some game; absent for several bots
    /// together.
    pub ruined: Option<Passage>,
    /// Lives that fell below a share of the bankroll at some tick, one entry per share that the
    /// scenario asks for.
    pub below: Vec<Below>,
    /// The spread of the cash over lives, by game of the life; absent for lives of one game, for
    /// the variants of a sweep, and with too few lives.
    pub fan: Option<Fan>,
}

/// The facts of one life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastLife {
    /// Number of games played in it.
    pub games: u64,
    /// How long they took on the game's clock, presale and cooldown included, in hours.
    pub hours: f64,
    /// Cash after the last of them, in SOL.
    pub end: Sol,
    /// The game of its last stake, from 1; `null` without a stake.
    pub last_bet: Option<u64>,
    /// The deepest fall of the equity below an earlier peak, in SOL.
    pub deepest_fall: Sol,
    /// The lowest equity at any tick, in SOL; absent for several bots together.
    pub lowest: Option<Sol>,
    /// Whether the bot could never bet again after its last stake.
    pub over: bool,
    /// Whether its strategy does not say that it is over: the bot only placed no stake for long.
    #[serde(default)]
    pub inferred: bool,
}

/// Lives to which something happened, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Number of lives to which it happened.
    pub lives: u64,
    /// Number of lives that ended.
    pub of: u64,
    /// The share of lives, with its interval; absent with fewer than 30 lives.
    pub share: Option<Rate>,
    /// Game of the life by which it had happened in half of these lives.
    pub median_games: Option<u64>,
    /// Mean game of the life in which it happened, over these lives.
    pub mean_games: Option<f64>,
}

/// Lives in which the bot could never bet again, by the game of their last stake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Over {
    /// How many lives, and after which games.
    #[serde(flatten)]
    pub passage: Passage,
    /// Of these, the lives in which the strategy does not say so: the bot placed no stake for at
    /// least 10 games before the end, and for at least twice as long as ever before.
    pub inferred: u64,
    /// Of these, the lives that were left with their bankroll or more, such as at a goal.
    pub kept: u64,
    /// Median cash left, in SOL.
    pub left_median: Option<f64>,
    /// Mean cash left, in SOL.
    pub left_mean: Option<f64>,
}

/// Lives whose equity fell below a share of their bankroll.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Below {
    /// The share of the bankroll, from 0 to 1.
    pub of_bankroll: f64,
    /// The same as an amount in SOL, rounded up to a lamport.
    pub amount: Sol,
    /// How many lives, and in which games.
    #[serde(flatten)]
    pub passage: Passage,
}

impl Below {
    /// The share in percent, without trailing zeros.
    #[must_use]
    pub fn percent(&self) -> String {
        let text = format!("{:.7}", self.of_bankroll * 100.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The sums of the lives of one bot, or of several together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct LifeSums {
    over: FirstPassage,
    inferred: u64,
    kept: u64,
    /// Cash left in lives that were over, in lamports.
    left: Histogram,
    left_sum: i128,
    /// By share of the plan.
    below: Vec<BelowSums>,
    fan: Option<FanSums>,
    last: Life,
    /// What a life starts with, in lamports.
    start: i128,
    /// Whether lives have more than one game.
    has_several_games: bool,
}

/// Lives that fell below an amount in lamports, by the game in which they did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct BelowSums {
    amount: i128,
    lives: FirstPassage,
    /// The game in which the current life did.
    open: Option<u64>,
}

/// A life so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Life {
    has_ended: bool,
    games: u64,
    clock_ms: u64,
    last_stake: Option<u64>,
    /// Most games between two stakes, or before the first.
    longest_pause: u64,
    /// What the strategy said since the last stake.
    can_bet: Option<bool>,
    left: Left,
}

impl LifeSums {
    /// Sums without lives, with a fan of lives of this many games.
    pub(super) fn new(plan: &Plan, fan_of: Option<u64>) -> Self {
        Self {
            below: plan.below.iter().map(|&share| BelowSums::new(plan, share)).collect(),
            fan: fan_of.map(FanSums::new),
            start: plan.start.lamports(),
            has_several_games: plan.games_per_unit != Some(1),
            ..Self::default()
        }
    }

    /// Adds the next game of a life.
    pub(super) fn add(&mut self, game: &SummaryCounts, left: Left) {
        if self.last.has_ended {
            self.last = Life::default();
        }
        let life = &mut self.last;
        life.games += 1;
        life.clock_ms += game.clock_ms;
        if game.games_staked > 0 {
            let pause = life.games - life.last_stake.unwrap_or(0) - 1;
            life.longest_pause = life.longest_pause.max(pause);
            life.last_stake = Some(life.games);
            life.can_bet = None;
        }
        life.can_bet = left.can_bet.or(life.can_bet);
        life.left = left;
        let is_below = |below: &&mut BelowSums| left.ruined.is_some() && left.low < below.amount;
        for below in self.below.iter_mut().filter(is_below) {
            below.open.get_or_insert(life.games);
        }
        if let Some(fan) = &mut self.fan {
            fan.add(life.games, left.cash);
        }
    }

    /// Ends the current life.
    pub(super) fn close(&mut self) {
        self.last.has_ended = true;
        if let Some(fan) = &mut self.fan {
            fan.close();
        }
        // Of several bots together, none is asked.
        if self.last.left.ruined.is_none() {
            return;
        }
        if self.has_several_games {
            let over = self.last.over();
            self.over.add(over.map(|over| over.after));
            if let Some(over) = over {
                self.inferred += u64::from(over.inferred);
                self.kept += u64::from(self.last.left.cash >= self.start);
                self.left.add(self.last.left.cash);
                self.left_sum += self.last.left.cash;
            }
        }
        for below in &mut self.below {
            below.lives.add(below.open.take());
        }
    }

    /// Adds the lives of the next part.
    pub(super) fn merge(&mut self, next: &Self) {
        self.over.merge(&next.over);
        self.inferred += next.inferred;
        self.kept += next.kept;
        self.left.merge(&next.left);
        self.left_sum += next.left_sum;
        for (ours, theirs) in self.below.iter_mut().zip(&next.below) {
            ours.lives.merge(&theirs.lives);
            ours.open = theirs.open;
        }
        if let (Some(ours), Some(theirs)) = (&mut self.fan, &next.fan) {
            ours.merge(theirs);
        }
        if next.last.games > 0 {
            self.last.clone_from(&next.last);
        }
    }

    /// The figures of these lives of several bots, or of one that was ruined in these.
    pub(super) fn figures(&self, plan: &Plan, bots: usize, ruined: &FirstPassage) -> LifeFigures {
        let is_one = bots == 1;
        let start = self.start * bots as i128;
        let below = plan.below.iter().zip(&self.below).filter(|_| is_one);
        LifeFigures {
            start: sol(start),
            last: self.last.facts(is_one),
            over: (is_one && self.has_several_games).then(|| self.over()),
            ruined: is_one.then(|| passage(ruined)),
            below: below
                .map(|(&billionths, sums)| Below {
                    of_bankroll: share(billionths),
                    amount: sol(sums.amount),
                    passage: passage(&sums.lives),
                })
                .collect(),
            fan: self.fan.as_ref().and_then(|fan| fan.figures(start)),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    fn over(&self) -> Over {
        let lives = self.left.count();
        Over {
            passage: passage(&self.over),
            inferred: self.inferred,
            kept: self.kept,
            left_median: self.left.quantile(0.5).map(|lamports| lamports * SOL),
            left_mean: (lives > 0).then(|| self.left_sum as f64 / lives as f64 * SOL),
        }
    }
}

impl BelowSums {
    fn new(plan: &Plan, billionths: u64) -> Self {
        Self { amount: amount(plan.start.lamports(), billionths), ..Self::default() }
    }
}

/// The end of a life before its last game.
#[derive(Debug, Clone, Copy)]
struct IsOver {
    /// The game of the last stake.
    after: u64,
    inferred: bool,
}

impl Life {
    /// Whether the bot could never bet again; not without a stake in this life.
    fn over(&self) -> Option<IsOver> {
        let after = self.last_stake?;
        if self.left.ruined == Some(true) || self.can_bet == Some(false) {
            return Some(IsOver { after, inferred: false });
        }
        let silence = self.games - after;
        let inferred = self.can_bet.is_none()
            && self.left.ruined.is_some()
            && silence >= SILENCE_MIN.max(self.longest_pause.saturating_mul(2));
        inferred.then_some(IsOver { after, inferred })
    }

    #[expect(clippy::cast_precision_loss, reason = "a duration")]
    fn facts(&self, is_one: bool) -> LastLife {
        LastLife {
            games: self.games,
            hours: self.clock_ms as f64 / HOUR_MS,
            end: sol(self.left.cash),
            last_bet: self.last_stake,
            deepest_fall: sol(self.left.drawdown),
            lowest: is_one.then(|| sol(self.left.low)),
            over: self.over().is_some(),
            inferred: self.over().is_some_and(|over| over.inferred),
        }
    }
}

/// A share of an amount in lamports, rounded up: an equity in whole lamports is below the share
/// when it is below this.
const fn amount(lamports: i128, billionths: u64) -> i128 {
    let whole = 1_000_000_000;
    (lamports * billionths as i128 + whole - 1) / whole
}

#[expect(clippy::cast_precision_loss, reason = "a share of few digits")]
fn share(billionths: u64) -> f64 {
    billionths as f64 / 1e9
}

fn passage(of: &FirstPassage) -> Passage {
    let lives = of.lives();
    Passage {
        lives: of.ruined(),
        of: lives,
        share: (lives >= UNITS_MIN).then(|| Rate::of_lives(of.ruined(), lives)),
        median_games: of.median(),
        mean_games: of.mean(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(can_bet: Option<bool>) -> Left {
        Left { cash: 5, ruined: Some(false), can_bet, ..Left::default() }
    }

    /// The life of a bot that placed stakes in the games that are true.
    fn life(games: impl IntoIterator<Item = bool>, can_bet: Option<bool>) -> Life {
        let mut sums = LifeSums::default();
        for staked in games {
            let game = SummaryCounts { games_staked: u64::from(staked), ..Default::default() };
            sums.add(&game, left(if staked { None } else { can_bet }));
        }
        sums.last
    }

    #[test]
    fn a_life_is_over_with_its_last_stake_when_the_strategy_says_so() {
        let games = || [true, true, false, false];
        assert_eq!(life(games(), Some(false)).over().map(|over| over.after), Some(2));
        assert!(!life(games(), Some(false)).facts(true).inferred);
        assert!(life(games(), Some(true)).over().is_none());
        assert!(life(games(), None).over().is_none());
        assert!(life([false; 40], Some(false)).over().is_none(), "it never began");
        let again = games().into_iter().chain([true]);
        assert!(life(again, Some(false)).over().is_none(), "it could bet after all");
    }

    #[test]
    fn a_bot_that_does_not_say_is_done_after_a_silence_twice_as_long_as_any_before() {
        let after = |pause: usize, silence: usize| {
            let bets = std::iter::once(true).chain(vec![false; pause]).chain([true]);
            let over = life(bets.chain(vec![false; silence]), None).over();
            over.map(|over| (over.after, over.inferred))
        };
        assert_eq!(after(0, 9), None);
        assert_eq!(after(0, 10), Some((2, true)));
        let told = life(std::iter::once(true).chain([false; 10]), None).facts(true);
        assert!(told.over && told.inferred);
        assert_eq!(after(20, 39), None);
        assert_eq!(after(20, 40), Some((22, true)));
    }

    #[test]
    fn a_share_of_a_bankroll_is_rounded_up_so_that_below_is_below() {
        assert_eq!(amount(100, 500_000_000), 50);
        assert_eq!(amount(101, 500_000_000), 51);
        assert_eq!(amount(7, 1), 1);
        assert_eq!(amount(7, 1_000_000_000), 7);
    }
}
