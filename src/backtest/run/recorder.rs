//! Records a run: its games are counted and, if there is a folder, written.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tracing::{info, warn};

use super::drawn::Keeper;
use super::folder::{self, FORMAT, RunFolder, RunManifest};
use super::inputs::{InputCounts, InputFile, Inputs};
use super::prices::KeptPrices;
pub use super::queued::QueueConfig;
use super::queued::{Document, QueuedJournal};
use super::written::Written;
use super::{Collector, Ending};
use crate::analysis::summary::{Assessment, Summary};
use crate::backtest::scenario::Scenario;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::HeldFolder;
use crate::engine::collector::JournalGauge;
use crate::engine::journal::GameRecord;
use crate::engine::source::Playlist;
use crate::model::streams;

/// Takes the games of a run, in order: counts them and writes them.
#[derive(Debug)]
pub struct RunRecorder<'a> {
    scenario: &'a Scenario,
    inputs: &'a Inputs,
    playlist: Arc<Playlist>,
    summary: Summary,
    journal: Journal,
    /// Finds the games whose prices the folder keeps.
    keeper: Option<Keeper>,
}

/// Where the games are written.
#[derive(Debug)]
enum Journal {
    /// Nowhere: games are counted only.
    None,
    /// To a folder, at once; a failure ends the run.
    Here(RunFolder),
    /// To a folder, by a thread of its own.
    Queued(QueuedJournal<RunFolder>),
}

impl Journal {
    /// The folder that is written here and now.
    const fn here(&self) -> Option<&RunFolder> {
        match self {
            Self::Here(folder) => Some(folder),
            Self::None | Self::Queued(_) => None,
        }
    }

    /// Ends it: the folder, and what could not be written to it by now.
    fn end(self) -> Result<(Option<RunFolder>, Result<(), Error>), Error> {
        match self {
            Self::None => Ok((None, Ok(()))),
            Self::Here(folder) => Ok((Some(folder), Ok(()))),
            Self::Queued(queue) => queue.finish().map(|(folder, written)| (Some(folder), written)),
        }
    }
}

/// The JSON document of a run: the summary, and the bad input.
#[derive(Debug, Serialize)]
pub struct RunDocument<'a> {
    /// The figures of all games.
    #[serde(flatten)]
    pub assessment: &'a Assessment,
    /// Counts of what the input files contained.
    pub inputs: &'a InputCounts,
}

impl<'a> RunRecorder<'a> {
    /// A recorder without games yet. If it has a new folder, its manifest says `running`.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(
        scenario: &'a Scenario,
        (playlist, inputs): (Arc<Playlist>, &'a Inputs),
        folder: Option<RunFolder>,
    ) -> Result<Self, Error> {
        let summary = Summary::new(scenario.plan(Some(playlist.games())));
        Self::begin(scenario, (playlist, inputs), summary, folder)
    }

    /// A recorder for an unknown number of games.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn of_feed(
        scenario: &'a Scenario,
        inputs: &'a Inputs,
        folder: Option<RunFolder>,
    ) -> Result<Self, Error> {
        let summary = Summary::new(scenario.plan(None));
        let playlist = Arc::new(Playlist::Tapes(Vec::new()));
        Self::begin(scenario, (playlist, inputs), summary, folder)
    }

    fn begin(
        scenario: &'a Scenario,
        (playlist, inputs): (Arc<Playlist>, &'a Inputs),
        summary: Summary,
        folder: Option<RunFolder>,
    ) -> Result<Self, Error> {
        let keeper = folder.as_ref().and_then(RunFolder::keep).map(Keeper::new);
        let journal = folder.map_or(Journal::None, Journal::Here);
        let recorder = Self { scenario, inputs, playlist, summary, journal, keeper };
        // A resumed folder keeps its manifest until it is certain to be this run's.
        if !recorder.journal.here().is_some_and(|folder| Written::is_at(folder.path())) {
            recorder.say_running()?;
        }
        Ok(recorder)
    }

    fn say_running(&self) -> Result<(), Error> {
        self.journal.here().map_or(Ok(()), |folder| {
            folder.write_manifest(&self.manifest(folder, ("running", None)))
        })
    }

    /// Hands the folder to a thread of its own, which writes each game as it ends: from here on, no
    /// disk holds up the games, and a failure ends nothing unless the configuration says so. How
    /// that goes; `None` without a folder.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn queue(&mut self, config: QueueConfig) -> Result<Option<JournalGauge>, Error> {
        let queued = match std::mem::replace(&mut self.journal, Journal::None) {
            Journal::None => return Ok(None),
            Journal::Here(folder) => QueuedJournal::start(folder, config)?,
            Journal::Queued(queued) => queued,
        };
        let gauge = queued.gauge().clone();
        self.journal = Journal::Queued(queued);
        Ok(Some(gauge))
    }

    /// Writes a readable JSON document, whole or not at all: at once, or in its turn where the
    /// folder is written by a thread of its own.
    ///
    /// # Errors
    /// When it cannot be written at once.
    pub fn document(&self, path: &Path, value: &impl Serialize) -> Result<(), Error> {
        match &self.journal {
            Journal::Queued(queue) => queue.document(Document::json(path.to_owned(), value)?),
            Journal::None | Journal::Here(_) => folder::write_json(path, value),
        }
    }

    /// Continues from the collected games: whatever a resumed folder holds after them is of games
    /// that cannot be played again, and is removed. Returns the number of games.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn go_on(&mut self) -> Result<u64, Error> {
        if let Journal::Here(folder) = &mut self.journal {
            let cut = folder.cut()?;
            if cut > 0 {
                warn!(
                    "{cut} bytes of the journal were of a game that was not fully recorded: cut off"
                );
            }
        }
        self.say_running()?;
        Ok(self.summary.games())
    }

    /// Ends the folder, however the run ended, and returns its path.
    ///
    /// # Errors
    /// Why the run failed; otherwise when the folder cannot be written.
    pub fn finish(&mut self, ending: Result<Ending, Error>) -> Result<Finished, Error> {
        self.summary.end();
        let ended = std::mem::replace(&mut self.journal, Journal::None).end();
        let (Some(mut folder), queued) = ended? else {
            let assessment = self.summary.assess();
            return ending.map(|ending| Finished { ending, assessment, folder: None });
        };
        let finished = queued.and(folder.finish_rows());
        let ending = ending.and_then(|ending| finished.map(|()| ending));
        if let (Ok(Ending::Interrupted), false) = (&ending, folder.holds_more()) {
            // Said before summing up, which may be cut short.
            folder.write_manifest(&self.manifest(&folder, ("interrupted", None)))?;
        }
        let assessment = self.summary.assess();
        let document = RunDocument { assessment: &assessment, inputs: &self.inputs.counts };
        if folder.holds_more() {
            // Stopped before it got to where the run had been: the folder holds more than was
            // counted now, and its manifest stays at `running`.
            return ending.and_then(|ending| resumed(ending, assessment, folder));
        }
        let written = folder
            .write_summary(&document)
            .and_then(|()| folder.write_curves(&self.summary.curves()))
            .and_then(|()| self.write_prices(&folder))
            .and_then(|prices| {
                let status = folder::status(&ending);
                folder.write_manifest(&self.manifest(&folder, (status, prices)))
            });
        let ending = ending?;
        let folder = Some(folder.into_held());
        written.map(|()| Finished { ending, assessment, folder })
    }

    /// Writes the prices of the games that can be drawn, if the folder keeps any.
    fn write_prices(&self, folder: &RunFolder) -> Result<Option<InputFile>, Error> {
        let Some(keeper) = &self.keeper else { return Ok(None) };
        let (prices, left_out) = keeper.prices(&self.playlist);
        for what in left_out {
            info!("prices not kept of {what}");
        }
        folder.write_prices(&prices).map(Some)
    }

    fn manifest(
        &self,
        folder: &RunFolder,
        (status, prices): (&'static str, Option<InputFile>),
    ) -> RunManifest<'_> {
        let Scenario { name, seed, setup, .. } = self.scenario;
        RunManifest {
            format: FORMAT,
            replayer: env!("CARGO_PKG_VERSION"),
            scenario: name,
            seed: *seed,
            rules: &setup.rules,
            bankroll: setup.bankroll,
            streams: streams::ALGORITHM,
            status,
            rows: folder.format(),
            prices: folder.keep().map(|keep| KeptPrices { keep: keep.words(), file: prices }),
            games: self.summary.games(),
            digest: self.summary.digest(),
            inputs: self.inputs,
        }
    }
}

/// A resumed run that ended before it got to where it had been.
fn resumed(ending: Ending, assessment: Assessment, folder: RunFolder) -> Result<Finished, Error> {
    match ending {
        Ending::Interrupted => {
            Ok(Finished { ending, assessment, folder: Some(folder.into_held()) })
        }
        Ending::Complete => {
            let what = format!("{} holds more than the whole run", folder.path().display());
            Err(Error::new(ErrorKind::Io, what).hint("another run wrote it: left unchanged"))
        }
    }
}

/// The result of a run that has ended.
#[derive(Debug)]
pub struct Finished {
    /// Whether it was complete or interrupted.
    pub ending: Ending,
    /// The figures of all its games.
    pub assessment: Assessment,
    /// The folder that was written, if any; held until this is dropped.
    pub folder: Option<HeldFolder>,
}

impl Collector for RunRecorder<'_> {
    fn keeps_postings(&self) -> bool {
        !matches!(self.journal, Journal::None)
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.summary.add(&game);
        if let Some(keeper) = &mut self.keeper {
            keeper.see(&game);
        }
        match &mut self.journal {
            Journal::None => Ok(()),
            Journal::Here(folder) => {
                if folder.keeps_ticks()
                    && let Some(tape) = self.playlist.tape(game.index)
                {
                    folder.write_ticks(game.index, &tape)?;
                }
                folder.write(&game)
            }
            Journal::Queued(queue) => queue.game(game),
        }
    }
}
