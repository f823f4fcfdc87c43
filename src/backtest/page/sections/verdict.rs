//! What the run shows, in words.

use maud::{Markup, html};

use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Page, swatch};
use super::forest;
use crate::analysis::summary::{Figures, Sample, Verdict, VerdictKind, units_of};

/// Maximum number of bots listed one by one.
pub(super) const LISTED_MAX: usize = 40;

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, run: &RunToDraw) {
    let declared = run.declared();
    let body = html! {
        p.headline { (headline(&declared)) }
        (sample_warning(run.assessment.sample.as_ref()))
        (forest::table("SOL gained per SOL staked", &rows(&declared)))
        @if declared.len() > LISTED_MAX {
            p.note { "The first " (LISTED_MAX) " of " (declared.len()) "; all are in summary.json." }
        }
        p.note {
            "Intervals cover the true mean in " (format::percent(run.assessment.confidence, 0))
            " of all runs, each on its own; they are based on "
            strong { "whole " (units_of(run.assessment.games_per_unit)) }
            ", the independent units. A diamond marks what the law of the game predicts \
             for the same exposure."
        }
    };
    page.section("verdict", "Verdict", &body);
}

fn rows(declared: &[&Figures]) -> Vec<forest::ForestRow> {
    let listed = declared.iter().take(LISTED_MAX).enumerate();
    listed.map(|(slot, figures)| row(figures, html! { (swatch(slot)) (figures.id) })).collect()
}

/// A bot as a row of the forest.
pub(super) fn row(figures: &Figures, name: Markup) -> forest::ForestRow {
    let staked = figures.bought.to_f64() + figures.wagered.to_f64();
    forest::ForestRow {
        name,
        badge: badge(figures.verdict.kind),
        text: format::bound(sentence(&figures.verdict)),
        estimate: figures.pnl_per_stake,
        expected: (staked > 0.0).then(|| figures.expected_pnl / staked),
    }
}

/// A verdict in one word, with a symbol that does not depend on colour.
pub(super) fn badge(kind: VerdictKind) -> Markup {
    let (class, word) = match kind {
        VerdictKind::Edge => ("edge", "▲ edge"),
        VerdictKind::Loses => ("loses", "▼ loses"),
        VerdictKind::NoEdgeShown => ("open", "● no edge shown"),
        VerdictKind::TooFewGames => ("few", "○ too few"),
        VerdictKind::NoStake => ("few", "○ no stake"),
        VerdictKind::Constant => ("few", "○ no spread"),
    };
    html! { span class={ "badge " (class) } { (word) } }
}

/// The sentence of a verdict without the words that its badge says.
fn sentence(verdict: &Verdict) -> &str {
    let said = match verdict.kind {
        VerdictKind::Edge => "edge: ",
        VerdictKind::Loses => "loses ",
        VerdictKind::NoEdgeShown => "no edge shown: ",
        VerdictKind::TooFewGames => "insufficient: ",
        VerdictKind::NoStake => "no stake: ",
        // It says what was gained, not what its badge says.
        VerdictKind::Constant => "",
    };
    verdict.text.strip_prefix(said).unwrap_or(&verdict.text)
}

/// The run in one sentence.
pub(super) fn headline(declared: &[&Figures]) -> String {
    let named = |kind| -> Vec<String> {
        let of_kind = declared.iter().filter(|figures| figures.verdict.kind == kind);
        of_kind.map(|figures| figures.id.clone()).collect()
    };
    let (edge, loses) = (named(VerdictKind::Edge), named(VerdictKind::Loses));
    let is_game = declared.iter().all(|figures| figures.games == figures.units * figures.bots);
    let units = if is_game { "games" } else { "lives" };
    let few = named(VerdictKind::TooFewGames);
    let verb = |names: &[String], one: &str| {
        if names.len() == 1 { format!("{one}s") } else { one.to_owned() }
    };
    let mut said = Vec::new();
    if !edge.is_empty() {
        said.push(format!("{} {} more than luck explains", several(&edge), verb(&edge, "gain")));
    } else if few.len() == declared.len() {
        return format!("There are too few {units} for a verdict on any bot.");
    } else {
        said.push(if declared.len() == 1 {
            format!("{} shows no edge", declared[0].id)
        } else {
            "No bot shows an edge".to_owned()
        });
    }
    if declared.len() > 1 && loses.len() == declared.len() {
        return "Every bot loses.".to_owned();
    }
    if !loses.is_empty() {
        said.push(format!("{} {}", several(&loses), verb(&loses, "lose")));
    }
    format!("{}.", said.join("; "))
}

/// Up to four names, otherwise their number.
fn several(names: &[String]) -> String {
    if names.len() <= 4 { format::listed(names) } else { format!("{} bots", names.len()) }
}

/// The figures of a sample chosen by the length of games, with its warning.
fn sample_warning(sample: Option<&Sample>) -> Markup {
    html! {
        @if let Some(sample) = sample {
            p.warning role="note" { strong { (sample.warning) } }
        }
    }
}
