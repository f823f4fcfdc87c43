//! One game, tick by tick: the price, every order, every sidebet, the rug.

use maud::{Markup, html};

use super::super::chart::{Chart, ChartEvent, GameBot, GameChart, Window};
use super::super::format;
use super::super::game::{DrawnGame, Missing, OneGame, PostingRow};
use super::super::layout::{Caption, Data, Page};
use super::super::thin;
use crate::model::quote::TICK_MS;

/// Maximum number of ticks drawn; longer games are thinned, without losing a peak or a posting.
const TICKS_MAX: usize = 2400;

/// The marks of the chart: kind of posting, class, symbol, and meaning.
const MARKS: [(&str, &str, &str, &str); 5] = [
    ("buy", "mark-buy", "▲", "buy"),
    ("sell", "mark-sell", "▼", "sale"),
    ("liquidation", "mark-liquidation", "✕", "liquidation"),
    ("sidebet_won", "patch window-won", "", "sidebet, won"),
    ("sidebet_lost", "patch window-lost", "", "sidebet, lost"),
];

/// Adds the section to the page.
pub(super) fn section(page: &mut Page, game: Option<&OneGame>) {
    let body = match game {
        None => html! { p { "No game to draw." } },
        Some(game) if game.bots.is_empty() => html! {
            p { "No bot booked anything in game " (game.place) " (" (game.id) ")." }
        },
        Some(game) => one(page, game),
    };
    page.section("game", "One game, tick by tick", &body);
}

fn one(page: &mut Page, game: &OneGame) -> Markup {
    let title = format!("Game {} ({})", game.place, game.id);
    let controls = html! {
        div.controls {
            label { "Bot " select data-control="bot" {
                @for (number, played) in game.bots.iter().enumerate() {
                    option value=(number) { (played.bot) " (" (format::gain(played.pnl)) " SOL)" }
                }
            } }
            label { "Price " select data-control="scale" {
                option value="linear" { "linear" }
                option value="log" { "logarithmic" }
            } }
        }
        ul.marks {
            @for (kind, class, mark, word) in MARKS {
                @if game.bots.iter().flat_map(|bot| &bot.postings).any(|row| row.kind == kind) {
                    li { span class=(class) aria-hidden="true" { (mark) } (word) }
                }
            }
        }
    };
    let note = if game.prices.is_ok() {
        "The price at every tick above; below, what the bot would have had if it had sold at that \
         tick. Arrow keys step through the ticks, + and − zoom, 0 shows all."
    } else {
        "Only the prices at which something was booked are known."
    };
    let caption = Caption { id: "game-chart", title: &title, note };
    let postings = Data {
        header: ["tick", "bot", "what", "price", "quantity", "SOL", "cash after"]
            .map(str::to_owned)
            .to_vec(),
        rows: game
            .bots
            .iter()
            .flat_map(|played| played.postings.iter().map(|row| posting(played, row)))
            .collect(),
    };
    let figure = page.controlled(&caption, &controls, Chart::Game(chart(game)), &postings);
    html! {
        p {
            "Rugged at tick " (format::count(u64::from(game.rug_tick))) ", after "
            (game.rug_tick * TICK_MS / 1000) " seconds, at "
            (format::plain(game.rug_price, 4)) "x"
            @if let Some(peak) = game.peak.or_else(|| peak(game)) { "; its peak was " (format::plain(peak, 2)) "x" }
            "."
        }
        @if let Err(Missing { why, how }) = &game.prices {
            p.warning role="note" {
                "The prices between the orders are missing: " (why) ". To draw them, " (how) "."
            }
        }
        (figure)
        @if game.bots_left_out > 0 {
            p.note { (format::counted(game.bots_left_out as u64, "bot")) " with smaller gains and losses left out." }
        }
    }
}

fn peak(game: &OneGame) -> Option<f64> {
    game.prices.as_ref().ok().and_then(|prices| prices.iter().copied().reduce(f64::max))
}

fn posting(played: &DrawnGame, row: &PostingRow) -> Vec<String> {
    let trimmed = |text: &str| {
        let text = if text.contains('.') { text.trim_end_matches('0') } else { text };
        text.trim_end_matches('.').to_owned()
    };
    vec![
        row.tick.to_string(),
        played.bot.clone(),
        what(row),
        trimmed(&row.price),
        trimmed(&row.quantity),
        format::gain(row.delta),
        format::sol(row.cash),
    ]
}

/// What a posting books; of a sale for a reason, the reason too.
fn what(row: &PostingRow) -> String {
    let kind = row.kind.replace('_', " ");
    match row.reason.as_deref() {
        Some(reason) if row.kind == "sell" && reason != "other" => format!("{kind} ({reason})"),
        _ => kind,
    }
}

fn chart(game: &OneGame) -> GameChart {
    let booked = game.ticks_booked();
    let (ticks, prices, whole): (Vec<usize>, Vec<Option<f64>>, bool) = match &game.prices {
        Ok(known) => {
            let ticks = thin::places(known, TICKS_MAX, &booked);
            let prices = ticks.iter().map(|&tick| known.get(tick).copied()).collect();
            (ticks, prices, true)
        }
        Err(_) => {
            let mut ticks = booked;
            ticks.extend([0, game.rug_tick as usize]);
            let prices = ticks.iter().map(|&tick| booked_price(game, tick)).collect();
            (ticks.into_iter().collect(), prices, false)
        }
    };
    let bots = game.bots.iter().map(|played| GameBot {
        name: played.bot.clone(),
        worth: if whole { worth(played, &ticks, &prices) } else { Vec::new() },
        events: played.postings.iter().map(event).collect(),
        windows: windows(&played.postings),
    });
    GameChart {
        rug: game.rug_tick,
        whole,
        bots: bots.collect(),
        ticks: ticks.iter().map(|&tick| u32::try_from(tick).unwrap_or(u32::MAX)).collect(),
        prices,
    }
}

/// The price at a tick with a posting, or where the law fixes it.
fn booked_price(game: &OneGame, tick: usize) -> Option<f64> {
    if tick == game.rug_tick as usize {
        return Some(game.rug_price);
    }
    let mut postings = game.bots.iter().flat_map(|bot| &bot.postings);
    let price = postings.find(|posting| posting.tick as usize == tick);
    price.and_then(|posting| posting.price.parse().ok()).or((tick == 0).then_some(1.0))
}

fn event(row: &PostingRow) -> ChartEvent {
    ChartEvent {
        tick: row.tick,
        kind: row.kind.clone(),
        price: row.price.clone(),
        delta: row.delta,
    }
}

/// A bot's worth at each tick: its cash, and its position at the price. For plots only.
fn worth(played: &DrawnGame, ticks: &[usize], prices: &[Option<f64>]) -> Vec<f64> {
    let mut postings = played.postings.iter().peekable();
    let (mut cash, mut held) = (played.opened_with.to_f64(), 0.0);
    ticks
        .iter()
        .zip(prices)
        .map(|(&tick, price)| {
            while let Some(row) = postings.next_if(|row| row.tick as usize <= tick) {
                cash = row.cash.to_f64();
                let quantity: f64 = row.quantity.parse().unwrap_or(0.0);
                match row.kind.as_str() {
                    "buy" => held += quantity,
                    "sell" => held -= quantity,
                    "liquidation" => held = 0.0,
                    _ => {}
                }
            }
            cash + held * price.unwrap_or_default()
        })
        .collect()
}

/// The sidebets of a bot. At most one is open at a time, so each end belongs to the previous stake.
fn windows(postings: &[PostingRow]) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut from = None;
    for row in postings {
        match row.kind.as_str() {
            "sidebet_stake" => from = Some(row.tick),
            "sidebet_won" | "sidebet_lost" => {
                if let Some(from) = from.take() {
                    windows.push(Window { from, to: row.tick, won: row.kind == "sidebet_won" });
                }
            }
            _ => {}
        }
    }
    windows
}
