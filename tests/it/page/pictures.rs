//! Pictures of terminals and of pages, for people to look at: `.ci/campaign screens DIR`.

use std::fs;
use std::path::{Path, PathBuf};

use super::browser::{Opened, look};
use super::{SCENARIO, SWEEP};
use crate::program::replayer;
use crate::terminal::{WIDTHS, results};

/// Names the folder for the pictures; without it they are small, and thrown away.
const FOLDER: &str = "REPLAYER_SCREENS";

/// A picture of a page: what it shows, the colours that the system prefers, and its width.
fn pages() -> impl Iterator<Item = (&'static str, &'static str, i64)> {
    let widths = [390, 1280].into_iter();
    let sized = widths.flat_map(|width| ["light", "dark"].map(|scheme| (scheme, width)));
    sized.flat_map(|(scheme, width)| ["report", "map"].map(|what| (what, scheme, width)))
}

/// A page that shows what commands print on a terminal with N columns.
fn terminal(place: &Path, columns: u16) -> PathBuf {
    let (mut text, out) = (String::new(), format!("swept-{columns}"));
    for arguments in [
        &["run", "run.ron", "--no-journal"][..],
        &["sweep", "swept.ron", "--out", &out],
        &["strategies", "Conservative"],
    ] {
        text += &format!("$ replayer {}\n", arguments.join(" "));
        text += &results(place, columns, arguments);
        text.push('\n');
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html><meta charset=utf-8><meta name=color-scheme content=\"light dark\"><style>\
         :root {{ color-scheme: light dark }} body {{ margin: 1rem }}\
         pre {{ font: 14px/1.35 'DejaVu Sans Mono', monospace; margin: 0; width: {columns}ch; \
         outline: 1px dashed; overflow: hidden }}</style><pre>{text}</pre>"
    );
    let file = place.join(format!("terminal-{columns}.html"));
    fs::write(&file, page).unwrap();
    file
}

/// Width and height of a picture.
fn size(png: &[u8]) -> [u32; 2] {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    [16, 20].map(|at| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()))
}

async fn draw(page: &Opened, (scheme, width): (&str, i64), to: &Path) {
    page.prefer(scheme).await;
    page.resize(width, 900).await;
    // Charts are drawn for a window a while after it has its size.
    page.value("new Promise((done) => setTimeout(done, 500))").await;
    let overflow = page.value("document.documentElement.scrollWidth - innerWidth").await;
    assert!(overflow.as_i64().unwrap() <= 0, "{}: wider by {overflow}", to.display());
    let png = page.picture().await;
    let [shown, high] = size(&png);
    assert_eq!(i64::from(shown), width, "{}", to.display());
    assert!(high >= 600 && png.len() > 10_000, "{}: {high} high", to.display());
    fs::write(to, png).unwrap();
}

#[test]
fn terminals_and_pages_are_drawn_light_and_dark_wide_and_narrow() {
    let place = tempfile::tempdir().unwrap();
    let wanted = std::env::var_os(FOLDER).map(PathBuf::from);
    let (run, swept) = match wanted {
        None => (SCENARIO.to_owned(), SWEEP.to_owned()),
        Some(_) => ["quickstart", "sweep-conservative"]
            .map(|name| {
                let root = Path::new(env!("CARGO_MANIFEST_DIR"));
                fs::read_to_string(root.join(format!("scenarios/{name}.ron"))).unwrap()
            })
            .into(),
    };
    let pictures = wanted.unwrap_or_else(|| place.path().join("pictures"));
    fs::create_dir_all(&pictures).unwrap();
    fs::write(place.path().join("run.ron"), run).unwrap();
    fs::write(place.path().join("swept.ron"), swept).unwrap();
    for arguments in [
        &["run", "run.ron", "--out", "run", "-q"][..],
        &["sweep", "swept.ron", "--out", "swept", "-q"],
        &["report", "run"],
        &["report", "swept"],
    ] {
        let output = replayer(place.path(), arguments);
        assert!(output.status.success(), "{output:?}");
    }
    let terminals = WIDTHS.map(|columns| (columns, terminal(place.path(), columns)));
    look(&place.path().join("run/report.html"), async |page| {
        page.resize(1200, 640).await;
        page.value("new Promise((done) => setTimeout(done, 500))").await;
        fs::write(pictures.join("report.png"), page.window().await).unwrap();
        for (columns, file) in &terminals {
            page.visit(file).await;
            let width =
                page.value("Math.ceil(document.querySelector('pre').offsetWidth) + 32").await;
            let width = width.as_i64().unwrap();
            let cut = page
                .value(
                    "(() => { const pre = document.querySelector('pre');
                return pre.scrollWidth - pre.clientWidth; })()",
                )
                .await;
            assert!(
                cut.as_i64().unwrap() <= 0,
                "{columns}: wider than the terminal by {cut} pixels"
            );
            for scheme in ["light", "dark"] {
                let to = pictures.join(format!("terminal-{columns}-{scheme}.png"));
                draw(&page, (scheme, width), &to).await;
            }
        }
        for (what, scheme, width) in pages() {
            let folder = if what == "map" { "swept" } else { "run" };
            page.visit(&place.path().join(folder).join("report.html")).await;
            let to = pictures.join(format!("{what}-{width}-{scheme}.png"));
            draw(&page, (scheme, width), &to).await;
        }
    });
}
