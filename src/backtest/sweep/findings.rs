//! The documents that a sweep ends with.

use serde::{Deserialize, Serialize};

use super::candidates::SweepCandidate;
use super::plan::holdout_warning;
use crate::analysis::summary::select::Selection;
use crate::analysis::summary::{Assessment, Curves, UNITS_MIN, units_of};

/// The outcome of a sweep: `summary.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepOutcome {
    /// What choosing among the variants is worth.
    #[serde(flatten)]
    pub findings: Findings,
    /// All variants, by number.
    pub variants: Vec<VariantOutcome>,
}

/// What choosing among the variants of a sweep is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The kind of the document: `sweep`.
    pub kind: String,
    /// Name of the scenario that was swept.
    pub scenario: String,
    /// Seed of the scenario that was swept.
    pub seed: u64,
    /// Number of games that every variant played.
    pub games: u64,
    /// Number of games that were kept back.
    pub holdout_games: u64,
    /// Games of a life, the unit of all statistics; `null`: all games are one life.
    pub games_per_life: Option<u64>,
    /// Names of the choices, in the order of the scenario.
    pub dimensions: Vec<String>,
    /// The candidates. A bot that no choice changes is listed once.
    pub candidates: Vec<SweepCandidate>,
    /// What choosing among these candidates, in their order, is worth.
    pub selection: Selection,
    /// Their indices, best first: by mean P&L in standard errors. Empty with too few games.
    pub ranked: Vec<usize>,
}

/// The outcome of one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantOutcome {
    /// Number of the variant.
    pub variant: u64,
    /// Values of the variant, as written, one per dimension.
    pub values: Vec<String>,
    /// The summary of the variant, as in the `summary.json` of a run of it alone.
    pub summary: Assessment,
}

/// The curves of some variants: `curves.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shapes {
    /// The best, the worst, and the first variant.
    pub curves: Vec<Shape>,
}

/// The curves of one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// `best` or `worst` of all ranked variants, or `first`: every choice at its first value, which
    /// is the scenario before any choice.
    pub role: String,
    /// Number of the variant.
    pub variant: u64,
    /// Values of the variant, as written, one per dimension.
    pub values: Vec<String>,
    /// The curves of its bots.
    pub curves: Curves,
}

impl Findings {
    /// The best of the candidates, if any could be ranked.
    #[must_use]
    pub fn best(&self) -> Option<&SweepCandidate> {
        self.ranked.first().map(|&place| &self.candidates[place])
    }

    /// Why the holdout would not show whether the best is good: it has too few units, or the best
    /// bets in too few of them; `None` where it would, and where nothing is kept back.
    #[must_use]
    pub fn holdout_warning(&self) -> Option<String> {
        let too_few = holdout_warning(self.holdout_games, self.games_per_life);
        let place = *self.ranked.first()?;
        if self.holdout_games == 0 || too_few.is_some() {
            return too_few;
        }
        let units = self.holdout_games / self.games_per_life.unwrap_or(self.holdout_games).max(1);
        let (staked, all) = (self.selection.candidates[place].units_staked, self.selection.units);
        let expected = u128::from(units) * u128::from(staked) / u128::from(all.max(1));
        (expected < UNITS_MIN.into()).then(|| {
            let name = units_of(self.games_per_life);
            format!(
                "a holdout of {units} {name} cannot be judged: the best has a stake in {staked} of \
                 {all}, so in about {expected} of these; {UNITS_MIN} are needed"
            )
        })
    }

    /// The worst of the candidates, if any could be ranked.
    #[must_use]
    pub fn worst(&self) -> Option<&SweepCandidate> {
        self.ranked.last().map(|&place| &self.candidates[place])
    }
}
