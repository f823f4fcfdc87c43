//! What happens to a session beside its games, and the trait of its observers.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::base::error::Error;
use crate::engine::collector::Collector;
use crate::feed::fairness::FairnessCheck;
use crate::feed::integrity::LevelChange;
use crate::live::orders::{EarlierOrder, OpenPosition, OrderEvent, OrderFact};

/// What happens to a session beside its games.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SessionEvent {
    /// The feed is connected.
    Connected {
        /// The attempts that it took, from 1.
        attempt: u32,
    },
    /// The connection was lost, or could not be made.
    Lost {
        /// Why the connection was lost or not made.
        why: String,
        /// Wait until the next attempt.
        #[serde(serialize_with = "seconds")]
        retry_in: Duration,
    },
    /// The browser, or the page in it, is at something else.
    Browser {
        /// The state and its reason, in words.
        state: String,
        /// True while the page can be used.
        ready: bool,
    },
    /// The page is there, and has no socket of the game.
    NoSocket,
    /// The session was disarmed: nothing more is clicked. It takes a person to arm again.
    Disarmed {
        /// Why the session was disarmed.
        why: String,
    },
    /// The session was disarmed and goes on, on paper: no order leaves this machine.
    OnPaper,
    /// Something became of an order: it was filled, refused, or nobody knows.
    Order(Box<OrderFact>),
    /// The account says what became of an order of an earlier session.
    Settled(Box<EarlierOrder>),
    /// What is open: at the end of an armed session, when it is disarmed, and when its browser is
    /// lost.
    Open(Box<OpenPosition>),
    /// A control that is needed was lost, or something is switched on in the account: no more stakes are
    /// placed, sales go on.
    EntriesStopped {
        /// What stands against entries.
        why: String,
    },
    /// Everything is as it must be again: stakes are placed.
    EntriesResumed,
    /// What is to be kept cannot be written, or can be again. Meanwhile it is kept in memory or
    /// counted as lost, and an armed session makes no entries.
    Disk {
        /// Why the disk fails; `None` where it works again.
        failing: Option<String>,
    },
    /// How far the feed can be relied on has changed.
    Level(LevelChange),
    /// A seed was revealed and its game judged.
    Fairness(Box<FairnessCheck>),
}

impl From<OrderEvent> for SessionEvent {
    fn from(event: OrderEvent) -> Self {
        match event {
            OrderEvent::Fact(fact) => Self::Order(Box::new(fact)),
            OrderEvent::Settled(order) => Self::Settled(Box::new(order)),
        }
    }
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// Takes the games and the events of a session.
pub trait SessionObserver: Collector {
    /// Takes note of something.
    ///
    /// # Errors
    /// When it cannot; the session then ends.
    fn happened(&mut self, event: &SessionEvent) -> Result<(), Error>;

    /// The games of the earlier session were all collected: what comes now is new.
    ///
    /// # Errors
    /// When it cannot go on from there; the session then ends.
    fn caught_up(&mut self) -> Result<(), Error> {
        Ok(())
    }
}
