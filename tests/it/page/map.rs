//! The map of a sweep in a real browser: its colours, its legend, its frame, its figures.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::browser::{Opened, look};
use super::sweep;
use crate::program::replayer;
use crate::waiting::{PATIENCE, now};

/// More columns than a narrow window has room for, and more values than a map has columns.
const WIDE: &str = r#"Scenario(
    name: "wide", seed: 7, source: Generated(games: 120), bankroll: PerGame(0.1),
    bots: [
        (id: "held", strategy: Conservative(
            take_profit: Grid([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]),
            stop_loss: Range(from: 5, to: 39, step: 2),
        )),
    ],
)"#;

/// Makes the page of a sweep and looks at it.
fn page_of<F: Future<Output = ()>>(folder: &Path, at_it: impl FnOnce(Opened) -> F) {
    let (place, name) = (folder.parent().unwrap(), folder.file_name().unwrap());
    let output = replayer(place, &["report", name.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    look(&folder.join("report.html"), at_it);
}

/// The contrast of text with what is behind it, for every cell of the map and one of each colour
/// that a cell can have, lowest first: the ratio of luminances, as WCAG 2 defines it.
const CONTRASTS: &str = "(() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const curved = (part) => ((part + 0.055) / 1.055) ** 2.4;
    const linear = (part) => part / 255 <= 0.04045 ? part / 255 / 12.92 : curved(part / 255);
    const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const behind = (one) => {
        const colour = getComputedStyle(one).backgroundColor;
        return parts(colour)[3] === 0 ? behind(one.parentElement) : colour;
    };
    const row = document.querySelector('#map-chart tbody').insertRow();
    const sides = ['gain', 'loss'].flatMap((side) => [1, 2, 3, 4, 5].map((step) => side + step));
    for (const name of [...sides, 'even', 'empty', 'gain5 best sure']) {
        const cell = row.insertCell();
        cell.className = name;
        cell.textContent = '+0.00';
    }
    const written = document.querySelectorAll('#map-chart th, #map-chart td, #map-chart p');
    const all = [...written].map((one) => {
        const [text, back] = [getComputedStyle(one).color, behind(one)].map(parts).map(luminance);
        const ratio = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        return [ratio, one.className || one.textContent];
    });
    row.remove();
    return all.sort(([one], [other]) => one - other);
})()";

#[test]
fn text_on_every_colour_of_the_map_can_be_read_light_and_dark() {
    let place = tempfile::tempdir().unwrap();
    page_of(&sweep(place.path(), "swept"), async |page| {
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await;
            let contrasts = page.value(CONTRASTS).await;
            let contrasts = contrasts.as_array().unwrap();
            assert!(contrasts.len() > 20, "{contrasts:?}");
            assert!(contrasts[0][0].as_f64().unwrap() >= 4.5, "{scheme}: {contrasts:?}");
        }
    });
}

#[test]
fn the_legend_names_and_shows_the_colours_that_are_drawn() {
    let place = tempfile::tempdir().unwrap();
    page_of(&sweep(place.path(), "swept"), async |page| {
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await;
            let colours = "['#map-chart td', '#map-chart .scale .patch'].map((wanted) =>
                [...document.querySelectorAll(wanted)]
                    .map((one) => getComputedStyle(one).backgroundColor))";
            let colours = page.value(colours).await;
            let [cells, legend] = [0, 1].map(|at| colours[at].as_array().unwrap());
            assert_eq!((cells.len(), legend.len()), (6, 11));
            assert!(cells.iter().all(|cell| legend.contains(cell)), "{scheme}: {colours}");
            let parts = |colour: &Value| -> Vec<u32> {
                let text =
                    colour.as_str().unwrap().trim_start_matches("rgb(").trim_end_matches(')');
                text.split(", ").map(|part| part.parse().unwrap()).collect()
            };
            let (loss, gain) = (parts(&legend[0]), parts(&legend[10]));
            assert!(loss[0] > loss[1] && loss[1] > loss[2], "orange: {loss:?}");
            assert!(gain[2] > gain[1] && gain[1] > gain[0], "blue: {gain:?}");
        }
        let note = page.value("document.getElementById('map-chart-note').textContent").await;
        assert!(note.as_str().unwrap().starts_with("Orange lost, blue gained"), "{note}");
        let scale = page.value("document.querySelector('#map-chart .scale').textContent").await;
        let scale = scale.as_str().unwrap();
        assert!(scale.starts_with("lost −") && scale.ends_with(" SOL gained"), "{scale}");
    });
}

#[test]
fn one_cell_is_framed_the_one_that_the_verdict_names_whatever_figure_is_shown() {
    let place = tempfile::tempdir().unwrap();
    let folder = sweep(place.path(), "swept");
    let summary = fs::read_to_string(folder.join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let best = summary["selection"]["best"]["id"].as_str().unwrap();
    let variant: usize = best.rsplit(' ').next().unwrap().parse().unwrap();
    let values = summary["variants"][variant]["values"].clone();
    page_of(&folder, async |page| {
        let verdict = page.value("document.querySelector('#verdict .headline').textContent").await;
        assert!(verdict.as_str().unwrap().contains(best), "{verdict}");
        for measure in ["0", "1"] {
            let choose = format!(
                "(() => {{ const one = document.querySelector('[data-control=measure]');
                   one.value = '{measure}'; one.dispatchEvent(new Event('change')); }})()"
            );
            page.value(&choose).await;
            let framed = "[...document.querySelectorAll('#map-chart td.best')].map((cell) =>
                [document.querySelectorAll('#map-chart thead th')[cell.cellIndex].textContent,
                 cell.parentElement.cells[0].textContent])";
            assert_eq!(page.value(framed).await, json!([values]), "measure {measure}");
            let said = page.value("document.querySelector('#map-chart p:last-child').textContent");
            let expected = format!("Framed: the best of the verdict, cell {variant}.");
            assert_eq!(said.await, json!(expected));
        }
    });
}

#[test]
fn all_cells_have_as_many_decimals_and_nothing_is_cut() {
    let place = tempfile::tempdir().unwrap();
    page_of(&sweep(place.path(), "swept"), async |page| {
        for width in [1280, 390] {
            page.resize(width, 900).await;
            let cells =
                "[...document.querySelectorAll('#map-chart td')].map((cell) => cell.textContent)";
            let cells = page.value(cells).await;
            let cells = cells.as_array().unwrap();
            let decimals = |cell: &Value| cell.as_str().unwrap().split('.').nth(1).unwrap().len();
            let all: Vec<usize> = cells.iter().map(decimals).collect();
            assert!(all.len() == 6 && all.iter().all(|count| *count == all[0]), "{cells:?}");
            let cut = "[...document.querySelectorAll('#map-chart th, #map-chart td, #map-chart p')]
                .filter((one) => one.scrollWidth > one.clientWidth + 1)
                .map((one) => one.textContent)";
            assert_eq!(page.value(cut).await, json!([]));
        }
    });
}

/// Waits until the page has drawn itself again after its window changed.
async fn settle(page: &Opened) {
    page.value("new Promise((done) => setTimeout(done, 400))").await;
}

#[test]
fn a_column_out_of_sight_has_a_sign_and_rows_keep_their_names_in_sight() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    fs::write(path.join("wide.ron"), WIDE).unwrap();
    let output = replayer(path, &["sweep", "wide.ron", "--out", "wide", "-q"]);
    assert!(output.status.success(), "{output:?}");
    page_of(&path.join("wide"), async |page| {
        // Tables wider than their place, and whether a sign above says so.
        let wider = "[...document.querySelectorAll('.scroll')]
            .filter((one) => one.checkVisibility()).map((one) => {
                const sign = one.previousElementSibling;
                const says = sign?.matches('.more') && sign.checkVisibility()
                    && sign.textContent.includes('Out of sight');
                return [one.scrollWidth > one.clientWidth + 1, Boolean(says)];
            })";
        page.resize(390, 900).await;
        settle(&page).await;
        let narrow = page.value(wider).await;
        let narrow = narrow.as_array().unwrap();
        assert!(narrow.contains(&json!([true, true])), "{narrow:?}");
        assert!(!narrow.contains(&json!([true, false])), "{narrow:?}");
        let sign = "document.querySelector('#map-chart .more').textContent";
        let before = page.value(sign).await;
        assert!(before.as_str().unwrap().contains(" columns →"), "{before}");
        let scroll = "(() => { const frame = document.querySelector('#map-chart .scroll');
            frame.scrollLeft = frame.scrollWidth; })()";
        page.value(scroll).await;
        // The page hears of it a while later.
        let begun = now();
        while let after = page.value(sign).await
            && !after.as_str().unwrap().starts_with("Out of sight: ← ")
        {
            assert!(begun.elapsed() < PATIENCE / 2, "{after}");
        }
        let named = "(() => { const frame = document.querySelector('#map-chart .scroll');
            const name = frame.querySelector('tbody th').getBoundingClientRect();
            return name.left >= frame.getBoundingClientRect().left - 1; })()";
        assert_eq!(page.value(named).await, json!(true), "the names of the rows stay");
        page.resize(2400, 900).await;
        settle(&page).await;
        let wide = page.value(wider).await;
        let untrue = wide.as_array().unwrap().iter().find(|one| **one == json!([false, true]));
        assert_eq!(untrue, None, "a sign where nothing is out of sight");
        // Eighteen values are joined in ten ranges, each with a name of its own.
        let names =
            "[...document.querySelectorAll('#map-chart tbody th')].map((one) => one.textContent)";
        let names = page.value(names).await;
        let names: std::collections::BTreeSet<&str> =
            names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(names.len(), 10, "{names:?}");
    });
}
