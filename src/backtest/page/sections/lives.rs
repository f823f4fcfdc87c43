//! How lives went: the bankroll by game of the life, and when lives were over, ruined, or below a
//! share of the bankroll.

use maud::{Markup, html};

use super::super::chart::{Chart, ChartNumber, LineChart, Series};
use super::super::folder::RunToDraw;
use super::super::format;
use super::super::layout::{Caption, Data, Key, Page, or_none, sampled};
use super::verdict::LISTED_MAX;
use crate::analysis::summary::{Fan, Figures, LastLife, LifeFigures, Passage};
use crate::base::decimals::duration;

/// Maximum number of fans that are drawn, of those that a run keeps.
const DRAWN_MAX: usize = 12;

/// Whether the games of a run add up to one curve: lives of several games do not, because each
/// begins with the same bankroll.
pub(super) fn add_up(run: &RunToDraw) -> bool {
    run.assessment.games_per_unit.is_none_or(|games| games == 1)
}

/// Adds the section of the bankroll by game of the life.
pub(super) fn bankroll(page: &mut Page, run: &RunToDraw) {
    let declared = run.declared();
    let fans = declared.iter().enumerate().filter_map(|(slot, bot)| {
        let fan = bot.lives.as_ref()?.fan.as_ref()?;
        Some((slot, bot.id.as_str(), fan))
    });
    let fans: Vec<(usize, &str, &Fan)> = fans.collect();
    let mut figures = Vec::new();
    for &(slot, id, fan) in fans.iter().take(DRAWN_MAX) {
        figures.push(draw(page, (slot, id), fan));
    }
    let body = html! {
        @if figures.is_empty() {
            p.note {
                "The bankroll by game of the life needs 30 lives; variants of a sweep do not keep \
                 it."
            }
        } @else {
            p.note {
                "Every life begins with the same bankroll. The line is the median of all lives \
                 after as many games, the inner band has half of them, the outer one nine tenths."
            }
            div.multiples { @for figure in &figures { (figure) } }
            @if fans.len() > DRAWN_MAX {
                p.note { "The first " (DRAWN_MAX) " of " (fans.len()) "; all are in summary.json." }
            }
        }
    };
    page.section("bankroll", "Bankroll by game of the life", &body);
}

#[expect(clippy::cast_precision_loss, reason = "games on an axis")]
fn draw(page: &mut Page, (slot, bot): (usize, &str), fan: &Fan) -> Markup {
    let series = |name: &str, y: Vec<f64>, (low, high): (&[f64], &[f64])| Series {
        name: name.to_owned(),
        slot,
        shown: true,
        y: y.into_iter().map(ChartNumber::Double).collect(),
        low: low.to_vec(),
        high: high.to_vec(),
    };
    let (half, most) = ("median, 25 to 75 %", "5 to 95 %");
    // The outer band has no line of its own.
    let none = vec![f64::NAN; fan.games.len()];
    let series = vec![
        series(half, fan.p50.clone(), (&fan.p25, &fan.p75)),
        series(most, none, (&fan.p05, &fan.p95)),
    ];
    let quantiles = [&fan.p05, &fan.p25, &fan.p50, &fan.p75, &fan.p95];
    let data = Data {
        header: ["games", "5 %", "25 %", "50 %", "75 %", "95 %"].map(str::to_owned).to_vec(),
        rows: sampled(fan.games.len())
            .into_iter()
            .map(|at| {
                let cells = quantiles.iter().map(|quantile| amount(quantile[at]));
                std::iter::once(format::count(fan.games[at])).chain(cells).collect()
            })
            .collect(),
    };
    let key = |name: &str| Key { name: name.to_owned(), slot, shown: true };
    let x = fan.games.iter().map(|&games| games as f64).collect();
    let x_name = "games of a life";
    let chart = Chart::Lines(LineChart { x_name, x, unit: "SOL", steps: false, series });
    let id = format!("bankroll-{slot}");
    let caption = Caption { id: &id, title: bot, note: "" };
    page.chart(&caption, &[key(half), key(most)], chart, &data)
}

/// When lives were over, ruined, or below a share; the facts of the life where there is one.
pub(super) fn ends(run: &RunToDraw) -> Markup {
    let declared = run.declared();
    let listed = &declared[..declared.len().min(LISTED_MAX)];
    let lives = listed.iter().filter_map(|bot| bot.lives.as_ref().map(|lives| (*bot, lives)));
    let lives: Vec<(&Figures, &LifeFigures)> = lives.collect();
    let is_one = run.assessment.units <= 1;
    html! {
        p {
            "A life is " strong { "over" }
            " when its bot can never bet again by its own rules, and "
            strong { "ruined" } " when its cash no longer pays the smallest bet."
        }
        @if !lives.is_empty() && lives.iter().all(|(_, lives)| lives.ruined.is_none()) {
            p.note { "Ruin is not counted for several bots taken together." }
        }
        @if is_one {
            ul { @for (bot, lives) in &lives {
                li { strong { (bot.id) } ": " (one_life(lives)) "." }
            } }
        } @else {
            (table(&lives))
        }
    }
}

fn one_life(lives: &LifeFigures) -> Markup {
    let LastLife { games, hours, end, last_bet, deepest_fall, over, inferred, .. } = &lives.last;
    html! {
        (format::sol(lives.start)) " → " (format::sol(*end)) " SOL in "
        (format::counted(*games, "game"))
        " and " (duration(*hours).replace(' ', "\u{a0}"))
        @match last_bet {
            Some(game) => { ", last bet in game\u{a0}" (format::count(*game)) },
            None => ", no bet",
        }
        @if *inferred { ", over, as it seems" }
        @else if *over { ", over: it can never bet again" }
        ", deepest fall " (format::sol(*deepest_fall)) "\u{a0}SOL"
    }
}

fn table(lives: &[(&Figures, &LifeFigures)]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Lives" {
            table {
                thead { tr {
                    th scope="col" { "bot" }
                    th scope="col" { "the life is" }
                    th.n scope="col" { "lives" }
                    th.n scope="col" { "share" }
                    th.n scope="col" { "median game" }
                    th.n scope="col" { "median SOL left" }
                } }
                tbody { @for (bot, of) in lives { @for (what, passage, left) in rows(of) { tr {
                    th scope="row" { (bot.id) }
                    td { (what) }
                    td.n {
                        (format::count(passage.lives)) " of " (format::count(passage.of))
                    }
                    td.n { (share(passage)) }
                    td.n { (or_none(passage.median_games.map(format::count))) }
                    td.n { (or_none(left.map(amount))) }
                } } } }
            }
        }
    }
}

/// What happened to how many lives, with the cash left.
fn rows(lives: &LifeFigures) -> Vec<(String, &Passage, Option<f64>)> {
    let mut rows = Vec::new();
    if let Some(over) = &lives.over {
        let what = if over.inferred > 0 { "over, as it seems" } else { "over" };
        rows.push((what.to_owned(), &over.passage, over.left_median));
    }
    rows.extend(lives.ruined.iter().map(|ruined| ("ruined".to_owned(), ruined, None)));
    let below = lives.below.iter().map(|below| {
        let (share, amount) = (below.percent(), format::sol(below.amount));
        (format!("below {share} % ({amount} SOL)"), &below.passage, None)
    });
    rows.extend(below);
    rows
}

/// An amount of SOL, a statistic, to three digits.
fn amount(value: f64) -> String {
    format::plain(value, format::decimals_for(value.abs(), 3))
}

fn share(passage: &Passage) -> Markup {
    let Some(share) = passage.share else { return or_none(None) };
    let (low, high) = (format::plain(share.low * 100.0, 1), format::plain(share.high * 100.0, 1));
    html! { (format::percent(share.value, 1)) span.reach { " (" (low) "–" (high) ")" } }
}
