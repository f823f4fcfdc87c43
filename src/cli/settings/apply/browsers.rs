//! What a browser and who clicks in it are told of the settings.

use std::path::PathBuf;

use crate::base::error::{Error, ErrorKind};
use crate::cli::settings::sections::{Browser, Clicking, Limits, Paths};
use crate::live::browser::{self, How, Launch, Site, kill, risk};

impl Browser {
    /// A browser of ours.
    ///
    /// # Errors
    /// When there is no home for its folder.
    pub fn launch(&self, paths: &Paths) -> Result<Launch, Error> {
        let folder = match &self.folder {
            Some(folder) => folder.clone(),
            None => paths.data()?.join("browser"),
        };
        let mut launch = Launch::new(folder);
        launch.binary.clone_from(&self.binary);
        Ok(launch)
    }

    /// What the supervisor of a browser needs to know.
    #[must_use]
    pub fn supervisor(&self, site: Site, how: How, seed: u64) -> browser::Config {
        browser::Config { options: self.options, ..browser::Config::new(site, how, seed) }
    }
}

impl Clicking {
    /// Where the kill switch listens.
    #[must_use]
    pub fn kill_socket(&self) -> PathBuf {
        self.kill_socket.clone().unwrap_or_else(kill::default_path)
    }
}

impl Limits {
    /// The limits of a session, completed by these; what goes beyond them is refused.
    ///
    /// # Errors
    /// [`ErrorKind::Safety`] with the first that goes beyond.
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
                .hint("`replayer config explain` says who set it"))
        }
        _ => Ok(()),
    }
}
