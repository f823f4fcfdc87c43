//! A connection that one task reads and writes at the same time.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::censor::Censor;
use super::counters::ConnectionCounters;
use super::incoming::Why;

/// Most bytes that may wait to be sent. We only send pongs, acknowledgements and small events; a
/// server that lets a megabyte of them wait does not read.
const UNSENT_BYTES_MAX: usize = 1 << 20;

/// Carries messages both ways.
pub(super) trait Transport:
    Stream<Item = Result<Message, Why>> + Sink<Message, Error = Why> + Unpin
{
}

impl<T> Transport for T where
    T: Stream<Item = Result<Message, Why>> + Sink<Message, Error = Why> + Unpin
{
}

/// A transport with a send queue.
#[derive(Debug)]
pub(super) struct SocketLink<T> {
    transport: T,
    /// Secrets that received texts must not show.
    secrets: Censor,
    /// Frames that the transport has not taken yet.
    unsent: VecDeque<Utf8Bytes>,
    unsent_bytes: usize,
    /// The transport holds data that is not sent yet.
    unflushed: bool,
    /// Writing failed. What the server sent before is still read.
    broken: Option<Why>,
}

impl<T: Transport> SocketLink<T> {
    pub(super) const fn new(transport: T, secrets: Censor) -> Self {
        let unsent = VecDeque::new();
        Self { transport, secrets, unsent, unsent_bytes: 0, unflushed: false, broken: None }
    }

    /// Queues a frame; [`next`](Self::next) sends it while it waits.
    pub(super) fn put(&mut self, text: String) -> Result<(), Why> {
        self.unsent_bytes += text.len();
        if self.unsent_bytes > UNSENT_BYTES_MAX {
            return Err(Why::Congested(self.unsent_bytes));
        }
        self.unsent.push_back(text.into());
        Ok(())
    }

    /// Whether everything is sent.
    pub(super) fn is_idle(&self) -> bool {
        self.unsent.is_empty() && !self.unflushed
    }

    /// The next text frame, while queued frames are being sent; `None` for a binary frame, and when
    /// the last queued frame is sent, so that the caller may queue more. Cancel safe.
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
                    return Ok(Some(match self.secrets.censor(&text) {
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
                    let reason = self.secrets.censor(&frame.reason);
                    return Err(Why::Closed(format!(": code {}, {reason:?}", frame.code)));
                }
                Message::Close(None) => return Err(Why::Closed(String::new())),
                // The transport answers pings itself.
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Sends the queue, says goodbye and waits for the answer. It may wait as long as the server
    /// does.
    pub(super) async fn close(mut self) {
        let unsent = std::mem::take(&mut self.unsent);
        for message in unsent.into_iter().map(Message::Text).chain([Message::Close(None)]) {
            // A courtesy: the other side may be gone.
            if self.transport.feed(message).await.is_err() {
                return;
            }
        }
        if self.transport.flush().await.is_err() {
            return;
        }
        // Read to the end: the system resets a connection that is dropped with unread data and
        // discards what it has not sent yet.
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
            Poll::Ready(Some(Err(why))) => Poll::Ready(Err(why)),
            Poll::Ready(None) => {
                Poll::Ready(Err(self.broken.take().unwrap_or(Why::Closed(String::new()))))
            }
        }
    }

    /// Passes frames to the transport as it accepts them.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Result<(), Why> {
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
