//! The configurations of live sessions, made from the settings.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::base::error::{Error, ErrorKind};
use crate::base::secrets::SecretKey;
use crate::cli::settings::sections::{Feed, Paths, SecretSettings, Settings};
use crate::feed::{bridge, record};
use crate::model::time::Moment;

impl Feed {
    /// The client configuration for the feed at an address.
    ///
    /// # Errors
    /// When the address is invalid.
    pub fn client(&self, url: &str, seed: u64) -> Result<bridge::Config, Error> {
        Ok(bridge::Config { options: self.options, ..bridge::Config::new(url, seed)? })
    }

    /// The name of the secret for a feed: only the host `feed.auth_host` gets one.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] when it would be sent unencrypted over the network.
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

impl SecretSettings {
    /// The path of the file of secrets.
    ///
    /// # Errors
    /// When no path is set and the environment names no home folder.
    pub fn path(&self, paths: &Paths) -> Result<PathBuf, Error> {
        self.file.clone().map_or_else(|| Ok(paths.data()?.join("secrets/sealed")), Ok)
    }

    /// The key of the secrets, if one is set.
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
    /// The configuration for recording a source into a folder from a start time.
    #[must_use]
    pub fn recording(&self, folder: PathBuf, source: &str, started: Moment) -> record::Config {
        let this = record::Config::new(folder, source, started);
        let record::Config { folder, source, started, .. } = this;
        record::Config { folder, source, started, ..self.record.clone() }
    }
}
