//! The folder of a sweep, read back.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::folder::{Manifest, RunToDraw, read_json};
use crate::analysis::summary::Figures;
use crate::backtest::sweep::folder::{self, Status, SweepFolder};
use crate::backtest::sweep::outcome::{self, Shape, Shapes, SweepCandidate, SweepOutcome};
use crate::base::error::{Error, ErrorKind};

/// The folder of a complete sweep, read back.
#[derive(Debug, Clone)]
pub struct SweepToDraw {
    /// What was swept, and what it read.
    pub manifest: folder::SweepManifest,
    /// What came of it.
    pub outcome: SweepOutcome,
    /// What the best, the worst and the first variant look like.
    pub shapes: Shapes,
    /// The scenario as it was swept.
    pub scenario: String,
}

impl SweepToDraw {
    /// Whether a folder says of itself that a sweep wrote it.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        read_json::<Value>(&path.join("manifest.json")).is_ok_and(|it| it["kind"] == "sweep")
    }

    /// Reads the folder of a sweep.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it was written by another version, is not complete, or a file of it
    /// is damaged; says which, and where.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let manifest = SweepFolder::open(path)?.manifest().clone();
        if manifest.status != Status::Complete || manifest.part.is_some() {
            let what = format!("the sweep in {} is not complete", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint(
                "go on with --resume; parts of a sweep are put together by `replayer merge`",
            ));
        }
        let file = path.join("scenario.ron");
        let scenario =
            fs::read_to_string(&file).map_err(|source| Error::io("read", &file, source))?;
        let (outcome, shapes) = (outcome::read(path)?, read_json(&path.join("curves.json"))?);
        let folder = Self { manifest, outcome, shapes, scenario };
        if folder.outcome.variants.len() as u64 != folder.manifest.variants {
            let what = format!("{}: summary.json lacks variants", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint("the folder is damaged: sweep again"));
        }
        Ok(folder)
    }

    /// The candidates by rank, the best first, each with its place among all.
    pub fn ranked(&self) -> impl Iterator<Item = (usize, &SweepCandidate)> {
        let findings = &self.outcome.findings;
        findings.ranked.iter().map(|&place| (place, &findings.candidates[place]))
    }

    /// The figures of a candidate.
    #[must_use]
    pub fn figures(&self, candidate: &SweepCandidate) -> Option<&Figures> {
        let variant = usize::try_from(candidate.variant).ok()?;
        let assessment = &self.outcome.variants.get(variant)?.summary;
        let mut figures = assessment.groups.iter().chain(&assessment.bots);
        figures.find(|figures| figures.id == candidate.bot)
    }

    /// A variant's values with the names of what they are of, as a reader says them.
    #[must_use]
    pub fn named(&self, values: &[String]) -> String {
        let pairs = self.manifest.dimensions.iter().zip(values);
        pairs.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    }

    /// A variant as the run that it would be alone.
    #[must_use]
    pub fn run(&self, shape: &Shape) -> Option<RunToDraw> {
        let at = usize::try_from(shape.variant).ok()?;
        let assessment = self.outcome.variants.get(at)?.summary.clone();
        let sweep = &self.manifest;
        let manifest = Manifest {
            replayer: sweep.replayer.clone(),
            scenario: sweep.scenario.clone(),
            seed: sweep.seed,
            rules: Value::Null,
            bankroll: Value::Null,
            streams: sweep.streams.clone(),
            status: "complete".to_owned(),
            prices: None,
            games: assessment.games,
            digest: assessment.digest.clone(),
            inputs: sweep.inputs.clone(),
        };
        let curves = shape.curves.clone();
        let (path, scenario) = (Path::new("").to_owned(), self.scenario.clone());
        Some(RunToDraw { path, manifest, assessment, curves, scenario })
    }
}
