//! What we say ourselves: events, and the answers to those that want one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::value::RawValue;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::counters::ConnectionCounters;
use crate::feed::socketio::{Ack, Event, Packet};

/// Events that may wait to be sent; one more is refused.
const WAITING_MAX: usize = 64;

/// Answers that may be outstanding; the one that waits longest is given up for one more.
const ASKED_MAX: usize = 1_024;

/// Says events, from any thread or task.
#[derive(Debug, Clone)]
pub struct Emitter {
    sender: mpsc::Sender<OutgoingEvent>,
    online: Arc<AtomicBool>,
}

/// An answer that is awaited.
#[derive(Debug)]
pub struct Reply(oneshot::Receiver<Vec<Box<RawValue>>>);

/// Why an event was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmitError {
    /// There is no connection: what is said now would be old news when there is one.
    #[error("there is no connection")]
    Offline,
    /// Too many wait already.
    #[error("{WAITING_MAX} events wait to be sent")]
    Full,
    /// The client has ended.
    #[error("the client has ended")]
    Ended,
}

/// Why there is no answer. Whether the server heard the question is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// Not in time.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// The connection was lost, or the client ended.
    #[error("the connection was lost before there was an answer")]
    Lost,
}

impl Emitter {
    /// Says an event, without waiting.
    ///
    /// # Errors
    /// When it cannot be said now; it is not kept for later.
    pub fn emit(&self, name: &str, args: Vec<Box<RawValue>>) -> Result<(), EmitError> {
        self.send(OutgoingEvent { name: name.to_owned(), args, reply: None })
    }

    /// Says an event that wants an answer.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn ask(&self, name: &str, args: Vec<Box<RawValue>>) -> Result<Reply, EmitError> {
        let (sender, receiver) = oneshot::channel();
        self.send(OutgoingEvent { name: name.to_owned(), args, reply: Some(sender) })?;
        Ok(Reply(receiver))
    }

    fn send(&self, request: OutgoingEvent) -> Result<(), EmitError> {
        if !self.online.load(Ordering::Acquire) {
            return Err(if self.sender.is_closed() {
                EmitError::Ended
            } else {
                EmitError::Offline
            });
        }
        self.sender.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => EmitError::Full,
            mpsc::error::TrySendError::Closed(_) => EmitError::Ended,
        })
    }
}

impl Reply {
    /// Waits for the answer: the arguments of the acknowledgement.
    ///
    /// # Errors
    /// When it does not come in time, or cannot come any more.
    pub async fn within(self, patience: Duration) -> Result<Vec<Box<RawValue>>, ReplyError> {
        match timeout(patience, self.0).await {
            Ok(Ok(args)) => Ok(args),
            Ok(Err(_)) => Err(ReplyError::Lost),
            Err(_) => Err(ReplyError::Late(patience)),
        }
    }
}

/// An event that somebody wants to be said.
#[derive(Debug)]
pub(super) struct OutgoingEvent {
    name: String,
    args: Vec<Box<RawValue>>,
    reply: Option<oneshot::Sender<Vec<Box<RawValue>>>>,
}

/// The client's end: events to be sent, and questions without an answer yet.
#[derive(Debug)]
pub(super) struct Outbox {
    requests: mpsc::Receiver<OutgoingEvent>,
    online: Arc<AtomicBool>,
    /// By their number, so the oldest is the first.
    asked: BTreeMap<u64, oneshot::Sender<Vec<Box<RawValue>>>>,
    /// Never used twice, not even on another connection: an answer that is late must not be taken
    /// for another one.
    next_id: u64,
}

/// An emitter and its client's end.
pub(super) fn outbox() -> (Emitter, Outbox) {
    let (sender, requests) = mpsc::channel(WAITING_MAX);
    let online = Arc::new(AtomicBool::new(false));
    let outbox =
        Outbox { requests, online: Arc::clone(&online), asked: BTreeMap::new(), next_id: 0 };
    (Emitter { sender, online }, outbox)
}

impl Outbox {
    /// Takes events from now on.
    pub(super) fn open(&mut self) {
        // Whoever looked just before the last connection was shut may have been late with it.
        while self.requests.try_recv().is_ok() {}
        self.online.store(true, Ordering::Release);
    }

    /// Takes none from now on. What waits is dropped, and who waits for an answer is told.
    pub(super) fn shut(&mut self) {
        self.online.store(false, Ordering::Release);
        while self.requests.try_recv().is_ok() {}
        self.asked.clear();
    }

    /// The next event, as a frame. Waits for ever when nobody is left to have one. Cancel safe.
    pub(super) async fn next(&mut self, namespace: &str) -> String {
        let Some(request) = self.requests.recv().await else { return std::future::pending().await };
        let id = request.reply.map(|reply| self.note(reply));
        let args = request.args.iter().map(|arg| &**arg).collect();
        Packet::Event(Event { namespace, id, name: request.name.into(), args }).to_string()
    }

    /// Gives an answer to whoever waits for it.
    pub(super) fn answered(&mut self, ack: &Ack<'_>, counters: &ConnectionCounters) {
        let args = ack.args.iter().map(|&arg| arg.to_owned()).collect();
        let taken = self.asked.remove(&ack.id).map(|reply| reply.send(args));
        if !matches!(taken, Some(Ok(()))) {
            counters.unasked.one();
        }
    }

    fn note(&mut self, reply: oneshot::Sender<Vec<Box<RawValue>>>) -> u64 {
        if self.asked.len() >= ASKED_MAX {
            self.asked.retain(|_, reply| !reply.is_closed());
        }
        if self.asked.len() >= ASKED_MAX {
            self.asked.pop_first();
        }
        let id = self.next_id;
        self.next_id += 1;
        self.asked.insert(id, reply);
        id
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.shut();
    }
}
