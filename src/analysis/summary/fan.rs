//! The spread of the bankroll over lives, by game of the life.

use serde::{Deserialize, Serialize};

use super::UNITS_MIN;
use super::amounts::SOL;
use crate::analysis::stats::Histogram;

/// Most games of a life at which the spread is taken.
const POINTS_MAX: u64 = 64;

/// Most declarations with a fan: the first ones of a scenario.
pub(super) const FANS_MAX: usize = 32;

/// Quantiles of the cash over all lives that ended, by games played in the life; amounts in SOL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// Games played in the life; the first entry is 0, its start, the last one is its end.
    pub games: Vec<u64>,
    /// 5 % of the lives have this much or less.
    pub p05: Vec<f64>,
    /// 25 % of the lives have this much or less.
    pub p25: Vec<f64>,
    /// Half of the lives have this much or less.
    pub p50: Vec<f64>,
    /// 75 % of the lives have this much or less.
    pub p75: Vec<f64>,
    /// 95 % of the lives have this much or less.
    pub p95: Vec<f64>,
}

/// Histograms of the cash after at most [`POINTS_MAX`] games of a life, which are known before the
/// first game.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct FanSums {
    games_per_life: u64,
    points: Vec<Histogram>,
    /// The points of the current life, in lamports.
    open: Vec<i128>,
}

impl FanSums {
    /// The fan of lives of this many games.
    pub(super) fn new(games_per_life: u64) -> Self {
        Self { games_per_life, ..Self::default() }
    }

    /// Notes the cash after a game of the current life, in lamports.
    pub(super) fn add(&mut self, games: u64, cash: i128) {
        if Some(games) == self.games_at(self.open.len() as u64) {
            self.open.push(cash);
        }
    }

    /// Adds the life that ends.
    pub(super) fn close(&mut self) {
        self.points.resize_with(self.open.len().max(self.points.len()), Histogram::default);
        for (point, cash) in self.points.iter_mut().zip(self.open.drain(..)) {
            point.add(cash);
        }
    }

    /// Adds the lives of the next part.
    pub(super) fn merge(&mut self, next: &Self) {
        self.points.resize_with(next.points.len().max(self.points.len()), Histogram::default);
        for (ours, theirs) in self.points.iter_mut().zip(&next.points) {
            ours.merge(theirs);
        }
        self.open.clone_from(&next.open);
    }

    /// The quantiles, from the cash at the start; `None` with too few lives.
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub(super) fn figures(&self, start: i128) -> Option<Fan> {
        if self.points.first().is_none_or(|point| point.count() < UNITS_MIN) {
            return None;
        }
        let start = start as f64 * SOL;
        let at = |share| {
            let of = |point: &Histogram| point.quantile(share).map(|lamports| lamports * SOL);
            std::iter::once(Some(start)).chain(self.points.iter().map(of)).collect::<Option<_>>()
        };
        let places = 0..self.points.len() as u64;
        let games = places.map(|place| self.games_at(place));
        Some(Fan {
            games: std::iter::once(Some(0)).chain(games).collect::<Option<_>>()?,
            p05: at(0.05)?,
            p25: at(0.25)?,
            p50: at(0.5)?,
            p75: at(0.75)?,
            p95: at(0.95)?,
        })
    }

    /// The games played at a point, evenly spread; `None` after the last one.
    fn games_at(&self, place: u64) -> Option<u64> {
        let points = self.games_per_life.min(POINTS_MAX);
        let games = u128::from(self.games_per_life) * u128::from(place + 1);
        (place < points).then(|| u64::try_from(games.div_ceil(u128::from(points))).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fan(lives: std::ops::Range<i128>, games: u64) -> FanSums {
        let mut fan = FanSums::new(games);
        for life in lives {
            (1..=games).for_each(|game| fan.add(game, 1_000 * life + i128::from(game)));
            fan.close();
        }
        fan
    }

    #[test]
    fn the_points_are_spread_over_a_life_and_end_with_it() {
        for games in [1, 2, 63, 64, 65, 200, 9_303] {
            let fan = fan(0..30, games).figures(7).unwrap();
            assert_eq!((fan.games[0], fan.games.last()), (0, Some(&games)));
            assert!(fan.games.is_sorted_by(|a, b| a < b), "{games}");
            assert_eq!(fan.games.len() as u64, games.min(POINTS_MAX) + 1);
            for quantiles in [&fan.p05, &fan.p25, &fan.p50, &fan.p75, &fan.p95] {
                assert_eq!(quantiles.len(), fan.games.len());
                assert!((quantiles[0] - 7e-9).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn quantiles_are_those_of_the_lives_after_as_many_games() {
        let fan = fan(1..101, 3).figures(0).unwrap();
        // Buckets hold figures that differ by one part in 64.
        for (quantile, life) in [(&fan.p05, 5.0), (&fan.p50, 50.0), (&fan.p95, 95.0)] {
            assert!((quantile[2] / (life * 1e-6) - 1.0).abs() < 0.02, "{life}: {quantile:?}");
        }
    }

    #[test]
    fn a_life_that_did_not_end_is_not_in_the_fan_and_parts_are_the_whole() {
        let whole = fan(0..40, 100);
        let mut merged = fan(0..13, 100);
        merged.merge(&fan(13..40, 100));
        assert_eq!(merged, whole);
        let mut open = whole.clone();
        (1..=99).for_each(|game| open.add(game, 1));
        assert_eq!(open.figures(0), whole.figures(0));
        assert!(fan(0..29, 100).figures(0).is_none());
    }
}
