//! The games of a sweep, and their division into shards.

use std::ops::Range;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::analysis::summary::{UNITS_MIN, units_of};
use crate::backtest::scenario::Space;
use crate::base::error::Error;

/// Maximum number of shards.
const SHARDS_MAX: u64 = 1_024;
/// Minimum number of shards, given enough lives: up to this many machines can share a sweep, and an
/// interruption costs at most one part in this many.
const SHARDS_MIN: u64 = 64;
/// Maximum number of bot sums in all shards together, some 8 kB each; above it there are fewer
/// shards.
const SUMS_MAX: u64 = 400_000;
/// Minimum number of shards of a sweep of any number of bots.
const SHARDS_OF_MANY: u64 = 16;
/// Number of games, over all bots of all variants, that justify a shard.
const PLAYS_PER_SHARD: u64 = 250_000;

/// The games of a sweep, and their division into shards: determined by the scenario and its source
/// alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepPlan {
    /// Number of games that are swept, from the first of the source.
    pub games: u64,
    /// Number of games after these that are kept back for the holdout.
    pub holdout_games: u64,
    /// Games of a life; `None`: all games are one life.
    pub games_per_life: Option<u64>,
    /// Number of whole lives that are swept.
    pub lives: u64,
    /// Number of shards into which the swept games are divided.
    pub shards: u64,
}

impl SweepPlan {
    /// The plan for a scenario whose source has `games` games.
    ///
    /// # Errors
    /// When there are too few lives for the holdout.
    pub fn new(space: &Space, games: u64) -> Result<Self, Error> {
        let life_games = space.first.setup.life_games();
        let all = (games / life_games).max(1);
        let kept_back = match space.first.sweep.as_ref().and_then(|sweep| sweep.holdout) {
            None => 0,
            Some(share) => {
                let kept = (Decimal::from(all) * share).floor().to_u64().unwrap_or(0);
                if kept == 0 {
                    return Err(Error::usage(format!(
                        "a holdout of {share} of {all} {} is empty",
                        if all == 1 { "life" } else { "lives" },
                    ))
                    .hint("play more games, or take `holdout` out of `sweep: Sweep(…)`"));
                }
                kept
            }
        };
        let lives = all - kept_back;
        let swept = if kept_back == 0 { games } else { lives * life_games };
        let bots: u64 = space.variants.iter().map(|variant| variant.bots.len() as u64).sum();
        let plays = u128::from(swept) * u128::from(bots);
        let worth = u64::try_from(plays / u128::from(PLAYS_PER_SHARD)).unwrap_or(u64::MAX);
        let most = (SUMS_MAX / bots.max(1)).clamp(SHARDS_OF_MANY, SHARDS_MAX);
        Ok(Self {
            games: swept,
            holdout_games: if kept_back == 0 { 0 } else { kept_back * life_games },
            games_per_life: (life_games != u64::MAX).then_some(life_games),
            lives,
            shards: worth.max(SHARDS_MIN).min(most).min(lives),
        })
    }

    /// The games of a shard: whole lives and, at the end, an incomplete one.
    #[must_use]
    pub fn shard(&self, number: u64) -> Range<u64> {
        let end = if number + 1 == self.shards { self.games } else { self.begins(number + 1) };
        self.begins(number)..end
    }

    /// The games that are kept back for the holdout.
    #[must_use]
    pub const fn holdout(&self) -> Range<u64> {
        self.games..self.games + self.holdout_games
    }

    /// Why the holdout cannot show anything, however the sweep ends; `None` where it can, and where
    /// nothing is kept back.
    #[must_use]
    pub fn holdout_warning(&self) -> Option<String> {
        holdout_warning(self.holdout_games, self.games_per_life)
    }

    /// The first game of a shard.
    fn begins(&self, shard: u64) -> u64 {
        let life = u128::from(self.lives) * u128::from(shard) / u128::from(self.shards);
        let life = u64::try_from(life).expect("not beyond the last life");
        life * self.games_per_life.unwrap_or(self.games)
    }
}

/// Why a holdout of some games cannot show anything: it has too few units for a verdict.
pub(super) fn holdout_warning(games: u64, games_per_life: Option<u64>) -> Option<String> {
    let units = games / games_per_life.unwrap_or(games).max(1);
    (games > 0 && units < UNITS_MIN).then(|| {
        let name = units_of(games_per_life);
        format!("a holdout of {units} {name} cannot be judged: {UNITS_MIN} are needed")
    })
}

/// One of several equal parts of a sweep's shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepPart {
    /// Index of the part, from 0.
    pub index: u64,
    /// Total number of parts.
    pub of: u64,
}

impl SweepPart {
    /// The whole sweep as its only part.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The shards of the part, out of `all`.
    #[must_use]
    pub const fn shards(self, all: u64) -> Range<u64> {
        all * self.index / self.of..all * (self.index + 1) / self.of
    }
}

impl FromStr for SweepPart {
    type Err = String;

    /// Parses `2/4`: the third of four.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').map(|(index, of)| (index.parse(), of.parse()));
        match numbers {
            Some((Ok(index), Ok(of))) if index < of && of <= SHARDS_MAX => Ok(Self { index, of }),
            _ => Err(format!(
                "expected a part and the number of parts, such as 0/4 to 3/4, at most {SHARDS_MAX}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(games: u64, games_per_life: Option<u64>, shards: u64) -> SweepPlan {
        let lives = games_per_life.map_or(1, |length| (games / length).max(1));
        SweepPlan { games, holdout_games: 0, games_per_life, lives, shards: shards.min(lives) }
    }

    #[test]
    fn shards_are_whole_lives_and_make_up_the_sweep() {
        for (games, life, shards) in [
            (1, Some(1), 64),
            (1_000, Some(1), 64),
            (9_999, Some(7), 64),
            (100, None, 64),
            (5_000_000, Some(3), 1_024),
        ] {
            let plan = plan(games, life, shards);
            let mut next = 0;
            for number in 0..plan.shards {
                let shard = plan.shard(number);
                assert_eq!(shard.start, next);
                assert!(shard.end > shard.start, "{games} {life:?}: shard {number} is empty");
                next = shard.end;
                let Some(length) = life.filter(|_| number > 0) else { continue };
                assert_eq!(shard.start % length, 0);
            }
            assert_eq!(next, games);
        }
    }

    #[test]
    fn a_holdout_of_fewer_than_thirty_units_is_warned_of() {
        for (games, life, warning) in [
            (0, Some(1), None),
            (29, Some(1), Some("a holdout of 29 games cannot be judged: 30 are needed")),
            (30, Some(1), None),
            (290, Some(10), Some("a holdout of 29 lives cannot be judged: 30 are needed")),
            (300, Some(10), None),
        ] {
            let plan = SweepPlan { holdout_games: games, ..plan(1_000, life, 1) };
            assert_eq!(plan.holdout_warning().as_deref(), warning, "{games} {life:?}");
        }
    }

    #[test]
    fn parts_share_the_shards_evenly_and_leave_none_out() {
        for (shards, of) in [(64, 4), (10, 3), (1, 1), (3, 5)] {
            let parts: Vec<_> =
                (0..of).map(|index| SweepPart { index, of }.shards(shards)).collect();
            assert_eq!(parts.iter().cloned().flatten().count() as u64, shards);
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }

    #[test]
    fn a_part_is_written_as_its_number_from_zero_and_how_many_there_are() {
        assert_eq!("3/4".parse(), Ok(SweepPart { index: 3, of: 4 }));
        for wrong in ["4/4", "1", "1/0", "-1/4", "a/b", "0/5000"] {
            assert!(wrong.parse::<SweepPart>().is_err(), "{wrong}");
        }
    }
}
