//! The guard of clicks: lets the events of a click through to the surveyed element that it is meant
//! for, and to no other one.
//!
//! Between a survey and a click a page has time to put another button under the mouse
//! (docs/spec/browser.md#buttons-that-change-places). So every click is announced to [`GUARD`],
//! which listens in our own world of the page, before the page's own scripts: what hits another
//! element, or comes when the button or the amount says something else, is stopped there.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::Control;
use super::finding::{ControlProblem, Found, Panel};

/// The function that guards clicks: takes what [`Panel::guarded`] says, and begins; takes nothing,
/// and ends. Returns a [`GuardReport`] as JSON.
pub const GUARD: &str = include_str!("guard.js");

/// What became of the clicks that were announced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct GuardReport {
    /// Events of the mouse that reached their element.
    pub passed: u32,
    /// Why all others were stopped, if any was.
    pub stopped: Option<Stopped>,
}

/// Why a click was stopped on its way into the page.
#[derive(Debug, Clone, PartialEq, Eq, Error, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Stopped {
    /// Something else lies where the element was.
    #[error("the button moved away: the click would have hit {tag} {text:?}")]
    Moved {
        /// The tag of what lies there now.
        tag: String,
        /// The text on it.
        text: String,
    },
    /// The element, or a field that it goes by, says something else than it did.
    #[error("the page changed it right before the click: {tag} says {text:?} now")]
    Changed {
        /// The tag of what says something else.
        tag: String,
        /// What it says now, in the words of the page.
        text: String,
    },
    /// The page took the click too late.
    #[error("the page took the click after its deadline")]
    Late,
}

impl Panel {
    /// What [`GUARD`] is told before these controls are clicked one after the other, each at its
    /// centre, within a time: what else must stay as it was surveyed.
    ///
    /// # Errors
    /// Which of them is not to be clicked, and why.
    pub fn guarded(
        &self,
        clicked: &[Control],
        holds: &[Control],
        within: Duration,
    ) -> Result<Value, (Control, ControlProblem)> {
        let found = |control: Control| self.found(control).map_err(|problem| (control, problem));
        let target = |control: Control| {
            let (found, spot) = (found(control)?, found(control)?.centre());
            // What a sale would yield changes with every tick, and is not a word of the button.
            let ticks = control == Control::Sell;
            Ok(json!({ "place": found.element, "x": spot.x, "y": spot.y, "ticks": ticks }))
        };
        let targets = clicked.iter().copied().map(target).collect::<Result<Vec<_>, _>>()?;
        let hold = |control: Control| found(control).map(|found: &Found| found.element);
        let holds = holds.iter().copied().map(hold).collect::<Result<Vec<_>, _>>()?;
        let within = within.as_secs_f64() * 1_000.0;
        Ok(json!({ "targets": targets, "holds": holds, "within": within }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_the_guard_is_read_and_told_in_words() {
        let read = |report: Value| serde_json::from_value::<GuardReport>(report).unwrap();
        assert_eq!(read(json!({ "passed": 5, "stopped": null })).stopped, None);
        let words = |stopped: Value| {
            read(json!({ "passed": 0, "stopped": stopped })).stopped.unwrap().to_string()
        };
        let moved = words(json!({ "why": "moved", "tag": "button", "text": "SELL\u{1b}[2J" }));
        assert_eq!(
            moved,
            "the button moved away: the click would have hit button \"SELL\\u{1b}[2J\""
        );
        let changed = words(json!({ "why": "changed", "tag": "input", "text": "5.000" }));
        assert!(changed.ends_with("input says \"5.000\" now"), "{changed}");
        assert!(words(json!({ "why": "late" })).contains("deadline"));
    }
}
