//! How the lives of each bot went: over, ruined, below a share of the bankroll; the facts of one
//! life.

#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use super::super::layout;
use super::format::declared;
use crate::analysis::summary::{Assessment, Figures, LifeFigures, Passage, UNITS_MIN};
use crate::base::decimals::{counted, duration};
use crate::base::document::Value as _;

const HEADER: [&str; 6] =
    ["bot", "the life is", "lives", "share, 95 %", "median\ngame", "median SOL\nleft"];

/// The table of lives, or the facts of the only one; `None` where every game is a life and no
/// share of the bankroll is watched.
#[must_use]
pub(super) fn render(assessment: &Assessment) -> Option<String> {
    let facts = declared(assessment).filter(|_| assessment.units <= 1).filter_map(one_life);
    let facts: Vec<String> = facts.collect();
    let rows: Vec<Vec<String>> = declared(assessment).flat_map(|of| rows(assessment, of)).collect();
    let mut parts: Vec<String> = Vec::new();
    if !facts.is_empty() && assessment.games_per_unit != Some(1) {
        parts.push(facts.join("\n"));
        parts.extend(hint(assessment));
    }
    if !rows.is_empty() {
        let mut table = layout::table(&HEADER);
        for row in rows {
            table.add_row(row);
        }
        layout::right(&mut table, 2..HEADER.len());
        parts.push(table.to_string());
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// How long a life of some games lasts, with the assumption behind it; `None` for lives of one
/// game.
#[must_use]
pub(super) fn span(assessment: &Assessment) -> Option<String> {
    let games = assessment.games_per_unit.filter(|&games| games > 1)?;
    let per_day = assessment.games_per_day.max(1);
    let span = duration(games as f64 / f64::from(per_day) * 24.0);
    let assumed = format!(
        "{games} games are about {span}: {per_day} games a day are assumed, as the law of the game \
         gives on average"
    );
    Some(layout::hanging("a life: ", &assumed))
}

/// The share of lives that were over, for the sentence of a verdict; empty where that is not
/// counted.
#[must_use]
pub(super) fn over(figures: &Figures) -> String {
    let over = figures.lives.as_ref().and_then(|lives| lives.over.as_ref());
    let Some(over) = over.filter(|over| over.passage.of > 1) else { return String::new() };
    let interval = over.passage.share.map_or_else(String::new, |share| {
        format!(" ({:.1} to {:.1} %)", share.low * 100.0, share.high * 100.0)
    });
    let Passage { lives, of, .. } = over.passage;
    let kept = match over.kept {
        0 => String::new(),
        kept => format!(", {kept} of them with its bankroll or more"),
    };
    let over = if over.inferred > 0 { "over, as it seems," } else { "over" };
    format!("; {over} in {lives} of {of} lives{interval}{kept}")
}

/// One life from its start to its end.
fn one_life(figures: &Figures) -> Option<String> {
    let LifeFigures { start, last, .. } = figures.lives.as_ref()?;
    let last_bet = match last.last_bet {
        Some(game) if last.inferred => {
            format!("last bet in game {game} of {}: over, as it seems", last.games)
        }
        Some(game) if last.over => {
            format!("last bet in game {game} of {}: over, it can never bet again", last.games)
        }
        Some(game) => format!("last bet in game {game} of {}", last.games),
        None => format!("no bet in {}", counted(last.games, "game")),
    };
    let lowest = last.lowest.map_or_else(String::new, |sol| format!(", lowest {}", sol.show()));
    let text = format!(
        "{} -> {} SOL in {}; {last_bet}; deepest fall {} SOL{lowest}",
        start.show(),
        last.end.show(),
        duration(last.hours),
        last.deepest_fall.show()
    );
    Some(layout::hanging(&format!("{}: ", figures.id), &text))
}

/// The scenario that could be judged, where one life cannot.
fn hint(assessment: &Assessment) -> Option<String> {
    let bot = assessment.bots.first()?;
    let start = bot.lives.as_ref()?.start.show();
    let games = assessment.games;
    let length = assessment.games_per_unit.unwrap_or_else(|| (games / UNITS_MIN).max(1));
    let needed = length.saturating_mul(UNITS_MIN);
    let text = if needed <= games {
        format!(
            "`bankroll: Lives(bankroll: {start}, games: {length})` makes {} lives of these games; \
             for lives as long as this one, play {} games",
            games / length,
            games.saturating_mul(UNITS_MIN)
        )
    } else {
        format!("`bankroll: Lives(bankroll: {start}, games: {length})` with {needed} games or more")
    };
    Some(layout::hanging("to judge it: ", &text))
}

/// The rows of one bot: over and ruined where lives have several games, and each share.
fn rows(assessment: &Assessment, figures: &Figures) -> Vec<Vec<String>> {
    let Some(lives) = &figures.lives else { return Vec::new() };
    if assessment.units <= 1 && lives.below.is_empty() {
        return Vec::new();
    }
    let mut rows = Vec::new();
    let mut row = |what: String, passage: &Passage, left: Option<f64>| {
        let bot = if rows.is_empty() { figures.id.clone() } else { String::new() };
        rows.push(vec![
            bot,
            what,
            format!("{} of {}", passage.lives, passage.of),
            passage.share.map_or_else(dash, |share| {
                format!("{:.1} to {:.1} %", share.low * 100.0, share.high * 100.0)
            }),
            passage.median_games.map_or_else(dash, |games| games.to_string()),
            left.map_or_else(dash, |left| format!("{left:.6}")),
        ]);
    };
    if let (Some(over), Some(ruined)) = (&lives.over, &lives.ruined) {
        let what = if over.inferred > 0 { "over, as it seems" } else { "over" };
        row(what.to_owned(), &over.passage, over.left_median);
        row("ruined".to_owned(), ruined, None);
    }
    for below in &lives.below {
        row(format!("below {} % ({})", below.percent(), below.amount.show()), &below.passage, None);
    }
    rows
}

fn dash() -> String {
    "-".to_owned()
}
