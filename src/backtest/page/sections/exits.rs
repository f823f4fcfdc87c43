//! Why positions were sold: count, level, mean and slippage of each reason, per bot.

use maud::{Markup, html};

use super::super::format;
use super::super::layout::or_none;
use crate::analysis::summary::{ExitFigures, ExitLevel, Figures};

/// The headings of the columns of numbers.
const HEADS: [&str; 7] = ["count", "SOL", "level", "mean", "worst", "best", "slippage"];

/// The table of exits; nothing where no position ended.
pub(super) fn table(bots: &[&Figures]) -> Markup {
    let exits = bots.iter().flat_map(|bot| bot.exits.iter().map(|exits| (bot.id.as_str(), exits)));
    html! {
        @if bots.iter().any(|bot| !bot.exits.is_empty()) {
            h4 { "Exits" }
            p.note {
                "Gains per SOL of cost. The level is the gain at which the bot meant to sell; \
                 slippage is the mean gain less the level."
            }
            div.scroll tabindex="0" role="region" aria-label="Exits" {
                table {
                    thead { tr {
                        th scope="col" { "bot" }
                        th scope="col" { "exit" }
                        @for head in HEADS { th.n scope="col" { (head) } }
                    } }
                    tbody { @for (bot, exits) in exits { (row(bot, exits)) } }
                }
            }
        }
    }
}

fn row(bot: &str, exits: &ExitFigures) -> Markup {
    let share = |share: Option<f64>| or_none(share.map(percent));
    html! { tr {
        th scope="row" { (bot) }
        td { (exits.reason.code()) }
        td.n { (format::count(exits.count)) }
        td.n { (format::gain(exits.gained)) }
        td.n { (or_none(exits.level.as_ref().map(level))) }
        td.n { (share(exits.mean)) }
        td.n { (share(exits.worst)) }
        td.n { (share(exits.best)) }
        td.n { (share(exits.level.map(|level| level.slippage))) }
    } }
}

/// The level of all exits, or the levels between which they are.
fn level(level: &ExitLevel) -> String {
    let (low, high) = (percent(level.low), percent(level.high));
    if low == high { percent(level.mean) } else { format!("{low} to {high}") }
}

fn percent(share: f64) -> String {
    format!("{}%", format::signed(share * 100.0, 1))
}
