//! Marks on a page: seen in its picture, and nowhere else.

use replayer::live::browser::highlight::{Mark, Tone, highlight};
use replayer::live::browser::{How, Page};
use serde_json::json;

use super::processes::until_gone;
use super::site::TestSite;
use super::watcher::Watcher;
use super::{impatient, launch, turn};

/// What the page itself can see of marks: elements of its body, its children, who would be hit.
const SEEN: &str = r##"() => [
    document.body.querySelectorAll("*").length,
    document.documentElement.children.length,
    document.elementFromPoint(140, 80).id,
    document.querySelectorAll("#replayer-marks *").length,
]"##;

#[test]
fn marks_are_seen_in_the_picture_let_clicks_through_and_go_without_a_trace() {
    let Some(_turn) = turn() else { return };
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let site = TestSite::start();
    let watcher = Watcher::start(impatient(&site, How::Launch(launch(&profile))));
    let page = watcher.page();
    site.opened();
    let picture = || watcher.block_on(page.screenshot()).unwrap();
    let seen = || watcher.call(&page, SEEN).unwrap();
    let (before, bare) = (picture(), seen());

    let mark = |label: &str, tone| Mark {
        rectangle: [100.0, 60.0, 80.0, 40.0],
        label: label.to_owned(),
        tone,
    };
    let sly = mark("\"><img src=x onerror=alert(1)>", Tone::Press);
    let marks = [mark("Buy", Tone::Good), mark("again", Tone::Bad), sly];
    for marks in [&marks[..1], &marks] {
        watcher.block_on(highlight(&page, marks, None)).unwrap();
        assert_ne!(picture(), before);
        // One more child beside the body, whatever was there before; the button is still on top.
        let marked = seen();
        assert_eq!((&marked[0], &marked[2], &marked[3]), (&bare[0], &json!("buy"), &json!(0)));
        assert_eq!(marked[1].as_u64(), bare[1].as_u64().map(|children| children + 1));
    }
    watcher.block_on(page.click(140.0, 80.0)).unwrap();
    assert_eq!(site.said("clicked"), "true]");

    watcher.block_on(page.click(500.0, 400.0)).unwrap();
    watcher.block_on(highlight(&page, &[], None)).unwrap();
    assert_eq!(seen(), bare);
    watcher.stop().unwrap();
    until_gone(&profile);
}
