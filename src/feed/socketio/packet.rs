//! Whole packets, with their bodies.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::FrameError;
use super::event::{Ack, Event};
use super::head::{Head, PacketKind};

/// What a server says first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenPacket<'a> {
    /// The name of the connection.
    #[serde(borrow)]
    pub sid: Cow<'a, str>,
    /// Transports that it could move to.
    #[serde(borrow, default)]
    pub upgrades: Vec<Cow<'a, str>>,
    /// Milliseconds between two pings.
    pub ping_interval: u64,
    /// Milliseconds that a ping may be late before the connection counts as dead.
    pub ping_timeout: u64,
    /// Bytes that the server accepts in one message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_payload: Option<u64>,
}

/// A frame, read whole. Its `Display` is the frame.
#[derive(Debug, Clone)]
pub enum Packet<'a> {
    /// The connection is open.
    Open(OpenPacket<'a>),
    /// It is being closed.
    Close,
    /// An answer is wanted, with the same text.
    Ping(&'a str),
    /// That answer.
    Pong(&'a str),
    /// The end of polling.
    Upgrade,
    /// Nothing.
    Noop,
    /// A request to enter a namespace, with credentials; or the permission, with a name.
    Connect {
        /// Which.
        namespace: &'a str,
        /// An object.
        payload: Option<&'a RawValue>,
    },
    /// The namespace was left.
    Disconnect {
        /// Which.
        namespace: &'a str,
    },
    /// An event.
    Event(Event<'a>),
    /// An acknowledgement.
    Ack(Ack<'a>),
    /// No entry.
    ConnectError {
        /// Where.
        namespace: &'a str,
        /// Why: an object with a `message`, as a rule.
        payload: Option<&'a RawValue>,
    },
    /// An event with placeholders, `{"_placeholder":true,"num":0}`, in the place of binary data,
    /// which follows in frames of its own.
    BinaryEvent {
        /// How many frames.
        attachments: u32,
        /// The event.
        event: Event<'a>,
    },
    /// An acknowledgement with placeholders.
    BinaryAck {
        /// How many frames.
        attachments: u32,
        /// The acknowledgement.
        ack: Ack<'a>,
    },
}

impl<'a> Packet<'a> {
    /// Reads a text frame.
    ///
    /// # Errors
    /// Where it is not one.
    pub fn parse(text: &'a str) -> Result<Self, FrameError> {
        Self::of(&Head::parse(text)?)
    }

    /// Reads the rest of a frame.
    ///
    /// # Errors
    /// Where it is not what its head says.
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

/// The packet, provided that its frame ends here.
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
