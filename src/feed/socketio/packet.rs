//! Whole packets, including their bodies.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::FrameError;
use super::event::{Ack, Event};
use super::head::{Head, PacketKind};

/// The first packet of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenPacket<'a> {
    /// The session id of the connection.
    #[serde(borrow)]
    pub sid: Cow<'a, str>,
    /// Transports to which the connection could be upgraded.
    #[serde(borrow, default)]
    pub upgrades: Vec<Cow<'a, str>>,
    /// Milliseconds between two pings.
    pub ping_interval: u64,
    /// Milliseconds that a ping may be late before the connection counts as dead.
    pub ping_timeout: u64,
    /// Most bytes that the server accepts in one message; `None` when not announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_payload: Option<u64>,
}

/// A fully parsed frame. Its `Display` writes the frame.
#[derive(Debug, Clone)]
pub enum Packet<'a> {
    /// The connection is open.
    Open(OpenPacket<'a>),
    /// The connection is being closed.
    Close,
    /// An answer with the same text is requested.
    Ping(&'a str),
    /// The answer to a ping, with the ping's text.
    Pong(&'a str),
    /// The end of polling.
    Upgrade,
    /// Carries no information; ignored.
    Noop,
    /// A request to enter a namespace, with credentials; or the permission, with a session id.
    Connect {
        /// The namespace to enter.
        namespace: &'a str,
        /// A JSON object; `None` when absent.
        payload: Option<&'a RawValue>,
    },
    /// The namespace was left.
    Disconnect {
        /// The namespace that was left.
        namespace: &'a str,
    },
    /// An event with its arguments.
    Event(Event<'a>),
    /// An acknowledgement with its arguments.
    Ack(Ack<'a>),
    /// Entry to a namespace was refused.
    ConnectError {
        /// The namespace that was refused.
        namespace: &'a str,
        /// The reason: usually an object with a `message`.
        payload: Option<&'a RawValue>,
    },
    /// An event with placeholders, `{"_placeholder":true,"num":0}`, in place of binary data, which
    /// follows in separate frames.
    BinaryEvent {
        /// Number of binary frames that follow.
        attachments: u32,
        /// The event with its placeholders.
        event: Event<'a>,
    },
    /// An acknowledgement with placeholders.
    BinaryAck {
        /// Number of binary frames that follow.
        attachments: u32,
        /// The acknowledgement with its placeholders.
        ack: Ack<'a>,
    },
}

impl<'a> Packet<'a> {
    /// Parses a text frame.
    ///
    /// # Errors
    /// The offset at which it is not a frame.
    pub fn parse(text: &'a str) -> Result<Self, FrameError> {
        Self::of(&Head::parse(text)?)
    }

    /// Parses the rest of a frame.
    ///
    /// # Errors
    /// The offset at which it contradicts its head.
    pub fn of(head: &Head<'a>) -> Result<Self, FrameError> {
        let &Head { namespace, attachments, body, body_at, .. } = head;
        Ok(match head.kind {
            PacketKind::Open => Self::Open(
                serde_json::from_str(body).map_err(|e| FrameError::json(&e, body, body_at))?,
            ),
            PacketKind::Ping => Self::Ping(body),
            PacketKind::Pong => Self::Pong(body),
            PacketKind::Close => nothing(head, Self::Close)?,
            PacketKind::Upgrade => nothing(head, Self::Upgrade)?,
            PacketKind::Noop => nothing(head, Self::Noop)?,
            PacketKind::Connect => Self::Connect { namespace, payload: payload(head)? },
            PacketKind::Disconnect => nothing(head, Self::Disconnect { namespace })?,
            PacketKind::Event => Self::Event(Event::of(head)?),
            PacketKind::Ack => Self::Ack(Ack::of(head)?),
            PacketKind::ConnectError => Self::ConnectError { namespace, payload: payload(head)? },
            PacketKind::BinaryEvent => Self::BinaryEvent { attachments, event: Event::of(head)? },
            PacketKind::BinaryAck => Self::BinaryAck { attachments, ack: Ack::of(head)? },
        })
    }
}

/// The packet, if its frame ends here.
fn nothing<'a>(head: &Head<'a>, packet: Packet<'a>) -> Result<Packet<'a>, FrameError> {
    match head.body {
        "" => Ok(packet),
        _ => Err(FrameError::new(head.body_at, "expected the end of the frame")),
    }
}

fn payload<'a>(head: &Head<'a>) -> Result<Option<&'a RawValue>, FrameError> {
    if head.body.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(head.body)
        .map(Some)
        .map_err(|error| FrameError::json(&error, head.body, head.body_at))
}
