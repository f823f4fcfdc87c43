//! The configurations of the browser and of clicking, made from the settings.

use std::path::PathBuf;
use std::time::Duration;

use crate::base::error::{Error, ErrorKind};
use crate::cli::settings::sections::{Browser, Clicking, Limits, Paths};
use crate::live::browser::risk::{RiskLimits, SpanLimits};
use crate::live::browser::{self, How, Launch, LossFolder, Site, kill};

const MINUTE: Duration = Duration::from_secs(60);

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
    /// What a session may do that is armed within these limits.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] when a limit is missing without which nothing is armed.
    pub fn risk(&self) -> Result<RiskLimits, Error> {
        let (Some(max_stake), Some(max_loss), Some(max_orders_per_minute)) =
            (self.max_stake, self.max_loss, self.max_orders_per_minute)
        else {
            // The command line checks this; a session must not rely on it.
            return Err(Error::new(ErrorKind::Safety, "arming a session requires its limits"));
        };
        Ok(RiskLimits {
            max_stake,
            max_loss,
            max_orders_per_minute,
            max_losing_streak: self.max_losing_streak,
            max_orders: self.max_orders,
            max_armed: self.max_minutes.map(|minutes| MINUTE * minutes),
            day: SpanLimits { max_loss: self.day_max_loss, max_orders: self.day_max_orders },
            account: SpanLimits {
                max_loss: self.account_max_loss,
                max_orders: self.account_max_orders,
            },
        })
    }

    /// The loss records of the accounts of a site.
    ///
    /// # Errors
    /// When the environment names no home folder.
    pub fn losses(&self, paths: &Paths, site: &Site) -> Result<LossFolder, Error> {
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => paths.data()?.join("accounts"),
        };
        Ok(LossFolder::new(folder, site))
    }
}
