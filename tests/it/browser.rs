//! The browser against a real Chromium and against impostors, with a site of our own. Everything on
//! loopback.

mod arguments;
mod attached;
mod dead_man;
pub(crate) mod devtools;
mod doctor;
mod highlight;
mod kill;
mod launched;
pub(crate) mod processes;
mod reach;
mod site;
mod strangers;
mod watcher;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use replayer::base::runtime::backoff::Bounds;
use replayer::live::browser::{CHROMIUM, Config, How, Launch, Sandbox};

use site::TestSite;

/// Longest wait for anything that must happen: long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// One browser at a time: tests run side by side, and each browser is ten processes.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for its turn with Chromium. Where it is not installed, says so; that fails only where the
/// tests are to be complete.
pub(crate) fn turn() -> Option<MutexGuard<'static, ()>> {
    if Path::new(CHROMIUM).exists() {
        return Some(TURN.lock().unwrap_or_else(PoisonError::into_inner));
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
    config.options.backoff = Bounds {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
        healthy: Duration::from_secs(60),
    };
    config
}
