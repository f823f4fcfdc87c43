//! The map of a sweep: two of its choices on the axes.

use maud::{Markup, html};

use super::super::chart::{Chart, ChartDimension, Map, Measure};
use super::super::format;
use super::super::layout::{Caption, Data, Page};
use super::super::sweep_folder::SweepToDraw;
use crate::analysis::stats::Estimate;
use crate::backtest::sweep::outcome::SweepCandidate;

/// Maximum number of values of a choice that can be fixed by name; otherwise only the mean is
/// offered.
const FIXED_MAX: usize = 40;
/// Maximum number of rows of the table below the map; all are in variants.csv.
const ROWS_MAX: usize = 200;

/// Adds the section; nothing if no choice changes a bot, or there is nothing to show.
pub(super) fn section(page: &mut Page, sweep: &SweepToDraw) {
    let (dimensions, variants) = axes(sweep);
    let measures = measures(sweep);
    if measures.is_empty() || dimensions.is_empty() {
        return;
    }
    let controls = controls(&dimensions, &measures);
    let data = data(sweep);
    let caption = Caption {
        id: "map-chart",
        title: "What every pair of values gained",
        note: "Orange lost, blue gained, the more the stronger the colour. The frame is around the \
               best of the verdict above, which is best in standard errors, not in this figure; \
               bold are those whose own interval excludes zero. Where a cell stands for several \
               variants, it shows their mean. Arrow keys go from cell to cell.",
    };
    let chart = Chart::Map(Map { dimensions, variants, measures });
    let figure = page.controlled(&caption, &controls, chart, &data);
    let all = sweep.outcome.findings.candidates.len();
    let body = html! {
        (figure)
        @if all > ROWS_MAX {
            p.note { "The table has the best " (ROWS_MAX) " of " (all) "; all are in variants.csv." }
        }
    };
    page.section("map", "Map of the choices", &body);
}

/// The choices with their values, and the index of every variant's value in each.
fn axes(sweep: &SweepToDraw) -> (Vec<ChartDimension>, Vec<Vec<usize>>) {
    let variants = &sweep.outcome.variants;
    let mut dimensions: Vec<ChartDimension> = Vec::new();
    for (at, name) in sweep.manifest.dimensions.iter().enumerate() {
        let mut values: Vec<String> = Vec::new();
        for variant in variants {
            let value = &variant.values[at];
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        // Numbers by size, words in the order of the scenario.
        if values.iter().all(|value| value.parse::<f64>().is_ok()) {
            let number = |value: &String| value.parse::<f64>().unwrap_or_default();
            values.sort_by(|a, b| number(a).total_cmp(&number(b)));
        }
        dimensions.push(ChartDimension { name: name.clone(), values });
    }
    let place = |dimension: &ChartDimension, value: &String| {
        dimension.values.iter().position(|known| known == value).unwrap_or_default()
    };
    let places = variants.iter().map(|variant| {
        dimensions.iter().zip(&variant.values).map(|(it, value)| place(it, value)).collect()
    });
    let places = places.collect();
    (dimensions, places)
}

/// The measures of the map: for every bot that a choice changes, its gain per unit and per stake.
fn measures(sweep: &SweepToDraw) -> Vec<Measure> {
    let findings = &sweep.outcome.findings;
    let mut bots: Vec<&str> = findings.candidates.iter().map(|it| it.bot.as_str()).collect();
    bots.dedup();
    bots.sort_unstable();
    bots.dedup();
    let best = findings.best();
    let mut measures = Vec::new();
    for bot in bots {
        let of_bot = || findings.candidates.iter().enumerate().filter(|(_, it)| it.bot == bot);
        if of_bot().count() < 2 {
            continue;
        }
        let per_unit =
            |place: usize, _: &SweepCandidate| findings.selection.candidates[place].pnl_per_unit;
        let per_stake = |_, candidate: &SweepCandidate| sweep.figures(candidate)?.pnl_per_stake;
        let count = sweep.outcome.variants.len();
        let unit = if findings.games_per_life == Some(1) { "game" } else { "life" };
        let mut of_bot = [
            measure(format!("{bot}: SOL per {unit}"), "SOL", count, of_bot(), per_unit),
            measure(format!("{bot}: per SOL staked"), "%", count, of_bot(), per_stake),
        ];
        for measure in &mut of_bot {
            measure.best = best.filter(|best| best.bot == bot).map(|best| best.variant);
        }
        measures.extend(of_bot);
    }
    measures.retain(|measure| measure.value.iter().any(Option::is_some));
    measures
}

fn measure<'a>(
    name: String,
    unit: &'static str,
    variants: usize,
    candidates: impl Iterator<Item = (usize, &'a SweepCandidate)>,
    of: impl Fn(usize, &SweepCandidate) -> Option<Estimate>,
) -> Measure {
    let nothing = || vec![None; variants];
    let (value, low, high) = (nothing(), nothing(), nothing());
    let mut measure = Measure { name, unit, value, low, high, best: None };
    for (place, candidate) in candidates {
        let variant = usize::try_from(candidate.variant).unwrap_or(usize::MAX);
        if let Some(estimate) = of(place, candidate)
            && variant < variants
        {
            measure.value[variant] = Some(estimate.value);
            measure.low[variant] = Some(estimate.low);
            measure.high[variant] = Some(estimate.high);
        }
    }
    measure
}

fn controls(dimensions: &[ChartDimension], measures: &[Measure]) -> Markup {
    let axis = |control: &str, label: &str, at: usize| {
        html! {
            label { (label) " " select data-control=(control) {
                @for (number, dimension) in dimensions.iter().enumerate() {
                    option value=(number) selected[number == at] { (dimension.name) }
                }
            } }
        }
    };
    html! {
        div.controls {
            label { "Shown " select data-control="measure" {
                @for (number, measure) in measures.iter().enumerate() {
                    option value=(number) { (measure.name) }
                }
            } }
            @if dimensions.len() > 1 {
                (axis("column", "Across", 0))
                (axis("row", "Down", 1))
            }
            @if dimensions.len() > 2 {
                @for (number, dimension) in dimensions.iter().enumerate() {
                    @if dimension.values.len() <= FIXED_MAX {
                        label { (dimension.name) " " select data-control={ "fix" (number) } {
                            option value="mean" { "mean of all" }
                            @for (place, value) in dimension.values.iter().enumerate() {
                                option value=(place) { (value) }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn data(sweep: &SweepToDraw) -> Data {
    let header = ["cell", "bot"].into_iter().map(str::to_owned);
    let header = header.chain(sweep.manifest.dimensions.iter().cloned());
    let per_unit = &sweep.outcome.findings.selection.candidates;
    let rows = sweep.ranked().take(ROWS_MAX).map(|(place, candidate)| {
        let shown = per_unit[place].pnl_per_unit.map_or_else(
            || format::NONE.to_owned(),
            |estimate| {
                let format::Figure { value, reach } = format::estimate(&estimate);
                format!("{value} ± {reach}")
            },
        );
        let statistic = per_unit[place]
            .statistic
            .map_or_else(|| format::NONE.to_owned(), |it| format::signed(it, 2));
        let cells = [candidate.variant.to_string(), candidate.bot.clone()].into_iter();
        cells.chain(candidate.values.iter().cloned()).chain([shown, statistic]).collect()
    });
    let figures = ["SOL", "standard errors"].map(str::to_owned);
    Data { header: header.chain(figures).collect(), rows: rows.collect() }
}
