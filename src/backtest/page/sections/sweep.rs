//! The page of a sweep: the worth of its choices, their map, the best and the first variant.

use maud::{Markup, html};

use super::super::format;
use super::super::layout::{Page, facts, or_none};
use super::super::sweep_folder::SweepToDraw;
use super::{forest, inputs, map, run, verdict};
use crate::analysis::stats::Estimate;
use crate::analysis::stats::p_value_text;
use crate::analysis::summary::select::SelectionKind;
use crate::backtest::sweep::outcome::SweepCandidate;
use crate::base::printable;

/// Maximum number of candidates in the ranking.
const RANKED_MAX: usize = 24;

/// A page about one sweep.
pub(in super::super) fn whole(page: &mut Page, sweep: &SweepToDraw, command: &str) {
    let findings = &sweep.outcome.findings;
    let header = html! {
        header.top {
            p.kind { "Report of a sweep" }
            h1 { (findings.scenario) }
            @if let Some(question) = run::question(&sweep.scenario) { p.question { (question) } }
            p.about {
                (format::counted(findings.candidates.len() as u64, "candidate")) " · "
                (format::counted(findings.games, "game")) ", the same for all · "
                @if findings.holdout_games > 0 {
                    (format::counted(findings.holdout_games, "game")) " kept back · "
                }
                "seed " (findings.seed)
            }
        }
    };
    page.open(&format!("{} – Replayer", findings.scenario), &header);
    worth(page, sweep);
    map::section(page, sweep);
    ranking(page, sweep);
    let shown = shown(sweep);
    if let Some((_, first)) = shown.first() {
        inputs::section(page, first);
    }
    reproduce(page, sweep, command);
    for (number, (title, run)) in shown.iter().enumerate() {
        page.chapter(number + 1);
        page.heading(title, &html! {});
        run::figures(page, run);
    }
}

/// The worth of choosing the best.
fn worth(page: &mut Page, sweep: &SweepToDraw) {
    let selection = &sweep.outcome.findings.selection;
    let mut known: Vec<(&str, Markup)> = Vec::new();
    if let Some(best) = &selection.best {
        let deviations = |value: f64| html! { (format::signed(value, 2)) " standard errors" };
        known.push(("The best", html! { (best.id) }));
        known.push(("Its mean", deviations(best.statistic)));
        known.push(("The luckiest of as many without an edge, median", deviations(best.by_luck)));
        known.push(("The same, in one of twenty cases", deviations(best.critical)));
        known.push(("Luck alone does as well", html! { (chance(best.p_value)) " of the time" }));
    }
    if let Some(overfitting) = &selection.overfitting {
        known.push((
            "Probability of overfitting",
            html! { (format::percent(overfitting.probability, 0)) " of " (format::count(overfitting.splits)) " splits" },
        ));
    }
    if let Some(forward) = &selection.walk_forward {
        known.push(("Chosen on past games, scored on later ones", sol(Some(forward.pnl_per_unit))));
        known.push(("The best on all games, an optimistic figure", html! {
            (format::signed(forward.in_sample, format::decimals_for(forward.pnl_per_unit.reach(), 2))) " SOL"
        }));
    }
    let body = html! {
        p.headline { (format::bound(&selection.verdict.text)) }
        @if selection.verdict.kind == SelectionKind::Noise {
            p.warning role="note" {
                strong { "Luck alone could have produced the best." }
                " Do not choose a candidate by its rank."
            }
        }
        @if selection.verdict.kind == SelectionKind::AllLose {
            p.warning role="note" {
                strong { "Every candidate loses." } " The best of them only loses least."
            }
        }
        (facts(&known))
        @if let Some(warning) = sweep.outcome.findings.holdout_warning() {
            p.warning role="note" { (warning) }
        } @else if sweep.outcome.findings.holdout_games > 0 {
            p.note {
                "The games kept back test the best once: " code { "replayer holdout" } " with this folder."
            }
        }
    };
    page.section("verdict", "What the choice is worth", &body);
}

/// A chance in percent, with one decimal or as many as it takes to show that it is not zero.
fn chance(chance: f64) -> String {
    format::percent(chance, format::decimals_for(chance * 100.0, 1).max(1))
}

/// The best candidates, below each other.
fn ranking(page: &mut Page, sweep: &SweepToDraw) {
    let all = sweep.outcome.findings.candidates.len();
    let rows: Vec<forest::ForestRow> = sweep
        .ranked()
        .take(RANKED_MAX)
        .filter_map(|(place, candidate)| row(sweep, place, candidate))
        .collect();
    let body = html! {
        @if rows.is_empty() {
            p { "There are too few games for a ranking." }
        } @else {
            p.note {
                "By mean in standard errors, the measure that chooses throughout this page. \
                 Each interval is for one candidate: of many, the \
                 highest is high by luck too."
            }
            (forest::table("SOL gained per SOL staked", &rows))
        }
        @if all > rows.len() {
            p.note { (rows.len()) " of " (all) "; all are in variants.csv." }
        }
    };
    page.section("ranking", "The best, side by side", &body);
}

fn row(sweep: &SweepToDraw, place: usize, candidate: &SweepCandidate) -> Option<forest::ForestRow> {
    let figures = sweep.figures(candidate)?;
    let held = &sweep.outcome.findings.selection.candidates[place];
    let name = html! { (candidate.bot) span.sub { "cell " (candidate.variant) } };
    let copy = held.copy_of.as_ref().map_or_else(String::new, |it| format!("; as {it}, scaled"));
    let corrected = held
        .p_holm
        .map_or_else(String::new, |p| format!("; p {}, corrected for all (Holm)", p_value_text(p)));
    let statistic = held
        .statistic
        .map_or_else(String::new, |it| format!("; mean {} standard errors", format::signed(it, 2)));
    let values = sweep.named(&candidate.values);
    let text = format::bound(&format!("{values}{statistic}{corrected}{copy}"));
    Some(forest::ForestRow { badge: html! {}, text, ..verdict::row(figures, name) })
}

/// The best and the first variant, as runs of their own.
fn shown(sweep: &SweepToDraw) -> Vec<(String, super::super::folder::RunToDraw)> {
    let mut shown: Vec<(String, _)> = Vec::new();
    for (role, title) in [("best", "The best"), ("first", "The first")] {
        let shapes = &sweep.shapes.curves;
        let Some(shape) = shapes.iter().find(|shape| shape.role == role) else { continue };
        let best = shapes.iter().find(|shape| shape.role == "best");
        let same = role == "first" && best.is_some_and(|best| best.variant == shape.variant);
        if let Some(run) = sweep.run(shape).filter(|_| !same) {
            let values = sweep.named(&shape.values);
            shown.push((format!("{title}: cell {} ({values})", shape.variant), run));
        }
    }
    shown
}

fn reproduce(page: &mut Page, sweep: &SweepToDraw, command: &str) {
    let manifest = &sweep.manifest;
    let best = sweep.outcome.findings.best().map_or(0, |best| best.variant);
    let digest = usize::try_from(best).ok().and_then(|at| sweep.outcome.variants.get(at));
    let body = html! {
        p {
            "The same scenario over the same inputs gives the same bytes, on any machine, any number of \
             threads and any number of parts. Save the scenario below as " code { "scenario.ron" }
            " and run:"
        }
        pre.command tabindex="0" { code {
            "replayer sweep scenario.ron --out again\n"
            "replayer sweep scenario.ron --cell " (best) " > cell.ron   # one variant as a scenario\n"
            "replayer run cell.ron"
        } }
        @if let Some(variant) = digest {
            p { "The digest of that variant's games must be" }
            pre.command tabindex="0" { code { (variant.summary.digest) } }
        }
        (facts(&[
            ("Program", html! { "replayer " (manifest.replayer) }),
            ("Seed", html! { (manifest.seed) }),
            ("Random streams", html! { (manifest.streams) }),
            ("Variants", html! { (format::count(manifest.variants)) }),
            ("SHA-256 of the scenario", html! { (manifest.scenario_sha256) }),
        ]))
        details.data {
            summary { "The scenario as it was swept" }
            pre tabindex="0" { code { (printable::lines(&sweep.scenario)) } }
        }
        p.note { "This page: " code { (command) } }
    };
    page.section("reproduce", "How to reproduce it", &body);
}

fn sol(estimate: Option<Estimate>) -> Markup {
    or_none(estimate.map(|estimate| {
        let format::Figure { value, reach } = format::estimate(&estimate);
        format!("{value} ± {reach} SOL")
    }))
}
