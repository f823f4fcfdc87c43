//! The browser against a real Chromium and against impostors, with a site of our own. Everything on
//! loopback.

mod arguments;
pub(crate) mod attached;
mod dead_man;
pub(crate) mod devtools;
mod doctor;
mod highlight;
mod kill;
mod launched;
pub(crate) mod processes;
pub(crate) mod reach;
mod site;
pub(crate) mod stand_in;
mod strangers;
mod watcher;

use std::path::Path;
use std::time::Duration;

use replayer::base::runtime::backoff::BackoffBounds;
use replayer::live::browser::{CHROMIUM, Config, How, Launch, Sandbox};

use crate::machine::Turn;
use crate::waiting::PATIENCE;
use site::TestSite;

/// Waits for its turn with Chromium, of which a few run side by side. Where it is not installed, says so; that fails only where the
/// tests are to be complete.
pub(crate) fn turn() -> Option<Turn> {
    if Path::new(CHROMIUM).exists() {
        return Some(Turn::take());
    }
    let complete = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!complete, "{CHROMIUM} is absent: run .ci/install-tools");
    eprintln!("skipped: {CHROMIUM} is absent (.ci/install-tools installs it)");
    None
}

/// A browser without a window, in a profile.
pub(crate) fn launch(profile: &Path) -> Launch {
    let mut launch = Launch::new(profile.to_owned());
    launch.headless = true;
    if rustix::process::geteuid().is_root() {
        launch.sandbox = Sandbox::OffHere;
    }
    launch
}

/// Settings that do not wait long before they try again.
fn impatient(site: &TestSite, how: How) -> Config {
    let mut config = Config::new(site.url().parse().unwrap(), how, 7);
    config.options.backoff = BackoffBounds {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
        healthy: Duration::from_secs(60),
    };
    config
}
