//! The rows of each table, made from game records and recordings.

use super::Rows;
use super::schema::Cell;
use crate::base::error::Error;
use crate::engine::journal::GameRecord;
use crate::games::recording::{Fragment, Seen, Stage};
use crate::model::ids::{GameId, GameIndex};
use crate::model::price::Price;
use crate::model::quote::{TICK_MS, Tick};
use crate::model::tape::Tape;

/// The variant and the name of a bot, by its place in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Number of the variant in a sweep; 0 in a run.
    pub variant: u64,
    /// Name of the bot in the scenario.
    pub bot: String,
}

/// Writes a finished game as rows of [`GAMES`](super::schema::GAMES), one per bot.
///
/// # Errors
/// When a row cannot be written.
///
/// # Panics
/// When the record has a bot without a seat.
pub fn games(game: &GameRecord, seats: &[Seat], rows: &mut dyn Rows) -> Result<(), Error> {
    for row in &game.rows {
        let (seat, tally) = (&seats[row.bot.at()], &row.tally);
        let count = |count: u32| Cell::Integer(count.into());
        rows.push(&[
            number(game.index.get()),
            Cell::Text(game.id.as_str()),
            count(game.rug_tick),
            Cell::Price(game.rug_price),
            number(seat.variant),
            Cell::Text(&seat.bot),
            count(tally.buys),
            count(tally.sells),
            count(tally.sells_won),
            count(tally.liquidations),
            count(tally.sidebets_won),
            count(tally.sidebets_lost),
            count(tally.refused),
            Cell::Sol(tally.bought),
            Cell::Sol(tally.wagered),
            Cell::Sol(row.pnl),
            Cell::Sol(row.cash),
            Cell::Sol(row.max_drawdown),
            Cell::Real(tally.expected),
            number(u64::from(game.rug_tick) + 1),
            Cell::Price(game.peak),
        ])?;
    }
    Ok(())
}

/// Writes a finished game's postings as rows of [`POSTINGS`](super::schema::POSTINGS).
///
/// # Errors
/// When a row cannot be written.
///
/// # Panics
/// When the record has a bot without a seat.
pub fn postings(game: &GameRecord, seats: &[Seat], rows: &mut dyn Rows) -> Result<(), Error> {
    for (bot, posting) in &game.postings {
        let [place, id, variant, bot, tick] = beginning(game, &seats[bot.at()], posting.tick);
        let sale = posting.sale;
        let level = sale.and_then(|sale| sale.exit.level());
        let gained = sale.and_then(|sale| posting.delta.minus(sale.cost).ok());
        rows.push(&[
            place,
            id,
            variant,
            bot,
            tick,
            Cell::Text(posting.kind.code()),
            Cell::Price(posting.price),
            Cell::Quantity(posting.quantity),
            Cell::Sol(posting.delta),
            Cell::Sol(posting.cash),
            sale.map_or(Cell::Empty, |sale| Cell::Text(sale.exit.reason().code())),
            level.map_or(Cell::Empty, |level| Cell::Real(level.get())),
            gained.map_or(Cell::Empty, Cell::Sol),
        ])?;
    }
    Ok(())
}

/// Writes a finished game's rejected orders as rows of [`REFUSALS`](super::schema::REFUSALS).
///
/// # Errors
/// When a row cannot be written.
///
/// # Panics
/// When the record has a bot without a seat.
pub fn rejections(game: &GameRecord, seats: &[Seat], rows: &mut dyn Rows) -> Result<(), Error> {
    for (bot, refused) in &game.rejections {
        let [place, id, variant, bot, tick] = beginning(game, &seats[bot.at()], refused.tick);
        rows.push(&[
            place,
            id,
            variant,
            bot,
            tick,
            Cell::Text(&refused.action.to_string()),
            Cell::Text(refused.rejection.code()),
            Cell::Text(&refused.to_string()),
        ])?;
    }
    Ok(())
}

/// What a row begins with that tells of one bot at one tick: place and name of the game, variant,
/// bot, tick.
fn beginning<'a>(game: &'a GameRecord, seat: &'a Seat, tick: Tick) -> [Cell<'a>; 5] {
    [
        number(game.index.get()),
        Cell::Text(game.id.as_str()),
        number(seat.variant),
        Cell::Text(&seat.bot),
        Cell::Integer(tick.into()),
    ]
}

/// Writes the recorded ticks of a game as rows of [`TICKS`](super::schema::TICKS), complete or not:
/// missing ticks have no row.
///
/// # Errors
/// When a row cannot be written.
pub fn ticks(game: GameIndex, known: &Fragment, rows: &mut dyn Rows) -> Result<(), Error> {
    let id = known.id();
    let mut before = None;
    for (stage, seen) in known.seen() {
        let gap_ms = before.map_or(TICK_MS, |before| Fragment::gap_ms(before, seen));
        rows.push(&tick(game, &id, (stage, seen), gap_ms))?;
        before = Some(seen);
    }
    Ok(())
}

/// Writes a tape as rows of [`TICKS`](super::schema::TICKS): without times, only with the gaps
/// between its ticks.
///
/// # Errors
/// When a row cannot be written.
pub fn tape(game: GameIndex, tape: &Tape, rows: &mut dyn Rows) -> Result<(), Error> {
    for (step, &price) in (1..).zip(&tape.prices) {
        let rug = tape.rugged && step == tape.prices.len();
        let stage = if rug { Stage::Rug } else { Stage::Play };
        let tick = Tick::try_from(step - 1).unwrap_or(Tick::MAX);
        let seen = Seen { tick, price, time: None, closed: false, line: 0 };
        rows.push(&self::tick(game, &tape.id, (stage, seen), tape.gap_ms(step)))?;
    }
    Ok(())
}

/// Writes the state of a recorded game as a row of [`RECORDED`](super::schema::RECORDED).
///
/// # Errors
/// When a row cannot be written.
pub fn recorded(
    game: GameIndex,
    (known, files): (&Fragment, u32),
    rows: &mut dyn Rows,
) -> Result<(), Error> {
    let (id, why, rug) = (known.id(), known.incomplete(), known.rug());
    let text = why.map(|why| why.to_string());
    let optional = |tick: Option<Tick>| tick.map_or(Cell::Empty, |tick| Cell::Integer(tick.into()));
    let priced = |price: Option<Price>| price.map_or(Cell::Empty, Cell::Price);
    let by = |better: fn(f64, f64) -> bool| {
        known
            .seen()
            .map(|(_, seen)| seen.price)
            .reduce(|best, price| if better(price.get(), best.get()) { price } else { best })
    };
    rows.push(&[
        number(game.get()),
        Cell::Text(id.as_str()),
        Cell::Integer(files.into()),
        Cell::Flag(why.is_none()),
        text.as_deref().map_or(Cell::Empty, Cell::Text),
        number(known.seen().count() as u64),
        optional(known.first_tick()),
        optional(known.last_tick()),
        Cell::Integer(known.missing_ticks().into()),
        optional(rug.map(|rug| rug.0)),
        priced(rug.map(|rug| rug.1)),
        priced(by(|price, best| price > best)),
        priced(by(|price, best| price < best)),
        number(known.duplicates()),
        number(known.conflicts()),
        number(known.out_of_order()),
    ])
}

/// The name of a stage in the column `phase`.
pub(super) const fn phase(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Play => "active",
        Stage::Rug => "rugged",
        Stage::Reveal => "revealed",
    }
}

fn tick(game: GameIndex, id: &GameId, (stage, seen): (Stage, Seen), gap_ms: u32) -> [Cell<'_>; 7] {
    [
        number(game.get()),
        Cell::Text(id.as_str()),
        Cell::Integer(seen.tick.into()),
        Cell::Text(phase(stage)),
        Cell::Price(seen.price),
        Cell::Integer(gap_ms.into()),
        seen.time.map_or(Cell::Empty, Cell::Time),
    ]
}

/// A count or an index, which always fits into 63 bits.
fn number(number: u64) -> Cell<'static> {
    Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
