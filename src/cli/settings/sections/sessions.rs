//! The sections of live sessions.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::{Inconsistent, Settings};
use crate::feed::bridge;
use crate::live::monitor::HostNames;

/// Connection to a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Options that are the same for every server.
    pub options: bridge::BridgeOptions,
    /// Name of the secret with the credentials for `auth_host`.
    pub auth_secret: Option<String>,
    /// The only host that receives these credentials.
    pub auth_host: Option<String>,
}

/// Encrypted storage of secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretSettings {
    /// The file with the encrypted secrets.
    pub file: Option<PathBuf>,
    /// File with the key of the secrets.
    pub key_file: Option<PathBuf>,
    /// File descriptor that delivers the key of the secrets.
    pub key_fd: Option<u32>,
}

/// Monitoring of a running live session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonitorSettings {
    /// Address at which metrics and health are served.
    pub listen: Option<SocketAddr>,
    /// Whether other machines may see metrics and health.
    pub public: bool,
    /// The names by which it may be asked, beside its own.
    pub hosts: HostNames,
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

/// Checks that the settings of live sessions are valid together.
pub(super) fn consistent(settings: &Settings) -> Result<(), Inconsistent> {
    let Settings { feed, record, live, monitor, secrets, .. } = settings;
    let integrity = &live.thresholds;
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

/// Checks that a value is at least that of another setting.
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

/// A duration in whole milliseconds.
pub(super) fn ms(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
