//! What is kept and told of the orders of a session: the one place where all of it comes together.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use serde::Serialize;
use tracing::error;

use super::earlier::{EarlierOrder, EarlierOrders};
use super::evidence::{Evidence, EvidencePlace};
use super::exposure::{Exposure, Market, OpenPosition};
use super::fact::{OrderFact, amounts};
use super::journal::{OrderJournal, Unwritten};
use super::line::Learned;
use super::notify::Notifier;
use crate::engine::venue::execution::{
    AccountSnapshot, Execution, OrderId, OrderRequest, OrderStatus,
};

/// How long the end of a session waits for the disk, and for the command that notifies.
const END: Duration = Duration::from_millis(500);

/// What is kept and told of the orders of a session. Its clones are the same log.
#[derive(Debug, Clone, Default)]
pub struct OrderLog(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bot: String,
    journal: Option<OrderJournal>,
    notifier: Option<Notifier>,
    evidence: Option<EvidencePlace>,
    events: (Sender<OrderEvent>, Receiver<OrderEvent>),
    exposure: Mutex<Exposure>,
    /// What earlier sessions left, until the account has settled it.
    earlier: Mutex<Option<EarlierOrders>>,
    /// The session ends: nothing more is staked.
    is_ending: AtomicBool,
    /// Lines that were not on the disk at the end.
    unwritten: AtomicU64,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            bot: String::new(),
            journal: None,
            notifier: None,
            evidence: None,
            events: unbounded(),
            exposure: Mutex::default(),
            earlier: Mutex::default(),
            is_ending: AtomicBool::default(),
            unwritten: AtomicU64::default(),
        }
    }
}

/// What is told of orders.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderEvent {
    /// What became of an order.
    Fact(OrderFact),
    /// What the account says of an order of an earlier session whose outcome was unknown.
    Settled(EarlierOrder),
}

/// How keeping and telling went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OrderCounts {
    /// Lines of the journal that are not on the disk.
    pub unwritten: u64,
    /// Facts that `notify.command` took.
    pub notices_sent: u64,
    /// Facts that it failed at, or took too long for.
    pub notices_failed: u64,
    /// Facts that were dropped, because too many waited.
    pub notices_dropped: u64,
}

impl OrderLog {
    /// The log of a bot's orders: into a journal, to a command, and with evidence of what failed,
    /// where there is a place for them.
    #[must_use]
    pub fn new(
        bot: String,
        journal: Option<(OrderJournal, EarlierOrders)>,
        notifier: Option<Notifier>,
        evidence: Option<EvidencePlace>,
    ) -> Self {
        let (journal, earlier) = journal.unzip();
        let earlier = Mutex::new(earlier);
        Self(Arc::new(Inner { bot, journal, notifier, evidence, earlier, ..Inner::default() }))
    }

    fn exposure(&self) -> MutexGuard<'_, Exposure> {
        self.0.exposure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, id: OrderId, learned: Learned) {
        if let Some(journal) = &self.0.journal {
            journal.note(id.get(), learned);
        }
    }

    /// Notes that an order is taken, and says when that is on the disk, or why it is not.
    pub fn sent(
        &self,
        request: &OrderRequest,
        before: Option<AccountSnapshot>,
        written: impl FnOnce(Result<(), Unwritten>) + Send + 'static,
    ) {
        self.exposure().send(request.id, request.action);
        match &self.0.journal {
            Some(journal) => {
                let sent = Learned::sent(&self.0.bot, request, before);
                journal.note_and_tell(request.id.get(), sent, written);
            }
            None => written(Ok(())),
        }
    }

    /// Notes what is learned of an order on its way.
    pub fn learned(&self, id: OrderId, learned: Learned) {
        self.note(id, learned);
    }

    /// Notes what the site says of the account. What earlier sessions left unknown is settled by
    /// the first one, and told.
    pub fn stated(&self, account: &AccountSnapshot) {
        self.exposure().state(account);
        let earlier = self.0.earlier.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Some(journal), Some(mut earlier)) = (&self.0.journal, earlier) else {
            return;
        };
        for (order, settlement) in earlier.settle(account) {
            let line = settlement.line(journal.session());
            journal.note_earlier(order.session, order.order, line);
            self.tell(OrderEvent::Settled(order));
        }
    }

    /// Notes and tells what became of an order.
    pub fn finished(&self, request: &OrderRequest, status: &OrderStatus) {
        self.exposure().finish(request.id, status);
        let learned = match status {
            OrderStatus::Filled(Execution { fill, tick, price, timing }) => {
                let (quantity, amount) = amounts(*fill);
                Learned::Filled {
                    quantity,
                    amount,
                    price: price.get(),
                    tick: *tick,
                    clicked_us: timing.clicked_us,
                    confirmed_us: timing.confirmed_us,
                }
            }
            OrderStatus::Rejected(why) => Learned::Refused { why: why.clone() },
            OrderStatus::Unknown(why) => Learned::Unknown { why: why.clone() },
            OrderStatus::Shown => return,
        };
        self.note(request.id, learned);
        if let Some(fact) = OrderFact::of(&self.0.bot, request, status) {
            self.notify("order", &fact);
            self.tell(OrderEvent::Fact(fact));
        }
    }

    /// Where evidence of an order goes that was refused or is unknown; `None` where none is kept.
    #[must_use]
    pub fn evidence(&self, id: OrderId) -> Option<Evidence> {
        self.0.evidence.as_ref()?.of(id.get())
    }

    /// Tells a fact to the command that notifies.
    pub fn notify(&self, event: &'static str, fact: &impl Serialize) {
        #[derive(Serialize)]
        struct Notice<'a, T> {
            event: &'static str,
            #[serde(flatten)]
            fact: &'a T,
        }
        if let Some(notifier) = &self.0.notifier {
            notifier.tell(&Notice { event, fact });
        }
    }

    fn tell(&self, event: OrderEvent) {
        // The receiver lives as long as we do.
        let _ = self.0.events.0.send(event);
    }

    /// What was told of orders and was not taken from here yet.
    pub fn events(&self) -> impl Iterator<Item = OrderEvent> + '_ {
        self.0.events.1.try_iter()
    }

    /// Notes where the game is.
    pub fn look(&self, market: Market) {
        self.exposure().look(market);
    }

    /// Where the game is, as it was last seen.
    #[must_use]
    pub fn market(&self) -> Option<Market> {
        self.exposure().market()
    }

    /// What is open now.
    #[must_use]
    pub fn open(&self) -> OpenPosition {
        self.exposure().open()
    }

    /// Whether an order is on its way.
    #[must_use]
    pub fn is_underway(&self) -> bool {
        self.exposure().is_underway()
    }

    /// From now on nothing more is staked: what is not pressed yet is refused, but for sales.
    pub fn end_stakes(&self) {
        self.0.is_ending.store(true, Ordering::SeqCst);
    }

    /// Whether nothing more is staked, because the session ends.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.0.is_ending.load(Ordering::SeqCst)
    }

    /// Whether an earlier session left anything to settle.
    #[must_use]
    pub fn has_unsettled(&self) -> bool {
        let earlier = self.0.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        earlier.as_ref().is_some_and(|earlier| earlier.counts()[2] > 0)
    }

    /// How keeping and telling went so far.
    #[must_use]
    pub fn counts(&self) -> OrderCounts {
        let notices = self.0.notifier.as_ref().map(|notifier| notifier.notices().read());
        let [notices_sent, notices_failed, notices_dropped] = notices.unwrap_or_default();
        let unwritten = self.0.unwritten.load(Ordering::Relaxed);
        OrderCounts { unwritten, notices_sent, notices_failed, notices_dropped }
    }

    /// Waits for the disk and for the command that notifies, a bounded time each; how it went.
    #[must_use]
    pub fn close(&self) -> OrderCounts {
        if let Some(journal) = &self.0.journal {
            let unwritten = journal.flush(END);
            if unwritten != Some(0) {
                let lines = unwritten.map_or_else(|| "some".to_owned(), |lines| lines.to_string());
                error!("{lines} lines on orders are not on the disk");
            }
            // Where the disk hangs, at least what it hangs at.
            self.0.unwritten.store(unwritten.unwrap_or(1), Ordering::Relaxed);
        }
        if let Some(notifier) = &self.0.notifier {
            notifier.flush(END);
        }
        self.counts()
    }
}
