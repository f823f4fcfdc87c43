//! The configurations of the modules, made from the settings.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::folders;
use super::sections::{Browser, Clicking, Feed, Limits, Paths, Secrets, Settings};
use crate::base::error::{Error, ErrorKind};
use crate::base::secrets::SecretKey;
use crate::feed::{bridge, record};
use crate::live::browser::{self, How, Launch, Site, kill, risk};
use crate::model::time::Moment;

impl Paths {
    /// The folder of the data kept between sessions.
    ///
    /// # Errors
    /// When it is not set and the environment names no home folder.
    pub fn data(&self) -> Result<PathBuf, Error> {
        self.data.clone().map_or_else(folders::data_folder, Ok)
    }

    /// The folder of runs and sessions.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.runs.clone().unwrap_or_else(|| "runs".into())
    }
}

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

impl Secrets {
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

impl Browser {
    /// How to launch the browser.
    ///
    /// # Errors
    /// When the environment names no home folder.
    pub fn launch(&self, paths: &Paths) -> Result<Launch, Error> {
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => paths.data()?.join("browser"),
        };
        let mut launch = Launch::new(folder);
        launch.binary.clone_from(&self.binary);
        Ok(launch)
    }

    /// The configuration of a browser's supervisor.
    #[must_use]
    pub fn supervisor(&self, site: Site, how: How, seed: u64) -> browser::Config {
        browser::Config { options: self.options, ..browser::Config::new(site, how, seed) }
    }
}

impl Clicking {
    /// The path of the kill switch's socket.
    #[must_use]
    pub fn kill_socket(&self) -> PathBuf {
        self.kill_socket.clone().unwrap_or_else(kill::default_path)
    }
}

impl Limits {
    /// The limits of a session, completed by these; a limit above these is an error.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] with the first limit that is too high.
    pub fn hold(&self, limits: risk::RiskLimits) -> Result<risk::RiskLimits, Error> {
        within("--max-stake", Some(limits.max_stake), "max_stake", self.max_stake)?;
        within("--max-loss", Some(limits.max_loss), "max_loss", self.max_loss)?;
        let per_minute = Some(limits.max_orders_per_minute);
        within(
            "--max-orders-per-minute",
            per_minute,
            "max_orders_per_minute",
            self.max_orders_per_minute,
        )?;
        within(
            "--max-losing-streak",
            limits.max_losing_streak,
            "max_losing_streak",
            self.max_losing_streak,
        )?;
        within("--max-orders", limits.max_orders, "max_orders", self.max_orders)?;
        Ok(risk::RiskLimits {
            max_losing_streak: limits.max_losing_streak.or(self.max_losing_streak),
            max_orders: limits.max_orders.or(self.max_orders),
            ..limits
        })
    }
}

fn within<T: PartialOrd + std::fmt::Display>(
    flag: &str,
    asked: Option<T>,
    key: &str,
    most: Option<T>,
) -> Result<(), Error> {
    match (asked, most) {
        (Some(asked), Some(most)) if asked > most => {
            let what = format!("{flag} {asked} is more than `limits.{key}`, which is {most}");
            Err(Error::new(ErrorKind::Safety, what)
                .hint("`replayer config explain` shows where it is set"))
        }
        _ => Ok(()),
    }
}
