//! The click executor: carries out one order at a time by clicking in the page, and never twice.
//!
//! ```text
//! order ─> may it? ─> survey ─> amount or percent, read back ─> survey ─> guard ─┐
//!          confirmed, refused, or unknown <─ one click, if it hits <─ may it still? ─┘
//! ```
//!
//! Whatever is in doubt before the click is a refusal: nothing was pressed. What is in doubt behind
//! it is unknown: it is never pressed again, the switch goes off, and the account says later what
//! happened.

mod channels;
mod checks;
mod comparison;
mod confirmation;
mod entries;
mod exchange_watch;
mod expected;
mod gate;
mod market;
mod noting;
mod pressing;
mod readiness;
mod setting;
mod show;
mod writer;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::account_events::{AccountEvent, AccountEvents};
use super::controls::Profile;
use super::loss_record::LossFolder;
use super::page::Pages;
use super::risk::RiskLimits;
use crate::base::clock::Clock;
use crate::base::runtime::Shutdown;
use crate::engine::venue::execution::{
    AccountSnapshot, Execution, ExecutionReport, OrderRequest, OrderStatus, Timing, VenueEvent,
};
use crate::feed::bridge::Halt;
use crate::live::orders::OrderLog;
use crate::live::switch::ArmSwitch;
use channels::{ClickOrder, ExecutorChannels, PageEvent};
pub use channels::{ExecutionMode, ExecutionTimeouts, ExecutorHandle, PageEvents, Scene};
use comparison::{Effect, Ordered};
use confirmation::ClickOutcome;
use entries::Entries;
use exchange_watch::ExchangeWatch;
use expected::Balance;
use gate::OpenGate;
use market::Slippage;
use noting::Noted;
pub use readiness::{PageSight, Readiness};

/// How often silence is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Executes orders by clicking in the page.
#[derive(Debug)]
pub struct ClickExecutor {
    pages: Pages,
    profile: Profile,
    switch: ArmSwitch,
    channels: ExecutorChannels,
    timeouts: ExecutionTimeouts,
    /// None where nothing is clicked.
    limits: Option<RiskLimits>,
    /// Where pictures of what would be clicked go.
    pictures: Option<PathBuf>,
    account_events: AccountEvents,
    scene: Option<Scene>,
    /// Where the losses of accounts are kept.
    losses: Option<LossFolder>,
    /// From the first snapshot of the account on.
    risk: Option<OpenGate>,
    /// What the exchange does, compared with what was ordered.
    watch: ExchangeWatch,
    /// By how much the price of a fill may differ from that of its tick.
    slippage: Slippage,
    clicked: Option<Instant>,
    /// What is kept and told of orders.
    orders: OrderLog,
    /// The order that is noted, from its acceptance to its outcome.
    noted: Option<Noted>,
    /// Whether stakes may be placed.
    entries: Entries,
    /// The last order was pressed, and nothing was heard of it: it may still come.
    is_unheard: bool,
    /// The page was surveyed since the last look began.
    is_surveyed: bool,
}

/// Why nothing was pressed.
type Doubt = String;

impl ClickExecutor {
    /// A click executor at rest in a page, what the world holds it by, and what tells it of the
    /// page. The clock stamps the snapshots of the account.
    #[must_use]
    pub fn new(
        pages: Pages,
        profile: Profile,
        mode: ExecutionMode,
        timeouts: ExecutionTimeouts,
        switch: ArmSwitch,
        clock: Clock,
    ) -> (Self, ExecutorHandle, PageEvents) {
        let (channels, readiness, executor, page_events) = channels::connect(switch.clone());
        let (limits, pictures) = match mode {
            ExecutionMode::Click(limits) => (Some(limits), None),
            ExecutionMode::Show(pictures) => (None, pictures),
        };
        let clicker = Self {
            pages,
            profile,
            switch,
            channels,
            timeouts,
            limits,
            pictures,
            account_events: AccountEvents::new(clock),
            scene: None,
            losses: None,
            risk: None,
            watch: ExchangeWatch::default(),
            slippage: Slippage::default(),
            clicked: None,
            orders: OrderLog::default(),
            noted: None,
            entries: Entries::new(readiness),
            is_unheard: false,
            is_surveyed: false,
        };
        (clicker, executor, page_events)
    }

    /// Keeps the losses of accounts in this folder.
    #[must_use]
    pub fn with_losses(mut self, losses: Option<LossFolder>) -> Self {
        self.losses = losses;
        self
    }

    /// The same, where the price of a fill may differ from that of its tick, and of the one after
    /// it, by this many basis points.
    #[must_use]
    pub fn with_slippage(mut self, basis_points: u32) -> Self {
        self.slippage = Slippage(basis_points);
        self
    }

    /// Works until it is time to stop.
    ///
    /// # Errors
    /// Never: whatever goes wrong is an answer.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), Halt> {
        let mut looks = tokio::time::interval(LOOK);
        let mut look = Box::pin(self.next_look());
        loop {
            tokio::select! {
                biased;
                () = shutdown.stopped() => {
                    self.close_gate().await;
                    return Ok(());
                }
                said = self.channels.said.recv() => match said {
                    Some(said) => {
                        self.hear(said);
                        // A disk that hangs does not hold up the end.
                        tokio::select! {
                            () = shutdown.stopped() => {}
                            () = self.open_gate() => {}
                        }
                    }
                    None => return Ok(()),
                },
                order = self.channels.orders.recv() => match order {
                    Some(order) => {
                        self.take(order).await;
                        self.lose_patience();
                        // What was seen before it is no longer so. An order that was refused without a
                        // survey puts off no look.
                        if std::mem::take(&mut self.is_surveyed) {
                            look = Box::pin(self.next_look());
                        }
                    }
                    None => return Ok(()),
                },
                _ = looks.tick() => {
                    self.listen_for_silence();
                    self.look_at_the_time();
                }
                seen = &mut look => {
                    self.looked(seen);
                    look = Box::pin(self.next_look());
                }
            }
        }
    }

    async fn take(&mut self, order: ClickOrder) {
        let id = order.request.id;
        let status = if self.limits.is_none() {
            let shown = self.show(&order).await;
            shown.map_or_else(OrderStatus::Rejected, |()| OrderStatus::Shown)
        } else {
            self.channels.play();
            self.is_unheard = false;
            self.note_sent(&order);
            let status = self.carry_out(order).await.unwrap_or_else(OrderStatus::Rejected);
            self.watch.end();
            self.settle(id, &status);
            self.note_finished(&order.request, &status);
            status
        };
        self.tell(VenueEvent::Report(ExecutionReport { id, status }));
    }

    fn tell(&self, event: VenueEvent) {
        // The receiver is gone only when the session is over.
        let _ = self.channels.events.send(event);
    }

    fn hear(&mut self, said: PageEvent) {
        match said {
            PageEvent::Scene(scene) => self.look(scene),
            PageEvent::Prices(news) => news.into_iter().for_each(|news| self.watch.price(news)),
            PageEvent::Lost => {
                // Where the game is on the next socket is another question.
                self.scene = None;
                self.account_events.forget();
                self.watch.lost();
            }
            PageEvent::Text { direction, text, arrived } => {
                let Some(event) = self.account_events.take(direction, &text, arrived) else {
                    return;
                };
                // Before anybody hears of the account: what is open in it is known by then.
                self.note_account(&event);
                match &event {
                    AccountEvent::Snapshot(account) => self.account_told(account),
                    // Until somebody was, they are waited for.
                    AccountEvent::Nobody(why) if self.risk.is_some() => self.switch.disarm(why),
                    AccountEvent::UnreadableAccount(why) if self.risk.is_some() => {
                        self.switch.disarm(why);
                    }
                    _ => {}
                }
                self.note_event(&event);
                let is_stated = matches!(event, AccountEvent::Snapshot(_));
                self.watch.take(event, self.account_events.me());
                if let Some(bet) = self.account_events.bet().filter(|_| is_stated) {
                    self.watch.state_bet(bet);
                }
            }
        }
        // Before the session is armed, its owner may trade.
        if let Some(alarm) = self.watch.alarm()
            && self.limits.is_some()
            && self.channels.is_playing()
        {
            self.switch.disarm(&alarm);
        }
    }

    /// Takes note of where the game is; a game that is over may end the session.
    fn look(&mut self, scene: Scene) {
        let before = self.scene.replace(scene);
        self.note_scene(&scene);
        self.watch.frame(scene.game, scene.phase);
        if self.limits.is_some() && !self.channels.is_playing() {
            // Until the session is armed, its owner may do anything with the account.
            self.watch.forgive();
        }
        let is_over = before.is_some_and(|before| before.game != scene.game);
        if scene.closed && before.is_some_and(|before| !before.closed) {
            self.switch.disarm("the feed can no longer be relied on");
        }
        if is_over {
            self.game_over();
        }
    }

    /// A socket that is up and says nothing of the game for too long needs a person.
    fn listen_for_silence(&self) {
        if let Some(scene) = self.scene {
            let silent = Clock::now().saturating_duration_since(scene.heard);
            if silent > self.timeouts.silence {
                let silent = silent.as_secs();
                self.switch.disarm(&format!("nothing was heard of the game for {silent} s"));
            }
        }
    }

    /// Takes every page event that has come until now.
    fn catch_up(&mut self) {
        while let Ok(said) = self.channels.said.try_recv() {
            self.hear(said);
        }
    }

    /// Carries an order out; a doubt before the click rejects it.
    async fn carry_out(&mut self, order: ClickOrder) -> Result<OrderStatus, Doubt> {
        let ClickOrder { request, decided, .. } = order;
        let since = |at: Instant| {
            u64::try_from(at.saturating_duration_since(decided).as_micros()).unwrap_or(u64::MAX)
        };
        let mut timing = Timing { begun_us: since(Clock::now()), ..Timing::default() };
        self.check(&order)?;
        self.reserve(&order)?;
        let aim = self.prepare(&order).await?;
        timing.set_us = Some(since(Clock::now()));
        let before = match self.last_steps(&order, &aim).await {
            Ok(before) => before,
            Err(doubt) => {
                self.release(&aim.page).await;
                return Err(doubt);
            }
        };
        self.begin(request, before);
        timing.clicked_us = Some(since(Clock::now()));
        self.note_click(request.id, timing, before);
        self.clicked = Some(Clock::now());
        self.press_once(&aim).await?;
        let verdict = self.wait().await;
        timing.confirmed_us = Some(since(Clock::now()));
        let action = request.action;
        Ok(match verdict {
            ClickOutcome::Done(Effect { fill, tick, price }) => {
                OrderStatus::Filled(Execution { fill, tick, price, timing })
            }
            ClickOutcome::Refused(why) => {
                self.is_unheard = !self.watch.is_answered();
                OrderStatus::Rejected(why)
            }
            ClickOutcome::Differs(difference) => {
                self.leave_open(format!("{action} was pressed; {difference}"))
            }
            ClickOutcome::Open => {
                self.leave_open(format!("{action} was pressed, and its outcome is unknown"))
            }
        })
    }

    /// From now on, what the site does is compared with this order.
    fn begin(&mut self, request: OrderRequest, before: AccountSnapshot) {
        let AccountSnapshot { cash, quantity, .. } = before;
        let before = self.watch.balance().unwrap_or(Balance { cash, quantity });
        let ordered = Ordered {
            request,
            player: self.account_events.me().unwrap_or_default().to_owned(),
            held: before.quantity,
            since: self.watch.tick(request.game),
            slippage: self.slippage,
        };
        self.watch.begin(ordered, before);
    }

    /// Leaves an order to a person.
    fn leave_open(&self, why: String) -> OrderStatus {
        self.switch.disarm(&why);
        OrderStatus::Unknown(why)
    }

    /// Listens until the outcome of a click is known, or patience is over.
    async fn wait(&mut self) -> ClickOutcome {
        let deadline = Clock::now() + self.timeouts.patience;
        loop {
            let verdict = self.watch.verdict(false);
            if verdict != ClickOutcome::Open {
                return verdict;
            }
            let left = deadline.saturating_duration_since(Clock::now());
            match timeout(left, self.channels.said.recv()).await {
                Ok(Some(said)) => self.hear(said),
                Ok(None) | Err(_) => return self.watch.verdict(true),
            }
        }
    }
}
