//! The orders that were refused, by kind, of every bot of which too many were.

use maud::{Markup, html};

use super::super::format;
use crate::analysis::summary::{Figures, RefusalFigures};

/// A warning per bot; nothing where refusals do not matter.
pub(super) fn warnings(bots: &[&Figures]) -> Markup {
    html! {
        @for bot in bots.iter().filter(|bot| bot.refusals_matter()) {
            p.warning role="note" {
                strong {
                    (bot.id) ": " (format::count(bot.refused)) " of " (format::count(bot.orders()))
                    " orders were refused."
                }
                @for refusals in &bot.refusals { br; (kind(refusals)) }
            }
        }
    }
}

/// How many of a kind were refused, and what to change; a page has no marks around names.
fn kind(refusals: &RefusalFigures) -> String {
    let words = refusals.reason.code().replace('_', " ");
    let hint = refusals.hint.replace('`', "");
    format!("{} {words}: {hint}.", format::count(refusals.count))
}
