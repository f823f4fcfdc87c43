//! The configurations of live sessions, made from the settings.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::base::error::{Error, ErrorKind};
use crate::base::secrets::SecretKey;
use crate::cli::settings::sections::{Feed, Paths, SecretSettings, Settings};
use crate::feed::bridge::ProxyRules;
use crate::feed::{bridge, record};
use crate::model::time::Moment;

impl Feed {
    /// The client configuration for the feed at an address, without anything secret.
    ///
    /// # Errors
    /// When the address or a header is invalid.
    pub fn client(&self, url: &str, seed: u64) -> Result<bridge::Config, Error> {
        let mut config = bridge::Config::new(url, seed)?;
        config.options = self.options;
        config.headers =
            self.sent().map_err(|(key, why)| Error::usage(format!("`{key}`: {why}")))?;
        if let Some(namespace) = &self.namespace {
            config.namespace.clone_from(namespace);
        }
        Ok(config)
    }

    /// The proxies for feeds, by these settings and the variables of an environment.
    ///
    /// # Errors
    /// When one of them is not the address of a proxy.
    pub fn proxies(
        &self,
        credentials: Option<&SecretString>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<ProxyRules, Error> {
        let Some(proxy) = &self.proxy else { return ProxyRules::of_environment(variable) };
        let rules = ProxyRules::of_setting(proxy, credentials, &ProxyRules::excepted(variable));
        rules.map_err(|why| Error::usage(format!("`feed.proxy`: {why}")))
    }

    /// Whether a feed gets the credentials: only the host `feed.auth_host` does.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] when they would be sent unencrypted over the network.
    pub fn trusts(&self, address: &bridge::Address) -> Result<bool, Error> {
        let host = address.host();
        if !self.auth_host.as_deref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(host)) {
            return Ok(false);
        }
        if !address.is_secure() && !address.is_here() {
            let what = format!("credentials are not sent to {host} without TLS");
            return Err(
                Error::new(ErrorKind::Safety, what).hint("give its address as wss:// or https://")
            );
        }
        Ok(true)
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
