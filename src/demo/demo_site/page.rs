//! The page as text: one document without anything from elsewhere, with other class names at every
//! load, as those of the real site are other ones at every release.

use serde::Serialize;

use super::page_state::PageState;
use crate::demo::feed_server::site::SitePage;

const HTML: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = concat!(include_str!("page/page.js"), include_str!("page/modes.js"));

/// What stands around a class name in the sources of the page.
const MARK: char = '§';

/// What the page is told before it connects.
#[derive(Serialize)]
struct Told<'a> {
    account: &'a str,
    page_state: &'a PageState,
}

/// The page for an account; class names end in this suffix.
pub(super) fn page(account: &str, page_state: &PageState, suffix: &str) -> SitePage {
    let told = serde_json::to_string(&Told { account, page_state }).expect("plain data");
    // No text in it can end the element that holds it.
    let told = told.replace('<', "\\u003c");
    let whole = HTML.replace("{style}", STYLE).replace("{script}", SCRIPT);
    let body = hashed(&whole, suffix).replace("{told}", &told);
    SitePage { status: 200, kind: "text/html; charset=utf-8", body }
}

/// The script of the service worker: it passes everything on.
pub(super) fn worker() -> SitePage {
    let body = "addEventListener(\"fetch\", (event) => event.respondWith(fetch(event.request)));\n";
    SitePage { status: 200, kind: "text/javascript", body: body.to_owned() }
}

/// Writes `§name§` as `_name_SUFFIX_NUMBER`.
fn hashed(text: &str, suffix: &str) -> String {
    let pieces = text.split(MARK).enumerate();
    pieces
        .map(|(place, piece)| {
            if place % 2 == 0 {
                piece.to_owned()
            } else {
                format!("_{piece}_{suffix}_{}", piece.len())
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_differ_from_load_to_load_and_agree_within_one() {
        let (one, other) = (hashed(".§a§ §bc§", "x1"), hashed(".§a§", "x2"));
        assert_eq!(one, "._a_x1_1 _bc_x1_2");
        assert_eq!(other, "._a_x2_1");
        let body = page("demo", &PageState::default(), "q7").body;
        assert!(!body.contains(MARK) && !body.contains("{told}") && !body.contains("{script}"));
        assert!(body.contains("_buttonsRow_q7_10"), "{body}");
    }

    #[test]
    fn the_page_wants_nothing_from_elsewhere() {
        let body = page("demo", &PageState::default(), "q7").body;
        for word in ["http://", "https://", "src=", "@import", "url("] {
            assert!(!body.contains(word), "{word}");
        }
    }
}
