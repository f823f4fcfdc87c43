//! The sections of the browser and of clicking.

use std::path::PathBuf;
use std::time::Duration;

use super::sessions::{at_least, ms};
use super::{Inconsistent, Settings};
use crate::live::browser::{self, CHROMIUM, ExecutionTimeouts};
use crate::model::sol::Sol;

/// The browser to click in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser {
    /// Path of the browser's executable.
    pub binary: PathBuf,
    /// Folder in which the browser stays logged in.
    pub folder: Option<PathBuf>,
    /// How the browser is supervised.
    pub options: browser::BrowserOptions,
}

impl Default for Browser {
    /// Debian's Chromium, in no folder yet.
    fn default() -> Self {
        Self { binary: CHROMIUM.into(), folder: None, options: browser::BrowserOptions::default() }
    }
}

/// Orders that are clicked in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clicking {
    /// Maximum delay between decision and click.
    pub within: Duration,
    /// The other waits of an execution.
    pub timeouts: ExecutionTimeouts,
    /// Path of the kill switch's socket.
    pub kill_socket: Option<PathBuf>,
}

impl Default for Clicking {
    /// At most one second between decision and click.
    fn default() -> Self {
        let within = Duration::from_secs(1);
        Self { within, timeouts: ExecutionTimeouts::default(), kill_socket: None }
    }
}

/// Limits of armed sessions. A later source of settings may lower one and never raise it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Maximum stake per order, in SOL.
    pub max_stake: Option<Sol>,
    /// Maximum loss of a session, in SOL.
    pub max_loss: Option<Sol>,
    /// Maximum number of orders per minute.
    pub max_orders_per_minute: Option<u32>,
    /// Maximum number of consecutive losing games.
    pub max_losing_streak: Option<u32>,
    /// Maximum number of orders of a session.
    pub max_orders: Option<u32>,
    /// Maximum time in which a session sends orders, in minutes.
    pub max_minutes: Option<u32>,
    /// Maximum loss of an account on a day of UTC, in SOL.
    pub day_max_loss: Option<Sol>,
    /// Maximum number of orders of an account on a day of UTC.
    pub day_max_orders: Option<u32>,
    /// Maximum loss of an account over all sessions, in SOL.
    pub account_max_loss: Option<Sol>,
    /// Maximum number of orders of an account over all sessions.
    pub account_max_orders: Option<u32>,
    /// Folder of the loss records of accounts.
    pub folder: Option<PathBuf>,
}

impl Limits {
    /// The first limit that is above the one of the span around it: the session within the day, and
    /// that within the account.
    pub(super) fn above_its_span(&self) -> Option<(&'static str, &'static str)> {
        let losses = [
            ("limits.max_loss", self.max_loss),
            ("limits.day_max_loss", self.day_max_loss),
            ("limits.account_max_loss", self.account_max_loss),
        ];
        let orders = [
            ("limits.max_orders", self.max_orders),
            ("limits.day_max_orders", self.day_max_orders),
            ("limits.account_max_orders", self.account_max_orders),
        ];
        above(&losses).or_else(|| above(&orders))
    }
}

/// The first value that is above one behind it.
fn above<T: PartialOrd>(
    spans: &[(&'static str, Option<T>)],
) -> Option<(&'static str, &'static str)> {
    spans.iter().enumerate().find_map(|(at, (key, value))| {
        let value = value.as_ref()?;
        let is_above =
            |(_, wider): &&(&str, Option<T>)| wider.as_ref().is_some_and(|wider| value > wider);
        spans[at + 1..].iter().find(is_above).map(|&(wider, _)| (*key, wider))
    })
}

/// Checks that the settings of the browser and of clicking are valid together.
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
