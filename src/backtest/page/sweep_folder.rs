//! Reads the folder of a sweep.

use std::path::Path;

use serde_json::Value;

use super::folder::{Manifest, RunToDraw};
use crate::analysis::summary::Figures;
use crate::backtest::sweep::folder::{self, Status, SweepFolder};
use crate::backtest::sweep::outcome::{self, Shape, Shapes, SweepCandidate, SweepOutcome};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{read_json, reading};

/// The folder of a complete sweep, read for a page.
#[derive(Debug, Clone)]
pub struct SweepToDraw {
    /// The scenario's settings, and what the sweep read.
    pub manifest: folder::SweepManifest,
    /// The outcome of the sweep.
    pub outcome: SweepOutcome,
    /// The curves of the best, the worst and the first variant.
    pub shapes: Shapes,
    /// The scenario as it was swept.
    pub scenario: String,
}

impl SweepToDraw {
    /// Whether the manifest of a folder says that a sweep wrote it.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        read_json::<Value>(&path.join("manifest.json")).is_ok_and(|it| it["kind"] == "sweep")
    }

    /// Reads the folder of a sweep.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it was written by another version, is not complete, or has a damaged
    /// file; names the file and the position.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let manifest = SweepFolder::open(path)?.manifest().clone();
        if manifest.status != Status::Complete || manifest.part.is_some() {
            let what = format!("the sweep in {} is not complete", path.display());
            return Err(Error::new(ErrorKind::Io, what)
                .hint("continue it with --resume; merge parts of a sweep with `replayer merge`"));
        }
        let file = path.join("scenario.ron");
        let scenario = reading::text(&file, reading::RUN_BYTES_MAX)
            .map_err(|source| Error::io("read", &file, source))?;
        let (outcome, shapes) = (outcome::read(path)?, read_json(&path.join("curves.json"))?);
        let folder = Self { manifest, outcome, shapes, scenario };
        if folder.outcome.variants.len() as u64 != folder.manifest.variants {
            let what = format!("{}: summary.json lacks variants", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint("the folder is damaged: sweep again"));
        }
        Ok(folder)
    }

    /// The candidates by rank, best first, each with its index among all.
    pub fn ranked(&self) -> impl Iterator<Item = (usize, &SweepCandidate)> {
        let findings = &self.outcome.findings;
        findings.ranked.iter().map(|&place| (place, &findings.candidates[place]))
    }

    /// The figures of a candidate, if it has any.
    #[must_use]
    pub fn figures(&self, candidate: &SweepCandidate) -> Option<&Figures> {
        let variant = usize::try_from(candidate.variant).ok()?;
        let assessment = &self.outcome.variants.get(variant)?.summary;
        let mut figures = assessment.groups.iter().chain(&assessment.bots);
        figures.find(|figures| figures.id == candidate.bot)
    }

    /// A variant's values with the names of their choices.
    #[must_use]
    pub fn named(&self, values: &[String]) -> String {
        let pairs = self.manifest.dimensions.iter().zip(values);
        pairs.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    }

    /// A variant as if it had been run alone.
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
