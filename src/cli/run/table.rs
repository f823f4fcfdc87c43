//! The table of a run, for people.

use super::super::layout;
use crate::house::Bankroll;
use crate::model::sol::Sol;
use crate::report::{BotSummary, Group, Summary};
use crate::scenario::Scenario;

const HEADER: [&str; 13] = [
    "bot",
    "buys",
    "sells",
    "won",
    "rugged",
    "bets won",
    "lost",
    "refused",
    "P&L SOL",
    "per game ± s.e.",
    "expected",
    "drawdown",
    "",
];

/// A table with one row per group of bots, and what it says in words.
#[must_use]
pub(super) fn render(summary: &Summary, scenario: &Scenario) -> String {
    let mut table = layout::table(&HEADER);
    for group in &summary.groups {
        table.add_row(row(group, &summary.bots[group.bots.0..group.bots.1], scenario));
    }
    layout::right(&mut table, 1..HEADER.len() - 1);
    let Summary { scenario, seed, games, ticks, digest, .. } = summary;
    format!(
        "{scenario}: {games} games, {ticks} ticks, seed {seed}\n\n{}\n\n\
         P&L per game is a mean with its standard error; \"expected\" is what the law of the game \
         makes of the\nsame exposure per game; a gain or a loss is one of more than two standard \
         errors.\ndigest {digest}",
        table.trim_fmt()
    )
}

fn row(group: &Group, bots: &[BotSummary], scenario: &Scenario) -> Vec<String> {
    let total = |count: fn(&BotSummary) -> u64| bots.iter().map(count).sum::<u64>();
    let sold = total(|bot| bot.sells) + total(|bot| bot.liquidations);
    let name = match bots.len() {
        1 => group.name.clone(),
        count => format!("{} ({count} bots)", group.name),
    };
    let pnl = bots.iter().try_fold(Sol::ZERO, |sum, bot| sum.plus(bot.pnl));
    let drawdown = bots.iter().map(|bot| bot.max_drawdown).max().unwrap_or_default();
    let expected: f64 = bots.iter().map(|bot| bot.expected_pnl).sum();
    let mean = group.moments.mean();
    vec![
        name,
        total(|bot| bot.buys).to_string(),
        total(|bot| bot.sells).to_string(),
        percent(total(|bot| bot.sells_won), sold),
        total(|bot| bot.liquidations).to_string(),
        total(|bot| bot.sidebets_won).to_string(),
        total(|bot| bot.sidebets_lost).to_string(),
        total(|bot| bot.refused).to_string(),
        pnl.map_or_else(|error| error.to_string(), |pnl| pnl.to_string()),
        group
            .moments
            .standard_error()
            .map_or_else(|| format!("{mean:+.6}"), |error| format!("{mean:+.6} ± {error:.6}")),
        per_game(expected, group.moments.count()),
        drawdown.to_string(),
        verdict(group, bots, scenario),
    ]
}

/// What the figures say. One life with one bankroll is one sample, whatever its number of games:
/// its stakes depend on its past, so no average of its games is judged.
fn verdict(group: &Group, bots: &[BotSummary], scenario: &Scenario) -> String {
    match (scenario.house.bankroll, bots) {
        (Bankroll::PerGame(_), _) => group.moments.verdict().to_owned(),
        (Bankroll::Compounding(_), [bot]) if bot.final_cash < scenario.house.rules.min_bet => {
            "broke".to_owned()
        }
        (Bankroll::Lives { .. }, _) => "lives: not judged".to_owned(),
        (Bankroll::Compounding(_), _) => "one life: not judged".to_owned(),
    }
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
