//! What is said over the socket of the kill switch: a line to it, a line back.
//!
//! ```text
//! kill [REASON]  ->  off: WHY
//! status         ->  on   or   off: WHY
//!
//! and, where the session knows what is open, a second line back: open: JSON
//! ```

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::live::browser::ArmSwitch;
use crate::live::orders::OpenPosition;

/// Most unknown orders that an answer names.
const UNKNOWN_MAX: usize = 8;
/// Longest reason that is kept, in characters.
const REASON_MAX: usize = 200;

/// What the second line of an answer begins with.
const OPEN: &str = "open: ";

/// The second line of an answer: what is open, as JSON, with its sentence in `text`.
pub(super) fn open_line(open: &OpenPosition) -> String {
    let mut open = open.clone();
    open.unknown.truncate(UNKNOWN_MAX);
    let mut document = serde_json::to_value(&open).unwrap_or_default();
    document["text"] = open.to_string().into();
    format!("{OPEN}{document}\n")
}

/// What the second line of an answer says is open.
pub(super) fn open_said_by(line: &str) -> Option<Value> {
    serde_json::from_str(line.strip_prefix(OPEN)?).ok()
}

/// What a kill switch is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Switch off: end all clicking.
    Kill {
        /// Why, where somebody says so.
        reason: Option<String>,
    },
    /// Whether it is on.
    Status,
}

impl Question {
    /// The question of a line; `None` where it is none.
    #[must_use]
    pub fn of(line: &str) -> Option<Self> {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "kill" => {
                let reason = plain(rest);
                Some(Self::Kill { reason: (!reason.is_empty()).then_some(reason) })
            }
            "status" if rest.is_empty() => Some(Self::Status),
            _ => None,
        }
    }

    /// Does what is asked.
    pub(super) fn carry_out(self, switch: &ArmSwitch, by: &str) -> Standing {
        if let Self::Kill { reason } = self {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            switch.disarm(&format!("killed {by}{reason}"));
        }
        Standing::of(switch)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill { reason: Some(reason) } => write!(f, "kill {}", plain(reason)),
            Self::Kill { reason: None } => f.write_str("kill"),
            Self::Status => f.write_str("status"),
        }
    }
}

/// How a switch stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "switch")]
pub enum Standing {
    /// The switch is on: clicks are permitted.
    On,
    /// The switch is off: nothing more is clicked.
    Off {
        /// Why it was switched off.
        why: String,
    },
}

impl Standing {
    fn of(switch: &ArmSwitch) -> Self {
        if switch.is_on() {
            return Self::On;
        }
        Self::Off { why: plain(&switch.why().unwrap_or_default()) }
    }

    /// What an answer says; `None` where it says nothing of the kind.
    #[must_use]
    pub fn said_by(line: &str) -> Option<Self> {
        match line.trim() {
            "on" => Some(Self::On),
            off => off.strip_prefix("off:").map(|why| Self::Off { why: plain(why) }),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On => f.write_str("on"),
            Self::Off { why } => write!(f, "off: {why}"),
        }
    }
}

/// A text in one line and without signs of control, which have no business on a terminal.
fn plain(text: &str) -> String {
    let signs = text.trim().chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    signs.take(REASON_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers_are_lines_and_come_back_as_they_went() {
        let kill = |reason: Option<&str>| Question::Kill { reason: reason.map(str::to_owned) };
        for question in [kill(None), kill(Some("the cat is on the keyboard")), Question::Status] {
            assert_eq!(Question::of(&question.to_string()), Some(question));
        }
        for standing in [Standing::On, Standing::Off { why: "a: b".to_owned() }] {
            assert_eq!(Standing::said_by(&standing.to_string()), Some(standing));
        }
        for line in ["", "killall", "k", "status now", "KILL", "GET / HTTP/1.1"] {
            assert_eq!(Question::of(line), None, "{line}");
        }
        assert_eq!(Standing::said_by("official"), None);
    }

    #[test]
    fn a_reason_is_one_line_without_signs_of_control() {
        let sly = Question::Kill { reason: Some("a\nstatus\u{1b}[2J".to_owned()) };
        assert_eq!(sly.to_string(), "kill a status [2J");
        let long = "x".repeat(5_000);
        let switch = ArmSwitch::on();
        let standing =
            Question::of(&format!("kill {long}")).unwrap().carry_out(&switch, "on the socket");
        assert!(standing.to_string().len() < 250 && !switch.is_on());
    }

    #[test]
    fn who_asks_for_the_state_changes_nothing_and_the_first_reason_stays() {
        let switch = ArmSwitch::on();
        assert_eq!(Question::Status.carry_out(&switch, "x"), Standing::On);
        Question::Kill { reason: None }.carry_out(&switch, "on the terminal");
        let again = Question::of("kill once more").unwrap().carry_out(&switch, "on the socket");
        assert_eq!(again.to_string(), "off: killed on the terminal");
    }
}
