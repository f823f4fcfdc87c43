//! The findings of `browser doctor` as text.

use std::fmt::Write;

use serde::Serialize;

use crate::base::printable;
use crate::cli::layout;
use crate::live::browser::control_needs::in_words;
use crate::live::browser::controls::{ControlProblem, Panel, Unreadable};
use crate::live::browser::doctor::{Diagnosis, SocketStatus};
use crate::model::sol::Sol;

/// An amount as the page shows it.
#[derive(Debug, Serialize)]
struct Reading {
    sol: Option<Sol>,
    why: Option<String>,
}

impl From<Result<Sol, Unreadable>> for Reading {
    fn from(read: Result<Sol, Unreadable>) -> Self {
        match read {
            Ok(sol) => Self { sol: Some(sol), why: None },
            Err(why) => Self { sol: None, why: Some(why.to_string()) },
        }
    }
}

impl Reading {
    fn text(&self) -> String {
        match (&self.sol, &self.why) {
            (Some(sol), _) => format!("{sol} SOL"),
            (None, why) => format!("not read: {}", why.as_deref().unwrap_or_default()),
        }
    }
}

/// The values that the page's fields show.
#[derive(Debug, Serialize)]
pub(super) struct DoctorReport {
    balance: Reading,
    position: Reading,
    amount: Reading,
    percent: Option<u16>,
}

impl DoctorReport {
    pub(super) fn of(diagnosis: &Diagnosis) -> Self {
        let panel: &Panel = &diagnosis.panel;
        Self {
            balance: panel.balance().into(),
            position: panel.position().into(),
            amount: panel.amount().into(),
            percent: panel.percent(),
        }
    }

    /// The table of controls, the values of the fields, and what is missing.
    pub(super) fn text(&self, site: &str, diagnosis: &Diagnosis) -> String {
        let [width, height] = diagnosis.viewport;
        let mut text =
            format!("{site}, {width:.0} x {height:.0} pixels\n\n{}\n\n", table(diagnosis));
        let player = diagnosis.player.as_ref();
        let named = |figure: Option<&String>| figure.map_or("unknown", String::as_str).to_owned();
        let identity = player.map_or_else(
            || "the site has sent no player id: log in".to_owned(),
            |player| {
                let (cash, quantity) =
                    (named(player.cash.as_ref()), named(player.quantity.as_ref()));
                format!("player {}, cash {cash}, quantity {quantity}", player.id)
            },
        );
        let socket = match diagnosis.socket {
            SocketStatus::Up => "the page has opened the game's socket",
            SocketStatus::None => "the page has not opened the game's socket",
            SocketStatus::Unknown => "unknown whether the page has opened the game's socket",
        };
        let percent = self.percent.map_or("unknown".to_owned(), |percent| format!("{percent} %"));
        for (name, said) in [
            ("socket", socket.to_owned()),
            ("identity", identity),
            ("balance", self.balance.text()),
            ("position", self.position.text()),
            ("amount", self.amount.text()),
            ("percent", percent),
        ] {
            let _ = writeln!(text, "{name:<9} {}", printable::one_line(&said));
        }
        for selector in &diagnosis.bad_selectors {
            let _ = writeln!(text, "the browser rejects the selector {selector:?}");
        }
        text += &match diagnosis.lacking().as_slice() {
            [] if diagnosis.is_fit() => "\nall required controls are there".to_owned(),
            [] => "\nthe profile does not describe all required controls".to_owned(),
            lacking => format!("\nlacking: {}", printable::one_line(&in_words(lacking))),
        };
        text
    }
}

fn table(diagnosis: &Diagnosis) -> String {
    let mut table = layout::table(&["control", "confidence", "element", "text", "place", ""]);
    for finding in &diagnosis.panel.findings {
        let (element, shown, place) =
            finding.found.as_ref().map_or_else(Default::default, |found| {
                let [left, top, width, height] = found.rectangle;
                let shown = found.value.clone().unwrap_or_else(|| found.text.clone());
                let place = format!("{left:.0},{top:.0} {width:.0}x{height:.0}");
                (found.tag.clone(), format!("{shown:?}"), place)
            });
        let state = match &finding.problem {
            None => "found".to_owned(),
            Some(ControlProblem::Missing) if finding.control.may_be_absent() => {
                "absent, but optional".to_owned()
            }
            Some(why) => why.to_string(),
        };
        let sure = format!("{:.0} %", finding.confidence * 100.0);
        let name = finding.control.name().to_owned();
        table.add_row([name, sure, element, shown, place, state]);
    }
    layout::right(&mut table, 1..2);
    table.to_string()
}
