//! What a click executor is connected with: orders and texts of the page in, reports out.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use tokio::sync::mpsc::{self, error::TrySendError};

use super::market::PriceNews;
use super::readiness::{self, Readiness, ReadinessSource, ReadinessView};
use crate::base::clock::Clock;
use crate::engine::strategy::OrderKinds;
use crate::engine::venue::execution::{OrderRequest, VenueEvent};
use crate::feed::capture::Direction;
use crate::feed::fact::Fact;
use crate::live::browser::control_needs::EntryChange;
use crate::live::browser::risk::RiskLimits;
use crate::live::orders::Frames;
use crate::live::switch::ArmSwitch;
use crate::model::ids::GameId;
use crate::model::quote::Phase;

/// Orders that may wait for the click executor: a bot has one on its way at a time.
const ORDERS: usize = 16;
/// Page events that may wait for the click executor; one more disarms.
const PAGE_EVENTS_MAX: usize = 4_096;

/// What is done with a button.
#[derive(Debug, Clone, PartialEq)]
pub enum ExecutionMode {
    /// It is clicked, within these limits.
    Click(RiskLimits),
    /// It is framed, and nothing is ever clicked; the first pictures of that go into a folder.
    Show(Option<PathBuf>),
}

/// How long the click executor waits, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExecutionTimeouts {
    /// Longest time to wait for the site to confirm a click: 3 s; an acknowledgement took 0.2 s
    /// (docs/spec/protocol.md#orders).
    pub patience: Duration,
    /// Oldest frame of the game on which something is clicked: 2 s
    /// (docs/spec/original.md#feed-quality).
    pub freshness: Duration,
    /// Silence of the game behind which a person must look: 10 s.
    pub silence: Duration,
    /// Shortest time between two clicks.
    pub spacing: Duration,
    /// Longest time until somebody is logged in in the page, before the session is armed: 60 s.
    pub login: Duration,
    /// Longest time without a control that is needed: until the session is armed, and from when it is
    /// lost until that disarms: 10 s.
    pub control_patience: Duration,
    /// Time between two looks at the controls while they are as they must be: 2 s.
    pub control_look: Duration,
}

impl Default for ExecutionTimeouts {
    fn default() -> Self {
        let [patience, freshness, silence] = [3, 2, 10].map(Duration::from_secs);
        let [login, control_patience, control_look] = [60, 10, 2].map(Duration::from_secs);
        let spacing = Duration::ZERO;
        Self { patience, freshness, silence, spacing, login, control_patience, control_look }
    }
}

/// An event of the page, as the click executor hears it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PageEvent {
    /// A text of the game's socket.
    Text {
        /// Whether the page received it or sent it.
        direction: Direction,
        /// The text, a packet of Socket.IO.
        text: String,
        /// When it was heard.
        arrived: Instant,
    },
    /// Where the game is.
    Scene(Scene),
    /// What the game's prices are, oldest first.
    Prices(Vec<PriceNews>),
    /// The socket is gone.
    Lost,
}

/// Where the game is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// The game that is on.
    pub game: Option<GameId>,
    /// The phase of that game.
    pub phase: Phase,
    /// True while nothing may be decided.
    pub closed: bool,
    /// When that was heard.
    pub heard: Instant,
}

/// An order as the click executor carries it out.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClickOrder {
    pub(super) request: OrderRequest,
    /// When it was decided, to measure from.
    pub(super) decided: Instant,
    /// The button must be pressed before, or not at all.
    pub(super) deadline: Instant,
}

/// The click executor's ends of its channels.
#[derive(Debug)]
pub(super) struct ExecutorChannels {
    pub(super) orders: mpsc::Receiver<ClickOrder>,
    pub(super) said: mpsc::Receiver<PageEvent>,
    pub(super) events: Sender<VenueEvent>,
    /// The last frames of the game's socket, as evidence.
    pub(super) frames: Frames,
    /// Set once the session is armed, or has ordered something.
    playing: Arc<AtomicBool>,
}

impl ExecutorChannels {
    /// From now on the page is traded in: what it opens over itself is in the way, and a trade that was
    /// not ordered is no longer its owner's.
    pub(super) fn play(&self) {
        self.playing.store(true, Ordering::Relaxed);
    }

    /// Whether the page is traded in.
    pub(super) fn is_playing(&self) -> bool {
        self.playing.load(Ordering::Relaxed)
    }
}

/// The world's end: sends order requests and receives execution reports.
#[derive(Debug)]
pub struct ExecutorHandle {
    orders: mpsc::Sender<ClickOrder>,
    events: Receiver<VenueEvent>,
    readiness: ReadinessView,
    playing: Arc<AtomicBool>,
}

impl ExecutorHandle {
    /// Gives the click executor an order that is decided now and may be clicked within a time;
    /// false when the executor does not take it.
    #[must_use]
    pub fn send(&self, request: OrderRequest, within: Duration) -> bool {
        let decided = Clock::now();
        let order = ClickOrder { request, decided, deadline: decided + within };
        self.orders.try_send(order).is_ok()
    }

    /// The oldest report, if any; does not wait.
    #[must_use]
    pub fn receive(&self) -> Option<VenueEvent> {
        self.events.try_recv().ok()
    }

    /// Says which kinds of orders there will be: what they need is looked for.
    pub fn expect(&self, kinds: OrderKinds) {
        self.readiness.kinds.send_replace(kinds);
    }

    /// Whether an order waits to be taken.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        self.orders.capacity() < self.orders.max_capacity()
    }

    /// The session is armed: from now on the page is traded in.
    pub fn begin(&self) {
        self.playing.store(true, Ordering::Relaxed);
    }

    /// What is known of the page and its account.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.known.borrow().clone()
    }

    /// The changes of whether stakes may be placed that were not fetched yet, oldest first.
    pub fn entry_changes(&self) -> impl Iterator<Item = EntryChange> {
        self.readiness.changes.try_iter()
    }

    /// What the click executor reports next, if it comes within the limit.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Option<VenueEvent> {
        self.events.recv_timeout(limit).ok()
    }
}

/// The page's end: sends page events.
#[derive(Debug, Clone)]
pub struct PageEvents {
    said: mpsc::Sender<PageEvent>,
    switch: ArmSwitch,
    frames: Frames,
    playing: Arc<AtomicBool>,
}

impl PageEvents {
    /// Whether the page is traded in now: before somebody is logged in, a login may open a window.
    pub(in crate::live::browser) fn is_playing(&self) -> bool {
        self.playing.load(Ordering::Relaxed) && self.switch.is_on()
    }

    /// Forbids any further click.
    pub(in crate::live::browser) fn disarm(&self, why: &str) {
        self.switch.disarm(why);
    }

    /// Sends where the game is.
    pub fn scene(&self, scene: Scene) {
        self.tell(PageEvent::Scene(scene));
    }

    /// Sends what facts of the game say of prices; before where the game is.
    pub fn prices(&self, facts: &[Fact]) {
        // As one: who comes in the middle of a game hears all of its prices at once.
        let news: Vec<_> = facts.iter().filter_map(PriceNews::of).collect();
        if !news.is_empty() {
            self.tell(PageEvent::Prices(news));
        }
    }

    /// Sends that the socket of the game is gone.
    pub fn lost(&self) {
        self.tell(PageEvent::Lost);
    }

    /// Sends a text of the game's socket, and when that arrived.
    pub(in crate::live::browser) fn text(
        &self,
        direction: Direction,
        text: &str,
        arrived: Instant,
    ) {
        self.tell(PageEvent::Text { direction, text: text.to_owned(), arrived });
    }

    /// Keeps a frame of the game's socket as evidence, whatever it is about.
    pub(in crate::live::browser) fn keep(&self, direction: Direction, text: &str) {
        self.frames.take(direction, text);
    }

    /// Sends an event. A full channel disarms: the click executor would click without knowing. A
    /// click executor that is gone clicks nothing.
    fn tell(&self, said: PageEvent) {
        if let Err(TrySendError::Full(_)) = self.said.try_send(said) {
            self.switch.disarm("the click executor no longer takes events of the page");
        }
    }
}

/// Makes the channels of a click executor.
pub(super) fn connect(
    switch: ArmSwitch,
) -> (ExecutorChannels, ReadinessSource, ExecutorHandle, PageEvents) {
    let (orders, to_do) = mpsc::channel(ORDERS);
    let (page_events, said) = mpsc::channel(PAGE_EVENTS_MAX);
    // Never more than there were orders and snapshots, and the world takes them every tick.
    let (reports, events) = unbounded();
    let (frames, playing) = (Frames::default(), Arc::<AtomicBool>::default());
    let heard = PageEvents {
        said: page_events,
        switch,
        frames: frames.clone(),
        playing: Arc::clone(&playing),
    };
    let playing_too = Arc::clone(&playing);
    let channels =
        ExecutorChannels { orders: to_do, said, events: reports, frames, playing: playing_too };
    let (source, readiness) = readiness::connect();
    let handle = ExecutorHandle { orders, events, readiness, playing };
    (channels, source, handle, heard)
}
