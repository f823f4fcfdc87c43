//! The doctor: opens a page, looks at it as a live session would, and says what it found.
//!
//! It presses nothing. What it draws on the page for the picture, it takes away again.

mod observer;

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep, timeout};

pub use observer::{LoggedIn, PageObserver, SocketStatus};

use super::control_needs::Unfit;
use super::controls::{Control, ControlFinding, ControlProblem, Panel, Profile};
use super::highlight::{Mark, Tone, highlight};
use super::look::look;
use super::page::{Fault, OpenPage, Page, Pages};
use crate::base::error::{Error, ErrorKind};

/// Longest wait for the page.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest time for controls and account to appear once it is known whether there is a socket.
const SETTLING: Duration = Duration::from_secs(5);
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// From how many pixels on a control has place for its name and how sure it is.
const WIDE: f64 = 85.0;

/// What was found on the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosis {
    /// Whether the page has a socket of the game.
    pub socket: SocketStatus,
    /// Whose account it is; none where the site did not say so.
    pub player: Option<LoggedIn>,
    /// The controls, with what was found of each.
    #[serde(flatten)]
    pub panel: Panel,
    /// Places of selectors of the profile that the browser does not know.
    pub bad_selectors: Vec<String>,
    /// Width and height of the viewport in CSS pixels.
    pub viewport: [f64; 2],
}

impl Diagnosis {
    /// The controls that are needed and were not found, or cannot be used or read.
    #[must_use]
    pub fn lacking(&self) -> Vec<Unfit> {
        let lacking = self.panel.findings.iter().filter(|finding| is_lacking(finding));
        lacking
            .map(|ControlFinding { control, problem, .. }| {
                let why = problem.as_ref().map(ToString::to_string).unwrap_or_default();
                Unfit { control: *control, why }
            })
            .collect()
    }

    /// True when everything is there that a session needs of a page.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        self.lacking().is_empty()
            && Control::ALL
                .into_iter()
                .all(|control| control.may_be_absent() || self.panel.finding(control).is_some())
    }
}

/// A disabled button was found: the site enables it when there is something to do.
fn is_lacking(finding: &ControlFinding) -> bool {
    match &finding.problem {
        None | Some(ControlProblem::Disabled) => false,
        Some(ControlProblem::Missing) => !finding.control.may_be_absent(),
        Some(_) => true,
    }
}

/// Looks at the page as soon as it is there, until nothing is lacking or nothing more is to be
/// expected.
///
/// # Errors
/// [`ErrorKind::Live`] when there is no page, or it does not answer.
pub async fn examine(
    mut pages: Pages,
    observer: &PageObserver,
    profile: &Profile,
) -> Result<(Diagnosis, OpenPage), Error> {
    let begun = Instant::now();
    let mut settled = None;
    loop {
        let left = PATIENCE.saturating_sub(begun.elapsed());
        let page = timeout(left, pages.ready()).await.ok().flatten();
        let page = page.ok_or_else(|| Error::new(ErrorKind::Live, "the page did not come"))?;
        let (socket, player) = observer.heard();
        let seen = look(&page, profile).await.map(|(panel, survey)| (panel.judged(), survey));
        if socket != SocketStatus::Unknown && settled.is_none() {
            settled = Some(Instant::now());
        }
        let over = settled.is_some_and(|since: Instant| since.elapsed() >= SETTLING)
            || begun.elapsed() >= PATIENCE;
        match seen {
            Ok((panel, survey)) => {
                let selectors = profile.selectors();
                let bad = survey.bad.iter().filter_map(|&place| selectors.get(place));
                let diagnosis = Diagnosis {
                    socket,
                    player,
                    panel,
                    bad_selectors: bad.map(|&selector| selector.to_owned()).collect(),
                    viewport: [survey.width, survey.height],
                };
                let whole = diagnosis.is_fit()
                    && diagnosis.socket == SocketStatus::Up
                    && diagnosis.player.is_some()
                    && diagnosis.panel.balance().is_ok();
                if whole || over {
                    return Ok((diagnosis, page));
                }
            }
            Err(fault) if over => {
                let what = "the page could not be looked at";
                return Err(Error::new(ErrorKind::Live, what).caused_by(fault));
            }
            // Another document is on its way, or a dialog stands before this one.
            Err(_) => {}
        }
        sleep(LOOK).await;
    }
}

/// A picture of the page as PNG, with every control that was found framed: green where it can be
/// used, red where it is refused. The frames are taken away again.
///
/// # Errors
/// As [`Page::screenshot`].
pub async fn picture(page: &impl Page, panel: &Panel) -> Result<Vec<u8>, Fault> {
    let marks: Vec<_> = panel.findings.iter().filter_map(mark).collect();
    highlight(page, &marks, None).await?;
    let picture = page.screenshot().await;
    highlight(page, &[], None).await?;
    picture
}

fn mark(finding: &ControlFinding) -> Option<Mark> {
    let found = finding.found.as_ref()?;
    let tone = if finding.problem.is_none() { Tone::Good } else { Tone::Bad };
    // On a narrow button there is place for the name only.
    let label = match found.rectangle[2] >= WIDE {
        true => format!("{} {:.0}%", finding.control, finding.confidence * 100.0),
        false => finding.control.to_string(),
    };
    Some(Mark::around(found, label, tone))
}
