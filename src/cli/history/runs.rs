//! The runs in a folder: when each ended, its scenario, and the verdict and P&L of its bots.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::base::error::Error;
use crate::base::files::read_json;
use crate::cli::console::Console;
use crate::cli::layout;
use crate::games::recording::Timestamp;
use crate::model::sol::Sol;

/// A run, a session or a sweep.
#[derive(Debug, Serialize)]
pub(super) struct RunRow {
    /// When its folder was last written, by the clock of the machine, in UTC.
    pub(super) at: Timestamp,
    run: PathBuf,
    scenario: String,
    /// `running`, `complete`, `interrupted` or `failed`.
    status: String,
    /// Number of games played; absent until the run is summed up.
    games: Option<u64>,
    /// The bots that the scenario declares; of a sweep, the best of its candidates.
    bots: Vec<BotRow>,
}

/// A bot, or the bots of a `count` together.
#[derive(Debug, Serialize)]
struct BotRow {
    bot: String,
    verdict: String,
    /// Absent for a sweep.
    pnl: Option<Sol>,
}

/// What manifests of runs and of sweeps say alike.
#[derive(Deserialize)]
struct Manifest {
    scenario: String,
    status: String,
    #[serde(default)]
    kind: String,
}

#[derive(Deserialize)]
struct RunSummary {
    games: u64,
    bots: Vec<BotSummary>,
    #[serde(default)]
    groups: Vec<BotSummary>,
}

#[derive(Deserialize)]
struct BotSummary {
    id: String,
    group: String,
    pnl: Sol,
    verdict: Judged,
}

#[derive(Deserialize)]
struct Judged {
    kind: String,
}

#[derive(Deserialize)]
struct SweepSummary {
    games: u64,
    selection: Selected,
}

#[derive(Deserialize)]
struct Selected {
    verdict: Judged,
    best: Option<Chosen>,
}

#[derive(Deserialize)]
struct Chosen {
    id: String,
}

/// The runs in these folders, the oldest first; one that cannot be read is reported and left out.
pub(super) fn rows(folders: &[PathBuf]) -> Vec<RunRow> {
    let read = |folder: &PathBuf| match RunRow::read(folder) {
        Ok(row) => Some(row),
        Err(error) => {
            warn!("{} is left out: {error:#}", folder.display());
            None
        }
    };
    let mut rows: Vec<RunRow> = folders.iter().filter_map(read).collect();
    rows.sort_by(|one, other| (one.at, &one.run).cmp(&(other.at, &other.run)));
    rows
}

impl RunRow {
    fn read(folder: &Path) -> Result<Self, Error> {
        let (file, summary) = (folder.join("manifest.json"), folder.join("summary.json"));
        let Manifest { scenario, status, kind } = read_json(&file)?;
        let about = fs::metadata(&file).map_err(|source| Error::io("inspect", &file, source))?;
        let at = Timestamp::from_micros(about.mtime().saturating_mul(1_000_000));
        let (games, bots) = if !summary.exists() {
            (None, Vec::new())
        } else if kind == "sweep" {
            swept(&summary)?
        } else {
            played(&summary)?
        };
        Ok(Self { at, run: folder.to_owned(), scenario, status, games, bots })
    }

    /// Its lines in the table, one per bot; those after the first leave out what is the same.
    fn lines(&self) -> Vec<Vec<String>> {
        let ended: String = self.at.to_string().chars().take(16).collect();
        let run = [ended.replace('T', " "), self.run.display().to_string(), self.scenario.clone()];
        let bot = |bot: &BotRow| {
            let pnl = bot.pnl.map_or_else(String::new, |pnl| format!("{:+}", pnl.to_decimal()));
            [bot.bot.clone(), bot.verdict.clone(), pnl]
        };
        let none = [String::new(), self.status.clone(), String::new()];
        let bots: Vec<_> =
            if self.bots.is_empty() { vec![none] } else { self.bots.iter().map(bot).collect() };
        let line = |(place, bot): (usize, [String; 3])| {
            let run = if place == 0 { run.clone() } else { <[String; 3]>::default() };
            run.into_iter().chain(bot).collect()
        };
        bots.into_iter().enumerate().map(line).collect()
    }
}

fn played(summary: &Path) -> Result<(Option<u64>, Vec<BotRow>), Error> {
    let RunSummary { games, bots, groups } = read_json(summary)?;
    let alone = bots.iter().filter(|bot| !groups.iter().any(|group| group.id == bot.group));
    let row = |bot: &BotSummary| BotRow {
        bot: bot.id.clone(),
        verdict: in_words(&bot.verdict),
        pnl: Some(bot.pnl),
    };
    Ok((Some(games), alone.chain(&groups).map(row).collect()))
}

fn swept(summary: &Path) -> Result<(Option<u64>, Vec<BotRow>), Error> {
    let SweepSummary { games, selection } = read_json(summary)?;
    let bot = selection.best.map_or_else(|| "-".to_owned(), |best| format!("best: {}", best.id));
    let verdict = in_words(&selection.verdict);
    Ok((Some(games), vec![BotRow { bot, verdict, pnl: None }]))
}

/// A code as words, without underscores.
fn in_words(verdict: &Judged) -> String {
    verdict.kind.replace('_', " ")
}

/// Prints runs as a table, or each as a line of JSON.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn show(rows: &[RunRow], json: bool, console: Console) -> Result<(), Error> {
    if json {
        return rows.iter().try_for_each(|row| console.print_json(row));
    }
    if rows.is_empty() {
        return console.print("no runs in this period");
    }
    let header = ["ended (UTC)", "run", "scenario", "bot", "verdict", "P&L"];
    let mut table = layout::table(&header);
    for line in rows.iter().flat_map(RunRow::lines) {
        table.add_row(line);
    }
    layout::right(&mut table, 5..6);
    console.print(&table)
}
