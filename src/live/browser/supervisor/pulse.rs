//! Whether the browser still answers: a hanging one keeps its line open and says nothing
//! (docs/spec/browser.md#failures).

use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser::GetVersionParams;
use tokio::time::sleep;

use crate::live::browser::link::{CallError, DevtoolsLink};

/// How to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// Time between two questions.
    pub every: Duration,
    /// Longest time for an answer.
    pub patience: Duration,
    /// Questions in a row without an answer after which it counts as hanging.
    pub misses: u32,
}

impl Default for Pulse {
    /// Every 5 s, 2 s for the answer, hanging after 2 without one (docs/spec/browser.md#failures).
    fn default() -> Self {
        Self { every: Duration::from_secs(5), patience: Duration::from_secs(2), misses: 2 }
    }
}

/// Asks again and again; ends when the browser hangs, with the number of questions that it did not
/// answer. That the line broke is noticed elsewhere.
pub(super) async fn silence(link: DevtoolsLink, pulse: Pulse) -> u32 {
    let mut missed = 0;
    loop {
        sleep(pulse.every).await;
        match link.ask(None, &GetVersionParams::default(), pulse.patience).await {
            Err(CallError::Timeout(_)) => missed += 1,
            Err(CallError::Lost) => return std::future::pending().await,
            Ok(_) | Err(CallError::Refused(_)) => missed = 0,
        }
        if missed >= pulse.misses {
            return missed;
        }
    }
}
