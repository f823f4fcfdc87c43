//! The configurations of the browser and of clicking, made from the settings.

use std::path::PathBuf;

use crate::base::error::{Error, ErrorKind};
use crate::cli::settings::sections::{Browser, Clicking, Limits, Paths};
use crate::live::browser::{self, How, Launch, Site, kill, risk};

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
