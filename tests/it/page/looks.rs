//! Pages in a real browser: nothing fetched, nothing broken, everything reachable and visible.

use serde_json::json;

use super::browser::{Opened, look};
use super::{SCENARIO, run, sweep};
use crate::program::replayer;
use crate::waiting::{PATIENCE, now};

/// Makes the page of a run and looks at it.
fn page_of_a_run<F: Future<Output = ()>>(at_it: impl FnOnce(Opened) -> F) {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    let output = replayer(place.path(), &["report", "run"]);
    assert!(output.status.success(), "{output:?}");
    look(&folder.join("report.html"), at_it);
}

/// For every chart: its id, and how many of its pixels are of a colour, as no axis and no grid is.
const MARKS: &str = "[...document.querySelectorAll('.plot')].map((plot) => {
    let marks = 0;
    for (const canvas of plot.querySelectorAll('canvas')) {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            const [r, g, b, a] = data.subarray(at, at + 4);
            if (a > 100 && Math.max(r, g, b) - Math.min(r, g, b) > 60) marks += 1;
        }
    }
    return [plot.id, marks];
})";

/// How far the page is wider than its window.
const OVERFLOW: &str = "document.documentElement.scrollWidth - innerWidth";

/// Waits until every chart is drawn, within the width of the window.
async fn assert_drawn(page: &Opened) {
    let begun = now();
    loop {
        let (charts, wider) = (page.value(MARKS).await, page.value(OVERFLOW).await);
        let marks = charts.as_array().unwrap().iter().map(|chart| chart[1].as_u64().unwrap());
        if marks.clone().count() >= 4 && marks.min() > Some(40) && wider.as_i64().unwrap() <= 0 {
            return;
        }
        let late = begun.elapsed() > PATIENCE / 2;
        assert!(!late, "nothing is drawn, or beyond the window by {wider}: {charts}");
    }
}

#[test]
fn a_page_fetches_nothing_and_complains_about_nothing() {
    page_of_a_run(async |page| {
        assert_drawn(&page).await;
        assert_eq!(page.complaints(), [""; 0]);
        // The observer does see what is wrong.
        page.value("fetch('https://example.org/').catch(() => 0)").await;
        page.value("console.error('planted')").await;
        let (begun, wanted) = (now(), ["planted", "Content Security Policy"]);
        while let seen = page.complaints().join("\n")
            && !wanted.iter().all(|words| seen.contains(words))
        {
            assert!(begun.elapsed() < PATIENCE / 2, "{seen}");
            page.value("0").await;
        }
    });
}

#[test]
fn every_chart_has_marks_light_and_dark_wide_and_narrow_and_nothing_overflows() {
    page_of_a_run(async |page| {
        let paper = "getComputedStyle(document.body).backgroundColor";
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await;
            for width in [1280, 420] {
                page.resize(width, 900).await;
                // What was drawn for the window as it was is not looked at.
                page.value("new Promise((done) => setTimeout(done, 300))").await;
                assert_drawn(&page).await;
            }
            let expected = if scheme == "dark" { "rgb(22, 24, 27)" } else { "rgb(255, 255, 255)" };
            assert_eq!(page.value(paper).await, json!(expected));
        }
        page.value(
            "(() => { const theme = document.getElementById('theme'); theme.value = 'light';
               theme.dispatchEvent(new Event('change')); })()",
        )
        .await;
        assert_eq!(page.value(paper).await, json!("rgb(255, 255, 255)"), "the toggle wins");
        assert_eq!(page.complaints(), [""; 0]);
    });
}

#[test]
fn the_tab_key_reaches_every_control_and_every_chart() {
    page_of_a_run(async |page| {
        let all =
            "[...document.querySelectorAll('a[href], button, select, summary, [tabindex=\"0\"]')]
            .filter((one) => one.checkVisibility()).length";
        let all = page.value(all).await.as_u64().unwrap();
        assert!(all > 20, "{all}");
        let mut reached = 0;
        for _ in 0..all {
            page.press("Tab").await;
            let fresh = "(() => { const one = document.activeElement;
                if (one === document.body || one.dataset.reached) return false;
                one.dataset.reached = 'yes'; return true; })()";
            reached += u64::from(page.value(fresh).await == json!(true));
        }
        assert_eq!(reached, all);
        let missed = "[...document.querySelectorAll('.plot')].filter((plot) => !plot.dataset.reached).length";
        assert_eq!(page.value(missed).await, json!(0));
    });
}

#[test]
fn arrow_keys_read_a_chart_out() {
    page_of_a_run(async |page| {
        page.value("document.getElementById('pnl-chart').focus()").await;
        let readout = "document.getElementById('pnl-chart-readout').textContent";
        page.press("End").await;
        let last = page.value(readout).await.to_string();
        assert!(last.contains("games 120: conservative"), "{last}");
        page.press("ArrowLeft").await;
        let before = page.value(readout).await.to_string();
        assert!(before.contains("games 119"), "{before}");
        page.value("document.getElementById('game-chart').focus()").await;
        page.press("Home").await;
        let tick = page.value("document.getElementById('game-chart-readout').textContent").await;
        assert!(tick.to_string().contains("tick 0, price 1x"), "{tick}");
    });
}

#[test]
fn charts_and_controls_have_names_and_tables_say_the_same() {
    page_of_a_run(async |page| {
        let nameless = "[...document.querySelectorAll('.plot, [role=region], section, nav')]
            .filter((one) => !one.getAttribute('aria-label')
                && !document.getElementById(one.getAttribute('aria-labelledby'))?.textContent)
            .map((one) => one.outerHTML.slice(0, 80))";
        assert_eq!(page.value(nameless).await, json!([]));
        let tableless = "[...document.querySelectorAll('figure.chart')]
            .filter((figure) => !figure.querySelector('details.data tbody tr')).length";
        assert_eq!(page.value(tableless).await, json!(0));
        let unlabelled = "[...document.querySelectorAll('select')]
            .filter((select) => !select.labels.length).length";
        assert_eq!(page.value(unlabelled).await, json!(0));
        let twice =
            "(() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
            return ids.filter((id, at) => ids.indexOf(id) !== at); })()";
        assert_eq!(page.value(twice).await, json!([]));
    });
}

#[test]
fn a_page_prints() {
    page_of_a_run(async |page| {
        page.prefer("dark").await;
        let pdf = page.print().await;
        assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 20_000, "{} bytes", pdf.len());
        let pages = pdf.windows(12).filter(|window| window.starts_with(b"/Type /Page\n")).count();
        assert!((2..=16).contains(&pages), "{pages} pages");
        assert_drawn(&page).await;
        assert_eq!(page.complaints(), [""; 0]);
    });
}

#[test]
fn the_map_of_a_sweep_has_a_cell_for_every_pair_of_values_and_reads_them_out() {
    let place = tempfile::tempdir().unwrap();
    let folder = sweep(place.path(), "swept");
    let output = replayer(place.path(), &["report", "swept"]);
    assert!(output.status.success(), "{output:?}");
    look(&folder.join("report.html"), async |page| {
        let cells = "[...document.querySelectorAll('#map-chart td')]
            .filter((cell) => /gain|loss|even/.test(cell.className) && cell.textContent.length > 2).length";
        for scheme in ["light", "dark"] {
            page.prefer(scheme).await;
            assert_eq!(page.value(cells).await, json!(6), "{scheme}");
        }
        // The canvases of the other charts have marks too; the map has none.
        let charts = page.value(MARKS).await;
        for chart in charts.as_array().unwrap().iter().filter(|chart| chart[0] != "map-chart") {
            assert!(chart[1].as_u64().unwrap() > 40, "nothing is drawn: {chart}");
        }
        assert!(page.value(OVERFLOW).await.as_i64().unwrap() <= 0);
        page.value("document.getElementById('map-chart').focus()").await;
        page.press("Home").await;
        let readout = "document.getElementById('map-chart-readout').textContent";
        let first = page.value(readout).await.to_string();
        assert!(first.contains("held.take_profit 5, held.stop_loss 10"), "{first}");
        assert!(first.contains("variant 0"), "{first}");
        page.press("ArrowRight").await;
        let next = page.value(readout).await.to_string();
        assert!(next.contains("held.take_profit 20, held.stop_loss 10"), "{next}");
        assert_eq!(page.complaints(), [""; 0]);
    });
}
