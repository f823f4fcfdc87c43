//! The spread of the P&L over lives: a histogram per bot.

use maud::{Markup, html};

use super::super::chart::{Bars, Chart};
use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Caption, Data, Page};
use crate::analysis::summary::{Bin, Curve, Figures};

/// Maximum number of bots with a histogram.
const HISTOGRAMS_MAX: usize = 12;

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, run: &RunToDraw) {
    let declared = run.declared();
    let with_spread = run
        .curves
        .curves
        .iter()
        .enumerate()
        .filter(|(_, curve)| curve.units.iter().map(|bin| bin.units).sum::<u64>() > 1);
    let with_spread: Vec<(usize, &Curve)> = with_spread.collect();
    let counted = if run.assessment.games_per_unit == Some(1) { "games" } else { "lives" };
    let mut figures = Vec::new();
    for (slot, curve) in with_spread.iter().take(HISTOGRAMS_MAX) {
        let bot = declared.iter().find(|bot| bot.id == curve.id).copied();
        figures.push(histogram(page, *slot, curve, bot, counted));
    }
    let body = html! {
        @if figures.is_empty() {
            p { "A single life has no spread." }
        } @else {
            p.note {
                "How many " (counted) " ended with each gain or loss. The dashed line is the mean. \
                 Pale bars at the ends, which are not to scale, hold what is beyond: down to the worst, \
                 up to the best."
            }
            div.multiples { @for figure in &figures { (figure) } }
            @if with_spread.len() > HISTOGRAMS_MAX {
                p.note { "The first " (HISTOGRAMS_MAX) " of " (with_spread.len()) " bots." }
            }
        }
    };
    page.section("spread", "Spread of the P&L", &body);
}

fn histogram(
    page: &mut Page,
    slot: usize,
    curve: &Curve,
    bot: Option<&Figures>,
    counted: &'static str,
) -> Markup {
    let bins: Vec<Bin> = trimmed(&curve.units).to_vec();
    let mean = bot.and_then(|bot| bot.pnl_per_unit).map(|estimate| estimate.value);
    let quantiles = bot.and_then(|bot| bot.quantiles);
    let ends = quantiles.map(|quantiles| (quantiles.min, quantiles.max));
    let decimals = decimals(&bins);
    let note = quantiles.map_or_else(String::new, |quantiles| {
        let shown = |value: f64| format::signed(value, format::decimals_for(value.abs(), 2));
        format!(
            "median {}, worst {}, best {}",
            shown(quantiles.p50),
            shown(quantiles.min),
            shown(quantiles.max)
        )
    });
    let id = format!("spread-{slot}");
    let caption = Caption { id: &id, title: &curve.id, note: &note };
    let data = Data {
        header: vec!["SOL".to_owned(), counted.to_owned()],
        rows: bins
            .iter()
            .filter(|bin| bin.units > 0)
            .map(|bin| vec![range(bin, decimals), format::count(bin.units)])
            .collect(),
    };
    let bins = bins.iter().map(|bin| (bin.low, bin.high, bin.units)).collect();
    let chart = Chart::Bars(Bars { slot, unit: "SOL", counted, bins, ends, mean });
    page.chart(&caption, &[], chart, &data)
}

/// The bins from the first to the last that is not empty.
fn trimmed(bins: &[Bin]) -> &[Bin] {
    let full = |bin: &Bin| bin.units > 0;
    let first = bins.iter().position(full).unwrap_or(0);
    let end = bins.iter().rposition(full).map_or(0, |last| last + 1);
    &bins[first.min(end)..end]
}

/// Decimals by which the ends of bars, which are equally wide, can be told apart.
fn decimals(bins: &[Bin]) -> usize {
    let widths = bins.iter().filter_map(|bin| Some(bin.high? - bin.low?));
    format::decimals_for(widths.fold(f64::INFINITY, f64::min), 2)
}

fn range(bin: &Bin, decimals: usize) -> String {
    let end = |value: f64| format::signed(value, decimals);
    match (bin.low, bin.high) {
        (None, None) => "any".to_owned(),
        (None, Some(high)) => format!("below {}", end(high)),
        (Some(low), None) => format!("from {}", end(low)),
        (Some(low), Some(high)) => format!("{} to {}", end(low), end(high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bars_have_the_same_name() {
        let edge = |at: u32| Some(-0.012_3 + f64::from(at) * 0.000_011);
        let bins: Vec<Bin> =
            (0..40).map(|at| Bin { low: edge(at), high: edge(at + 1), units: 1 }).collect();
        let names: Vec<String> = bins.iter().map(|bin| range(bin, decimals(&bins))).collect();
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
    }

    #[test]
    fn empty_bars_at_both_ends_are_not_drawn() {
        let bin = |units| Bin { low: Some(0.0), high: Some(1.0), units };
        let bins = [0, 0, 3, 0, 2, 0].map(bin);
        let counts: Vec<u64> = trimmed(&bins).iter().map(|bin| bin.units).collect();
        assert_eq!(counts, [3, 0, 2]);
        assert!(trimmed(&[bin(0)]).is_empty());
        assert!(trimmed(&[]).is_empty());
    }
}
