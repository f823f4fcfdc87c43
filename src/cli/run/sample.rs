//! The table of a sample chosen by the length of games, beside that of all games.

use super::super::layout;
use super::format::{declared, percent, with_interval};
use crate::analysis::summary::{Assessment, Sample};

const HEADER: [&str; 5] =
    ["bot", "all games, per game", "the sample, per game", "all, per stake", "sample, per stake"];

/// The warning, the games left out, and both figures of each bot.
#[must_use]
pub(super) fn render(assessment: &Assessment, sample: &Sample) -> String {
    let mut table = layout::table(&HEADER);
    for figures in declared(assessment) {
        let mut all = sample.groups.iter().chain(&sample.bots);
        let Some(of_sample) = all.find(|of_sample| of_sample.id == figures.id) else { continue };
        table.add_row([
            figures.id.clone(),
            with_interval(figures.pnl_per_game),
            with_interval(of_sample.pnl_per_game),
            percent(figures.pnl_per_stake.map(|ratio| ratio.value)),
            percent(of_sample.pnl_per_stake.map(|ratio| ratio.value)),
        ]);
    }
    layout::right(&mut table, 1..HEADER.len());
    let Sample { games, too_short, too_long, .. } = sample;
    let accounts = format!(
        "All {} games were played; {games} are in the sample, {too_short} are too short for \
         it, {too_long} too long.",
        assessment.games
    );
    let warning = layout::hanging("", &sample.warning);
    format!("{warning}\n{}\n\n{}", layout::hanging("", &accounts), table)
}
