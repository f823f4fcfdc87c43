//! Curves over the games of a run: P&L with its band of luck, drawdown, ruin.

use maud::{Markup, html};

use super::super::chart::{Chart, ChartNumber, LineChart, Series};
use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Caption, Data, Key, Page, sampled};
use super::lives;
use crate::analysis::summary::{Curve, Curves, Figures};

/// Maximum number of curves shown at first.
const SHOWN_MAX: usize = 6;

/// Maximum number of curves in a chart: those of the largest gains and losses.
const CURVES_MAX: usize = 24;

/// Standard normal quantile of a two-sided interval of 95 %.
const REACH: f64 = 1.959_964;

/// Adds the section of the P&L over the run.
pub(super) fn pnl(page: &mut Page, run: &RunToDraw) {
    let Curves { games, .. } = &run.curves;
    let banded = run.assessment.games_per_unit.is_some();
    let chosen = chosen(run);
    let series = chosen.iter().map(|&(slot, curve, figures, shown)| {
        let Band { low, high } = if banded { band(games, figures, run) } else { Band::default() };
        let exact = std::iter::once(crate::model::sol::Sol::ZERO).chain(curve.pnl.iter().copied());
        Series {
            name: curve.id.clone(),
            slot,
            shown,
            y: exact.map(ChartNumber::Exact).collect(),
            low,
            high,
        }
    });
    let chart = over_games(games, series.collect());
    let data = data(games, &chosen, |curve, at| format::gain(curve.pnl[at]));
    let note = if banded {
        "Each band is where 95 of 100 curves with this exposure would be at that point if only the \
         law of the game and luck were at work. A curve that stays outside is more than luck."
    } else {
        "One life: stakes depend on what came before, so no band of luck can be drawn around it."
    };
    let caption = Caption { id: "pnl-chart", title: "SOL gained since the beginning", note };
    let figure = page.chart(&caption, &keys(&chosen), chart, &data);
    page.section("pnl", "P&L over the run", &html! { (figure) (left_out(run)) });
}

/// Adds the section of the drawdown over the run.
pub(super) fn drawdown(page: &mut Page, run: &RunToDraw) {
    let games = &run.curves.games;
    let chosen = chosen(run);
    let series = chosen.iter().map(|&(slot, curve, _, shown)| {
        let below = curve.drawdown.iter().map(|amount| ChartNumber::Exact(amount.negated()));
        let zero = ChartNumber::Exact(crate::model::sol::Sol::ZERO);
        Series {
            name: curve.id.clone(),
            slot,
            shown,
            y: std::iter::once(zero).chain(below).collect(),
            low: Vec::new(),
            high: Vec::new(),
        }
    });
    let chart = over_games(games, series.collect());
    let data = data(games, &chosen, |curve, at| format::gain(curve.drawdown[at].negated()));
    let caption = Caption {
        id: "drawdown-chart",
        title: "SOL below the highest point so far",
        note: "Zero where the P&L is at a new high. Taken at the ends of games; what happened inside \
               of a game is in the deepest drawdown of the table.",
    };
    let figure = page.chart(&caption, &keys(&chosen), chart, &data);
    page.section("drawdown", "Drawdown", &figure);
}

/// Adds the section of ruin over time.
pub(super) fn ruin(page: &mut Page, run: &RunToDraw) {
    let ruined: Vec<(usize, &Curve)> =
        run.curves.curves.iter().enumerate().filter(|(_, curve)| !curve.ruin.is_empty()).collect();
    let several = ruined.iter().any(|(_, curve)| curve.ruin.len() > 1);
    let words = lives::ends(run);
    let body = if several {
        html! { (words) (ruin_chart(page, run, &ruined)) }
    } else {
        words
    };
    page.section("ruin", "Ruin", &body);
}

#[expect(clippy::cast_precision_loss, reason = "games on an axis")]
fn ruin_chart(page: &mut Page, run: &RunToDraw, ruined: &[(usize, &Curve)]) -> Markup {
    let last = run.assessment.games_per_unit.unwrap_or(run.assessment.games);
    let mut games: Vec<u64> =
        ruined.iter().flat_map(|(_, curve)| curve.ruin.iter().map(|point| point.games)).collect();
    games.extend([0, last]);
    games.sort_unstable();
    games.dedup();
    let at = |curve: &Curve, games: u64| {
        let before = curve.ruin.iter().take_while(|point| point.games <= games).last();
        before.map_or(0.0, |point| point.share)
    };
    let series = ruined.iter().map(|&(slot, curve)| Series {
        name: curve.id.clone(),
        slot,
        shown: true,
        y: games.iter().map(|&games| ChartNumber::Double(at(curve, games))).collect(),
        low: Vec::new(),
        high: Vec::new(),
    });
    let chart = Chart::Lines(LineChart {
        x_name: "games of a life",
        x: games.iter().map(|&games| games as f64).collect(),
        unit: "%",
        steps: true,
        series: series.collect(),
    });
    let header = std::iter::once("games".to_owned());
    let data = Data {
        header: header.chain(ruined.iter().map(|(_, curve)| curve.id.clone())).collect(),
        rows: sampled(games.len())
            .into_iter()
            .map(|place| {
                let shares =
                    ruined.iter().map(|(_, curve)| format::percent(at(curve, games[place]), 1));
                std::iter::once(format::count(games[place])).chain(shares).collect()
            })
            .collect(),
    };
    let keys: Vec<Key> = ruined
        .iter()
        .map(|&(slot, curve)| Key { name: curve.id.clone(), slot, shown: true })
        .collect();
    let caption = Caption {
        id: "ruin-chart",
        title: "Share of lives ruined",
        note: "By games played in the life.",
    };
    page.chart(&caption, &keys, chart, &data)
}

/// A curve to draw: its place in the scenario, its points, its figures, and whether it is shown.
type Chosen<'a> = (usize, &'a Curve, &'a Figures, bool);

/// The curves of a chart, in the order of the scenario.
fn chosen(run: &RunToDraw) -> Vec<Chosen<'_>> {
    let declared = run.declared();
    let mut chosen: Vec<Chosen<'_>> = Vec::new();
    for (slot, curve) in run.curves.curves.iter().enumerate() {
        if let Some(figures) = declared.iter().find(|figures| figures.id == curve.id) {
            chosen.push((slot, curve, figures, false));
        }
    }
    chosen.sort_by_key(|(_, _, figures, _)| std::cmp::Reverse(figures.pnl.lamports().abs()));
    chosen.truncate(CURVES_MAX);
    for (_, _, _, shown) in chosen.iter_mut().take(SHOWN_MAX) {
        *shown = true;
    }
    chosen.sort_by_key(|(slot, ..)| *slot);
    chosen
}

fn left_out(run: &RunToDraw) -> Markup {
    let all = run.curves.curves.len();
    html! {
        @if all > CURVES_MAX {
            p.note {
                "The " (CURVES_MAX) " largest gains and losses of " (all) "; all are in curves.json."
            }
        }
    }
}

fn keys(chosen: &[Chosen<'_>]) -> Vec<Key> {
    let key = |&(slot, curve, _, shown): &Chosen<'_>| Key { name: curve.id.clone(), slot, shown };
    chosen.iter().map(key).collect()
}

#[expect(clippy::cast_precision_loss, reason = "games on an axis")]
fn over_games(games: &[u64], series: Vec<Series>) -> Chart {
    let x = std::iter::once(0.0).chain(games.iter().map(|&games| games as f64)).collect();
    Chart::Lines(LineChart { x_name: "games", x, unit: "SOL", steps: false, series })
}

fn data(games: &[u64], chosen: &[Chosen<'_>], cell: impl Fn(&Curve, usize) -> String) -> Data {
    let names = chosen.iter().map(|(_, curve, ..)| curve.id.clone());
    Data {
        header: std::iter::once("games".to_owned()).chain(names).collect(),
        rows: sampled(games.len())
            .into_iter()
            .map(|at| {
                let cells = chosen.iter().map(|(_, curve, ..)| cell(curve, at));
                std::iter::once(format::count(games[at])).chain(cells).collect()
            })
            .collect(),
    }
}

/// The ends of a band around a curve, at each of its points; empty where there is none.
#[derive(Default)]
struct Band {
    low: Vec<f64>,
    high: Vec<f64>,
}

/// The band that covers 95 of 100 curves with this exposure at each point, by the law of the game
/// and luck alone: the expected P&L of that number of units, plus or minus 1.96 deviations by the
/// law. Of several bots, which share the luck of a game, the units show the deviation.
#[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
fn band(games: &[u64], figures: &Figures, run: &RunToDraw) -> Band {
    let per_unit = run.assessment.games_per_unit.unwrap_or(1).max(1) as f64;
    let by_law = figures.oracle.and_then(|oracle| oracle.error).filter(|_| figures.bots == 1);
    let by_law = by_law.map(|error| error * (figures.units as f64).sqrt());
    let Some(deviation) = by_law.or(figures.unit_deviation) else { return Band::default() };
    let expected = figures.expected_pnl / (run.assessment.games.max(1) as f64);
    let ends = std::iter::once(&0).chain(games).map(|&games| {
        let (middle, reach) =
            (expected * games as f64, REACH * deviation * (games as f64 / per_unit).sqrt());
        // Minus zero is zero.
        (middle - reach + 0.0, middle + reach + 0.0)
    });
    let (low, high) = ends.unzip();
    Band { low, high }
}
