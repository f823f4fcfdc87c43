//! Brings the page to where one click does it: the amount or the percentage entered, and read back.

use super::channels::ClickOrder;
use super::{ClickExecutor, Doubt};
use crate::base::clock::Clock;
use crate::live::browser::amount::{Press, plan};
use crate::live::browser::controls::{Control, Panel, Spot};
use crate::live::browser::look::look;
use crate::live::browser::page::{OpenPage, Page};
use crate::model::order::{Action, Portion};
use crate::model::sol::Sol;

impl ClickExecutor {
    /// Brings the page to where one click does it. With the amount that the button will put up, as
    /// it was read back; none for a sale.
    pub(super) async fn prepare(
        &mut self,
        order: &ClickOrder,
    ) -> Result<(OpenPage, Spot, Option<Sol>), Doubt> {
        let mut amount = None;
        self.check(order)?;
        let page = self.pages.current().ok_or("the page cannot be used")?;
        let mut panel = self.survey(&page).await?;
        self.permit_entry(order.request.action)?;
        match order.request.action {
            Action::Buy { stake } | Action::Sidebet { stake } => {
                panel = self.enter(order, &page, panel, stake).await?;
                amount = Some(panel.amount().map_err(|error| error.to_string())?);
            }
            Action::Sell { portion, .. } => {
                let (control, percent) = percent(portion)?;
                if panel.percent() != Some(percent) {
                    self.press(order, &page, &panel, control).await?;
                    panel = self.survey(&page).await?;
                }
                if panel.percent() != Some(percent) {
                    return Err(format!("{control} was pressed and is not what the page shows"));
                }
            }
        }
        self.permit_entry(order.request.action)?;
        let button = trade(order.request.action);
        let spot = panel.spot(button).map_err(|problem| format!("{button}: {problem}"))?;
        Ok((page, spot, amount))
    }

    /// Enters an amount, and reads it back.
    async fn enter(
        &mut self,
        order: &ClickOrder,
        page: &OpenPage,
        mut panel: Panel,
        stake: Sol,
    ) -> Result<Panel, Doubt> {
        let shown = panel.amount().ok();
        for press in plan(shown, stake).map_err(|error| error.to_string())? {
            self.press(order, page, &panel, control(press)).await?;
        }
        if shown != Some(stake) {
            panel = self.survey(page).await?;
        }
        match panel.amount() {
            Ok(amount) if amount == stake => Ok(panel),
            Ok(amount) => Err(format!("the field says {amount}, and not {stake}")),
            Err(error) => Err(format!("the field cannot be read back: {error}")),
        }
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
        let (panel, _) = look(page, &self.profile).await.map_err(|why| why.to_string())?;
        self.note_panel(&panel);
        Ok(panel)
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
