//! The games that a sweep kept back: opened once, for the selected variant, and always logged.
//!
//! A choice made after looking at these games is fitted to them, so a second look proves nothing.
//! It is refused unless forced; and every opening and every refusal is a line in the folder's
//! `holdout.jsonl`, written before a game is played.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::folder::{Status, SweepFolder};
use super::play::ShardRunner;
use super::{Sweep, outcome};
use crate::analysis::summary::Assessment;
use crate::backtest::run::folder::write_json;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, reading};
use crate::model::ids::GameIndex;

/// The result of an opened holdout: `holdout.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenedHoldout {
    /// Number of the opening, from 1: only the first one proves anything.
    pub opening: u64,
    /// The games, as places in the source: first, and one past the last.
    pub games: (u64, u64),
    /// The bot that the sweep selected.
    pub bot: String,
    /// The outcome of the selected variant, then of the first one, which is the scenario before any
    /// choice.
    pub cells: Vec<HoldoutCell>,
}

/// The outcome of a variant on the games kept back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldoutCell {
    /// Number of the variant.
    pub variant: u64,
    /// Values of the variant, one per dimension.
    pub values: Vec<String>,
    /// The figures of the games kept back.
    pub summary: Assessment,
}

/// A line of `holdout.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// Number of the opening, from 1; of a refusal, the number of earlier openings.
    opening: u64,
    /// `opened`, `forced` or `refused`.
    what: String,
    /// Version of the program that logged the line.
    replayer: String,
    /// Name of the user, if the system provides one.
    user: Option<String>,
    /// The variants that are played.
    variants: Vec<u64>,
}

/// Plays the selected variant on the games that the sweep kept back; `None` when told to stop.
///
/// # Errors
/// When a bot's strategy is not registered; when another process writes the folder; when the sweep is not complete, kept nothing back or
/// selected nothing; when the games were opened before or cannot be judged, unless forced; when
/// something cannot be read or written.
pub fn open(
    sweep: &Sweep<'_>,
    force: bool,
    user: Option<String>,
    stop: &AtomicBool,
) -> Result<Option<OpenedHoldout>, Error> {
    sweep.check()?;
    let Sweep { folder, space, .. } = *sweep;
    let _held = folder.hold()?;
    let shown = folder.path().display();
    let usage = |what: String, hint: &str| Err(Error::usage(what).hint(hint));
    if folder.manifest().status != Status::Complete || folder.manifest().part.is_some() {
        return usage(
            format!("the sweep in {shown} is not complete"),
            "finish it, or merge its parts",
        );
    }
    let games = folder.manifest().plan.holdout();
    if games.is_empty() {
        let hint = "write `sweep: Sweep(holdout: 0.2)` into the scenario and sweep again";
        return usage(format!("the sweep in {shown} kept no games back"), hint);
    }
    let findings = outcome::findings(folder.path())?;
    let Some(best) = findings.best() else {
        return usage(
            format!("the sweep in {shown} selected nothing: no variant has enough games"),
            "sweep over more games",
        );
    };
    if let Some(warning) = findings.holdout_warning().filter(|_| !force) {
        return usage(
            warning,
            "it stays closed, and its one opening is not spent: sweep again with more games, or \
             with a larger holdout; --force opens it all the same",
        );
    }
    let mut variants = vec![best.variant, 0];
    variants.dedup();

    let before = openings(folder)?;
    let opening = before + u64::from(before == 0 || force);
    let what = match (before, force) {
        (0, _) => "opened",
        (_, true) => "forced",
        (_, false) => "refused",
    };
    let replayer = env!("CARGO_PKG_VERSION").to_owned();
    log(
        folder,
        &Line { opening, what: what.to_owned(), replayer, user, variants: variants.clone() },
    )?;
    if before > 0 && !force {
        let times = if before == 1 { "once".to_owned() } else { format!("{before} times") };
        return usage(
            format!("the holdout of {shown} was already opened {times}"),
            "a choice made after looking is fitted to these games: sweep with another seed or \
             more games; --force opens it again and logs that in holdout.jsonl",
        );
    }

    let mut runner = ShardRunner::new(sweep, variants.clone());
    let mut summaries = runner.summaries(games.end - games.start);
    let stopped = || stop.load(Ordering::Relaxed);
    let ended = runner.play(games.clone(), &stopped, &mut |place, mut record| {
        // For the statistics, these games are a separate run.
        record.index = GameIndex::after(record.index.get() - games.start);
        summaries[place].add(&record);
    });
    if !ended {
        return Ok(None);
    }
    let cells = variants.iter().zip(summaries).map(|(&variant, summary)| HoldoutCell {
        variant,
        values: space.values(variant),
        summary: summary.assess(),
    });
    let opened = OpenedHoldout {
        opening,
        games: (games.start, games.end),
        bot: best.bot.clone(),
        cells: cells.collect(),
    };
    write_json(&folder.path().join("holdout.json"), &opened)?;
    Ok(Some(opened))
}

/// The number of openings of the games, according to the log.
fn openings(folder: &SweepFolder) -> Result<u64, Error> {
    let path = log_of(folder);
    let text = match reading::text(&path, reading::RUN_BYTES_MAX) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        text => text.map_err(|source| Error::io("read", &path, source))?,
    };
    let lines = text.lines().map(serde_json::from_str::<Line>).collect::<Result<Vec<_>, _>>();
    let lines = lines.map_err(|source| {
        Error::new(ErrorKind::Io, format!("{} is damaged", path.display()))
            .caused_by(source)
            .hint("it records how often the holdout was opened: restore it")
    })?;
    Ok(lines.iter().map(|line| line.opening).max().unwrap_or(0))
}

fn log(folder: &SweepFolder, line: &Line) -> Result<(), Error> {
    let path = log_of(folder);
    let written = serde_json::to_string(line).map_err(io::Error::from).and_then(|line| {
        let mut file = files::append(&path)?;
        writeln!(file, "{line}")?;
        file.sync_all()
    });
    written.map_err(|source| Error::io("write", &path, source))
}

fn log_of(folder: &SweepFolder) -> PathBuf {
    folder.path().join("holdout.jsonl")
}
