//! What holds the settings: the configurations of the modules that they are for, and sections of
//! their own where no module has one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::feed::{bridge, record};
use crate::live;
use crate::live::browser::{self, CHROMIUM, ExecutionTimeouts};
use crate::model::sol::Sol;

/// Every setting, typed. What it may be and how it is written stands in `table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where things are.
    pub paths: Paths,
    /// The connection to a feed.
    pub feed: Feed,
    /// Secrets at rest.
    pub secrets: Secrets,
    /// Recordings of a feed; folder, source and start are those of each recording.
    pub record: record::Config,
    /// A live session, and from where on a feed is not relied on (`integrity`).
    pub live: live::Config,
    /// What a live session shows of itself while it goes on.
    pub monitor: Monitor,
    /// What a live session logs, beside what it says on stderr.
    pub log: Log,
    /// The browser.
    pub browser: Browser,
    /// Orders clicked in a page.
    pub clicking: Clicking,
    /// What no session on this machine may go beyond, whatever its command line says.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            paths: Paths::default(),
            feed: Feed::default(),
            secrets: Secrets::default(),
            record: record::Config::new("", "", 0),
            live: live::Config::default(),
            monitor: Monitor::default(),
            log: Log::default(),
            browser: Browser::default(),
            clicking: Clicking::default(),
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

/// The connection to a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// What is the same for every server.
    pub options: bridge::Options,
    /// Name of the secret with the credentials for `auth_host`.
    pub auth_secret: Option<String>,
    /// The host that gets them.
    pub auth_host: Option<String>,
}

/// Secrets at rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The file that holds them.
    pub file: Option<PathBuf>,
    /// File with their key.
    pub key_file: Option<PathBuf>,
    /// Descriptor from which their key comes.
    pub key_fd: Option<u32>,
}

/// What a live session shows of itself while it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Monitor {
    /// Address at which metrics and health are served.
    pub listen: Option<SocketAddr>,
    /// Whether others than this machine may see them.
    pub public: bool,
}

/// What a live session logs, beside what it says on stderr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Folder of its files.
    pub folder: Option<PathBuf>,
    /// Bytes of a file beyond which it is followed by another one.
    pub file_bytes_max: u64,
    /// Files that are kept.
    pub files_max: u32,
    /// Whether lines are JSON.
    pub json: bool,
}

impl Default for Log {
    /// 10 files of 10 MiB as text, in no folder.
    fn default() -> Self {
        Self { folder: None, file_bytes_max: 10 << 20, files_max: 10, json: false }
    }
}

/// The browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// The program to start.
    pub binary: PathBuf,
    /// Its folder.
    pub folder: Option<PathBuf>,
    /// How it is watched.
    pub options: browser::Options,
}

impl Default for Browser {
    /// Debian's Chromium.
    fn default() -> Self {
        Self { binary: CHROMIUM.into(), folder: None, options: browser::Options::default() }
    }
}

/// Orders clicked in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clicking {
    /// Longest time from a decision to its click.
    pub within: Duration,
    /// Its other waits.
    pub timeouts: ExecutionTimeouts,
    /// Where the kill switch listens.
    pub kill_socket: Option<PathBuf>,
}

impl Default for Clicking {
    /// A second from the decision to the click.
    fn default() -> Self {
        let within = Duration::from_secs(1);
        Self { within, timeouts: ExecutionTimeouts::default(), kill_socket: None }
    }
}

/// What no session on this machine may go beyond, whatever its command line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Largest stake of an order, in SOL.
    pub max_stake: Option<Sol>,
    /// Largest loss of a session, in SOL.
    pub max_loss: Option<Sol>,
    /// Most orders a minute.
    pub max_orders_per_minute: Option<u32>,
    /// Most losing games in a row.
    pub max_losing_streak: Option<u32>,
    /// Most orders of a session.
    pub max_orders: Option<u32>,
}

impl Settings {
    /// Whether settings that are right by themselves are right together.
    ///
    /// # Errors
    /// The key that should be another one, and why.
    pub(super) fn consistent(&self) -> Result<(), (&'static str, String)> {
        let Self { feed, browser, record, live, clicking, monitor, secrets, .. } = self;
        let integrity = &live.thresholds;
        let timeouts = &clicking.timeouts;
        if let Some(listen) = monitor.listen.filter(|listen| !listen.ip().is_loopback())
            && !monitor.public
        {
            let what = format!(
                "{listen} can be reached from other machines, which would see what is earned: it needs \
                 `monitor.public = true`"
            );
            return Err(("monitor.listen", what));
        }
        if feed.auth_secret.is_some() != feed.auth_host.is_some() {
            let what =
                "credentials are for one host: `feed.auth_secret` and `feed.auth_host` go together";
            return Err(("feed.auth_secret", what.to_owned()));
        }
        if secrets.key_file.is_some() && secrets.key_fd.is_some() {
            let what = "the key comes from a file or a descriptor, not from both";
            return Err(("secrets.key_file", what.to_owned()));
        }
        let at_least = |key, value: u64, other: &str, least: u64| {
            if value >= least {
                Ok(())
            } else {
                Err((key, format!("{value} must be at least `{other}`, which is {least}")))
            }
        };
        at_least(
            "feed.backoff_longest_ms",
            ms(feed.options.backoff.longest),
            "feed.backoff_first_ms",
            ms(feed.options.backoff.first),
        )?;
        at_least(
            "browser.backoff_longest_ms",
            ms(browser.options.backoff.longest),
            "browser.backoff_first_ms",
            ms(browser.options.backoff.first),
        )?;
        at_least(
            "integrity.errors_minimal",
            integrity.errors_minimal as u64,
            "integrity.errors_degraded",
            integrity.errors_degraded as u64,
        )?;
        at_least(
            "record.free_bytes_start",
            record.free_bytes_start,
            "record.free_bytes_run",
            record.free_bytes_run,
        )?;
        at_least(
            "clicking.silence_ms",
            ms(timeouts.silence),
            "clicking.freshness_ms",
            ms(timeouts.freshness),
        )
    }
}

fn ms(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
