//! What a sweep says in the end, written from its shards in their order.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::SweepFolder;
use super::{candidates, table};
use crate::analysis::summary::select::{Selection, select};
use crate::analysis::summary::{Assessment, Curves, Summary};
use crate::backtest::run::folder::write_json;
use crate::backtest::scenario::Space;
use crate::base::error::{Error, ErrorKind};
pub use candidates::SweepCandidate;

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
    /// `best` or `worst` of all that were ranked, or `first`: every choice at its first value, which
    /// is what the scenario says before anything is chosen.
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

/// Reads all shards and writes what they say; the folder is complete then.
///
/// # Errors
/// When a shard is damaged, or something cannot be read or written.
pub fn write(
    folder: &mut SweepFolder,
    space: &Space,
    read: impl Fn(u64) -> Result<Vec<Summary>, Error>,
) -> Result<Findings, Error> {
    let plan = folder.manifest().plan.clone();
    let mut sums: Vec<Summary> = read(0)?;
    for shard in 1..plan.shards {
        for (sum, next) in sums.iter_mut().zip(&read(shard)?) {
            sum.merge(next);
        }
    }
    let (candidates, blocks) = candidates::of(space, &sums);
    let selection = select(&blocks, space.first.seed);
    let findings = Findings {
        kind: "sweep".to_owned(),
        scenario: space.first.name.clone(),
        seed: space.first.seed,
        games: plan.games,
        holdout_games: plan.holdout_games,
        games_per_life: plan.games_per_life,
        dimensions: folder.manifest().dimensions.clone(),
        ranked: candidates::ranked(&selection),
        candidates,
        selection,
    };
    let shapes = shapes(&findings, space, &sums);
    let variants = (0..).zip(&sums).map(|(variant, summary)| VariantOutcome {
        variant,
        values: space.values(variant),
        summary: summary.assess(),
    });
    let outcome = SweepOutcome { findings, variants: variants.collect() };
    drop(sums);
    let path = folder.path();
    write_json(&path.join("curves.json"), &shapes)?;
    table::write(path, &outcome, &folder.origin()?)?;
    // The summary is the last: where it is, everything is.
    write_json(&path.join("summary.json"), &outcome)?;
    folder.complete()?;
    Ok(outcome.findings)
}

/// What a complete sweep said.
///
/// # Errors
/// When it cannot be read.
pub fn read(folder: &Path) -> Result<SweepOutcome, Error> {
    read_json(&folder.join("summary.json"))
}

/// What the choices of a complete sweep are worth.
///
/// # Errors
/// When it cannot be read.
pub fn findings(folder: &Path) -> Result<Findings, Error> {
    read_json(&folder.join("summary.json"))
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T, Error> {
    let text = fs::read_to_string(file).map_err(|source| Error::io("read", file, source))?;
    serde_json::from_str(&text).map_err(|source| {
        Error::new(ErrorKind::Io, format!("{} is damaged", file.display()))
            .caused_by(source)
            .hint("sweep again into another folder")
    })
}

fn shapes(findings: &Findings, space: &Space, sums: &[Summary]) -> Shapes {
    let roles = [
        ("best", findings.best().map(|it| it.variant)),
        ("worst", findings.worst().map(|it| it.variant)),
        ("first", Some(0)),
    ];
    let shape = |(role, variant): (&str, Option<u64>)| {
        let variant = variant?;
        let sums = sums.get(usize::try_from(variant).ok()?)?;
        let (role, values) = (role.to_owned(), space.values(variant));
        Some(Shape { role, variant, values, curves: sums.curves() })
    };
    Shapes { curves: roles.into_iter().filter_map(shape).collect() }
}
