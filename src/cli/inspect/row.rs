//! The fields of `--json`, for one file and for all files.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::base::error::Error;
use crate::games::recording::{BadLine, Fragment, Grade, Layout, Library, Others, Recording};
use crate::model::quote::Tick;

/// One file. *Ticks of the game* run from the activation to the rug: they exclude countdown rows
/// and the second rug frame, whose number is inflated.
#[derive(Debug, Serialize)]
pub(super) struct FileRow {
    /// File name without its folder.
    pub(super) file: String,
    /// Path of the file, folder included.
    pub(super) path: String,
    /// The recorder's layout; null when nothing in the file is a recording.
    pub(super) layout: Option<Layout>,
    /// The game's id if there is exactly one; the same holds for all single-game values below.
    pub(super) game_id: Option<String>,
    /// Good lines, of any kind. A document of layout 3.3 counts as one.
    pub(super) records: u64,
    /// Lines that are not rows of a recording, and rows of ticks that no game can have.
    pub(super) bad_lines: u64,
    /// Whole rows salvaged from bad lines; not included in `records` and `ticks`.
    pub(super) salvaged: u64,
    /// Tick rows on good lines, including those of the countdown.
    pub(super) ticks: u64,
    /// Games that the file mentions.
    pub(super) games: usize,
    /// Lowest tick of the game; null when there is none.
    pub(super) first_tick: Option<Tick>,
    /// Highest tick of the game: the rug tick where there is a rug.
    pub(super) last_tick: Option<Tick>,
    /// Ticks between these two without a row; summed over several games.
    pub(super) missing_ticks: u64,
    /// The tick of the first rug frame.
    pub(super) rug_tick: Option<Tick>,
    /// The price in the first rug frame.
    pub(super) rug_price: Option<f64>,
    /// Whether every tick from 0 to the rug is there, in this file alone, in each of its games.
    pub(super) complete: bool,
    /// What is missing, in words.
    pub(super) incomplete: Option<String>,
    /// Rows that repeated a tick of the game and agreed.
    pub(super) duplicates: u64,
    /// Rows that contradicted an earlier one.
    pub(super) conflicts: u64,
    /// Rows with a lower tick than the row before.
    pub(super) out_of_order: u64,
    /// Footers that contradict the rows.
    pub(super) wrong_footers: u64,
    /// Prices with more digits than a double holds.
    pub(super) inexact_prices: u64,
    /// Times that cannot be compared with other ones of the file.
    pub(super) mixed_times: u64,
    /// Times that a game was told again, to its rug.
    pub(super) repeats: u64,
    /// Gaps between two ticks over which the recorder's clock jumped: they count as 250 ms.
    pub(super) clock_jumps: u64,
    /// Grade from A (complete) to F (unreadable).
    pub(super) grade: Grade,
    /// Why the file could not be read, if it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// The first few bad lines.
    #[serde(skip)]
    pub(super) first_bad: Vec<BadLine>,
}

/// Totals over all files.
#[derive(Debug, Default, Serialize)]
pub(super) struct Total {
    pub(super) files: u64,
    pub(super) records: u64,
    pub(super) bad_lines: u64,
    /// Files with a bad line.
    pub(super) damaged_files: u64,
    pub(super) salvaged: u64,
    pub(super) ticks: u64,
    /// Number of distinct game ids.
    pub(super) games: usize,
    /// Games that are complete after all files are joined.
    pub(super) complete: usize,
    /// Complete games whose rug price follows from their path, bit for bit.
    pub(super) rug_law_ok: usize,
    /// Games that occur in several files.
    pub(super) merged: u64,
    /// Missing ticks, summed over the files.
    pub(super) missing_ticks: u64,
    /// Contradicting rows after joining, including those between files.
    pub(super) conflicts: u64,
    /// Times that a game was told again, in the same file or in another one.
    pub(super) repeats: u64,
    /// Gaps between two ticks over which a recorder's clock jumped.
    pub(super) clock_jumps: u64,
    /// Files that could not be read.
    pub(super) unreadable: u64,
    /// Other files and folders in the folders, which were not looked at.
    pub(super) not_looked_at: u64,
    /// The names of the first of these, a folder's with a slash.
    pub(super) not_looked_at_names: Vec<String>,
    /// The same, for the text.
    #[serde(skip)]
    pub(super) others: Others,
    /// Number of files per grade.
    pub(super) grades: BTreeMap<Grade, u64>,
}

impl FileRow {
    pub(super) fn new(path: &Path, recording: &Recording) -> Self {
        let game = recording.only_game();
        let sum = |count: fn(&Fragment) -> u64| -> u64 { recording.games.iter().map(count).sum() };
        let rug = game.and_then(Fragment::rug);
        Self {
            layout: recording.layout,
            game_id: game.map(|game| game.id().to_string()),
            records: recording.records,
            bad_lines: recording.bad_lines,
            salvaged: recording.salvaged,
            ticks: recording.ticks,
            games: recording.games.len(),
            first_tick: game.and_then(Fragment::first_tick),
            last_tick: game.and_then(Fragment::last_tick),
            missing_ticks: recording.missing_ticks(),
            rug_tick: rug.map(|rug| rug.0),
            rug_price: rug.map(|rug| rug.1.get()),
            complete: recording.is_complete(),
            incomplete: recording
                .games
                .iter()
                .find_map(|game| game.incomplete().map(|why| why.to_string())),
            duplicates: sum(Fragment::duplicates),
            conflicts: sum(Fragment::conflicts),
            out_of_order: sum(Fragment::out_of_order),
            wrong_footers: recording.wrong_footers,
            inexact_prices: recording.inexact_prices,
            mixed_times: recording.mixed_times,
            repeats: sum(Fragment::repeats),
            clock_jumps: sum(Fragment::clock_jumps),
            grade: recording.grade(),
            first_bad: recording.first_bad.clone(),
            ..Self::blank(path)
        }
    }

    pub(super) fn unreadable(path: &Path, error: &Error) -> Self {
        Self { error: Some(format!("{error:#}")), ..Self::blank(path) }
    }

    fn blank(path: &Path) -> Self {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self {
            file: file.unwrap_or_default(),
            path: path.to_string_lossy().into_owned(),
            layout: None,
            game_id: None,
            records: 0,
            bad_lines: 0,
            salvaged: 0,
            ticks: 0,
            games: 0,
            first_tick: None,
            last_tick: None,
            missing_ticks: 0,
            rug_tick: None,
            rug_price: None,
            complete: false,
            incomplete: None,
            duplicates: 0,
            conflicts: 0,
            out_of_order: 0,
            wrong_footers: 0,
            inexact_prices: 0,
            mixed_times: 0,
            repeats: 0,
            clock_jumps: 0,
            grade: Grade::F,
            error: None,
            first_bad: Vec::new(),
        }
    }
}

impl Total {
    pub(super) fn add(&mut self, row: &FileRow) {
        self.files += 1;
        self.records += row.records;
        self.bad_lines += row.bad_lines;
        self.damaged_files += u64::from(row.bad_lines > 0);
        self.salvaged += row.salvaged;
        self.ticks += row.ticks;
        self.missing_ticks += row.missing_ticks;
        self.unreadable += u64::from(row.error.is_some());
        *self.grades.entry(row.grade).or_default() += 1;
    }

    pub(super) fn finish(&mut self, library: &Library, others: Others) {
        self.games = library.games.len() + library.incomplete.len();
        self.complete = library.games.len();
        self.rug_law_ok = library.games.iter().filter(|game| game.rug_law_holds()).count();
        self.merged = library.merged;
        self.conflicts = library.conflicts;
        self.repeats = library.repeats;
        self.clock_jumps = library.clock_jumps;
        self.not_looked_at = others.count();
        self.not_looked_at_names = others.first().to_vec();
        self.others = others;
    }
}
