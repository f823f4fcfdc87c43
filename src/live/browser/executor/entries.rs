//! No entry without an exit: the page is looked at again and again, and stakes are refused as soon as
//! something is missing that they, or the sale of what they buy, would need.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::readiness::{PageSight, ReadinessSource};
use super::{ClickExecutor, Doubt, Scene};
use crate::base::clock::Clock;
use crate::live::browser::account_events::AccountEvent;
use crate::live::browser::control_needs::{EntryWatch, Unfit, in_words, unfit};
use crate::live::browser::controls::{Panel, Profile};
use crate::live::browser::look::look;
use crate::live::browser::page::Pages;
use crate::model::ids::GameId;
use crate::model::order::Action;
use crate::model::quote::Phase;

/// Time between two looks while something is missing.
const SOON: Duration = Duration::from_millis(200);

/// Whether stakes may be placed, and who is told.
#[derive(Debug)]
pub(super) struct Entries {
    source: ReadinessSource,
    watch: EntryWatch,
    /// What stands against entries in the page, at the last look.
    of_page: Option<String>,
    /// The last game whose presale was heard.
    presale: Option<GameId>,
}

impl Entries {
    pub(super) fn new(source: ReadinessSource) -> Self {
        Self { source, watch: EntryWatch::default(), of_page: None, presale: None }
    }
}

/// What was seen of the page; none where there was none to look at.
pub(super) type Seen = Option<Result<Panel, Doubt>>;

impl ClickExecutor {
    /// The next look at the page: later where everything is as it must be. Never where nothing can be
    /// clicked. Goes on beside orders, which do not wait for it.
    pub(super) fn next_look(&self) -> impl Future<Output = Seen> + Send + use<> {
        let after = match self.entries.watch.is_sound() {
            true => self.timeouts.control_look,
            false => SOON,
        };
        let can_click = self.limits.is_some() && self.switch.is_on();
        let (pages, profile) = (self.pages.clone(), self.profile.clone());
        async move {
            if !can_click {
                std::future::pending::<()>().await;
            }
            sleep(after).await;
            see(&pages, &profile).await
        }
    }

    /// Takes what a look has seen. A page that is gone, or does not answer, is another matter: nothing
    /// is clicked in it until it was seen again.
    pub(super) fn looked(&mut self, seen: Seen) {
        match seen {
            Some(Ok(panel)) => self.note_panel(&panel),
            Some(Err(_)) | None => {
                self.entries.source.known.send_modify(|known| known.page = PageSight::Absent);
            }
        }
        self.lose_patience();
    }

    /// Disarms when what was lost was not back in time. After each look and each order: a bot that
    /// orders all the time leaves no time for looks, and its orders are looks, too. Before it is armed,
    /// a session has a patience of its own.
    pub(super) fn lose_patience(&self) {
        if !self.channels.is_playing() {
            return;
        }
        let patience = self.timeouts.control_patience;
        if let Some(why) = self.entries.watch.overdue(Clock::now(), patience) {
            self.switch.disarm(&why);
        }
    }

    /// Takes note of the controls that were found.
    pub(super) fn note_panel(&mut self, panel: &Panel) {
        if self.limits.is_none() {
            return;
        }
        let holds = self.account_events.account().is_some_and(|it| !it.quantity.is_zero());
        let is_on = self.scene.is_some_and(|scene| scene.phase == Phase::Active);
        let kinds = *self.entries.source.kinds.borrow();
        let unfit: Vec<Unfit> = unfit(panel, kinds, holds && is_on);
        self.entries.of_page = (!unfit.is_empty()).then(|| in_words(&unfit));
        let page = if unfit.is_empty() { PageSight::Fit } else { PageSight::Unfit(unfit) };
        self.entries.source.known.send_modify(|known| known.page = page);
        self.settle_entries(Clock::now());
    }

    /// Takes note of what was said of the account.
    pub(super) fn note_account(&mut self, event: &AccountEvent) {
        let trouble = match event {
            AccountEvent::Snapshot(_) => None,
            AccountEvent::Nobody(why) => Some((*why).to_owned()),
            AccountEvent::UnreadableAccount(why) => Some(why.clone()),
            _ => return,
        };
        let states = self.account_events.states().to_vec();
        self.entries.source.known.send_modify(|known| {
            (known.trouble, known.states) = (trouble, states);
        });
        self.settle_entries(Clock::now());
    }

    /// Takes note of where the game is: what is held in a game that bots decide in can be taken over.
    pub(super) fn note_scene(&mut self, scene: &Scene) {
        if scene.phase == Phase::Presale {
            self.entries.presale = scene.game;
        }
        let begun = scene.game.filter(|_| {
            scene.game == self.entries.presale && scene.phase != Phase::Rugged && !scene.closed
        });
        self.entries.source.known.send_if_modified(|known| {
            let differs = known.begun != begun;
            known.begun = begun;
            differs
        });
    }

    /// Works out whether entries are open; tells a change.
    fn settle_entries(&mut self, now: Instant) {
        let states = self.account_events.states();
        // What a bot's own orders bring about is not in their way.
        let of_account = states.iter().find(|state| !state.is_ordered()).map(ToString::to_string);
        let Entries { source, watch, of_page, .. } = &mut self.entries;
        if let Some(change) = watch.see(of_page.clone().or(of_account), now) {
            // Who does not listen misses it; the refusals say the same.
            let _ = source.changes.try_send(change);
        }
    }

    /// Whether an action may be clicked as far as its exit is concerned. A sale always may.
    pub(super) fn permit_entry(&self, action: Action) -> Result<(), Doubt> {
        if matches!(action, Action::Sell { .. }) {
            return Ok(());
        }
        if !self.entries.source.kinds.borrow().permit(action) {
            return Err(format!("its bot does not say that it can order a {action}"));
        }
        self.entries.watch.permit()
    }
}

async fn see(pages: &Pages, profile: &Profile) -> Seen {
    let page = pages.current()?;
    let seen = look(&page, profile).await;
    Some(seen.map(|(panel, _)| panel).map_err(|fault| fault.to_string()))
}
