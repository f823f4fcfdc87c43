//! The first packets on an open WebSocket: the server states its ping interval, we enter our
//! namespace.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::auth::Auth;
use super::config::Config;
use super::counters::ConnectionCounters;
use super::incoming::Why;
use super::link::{SocketLink, Transport};
use crate::feed::socketio::{Head, Packet, PacketKind};

/// Longest accepted time between two pings: ten times the usual 45 s. A server that announces more
/// could be gone for as long unnoticed.
const SILENCE_MAX: Duration = Duration::from_secs(450);

/// The result of the greeting.
#[derive(Debug)]
pub(super) struct Greeting {
    /// Our session id in the namespace.
    pub(super) sid: String,
    /// Longest time without a ping before the connection counts as lost.
    pub(super) silence: Duration,
}

/// Body of `40` and `44`: `{"sid":"…"}`, or `{"message":"…"}`.
#[derive(Deserialize)]
struct Said {
    sid: Option<String>,
    message: Option<String>,
}

/// Enters the namespace. It may take as long as the server does: the caller sets the limit.
pub(super) async fn greet<T: Transport>(
    link: &mut SocketLink<T>,
    config: &Config,
    counters: &ConnectionCounters,
) -> Result<Greeting, Why> {
    let mut silence = None;
    loop {
        let Some(text) = link.next(counters).await? else { continue };
        let stranger = |error: &dyn std::fmt::Display| {
            let begin: String = text.chars().take(40).collect();
            Why::Handshake(format!("{error} of {begin:?}"))
        };
        let head = Head::parse(&text).map_err(|error| stranger(&error))?;
        match (head.kind, silence) {
            (PacketKind::Open, None) => {
                let Packet::Open(open) = Packet::of(&head).map_err(|error| stranger(&error))?
                else {
                    continue;
                };
                let limit = open.ping_interval.saturating_add(open.ping_timeout);
                silence = Some(Duration::from_millis(limit).min(SILENCE_MAX));
                let (namespace, payload) =
                    (config.namespace.as_str(), config.auth.as_ref().map(Auth::payload));
                link.put(Packet::Connect { namespace, payload }.to_string())?;
            }
            (PacketKind::Ping, Some(_)) => link.put(Packet::Pong(head.body).to_string())?,
            (PacketKind::Noop, Some(_)) => {}
            (PacketKind::Connect, Some(silence)) if head.namespace == config.namespace => {
                let sid = said(&head).and_then(|said| said.sid).unwrap_or_default();
                return Ok(Greeting { sid, silence });
            }
            (PacketKind::ConnectError, Some(_)) => {
                let message = said(&head).and_then(|said| said.message);
                return Err(Why::Refused {
                    namespace: head.namespace.to_owned(),
                    message: message.unwrap_or_else(|| head.body.to_owned()),
                });
            }
            (PacketKind::Close | PacketKind::Disconnect, _) => {
                return Err(Why::Closed(" before the namespace was entered".to_owned()));
            }
            _ => return Err(stranger(&"an unexpected frame at the beginning")),
        }
    }
}

fn said(head: &Head<'_>) -> Option<Said> {
    match Packet::of(head) {
        Ok(Packet::Connect { payload, .. } | Packet::ConnectError { payload, .. }) => {
            serde_json::from_str(payload.map_or("{}", RawValue::get)).ok()
        }
        _ => None,
    }
}
