//! The page of a run, from its verdict to its reproduction.

use maud::{Markup, html};

use super::super::folder::RunToDraw;
use super::super::format;
use super::super::game::OneGame;
use super::super::layout::Page;
use super::{bots, curves, ends, game, inputs, lives, reproduce, spread, verdict};

/// A page about one run.
pub(in super::super) fn whole(
    page: &mut Page,
    run: &RunToDraw,
    one: Option<&OneGame>,
    command: &str,
) {
    let title = &run.manifest.scenario;
    let header = html! {
        header.top {
            p.kind { "Report of a run" }
            h1 { (title) }
            @if let Some(question) = question(&run.scenario) { p.question { (question) } }
            (about(run))
        }
    };
    page.open(&format!("{title} – Replayer"), &header);
    sections(page, run, one);
    reproduce::section(page, run, Some(command));
}

/// A chapter about one of several runs.
pub(in super::super) fn chapter(page: &mut Page, run: &RunToDraw, one: Option<&OneGame>) {
    let below = html! {
        @if let Some(question) = question(&run.scenario) { p.question { (question) } }
        (about(run))
    };
    page.heading(&run.name(), &below);
    sections(page, run, one);
    reproduce::section(page, run, None);
}

fn sections(page: &mut Page, run: &RunToDraw, one: Option<&OneGame>) {
    verdict::section(page, run);
    figures(page, run);
    game::section(page, one);
    inputs::section(page, run);
}

/// The results of the bots of a run, in figures and curves.
pub(super) fn figures(page: &mut Page, run: &RunToDraw) {
    bots::section(page, run);
    if lives::add_up(run) {
        curves::pnl(page, run);
        spread::section(page, run);
        curves::drawdown(page, run);
    } else {
        lives::bankroll(page, run);
        spread::section(page, run);
    }
    ends::section(page, run);
    curves::ruin(page, run);
}

/// The question that a scenario asks: the first comment line in its text.
pub(super) fn question(scenario: &str) -> Option<&str> {
    let line = scenario.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.strip_prefix("//")?.trim()).filter(|question| !question.is_empty())
}

/// The run in one line, and warnings about it.
fn about(run: &RunToDraw) -> Markup {
    let assessment = &run.assessment;
    let unit = match assessment.games_per_unit {
        Some(1) => "every game begins with a fresh bankroll".to_owned(),
        Some(games) => format!(
            "{} of {} each, {} games a day assumed",
            format::counted(assessment.units, "life"),
            format::counted(games, "game"),
            format::count(assessment.games_per_day.into())
        ),
        None => "all games are one life".to_owned(),
    };
    html! {
        p.about {
            (format::counted(assessment.games, "game")) " · "
            (format::counted(assessment.ticks, "tick")) " · "
            (unit) " · "
            "seed " (assessment.seed)
        }
        @if run.manifest.status != "complete" {
            p.warning role="note" {
                strong { "The run was " (run.manifest.status) "." }
                " Its figures are of the games that were played until then."
            }
        }
    }
}
