//! What must hold for an order to go on, and once more right before its click.

use super::channels::ClickOrder;
use super::pressing::Aim;
use super::{ClickExecutor, Doubt};
use crate::base::clock::Clock;
use crate::engine::venue::execution::AccountSnapshot;
use crate::live::browser::page::{OpenPage, Page};
use crate::model::quote::Phase;
use crate::model::sol::Sol;

impl ClickExecutor {
    /// What must be before the click: what can be lost and the order itself are on the disk, and nothing
    /// has changed.
    pub(super) async fn last_steps(
        &mut self,
        order: &ClickOrder,
        aim: &Aim,
    ) -> Result<AccountSnapshot, Doubt> {
        self.losses_written(order).await?;
        self.on_disk(order).await?;
        self.final_check(order, &aim.page, aim.amount)
    }

    /// Everything once more, right before the click; `amount` is what the button will put up.
    fn final_check(
        &mut self,
        order: &ClickOrder,
        page: &OpenPage,
        amount: Option<Sol>,
    ) -> Result<AccountSnapshot, Doubt> {
        self.check(order)?;
        self.permit_entry(order.request.action)?;
        let same = self.pages.current().is_some_and(|now| now.epoch() == page.epoch());
        if !same {
            return Err("the page is another one now".to_owned());
        }
        if let Some(unexplained) = self.watch.unexplained() {
            return Err(unexplained.to_string());
        }
        self.permit(order.request.id, amount)
    }

    /// Whether an order may go on.
    pub(super) fn check(&mut self, order: &ClickOrder) -> Result<(), Doubt> {
        self.catch_up();
        if !self.switch.is_on() {
            return Err(format!("disarmed: {}", self.switch.why().unwrap_or_default()));
        }
        if Clock::now() >= order.deadline {
            return Err("its deadline has passed".to_owned());
        }
        if self.limits.is_some() && self.account_events.account().is_none() {
            return Err("nobody is known to be logged in".to_owned());
        }
        let scene = self.scene.ok_or("no game has been heard of")?;
        if scene.game != Some(order.request.game) || scene.phase == Phase::Rugged {
            return Err("its game is over".to_owned());
        }
        if scene.closed {
            return Err("the feed cannot be relied on".to_owned());
        }
        let age = Clock::now().saturating_duration_since(scene.heard);
        if age > self.timeouts.freshness {
            return Err(format!("nothing was heard of the game for {:.1} s", age.as_secs_f64()));
        }
        Ok(())
    }
}
