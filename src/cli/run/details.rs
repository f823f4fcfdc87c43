//! Every figure of a bot, as text.

use super::super::layout;
use super::format::{percent, sol};
use crate::analysis::stats::{Estimate, Interval, p_value_text};
use crate::analysis::summary::{Assessment, Figures, Quantiles, Rate, RefusalFigures, units_of};
use crate::base::decimals::{counted, plain, signed};

/// One line per figure of a bot, or of several together.
#[must_use]
pub(super) fn render(assessment: &Assessment, of: &Figures) -> String {
    let unit = if assessment.games_per_unit == Some(1) { "game" } else { "life" };
    let of_units = format!("of {}", units_of(assessment.games_per_unit));
    let lines = [
        ("P&L", Some(pnl(of))),
        ("trades", (of.buys > 0).then(|| trades(of))),
        ("sidebets", (of.sidebets_won + of.sidebets_lost > 0).then(|| sidebets(of))),
        ("refused", (of.refused > 0).then(|| refused(of))),
        (unit, of.pnl_per_unit.map(estimate)),
        ("resampled", of.resampled.map(|resampled| interval(resampled.pnl_per_unit))),
        ("stake", of.pnl_per_stake.map(|ratio| shares(ratio.value, ratio.low, ratio.high))),
        ("hour", of.pnl_per_hour.map(estimate)),
        ("day", of.pnl_per_day.map(estimate)),
        (
            "law",
            of.oracle.map(|oracle| {
                format!(
                    "{} SOL expected; P&L above it {}",
                    sol(oracle.expected),
                    estimate(oracle.difference)
                )
            }),
        ),
        ("spread", spread(of)),
        (of_units.as_str(), of.quantiles.map(quantiles)),
        ("drawdown", of.drawdowns.map(quantiles)),
        ("in market", of.time_in_market.map(|share| format!("{:.1}% of all ticks", share * 100.0))),
        (
            "ruin",
            of.ruin.and_then(|ruin| {
                let median = ruin.median_games?;
                let mean = ruin.mean_games?;
                Some(format!("ruined lives: median {median} games, mean {mean:.1}"))
            }),
        ),
        (
            "first",
            of.against_first.as_ref().map(|beyond| {
                let (mean, p) = (estimate(beyond.difference), p_value_text(beyond.p_adjusted));
                format!("{mean} vs {}, p {p} corrected", beyond.against)
            }),
        ),
    ];
    let written = lines.into_iter().filter_map(|(name, text)| {
        text.map(|text| layout::hanging(&format!("  {name:<10}"), &text))
    });
    let heading = format!("{} ({}, SOL per {unit} unless stated)", of.id, of.strategy);
    std::iter::once(heading).chain(written).collect::<Vec<_>>().join("\n")
}

fn pnl(of: &Figures) -> String {
    let Figures { pnl, games, games_staked, max_drawdown, final_cash, .. } = of;
    format!(
        "{pnl} SOL in {}, {games_staked} with a stake; deepest drawdown {max_drawdown}, \
         {final_cash} at the end",
        counted(*games, "game")
    )
}

fn trades(of: &Figures) -> String {
    let Figures { buys, sells, liquidations, bought, .. } = of;
    format!(
        "{buys} bought for {bought} SOL, {sells} sold, {liquidations} rugged; {}",
        won(of.sells_won_rate)
    )
}

fn sidebets(of: &Figures) -> String {
    let Figures { sidebets_won, sidebets_lost, wagered, .. } = of;
    let settled = sidebets_won + sidebets_lost;
    format!("{settled} for {wagered} SOL, {sidebets_won} won; {}", won(of.sidebets_won_rate))
}

fn refused(of: &Figures) -> String {
    let kind = |it: &RefusalFigures| format!("{} {}", it.count, it.reason.code());
    let by_kind: Vec<String> = of.refusals.iter().map(kind).collect();
    format!("{} of {} orders: {}", of.refused, of.orders(), by_kind.join(", "))
}

fn won(rate: Option<Rate>) -> String {
    rate.map_or_else(
        || "too few for a rate".to_owned(),
        |Rate { value, low, high, effective, .. }| {
            let [value, low, high] = [value, low, high].map(|share| share * 100.0);
            format!(
                "{value:.1} % won ({low:.1} to {high:.1}, equal to {effective:.0} independent ones)"
            )
        },
    )
}

fn spread(of: &Figures) -> Option<String> {
    let (deviation, tail) = (of.unit_deviation?, of.tail?);
    let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "-".to_owned(), |it| signed(it, 3));
    Some(format!(
        "deviation {deviation:.6}; Sharpe {}, Sortino {}; the worst 5 % lose {} or more, {} on \
         average",
        ratio(of.sharpe),
        ratio(of.sortino),
        plain(tail.value_at_risk, 6),
        plain(tail.expected_shortfall, 6)
    ))
}

fn estimate(estimate: Estimate) -> String {
    let Estimate { value, low, high, .. } = estimate;
    format!("{} ({} to {})", sol(value), sol(low), sol(high))
}

fn interval(interval: Interval) -> String {
    format!("{} to {}", sol(interval.low), sol(interval.high))
}

fn shares(value: f64, low: f64, high: f64) -> String {
    format!("{} ({} to {})", percent(Some(value)), percent(Some(low)), percent(Some(high)))
}

fn quantiles(of: Quantiles) -> String {
    let Quantiles { min, p05, p50, p95, max, .. } = of;
    let [min, p05, p50, p95, max] = [min, p05, p50, p95, max].map(sol);
    format!("min {min}, 5 % {p05}, median {p50}, 95 % {p95}, max {max}")
}
