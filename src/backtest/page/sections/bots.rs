//! Every bot in figures: its trades, its gains, and their uncertainty.

use std::borrow::Cow;

use maud::{Markup, html};

use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Page, or_none, swatch};
use super::refusals;
use super::verdict::LISTED_MAX;
use crate::analysis::stats::{Estimate, p_value_text};
use crate::analysis::summary::{Figures, Rate};

/// A column: its heading, its meaning, and its cell.
struct Column {
    head: &'static str,
    means: &'static str,
    cell: fn(&Figures) -> Markup,
}

const GAINS: [Column; 7] = [
    Column {
        head: "P&L",
        means: "total SOL gained, exact",
        cell: |bot| html! { (format::gain(bot.pnl)) },
    },
    Column {
        head: "per life",
        means: "mean SOL gained per life, with half its 95 % interval",
        cell: |bot| estimate(bot.pnl_per_unit),
    },
    Column {
        head: "law P&L",
        means: "mean SOL per life that the law of the game predicts for the same exposure",
        cell: |bot| {
            let check = bot.oracle.as_ref();
            or_none(check.map(|check| {
                let reach = check.difference.reach();
                format::signed(check.expected, format::decimals_for(reach, 2))
            }))
        },
    },
    Column {
        head: "z score",
        means: "measured less expected, in the law's standard errors; outside ±3 something is wrong",
        cell: |bot| or_none(bot.oracle.and_then(|check| check.z).map(|z| format::signed(z, 1))),
    },
    Column {
        head: "p, adjusted",
        means: "probability of a mean this far from zero by luck, after Holm's correction",
        cell: |bot| or_none(bot.p_adjusted.map(p_value_text)),
    },
    Column {
        head: "vs first bot",
        means: "SOL per life more than the first bot on the same games, with half its interval",
        cell: |bot| estimate(bot.against_first.as_ref().map(|against| against.difference)),
    },
    Column {
        head: "lives needed",
        means: "lives needed to confirm, with a power of 80 %, that a mean like this is not zero",
        cell: |bot| or_none(bot.units_to_settle.map(format::count)),
    },
];

/// Gains by the time of the game's clock, presale and cooldown included.
const CLOCK: [Column; 3] = [
    Column {
        head: "per game",
        means: "mean SOL gained per game, with half its 95 % interval",
        cell: |bot| estimate(bot.pnl_per_game),
    },
    Column {
        head: "per hour",
        means: "SOL gained per hour of the game's clock",
        cell: |bot| estimate(bot.pnl_per_hour),
    },
    Column {
        head: "per day",
        means: "SOL gained per day of the game's clock: 24 times the figure per hour",
        cell: |bot| estimate(bot.pnl_per_day),
    },
];

const RISKS: [Column; 8] = [
    Column {
        head: "deviation",
        means: "standard deviation of the P&L of a life, in SOL",
        cell: |bot| significant(bot.unit_deviation),
    },
    Column {
        head: "Sharpe",
        means: "mean P&L of a life by its standard deviation",
        cell: |bot| or_none(bot.sharpe.map(|ratio| format::signed(ratio, 3))),
    },
    Column {
        head: "Sortino",
        means: "mean P&L of a life by the root mean square of its losses",
        cell: |bot| or_none(bot.sortino.map(|ratio| format::signed(ratio, 3))),
    },
    Column {
        head: "worst 5 % lose",
        means: "SOL that the worst twentieth of the lives lost on average (expected shortfall)",
        cell: |bot| significant(bot.tail.map(|tail| tail.expected_shortfall)),
    },
    Column {
        head: "median life",
        means: "P&L that half of the lives stay below, in SOL",
        cell: |bot| significant(bot.quantiles.map(|quantiles| quantiles.p50)),
    },
    Column {
        head: "deepest drawdown",
        means: "of any life, in SOL: at every tick; of several bots, of their cash after each game",
        cell: |bot| html! { (format::sol(bot.max_drawdown)) },
    },
    Column {
        head: "ruined",
        means: "share of the lives that could no longer afford the smallest bet",
        cell: |bot| rate(bot.ruin.map(|ruin| ruin.share)),
    },
    Column {
        head: "time in market",
        means: "share of all ticks with an open position",
        cell: |bot| or_none(bot.time_in_market.map(|share| format::percent(share, 1))),
    },
];

const ACTIONS: [Column; 8] = [
    Column { head: "buys", means: "filled", cell: |bot| html! { (format::count(bot.buys)) } },
    Column { head: "sales", means: "filled", cell: |bot| html! { (format::count(bot.sells)) } },
    Column {
        head: "sold with gain",
        means: "of all positions sold or liquidated, with its interval",
        cell: |bot| rate(bot.sells_won_rate),
    },
    Column {
        head: "liquidated",
        means: "positions lost to a rug",
        cell: |bot| html! { (format::count(bot.liquidations)) },
    },
    Column {
        head: "sidebets",
        means: "won and lost",
        cell: |bot| html! { (format::count(bot.sidebets_won + bot.sidebets_lost)) },
    },
    Column {
        head: "sidebets won",
        means: "of all sidebets, with its interval",
        cell: |bot| rate(bot.sidebets_won_rate),
    },
    Column {
        head: "staked",
        means: "SOL staked in buys and sidebets, exact",
        cell: |bot| {
            let staked = bot.bought.plus(bot.wagered);
            or_none(staked.ok().map(format::sol))
        },
    },
    Column { head: "refused", means: "orders", cell: |bot| html! { (format::count(bot.refused)) } },
];

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, run: &RunToDraw) {
    let declared = run.declared();
    let listed = &declared[..declared.len().min(LISTED_MAX)];
    let per = run.assessment.games_per_unit;
    let body = html! {
        (refusals::warnings(listed))
        (table("Gains, in SOL", (listed, per), &GAINS))
        (table("Gains by the clock, in SOL", (listed, per), &CLOCK))
        (table("Risks, in SOL", (listed, per), &RISKS))
        (table("What they did", (listed, per), &ACTIONS))
        (oracles(listed))
    };
    page.section("bots", "Bots", &body);
}

/// The words of a column, which are about lives, where every game is a life of its own.
fn in_units(words: &'static str, games_per_unit: Option<u64>) -> Cow<'static, str> {
    match games_per_unit {
        Some(1) => words.replace("lives", "games").replace("life", "game").into(),
        _ => words.into(),
    }
}

fn table(title: &str, (bots, per): (&[&Figures], Option<u64>), columns: &[Column]) -> Markup {
    html! {
        h4 { (title) }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table.bots {
                thead { tr {
                    th scope="col" { "bot" }
                    @for column in columns {
                        th.n scope="col" title=(in_units(column.means, per)) {
                            (in_units(column.head, per))
                        }
                    }
                } }
                tbody { @for (slot, bot) in bots.iter().enumerate() { tr {
                    th scope="row" {
                        (swatch(slot)) (bot.id)
                        @if bot.bots > 1 { span.sub { "×\u{a0}" (format::count(bot.bots)) } }
                        span.sub { (bot.strategy) }
                    }
                    @for column in columns { td.n { ((column.cell)(bot)) } }
                } } }
            }
        }
        details.data {
            summary { "What the columns mean" }
            dl.means { @for column in columns { div {
                dt { (in_units(column.head, per)) } dd { (in_units(column.means, per)) }
            } } }
        }
    }
}

/// Closed forms of the strategies and their measured values, if there are any.
fn oracles(bots: &[&Figures]) -> Markup {
    let any = bots.iter().any(|bot| !bot.oracles.is_empty());
    html! {
        @if any {
            h4 { "Closed forms" }
            div.scroll tabindex="0" role="region" aria-label="Closed forms" {
                table {
                    thead { tr {
                        th scope="col" { "bot" }
                        th scope="col" { "figure" }
                        th.n scope="col" { "exact" }
                        th.n scope="col" { "measured" }
                        th.n scope="col" { "z" }
                    } }
                    tbody { @for bot in bots { @for oracle in &bot.oracles { tr {
                        th scope="row" { (bot.id) }
                        td { (oracle.name) }
                        td.n { (format::plain(oracle.expected, 5)) }
                        td.n { (format::plain(oracle.estimate, 5)) }
                        td.n { (or_none(oracle.z.map(|z| format::signed(z, 1)))) }
                    } } } }
                }
            }
        }
    }
}

/// An estimate with half its interval.
pub(super) fn estimate(estimate: Option<Estimate>) -> Markup {
    let Some(estimate) = estimate else { return or_none(None) };
    let format::Figure { value, reach } = format::estimate(&estimate);
    html! { (value) span.reach { " ± " (reach) } }
}

fn rate(rate: Option<Rate>) -> Markup {
    let Some(rate) = rate.filter(|rate| rate.of > 0) else { return or_none(None) };
    let (low, high) = (format::plain(rate.low * 100.0, 1), format::plain(rate.high * 100.0, 1));
    html! { (format::percent(rate.value, 1)) span.reach { " (" (low) "–" (high) ")" } }
}

fn significant(value: Option<f64>) -> Markup {
    or_none(value.map(|value| format::plain(value, format::decimals_for(value.abs(), 3))))
}
