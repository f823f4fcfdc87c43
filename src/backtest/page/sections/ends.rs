//! How positions and sidebets ended: the shares of each kind of end, per bot.

use maud::{Markup, html};

use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::Page;
use super::exits;
use super::verdict::LISTED_MAX;
use crate::analysis::summary::Figures;

/// A kind of end: its class, its name, and its count for a bot.
type End = (&'static str, &'static str, fn(&Figures) -> u64);

const POSITIONS: [End; 3] = [
    ("won", "sold with a gain", |bot| bot.sells_won),
    ("lost", "sold without a gain", |bot| bot.sells - bot.sells_won.min(bot.sells)),
    ("rugged", "liquidated at the rug", |bot| bot.liquidations),
];

const SIDEBETS: [End; 2] =
    [("won", "won", |bot| bot.sidebets_won), ("lost", "lost", |bot| bot.sidebets_lost)];

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, run: &RunToDraw) {
    let declared = run.declared();
    let listed = &declared[..declared.len().min(LISTED_MAX)];
    let (positions, sidebets) =
        (mix("Positions", listed, &POSITIONS), mix("Sidebets", listed, &SIDEBETS));
    let body = html! {
        @match (&positions, &sidebets) {
            (None, None) => p { "No bot staked anything." },
            _ => { (positions.unwrap_or_default()) (sidebets.unwrap_or_default()) }
        }
        (exits::table(listed))
    };
    page.section("ends", "How positions ended", &body);
}

/// A bar of shares for every bot with such ends; `None` if no bot has any.
fn mix(title: &str, bots: &[&Figures], ends: &[End]) -> Option<Markup> {
    let total = |bot: &Figures| ends.iter().map(|(_, _, count)| count(bot)).sum::<u64>();
    let with_any: Vec<&&Figures> = bots.iter().filter(|bot| total(bot) > 0).collect();
    if with_any.is_empty() {
        return None;
    }
    Some(html! {
        h4 { (title) }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table.mix {
                thead { tr {
                    th scope="col" { "bot" }
                    th.share scope="col" { span.none { "shares" } }
                    @for (class, word, _) in ends {
                        th.n scope="col" { span class={ "patch " (class) } aria-hidden="true" {} (word) }
                    }
                } }
                tbody { @for bot in with_any { tr {
                    th scope="row" { (bot.id) }
                    td.share { div.stack aria-hidden="true" {
                        @for (class, _, count) in ends {
                            @let share = share(count(bot), total(bot));
                            @if share > 0.0 {
                                span class=(class) style={ "flex-grow:" (format!("{share:.4}")) } {}
                            }
                        }
                    } }
                    @for (_, _, count) in ends {
                        td.n {
                            (format::count(count(bot)))
                            span.reach { " " (format::percent(share(count(bot), total(bot)), 1)) }
                        }
                    }
                } } }
            }
        }
    })
}

#[expect(clippy::cast_precision_loss, reason = "shares, not money")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
