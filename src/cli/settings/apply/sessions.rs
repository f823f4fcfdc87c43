//! What a live session is told of the settings.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ms;
use crate::base::container::Encoding;
use crate::base::error::{Error, Kind};
use crate::base::runtime::backoff::Bounds;
use crate::base::secrets::Key;
use crate::cli::settings::sections::{Feed, Paths, Record, Secrets, Settings};
use crate::feed::Thresholds;
use crate::feed::bridge;
use crate::feed::record::{self, OnDiskError, Retention};
use crate::live;
use crate::model::time::Moment;

/// A day.
const DAY: Duration = Duration::from_secs(86_400);

impl Feed {
    /// The client of the feed at an address.
    ///
    /// # Errors
    /// When that is no address of a feed.
    pub fn client(&self, url: &str, seed: u64) -> Result<bridge::Config, Error> {
        Ok(bridge::Config {
            message_bytes_max: self.message_bytes_max,
            connect_timeout: ms(self.connect_timeout_ms),
            backoff: Bounds {
                first: ms(self.backoff_first_ms),
                longest: ms(self.backoff_longest_ms),
                healthy: ms(self.backoff_healthy_ms),
            },
            ..bridge::Config::new(url, seed)?
        })
    }

    /// The secret that a feed gets, by its name: none but the host of `feed.auth_host` gets one.
    ///
    /// # Errors
    /// [`Kind::Safety`] when it would be sent where everybody on the way can read it.
    pub fn secret_for(&self, address: &bridge::Address) -> Result<Option<&str>, Error> {
        let host = address.host();
        let Some(secret) = self.auth_secret.as_deref() else { return Ok(None) };
        if !self.auth_host.as_deref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(host)) {
            return Ok(None);
        }
        let ip = host.parse::<IpAddr>();
        let is_here = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
        if !address.is_secure() && !is_here {
            let what = format!("credentials are not sent to {host} without TLS");
            return Err(
                Error::new(Kind::Safety, what).hint("give its address as wss:// or https://")
            );
        }
        Ok(Some(secret))
    }
}

impl Secrets {
    /// Where they are.
    ///
    /// # Errors
    /// When no path is set and there is no home for what is kept.
    pub fn path(&self, paths: &Paths) -> Result<PathBuf, Error> {
        self.file.clone().map_or_else(|| Ok(paths.data()?.join("secrets/sealed")), Ok)
    }

    /// Their key, where one is set.
    ///
    /// # Errors
    /// When it cannot be read, or lies beside the secrets.
    pub fn key(&self, secrets: &Path) -> Result<Option<Key>, Error> {
        match (&self.key_file, self.key_fd) {
            (Some(path), _) => Key::in_file(path, secrets).map(Some),
            (None, Some(descriptor)) => Key::from_descriptor(descriptor).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl Record {
    /// A recording of a source into a folder, begun at a moment.
    #[must_use]
    pub fn recording(&self, folder: PathBuf, source: &str, started: Moment) -> record::Config {
        record::Config {
            encoding: if self.plain { Encoding::Plain } else { Encoding::Zstd },
            on_disk_error: if self.stop_on_disk_error {
                OnDiskError::Stop
            } else {
                OnDiskError::Continue
            },
            part_bytes_max: self.part_bytes_max,
            part_games_max: self.part_games_max,
            queue_messages: self.queue_messages,
            queue_bytes: self.queue_bytes,
            free_bytes_start: self.free_bytes_start,
            free_bytes_run: self.free_bytes_run,
            frame_time: ms(self.frame_ms),
            retry_after: ms(self.retry_ms),
            retention: Retention {
                age_max: self.keep_days.map(|days| DAY * days),
                bytes_max: self.keep_bytes,
            },
            ..record::Config::new(folder, source, started)
        }
    }
}

impl Settings {
    /// How much of a session may wait, how long, and what it relies on.
    #[must_use]
    pub fn session(&self) -> live::Config {
        let Self { live, integrity, .. } = self;
        live::Config {
            world_messages: live.world_messages,
            happenings: live.happenings,
            finish_within: ms(live.finish_ms),
            fallback_after: ms(live.fallback_after_ms),
            thresholds: Thresholds {
                stale_in_play_ms: integrity.stale_in_play_ms,
                stale_otherwise_ms: integrity.stale_otherwise_ms,
                gap_ticks: integrity.gap_ticks,
                presale_left_ms: integrity.presale_left_ms,
                errors_degraded: integrity.errors_degraded,
                errors_minimal: integrity.errors_minimal,
                errors_window_ms: integrity.errors_window_ms,
            },
        }
    }
}
