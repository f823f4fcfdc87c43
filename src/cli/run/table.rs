//! The table of a run, as text.

#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use super::super::layout;
use super::format::{declared, percent, sol, with_interval};
use super::{details, exits, lives, refusals, sample};
use crate::analysis::summary::{Assessment, Figures, OracleFigure, Rate};
use crate::backtest::run::inputs::InputCounts;
use crate::backtest::run::recorder::RunDocument;
use crate::base::decimals::{counted, plain, signed};

const HEADER: [&str; 8] = [
    "bot",
    "P&L per game, 95 %",
    "per\nstake",
    "sells\nwon",
    "bets\nwon",
    "law P&L",
    "z\nscore",
    "vs first bot, 95 %",
];

const LEGEND: &str = "P&L in SOL. Sells won, bets won: shares. Law P&L: per game, what the law of \
                      the game predicts for the same exposure; z score: the P&L less that, in \
                      standard errors of the law. More with --details; how each figure is computed: \
                      docs/statistics.md";

/// A table with one row per declaration of bots, and the verdicts in words.
#[must_use]
pub(in super::super) fn render(document: &RunDocument<'_>, with_details: bool) -> String {
    let RunDocument { assessment, inputs } = document;
    let mut parts = vec![headline(assessment), figures(assessment), verdicts(assessment)];
    parts.extend(refusals::render(assessment));
    parts.extend(exits::render(assessment));
    parts.extend(lives::render(assessment));
    parts.extend(assessment.sample.as_ref().map(|sample| sample::render(assessment, sample)));
    if with_details {
        parts.extend(declared(assessment).map(|of| details::render(assessment, of)));
    }
    parts.extend(sources(inputs));
    parts.push(layout::hanging("", LEGEND));
    parts.push(format!("digest {}", assessment.digest));
    parts.join("\n\n")
}

fn headline(assessment: &Assessment) -> String {
    let Assessment { scenario, games, ticks, seed, units, .. } = assessment;
    let lives = match assessment.games_per_unit {
        Some(1) => String::new(),
        Some(games) => format!(" in {} of {games}", counted(*units, "life")),
        None => " in one life".to_owned(),
    };
    let unfinished = match assessment.games_of_an_unfinished_unit {
        0 => String::new(),
        games => format!(", the last {games} of an unfinished life"),
    };
    let span = lives::span(assessment).map_or_else(String::new, |span| format!("\n{span}"));
    let (games, ticks) = (counted(*games, "game"), counted(*ticks, "tick"));
    format!("{scenario}: {games}{lives}{unfinished}, {ticks}, seed {seed}{span}")
}

fn figures(assessment: &Assessment) -> String {
    let mut table = layout::table(&HEADER);
    declared(assessment).for_each(|figures| {
        table.add_row(row(assessment, figures));
    });
    layout::right(&mut table, 1..HEADER.len());
    table.to_string()
}

fn row(assessment: &Assessment, figures: &Figures) -> Vec<String> {
    let per_game = 1.0 / assessment.games_per_unit.unwrap_or(assessment.games).max(1) as f64;
    let oracle = figures.oracle;
    vec![
        name(figures),
        with_interval(figures.pnl_per_game),
        percent(figures.pnl_per_stake.map(|ratio| ratio.value)),
        rate(figures.sells_won_rate),
        rate(figures.sidebets_won_rate),
        oracle.map_or_else(dash, |oracle| sol(oracle.expected * per_game)),
        oracle.and_then(|oracle| oracle.z).map_or_else(dash, |z| signed(z, 1)),
        figures
            .against_first
            .as_ref()
            .map_or_else(dash, |beyond| with_interval(Some(beyond.difference.scaled(per_game)))),
    ]
}

fn name(figures: &Figures) -> String {
    match figures.bots {
        1 => figures.id.clone(),
        count => format!("{} ({count} bots)", figures.id),
    }
}

fn dash() -> String {
    "-".to_owned()
}

fn rate(rate: Option<Rate>) -> String {
    rate.map_or_else(dash, |rate| format!("{:.1}%", rate.value * 100.0))
}

/// One sentence for each declaration, and each closed form that its strategy has.
fn verdicts(assessment: &Assessment) -> String {
    let of_one = |figures: &Figures| {
        let over = lives::over(figures);
        let verdict = format!("{}{over}", figures.verdict.text);
        let mut lines = layout::hanging(&format!("{}: ", figures.id), &verdict);
        for OracleFigure { name, expected, estimate, z } in &figures.oracles {
            let z = z.map_or_else(dash, |z| signed(z, 1));
            let [expected, measured] = [*expected, *estimate].map(|figure| plain(figure, 4));
            lines += "\n";
            lines += &layout::hanging(
                &format!("  {name}: "),
                &format!("expected {expected}, measured {measured}, z score {z}"),
            );
        }
        lines
    };
    declared(assessment).map(of_one).collect::<Vec<_>>().join("\n")
}

/// The games of the source and those not played; nothing for generated games.
fn sources(counts: &InputCounts) -> Option<String> {
    let InputCounts {
        files, games, incomplete_games, left_out_games, bad_lines, conflicts, ..
    } = counts;
    let text = format!(
        "{} from {}; not played: {incomplete_games} incomplete, \
         {left_out_games} left out by the scenario. Of the lines, {bad_lines} were bad \
         and {conflicts} contradicted an earlier one{}",
        counted(*games, "game"),
        counted(*files, "file"),
        remarks(counts)
    );
    (*files > 0).then(|| layout::hanging("source: ", &text))
}

/// What is seldom wrong with files, where it is.
fn remarks(counts: &InputCounts) -> String {
    let InputCounts { unreadable_files, repeated_games, clock_jumps, .. } = *counts;
    let of = |count: u64, one: &str, many: &str| match count {
        0 => String::new(),
        1 => format!(". {one}"),
        many_of => format!(". {many_of} {many}"),
    };
    [
        of(unreadable_files, "One file could not be read", "files could not be read"),
        of(
            repeated_games,
            "One game was told again and counts once",
            "times a game was told again: each game counts once",
        ),
        of(
            clock_jumps,
            "The recorder's clock jumped once inside a game: that gap counts as 250 ms",
            "times a recorder's clock jumped inside a game: such gaps count as 250 ms",
        ),
    ]
    .concat()
}
