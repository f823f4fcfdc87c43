//! Events of the network that are about sockets.

use serde::Deserialize;
use serde_json::Value;

use crate::feed::capture::Direction;

/// What happened to a socket. Sockets are told apart by their request, a number that is never used
/// twice in a page.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::live::browser) enum Signal {
    /// The page opens one.
    Opened {
        /// The request that opened the socket.
        request: String,
        /// The address of the socket.
        url: String,
    },
    /// A text went over it.
    Frame {
        /// The request that opened the socket.
        request: String,
        /// Whether the page received or sent it.
        direction: Direction,
        /// The text of the frame.
        text: String,
    },
    /// The socket was closed.
    Closed {
        /// The request that opened the socket.
        request: String,
    },
}

/// The operation code of a text frame; binary frames are attachments, which nobody here reads.
const TEXT: f64 = 1.0;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    request_id: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Framed {
    request_id: String,
    response: Frame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    opcode: f64,
    payload_data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gone {
    request_id: String,
}

impl Signal {
    /// Reads an event by its name; nothing where it is about something else.
    pub(in crate::live::browser) fn read(method: &str, params: Value) -> Option<Self> {
        let direction = match method {
            "Network.webSocketCreated" => {
                let Created { request_id: request, url } = serde_json::from_value(params).ok()?;
                return Some(Self::Opened { request, url });
            }
            "Network.webSocketClosed" => {
                let Gone { request_id: request } = serde_json::from_value(params).ok()?;
                return Some(Self::Closed { request });
            }
            "Network.webSocketFrameReceived" => Direction::In,
            "Network.webSocketFrameSent" => Direction::Out,
            _ => return None,
        };
        let Framed { request_id: request, response } = serde_json::from_value(params).ok()?;
        let is_text = (response.opcode - TEXT).abs() < 0.5;
        is_text.then_some(Self::Frame { request, direction, text: response.payload_data })
    }
}
