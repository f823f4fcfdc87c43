//! Counts and times of a session's clicks.

use serde::Serialize;

use crate::feed::latency::GaugeSummary;
use crate::live::orders::OrderCounts;
use crate::model::sol::Sol;

/// Counts and times of a session's clicks.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ClickingSummary {
    /// The site's cash at the beginning, in SOL; zero where nothing was to be clicked.
    pub began_with: Sol,
    /// Orders that were executed.
    pub done: u64,
    /// Orders of which the page showed what would be clicked.
    pub shown: u64,
    /// Orders of which no button was pressed, or which the site refused.
    pub refused: u64,
    /// Orders whose outcome nobody knows.
    pub unknown: u64,
    /// How often the site's account and ours differed by more than roundings.
    pub drifts: u64,
    /// From the decision to the click, in microseconds.
    pub click_us: GaugeSummary,
    /// From the click to its confirmation, in microseconds.
    pub confirmed_us: GaugeSummary,
    /// Why the session was disarmed; `None` while it is armed.
    pub disarmed: Option<String>,
    /// How keeping and telling orders went; `None` where nothing was clicked.
    pub orders: Option<OrderCounts>,
}
