//! The rows of `history`: one game, or all games of a day.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Shown;
use crate::games::recording::{Fragment, Stage, Timestamp};
use crate::model::ids::GameId;
use crate::model::sol::Sol;

/// One recorded game as `history` shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct HistoryRow {
    /// Time of the first message about the game.
    pub(super) at: Option<Timestamp>,
    pub(super) game: GameId,
    /// Number of recorded ticks.
    pub(super) ticks: u64,
    /// Highest price of the game, as a multiple of its start.
    pub(super) peak: f64,
    /// Price in the rug frame, if it was recorded.
    pub(super) rug_price: Option<f64>,
    /// What is missing; `None` for a game that can be played.
    pub(super) incomplete: Option<String>,
    /// Gain or loss of each bot that played, in SOL.
    pub(super) pnl: BTreeMap<String, Sol>,
}

impl HistoryRow {
    /// The row of a recorded game.
    pub(super) fn of(game: &Fragment) -> Self {
        let ticks = game.seen().filter(|(stage, _)| *stage != Stage::Waiting);
        let at = game.seen().find_map(|(_, seen)| seen.time);
        let (mut count, mut peak) = (0, 0.0_f64);
        for (_, seen) in ticks {
            count += 1;
            peak = peak.max(seen.price.get());
        }
        Self {
            at,
            game: game.id(),
            ticks: count,
            peak,
            rug_price: game.rug().map(|(_, price)| price.get()),
            incomplete: game.incomplete().map(|why| why.to_string()),
            pnl: BTreeMap::new(),
        }
    }

    /// Adds a bot's gain or loss in the game.
    pub(super) fn gain(&mut self, bot: &str, pnl: Sol) {
        add(&mut self.pnl, bot, pnl);
    }
}

/// Adds to a bot's sum.
fn add(gains: &mut BTreeMap<String, Sol>, bot: &str, pnl: Sol) {
    let sum = gains.entry(bot.to_owned()).or_insert(Sol::ZERO);
    *sum = sum.plus(pnl).expect("sessions turn over less than 10^15 SOL");
}

/// The games of a day.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    /// The day; empty for games without a time.
    day: String,
    games: u64,
    incomplete: u64,
    ticks: u64,
    /// Highest price over all games of the day.
    peak: f64,
    /// Gain or loss of each bot, in SOL.
    pnl: BTreeMap<String, Sol>,
}

impl Day {
    /// Games by day, in order.
    pub(super) fn of(rows: &[HistoryRow]) -> Vec<Self> {
        let mut days: Vec<Self> = Vec::new();
        for row in rows {
            let day = row.at.map_or_else(String::new, day_of);
            if days.last().is_none_or(|last| last.day != day) {
                let pnl = BTreeMap::new();
                days.push(Self { day, games: 0, incomplete: 0, ticks: 0, peak: 0.0, pnl });
            }
            let Some(day) = days.last_mut() else { continue };
            day.games += 1;
            day.incomplete += u64::from(row.incomplete.is_some());
            day.ticks += row.ticks;
            day.peak = day.peak.max(row.peak);
            row.pnl.iter().for_each(|(bot, pnl)| add(&mut day.pnl, bot, *pnl));
        }
        days
    }
}

fn day_of(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn gains(pnl: &BTreeMap<String, Sol>) -> String {
    let gains: Vec<String> = pnl.iter().map(|(bot, pnl)| format!("{bot} {pnl}")).collect();
    gains.join("  ")
}

impl Shown for HistoryRow {
    const HEADER: &'static [&'static str] = &["began", "game", "ticks", "peak", "rug at", "P&L"];

    fn cells(&self) -> Vec<String> {
        let at = self.at.map_or_else(String::new, |at| at.to_string().chars().take(19).collect());
        vec![
            at,
            self.game.to_string(),
            self.ticks.to_string(),
            format!("{:.4}", self.peak),
            self.rug_price.map_or_else(String::new, |price| format!("{price:.6}")),
            self.incomplete.clone().unwrap_or_else(|| gains(&self.pnl)),
        ]
    }
}

impl Shown for Day {
    const HEADER: &'static [&'static str] =
        &["day", "", "games", "incomplete", "ticks", "peak", "P&L"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.day.clone(),
            String::new(),
            self.games.to_string(),
            self.incomplete.to_string(),
            self.ticks.to_string(),
            format!("{:.4}", self.peak),
            gains(&self.pnl),
        ]
    }
}
