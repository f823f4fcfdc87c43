//! The quality of the inputs: files, damage, and every game that was not played.

use maud::{Markup, html};

use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Page, facts};
use super::bots::estimate;
use crate::analysis::summary::{Assessment, Sample};
use crate::backtest::run::inputs::Inputs;

/// Maximum number of files listed with their digests.
const FILES_MAX: usize = 1000;

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, run: &RunToDraw) {
    let Inputs { files, counts } = &run.manifest.inputs;
    let counted = |value| html! { (format::count(value)) };
    let body = html! {
        @if files.is_empty() {
            p {
                "No file was read: the games were made by the provably-fair generator from seed "
                (run.manifest.seed) ", all " (format::counted(run.assessment.games, "game"))
                " complete and without gaps."
            }
        } @else {
            p { (health(run)) }
            (facts(&[
                ("Files", counted(counts.files)),
                ("Good lines", counted(counts.records)),
                ("Bad lines", counted(counts.bad_lines)),
                ("Records salvaged from bad lines", counted(counts.salvaged)),
                ("Contradicting rows", counted(counts.conflicts)),
                ("Files that could not be read", counted(counts.unreadable_files)),
                ("Games told again, counted once", counted(counts.repeated_games)),
                ("Jumps of a recorder's clock", counted(counts.clock_jumps)),
                ("Games incomplete", counted(counts.incomplete_games)),
                ("Games left out by the scenario", counted(counts.left_out_games)),
                ("Games played", counted(run.assessment.games)),
            ]))
            (listing(&run.manifest.inputs))
        }
        (sample(run.assessment.sample.as_ref(), &run.assessment))
    };
    page.section("inputs", "Quality of the inputs", &body);
}

/// The damage in one sentence.
fn health(run: &RunToDraw) -> String {
    let counts = &run.manifest.inputs.counts;
    let lines = counts.records + counts.bad_lines;
    let damage = counts.bad_lines + counts.conflicts + counts.unreadable_files;
    if damage + counts.incomplete_games == 0 {
        return "Every line could be read and every game is complete.".to_owned();
    }
    format!(
        "{} of {} could not be read; {} could not be played and {} left out.",
        format::counted(counts.bad_lines, "line"),
        format::count(lines),
        format::counted(counts.incomplete_games, "incomplete game"),
        if counts.incomplete_games == 1 { "is" } else { "are" },
    )
}

fn listing(inputs: &Inputs) -> Markup {
    let (files, more) = (&inputs.files, inputs.files.len().saturating_sub(FILES_MAX));
    html! {
        details.data open[files.len() <= 3] {
            summary { "Files and their digests" }
            div.scroll tabindex="0" role="region" aria-label="Files and their digests" {
                table.files {
                    thead { tr {
                        th scope="col" { "file" }
                        th.n scope="col" { "size" }
                        th scope="col" { "SHA-256" }
                    } }
                    tbody { @for file in files.iter().take(FILES_MAX) { tr {
                        th scope="row" { (file.name) }
                        td.n { (format::bytes(file.bytes)) }
                        td.digest { (file.sha256) }
                    } } }
                }
            }
            @if more > 0 { p.note { "And " (format::counted(more as u64, "more file")) ", in manifest.json." } }
        }
    }
}

/// Sample accounting: figures of a selection of games by length, beside those of all games.
fn sample(sample: Option<&Sample>, all: &Assessment) -> Markup {
    let Some(sample) = sample else { return html! {} };
    let per_game = |id: &str| {
        let mut figures = all.groups.iter().chain(&all.bots);
        figures.find(|figures| figures.id == id).and_then(|figures| figures.pnl_per_game)
    };
    html! {
        h4 { "Sample accounting" }
        p.warning role="note" { (sample.warning) }
        (facts(&[
            ("Games in", html! { (format::count(all.games)) }),
            ("Too short, dropped", html! { (format::count(sample.too_short)) }),
            ("Too long, dropped", html! { (format::count(sample.too_long)) }),
            ("Games in the sample", html! { (format::count(sample.games)) }),
        ]))
        div.scroll tabindex="0" role="region" aria-label="Sample accounting" {
            table {
                thead { tr {
                    th scope="col" { "bot" }
                    th.n scope="col" { "SOL per game, all games" }
                    th.n scope="col" { "SOL per game, the sample only" }
                } }
                tbody { @for bot in &sample.bots { tr {
                    th scope="row" { (bot.id) }
                    td.n { (estimate(per_game(&bot.id))) }
                    td.n { (estimate(bot.pnl_per_game)) }
                } } }
            }
        }
    }
}
