//! The folder of a sweep: the scenario, the shards played so far and, in the end, the outcome.
//!
//! Every file appears whole or not at all, and does not depend on clock, machine or number of
//! threads. During a sweep, `shards/` holds what was played; a shard counts once its file exists.
//! At the end, the results include the shards and their folder is removed.

use std::fs;
use std::io::{self, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::plan::{SweepPart, SweepPlan};
use super::seal::{self, SealLabel};
use crate::analysis::summary::Summary;
use crate::backtest::columns::{self, Origin};
use crate::backtest::run::folder::write_json;
use crate::backtest::run::inputs::Inputs;
use crate::backtest::scenario::Space;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, HeldFolder, reading};
use crate::base::hex::hex;
use crate::model::streams;

/// Version of the folder's layout.
pub const FORMAT: u32 = 3;

/// The manifest of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepManifest {
    /// The kind of the folder: `sweep`.
    pub kind: String,
    /// Version of the folder's layout.
    pub format: u32,
    /// Version of the program that plays the sweep.
    pub replayer: String,
    /// Name of the scenario that is swept.
    pub scenario: String,
    /// Seed of the scenario that is swept.
    pub seed: u64,
    /// The random streams' algorithm.
    pub streams: String,
    /// SHA-256 of the scenario's text, in hex.
    pub scenario_sha256: String,
    /// Names of the choices, in the order of the scenario.
    pub dimensions: Vec<String>,
    /// Number of variants, one per assignment of values.
    pub variants: u64,
    /// The games to play, and their division into shards.
    pub plan: SweepPlan,
    /// Whether one row per game, variant and bot is kept.
    pub rows: bool,
    /// The part of the sweep in this folder; absent for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<SweepPart>,
    /// Whether the sweep is `running` or `complete`.
    pub status: Status,
    /// The input files with their digests, and the bad input in them.
    pub inputs: Inputs,
}

/// The progress of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Shards are missing, or the outcome was not written yet.
    Running,
    /// All shards and results are written.
    Complete,
}

/// The folder of a sweep, or of a part of one.
#[derive(Debug, Clone)]
pub struct SweepFolder {
    path: PathBuf,
    manifest: SweepManifest,
    /// Held against other processes where it is written; `None` where it is only read.
    held: Option<Arc<HeldFolder>>,
    /// SHA-256, in hex, of the fields on which all parts of a sweep agree.
    sweep: String,
}

impl SweepManifest {
    /// The manifest of a new sweep.
    #[must_use]
    pub fn new(space: &Space, plan: SweepPlan, inputs: Inputs) -> Self {
        Self {
            kind: "sweep".to_owned(),
            format: FORMAT,
            replayer: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: space.first.name.clone(),
            seed: space.first.seed,
            streams: streams::ALGORITHM.to_owned(),
            scenario_sha256: sha256(space.first.text.as_bytes()),
            dimensions: space.dimensions.iter().map(|it| it.name.clone()).collect(),
            variants: space.variants.len() as u64,
            plan,
            rows: false,
            part: None,
            status: Status::Running,
            inputs,
        }
    }

    /// Why the results of this folder cannot be combined with those of another, if they cannot.
    fn differs(&self, other: &Self) -> Option<&'static str> {
        let differences = [
            (self.replayer != other.replayer, "another version of replayer"),
            (self.format != other.format, "another layout of folders"),
            (self.scenario_sha256 != other.scenario_sha256, "another scenario"),
            (self.inputs != other.inputs, "other or changed input files"),
            (self.plan != other.plan, "another number of games"),
            (self.rows != other.rows, "another choice of `--rows`"),
            (self.whole() != other.whole(), "another sweep"),
        ];
        differences.into_iter().find(|(differ, _)| *differ).map(|(_, what)| what)
    }

    /// The manifest of the whole sweep to which this belongs, while it is running.
    pub(super) fn whole(&self) -> Self {
        Self { part: None, status: Status::Running, ..self.clone() }
    }
}

impl SweepFolder {
    /// Creates the folder of a new sweep.
    ///
    /// # Errors
    /// When it already exists and is not empty, another process writes it, or it cannot be written.
    pub fn create(path: &Path, manifest: SweepManifest, scenario: &str) -> Result<Self, Error> {
        let held = HeldFolder::take(path)?;
        if !held.is_empty() {
            let begun = path.join("manifest.json").exists();
            let hint = if begun {
                "continue it with --resume, or give --out a new folder"
            } else {
                "give --out a folder that does not exist yet"
            };
            return Err(
                Error::new(ErrorKind::Io, format!("{} is not empty", path.display())).hint(hint)
            );
        }
        let folder = Self { held: Some(Arc::new(held)), ..Self::of(path, manifest)? };
        for part in folder.parts() {
            files::folder(&part).map_err(|source| Error::io("make folder", &part, source))?;
        }
        let file = path.join("scenario.ron");
        files::write_new(&file, |written| {
            written
                .write_all(scenario.as_bytes())
                .map_err(|source| Error::io("write", &file, source))
        })?;
        folder.write_manifest()?;
        Ok(folder)
    }

    /// Opens an existing folder.
    ///
    /// # Errors
    /// When it is not the folder of a sweep, or of another version.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = path.join("manifest.json");
        let no_sweep = |why: &str| {
            Error::new(
                ErrorKind::Io,
                format!("{} is not the folder of a sweep: {why}", path.display()),
            )
            .hint("give a folder that `replayer sweep` wrote")
        };
        let text = match reading::text(&file, reading::RUN_BYTES_MAX) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => {
                return Err(Error::io("find", path, error)
                    .hint("give a folder that `replayer sweep` wrote"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(no_sweep("it has no manifest.json"));
            }
            Err(source) => return Err(Error::io("read", &file, source)),
        };
        let json: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| no_sweep(&format!("manifest.json is damaged: {error}")))?;
        if json["kind"] != "sweep" {
            return Err(no_sweep("manifest.json is not that of a sweep"));
        }
        // Check the version first: the manifest of another one may have other fields.
        let (theirs, ours) = (json["replayer"].as_str().unwrap_or("?"), env!("CARGO_PKG_VERSION"));
        if theirs != ours {
            let what = format!("{} was written by replayer {theirs}", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint(format!(
                "this is replayer {ours}: results of two versions are not mixed; use that version, \
                 or sweep again into another folder"
            )));
        }
        if json["format"] != FORMAT {
            let what =
                format!("{} has layout {}, this is {FORMAT}", path.display(), json["format"]);
            return Err(Error::new(ErrorKind::Io, what)
                .hint("sweep again into another folder, or use the program that wrote it"));
        }
        let manifest = serde_json::from_value(json)
            .map_err(|error| no_sweep(&format!("manifest.json is damaged: {error}")))?;
        Self::of(path, manifest)
    }

    /// Opens the folder of a sweep that was started with this manifest, to resume it. Removes what
    /// an abrupt end left unfinished.
    ///
    /// # Errors
    /// When it belongs to another sweep, or another process writes it.
    pub fn resume(path: &Path, manifest: &SweepManifest) -> Result<Self, Error> {
        // What is not a sweep's is left as it is; what another process wrote until now is read again.
        Self::open(path)?;
        let held = Some(Arc::new(HeldFolder::take(path)?));
        let folder = Self { held, ..Self::open(path)? };
        if let Some(what) = folder.manifest.differs(manifest) {
            let what = format!("{} was written from {what}: it cannot be resumed", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint("give --out a new folder"));
        }
        if folder.manifest.part != manifest.part {
            let part = folder.manifest.part.unwrap_or(SweepPart::WHOLE);
            let what = format!("{} is for --shard {}/{}", path.display(), part.index, part.of);
            return Err(Error::new(ErrorKind::Io, what).hint("resume it with the same --shard"));
        }
        for part in folder.parts() {
            // A whole sweep that is complete has none.
            if !folder.is_over() {
                files::folder(&part).map_err(|source| Error::io("write in", &part, source))?;
            }
            files::remove_unfinished(&part, |_| true)?;
        }
        files::remove_unfinished(path, |_| true)?;
        Ok(folder)
    }

    /// Holds the folder against other processes, where this does not do so already.
    ///
    /// # Errors
    /// While another process writes it.
    pub(super) fn hold(&self) -> Result<Arc<HeldFolder>, Error> {
        self.held.clone().map_or_else(|| HeldFolder::take(&self.path).map(Arc::new), Ok)
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The manifest of the sweep.
    #[must_use]
    pub const fn manifest(&self) -> &SweepManifest {
        &self.manifest
    }

    /// Checks that the shards of both folders belong to the same sweep.
    ///
    /// # Errors
    /// When they belong to different sweeps.
    pub(super) fn belongs_to(&self, other: &Self) -> Result<(), Error> {
        let Some(what) = self.manifest.differs(&other.manifest) else { return Ok(()) };
        let (ours, theirs) = (self.path.display(), other.path.display());
        Err(Error::new(ErrorKind::Io, format!("{ours} was written from {what} than {theirs}"))
            .hint("merge the parts of one sweep: same scenario, same inputs, same version"))
    }

    /// The shards that belong in this folder.
    #[must_use]
    pub fn shards(&self) -> Range<u64> {
        self.manifest.part.unwrap_or(SweepPart::WHOLE).shards(self.manifest.plan.shards)
    }

    /// The shards that belong in this folder and are missing.
    ///
    /// # Errors
    /// When the folder cannot be examined.
    pub fn missing(&self) -> Result<Vec<u64>, Error> {
        let mut missing = Vec::new();
        for shard in self.shards() {
            if !self.is_over() && !self.has(shard)? {
                missing.push(shard);
            }
        }
        Ok(missing)
    }

    /// Whether it is a whole sweep that is complete, without shards. A part keeps them.
    fn is_over(&self) -> bool {
        self.manifest.status == Status::Complete && self.manifest.part.is_none()
    }

    /// Whether a shard was played.
    pub(super) fn has(&self, shard: u64) -> Result<bool, Error> {
        for file in [Some(self.shard(shard)), self.rows(shard)].into_iter().flatten() {
            if !file.try_exists().map_err(|source| Error::io("look for", &file, source))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The path for the rows of a shard, if rows are kept.
    pub(super) fn rows(&self, shard: u64) -> Option<PathBuf> {
        let name = format!("games/part-{shard:06}.parquet");
        self.manifest.rows.then(|| self.path.join(name))
    }

    /// The origin of the rows.
    pub(super) fn origin(&self) -> Result<Origin, Error> {
        let file = self.path.join("scenario.ron");
        reading::text(&file, reading::RUN_BYTES_MAX)
            .map(|text| Origin::scenario(&text))
            .map_err(|source| Error::io("read", &file, source))
    }

    /// Writes the sums of a shard. Its rows must exist by now: this is what makes it count.
    pub(super) fn keep(&self, shard: u64, variants: &[Summary]) -> Result<(), Error> {
        seal::write(&self.shard(shard), &self.label(shard), variants)
            .map_err(|error| error.hint("free some space, then continue with --resume"))
    }

    /// The sums of a shard, variant by variant.
    pub(super) fn read(&self, shard: u64) -> Result<Vec<Summary>, Error> {
        seal::read(&self.shard(shard), &self.label(shard))
    }

    /// Copies the rows of a shard from another folder of the same sweep, if they are intact.
    pub(super) fn take_rows(&self, shard: u64, from: &Self) -> Result<(), Error> {
        let (Some(from), Some(to)) = (from.rows(shard), self.rows(shard)) else { return Ok(()) };
        columns::check(&from).map_err(|error| error.hint(seal::AGAIN))?;
        let mut rows = reading::open(&from).map_err(|source| Error::io("copy", &from, source))?;
        files::write_new(&to, |file| {
            io::copy(&mut rows, file).map(drop).map_err(|source| Error::io("copy", &from, source))
        })
    }

    /// Marks the folder as complete; then removes the shards of a whole sweep.
    pub(super) fn complete(&mut self) -> Result<(), Error> {
        self.manifest.status = Status::Complete;
        self.write_manifest()?;
        self.tidy()
    }

    /// Removes the shards of a whole sweep that is complete.
    pub(super) fn tidy(&self) -> Result<(), Error> {
        let shards = self.path.join("shards");
        if self.is_over() && shards.exists() {
            fs::remove_dir_all(&shards).map_err(|source| Error::io("remove", &shards, source))?;
        }
        Ok(())
    }

    fn of(path: &Path, manifest: SweepManifest) -> Result<Self, Error> {
        let agreed = serde_json::to_string(&manifest.whole()).map_err(|source| {
            Error::new(ErrorKind::Io, "could not write JSON").caused_by(source)
        })?;
        let sweep = sha256(agreed.as_bytes());
        Ok(Self { path: path.to_owned(), sweep, manifest, held: None })
    }

    /// The subfolders that hold shards.
    fn parts(&self) -> Vec<PathBuf> {
        let rows = self.manifest.rows.then(|| self.path.join("games"));
        rows.into_iter().chain([self.path.join("shards")]).collect()
    }

    fn shard(&self, number: u64) -> PathBuf {
        self.path.join(format!("shards/{number:06}.json"))
    }

    fn label(&self, shard: u64) -> SealLabel {
        SealLabel {
            replayer: self.manifest.replayer.clone(),
            sweep: self.sweep.clone(),
            shard,
            games: self.manifest.plan.shard(shard),
        }
    }

    fn write_manifest(&self) -> Result<(), Error> {
        write_json(&self.path.join("manifest.json"), &self.manifest)
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).into()).to_string()
}
