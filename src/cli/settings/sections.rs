//! The structs that hold the settings: the configurations of the modules that they are for, and own
//! sections where no module has one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::feed::{bridge, record};
use crate::live;
use crate::live::browser::{self, CHROMIUM, ExecutionTimeouts};
use crate::model::sol::Sol;
use crate::model::time::Moment;

/// All settings, typed. `table` declares their allowed values and how they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Paths of folders and files.
    pub paths: Paths,
    /// Connection to a feed.
    pub feed: Feed,
    /// Encrypted storage of secrets.
    pub secrets: Secrets,
    /// Recordings of a feed; folder, source and start differ per recording.
    pub record: record::Config,
    /// A live session, and the thresholds from which its feed counts as unreliable (`integrity`).
    pub live: live::Config,
    /// Monitoring of a running live session.
    pub monitor: Monitor,
    /// Log files of a live session, in addition to stderr.
    pub log: Log,
    /// The browser to click in.
    pub browser: Browser,
    /// Orders clicked in a page.
    pub clicking: Clicking,
    /// Limits that no session on this machine may exceed, whatever its command line.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            paths: Paths::default(),
            feed: Feed::default(),
            secrets: Secrets::default(),
            record: record::Config::new("", "", Moment::default()),
            live: live::Config::default(),
            monitor: Monitor::default(),
            log: Log::default(),
            browser: Browser::default(),
            clicking: Clicking::default(),
            limits: Limits::default(),
        }
    }
}

/// Paths of folders and files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// Folder of the data kept between sessions.
    pub data: Option<PathBuf>,
    /// Folder in which runs and sessions create their folders.
    pub runs: Option<PathBuf>,
}

/// Connection to a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Options that are the same for every server.
    pub options: bridge::Options,
    /// Name of the secret with the credentials for `auth_host`.
    pub auth_secret: Option<String>,
    /// The only host that receives these credentials.
    pub auth_host: Option<String>,
}

/// Encrypted storage of secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The file with the encrypted secrets.
    pub file: Option<PathBuf>,
    /// File with the key of the secrets.
    pub key_file: Option<PathBuf>,
    /// File descriptor that delivers the key of the secrets.
    pub key_fd: Option<u32>,
}

/// Monitoring of a running live session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Monitor {
    /// Address at which metrics and health are served.
    pub listen: Option<SocketAddr>,
    /// Whether other machines may see metrics and health.
    pub public: bool,
}

/// Log files of a live session, in addition to stderr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Folder of the log files.
    pub folder: Option<PathBuf>,
    /// Size in bytes at which a new file is started.
    pub file_bytes_max: u64,
    /// Number of files that are kept.
    pub files_max: u32,
    /// Whether lines are written as JSON.
    pub json: bool,
}

impl Default for Log {
    /// 10 text files of 10 MiB, but no folder.
    fn default() -> Self {
        Self { folder: None, file_bytes_max: 10 << 20, files_max: 10, json: false }
    }
}

/// The browser to click in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// Path of the browser's executable.
    pub binary: PathBuf,
    /// Folder in which the browser stays logged in.
    pub folder: Option<PathBuf>,
    /// How the browser is supervised.
    pub options: browser::Options,
}

impl Default for Browser {
    /// Debian's Chromium, in no folder yet.
    fn default() -> Self {
        Self { binary: CHROMIUM.into(), folder: None, options: browser::Options::default() }
    }
}

/// Orders that are clicked in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clicking {
    /// Maximum delay between decision and click.
    pub within: Duration,
    /// The other waits of an execution.
    pub timeouts: ExecutionTimeouts,
    /// Path of the kill switch's socket.
    pub kill_socket: Option<PathBuf>,
}

impl Default for Clicking {
    /// At most one second between decision and click.
    fn default() -> Self {
        let within = Duration::from_secs(1);
        Self { within, timeouts: ExecutionTimeouts::default(), kill_socket: None }
    }
}

/// Limits that no session on this machine may exceed, whatever its command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Maximum stake per order, in SOL.
    pub max_stake: Option<Sol>,
    /// Maximum loss of a session, in SOL.
    pub max_loss: Option<Sol>,
    /// Maximum number of orders per minute.
    pub max_orders_per_minute: Option<u32>,
    /// Maximum number of consecutive losing games.
    pub max_losing_streak: Option<u32>,
    /// Maximum number of orders of a session.
    pub max_orders: Option<u32>,
}

impl Settings {
    /// Checks that settings which are valid alone are valid together.
    ///
    /// # Errors
    /// The key to change, and why.
    pub(super) fn consistent(&self) -> Result<(), (&'static str, String)> {
        let Self { feed, browser, record, live, clicking, monitor, secrets, .. } = self;
        let integrity = &live.thresholds;
        let timeouts = &clicking.timeouts;
        if let Some(listen) = monitor.listen.filter(|listen| !listen.ip().is_loopback())
            && !monitor.public
        {
            let what = format!(
                "{listen} is reachable from other machines, which would see the earnings: it needs \
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
