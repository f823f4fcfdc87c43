//! The wire format of Engine.IO 4 and Socket.IO 5 over WebSocket text frames: parses and writes
//! packets. It borrows and does no I/O, so it reads frames from any source.
//!
//! ```text
//! 0{"sid":…}  open        2, 3  ping, pong      40[/ns,]{"sid":…}       connected
//! 1           close       6     noop            42[/ns,][id]["name",…]  event
//!                                               43[/ns,]id[…]           acknowledgement
//! ```
//!
//! [`Head::parse`] reads the part before the JSON, which suffices to route a frame;
//! [`Packet::parse`] reads everything; a packet's `Display` writes it
//! (docs/spec/protocol.md#transport).

mod event;
mod head;
mod packet;
mod write;

use thiserror::Error;

pub use event::{Ack, Event};
pub use head::{Head, PacketKind};
pub use packet::{OpenPacket, Packet};

/// The default namespace, whose name is omitted.
pub const ROOT: &str = "/";

/// Why a text is not a frame of the protocol, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} at byte {at}")]
pub struct FrameError {
    /// The offset into the text, in bytes.
    pub at: usize,
    /// What is there or missing.
    pub what: String,
}

impl FrameError {
    fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }

    /// Converts an error of `serde_json` on a body that begins at an offset of the frame.
    fn json(error: &serde_json::Error, body: &str, body_at: usize) -> Self {
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or_default();
        if error.is_eof() {
            return Self::new(body_at + body.len(), what);
        }
        // It counts lines and columns from 1; column 0 of a line is the end of the previous one.
        let before: usize =
            body.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = (before + error.column()).saturating_sub(1).min(body.len());
        Self::new(body_at + at, what)
    }
}
