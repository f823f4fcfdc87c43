//! The dry run: frames around what would be clicked, and not one click.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::channels::ClickOrder;
use super::setting::{control, percent, trade};
use super::{ClickExecutor, Doubt};
use crate::base::files;
use crate::engine::venue::execution::{OrderId, OrderRequest};
use crate::live::browser::amount::plan;
use crate::live::browser::controls::{Control, Panel};
use crate::live::browser::highlight::{Mark, Tone, highlight};
use crate::live::browser::page::{OpenPage, Page};
use crate::model::order::Action;

/// How long frames stay.
const LASTING: Duration = Duration::from_secs(5);
/// Orders that a picture is kept of.
const PICTURES: OrderId = OrderId::new(100);

impl ClickExecutor {
    /// Frames what an order would click.
    pub(super) async fn show(&mut self, order: &ClickOrder) -> Result<(), Doubt> {
        self.check(order)?;
        let OrderRequest { id, action, .. } = order.request;
        let page = self.pages.now()?;
        let panel = self.survey(&page).await?;
        let marks = marks(action, &panel)?;
        highlight(&page, &marks, Some(LASTING)).await.map_err(|fault| fault.to_string())?;
        match &self.pictures {
            Some(folder) if id <= PICTURES => picture(&page, folder, id).await,
            _ => Ok(()),
        }
    }
}

async fn picture(page: &OpenPage, folder: &Path, id: OrderId) -> Result<(), Doubt> {
    let picture = page.screenshot().await.map_err(|fault| fault.to_string())?;
    let file = free_name(folder, id);
    let written = tokio::task::spawn_blocking(move || files::save_new(&file, &picture)).await;
    let written = written.map_err(|error| format!("the picture was not written: {error}"))?;
    written.map_err(|error| error.to_string())
}

/// The name of a picture that no picture of an earlier session has.
fn free_name(folder: &Path, id: OrderId) -> PathBuf {
    let name = |number: u32| match number {
        1 => folder.join(format!("order-{id}.png")),
        _ => folder.join(format!("order-{id}-{number}.png")),
    };
    let is_free = |number: &u32| name(*number).symlink_metadata().is_err();
    name((1..).find(is_free).unwrap_or(u32::MAX))
}

/// What would be clicked, in its order, each with what stands at it.
fn marks(action: Action, panel: &Panel) -> Result<Vec<Mark>, Doubt> {
    let mut clicks: Vec<(Control, u32)> = Vec::new();
    match action {
        Action::Buy { stake } | Action::Sidebet { stake } => {
            for press in plan(panel.amount().ok(), stake).map_err(|error| error.to_string())? {
                match clicks.last_mut() {
                    Some((last, times)) if *last == control(press) => *times += 1,
                    _ => clicks.push((control(press), 1)),
                }
            }
        }
        Action::Sell { portion, .. } => {
            let (control, percent) = percent(portion)?;
            if panel.percent() != Some(percent) {
                clicks.push((control, 1));
            }
        }
    }
    clicks.push((trade(action), 1));
    let last = clicks.len();
    let mark = |(at, (control, times)): (usize, (Control, u32))| {
        let finding = panel.finding(control).ok_or_else(|| format!("{control}: not looked for"))?;
        if let Some(problem) = &finding.problem {
            return Err(format!("{control}: {problem}"));
        }
        let found = finding.found.as_ref().ok_or_else(|| format!("{control}: not found"))?;
        let label = match times {
            _ if at + 1 == last => format!("{}. {}", at + 1, action),
            1 => format!("{}.", at + 1),
            times => format!("{}. {times}x", at + 1),
        };
        Ok(Mark::around(found, label, Tone::Press))
    };
    clicks.into_iter().enumerate().map(mark).collect()
}
