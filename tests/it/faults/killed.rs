//! SIGKILL of a whole session: what nobody could write at its end.

use std::fs;

use replayer::demo::feed_server::ShowPace;
use rustix::process::Signal;

use super::{AS_IT_IS, live};
use crate::live::Show;
use crate::program::{json, replayer, stderr};

#[test]
fn a_session_that_is_killed_leaves_a_folder_that_is_repaired_by_looking_at_it_and_plays_again() {
    // What must hold: nothing has to be written by hand. `replayer inspect` repairs the recording, the
    // scenario that plays it is there, and whole games that were booked come out again.
    let show = Show::start(|config| config.pace = ShowPace::Times(200.0));
    let (place, url) = (tempfile::tempdir().unwrap(), show.server.url());
    let mut session = live(&AS_IT_IS, place.path(), &url, &[]);
    session.says("game 3 (");
    session.signal(Signal::KILL);
    assert_eq!(session.ends().0, None);
    let folder = place.path().join("s/recording");
    let names = crate::record::names(&folder);
    assert!(names.iter().all(|name| name.ends_with(".part")), "{names:?}");
    let inspected = replayer(place.path(), &["inspect", "s/recording"]);
    assert!(inspected.status.success(), "{inspected:?}");
    assert!(stderr(&inspected).contains("lines are whole"), "{inspected:?}");
    assert!(show.assert_recorded(&folder) >= 3);
    let again = replayer(place.path(), &["run", "s/replay.ron", "--out", "again", "--json"]);
    assert!(json(&again)["games"].as_u64() >= Some(3), "{again:?}");
    // Whole games were written as they ended: but for a torn last line, all are among those played again.
    let postings =
        |folder: &str| fs::read_to_string(place.path().join(folder).join("postings.csv")).unwrap();
    let (killed, again) = (postings("s"), postings("again"));
    let (whole, _) = killed.rsplit_once('\n').unwrap();
    assert!(again.starts_with(whole) || whole.starts_with(again.trim_end()), "{killed}\n{again}");
}
