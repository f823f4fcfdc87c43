//! The packets in the answers of a server that is polled, as their bytes come.

use std::collections::VecDeque;

use tokio_tungstenite::tungstenite::Message;

use crate::feed::bridge::incoming::Why;

/// Stands between two packets (docs/spec/protocol.md#polling).
pub(super) const SEPARATOR: u8 = b'\x1e';

/// The first byte of a packet with binary data, as base64.
const BINARY: u8 = b'b';

/// Packets that have come, and the beginning of the next one.
#[derive(Debug)]
pub(super) struct Packets {
    whole: VecDeque<Message>,
    partial: Vec<u8>,
    /// Longest packet, in bytes.
    bytes_max: usize,
}

impl Packets {
    pub(super) const fn new(bytes_max: usize) -> Self {
        Self { whole: VecDeque::new(), partial: Vec::new(), bytes_max }
    }

    /// The oldest packet that is whole.
    pub(super) fn next(&mut self) -> Option<Message> {
        self.whole.pop_front()
    }

    /// Takes bytes of an answer.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Why> {
        let mut parts = bytes.split(|byte| *byte == SEPARATOR);
        let first = parts.next().unwrap_or_default();
        self.add(first)?;
        for part in parts {
            self.complete()?;
            self.add(part)?;
        }
        Ok(())
    }

    /// Takes the end of an answer: what has come is whole.
    pub(super) fn end(&mut self) -> Result<(), Why> {
        if self.partial.is_empty() { Ok(()) } else { self.complete() }
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), Why> {
        let size = self.partial.len() + bytes.len();
        if size > self.bytes_max {
            return Err(Why::Oversize { bytes: size, limit: self.bytes_max });
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    fn complete(&mut self) -> Result<(), Why> {
        let packet = std::mem::take(&mut self.partial);
        let message = if packet.first() == Some(&BINARY) {
            Message::binary(packet)
        } else {
            let text = String::from_utf8(packet);
            Message::text(text.map_err(|_| Why::Broken("a packet is not UTF-8".to_owned()))?)
        };
        self.whole.push_back(message);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets of an answer whose bytes come in these pieces.
    fn packets(pieces: &[&[u8]], bytes_max: usize) -> Result<Vec<Message>, Why> {
        let mut packets = Packets::new(bytes_max);
        pieces.iter().try_for_each(|piece| packets.take(piece))?;
        packets.end()?;
        Ok(std::iter::from_fn(|| packets.next()).collect())
    }

    #[test]
    fn packets_are_the_same_however_their_bytes_come() {
        let body = "42[\"é\"]\u{1e}2\u{1e}bAQID\u{1e}6".as_bytes();
        let wanted = [
            Message::text("42[\"é\"]"),
            Message::text("2"),
            Message::binary(&b"bAQID"[..]),
            Message::text("6"),
        ];
        assert_eq!(packets(&[body], 100).unwrap(), wanted);
        let bytes: Vec<_> = body.chunks(1).collect();
        assert_eq!(packets(&bytes, 100).unwrap(), wanted);
        for cut in 0..body.len() {
            assert_eq!(packets(&[&body[..cut], &body[cut..]], 100).unwrap(), wanted, "{cut}");
        }
        assert_eq!(packets(&[], 100).unwrap(), []);
    }

    #[test]
    fn a_packet_above_the_limit_is_refused_before_it_is_whole_and_many_small_ones_are_not() {
        let many = "2\u{1e}".repeat(1_000);
        assert_eq!(packets(&[many.as_bytes()], 4).unwrap().len(), 1_000);
        let why = packets(&[b"2\x1e123", b"45"], 4).unwrap_err();
        assert_eq!(why, Why::Oversize { bytes: 5, limit: 4 });
        assert!(matches!(packets(&[b"\xff\xfe"], 4), Err(Why::Broken(_))));
    }
}
