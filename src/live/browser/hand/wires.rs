//! What a hand is connected with: orders and texts of the page in, reports out.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::base::clock::Clock;
use crate::engine::venue::execution::{OrderRequest, VenueEvent};
use crate::feed::capture::Direction;
use crate::live::browser::guard::Limits;
use crate::live::browser::switch::Switch;
use crate::model::ids::GameId;
use crate::model::quote::Phase;

/// Orders that may wait for the hand: a bot has one on its way at a time.
const ORDERS: usize = 16;
/// What the hand may still have to hear; one more disarms.
const WORDS: usize = 4_096;

/// What is done with a button.
#[derive(Debug, Clone, PartialEq)]
pub enum Touch {
    /// It is clicked, within these limits.
    Click(Limits),
    /// It is framed, and nothing is ever clicked; the first pictures of that go into a folder.
    Show(Option<PathBuf>),
}

/// How the hand works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
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
}

impl Default for Manner {
    fn default() -> Self {
        let [patience, freshness, silence] = [3, 2, 10].map(Duration::from_secs);
        Self { patience, freshness, silence, spacing: Duration::ZERO }
    }
}

/// What the hand is told of the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// A text of the game's socket.
    Text {
        /// Whether the page received it or sent it.
        direction: Direction,
        /// The text.
        text: String,
        /// When it was heard.
        arrived: Instant,
    },
    /// Where the game is.
    Scene(Scene),
    /// The socket is gone.
    Lost,
}

/// Where the game is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// The game that is on.
    pub game: Option<GameId>,
    /// Its phase.
    pub phase: Phase,
    /// True while nothing may be decided.
    pub closed: bool,
    /// When that was heard.
    pub heard: Instant,
}

/// An order as the hand carries it out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) request: OrderRequest,
    /// When it was decided, to measure from.
    pub(super) decided: Instant,
    /// The button must be pressed before, or not at all.
    pub(super) deadline: Instant,
}

/// The hand's own ends.
#[derive(Debug)]
pub(super) struct Wires {
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) said: mpsc::Receiver<Said>,
    pub(super) events: Sender<VenueEvent>,
}

/// What the world holds the hand by.
#[derive(Debug)]
pub struct Reins {
    orders: mpsc::Sender<Order>,
    events: Receiver<VenueEvent>,
}

impl Reins {
    /// Gives the hand an order that is decided now and may be clicked within a time; false when the
    /// hand does not take it.
    #[must_use]
    pub fn send(&self, request: OrderRequest, within: Duration) -> bool {
        let decided = Clock::now();
        let order = Order { request, decided, deadline: decided + within };
        self.orders.try_send(order).is_ok()
    }

    /// What the hand reported, oldest first; does not wait.
    #[must_use]
    pub fn receive(&self) -> Option<VenueEvent> {
        self.events.try_recv().ok()
    }

    /// What the hand reports next, if it comes within the limit.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Option<VenueEvent> {
        self.events.recv_timeout(limit).ok()
    }
}

/// What tells the hand of the page.
#[derive(Debug, Clone)]
pub struct Whisper {
    said: mpsc::Sender<Said>,
    switch: Switch,
}

impl Whisper {
    /// Tells it where the game is.
    pub fn scene(&self, scene: Scene) {
        self.tell(Said::Scene(scene));
    }

    /// Tells it that the socket of the game is gone.
    pub fn lost(&self) {
        self.tell(Said::Lost);
    }

    /// Tells it a text of the game's socket, and when that arrived.
    pub(in crate::live::browser) fn text(
        &self,
        direction: Direction,
        text: &str,
        arrived: Instant,
    ) {
        self.tell(Said::Text { direction, text: text.to_owned(), arrived });
    }

    /// What is not taken any more disarms: the hand would click without knowing. A hand that is gone
    /// clicks nothing.
    fn tell(&self, said: Said) {
        if let Err(TrySendError::Full(_)) = self.said.try_send(said) {
            self.switch.disarm("what is heard of the page is not taken any more");
        }
    }
}

/// Connects a hand.
pub(super) fn connect(switch: Switch) -> (Wires, Reins, Whisper) {
    let (orders, to_do) = mpsc::channel(ORDERS);
    let (whispers, said) = mpsc::channel(WORDS);
    // Never more than there were orders and snapshots, and the world takes them every tick.
    let (reports, events) = unbounded();
    let wires = Wires { orders: to_do, said, events: reports };
    (wires, Reins { orders, events }, Whisper { said: whispers, switch })
}
