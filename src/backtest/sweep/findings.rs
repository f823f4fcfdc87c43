//! What a sweep found: the documents that it ends with.

use serde::{Deserialize, Serialize};

use super::candidates::SweepCandidate;
use crate::analysis::summary::select::Selection;
use crate::analysis::summary::{Assessment, Curves};

/// What a sweep says: `summary.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepOutcome {
    /// What its choices are worth.
    #[serde(flatten)]
    pub findings: Findings,
    /// Every variant, by its number.
    pub variants: Vec<VariantOutcome>,
}

/// What the choices of a sweep are worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// `sweep`.
    pub kind: String,
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's seed.
    pub seed: u64,
    /// Games that every variant played.
    pub games: u64,
    /// Games that were kept back.
    pub holdout_games: u64,
    /// Games of a life, the unit of all statistics; `null`: all games are one life.
    pub games_per_life: Option<u64>,
    /// What the scenario leaves open, in its order.
    pub dimensions: Vec<String>,
    /// What there was to choose among. A bot that no choice touches is there once.
    pub candidates: Vec<SweepCandidate>,
    /// What choosing among these candidates, in their order, is worth.
    pub selection: Selection,
    /// Their places, the best first: by mean P&L in standard errors. Empty with too few games.
    pub ranked: Vec<usize>,
}

/// A variant and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantOutcome {
    /// Its number.
    pub variant: u64,
    /// Its value of each dimension, as written.
    pub values: Vec<String>,
    /// What came of it: what a run of it alone says in its `summary.json`.
    pub summary: Assessment,
}

/// What some variants look like: `curves.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shapes {
    /// The best, the worst, and the first variant.
    pub curves: Vec<Shape>,
}

/// What a variant looks like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// `best` or `worst` of all that were ranked, or `first`: every choice at its first value,
    /// which is what the scenario says before anything is chosen.
    pub role: String,
    /// Its number.
    pub variant: u64,
    /// Its value of each dimension, as written.
    pub values: Vec<String>,
    /// Its curves.
    pub curves: Curves,
}

impl Findings {
    /// The best of the candidates.
    #[must_use]
    pub fn best(&self) -> Option<&SweepCandidate> {
        self.ranked.first().map(|&place| &self.candidates[place])
    }

    /// The worst of the candidates.
    #[must_use]
    pub fn worst(&self) -> Option<&SweepCandidate> {
        self.ranked.last().map(|&place| &self.candidates[place])
    }
}
