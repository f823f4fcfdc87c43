//! The sections of the browser, and of what is clicked in it.

use std::path::PathBuf;
use std::time::Duration;

use super::sessions::{at_least, ms};
use super::{Inconsistent, Settings};
use crate::live::browser::{self, CHROMIUM, ExecutionTimeouts};
use crate::model::sol::Sol;

/// The browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// The program to start.
    pub binary: PathBuf,
    /// Its folder.
    pub folder: Option<PathBuf>,
    /// How it is watched.
    pub options: browser::Options,
}

impl Default for Browser {
    /// Debian's Chromium.
    fn default() -> Self {
        Self { binary: CHROMIUM.into(), folder: None, options: browser::Options::default() }
    }
}

/// Orders clicked in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clicking {
    /// Longest time from a decision to its click.
    pub within: Duration,
    /// Its other waits.
    pub timeouts: ExecutionTimeouts,
    /// Where the kill switch listens.
    pub kill_socket: Option<PathBuf>,
}

impl Default for Clicking {
    /// A second from the decision to the click.
    fn default() -> Self {
        let within = Duration::from_secs(1);
        Self { within, timeouts: ExecutionTimeouts::default(), kill_socket: None }
    }
}

/// What no session on this machine may go beyond, whatever its command line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Largest stake of an order, in SOL.
    pub max_stake: Option<Sol>,
    /// Largest loss of a session, in SOL.
    pub max_loss: Option<Sol>,
    /// Most orders a minute.
    pub max_orders_per_minute: Option<u32>,
    /// Most losing games in a row.
    pub max_losing_streak: Option<u32>,
    /// Most orders of a session.
    pub max_orders: Option<u32>,
}

/// Whether the settings of the browser are right together.
pub(super) fn consistent(settings: &Settings) -> Result<(), Inconsistent> {
    let Settings { browser, clicking: Clicking { timeouts, .. }, .. } = settings;
    at_least(
        "browser.backoff_longest_ms",
        ms(browser.options.backoff.longest),
        "browser.backoff_first_ms",
        ms(browser.options.backoff.first),
    )?;
    at_least(
        "clicking.silence_ms",
        ms(timeouts.silence),
        "clicking.freshness_ms",
        ms(timeouts.freshness),
    )
}
