//! What a session may do in the page of a browser in a build without one: nothing.

use crate::base::error::Error;
use crate::cli::settings::{Flags, Settings};
use crate::live::{ExecutionConfig, Follow};

/// The browser, and what may be done in it: no options.
#[derive(Debug, clap::Args)]
pub(super) struct ClickingOptions {}

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "stands for one with options")]
impl ClickingOptions {
    /// What it sets.
    pub(super) const fn flags(&self) -> Result<Flags, Error> {
        Ok(Flags::new())
    }

    /// Whether orders are clicked for real.
    pub(super) const fn is_armed(&self) -> bool {
        false
    }

    /// No page.
    ///
    /// # Errors
    /// When the scenario names one.
    pub(super) fn followed(
        &self,
        known: Option<&str>,
        _: &Settings,
    ) -> Result<Option<(Follow, Option<ExecutionConfig>, String)>, Error> {
        match known {
            None => Ok(None),
            Some(url) => Err(Error::not_built(&format!("the page {url}"), "browser")),
        }
    }
}
