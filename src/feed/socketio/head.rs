//! The part of a frame before its JSON: kind, namespace and acknowledgement id.

use super::{FrameError, ROOT};

/// The kinds of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketKind {
    /// `0`: the connection is open.
    Open,
    /// `1`: the connection is being closed.
    Close,
    /// `2`: an answer is requested, at once.
    Ping,
    /// `3`: the answer to a ping.
    Pong,
    /// `5`: the end of polling.
    Upgrade,
    /// `6`: carries no information.
    Noop,
    /// `40`: a request to enter a namespace, or the permission.
    Connect,
    /// `41`: the namespace was left.
    Disconnect,
    /// `42`: an event, with its arguments.
    Event,
    /// `43`: an acknowledgement, with its arguments.
    Ack,
    /// `44`: entry to a namespace was refused.
    ConnectError,
    /// `45`: an event with attachments, which follow as binary frames.
    BinaryEvent,
    /// `46`: an acknowledgement with attachments.
    BinaryAck,
}

/// A frame up to its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// The kind of the frame.
    pub kind: PacketKind,
    /// Number of binary frames that follow and belong to it.
    pub attachments: u32,
    /// The namespace, with its slash; [`ROOT`] when omitted.
    pub namespace: &'a str,
    /// The number for its acknowledgement, or that of the acknowledged event.
    pub id: Option<u64>,
    /// The rest, not parsed.
    pub body: &'a str,
    /// Offset of the rest, in bytes.
    pub body_at: usize,
}

impl<'a> Head<'a> {
    /// Parses a frame up to its body.
    ///
    /// # Errors
    /// The first offset at which it cannot be a frame.
    pub fn parse(text: &'a str) -> Result<Self, FrameError> {
        let (kind, digits) = kind(text)?;
        let mut rest = Rest { text, at: digits };
        let mut head =
            Self { kind, attachments: 0, namespace: ROOT, id: None, body: "", body_at: 0 };
        if digits == 2 {
            if matches!(kind, PacketKind::BinaryEvent | PacketKind::BinaryAck) {
                let count = rest.number()?.and_then(|count| u32::try_from(count).ok());
                let count = count.filter(|_| rest.take("-"));
                head.attachments =
                    count.ok_or_else(|| FrameError::new(rest.at, "expected a count and a dash"))?;
            }
            if let Some(namespace) = rest.namespace() {
                head.namespace = namespace;
            }
            if !matches!(
                kind,
                PacketKind::Connect | PacketKind::Disconnect | PacketKind::ConnectError
            ) {
                head.id = rest.number()?;
            }
            if head.id.is_none() && matches!(kind, PacketKind::Ack | PacketKind::BinaryAck) {
                return Err(FrameError::new(rest.at, "expected the number of an acknowledgement"));
            }
        }
        (head.body, head.body_at) = (&text[rest.at..], rest.at);
        Ok(head)
    }
}

/// The kind, and the number of digits that encode it.
fn kind(text: &str) -> Result<(PacketKind, usize), FrameError> {
    let kind = match text.as_bytes() {
        [b'0', ..] => PacketKind::Open,
        [b'1', ..] => PacketKind::Close,
        [b'2', ..] => PacketKind::Ping,
        [b'3', ..] => PacketKind::Pong,
        [b'5', ..] => PacketKind::Upgrade,
        [b'6', ..] => PacketKind::Noop,
        [b'4', second, ..] => {
            let kind = match second {
                b'0' => PacketKind::Connect,
                b'1' => PacketKind::Disconnect,
                b'2' => PacketKind::Event,
                b'3' => PacketKind::Ack,
                b'4' => PacketKind::ConnectError,
                b'5' => PacketKind::BinaryEvent,
                b'6' => PacketKind::BinaryAck,
                _ => return Err(FrameError::new(1, "expected a Socket.IO packet type, 0 to 6")),
            };
            return Ok((kind, 2));
        }
        [b'4'] => return Err(FrameError::new(1, "expected a Socket.IO packet type, 0 to 6")),
        _ => return Err(FrameError::new(0, "expected an Engine.IO packet type, 0 to 6")),
    };
    Ok((kind, 1))
}

/// The part that is not parsed yet.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    fn take(&mut self, text: &str) -> bool {
        let found = self.text[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// A namespace with its comma. The comma is missing where nothing follows.
    fn namespace(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        if !rest.starts_with('/') {
            return None;
        }
        let end = rest.find(',').unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        Some(&rest[..end])
    }

    fn number(&mut self) -> Result<Option<u64>, FrameError> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 {
            return Ok(None);
        }
        let number = rest[..end]
            .parse()
            .map_err(|_| FrameError::new(self.at, "expected a number below 2^64"))?;
        self.at += end;
        Ok(Some(number))
    }
}
