//! Presses under guard: what the mouse hits is what was surveyed, or the press is stopped in the
//! page (docs/spec/browser.md#buttons-that-change-places).

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::channels::ClickOrder;
use super::{ClickExecutor, Doubt};
use crate::base::clock::Clock;
use crate::live::browser::controls::{Control, GUARD, GuardReport, Panel, Spot};
use crate::live::browser::page::{Fault, OpenPage, Page};
use crate::model::order::Action;
use crate::model::sol::Sol;

/// Longest time for the guard's report: a millisecond is usual (docs/spec/browser.md#clicks). Of a
/// page that hangs, what it sends says more, and is waited for anyway.
const REPORT: Duration = Duration::from_millis(250);

/// A trading button that is under guard, to be pressed once.
#[derive(Debug)]
pub(super) struct Aim {
    pub(super) page: OpenPage,
    button: Control,
    spot: Spot,
    /// What the button will put up, as it was read back; none for a sale.
    pub(super) amount: Option<Sol>,
}

impl ClickExecutor {
    /// Announces clicks on controls, one after the other, to the guard in the page; `holds` are to
    /// stay as they were surveyed.
    pub(super) async fn announce(
        &self,
        order: &ClickOrder,
        page: &OpenPage,
        panel: &Panel,
        clicked: &[Control],
        holds: &[Control],
    ) -> Result<(), Doubt> {
        let within = order.deadline.saturating_duration_since(Clock::now());
        let guarded = panel.guarded(clicked, holds, within);
        let guarded = guarded.map_err(|(control, problem)| format!("{control}: {problem}"))?;
        let report = page.call(GUARD, &guarded).await.map_err(|fault| fault.to_string())?;
        match read(report)?.stopped {
            None => Ok(()),
            Some(stopped) => {
                self.release(page).await;
                let names: Vec<_> = clicked.iter().map(|control| control.name()).collect();
                Err(format!("{}: {stopped}", names.join(", ")))
            }
        }
    }

    /// Guards a trading button; its amount or its share must stay what it is.
    pub(super) async fn aim(
        &self,
        order: &ClickOrder,
        page: OpenPage,
        panel: &Panel,
        button: Control,
        holds: Control,
    ) -> Result<Aim, Doubt> {
        let spot = panel.spot(button).map_err(|problem| format!("{button}: {problem}"))?;
        let amount = match order.request.action {
            Action::Sell { .. } => None,
            Action::Buy { .. } | Action::Sidebet { .. } => {
                Some(panel.amount().map_err(|error| error.to_string())?)
            }
        };
        self.announce(order, &page, panel, &[button], &[holds]).await?;
        Ok(Aim { page, button, spot, amount })
    }

    /// Presses it, once.
    ///
    /// # Errors
    /// Why it was certainly not pressed.
    pub(super) async fn press_once(&self, aim: &Aim) -> Result<(), Doubt> {
        match aim.page.click(aim.spot.x, aim.spot.y).await {
            Ok(()) | Err(Fault::Unknown(_) | Fault::Timeout) => {}
            Err(fault) => return Err(fault.to_string()),
        }
        match self.release(&aim.page).await {
            Some(GuardReport { passed: 0, stopped: Some(stopped) }) => {
                Err(format!("{}: {stopped}", aim.button))
            }
            _ => Ok(()),
        }
    }

    /// Ends the guard; what it saw, if the page says so in time.
    pub(super) async fn release(&self, page: &OpenPage) -> Option<GuardReport> {
        let end = Value::Null;
        let report = timeout(REPORT, page.call(GUARD, &end)).await;
        read(report.ok()?.ok()?).ok()
    }
}

fn read(report: Value) -> Result<GuardReport, Doubt> {
    serde_json::from_value(report).map_err(|error| format!("the guard says nothing: {error}"))
}
