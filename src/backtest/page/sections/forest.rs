//! Estimates below each other on one scale, with their intervals, to show which differ from zero.

use maud::{Markup, html};

use super::super::format;
use crate::analysis::stats::Estimate;

/// Units of the drawing: the width of the scale and the height of a row.
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 26.0;

/// One row with an estimate.
#[derive(Debug)]
pub(super) struct ForestRow {
    /// Name of the bot.
    pub name: Markup,
    /// The verdict in a word.
    pub badge: Markup,
    /// The verdict in a sentence.
    pub text: String,
    /// The estimate, if one exists.
    pub estimate: Option<Estimate>,
    /// The value that the law of the game predicts.
    pub expected: Option<f64>,
}

/// A scale from data to drawing units.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// The scale that includes every row, and zero.
    fn of(rows: &[ForestRow]) -> Self {
        let ends = rows.iter().flat_map(|row| {
            let interval = row.estimate.map(|estimate| [estimate.low, estimate.high]);
            interval.into_iter().flatten().chain(row.expected)
        });
        let (low, high) = ends
            .filter(|end| end.is_finite())
            .fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        let margin = ((high - low) * 0.06).max(1e-9);
        Self { low: low - margin, high: high + margin }
    }

    fn place(self, value: f64) -> String {
        format!("{:.1}", (value - self.low) / (self.high - self.low) * WIDTH)
    }

    /// Three to six round numbers within the scale, always including zero.
    fn marks(self) -> Vec<f64> {
        let raw = (self.high - self.low) / 6.0;
        let power = 10_f64.powf(raw.log10().floor());
        let factors = [1.0, 2.0, 5.0, 10.0];
        let step = factors.map(|factor| factor * power).into_iter().find(|step| *step >= raw);
        let step = step.unwrap_or(raw);
        let mut mark = (self.low / step).ceil() * step;
        let mut marks = Vec::new();
        while mark <= self.high {
            marks.push(if mark.abs() < step / 2.0 { 0.0 } else { mark });
            mark += step;
        }
        marks
    }
}

/// The table: name, interval, figure, verdict.
pub(super) fn table(title: &str, rows: &[ForestRow]) -> Markup {
    let (scale, any) = (Scale::of(rows), rows.iter().any(|row| row.estimate.is_some()));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            // Roles in words: on narrow screens the rows are laid out as cards, which browsers may
            // not recognise as a table.
            table.forest role="table" {
                thead { tr role="row" {
                    th role="columnheader" { "bot" }
                    @if any { th.axis role="columnheader" { span.unit { (title) } (axis(scale)) } }
                    @if any { th.n role="columnheader" { "estimate" } }
                    th role="columnheader" { "verdict" }
                } }
                tbody { @for row in rows { tr role="row" {
                    th role="rowheader" { (row.name) }
                    @if any { td.axis role="cell" { (drawing(row, scale)) } }
                    @if any { td.n role="cell" { (figure(row)) } }
                    td.words role="cell" { (row.badge) " " span.sentence { (row.text) } }
                } } }
            }
        }
    }
}

fn figure(row: &ForestRow) -> Markup {
    match &row.estimate {
        Some(estimate) => {
            let percent = estimate.scaled(100.0);
            let format::Figure { value, reach } = format::estimate(&percent);
            html! { (value) "% " span.reach { "± " (reach) } }
        }
        None => html! { span.none { (format::NONE) } },
    }
}

fn axis(scale: Scale) -> Markup {
    let marks = scale.marks();
    let step = marks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::MAX, f64::min);
    let decimals = format::decimals_for(step * 100.0, 1);
    html! {
        svg viewBox={ "0 0 " (WIDTH) " 18" } class="bars" aria-hidden="true" {
            @for mark in marks {
                text x=(scale.place(mark)) y="14" text-anchor="middle" {
                    (format::signed(mark * 100.0, decimals)) "%"
                }
            }
        }
    }
}

fn drawing(row: &ForestRow, scale: Scale) -> Markup {
    let middle = HEIGHT / 2.0;
    let label = row.estimate.map_or_else(
        || "no estimate".to_owned(),
        |estimate| {
            let interval = format::interval(estimate.low * 100.0, estimate.high * 100.0);
            format!("interval {interval} percent")
        },
    );
    html! {
        svg.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(label) {
            @for mark in scale.marks() {
                line.grid[mark != 0.0].zero[mark == 0.0]
                    x1=(scale.place(mark)) x2=(scale.place(mark)) y1="0" y2=(HEIGHT) {}
            }
            @if let Some(estimate) = row.estimate {
                line.interval x1=(scale.place(estimate.low)) x2=(scale.place(estimate.high))
                    y1=(middle) y2=(middle) {}
                circle.value cx=(scale.place(estimate.value)) cy=(middle) r="4.5" {}
            }
            @if let Some(expected) = row.expected {
                path.law transform={ "translate(" (scale.place(expected)) " " (middle) ")" }
                    d="M0 -7L5 0L0 7L-5 0Z" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(low: f64, high: f64) -> ForestRow {
        let estimate = Estimate { value: f64::midpoint(low, high), standard_error: 1.0, low, high };
        let (name, badge) = (html! {}, html! {});
        ForestRow { name, badge, text: String::new(), estimate: Some(estimate), expected: None }
    }

    #[test]
    fn the_scale_holds_every_interval_and_zero_and_has_round_marks() {
        let scale = Scale::of(&[row(0.02, 0.11), row(0.4, 0.5)]);
        assert!(scale.low < 0.0 && scale.high > 0.5);
        let marks: Vec<String> = scale.marks().iter().map(|mark| format!("{mark:.1}")).collect();
        assert_eq!(marks, ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
    }

    #[test]
    fn rows_without_any_estimate_have_a_scale_too() {
        let nothing = ForestRow { estimate: None, ..row(0.0, 0.0) };
        assert!(Scale::of(&[nothing]).marks().contains(&0.0));
    }
}
