//! The tables as Markdown, and whether they show what they must.

use std::fmt::Write as _;

use crate::cases::Set;
use crate::studies::{Count, Scores, Studies};

/// Share of fair studies that may be called an edge.
const NOMINAL: f64 = 0.025;

/// The tables of all sets.
pub(crate) fn render(studies: &Studies) -> String {
    let mut text = String::new();
    for (set, counts) in &studies.sets {
        let Set { title, is_fair, .. } = set;
        let unit = if set.setup.life_games() == 1 { "games" } else { "lives" };
        let head: Vec<String> = set.units.iter().map(|units| grouped(*units)).collect();
        let (bars, studied) = ("|---".repeat(head.len() + 1), studied(counts));
        let what = if *is_fair { "Called an edge, % of the studies" } else { "Edge found, %" };
        text += &format!("**{what}** ({title}; {unit} of a study from left to right)\n\n");
        text += &format!("| bot | {} |\n{bars}|\n", head.join(" | "));
        rows(&mut text, set, counts, |count| rate(count.edges, count.studies));
        text += &format!("\nStudies of each bot: {studied}.\n");
        if *is_fair {
            let what = "|z| of the P&L against the law above 3, % of the studies";
            text += &format!("\n**{what}** ({title}; - where none has a z)\n\n");
            text += &format!("| bot | {} |\n{bars}|\n", head.join(" | "));
            rows(&mut text, set, counts, |count| score(count.law, count.studies));
            let what = "|z| of closed forms above 3, % of the scores";
            text += &format!("\n**{what}** ({title}; bots that have any)\n\n");
            text += &format!("| bot | {} |\n{bars}|\n", head.join(" | "));
            rows(&mut text, set, counts, |count| score(count.forms, count.forms.given));
        }
        text += "\n";
    }
    text += &format!("Games of seed {}.\n", studies.seed);
    text
}

/// A sentence for each bot and length that is called an edge more often than the nominal rate and
/// three standard errors of the count explain.
pub(crate) fn beyond_nominal(studies: &Studies) -> Vec<String> {
    let mut broken = Vec::new();
    for (set, counts) in studies.sets.iter().filter(|(set, _)| set.is_fair) {
        for ((name, _), counts) in set.bots.iter().zip(counts) {
            for (units, count) in set.units.iter().zip(counts) {
                let (edges, of) = (count.edges as f64, count.studies as f64);
                if edges > NOMINAL * of + 3.0 * (NOMINAL * (1.0 - NOMINAL) * of).sqrt() {
                    let Count { edges, studies, .. } = count;
                    broken.push(format!("{name}, {units}: an edge in {edges} of {studies}"));
                }
            }
        }
    }
    broken
}

/// The share of scores beyond 3; a dash where none is given.
fn score(scores: Scores, of: u64) -> String {
    if scores.given == 0 { "-".to_owned() } else { rate(scores.beyond, of) }
}

/// A row for each bot; none for one that has nothing to show.
fn rows(text: &mut String, set: &Set, counts: &[Vec<Count>], cell: impl Fn(&Count) -> String) {
    for ((name, _), counts) in set.bots.iter().zip(counts) {
        let cells: Vec<String> = counts.iter().map(&cell).collect();
        if cells.iter().all(|cell| cell == "-") {
            continue;
        }
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
}

/// The number of studies of each length.
fn studied(counts: &[Vec<Count>]) -> String {
    let of = counts.first().into_iter().flatten().map(|count| grouped(count.studies));
    of.collect::<Vec<_>>().join(", ")
}

fn rate(of: u64, all: u64) -> String {
    format!("{:.1}", of as f64 / all.max(1) as f64 * 100.0)
}

/// A number with thousands separators.
fn grouped(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}
