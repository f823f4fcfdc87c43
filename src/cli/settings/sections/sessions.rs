//! The sections of live sessions.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::{Inconsistent, Settings};
use crate::feed::bridge;

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

/// Whether the settings of live sessions are right together.
pub(super) fn consistent(settings: &Settings) -> Result<(), Inconsistent> {
    let Settings { feed, record, live, monitor, secrets, .. } = settings;
    let integrity = &live.thresholds;
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
    at_least(
        "feed.backoff_longest_ms",
        ms(feed.options.backoff.longest),
        "feed.backoff_first_ms",
        ms(feed.options.backoff.first),
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
    )
}

/// Whether a value is at least that of another setting.
pub(super) fn at_least(
    key: &'static str,
    value: u64,
    other: &str,
    least: u64,
) -> Result<(), Inconsistent> {
    if value >= least {
        Ok(())
    } else {
        Err((key, format!("{value} must be at least `{other}`, which is {least}")))
    }
}

/// A time in milliseconds.
pub(super) fn ms(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
