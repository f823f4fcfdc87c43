//! One connection: counts what has left, and can be cut, silenced or made to send nonsense.
//!
//! A [`WatchedStream`] lies between the socket and the HTTP server and follows the WebSocket frames
//! that are written, so that nonsense gets between two of them and a cut into the middle of one.
//! Its [`ConnectionState`] is what the show holds of it.

mod frames;

use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::{fmt, sync::Arc};

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use frames::{WireFrames, text_frame};

/// What the show holds of a connection.
#[derive(Default)]
pub(super) struct ConnectionState {
    /// Set as soon as it is asked to be a WebSocket.
    is_websocket: AtomicBool,
    is_dead: AtomicBool,
    is_silent: AtomicBool,
    /// To be cut in the middle of the next frame.
    is_to_be_cut: AtomicBool,
    /// Socket.IO events that were written to the socket, whole.
    events: AtomicU64,
    nonsense: Mutex<VecDeque<Vec<u8>>>,
    reader: AtomicWaker,
    writer: AtomicWaker,
    written: Notify,
}

impl fmt::Debug for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("events", &self.events()).finish_non_exhaustive()
    }
}

impl ConnectionState {
    /// Says that it becomes a WebSocket with the next answer.
    pub(super) fn upgrade(&self) {
        self.is_websocket.store(true, SeqCst);
    }

    /// Socket.IO events that were written so far.
    pub(super) fn events(&self) -> u64 {
        self.events.load(SeqCst)
    }

    /// Closes it at once.
    pub(super) fn kill(&self) {
        self.is_dead.store(true, SeqCst);
        self.wake();
    }

    /// Cuts it in the middle of the next frame.
    pub(super) fn cut(&self) {
        self.is_to_be_cut.store(true, SeqCst);
    }

    /// Stops sending and reading, and stays open: a half-open connection.
    pub(super) fn silence(&self) {
        self.is_silent.store(true, SeqCst);
    }

    /// Sends a text as a frame of its own before the next one.
    pub(super) fn say(&self, text: &str) {
        self.nonsense().push_back(text_frame(text));
    }

    /// Waits until fewer than `pending_max` of `sent` events are on their way.
    pub(super) async fn room(&self, sent: u64, pending_max: u64) {
        loop {
            let written = self.written.notified();
            if sent.saturating_sub(self.events()) < pending_max || self.is_dead.load(SeqCst) {
                return;
            }
            written.await;
        }
    }

    fn nonsense(&self) -> std::sync::MutexGuard<'_, VecDeque<Vec<u8>>> {
        self.nonsense.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.reader.wake();
        self.writer.wake();
        self.written.notify_waiters();
    }
}

/// The socket of a connection, watched.
#[derive(Debug)]
pub(super) struct WatchedStream {
    stream: TcpStream,
    line: Arc<ConnectionState>,
    frames: WireFrames,
    /// Nonsense that is being written.
    saying: Vec<u8>,
}

impl WatchedStream {
    pub(super) fn new(stream: TcpStream, line: Arc<ConnectionState>) -> Self {
        Self { stream, line, frames: WireFrames::default(), saying: Vec::new() }
    }

    /// Fails when the connection is to be dead, waits for ever when it is to be silent.
    fn alive(&self, waker: &AtomicWaker, cx: &Context<'_>) -> Poll<Result<()>> {
        waker.register(cx.waker());
        if self.line.is_dead.load(SeqCst) {
            return Poll::Ready(Err(Error::from(ErrorKind::ConnectionAborted)));
        }
        if self.line.is_silent.load(SeqCst) { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    /// Writes what is to be said between two frames.
    fn poll_say(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        loop {
            if self.saying.is_empty() {
                let Some(next) = self.line.nonsense().pop_front() else {
                    return Poll::Ready(Ok(()));
                };
                self.saying = next;
            }
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.saying))?;
            self.saying.drain(..written);
        }
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        ready!(self.alive(&self.line.reader, cx))?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let wire = &mut *self;
        ready!(wire.alive(&wire.line.writer, cx))?;
        if !wire.line.is_websocket.load(SeqCst) {
            return Pin::new(&mut wire.stream).poll_write(cx, bytes);
        }
        let mut most = bytes.len();
        if wire.frames.at_boundary() {
            ready!(wire.poll_say(cx))?;
        }
        let cuts = wire.line.is_to_be_cut.load(SeqCst);
        if cuts || !wire.line.nonsense().is_empty() {
            most = wire.frames.to_boundary(bytes).min(most);
        }
        if cuts && wire.frames.at_boundary() && most > 1 {
            most /= 2;
        }
        let written = ready!(Pin::new(&mut wire.stream).poll_write(cx, &bytes[..most]))?;
        let events = wire.frames.advance(&bytes[..written]);
        if events > 0 {
            wire.line.events.fetch_add(events, SeqCst);
            wire.line.written.notify_waiters();
        }
        if cuts && !wire.frames.at_boundary() {
            wire.line.kill();
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.alive(&self.line.writer, cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for WatchedStream {
    /// Nobody waits for a connection that is gone.
    fn drop(&mut self) {
        self.line.kill();
    }
}
