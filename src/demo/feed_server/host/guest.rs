//! A client of the show, and the queue of what it has not been sent yet.

use std::sync::Arc;

use serde_json::value::RawValue;
use socketioxide::SendError;
use socketioxide::socket::{Sid, Socket};

use super::event_text;
use super::line::ConnectionState;
use crate::demo::feed_server::script::CueFrame;
use crate::demo::feed_server::site::SiteClient;

/// A client that is connected.
#[derive(Debug)]
pub(super) struct Guest {
    /// What the site calls it.
    pub(super) client: SiteClient,
    socket: Arc<Socket>,
    /// Its WebSocket; `None` while it polls.
    line: Option<Arc<ConnectionState>>,
    /// Events sent on that line.
    sent: u64,
}

/// What became of a frame that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// It is on its way.
    Taken,
    /// The client takes too long: there is no room.
    Full,
    /// The client is gone.
    Gone,
}

impl Guest {
    /// A client that has just connected, by the line that its request came on.
    pub(super) fn new(client: SiteClient, socket: Arc<Socket>) -> Self {
        let is_websocket = socket.transport_type() == socketioxide::TransportType::Websocket;
        let line = socket.req_parts().extensions.get::<Arc<ConnectionState>>();
        let line = line.filter(|_| is_websocket).cloned();
        Self { client, socket, line, sent: 0 }
    }

    pub(super) fn is(&self, id: Sid) -> bool {
        self.socket.id == id
    }

    /// Goes on over a WebSocket, having begun by polling.
    pub(super) fn move_to(&mut self, line: Arc<ConnectionState>) {
        (self.line, self.sent) = (Some(line), 0);
    }

    /// True while nobody can say how much of what was sent has left.
    pub(super) const fn polls(&self) -> bool {
        self.line.is_none()
    }

    /// Events that wait to be written.
    pub(super) fn pending(&self) -> u64 {
        self.line.as_ref().map_or(0, |line| self.sent.saturating_sub(line.events()))
    }

    /// Waits until fewer events than this are pending.
    pub(super) async fn room(&self, pending_max: u64) {
        if let Some(line) = &self.line {
            line.room(self.sent, pending_max).await;
        }
    }

    /// Sends a frame if fewer than this many are pending.
    pub(super) fn offer(&mut self, frame: &CueFrame, pending_max: u64) -> Offer {
        if self.pending() >= pending_max {
            return Offer::Full;
        }
        // As a tuple, because only its fields are arguments of their own.
        let sent = match &frame.trace {
            Some(trace) => self.socket.emit(frame.event, &(trace, &frame.payload)),
            None => self.socket.emit(frame.event, &(&frame.payload,)),
        };
        match sent {
            Ok(()) => {
                self.sent += 1;
                Offer::Taken
            }
            Err(SendError::Socket(socketioxide::SocketError::InternalChannelFull)) => Offer::Full,
            Err(_) => Offer::Gone,
        }
    }

    /// Acknowledges an event. Acknowledgements are few, and not counted as pending.
    pub(super) fn answer(&self, id: u64, payload: &RawValue) {
        // Who is gone is told nothing.
        let _ = event_text::answer(&self.socket, id, payload);
    }

    /// The line to cut, to silence or to say nonsense on.
    pub(super) fn line(&self) -> Option<&ConnectionState> {
        self.line.as_deref()
    }

    /// Ends the connection, with whatever is still pending.
    pub(super) fn kick(self) {
        match &self.line {
            Some(line) => line.kill(),
            // Nothing else can be done with a client that polls and whose queue is full.
            None => drop(self.socket.disconnect()),
        }
    }
}
