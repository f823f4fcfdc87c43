//! What was found of each control, and what the found ones say.

use serde::Serialize;
use thiserror::Error;

use super::Control;
use super::reading::{Unreadable, read_amount};
use crate::model::sol::Sol;

/// Where to click: CSS pixels of the viewport.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spot {
    /// Distance from the left edge.
    pub x: f64,
    /// Distance from the top edge.
    pub y: f64,
}

/// An element that was taken for a control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    /// Its place in the survey.
    #[serde(skip)]
    pub element: usize,
    /// Its HTML tag, in lower case.
    pub tag: String,
    /// The text on it.
    pub text: String,
    /// What it is labelled with: its text, or its name where it has none.
    #[serde(skip)]
    pub label: String,
    /// What it contains, where it is a field.
    pub value: Option<String>,
    /// Whether it is pressed; `None` where nothing says so.
    pub pressed: Option<bool>,
    /// Left, top, width and height.
    #[serde(rename = "box")]
    pub rectangle: [f64; 4],
}

impl Found {
    /// The centre of its rectangle.
    #[must_use]
    pub fn centre(&self) -> Spot {
        let [left, top, width, height] = self.rectangle;
        Spot { x: left + width / 2.0, y: top + height / 2.0 }
    }
}

/// Why a control is not pressed, or not read.
#[derive(Debug, Clone, PartialEq, Error, Serialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum ControlProblem {
    /// No element bears its label.
    #[error("no element of the page has its label")]
    Missing,
    /// There is one, but too little speaks for it.
    #[error("too little speaks for it")]
    Unsure,
    /// Another element is about as likely.
    #[error("another element ({tag}, {text:?}) is about as likely")]
    Ambiguous {
        /// The HTML tag of the other element.
        tag: String,
        /// The text on the other element.
        text: String,
    },
    /// It is not shown.
    #[error("it is not shown")]
    Hidden,
    /// It is not in the part of the page that the window shows.
    #[error("it is outside of the window")]
    OutOfView,
    /// The element is disabled.
    #[error("it is disabled")]
    Disabled,
    /// A click would hit something else.
    #[error("it is covered by {by:?}")]
    Covered {
        /// The tag of that.
        by: String,
    },
    /// It was elsewhere two frames later.
    #[error("it moves")]
    Moving,
    /// The page draws nothing, so that nobody knows whether it moves: a window in the background.
    #[error("the page is not drawn, so nobody knows whether it moves")]
    NotDrawn,
    /// What it says is not what it must say for a session.
    #[error("it cannot be relied on: {what}")]
    Unreadable {
        /// What was found instead, in words.
        what: String,
    },
}

/// What was found of a control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlFinding {
    /// The control that was looked for.
    pub control: Control,
    /// How sure it is that the element is the control, from 0 to 1; 0 where there is none.
    pub confidence: f64,
    /// The likeliest element, if any.
    pub found: Option<Found>,
    /// Why it is not used; `None` where it can be.
    pub problem: Option<ControlProblem>,
}

/// What was found of all controls of a profile.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    /// A finding per control, in the order of the controls.
    pub findings: Vec<ControlFinding>,
}

impl Panel {
    /// What was found of a control; `None` where the profile does not know it.
    #[must_use]
    pub fn finding(&self, control: Control) -> Option<&ControlFinding> {
        self.findings.iter().find(|finding| finding.control == control)
    }

    /// The element of a control that can be used.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn found(&self, control: Control) -> Result<&Found, ControlProblem> {
        let finding = self.finding(control).ok_or(ControlProblem::Missing)?;
        match (&finding.problem, &finding.found) {
            (Some(problem), _) => Err(problem.clone()),
            (None, Some(found)) => Ok(found),
            (None, None) => Err(ControlProblem::Missing),
        }
    }

    /// Where to click for a control.
    ///
    /// # Errors
    /// Why it is not to be clicked.
    pub fn spot(&self, control: Control) -> Result<Spot, ControlProblem> {
        self.found(control).map(Found::centre)
    }

    /// The same for who is to be armed: a field whose amount cannot be read, and percentages of
    /// which nobody can say which one is chosen, have that as their problem. A session that goes on
    /// may still press them, to get out.
    #[must_use]
    pub fn judged(mut self) -> Self {
        let is_unreadable = |error: &Unreadable| match error {
            Unreadable::NoNumber(text) => !text.trim().is_empty(),
            _ => true,
        };
        let amount = self.amount().err().filter(is_unreadable).map(|error| error.to_string());
        let chosen = self.undecided().map(str::to_owned);
        for finding in &mut self.findings {
            let what = match finding.control {
                Control::AmountField => amount.clone(),
                control if Control::PERCENTS.iter().any(|(one, _)| *one == control) => {
                    chosen.clone()
                }
                _ => None,
            };
            if finding.problem.is_none() {
                finding.problem = what.map(|what| ControlProblem::Unreadable { what });
            }
        }
        self
    }

    /// Why nobody can say which percentage is chosen, where all of them can be used.
    fn undecided(&self) -> Option<&'static str> {
        let states: Option<Vec<_>> = Control::PERCENTS
            .iter()
            .map(|(control, _)| self.found(*control).ok().map(|found| found.pressed))
            .collect();
        let states = states?;
        if states.iter().all(Option::is_none) {
            return Some("no percentage says whether it is chosen");
        }
        let chosen = states.iter().filter(|state| **state == Some(true)).count();
        (chosen > 1).then_some("more than one percentage is chosen")
    }

    /// The amount in the field. An empty field says nothing, not zero.
    ///
    /// # Errors
    /// When the field was not found, or what is in it is not an exact amount.
    pub fn amount(&self) -> Result<Sol, Unreadable> {
        let finding = self.finding(Control::AmountField).filter(|finding| {
            matches!(finding.problem, None | Some(ControlProblem::Unreadable { .. }))
        });
        let field = finding.and_then(|finding| finding.found.as_ref());
        let field = field.ok_or(Unreadable::NotFound)?;
        read_amount(field.value.as_deref().unwrap_or_default())
    }

    /// The balance as the page shows it.
    ///
    /// # Errors
    /// When it was not found, or is not an exact amount.
    pub fn balance(&self) -> Result<Sol, Unreadable> {
        self.text_of(Control::Balance)
    }

    /// What is held, as the page shows it.
    ///
    /// # Errors
    /// When it was not found, or is not an exact amount.
    pub fn position(&self) -> Result<Sol, Unreadable> {
        self.text_of(Control::Position)
    }

    /// The percent button that is pressed: `None` where none is, or where the page does not say of
    /// every button whether it is pressed.
    #[must_use]
    pub fn percent(&self) -> Option<u16> {
        let mut pressed = None;
        for (control, percent) in Control::PERCENTS {
            match (self.found(control).ok()?.pressed, pressed) {
                (Some(true), None) => pressed = Some(percent),
                // Two at once: one of them is not what it says.
                (Some(true), Some(_)) => return None,
                _ => {}
            }
        }
        pressed
    }

    fn text_of(&self, control: Control) -> Result<Sol, Unreadable> {
        let found = self.found(control).map_err(|_| Unreadable::NotFound)?;
        read_amount(&found.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field with a text, and the four percentages, pressed as they say.
    fn panel(value: &str, pressed: [Option<bool>; 4]) -> Panel {
        let finding = |control: Control, value: Option<&str>, pressed| ControlFinding {
            control,
            confidence: 1.0,
            found: Some(Found {
                element: 0,
                tag: String::new(),
                text: String::new(),
                label: String::new(),
                value: value.map(str::to_owned),
                pressed,
                rectangle: [0.0; 4],
            }),
            problem: None,
        };
        let percents = Control::PERCENTS.iter().zip(pressed);
        let percents = percents.map(|((control, _), pressed)| finding(*control, None, pressed));
        let field = finding(Control::AmountField, Some(value), None);
        Panel { findings: percents.chain([field]).collect() }
    }

    const HALF: [Option<bool>; 4] = [Some(false), Some(false), Some(true), Some(false)];

    #[test]
    fn a_field_that_cannot_be_read_is_a_problem_for_who_is_to_be_armed_and_an_empty_one_is_none() {
        for value in ["0.030", "", " ", "0.03 SOL"] {
            let judged = panel(value, HALF).judged();
            assert!(judged.findings.iter().all(|it| it.problem.is_none()), "{value:?}: {judged:?}");
        }
        for value in ["0,030", "1.234,5", "1'000", "0.030 0.030", "3 %", "–"] {
            let judged = panel(value, HALF).judged();
            let why = judged.found(Control::AmountField).unwrap_err().to_string();
            assert!(why.contains("cannot be relied on") && why.contains(value), "{why}");
            assert!(judged.amount().is_err_and(|error| error != Unreadable::NotFound));
        }
    }

    #[test]
    fn percentages_of_which_nobody_knows_the_chosen_one_are_a_problem_of_each() {
        let [yes, no, silent] = [Some(true), Some(false), None];
        for known in [HALF, [silent, silent, yes, silent], [no; 4]] {
            assert!(panel("0.030", known).judged().found(Control::Percent10).is_ok(), "{known:?}");
        }
        for unknown in [[silent; 4], [yes, no, yes, no]] {
            let judged = panel("0.030", unknown).judged();
            for (control, _) in Control::PERCENTS {
                assert!(judged.found(control).is_err(), "{unknown:?}");
            }
            // To get out, they may still be pressed.
            assert!(panel("0.030", unknown).spot(Control::Percent100).is_ok());
        }
    }
}
