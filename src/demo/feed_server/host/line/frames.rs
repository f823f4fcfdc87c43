//! Where the WebSocket frames that a server writes begin and end (RFC 6455, 5.2).

use arrayvec::ArrayVec;

/// The end of the HTTP answer that comes before the first frame.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";
/// How the text of a Socket.IO event begins: a message (4) that is an event (2).
const EVENT: &[u8] = b"42";
/// A final text frame.
const TEXT: u8 = 0x81;

/// Follows bytes as they are written.
#[derive(Debug, Clone)]
pub(super) struct WireFrames {
    place: Place,
    /// The first bytes of the frame's payload.
    opening: ArrayVec<u8, 2>,
}

#[derive(Debug, Clone)]
enum Place {
    /// In the HTTP answer; this many bytes of its end have been seen.
    Head(usize),
    /// In the head of a frame, or before it.
    Frame(ArrayVec<u8, 10>),
    /// In the payload of a frame; this many bytes are left.
    Payload(u64),
}

impl Default for WireFrames {
    fn default() -> Self {
        Self { place: Place::Head(0), opening: ArrayVec::new() }
    }
}

impl WireFrames {
    /// True between two frames.
    pub(super) fn at_boundary(&self) -> bool {
        matches!(&self.place, Place::Frame(head) if head.is_empty())
    }

    /// How many of these bytes lead to the next boundary; all where there is none.
    pub(super) fn to_boundary(&self, bytes: &[u8]) -> usize {
        let mut ahead = self.clone();
        let mut walked = 0;
        while walked < bytes.len() {
            walked += ahead.step(&bytes[walked..]).0;
            if ahead.at_boundary() {
                break;
            }
        }
        walked
    }

    /// Follows bytes; says how many Socket.IO events ended in them.
    pub(super) fn advance(&mut self, mut bytes: &[u8]) -> u64 {
        let mut events = 0;
        while !bytes.is_empty() {
            let (walked, ended_event) = self.step(bytes);
            events += u64::from(ended_event);
            bytes = &bytes[walked..];
        }
        events
    }

    /// Follows at least one byte of some, at most to the next boundary.
    fn step(&mut self, bytes: &[u8]) -> (usize, bool) {
        match &mut self.place {
            Place::Head(seen) => {
                *seen = match bytes[0] {
                    byte if byte == END_OF_HEAD[*seen] => *seen + 1,
                    byte => usize::from(byte == END_OF_HEAD[0]),
                };
                if *seen == END_OF_HEAD.len() {
                    self.place = Place::Frame(ArrayVec::new());
                }
                (1, false)
            }
            Place::Frame(head) => {
                head.push(bytes[0]);
                if let Some(length) = payload_length(head) {
                    self.opening.clear();
                    self.place = Place::Payload(length);
                    return (1, self.end_if_done());
                }
                (1, false)
            }
            Place::Payload(left) => {
                let walked = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= walked as u64;
                let room = self.opening.remaining_capacity().min(walked);
                self.opening.extend(bytes[..room].iter().copied());
                (walked, self.end_if_done())
            }
        }
    }

    /// Goes to the next frame where this one is over; true when it was an event.
    fn end_if_done(&mut self) -> bool {
        if !matches!(self.place, Place::Payload(0)) {
            return false;
        }
        self.place = Place::Frame(ArrayVec::new());
        self.opening.as_slice() == EVENT
    }
}

/// The length of the payload once the head of a frame is whole; a server masks nothing.
fn payload_length(head: &[u8]) -> Option<u64> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    match (head.get(1)? & 0x7f, head.len()) {
        (126, 4) | (127, 10) => Some(number(&head[2..])),
        (126 | 127, _) => None,
        (short, _) => Some(u64::from(short)),
    }
}

/// A text as a frame of its own.
///
/// # Panics
/// When it is longer than 65,535 bytes.
pub(super) fn text_frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    let mut frame = vec![TEXT];
    match u8::try_from(length) {
        Ok(short) if short < 126 => frame.push(short),
        _ => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend(text.as_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n";

    fn stream() -> Vec<u8> {
        let texts = ["0{\"sid\":\"x\"}", "42[\"a\",1]", "2", "", &format!("42{}", "x".repeat(300))];
        let frames = texts.iter().flat_map(|text| text_frame(text));
        HEAD.iter().copied().chain(frames).collect()
    }

    #[test]
    fn events_are_counted_however_the_bytes_are_cut() {
        let bytes = stream();
        for size in [1, 2, 3, 7, 64, bytes.len()] {
            let mut frames = WireFrames::default();
            let events: u64 = bytes.chunks(size).map(|chunk| frames.advance(chunk)).sum();
            assert_eq!(events, 2, "in pieces of {size}");
            assert!(frames.at_boundary());
        }
    }

    #[test]
    fn the_next_boundary_is_at_the_end_of_the_frame() {
        let (bytes, mut frames) = (stream(), WireFrames::default());
        assert_eq!(frames.to_boundary(&bytes), HEAD.len());
        frames.advance(&bytes[..HEAD.len() + 3]);
        assert!(!frames.at_boundary());
        assert_eq!(frames.to_boundary(&bytes[HEAD.len() + 3..]), 2 + 12 - 3);
        assert_eq!(frames.to_boundary(&bytes[HEAD.len() + 3..][..4]), 4);
    }

    #[test]
    fn long_frames_have_their_length_in_eight_bytes() {
        let mut bytes = HEAD.to_vec();
        bytes.extend([TEXT, 127]);
        bytes.extend(70_000_u64.to_be_bytes());
        bytes.extend(b"42");
        bytes.extend(vec![b'x'; 69_998]);
        let mut frames = WireFrames::default();
        assert_eq!(frames.advance(&bytes), 1);
        assert!(frames.at_boundary());
    }
}
