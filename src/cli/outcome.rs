//! The outcome of a sweep, as text and as JSON.

use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;
use tracing::info;

use super::console::Console;
use super::layout;
use crate::analysis::stats::{Estimate, p_value_text};
use crate::analysis::summary::select::SelectionKind;
use crate::backtest::sweep::holdout::OpenedHoldout;
use crate::backtest::sweep::outcome::Findings;
use crate::base::decimals::{counted, signed};
use crate::base::error::Error;

/// Number of best variants shown; the folder has the rest.
const SHOWN: usize = 10;

/// The outcome of a sweep as a JSON document.
#[derive(Serialize)]
struct Document<'a> {
    folder: &'a Path,
    #[serde(flatten)]
    findings: &'a Findings,
    /// Why the holdout would not show whether the best is good.
    holdout_warning: Option<String>,
}

/// Prints the outcome of a sweep and the path of its folder.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn print(
    findings: &Findings,
    folder: &Path,
    json: bool,
    console: Console,
) -> Result<ExitCode, Error> {
    if json {
        let holdout_warning = findings.holdout_warning();
        console.print_json(&Document { folder, findings, holdout_warning })?;
    } else {
        console.print(render(findings))?;
    }
    info!("sweep written to {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

/// The best variants, and what choosing among them is worth.
fn render(findings: &Findings) -> String {
    let Findings {
        scenario,
        seed,
        games,
        holdout_games,
        dimensions,
        selection,
        games_per_life,
        ..
    } = findings;
    let held_back = match holdout_games {
        0 => String::new(),
        games => format!("; {} kept back", counted(*games, "game")),
    };
    let candidates = counted(findings.candidates.len(), "candidate");
    let games = counted(*games, "game");
    let mut text =
        format!("{scenario}: {candidates} on the same {games}, seed {seed}{held_back}\n\n");
    if !findings.ranked.is_empty() {
        let fixed =
            ["bot", unit(*games_per_life), "95 % interval", "standard\nerrors", "p", "p (Holm)"];
        let names = dimensions.iter().map(String::as_str);
        let header: Vec<&str> = ["cell"].into_iter().chain(names).chain(fixed).collect();
        let mut table = layout::table(&header);
        for &place in findings.ranked.iter().take(SHOWN) {
            let (who, figures) = (&findings.candidates[place], &selection.candidates[place]);
            let mut row = vec![who.variant.to_string()];
            row.extend(who.values.iter().cloned());
            let [mean, interval] = shown(figures.pnl_per_unit);
            let bot = match &figures.copy_of {
                Some(original) => format!("{} (as {original})", who.bot),
                None => who.bot.clone(),
            };
            row.extend([bot, mean, interval]);
            row.push(figures.statistic.map_or_else(dash, |it| signed(it, 2)));
            row.extend([figures.p_value, figures.p_holm].map(chance));
            table.add_row(row);
        }
        layout::right(&mut table, 0..dimensions.len() + 1);
        layout::right(&mut table, dimensions.len() + 2..header.len());
        let rest = match findings.ranked.len().saturating_sub(SHOWN) {
            0 => String::new(),
            rest => format!("\n… and {rest} more in variants.csv"),
        };
        text += &format!("{table}{rest}\n\nBest first, by the mean in standard errors.\n\n");
    }
    text += &layout::hanging("", &selection.verdict.text);
    if selection.verdict.kind == SelectionKind::Noise {
        text += "\nLuck alone could have produced the best: do not choose a variant by its rank.";
    }
    match findings.holdout_warning() {
        Some(warning) => text += &format!("\nwarning: {warning}"),
        None if *holdout_games > 0 && selection.verdict.kind == SelectionKind::Edge => {
            text += "\n`replayer holdout` plays the best once, on the games kept back.";
        }
        None => {}
    }
    text
}

/// The result on the games kept back.
pub(super) fn opened(opened: &OpenedHoldout) -> String {
    let (from, to) = opened.games;
    let mut text = format!("holdout: games {from} to {}, opening {}\n\n", to - 1, opened.opening);
    let per = opened.cells.first().and_then(|cell| cell.summary.games_per_unit);
    let mut table = layout::table(&["cell", "values", "bot", unit(per), "95 % interval", ""]);
    for cell in &opened.cells {
        let mut bots = cell.summary.groups.iter().chain(&cell.summary.bots);
        if let Some(figures) = bots.find(|it| it.id == opened.bot) {
            let [mean, interval] = shown(figures.pnl_per_unit);
            let bot = figures.id.clone();
            let (cell, values) = (cell.variant.to_string(), cell.values.join(", "));
            table.add_row([cell, values, bot, mean, interval, figures.verdict.text.clone()]);
        }
    }
    layout::right(&mut table, 3..5);
    text += &table.to_string();
    if opened.opening > 1 {
        text += "\n\nThese games were opened before: this result proves nothing.";
    }
    text
}

/// The unit of a mean.
fn unit(games_per_life: Option<u64>) -> &'static str {
    if games_per_life == Some(1) { "SOL per game" } else { "SOL per life" }
}

fn chance(p: Option<f64>) -> String {
    p.map_or_else(dash, p_value_text)
}

fn dash() -> String {
    "-".to_owned()
}

/// A mean and its interval.
fn shown(mean: Option<Estimate>) -> [String; 2] {
    mean.map_or_else(
        || ["insufficient".to_owned(), String::new()],
        |it| {
            let [value, low, high] = [it.value, it.low, it.high].map(|sol| signed(sol, 6));
            [value, format!("{low} to {high}")]
        },
    )
}
