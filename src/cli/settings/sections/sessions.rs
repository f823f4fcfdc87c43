//! The sections of live sessions.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::{Inconsistent, Settings};
use crate::feed::bridge::{self, Headers, ProxyRules};
use crate::live::monitor::HostNames;

/// Connection to a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Options that are the same for every server.
    pub options: bridge::BridgeOptions,
    /// The namespace to enter.
    pub namespace: Option<String>,
    /// The proxy for every feed, instead of those of the environment.
    pub proxy: Option<String>,
    /// Name of the secret with user and password for `proxy`.
    pub proxy_secret: Option<String>,
    /// Lines of headers for every request.
    pub headers: Option<String>,
    /// Name of the secret with lines of headers for `auth_host`.
    pub headers_secret: Option<String>,
    /// The header `Origin` of every request.
    pub origin: Option<String>,
    /// The header `User-Agent` of every request.
    pub user_agent: Option<String>,
    /// Cookies for every request.
    pub cookies: Option<String>,
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
    reachable(feed)?;
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

/// Checks what is said of the way to a feed. No problem shows a value, which may hold a secret.
fn reachable(feed: &Feed) -> Result<(), Inconsistent> {
    let Feed { auth_secret, headers_secret, auth_host, .. } = feed;
    if (auth_secret.is_some() || headers_secret.is_some()) != auth_host.is_some() {
        let what = "credentials are for one host: `feed.auth_secret`, `feed.headers_secret` or \
                    both go together with `feed.auth_host`";
        return Err(("feed.auth_host", what.to_owned()));
    }
    if feed.proxy_secret.is_some() && feed.proxy.is_none() {
        let what = "the credentials are for the proxy of `feed.proxy`, which is not set";
        return Err(("feed.proxy_secret", what.to_owned()));
    }
    if feed.namespace.as_ref().is_some_and(|name| !name.starts_with('/') || name.contains(',')) {
        let what = "expected a namespace, which begins with a slash and has no comma";
        return Err(("feed.namespace", what.to_owned()));
    }
    if let Some(proxy) = &feed.proxy {
        ProxyRules::of_setting(proxy, None, "").map_err(|what| ("feed.proxy", what))?;
    }
    feed.sent().map(drop)
}

impl Feed {
    /// The headers of every request, but for those that are secrets.
    ///
    /// # Errors
    /// The setting that no header can hold, and why.
    pub(in crate::cli::settings) fn sent(&self) -> Result<Headers, Inconsistent> {
        let mut headers = Headers::default();
        let mut set = |key, value: &Option<String>, set: SetHeader| {
            value.as_ref().map_or(Ok(()), |text| set(&mut headers, text)).map_err(|why| (key, why))
        };
        set("feed.headers", &self.headers, Headers::add)?;
        set("feed.origin", &self.origin, Headers::set_origin)?;
        set("feed.user_agent", &self.user_agent, Headers::set_user_agent)?;
        set("feed.cookies", &self.cookies, Headers::add_cookies)?;
        Ok(headers)
    }
}

/// Puts the text of a setting into headers.
type SetHeader = fn(&mut Headers, &str) -> Result<(), String>;

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
