//! Reads the folders from which a page is made.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::analysis::summary::{Assessment, Curves, Figures};
use crate::backtest::run::folder::FORMAT;
use crate::backtest::run::inputs::Inputs;
use crate::backtest::run::prices::KeptPrices;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{read_json, reading};
use crate::base::printable;

/// The folder of a run, read for a page.
#[derive(Debug, Clone)]
pub struct RunToDraw {
    /// Path of the folder.
    pub path: PathBuf,
    /// The scenario's settings, and what the run read.
    pub manifest: Manifest,
    /// The figures of the run.
    pub assessment: Assessment,
    /// The curves of the run.
    pub curves: Curves,
    /// The scenario as it was run.
    pub scenario: String,
}

/// The manifest of a run, as far as a page shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct Manifest {
    /// Version of the program that wrote it.
    pub replayer: String,
    /// Name of the scenario that was run.
    pub scenario: String,
    /// Seed of the scenario that was run.
    pub seed: u64,
    /// The rules in full.
    pub rules: Value,
    /// The bankroll at the start of a life.
    pub bankroll: Value,
    /// The random streams' algorithm.
    pub streams: String,
    /// How the run ended: `complete` or `interrupted`.
    pub status: String,
    /// The games whose prices are kept; absent if none are.
    #[serde(default)]
    pub prices: Option<KeptPrices>,
    /// Number of games played.
    pub games: u64,
    /// The digest of these games.
    pub digest: String,
    /// The inputs that were read.
    pub inputs: Inputs,
}

/// The fields that every manifest has.
#[derive(Deserialize)]
struct Head {
    format: u32,
    #[serde(default)]
    status: String,
}

impl RunToDraw {
    /// Reads the folder of a run.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it is not the folder of a run, was written in another format, belongs
    /// to a run that has not ended, or has a damaged file; names the file and the position.
    pub fn read(path: &Path) -> Result<Self, Error> {
        check_head(path)?;
        let manifest: Manifest = read_json(&path.join("manifest.json"))?;
        let assessment: Assessment = read_json(&path.join("summary.json"))?;
        let curves: Curves = read_json(&path.join("curves.json"))?;
        let file = path.join("scenario.ron");
        let scenario = reading::text(&file, reading::RUN_BYTES_MAX)
            .map_err(|source| Error::io("read", &file, source))?;
        let folder = Self { path: path.to_owned(), manifest, assessment, curves, scenario };
        folder.check()?;
        Ok(folder)
    }

    /// The name of the folder.
    #[must_use]
    pub fn name(&self) -> String {
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        printable::path(Path::new(path.file_name().unwrap_or(path.as_os_str())))
    }

    /// The figures of every declaration of the scenario, in its order: a bot, or all bots of a
    /// `count` together.
    #[must_use]
    pub fn declared(&self) -> Vec<&Figures> {
        declared(&self.assessment)
    }

    /// Checks that its files belong together.
    fn check(&self) -> Result<(), Error> {
        let at_odds = |what: &str| {
            let what = format!("{}: {what}", self.path.display());
            Err(Error::new(ErrorKind::Io, what)
                .hint("the folder is damaged: run the scenario again"))
        };
        if self.manifest.digest != self.assessment.digest {
            return at_odds("manifest.json and summary.json have different digests");
        }
        if self.curves.scenario != self.assessment.scenario {
            return at_odds("curves.json and summary.json are of different scenarios");
        }
        for curve in &self.curves.curves {
            if curve.pnl.len() != self.curves.games.len()
                || curve.drawdown.len() != self.curves.games.len()
            {
                let what = format!("curves.json: the curves of {} have gaps", curve.id);
                return at_odds(&what);
            }
        }
        Ok(())
    }
}

/// The figures of every declaration of a scenario, in its order.
fn declared(assessment: &Assessment) -> Vec<&Figures> {
    let mut declared: Vec<&Figures> = Vec::new();
    for bot in &assessment.bots {
        let figures = assessment.groups.iter().find(|group| group.id == bot.group).unwrap_or(bot);
        if declared.last().is_none_or(|last| last.id != figures.id) {
            declared.push(figures);
        }
    }
    declared
}

/// Checks that this program can read the folder, and that its run has ended.
fn check_head(path: &Path) -> Result<(), Error> {
    let shown = path.display();
    let about = fs::metadata(path).map_err(|source| {
        Error::io("find", path, source)
            .hint("give a folder that `replayer run` or `replayer sweep` wrote")
    })?;
    if !about.is_dir() {
        return Err(Error::new(ErrorKind::Io, format!("{shown} is not a folder"))
            .hint("give a folder that `replayer run` or `replayer sweep` wrote"));
    }
    let file = path.join("manifest.json");
    if !file.exists() {
        return Err(Error::new(
            ErrorKind::Io,
            format!("{shown} is not the folder of a run: it has no manifest.json"),
        )
        .hint("give a folder that `replayer run` or `replayer sweep` wrote"));
    }
    let head: Head = read_json(&file)?;
    if head.format != FORMAT {
        let what = format!(
            "{} is of format {}; this program reads format {FORMAT}",
            file.display(),
            head.format
        );
        return Err(Error::new(ErrorKind::Io, what)
            .hint("run its scenario.ron again, or use the version of replayer that wrote it"));
    }
    if head.status == "running" {
        return Err(Error::new(ErrorKind::Io, format!("the run in {shown} has not ended"))
            .hint("wait for it; if it was killed, run the scenario again into another folder"));
    }
    Ok(())
}
