//! The table of a run, for people.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};

use super::{BotSummary, Group, Summary};
use crate::model::sol::Sol;

const HEADER: [&str; 11] = [
    "bot",
    "buys",
    "sells",
    "won",
    "rugged",
    "sidebets won/lost",
    "refused",
    "P&L SOL",
    "per game ± s.e.",
    "expected",
    "drawdown",
];

/// A table with one row per group of bots, and what it says in words.
#[must_use]
pub fn render(summary: &Summary) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_header(HEADER);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for group in &summary.groups {
        table.add_row(row(group, &summary.bots[group.bots.0..group.bots.1]));
    }
    let mut text = format!(
        "{}: {} games, {} ticks, seed {}\n{table}\n",
        summary.scenario, summary.games, summary.ticks, summary.seed
    );
    for group in &summary.groups {
        text.push_str(&format!("  {}: {}\n", group.name, group.moments.verdict()));
    }
    text.push_str(
        "\nP&L per game is the mean over games with its standard error; \"expected\" is what the \
         law of the game makes\nof the same exposure per game; \"no edge shown\" means within two \
         standard errors of nothing.\n",
    );
    text.push_str(&format!("digest {}", summary.digest));
    text
}

fn row(group: &Group, bots: &[BotSummary]) -> Vec<String> {
    let total = |count: fn(&BotSummary) -> u64| bots.iter().map(count).sum::<u64>();
    let sold = total(|bot| bot.sells) + total(|bot| bot.liquidations);
    let name = match bots.len() {
        1 => group.name.clone(),
        count => format!("{} ({count} bots)", group.name),
    };
    let pnl = bots.iter().try_fold(Sol::ZERO, |sum, bot| sum.plus(bot.pnl));
    let drawdown = bots.iter().map(|bot| bot.max_drawdown).max().unwrap_or_default();
    let expected: f64 = bots.iter().map(|bot| bot.expected_pnl).sum();
    let error = group.moments.standard_error();
    vec![
        name,
        total(|bot| bot.buys).to_string(),
        total(|bot| bot.sells).to_string(),
        percent(total(|bot| bot.sells_won), sold),
        total(|bot| bot.liquidations).to_string(),
        format!("{}/{}", total(|bot| bot.sidebets_won), total(|bot| bot.sidebets_lost)),
        total(|bot| bot.refused).to_string(),
        pnl.map_or_else(|error| error.to_string(), |pnl| pnl.to_string()),
        error.map_or_else(
            || format!("{:+.6}", group.moments.mean()),
            |error| format!("{:+.6} ± {error:.6}", group.moments.mean()),
        ),
        per_game(expected, group.moments.count()),
        drawdown.to_string(),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{:.1}%", part as f64 / whole as f64 * 100.0)
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn per_game(total: f64, games: u64) -> String {
    format!("{:+.6}", total / games.max(1) as f64)
}
