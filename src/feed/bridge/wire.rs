//! The way to a session: a WebSocket, polling, or polling that becomes a WebSocket.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::attempt::Attempt;
use super::config::Config;
use super::dial::Dialer;
use super::incoming::Why;
use super::polling::Polling;
use super::transport::TransportMode;
use super::websocket::{self, Socket, lost};
use crate::feed::socketio::Packet;

/// Most redirects that are followed in one attempt.
const REDIRECTS_MAX: usize = 5;

/// Longest time that a WebSocket has to prove itself to a session that is polled.
const PROBE: Duration = Duration::from_secs(5);

/// The text of the ping that proves a WebSocket (docs/spec/protocol.md#polling).
const PROBE_TEXT: &str = "probe";

/// The way to a session.
pub(super) struct Wire {
    /// What was read while it was made.
    ahead: VecDeque<Message>,
    carrier: Carrier,
}

enum Carrier {
    Socket(Box<Socket>),
    Polling(Box<Polling>),
}

/// Opens a session and follows redirects on the same host. It may take as long as the network does:
/// the caller sets the limit.
pub(super) async fn open(config: &Config, dialer: &Arc<Dialer>) -> Result<Wire, Why> {
    let mut address = config.address.clone();
    let mut redirects = 0;
    loop {
        let attempt = Arc::new(Attempt::new(address, config, Arc::clone(dialer)));
        let opened = match config.options.transport {
            TransportMode::Websocket => websocket::open(&attempt, None).await.map(Wire::socket),
            TransportMode::Polling => polled(&attempt).await,
            TransportMode::Upgrade => {
                let patience = PROBE.min(config.options.connect_timeout / 2);
                upgraded(&attempt, patience).await
            }
        };
        let next = match &opened {
            Err(Why::Answered(answer)) if redirects < REDIRECTS_MAX => answer.next().cloned(),
            _ => None,
        };
        let Some(next) = next else { return opened };
        tracing::info!("{}: redirected to {next}", attempt.address);
        address = next;
        redirects += 1;
    }
}

async fn polled(attempt: &Arc<Attempt>) -> Result<Wire, Why> {
    let (polling, first) = Polling::open(attempt).await?;
    Ok(Wire::polling(polling, Message::Text(first)))
}

/// A session that began by polling and goes on by a WebSocket, if one proves itself in time.
///
/// Nothing is asked of the session before, so that no packet of it can be between the two ways.
async fn upgraded(attempt: &Arc<Attempt>, patience: Duration) -> Result<Wire, Why> {
    let (polling, first) = Polling::open(attempt).await?;
    let offered = match Packet::parse(&first) {
        Ok(Packet::Open(open)) => open.upgrades.iter().any(|way| way == "websocket"),
        _ => false,
    };
    let first = Message::Text(first);
    if !offered {
        return Ok(Wire::polling(polling, first));
    }
    let probed = timeout(patience, probed(attempt, polling.sid())).await;
    match probed.unwrap_or(Err(Why::Timeout(patience))) {
        Ok(socket) => Ok(Wire { ahead: [first].into(), ..Wire::socket(socket) }),
        Err(why) => {
            tracing::info!("no WebSocket to {}, polling goes on: {why}", attempt.address);
            Ok(Wire::polling(polling, first))
        }
    }
}

/// A WebSocket that takes over a session, once it has carried a ping and its answer.
async fn probed(attempt: &Attempt, sid: &str) -> Result<Socket, Why> {
    let mut socket = websocket::open(attempt, Some(sid)).await?;
    let sent = |error| lost(&error);
    let text = |packet: Packet<'_>| Message::text(packet.to_string());
    socket.send(text(Packet::Ping(PROBE_TEXT))).await.map_err(sent)?;
    let wanted = text(Packet::Pong(PROBE_TEXT));
    loop {
        match socket.next().await {
            Some(Ok(message)) if message == wanted => break,
            // WebSocket has pings of its own.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(_)) => return Err(Why::Handshake("not the answer to a probe".to_owned())),
            Some(Err(error)) => return Err(lost(&error)),
            None => return Err(Why::Closed(String::new())),
        }
    }
    socket.send(text(Packet::Upgrade)).await.map_err(sent)?;
    Ok(socket)
}

impl Wire {
    fn socket(socket: Socket) -> Self {
        Self { ahead: VecDeque::new(), carrier: Carrier::Socket(Box::new(socket)) }
    }

    fn polling(polling: Polling, first: Message) -> Self {
        Self { ahead: [first].into(), carrier: Carrier::Polling(Box::new(polling)) }
    }
}

impl Stream for Wire {
    type Item = Result<Message, Why>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(message) = self.ahead.pop_front() {
            return Poll::Ready(Some(Ok(message)));
        }
        match &mut self.carrier {
            Carrier::Socket(socket) => {
                let next = socket.poll_next_unpin(context);
                next.map(|next| next.map(|message| message.map_err(|error| lost(&error))))
            }
            Carrier::Polling(polling) => polling.poll_next_unpin(context),
        }
    }
}

impl Sink<Message> for Wire {
    type Error = Why;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        match &mut self.carrier {
            Carrier::Socket(socket) => {
                socket.poll_ready_unpin(context).map_err(|error| lost(&error))
            }
            Carrier::Polling(polling) => polling.poll_ready_unpin(context),
        }
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Why> {
        match &mut self.carrier {
            Carrier::Socket(socket) => {
                socket.start_send_unpin(message).map_err(|error| lost(&error))
            }
            Carrier::Polling(polling) => polling.start_send_unpin(message),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        match &mut self.carrier {
            Carrier::Socket(socket) => {
                socket.poll_flush_unpin(context).map_err(|error| lost(&error))
            }
            Carrier::Polling(polling) => polling.poll_flush_unpin(context),
        }
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Why>> {
        match &mut self.carrier {
            Carrier::Socket(socket) => {
                socket.poll_close_unpin(context).map_err(|error| lost(&error))
            }
            Carrier::Polling(polling) => polling.poll_close_unpin(context),
        }
    }
}
