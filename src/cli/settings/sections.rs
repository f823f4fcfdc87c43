//! The structs that hold the settings: the configurations of the modules that they are for, and own
//! sections where no module has one.

#[cfg(feature = "browser")]
mod browsers;
#[cfg(feature = "live")]
mod sessions;

use std::path::PathBuf;

#[cfg(feature = "live")]
use crate::feed::record;
#[cfg(feature = "live")]
use crate::live;
#[cfg(feature = "live")]
use crate::live::orders::NotifyConfig;
#[cfg(feature = "browser")]
pub use browsers::{Browser, Clicking, Limits};
#[cfg(feature = "live")]
pub use sessions::{Feed, Log, MonitorSettings, SecretSettings};

/// All settings, typed. `table` declares their allowed values and how they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Paths of folders and files.
    pub paths: Paths,
    /// Connection to a feed.
    #[cfg(feature = "live")]
    pub feed: Feed,
    /// Encrypted storage of secrets.
    #[cfg(feature = "live")]
    pub secrets: SecretSettings,
    /// Recordings of a feed; folder, source and start differ per recording.
    #[cfg(feature = "live")]
    pub record: record::Config,
    /// A live session, and the thresholds from which its feed counts as unreliable (`integrity`).
    #[cfg(feature = "live")]
    pub live: live::Config,
    /// A command that hears of every fill.
    #[cfg(feature = "live")]
    pub notify: NotifyConfig,
    /// Monitoring of a running live session.
    #[cfg(feature = "live")]
    pub monitor: MonitorSettings,
    /// Log files of a live session, in addition to stderr.
    #[cfg(feature = "live")]
    pub log: Log,
    /// The browser to click in.
    #[cfg(feature = "browser")]
    pub browser: Browser,
    /// Orders clicked in a page.
    #[cfg(feature = "browser")]
    pub clicking: Clicking,
    /// Limits of armed sessions, which a later source may only lower.
    #[cfg(feature = "browser")]
    pub limits: Limits,
}

/// Paths of folders and files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// Folder of the data kept between sessions.
    pub data: Option<PathBuf>,
    /// Folder in which runs and sessions create their folders.
    pub runs: Option<PathBuf>,
}

/// The key to change, and why.
type Inconsistent = (&'static str, String);

/// A check of several settings together.
type Check = fn(&Settings) -> Result<(), Inconsistent>;

const CHECKS: &[Check] = &[
    #[cfg(feature = "live")]
    sessions::consistent,
    #[cfg(feature = "browser")]
    browsers::consistent,
];

impl Settings {
    /// The feature that a setting or a section needs, if this build does not have it.
    #[must_use]
    pub fn absent(name: &str) -> Option<&'static str> {
        let (feature, is_built) = needed(name.split('.').next()?)?;
        (!is_built).then_some(feature)
    }

    /// Checks that settings which are valid alone are valid together.
    ///
    /// # Errors
    /// The key to change, and why.
    pub(super) fn consistent(&self) -> Result<(), Inconsistent> {
        CHECKS.iter().try_for_each(|check| check(self))
    }

    /// A limit that is above the one of the span around it, and that one.
    #[cfg(feature = "browser")]
    pub(super) fn above_its_span(&self) -> Option<(&'static str, &'static str)> {
        self.limits.above_its_span()
    }

    /// No limit: this build has none.
    #[cfg(not(feature = "browser"))]
    pub(super) const fn above_its_span(&self) -> Option<(&'static str, &'static str)> {
        None
    }
}

/// The feature that a section needs, and whether this build has it; `None` if the section needs
/// none or does not exist.
fn needed(section: &str) -> Option<(&'static str, bool)> {
    match section {
        "feed" | "secrets" | "record" | "live" | "notify" | "integrity" | "monitor" | "log" => {
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
    fn every_section_except_paths_needs_a_feature() {
        for key in Settings::keys() {
            let is_built = needed(key.section()).map(|(_, is_built)| is_built);
            assert_eq!(is_built, (key.section() != "paths").then_some(true), "{}", key.name);
        }
    }

    #[test]
    fn a_setting_that_this_build_lacks_is_known_with_its_feature() {
        let absent = (!cfg!(feature = "live")).then_some("live");
        assert_eq!(Settings::absent("feed.connect_timeout_ms"), absent);
        assert_eq!(Settings::absent("paths.data"), None);
        assert_eq!(Settings::absent("no.such"), None);
    }
}
