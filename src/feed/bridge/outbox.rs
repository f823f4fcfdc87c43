//! What we send: events, and the answers to those that request one.

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

/// Most events that may wait to be sent; further ones are rejected.
const WAITING_MAX: usize = 64;

/// Most outstanding answers; the oldest is dropped for a new one.
const ASKED_MAX: usize = 1_024;

/// Sends events, from any thread or task.
#[derive(Debug, Clone)]
pub struct Emitter {
    sender: mpsc::Sender<OutgoingEvent>,
    online: Arc<AtomicBool>,
}

/// An answer to wait for.
#[derive(Debug)]
pub struct Reply(oneshot::Receiver<Vec<Box<RawValue>>>);

/// Why an event was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmitError {
    /// There is no connection. The event would be outdated by the time there is one.
    #[error("there is no connection")]
    Offline,
    /// Too many events are waiting already.
    #[error("{WAITING_MAX} events are already waiting to be sent")]
    Full,
    /// The client has ended.
    #[error("the client has ended")]
    Ended,
}

/// Why there is no answer. Whether the server received the event is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// No answer within the given time.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// The connection was lost, or the client ended.
    #[error("the connection was lost before there was an answer")]
    Lost,
}

impl Emitter {
    /// Sends an event without waiting.
    ///
    /// # Errors
    /// When it cannot be sent now; it is not kept for later.
    pub fn emit(&self, name: &str, args: Vec<Box<RawValue>>) -> Result<(), EmitError> {
        self.send(OutgoingEvent { name: name.to_owned(), args, reply: None })
    }

    /// Sends an event that requests an answer.
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
    /// Waits for the answer and returns the arguments of the acknowledgement.
    ///
    /// # Errors
    /// When it does not arrive in time, or no longer can.
    pub async fn within(self, patience: Duration) -> Result<Vec<Box<RawValue>>, ReplyError> {
        match timeout(patience, self.0).await {
            Ok(Ok(args)) => Ok(args),
            Ok(Err(_)) => Err(ReplyError::Lost),
            Err(_) => Err(ReplyError::Late(patience)),
        }
    }
}

/// An event that waits to be sent.
#[derive(Debug)]
pub(super) struct OutgoingEvent {
    name: String,
    args: Vec<Box<RawValue>>,
    reply: Option<oneshot::Sender<Vec<Box<RawValue>>>>,
}

/// The client's end: events to send, and pending answers.
#[derive(Debug)]
pub(super) struct Outbox {
    requests: mpsc::Receiver<OutgoingEvent>,
    online: Arc<AtomicBool>,
    /// By number, so that the oldest is the first.
    asked: BTreeMap<u64, oneshot::Sender<Vec<Box<RawValue>>>>,
    /// Never reused, not even on another connection: a late answer must not be taken for another
    /// one.
    next_id: u64,
}

/// Creates an emitter and the client's end.
pub(super) fn outbox() -> (Emitter, Outbox) {
    let (sender, requests) = mpsc::channel(WAITING_MAX);
    let online = Arc::new(AtomicBool::new(false));
    let outbox =
        Outbox { requests, online: Arc::clone(&online), asked: BTreeMap::new(), next_id: 0 };
    (Emitter { sender, online }, outbox)
}

impl Outbox {
    /// Accepts events from now on.
    pub(super) fn open(&mut self) {
        // An event may have been queued while the last connection was being closed.
        while self.requests.try_recv().is_ok() {}
        self.online.store(true, Ordering::Release);
    }

    /// Rejects events from now on. Drops waiting events and fails pending answers.
    pub(super) fn shut(&mut self) {
        self.online.store(false, Ordering::Release);
        while self.requests.try_recv().is_ok() {}
        self.asked.clear();
    }

    /// The next event, as a frame. Waits for ever once all emitters are gone. Cancel safe.
    pub(super) async fn next(&mut self, namespace: &str) -> String {
        let Some(request) = self.requests.recv().await else { return std::future::pending().await };
        let id = request.reply.map(|reply| self.note(reply));
        let args = request.args.iter().map(|arg| &**arg).collect();
        Packet::Event(Event { namespace, id, name: request.name.into(), args }).to_string()
    }

    /// Passes an answer to the task that waits for it.
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
