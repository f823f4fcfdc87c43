//! A session that is polled, by the rules of Engine.IO: one request waits for packets, another one
//! brings ours (docs/spec/protocol.md#polling).

mod exchange;
mod packets;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::{Sink, Stream, StreamExt};
use hyper::Response;
use hyper::body::{Body, Bytes, Incoming};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::attempt::Attempt;
use super::incoming::Why;
use crate::feed::socketio::{OpenPacket, Packet};
use exchange::Exchange;
use packets::{Packets, SEPARATOR};

/// Most bytes of packets that wait to be sent, beside those on their way.
const UNSENT_BYTES_MAX: usize = 64 << 10;

/// Longest id of a session: Engine.IO's have 20 characters.
const SID_BYTES_MAX: usize = 256;

/// Most bytes in one request, where the server announces none.
const PAYLOAD_BYTES_MAX: usize = 1_000_000;

/// Work that goes on while we do something else, and comes back with its connection.
type Task<T> = Pin<Box<dyn Future<Output = (Exchange, Result<T, Why>)> + Send>>;

/// A session that is polled.
pub(super) struct Polling {
    sid: String,
    /// Most bytes in one request.
    payload_bytes_max: usize,
    reading: Reading,
    packets: Packets,
    writing: Writing,
    unsent: VecDeque<Utf8Bytes>,
    unsent_bytes: usize,
    /// We have said goodbye: what the server answers after that is not an error.
    closing: bool,
}

/// What the connection that brings packets does.
enum Reading {
    Idle(Exchange),
    Asking(Task<Response<Incoming>>),
    Body(Exchange, Incoming),
    Ended,
}

/// What the connection that takes packets does.
enum Writing {
    Idle(Exchange),
    Posting(Task<()>),
    Ended,
}

impl Polling {
    /// Opens a session; returns it with the server's first packet. It may take as long as the
    /// server does: the caller sets the limit.
    pub(super) async fn open(attempt: &Arc<Attempt>) -> Result<(Self, Utf8Bytes), Why> {
        let exchange = || Exchange::new(Arc::clone(attempt));
        let mut polling = Self {
            sid: String::new(),
            payload_bytes_max: PAYLOAD_BYTES_MAX,
            reading: Reading::Asking(asking(exchange(), None)),
            packets: Packets::new(attempt.message_bytes_max),
            writing: Writing::Idle(exchange()),
            unsent: VecDeque::new(),
            unsent_bytes: 0,
            closing: false,
        };
        let stranger = |text: &str| {
            let begin: String = text.chars().take(40).collect();
            Why::Handshake(format!("not the beginning of a session: {begin:?}"))
        };
        let first = match polling.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Err(why)) => return Err(why),
            Some(Ok(_)) | None => return Err(stranger("")),
        };
        let Ok(Packet::Open(open)) = Packet::parse(&first) else { return Err(stranger(&first)) };
        polling.accept(&open).ok_or_else(|| stranger(&first))?;
        Ok((polling, first))
    }

    /// The id of the session.
    pub(super) fn sid(&self) -> &str {
        &self.sid
    }

    /// Takes what the server says of the session; `None` where its id cannot be part of a URL.
    fn accept(&mut self, open: &OpenPacket<'_>) -> Option<()> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        let is_short = (1..=SID_BYTES_MAX).contains(&open.sid.len());
        if !is_short || !open.sid.chars().all(is_plain) {
            return None;
        }
        self.sid = open.sid.clone().into_owned();
        let most = open.max_payload.and_then(|most| usize::try_from(most).ok());
        self.payload_bytes_max = most.unwrap_or(PAYLOAD_BYTES_MAX);
        Some(())
    }

    /// The packets of the next request: as many as the server takes, and one at least.
    fn payload(&mut self) -> Bytes {
        let mut payload = Vec::new();
        while let Some(next) = self.unsent.front() {
            let is_first = payload.is_empty();
            if !is_first && payload.len() + 1 + next.len() > self.payload_bytes_max {
                break;
            }
            if !is_first {
                payload.push(SEPARATOR);
            }
            payload.extend_from_slice(next.as_bytes());
            self.unsent_bytes -= next.len();
            self.unsent.pop_front();
        }
        payload.into()
    }

    /// Sends what waits to be sent.
    fn poll_sent(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        loop {
            match std::mem::replace(&mut self.writing, Writing::Ended) {
                Writing::Idle(exchange) if self.unsent.is_empty() => {
                    self.writing = Writing::Idle(exchange);
                    return Poll::Ready(Ok(()));
                }
                Writing::Idle(exchange) => {
                    let payload = self.payload();
                    self.writing = Writing::Posting(posting(exchange, self.sid.clone(), payload));
                }
                Writing::Posting(mut task) => match task.as_mut().poll(context) {
                    Poll::Pending => {
                        self.writing = Writing::Posting(task);
                        return Poll::Pending;
                    }
                    Poll::Ready((exchange, Ok(()))) => self.writing = Writing::Idle(exchange),
                    Poll::Ready((_, Err(why))) => return Poll::Ready(Err(why)),
                },
                Writing::Ended => return Poll::Ready(Err(Why::Closed(String::new()))),
            }
        }
    }

    /// Reads on until a packet is whole or the session has ended.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Message>, Why>> {
        loop {
            if let Some(message) = self.packets.next() {
                return Poll::Ready(Ok(Some(message)));
            }
            match std::mem::replace(&mut self.reading, Reading::Ended) {
                Reading::Idle(_) if self.closing => {}
                Reading::Idle(exchange) => {
                    self.reading = Reading::Asking(asking(exchange, Some(self.sid.clone())));
                }
                Reading::Asking(mut task) => match task.as_mut().poll(context) {
                    Poll::Pending => {
                        self.reading = Reading::Asking(task);
                        return Poll::Pending;
                    }
                    Poll::Ready((exchange, Ok(answer))) => {
                        self.reading = Reading::Body(exchange, answer.into_body());
                    }
                    Poll::Ready((_, Err(_))) if self.closing => {}
                    Poll::Ready((_, Err(why))) => return Poll::Ready(Err(why)),
                },
                Reading::Body(exchange, mut body) => {
                    let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(context) else {
                        self.reading = Reading::Body(exchange, body);
                        return Poll::Pending;
                    };
                    match frame {
                        None => {
                            self.packets.end()?;
                            self.reading = Reading::Idle(exchange);
                        }
                        Some(Ok(frame)) => {
                            if let Some(bytes) = frame.data_ref() {
                                self.packets.take(bytes)?;
                            }
                            self.reading = Reading::Body(exchange, body);
                        }
                        Some(Err(error)) => {
                            return Poll::Ready(Err(Why::Broken(error.to_string())));
                        }
                    }
                }
                Reading::Ended => return Poll::Ready(Ok(None)),
            }
        }
    }
}

fn asking(mut exchange: Exchange, sid: Option<String>) -> Task<Response<Incoming>> {
    Box::pin(async move {
        let answer = exchange.get(sid.as_deref()).await;
        (exchange, answer)
    })
}

fn posting(mut exchange: Exchange, sid: String, payload: Bytes) -> Task<()> {
    Box::pin(async move {
        let sent = exchange.post(&sid, payload).await;
        (exchange, sent)
    })
}

impl Stream for Polling {
    type Item = Result<Message, Why>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_read(context).map(Result::transpose)
    }
}

impl Sink<Message> for Polling {
    type Error = Why;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        if self.unsent_bytes < UNSENT_BYTES_MAX {
            return Poll::Ready(Ok(()));
        }
        self.poll_sent(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Why> {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => {
                self.closing = true;
                Packet::Close.to_string().into()
            }
            // Nothing else is ours to send.
            _ => return Ok(()),
        };
        self.unsent_bytes += text.len();
        self.unsent.push_back(text);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        self.poll_sent(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        ready!(self.poll_sent(context))?;
        self.reading = Reading::Ended;
        Poll::Ready(Ok(()))
    }
}
