//! What holds the settings: the configurations of the modules that they are for, and sections of
//! their own where no module has one.

#[cfg(feature = "browser")]
mod browsers;
#[cfg(feature = "live")]
mod sessions;

use std::path::PathBuf;

#[cfg(feature = "live")]
use crate::feed::record;
#[cfg(feature = "live")]
use crate::live;
#[cfg(feature = "browser")]
pub use browsers::{Browser, Clicking, Limits};
#[cfg(feature = "live")]
pub use sessions::{Feed, Log, Monitor, Secrets};

/// Every setting, typed. What it may be and how it is written stands in `table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where things are.
    pub paths: Paths,
    /// The connection to a feed.
    #[cfg(feature = "live")]
    pub feed: Feed,
    /// Secrets at rest.
    #[cfg(feature = "live")]
    pub secrets: Secrets,
    /// Recordings of a feed; folder, source and start are those of each recording.
    #[cfg(feature = "live")]
    pub record: record::Config,
    /// A live session, and from where on a feed is not relied on (`integrity`).
    #[cfg(feature = "live")]
    pub live: live::Config,
    /// What a live session shows of itself while it goes on.
    #[cfg(feature = "live")]
    pub monitor: Monitor,
    /// What a live session logs, beside what it says on stderr.
    #[cfg(feature = "live")]
    pub log: Log,
    /// The browser.
    #[cfg(feature = "browser")]
    pub browser: Browser,
    /// Orders clicked in a page.
    #[cfg(feature = "browser")]
    pub clicking: Clicking,
    /// What no session on this machine may go beyond, whatever its command line says.
    #[cfg(feature = "browser")]
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            paths: Paths::default(),
            #[cfg(feature = "live")]
            feed: Feed::default(),
            #[cfg(feature = "live")]
            secrets: Secrets::default(),
            #[cfg(feature = "live")]
            record: record::Config::new("", "", 0),
            #[cfg(feature = "live")]
            live: live::Config::default(),
            #[cfg(feature = "live")]
            monitor: Monitor::default(),
            #[cfg(feature = "live")]
            log: Log::default(),
            #[cfg(feature = "browser")]
            browser: Browser::default(),
            #[cfg(feature = "browser")]
            clicking: Clicking::default(),
            #[cfg(feature = "browser")]
            limits: Limits::default(),
        }
    }
}

/// Where things are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// Folder of what is kept from one session to the next.
    pub data: Option<PathBuf>,
    /// Folder of the folders of runs and sessions.
    pub runs: Option<PathBuf>,
}

/// The key that should be another one, and why.
type Inconsistent = (&'static str, String);

/// What is held against settings that are right by themselves.
const CHECKS: &[fn(&Settings) -> Result<(), Inconsistent>] = &[
    #[cfg(feature = "live")]
    sessions::consistent,
    #[cfg(feature = "browser")]
    browsers::consistent,
];

impl Settings {
    /// The feature that a setting needs, or a whole section, where this build does not have it.
    #[must_use]
    pub fn absent(name: &str) -> Option<&'static str> {
        let (feature, is_built) = needed(name.split('.').next()?)?;
        (!is_built).then_some(feature)
    }

    /// Whether settings that are right by themselves are right together.
    ///
    /// # Errors
    /// The key that should be another one, and why.
    pub(super) fn consistent(&self) -> Result<(), Inconsistent> {
        CHECKS.iter().try_for_each(|check| check(self))
    }
}

/// The feature that a section needs, and whether this build has it; `None` where it needs none, or
/// there is no such section.
fn needed(section: &str) -> Option<(&'static str, bool)> {
    match section {
        "feed" | "secrets" | "record" | "live" | "integrity" | "monitor" | "log" => {
            Some(("live", cfg!(feature = "live")))
        }
        "browser" | "clicking" | "limits" => Some(("browser", cfg!(feature = "browser"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_but_that_of_paths_needs_a_feature() {
        for key in Settings::keys() {
            let is_built = needed(key.section()).map(|(_, is_built)| is_built);
            assert_eq!(is_built, (key.section() != "paths").then_some(true), "{}", key.name);
        }
    }

    #[test]
    fn a_section_of_another_build_says_its_feature_and_no_other_does() {
        let absent = (!cfg!(feature = "live")).then_some("live");
        assert_eq!(Settings::absent("feed.connect_timeout_ms"), absent);
        assert_eq!(Settings::absent("paths.data"), None);
        assert_eq!(Settings::absent("no.such"), None);
    }
}
