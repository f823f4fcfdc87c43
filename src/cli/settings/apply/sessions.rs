//! What a live session is told of the settings.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::base::error::{Error, ErrorKind};
use crate::base::secrets::SecretKey;
use crate::cli::settings::sections::{Feed, Paths, Secrets, Settings};
use crate::feed::{bridge, record};
use crate::model::time::Moment;

impl Feed {
    /// The client of the feed at an address.
    ///
    /// # Errors
    /// When that is no address of a feed.
    pub fn client(&self, url: &str, seed: u64) -> Result<bridge::Config, Error> {
        Ok(bridge::Config { options: self.options, ..bridge::Config::new(url, seed)? })
    }

    /// The secret that a feed gets, by its name: none but the host of `feed.auth_host` gets one.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] when it would be sent where everybody on the way can read it.
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
                Error::new(ErrorKind::Safety, what).hint("give its address as wss:// or https://")
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
    pub fn key(&self, secrets: &Path) -> Result<Option<SecretKey>, Error> {
        match (&self.key_file, self.key_fd) {
            (Some(path), _) => SecretKey::in_file(path, secrets).map(Some),
            (None, Some(descriptor)) => SecretKey::from_descriptor(descriptor).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl Settings {
    /// A recording of a source into a folder, begun at a moment.
    #[must_use]
    pub fn recording(&self, folder: PathBuf, source: &str, started: Moment) -> record::Config {
        let this = record::Config::new(folder, source, started);
        let record::Config { folder, source, started, .. } = this;
        record::Config { folder, source, started, ..self.record.clone() }
    }
}
