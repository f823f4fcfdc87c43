//! A WebSocket that is read and written at the same time, by one task.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::auth::Auth;
use super::counters::ConnectionCounters;
use super::incoming::Why;

/// Bytes that may wait to be sent. All that we send are pongs, acknowledgements and small events;
/// a server that lets a megabyte of them wait does not read.
const UNSENT_BYTES_MAX: usize = 1 << 20;

/// What carries messages both ways: a WebSocket, or a stand-in for one.
pub(super) trait Transport:
    Stream<Item = Result<Message, WsError>> + Sink<Message, Error = WsError> + Unpin
{
}

impl<T> Transport for T where
    T: Stream<Item = Result<Message, WsError>> + Sink<Message, Error = WsError> + Unpin
{
}

/// A transport with a queue of what is to be sent.
#[derive(Debug)]
pub(super) struct SocketLink<T> {
    transport: T,
    /// What nothing that comes may show.
    auth: Option<Auth>,
    /// Not taken by the transport yet.
    unsent: VecDeque<Utf8Bytes>,
    unsent_bytes: usize,
    /// The transport holds something that is not on its way yet.
    unflushed: bool,
    /// Writing failed. What the server sent before is read all the same.
    broken: Option<WsError>,
}

impl<T: Transport> SocketLink<T> {
    pub(super) const fn new(transport: T, auth: Option<Auth>) -> Self {
        let unsent = VecDeque::new();
        Self { transport, auth, unsent, unsent_bytes: 0, unflushed: false, broken: None }
    }

    /// Queues a frame; it is sent while [`next`](Self::next) waits.
    pub(super) fn put(&mut self, text: String) -> Result<(), Why> {
        self.unsent_bytes += text.len();
        if self.unsent_bytes > UNSENT_BYTES_MAX {
            return Err(Why::Congested(self.unsent_bytes));
        }
        self.unsent.push_back(text.into());
        Ok(())
    }

    /// Whether everything is on its way.
    pub(super) fn is_idle(&self) -> bool {
        self.unsent.is_empty() && !self.unflushed
    }

    /// The next text frame, while what is queued is being sent; or none for a binary frame, and
    /// when the last of the queue is on its way, so that the caller may queue more. Cancel safe.
    pub(super) async fn next(
        &mut self,
        counters: &ConnectionCounters,
    ) -> Result<Option<Utf8Bytes>, Why> {
        loop {
            let Some(message) = poll_fn(|context| self.poll(context)).await? else {
                return Ok(None);
            };
            match message {
                Message::Text(text) => {
                    counters.frames.one();
                    counters.bytes.add(text.len());
                    return Ok(Some(match self.censor(&text) {
                        Cow::Borrowed(_) => text,
                        Cow::Owned(censored) => censored.into(),
                    }));
                }
                Message::Binary(bytes) => {
                    counters.attachments.one();
                    counters.bytes.add(bytes.len());
                    return Ok(None);
                }
                Message::Close(Some(frame)) => {
                    let reason = self.censor(&frame.reason);
                    return Err(Why::Closed(format!(": code {}, {reason:?}", frame.code)));
                }
                Message::Close(None) => return Err(Why::Closed(String::new())),
                // The transport answers its own pings.
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    fn censor<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.auth.as_ref().map_or(Cow::Borrowed(text), |auth| auth.censor(text))
    }

    /// Sends what is queued, says goodbye and waits for the answer. It may wait for as long as the
    /// server does.
    pub(super) async fn close(mut self) {
        let unsent = std::mem::take(&mut self.unsent);
        for message in unsent.into_iter().map(Message::Text).chain([Message::Close(None)]) {
            // It is a courtesy: there may be nobody left to take it.
            if self.transport.feed(message).await.is_err() {
                return;
            }
        }
        if self.transport.flush().await.is_err() {
            return;
        }
        // To its end: the system resets a connection that is dropped with something unread in it,
        // and takes back what it has not sent yet.
        while let Some(Ok(_)) = self.transport.next().await {}
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Message>, Why>> {
        let busy = !self.is_idle();
        if self.broken.is_none() {
            self.broken = self.poll_write(context).err();
        }
        match self.transport.poll_next_unpin(context) {
            Poll::Pending if busy && self.is_idle() => Poll::Ready(Ok(None)),
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(message))) => Poll::Ready(Ok(Some(message))),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Err(lost(&error))),
            Poll::Ready(None) => Poll::Ready(Err(match &self.broken {
                Some(error) => lost(error),
                None => Why::Closed(String::new()),
            })),
        }
    }

    /// Gives to the transport what it takes.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Result<(), WsError> {
        while !self.unsent.is_empty() {
            match self.transport.poll_ready_unpin(context)? {
                Poll::Pending => return Ok(()),
                Poll::Ready(()) => {
                    let Some(text) = self.unsent.pop_front() else { break };
                    self.unsent_bytes -= text.len();
                    self.unflushed = true;
                    self.transport.start_send_unpin(Message::Text(text))?;
                }
            }
        }
        if self.unflushed {
            self.unflushed = self.transport.poll_flush_unpin(context)?.is_pending();
        }
        Ok(())
    }
}

/// What an error of a WebSocket means.
fn lost(error: &WsError) -> Why {
    match error {
        WsError::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
            Why::Oversize { bytes: *size, limit: *max_size }
        }
        WsError::ConnectionClosed | WsError::AlreadyClosed => Why::Closed(String::new()),
        other => Why::Broken(other.to_string()),
    }
}
