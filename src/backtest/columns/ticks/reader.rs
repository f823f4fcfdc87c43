//! Reads columns of ticks back as games.

use std::ops::Range;
use std::path::Path;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};

use super::TicksFile;
use crate::backtest::columns::read::{Group, OpenedTable};
use crate::backtest::columns::schema::TICKS;
use crate::backtest::columns::tables;
use crate::base::error::Error;
use crate::games::number;
use crate::games::recording::{BadLine, Fragment, Layout, Recording, Seen, Stage, Timestamp};
use crate::model::ids::GameId;
use crate::model::quote::TICK_MS;

/// Column indices in the file, where a price takes two columns.
mod place {
    pub(super) const GAME: usize = 0;
    pub(super) const ID: usize = 1;
    pub(super) const TICK: usize = 2;
    pub(super) const PHASE: usize = 3;
    pub(super) const PRICE: usize = 5;
    pub(super) const GAP: usize = 6;
    pub(super) const TIME: usize = 7;
}

/// Reads a file of ticks.
///
/// # Errors
/// When it cannot be read, is damaged, or is not a file of ticks. Unlike in lines, damage in
/// columns costs the whole file. A row that no game can have costs itself, as in lines.
pub fn read_file(path: &Path) -> Result<TicksFile, Error> {
    let opened = OpenedTable::open(path, &TICKS)?;
    let mut reader = Reader::default();
    for group in opened.groups() {
        let group = group?;
        reader.columns.read(&group)?;
        reader.take(&group).map_err(|trouble| match trouble {
            Trouble::File(error) => error,
            Trouble::Row(row, why) => opened.wrong(row, &why),
        })?;
    }
    reader.close();
    let good = reader.rows - reader.bad.len() as u64;
    let mut recording = Recording {
        layout: Some(Layout::Columns),
        records: good,
        ticks: good,
        games: reader.games,
        ..Recording::default()
    };
    reader.bad.into_iter().for_each(|bad| recording.add_bad(bad));
    recording.remove_impossible(|_| false);
    Ok(TicksFile { recording, bytes: opened.bytes, sha256: opened.sha256 })
}

enum Trouble {
    File(Error),
    /// The row, by its number from 1, and what is wrong with it.
    Row(u64, String),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::File(error)
    }
}

/// The columns of a row group that have a distinct value in every row.
#[derive(Default)]
struct Columns {
    games: Vec<i64>,
    ticks: Vec<i64>,
    prices: Vec<f64>,
    times: Vec<i64>,
    timed: Vec<i16>,
    /// Empty where every row has a time: gaps follow from times.
    gaps: Vec<i64>,
}

impl Columns {
    fn read(&mut self, group: &Group<'_>) -> Result<(), Error> {
        group.column::<Int64Type>(place::GAME, &mut self.games)?;
        group.column::<Int64Type>(place::TICK, &mut self.ticks)?;
        group.column::<DoubleType>(place::PRICE, &mut self.prices)?;
        group.optional::<Int64Type>(place::TIME, (&mut self.times, &mut self.timed))?;
        self.gaps.clear();
        if self.timed.contains(&0) {
            group.column::<Int64Type>(place::GAP, &mut self.gaps)?;
        }
        Ok(())
    }
}

/// Collects rows into games. The rows of a game are contiguous, its rug last.
#[derive(Default)]
struct Reader {
    columns: Columns,
    /// Rows whose price or tick no game has.
    bad: Vec<BadLine>,
    rows: u64,
    games: Vec<Fragment>,
    open: Option<Open>,
}

/// A game of which more rows may follow.
struct Open {
    number: i64,
    id: GameId,
    /// What each row says; `None` for a bad one.
    seen: Vec<Option<Seen>>,
    gaps: Vec<i64>,
    /// The stage of the last row.
    stage: Stage,
}

impl Reader {
    fn take(&mut self, group: &Group<'_>) -> Result<(), Trouble> {
        let columns = std::mem::take(&mut self.columns);
        let (first, games) = (self.rows + 1, &columns.games);
        let wrong = |row: usize, why| Trouble::Row(first + row as u64, why);
        // The previous group may have ended within a game.
        let goes_on = self.open.as_ref().map(|open| open.number) == games.first().copied();
        let spans = spans(games);
        // Names and stages are text, which is slow: read them only where a game begins or ends.
        let named = spans.iter().skip(usize::from(goes_on));
        let ids = group.some::<ByteArrayType>(place::ID, named.map(|span| span.start))?;
        let phases = group.some::<ByteArrayType>(place::PHASE, spans.iter().map(|s| s.end - 1))?;
        let (mut ids, mut times) = (ids.iter(), columns.times.iter());
        for (span, phase) in spans.into_iter().zip(&phases) {
            if span.start > 0 || !goes_on {
                let id = ids.next().map_or_else(|| Err("no name".to_owned()), game_id);
                self.begin(games[span.start], id.map_err(|why| wrong(span.start, why))?);
            }
            let Some(open) = &mut self.open else { continue };
            open.stage = stage(phase.data())
                .ok_or_else(|| wrong(span.end - 1, "an unknown phase".to_owned()))?;
            open.gaps.extend(columns.gaps.get(span.clone()).unwrap_or_default());
            for row in span {
                let time = if columns.timed[row] == 1 { times.next().copied() } else { None };
                let number = first + row as u64;
                let seen = seen((columns.ticks[row], columns.prices[row]), time, number);
                let bad = |reason| BadLine { line: number, reason, impossible: true };
                open.seen.push(seen.map_err(|why| self.bad.push(bad(why))).ok());
            }
        }
        self.rows += games.len() as u64;
        self.columns = columns;
        Ok(())
    }

    fn begin(&mut self, number: i64, id: GameId) {
        self.close();
        let (seen, gaps) = (Vec::new(), Vec::new());
        self.open = Some(Open { number, id, seen, gaps, stage: Stage::Play });
    }

    fn close(&mut self) {
        let Some(Open { id, mut seen, gaps, stage, .. }) = self.open.take() else { return };
        if seen.iter().flatten().all(|seen| seen.time.is_none()) {
            // Any clock with the right gaps will do.
            let mut now = Timestamp::MADE_UP;
            for (place, (seen, &gap)) in seen.iter_mut().zip(&gaps).enumerate() {
                let gap = u32::try_from(gap).unwrap_or(TICK_MS);
                now = if place == 0 { now } else { now.after_ms(gap) };
                if let Some(seen) = seen {
                    seen.time = Some(now);
                }
            }
        }
        let rug = if stage == Stage::Play { None } else { seen.pop().flatten() };
        let ticks = seen.into_iter().flatten().collect();
        self.games.push(Fragment::of(id, ticks, rug.map(|rug| (stage, rug))));
    }
}

/// The ranges of rows that belong to one game.
fn spans(games: &[i64]) -> Vec<Range<usize>> {
    let mut start = 0;
    let spans = games.chunk_by(|one, next| one == next).map(|game| {
        start += game.len();
        start - game.len()..start
    });
    spans.collect()
}

fn game_id(text: &ByteArray) -> Result<GameId, String> {
    let text = text.as_utf8().map_err(|error| format!("game_id: {error}"))?;
    GameId::new(text).map_err(|error| format!("game_id: {error}"))
}

fn seen((tick, price): (i64, f64), time: Option<i64>, row: u64) -> Result<Seen, String> {
    let number = u64::try_from(tick).map_err(|_| format!("tick {tick}: below 0"))?;
    let tick = number::tick(number).map_err(|error| error.to_string())?;
    let price = number::within(price).map_err(|error| format!("price {price}: {error}"))?;
    let (time, line) = (time.map(Timestamp::from_micros), u32::try_from(row).unwrap_or(0));
    Ok(Seen { tick, price, time, closed: false, line })
}

/// The stage with this name in the column `phase`.
fn stage(phase: &[u8]) -> Option<Stage> {
    [Stage::Play, Stage::Rug, Stage::Reveal]
        .into_iter()
        .find(|&stage| tables::phase(stage).as_bytes() == phase)
}
