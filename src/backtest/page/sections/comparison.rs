//! A comparison of several runs.

use maud::{Markup, html};

use super::super::chart::{Chart, ChartNumber, LineChart, Series};
use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Caption, Data, Key, Page, sampled, swatch};
use super::{forest, lives, verdict};
use crate::analysis::summary::{Curve, Figures};

/// Maximum number of curves in the common chart: those of the largest gains and losses.
const CURVES_MAX: usize = 24;

/// Maximum number of curves shown at first.
const SHOWN_MAX: usize = 8;

/// The opening of a page about several runs, and their comparison.
pub(in super::super) fn whole(page: &mut Page, runs: &[&RunToDraw], command: &str) {
    let title = format!("{} runs compared", runs.len());
    let header = html! {
        header.top {
            p.kind { "Comparison of runs" }
            h1 { (title) }
            p.about { @for (at, run) in runs.iter().enumerate() { @if at > 0 { " · " } (run.name()) } }
            p.note { "This page: " code { (command) } }
        }
    };
    page.open(&format!("{title} – Replayer"), &header);
    let chart = curves(page, runs);
    let body = html! {
        (same_games(runs))
        (overview(runs))
        (forest::table("SOL gained per SOL staked", &rows(runs)))
        (chart)
    };
    page.section("comparison", "Side by side", &body);
}

/// A bot of a run, and its colour index: its place among all bots of all runs.
fn everybody<'a>(runs: &[&'a RunToDraw]) -> Vec<(usize, &'a RunToDraw, &'a Figures)> {
    let bots = runs.iter().flat_map(|&run| run.declared().into_iter().map(move |bot| (run, bot)));
    bots.enumerate().map(|(slot, (run, bot))| (slot, run, bot)).collect()
}

fn rows(runs: &[&RunToDraw]) -> Vec<forest::ForestRow> {
    let rows = everybody(runs).into_iter().map(|(slot, run, bot)| {
        verdict::row(bot, html! { (swatch(slot)) (bot.id) span.sub { (run.name()) } })
    });
    rows.collect()
}

/// Whether the runs differ in bots only, or in games as well.
fn same_games(runs: &[&RunToDraw]) -> Markup {
    let same = runs.windows(2).all(|pair| {
        let (one, other) = (&pair[0].manifest, &pair[1].manifest);
        one.seed == other.seed && one.games == other.games && one.inputs == other.inputs
    });
    html! {
        @if same {
            p {
                "All runs have the same seed, inputs and number of games: if their sources agree, \
                 bots met the same games and the same luck."
            }
        } @else {
            p.warning role="note" {
                strong { "The runs played different games." }
                " Differences between them are of the games as well as of the bots: compare intervals, not \
                 figures."
            }
        }
    }
}

fn overview(runs: &[&RunToDraw]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Runs" {
            table {
                thead { tr {
                    th scope="col" { "run" }
                    th scope="col" { "scenario" }
                    th.n scope="col" { "games" }
                    th.n scope="col" { "seed" }
                    th scope="col" { "what it says" }
                } }
                tbody { @for (number, run) in runs.iter().enumerate() { tr {
                    th scope="row" { a href={ "#run" (number + 1) "-chapter" } { (run.name()) } }
                    td { (run.manifest.scenario) }
                    td.n { (format::count(run.assessment.games)) }
                    td.n { (run.manifest.seed) }
                    td { (verdict::headline(&run.declared())) }
                } } }
            }
        }
    }
}

/// P&L of all bots of all runs whose games add up, over the games of each.
#[expect(clippy::cast_precision_loss, reason = "games on an axis")]
fn curves(page: &mut Page, runs: &[&RunToDraw]) -> Markup {
    let mut chosen: Vec<(usize, &RunToDraw, &Figures, &Curve)> = Vec::new();
    for (slot, run, bot) in everybody(runs) {
        if !lives::add_up(run) {
            continue;
        }
        chosen.extend(
            run.curves
                .curves
                .iter()
                .find(|curve| curve.id == bot.id)
                .map(|curve| (slot, run, bot, curve)),
        );
    }
    if chosen.is_empty() {
        return html! {};
    }
    chosen.sort_by_key(|(_, _, bot, _)| std::cmp::Reverse(bot.pnl.lamports().abs()));
    chosen.truncate(CURVES_MAX);
    let loudest: Vec<usize> = chosen.iter().take(SHOWN_MAX).map(|(slot, ..)| *slot).collect();
    chosen.sort_by_key(|(slot, ..)| *slot);
    let mut games: Vec<u64> =
        chosen.iter().flat_map(|(_, run, ..)| run.curves.games.iter().copied()).collect();
    games.push(0);
    games.sort_unstable();
    games.dedup();
    let name = |run: &RunToDraw, bot: &Figures| format!("{} / {}", run.name(), bot.id);
    let series = chosen.iter().map(|&(slot, run, bot, curve)| Series {
        name: name(run, bot),
        slot,
        shown: loudest.contains(&slot),
        y: games.iter().map(|&games| at(run, curve, games)).collect(),
        low: Vec::new(),
        high: Vec::new(),
    });
    let series: Vec<Series> = series.collect();
    let keys: Vec<Key> = series
        .iter()
        .map(|series| Key { name: series.name.clone(), slot: series.slot, shown: series.shown })
        .collect();
    let places = sampled(games.len());
    let data = Data {
        header: std::iter::once("games".to_owned())
            .chain(keys.iter().map(|key| key.name.clone()))
            .collect(),
        rows: places
            .into_iter()
            .map(|place| {
                let cells = series.iter().map(|series| match &series.y[place] {
                    ChartNumber::Exact(amount) => format::gain(*amount),
                    ChartNumber::Double(_) => format::NONE.to_owned(),
                });
                std::iter::once(format::count(games[place])).chain(cells).collect()
            })
            .collect(),
    };
    let x = games.iter().map(|&games| games as f64).collect();
    let chart = Chart::Lines(LineChart { x_name: "games", x, unit: "SOL", steps: false, series });
    let caption = Caption {
        id: "comparison-chart",
        title: "SOL gained since the beginning",
        note: "Every bot of every run; press a name to show or hide it.",
    };
    page.chart(&caption, &keys, chart, &data)
}

/// A curve's P&L after `games` games, if it has a point there; otherwise not a number.
fn at(run: &RunToDraw, curve: &Curve, games: u64) -> ChartNumber {
    if games == 0 {
        return ChartNumber::Exact(crate::model::sol::Sol::ZERO);
    }
    match run.curves.games.binary_search(&games) {
        Ok(place) => ChartNumber::Exact(curve.pnl[place]),
        Err(_) => ChartNumber::Double(f64::NAN),
    }
}
