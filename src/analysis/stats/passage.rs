//! First passage: the number of games until lives were ruined.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The number of lives, and of games until ruin for those that were ruined.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FirstPassage {
    lives: u64,
    ruined_after: BTreeMap<u64, u64>,
}

/// How many lives were ruined by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruined {
    /// Games of a life.
    pub games: u64,
    /// Lives that were ruined after as many games or fewer.
    pub lives: u64,
}

impl FirstPassage {
    /// Adds a life that was ruined after a number of games, or never.
    pub fn add(&mut self, ruined_after: Option<u64>) {
        self.lives += 1;
        if let Some(games) = ruined_after {
            *self.ruined_after.entry(games).or_default() += 1;
        }
    }

    /// Adds the lives of another count.
    pub fn merge(&mut self, other: &Self) {
        self.lives += other.lives;
        for (&games, &lives) in &other.ruined_after {
            *self.ruined_after.entry(games).or_default() += lives;
        }
    }

    /// Number of lives, ruined or not.
    #[must_use]
    pub const fn lives(&self) -> u64 {
        self.lives
    }

    /// Number of ruined lives.
    #[must_use]
    pub fn ruined(&self) -> u64 {
        self.ruined_after.values().sum()
    }

    /// Number of games after which half of the ruined lives were ruined; `None` without any.
    #[must_use]
    pub fn median(&self) -> Option<u64> {
        let half = self.ruined().div_ceil(2);
        self.curve().find(|point| point.lives >= half).map(|point| point.games)
    }

    /// Mean number of games to ruin, over the ruined lives; `None` without any.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn mean(&self) -> Option<f64> {
        let ruined = self.ruined();
        let sum = |(&games, &lives): (&u64, &u64)| games as f64 * lives as f64;
        (ruined > 0).then(|| self.ruined_after.iter().map(sum).sum::<f64>() / ruined as f64)
    }

    /// Lives ruined after a number of games, for each number at which the count changes.
    pub fn curve(&self) -> impl Iterator<Item = Ruined> {
        let mut by_then = 0;
        self.ruined_after.iter().map(move |(&games, &lives)| {
            by_then += lives;
            Ruined { games, lives: by_then }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ruin_is_counted_by_the_games_that_it_took() {
        let mut passage = FirstPassage::default();
        for ruined_after in [Some(3), None, Some(7), Some(3), None] {
            passage.add(ruined_after);
        }
        assert_eq!((passage.lives(), passage.ruined()), (5, 3));
        assert_eq!(passage.median(), Some(3));
        assert!((passage.mean().unwrap() - 13.0 / 3.0).abs() < 1e-12);
        let points = [(3, 2), (7, 3)].map(|(games, lives)| Ruined { games, lives });
        assert_eq!(passage.curve().collect::<Vec<_>>(), points);
        assert_eq!(FirstPassage::default().median(), None);
    }
}
