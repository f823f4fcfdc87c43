//! The histograms of a page in a real browser: their axes and their names.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::browser::look;
use super::{SCENARIO, run};
use crate::program::replayer;

/// Draws the page again and returns for every histogram what is written below its bars, from left
/// to right, and what the keys read out at its first and last bar.
const WRITTEN: &str = "(async () => {
    const written = new Map();
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const { e } = this.getTransform();
        const id = this.canvas.closest('.plot')?.id ?? '';
        const of = written.get(id) ?? new Map();
        if (this.textAlign === 'center') written.set(id, of.set(e + x, text));
        fillText.apply(this, arguments);
    };
    const theme = document.getElementById('theme');
    theme.value = 'light';
    theme.dispatchEvent(new Event('change'));
    await new Promise((done) => setTimeout(done, 300));
    CanvasRenderingContext2D.prototype.fillText = fillText;
    const keys = (id) => ['Home', 'End'].map((key) => {
        document.getElementById(id).dispatchEvent(new KeyboardEvent('keydown', { key }));
        return document.getElementById(`${id}-readout`).textContent;
    });
    const marks = (id) => [...(written.get(id) ?? [])].filter(([, text]) => /\\d/.test(text))
        .sort(([one], [other]) => one - other).map(([, text]) => text);
    return [...document.querySelectorAll('[id^=spread-].plot')]
        .map(({ id }) => [id, marks(id), keys(id)]);
})()";

fn number(text: &str) -> f64 {
    text.replace('\u{2212}', "-").replace(',', "").parse().unwrap()
}

/// Whether the first and the last bar of a bot that holds anything have no bound of their own.
fn open(curves: &Value, bot: &Value) -> [bool; 2] {
    let curves = curves["curves"].as_array().unwrap();
    let curve = curves.iter().find(|curve| curve["id"] == bot["id"]).unwrap();
    let bars = curve["units"].as_array().unwrap().iter().filter(|bar| bar["units"] != 0);
    let bars: Vec<&Value> = bars.collect();
    [bars[0]["low"].is_null(), bars[bars.len() - 1]["high"].is_null()]
}

#[test]
fn the_axis_of_a_histogram_covers_all_values_and_its_marks_are_distinct() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    let output = replayer(place.path(), &["report", "run"]);
    assert!(output.status.success(), "{output:?}");
    let summary = fs::read_to_string(folder.join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let curves = fs::read_to_string(folder.join("curves.json")).unwrap();
    let curves: Value = serde_json::from_str(&curves).unwrap();
    look(&folder.join("report.html"), async |page| {
        for width in [1280, 390] {
            page.resize(width, 900).await;
            page.value("new Promise((done) => setTimeout(done, 300))").await;
            let written = page.value(WRITTEN).await;
            let histograms = written.as_array().unwrap();
            assert_eq!(histograms.len(), 3, "{written}");
            for (histogram, bot) in histograms.iter().zip(summary["bots"].as_array().unwrap()) {
                let marks: Vec<&str> = histogram[1]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|mark| mark.as_str().unwrap())
                    .collect();
                let distinct: BTreeSet<&str> = marks.iter().copied().collect();
                assert!(!marks.is_empty() && distinct.len() == marks.len(), "{width}: {written}");
                let marks: Vec<f64> = marks.into_iter().map(number).collect();
                assert!(marks.is_sorted_by(|a, b| a < b), "{width}: {written}");
                let [least, most] =
                    ["min", "max"].map(|end| bot["quantiles"][end].as_f64().unwrap());
                let near = |shown: f64, exact: f64| (shown - exact).abs() <= 0.006 * exact.abs();
                let (first, last) = (marks[0], marks[marks.len() - 1]);
                assert!(first >= least || near(first, least), "{width}: {least}: {written}");
                assert!(last <= most || near(last, most), "{width}: {most}: {written}");
                // A bar that is not to scale is marked with the value that it goes to.
                let [low, high] = open(&curves, bot);
                assert!(!low || near(first, least), "{width}: {least}: {written}");
                assert!(!high || near(last, most), "{width}: {most}: {written}");
                // The keys read out where the bars begin and end: all values are between.
                let [first, last] = [0, 1].map(|at| histogram[2][at].as_str().unwrap());
                let end = |text: &str, word: usize| {
                    number(text.split(' ').nth(word).unwrap().trim_start_matches('+'))
                };
                let (low, high) = (end(first, 0), end(last, 2));
                assert!(low <= least || near(low, least), "{least}: {first}");
                assert!(high >= most || near(high, most), "{most}: {last}");
            }
        }
    });
}

#[test]
fn a_verdict_does_not_say_twice_what_its_badge_says() {
    let place = tempfile::tempdir().unwrap();
    for (name, games) in [("few", "20"), ("some", "120"), ("many", "2000")] {
        run(place.path(), name, &SCENARIO.replace("games: 120", &format!("games: {games}")));
        let output = replayer(place.path(), &["report", name]);
        assert!(output.status.success(), "{output:?}");
        let page = fs::read_to_string(place.path().join(name).join("report.html")).unwrap();
        let rows: Vec<&str> = page.split("<span class=\"badge ").skip(1).collect();
        assert_eq!(rows.len(), 3, "{name}");
        for row in rows {
            let (_, row) = row.split_once('>').unwrap();
            let (badge, rest) = row.split_once("</span> <span class=\"sentence\">").unwrap();
            let said = badge.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
            assert!(!said.is_empty() && !rest.starts_with(said), "{name}: {badge} {rest:.60}");
        }
    }
}
