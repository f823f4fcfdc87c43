//! What a session may do in the page of a browser: nothing, show, or click within limits.

use std::path::PathBuf;
use std::time::Duration;

use tracing::warn;

use crate::bridge;
use crate::browser::guard::Limits;
use crate::browser::kill::{default_path, on_the_terminal};
use crate::browser::{Config, Manner, Switch, Touch};
use crate::cli::browser::BrowserArgs;
use crate::error::{Error, Kind};
use crate::live::{self, Arms};
use crate::model::sol::Sol;

/// The browser, and what may be done in it.
#[derive(Debug, clap::Args)]
pub(super) struct Clicking {
    /// Follow what the page of the site hears, in a browser, instead of a feed
    #[arg(long, conflicts_with = "feed", help_heading = HEADING)]
    pub(super) browser: bool,
    #[command(flatten, next_help_heading = HEADING)]
    page: BrowserArgs,
    /// Frame in the page what would be clicked, and click nothing; orders fill on paper
    #[arg(long, conflicts_with = "armed", help_heading = HEADING)]
    dry_run: bool,
    /// Keep pictures of the first 100 orders of a dry run in this folder
    #[arg(long, value_name = "DIR", requires = "dry_run", help_heading = HEADING)]
    pictures: Option<PathBuf>,
    /// Follow this feed while the page's socket is silent for 5 s, until it speaks again
    #[arg(long, value_name = "URL", help_heading = HEADING)]
    fallback: Option<String>,
    #[command(flatten, next_help_heading = ARMED)]
    arming: Arming,
}

const HEADING: &str = "In a browser";
const ARMED: &str = "Real orders";

#[derive(Debug, clap::Args)]
struct Arming {
    /// Carry out orders by clicking, for real; needs the three limits below
    #[arg(long, requires_all = ["max_stake", "max_loss", "max_orders_per_minute"])]
    armed: bool,
    /// Largest stake of an order, in SOL
    #[arg(long, value_name = "SOL", requires = "armed", value_parser = amount)]
    max_stake: Option<Sol>,
    /// Most that may be lost before nothing is clicked any more, in SOL
    #[arg(long, value_name = "SOL", requires = "armed", value_parser = amount)]
    max_loss: Option<Sol>,
    /// Most orders within any minute
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_orders_per_minute: Option<u32>,
    /// Disarm behind so many games with a loss in a row
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_losing_streak: Option<u32>,
    /// Disarm behind so many orders
    #[arg(long, value_name = "N", requires = "armed", value_parser = clap::value_parser!(u32).range(1..))]
    max_orders: Option<u32>,
    /// Press the button so long after the decision at the most, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    within: u64,
    /// Leave so much time between two clicks, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=10_000))]
    spacing: u64,
    /// Where the kill switch listens [default: live.sock in the user's runtime folder, else in /tmp]
    #[arg(long, value_name = "PATH", requires = "armed")]
    kill_socket: Option<PathBuf>,
}

/// Reads an amount above nothing.
fn amount(text: &str) -> Result<Sol, String> {
    let sol: Sol = text.parse().map_err(|error| format!("{error}"))?;
    if sol.is_positive() { Ok(sol) } else { Err("must be above 0".to_owned()) }
}

impl Clicking {
    /// Whether orders are clicked for real.
    pub(super) const fn is_armed(&self) -> bool {
        self.arming.armed
    }

    /// Whether something is wanted that only a page has.
    pub(super) const fn needs_page(&self) -> bool {
        self.dry_run || self.arming.armed || self.fallback.is_some()
    }

    /// The feed that is followed while the page is silent, where there is one.
    ///
    /// # Errors
    /// When its address is none.
    pub(super) fn fallback(&self, seed: u64) -> Result<Option<bridge::Config>, Error> {
        self.fallback.as_deref().map(|url| bridge::Config::new(url, seed)).transpose()
    }

    /// The browser, and what the session is armed with. The page is the command line's, else one that is
    /// known.
    ///
    /// # Errors
    /// When there is no page, or a folder cannot be made.
    pub(super) fn open(&self, known: Option<&str>) -> Result<(Config, Option<Arms>), Error> {
        let profile = self.page.selectors()?;
        let config = self.page.config(&profile, known, live::luck())?;
        let switch = Switch::on();
        let Some(touch) = self.touch()? else { return Ok((config, None)) };
        let Arming { within, spacing, kill_socket, .. } = &self.arming;
        let [within, spacing] = [*within, *spacing].map(Duration::from_millis);
        let mut kill = None;
        if let Touch::Click(limits) = &touch {
            on_the_terminal(&switch)?;
            let socket = kill_socket.clone().unwrap_or_else(default_path);
            let Limits { max_stake, max_loss, max_orders_per_minute, .. } = limits;
            warn!(
                "ARMED: clicks in {}, at most {max_stake} SOL an order, {max_orders_per_minute} orders a \
                 minute, {max_loss} SOL lost; `replayer kill {}`, SIGUSR1 to {}, or k and Enter here ends \
                 all clicking",
                config.site,
                socket.display(),
                std::process::id()
            );
            kill = Some(socket);
        }
        let manner = Manner { spacing, ..Manner::default() };
        Ok((config, Some(Arms { touch, manner, profile, switch, within, kill_socket: kill })))
    }

    fn touch(&self) -> Result<Option<Touch>, Error> {
        if self.dry_run {
            if let Some(folder) = &self.pictures {
                std::fs::create_dir_all(folder)
                    .map_err(|error| Error::io("create", folder, error))?;
            }
            return Ok(Some(Touch::Show(self.pictures.clone())));
        }
        let Arming { armed, max_stake, max_loss, max_orders_per_minute, .. } = self.arming;
        if !armed {
            return Ok(None);
        }
        let (Some(max_stake), Some(max_loss), Some(max_orders_per_minute)) =
            (max_stake, max_loss, max_orders_per_minute)
        else {
            // The command line sees to it; a session must not depend on that.
            return Err(Error::new(Kind::Safety, "a session is not armed without its limits"));
        };
        let Arming { max_losing_streak, max_orders, .. } = self.arming;
        Ok(Some(Touch::Click(Limits {
            max_stake,
            max_loss,
            max_orders_per_minute,
            max_losing_streak,
            max_orders,
        })))
    }
}
