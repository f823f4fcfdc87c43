//! Brings the page to where one click does it: the amount or the percentage entered, and read back.

use super::channels::ClickOrder;
use super::pressing::Aim;
use super::{ClickExecutor, Doubt};
use crate::base::clock::Clock;
use crate::live::browser::amount::{Press, plan};
use crate::live::browser::controls::{Control, Panel, Unreadable};
use crate::live::browser::look::look;
use crate::live::browser::page::{OpenPage, Page};
use crate::model::order::{Action, Portion};
use crate::model::sol::Sol;

impl ClickExecutor {
    /// Brings the page to where one click does it, and guards the button.
    pub(super) async fn prepare(&mut self, order: &ClickOrder) -> Result<Aim, Doubt> {
        self.check(order)?;
        let page = self.pages.now()?;
        let mut panel = self.survey(&page).await?;
        let action = order.request.action;
        self.permit_entry(action)?;
        let shown = match action {
            Action::Buy { stake } | Action::Sidebet { stake } => {
                panel = self.enter(order, &page, panel, stake).await?;
                Control::AmountField
            }
            Action::Sell { portion, .. } => {
                let (control, percent) = percent(portion)?;
                if panel.percent() != Some(percent) {
                    self.press_all(order, &page, &panel, &[control]).await?;
                    panel = self.survey(&page).await?;
                }
                if panel.percent() != Some(percent) {
                    return Err(format!("{control} was pressed and is not what the page shows"));
                }
                control
            }
        };
        self.permit_entry(action)?;
        let button = trade(action);
        let found = panel.found(button).map_err(|problem| format!("{button}: {problem}"))?;
        let claimed = self.profile.check_claim(button, &found.label, action);
        claimed.map_err(|why| format!("{button}: {why}"))?;
        self.aim(order, page, &panel, button, shown).await
    }

    /// Enters an amount, and reads it back.
    async fn enter(
        &mut self,
        order: &ClickOrder,
        page: &OpenPage,
        mut panel: Panel,
        stake: Sol,
    ) -> Result<Panel, Doubt> {
        let shown = match panel.amount() {
            Ok(shown) => Some(shown),
            // Cleared, it may say one.
            Err(Unreadable::NoNumber(_)) => None,
            Err(error) => return Err(format!("the field cannot be read: {error}")),
        };
        let presses = plan(shown, stake).map_err(|error| error.to_string())?;
        let presses: Vec<_> = presses.into_iter().map(control).collect();
        self.press_all(order, page, &panel, &presses).await?;
        if shown != Some(stake) {
            panel = self.survey(page).await?;
        }
        match panel.amount() {
            Ok(amount) if amount == stake => Ok(panel),
            Ok(amount) => Err(format!("the field says {amount}, and not {stake}")),
            Err(error) => Err(format!("the field cannot be read back: {error}")),
        }
    }

    /// Presses buttons that trade nothing, one after the other. Whether one was stopped is seen by
    /// the next survey.
    async fn press_all(
        &mut self,
        order: &ClickOrder,
        page: &OpenPage,
        panel: &Panel,
        controls: &[Control],
    ) -> Result<(), Doubt> {
        if controls.is_empty() {
            return Ok(());
        }
        self.announce(order, page, panel, controls, &[]).await?;
        for &control in controls {
            if let Err(doubt) = self.press(order, page, panel, control).await {
                self.release(page).await;
                return Err(doubt);
            }
        }
        Ok(())
    }

    /// Presses a button that trades nothing.
    async fn press(
        &mut self,
        order: &ClickOrder,
        page: &OpenPage,
        panel: &Panel,
        control: Control,
    ) -> Result<(), Doubt> {
        self.check(order)?;
        let spot = panel.spot(control).map_err(|problem| format!("{control}: {problem}"))?;
        self.space().await;
        self.clicked = Some(Clock::now());
        page.click(spot.x, spot.y).await.map_err(|fault| fault.to_string())
    }

    /// Waits until the next click may come.
    async fn space(&self) {
        if let Some(clicked) = self.clicked {
            tokio::time::sleep_until((clicked + self.timeouts.spacing).into()).await;
        }
    }

    /// Looks at the page, and takes note of what is missing of it.
    pub(super) async fn survey(&mut self, page: &OpenPage) -> Result<Panel, Doubt> {
        let (panel, survey) = look(page, &self.profile).await.map_err(|why| why.to_string())?;
        self.note_panel(&panel);
        self.is_surveyed = true;
        match &survey.stopped {
            None => Ok(panel),
            Some(stopped) => Err(stopped.to_string()),
        }
    }
}

/// The button of a percentage.
pub(super) fn percent(portion: Portion) -> Result<(Control, u16), Doubt> {
    let percent = portion.basis_points() / 100;
    let of = |(control, of): (Control, u16)| (of == percent).then_some((control, percent));
    Control::PERCENTS.into_iter().find_map(of).ok_or_else(|| format!("the page sells no {portion}"))
}

/// The button that trades.
pub(super) const fn trade(action: Action) -> Control {
    match action {
        Action::Buy { .. } => Control::Buy,
        Action::Sell { .. } => Control::Sell,
        Action::Sidebet { .. } => Control::Sidebet,
    }
}

/// The button of a press.
pub(super) const fn control(press: Press) -> Control {
    match press {
        Press::Clear => Control::Clear,
        Press::Plus1 => Control::Plus1,
        Press::Plus01 => Control::Plus01,
        Press::Plus001 => Control::Plus001,
        Press::Plus0001 => Control::Plus0001,
        Press::Double => Control::Double,
        Press::Halve => Control::Half,
    }
}
