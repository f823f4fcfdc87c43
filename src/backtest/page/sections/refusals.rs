//! The orders that were refused, by kind, of every bot of which too many were.

use maud::{Markup, html};

use super::super::format;
use crate::analysis::summary::Figures;

/// A warning per bot; nothing where refusals do not matter.
pub(super) fn warnings(bots: &[&Figures]) -> Markup {
    html! {
        @for bot in bots.iter().filter(|bot| bot.refusals_matter()) {
            div.warning role="note" {
                strong {
                    (bot.id) ": " (format::count(bot.refused)) " of " (format::count(bot.orders()))
                    " orders were refused."
                }
                ul { @for refusals in &bot.refusals { li {
                    (format::count(refusals.count)) " " (refusals.reason.code().replace('_', " "))
                    ": " (refusals.hint) "."
                } } }
            }
        }
    }
}
