//! The orders of a bot that were refused, where they are so many that it matters.

use super::super::layout;
use super::format::declared;
use crate::analysis::summary::{Assessment, Figures, RefusalFigures};

/// One paragraph per bot of which too many orders were refused; `None` without any.
#[must_use]
pub(super) fn render(assessment: &Assessment) -> Option<String> {
    let told: Vec<String> = declared(assessment)
        .filter(|figures| figures.refusals_matter())
        .map(|figures| layout::hanging(&format!("{}: ", figures.id), &text(figures)))
        .collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// How many were refused, by kind, and what to change about the most frequent one.
fn text(figures: &Figures) -> String {
    let share = figures.refused_share().unwrap_or_default() * 100.0;
    let by_kind = figures.refusals.iter().map(|it| format!("{} {}", it.count, words(it)));
    let by_kind = by_kind.collect::<Vec<_>>().join(", ");
    let hint = figures.refusals.first().map_or("", |most| most.hint.as_str());
    format!(
        "{} of {} orders refused ({share:.1} %): {by_kind}. To change it: {hint}",
        figures.refused,
        figures.orders()
    )
}

/// The code of a kind, as words.
fn words(refusals: &RefusalFigures) -> String {
    refusals.reason.code().replace('_', " ")
}
