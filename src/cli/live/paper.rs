//! Stands for the options of a page in a build without a browser: there are none.

use crate::base::address::SourceAddress;
use crate::base::error::Error;
use crate::cli::settings::{Flags, Settings};
use crate::engine::BotSpec;
use crate::live::{ExecutionConfig, Follow, OnDisarm};

/// The options of a page; a build without a browser has none.
#[derive(Debug, clap::Args)]
pub(super) struct ClickingOptions {}

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "stands for one with options")]
impl ClickingOptions {
    /// The settings that the options set: none.
    pub(super) const fn flags(&self) -> Result<Flags, Error> {
        Ok(Flags::new())
    }

    /// Whether orders are clicked: never.
    pub(super) const fn is_armed(&self) -> bool {
        false
    }

    /// The limits of bots whose orders are clicked: none.
    pub(super) const fn limits_of(&self, _: &[BotSpec]) -> Flags {
        Flags::new()
    }

    /// Whether it goes on once it is disarmed: it never is.
    pub(super) const fn stays(&self) -> bool {
        true
    }

    /// What it does when it is disarmed: it never is.
    pub(super) const fn on_disarm(&self) -> OnDisarm {
        OnDisarm::Watch
    }

    /// Returns no page to follow.
    ///
    /// # Errors
    /// When the scenario names a page.
    pub(super) fn followed(
        &self,
        known: Option<&SourceAddress>,
        _: &Settings,
    ) -> Result<Option<(Follow, Option<ExecutionConfig>, SourceAddress)>, Error> {
        match known {
            None => Ok(None),
            Some(url) => Err(Error::not_built(&format!("the page {url}"), "browser")),
        }
    }
}
