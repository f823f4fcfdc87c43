//! What clients say, taken as it came: the crate's own extractors lose the arguments behind the
//! first, the exact numbers, and the order of two events in one read.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::body::Bytes;
use serde_json::value::RawValue;
use socketioxide::SendError;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromConnectParts, FromMessageParts, Value};
use socketioxide::socket::Socket;

/// The socket of a client that connects.
pub(super) struct Arrived(pub(super) Arc<Socket>);

impl FromConnectParts<LocalAdapter> for Arrived {
    type Error = Infallible;

    fn from_connect_parts(socket: &Arc<Socket>, _: &Option<Value>) -> Result<Self, Infallible> {
        Ok(Self(socket.clone()))
    }
}

/// An event as a frame: `42`, the number that its acknowledgement is to carry, and the JSON.
pub(super) struct EventText(pub(super) String);

impl FromMessageParts<LocalAdapter> for EventText {
    type Error = Infallible;

    fn from_message_parts(
        _: &Arc<Socket>,
        value: &mut Value,
        id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        Ok(Self(match value {
            Value::Str(text, _) => format!("42{id}{}", text.as_str()),
            Value::Bytes(_) => String::new(),
        }))
    }
}

/// Acknowledges an event by its number.
pub(super) fn answer(socket: &Arc<Socket>, id: u64, payload: &RawValue) -> Result<(), SendError> {
    let id = i64::try_from(id).ok();
    let Ok(sender) = AckSender::from_message_parts(socket, &mut Value::Bytes(Bytes::new()), &id);
    sender.send(&(payload,))
}
