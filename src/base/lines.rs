//! Splits bytes into lines in bounded memory.

use std::io::{self, BufRead};

/// Longest line in bytes that is read; the original refused longer ones too
/// (docs/spec/original.md#recorder). A row of a recording has about 240 bytes.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// One line of an input, without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InputLine<'a> {
    /// The bytes of the line, which need not be UTF-8.
    Text(&'a [u8]),
    /// The line was longer than [`LINE_BYTES_MAX`] and was skipped.
    TooLong,
}

/// What some programs write before the first character of a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Splits an input into lines, without a byte order mark before the first one. Copies at most one
/// line, and none that lies completely in the reader's own buffer.
pub(crate) struct Lines<R> {
    input: R,
    /// Bytes of the reader's buffer that hold the line returned last.
    lent: usize,
    /// A line that spans several buffers.
    spanning: Vec<u8>,
    /// Whether a line was returned.
    begun: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self { input, lent: 0, spanning: Vec::new(), begun: false }
    }

    /// The input, which is read ahead of the lines.
    pub(crate) const fn input(&mut self) -> &mut R {
        &mut self.input
    }

    /// The next line; `None` at the end. The last line may lack its line feed.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<InputLine<'_>>> {
        self.input.consume(std::mem::take(&mut self.lent));
        self.spanning.clear();
        let is_first = !std::mem::replace(&mut self.begun, true);
        let mut length = 0_usize;
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (at_end, feed) = (buffer.is_empty(), memchr::memchr(b'\n', buffer));
            if at_end && length == 0 {
                return Ok(None);
            }
            let part = feed.unwrap_or(buffer.len());
            length = length.saturating_add(part);
            if let (Some(feed), true) = (feed, length == part && part <= LINE_BYTES_MAX) {
                self.lent = feed + 1;
                // The buffer still holds these bytes: `fill_buf` reads nothing.
                return Ok(Some(InputLine::Text(text(is_first, &self.input.fill_buf()?[..feed]))));
            }
            if length <= LINE_BYTES_MAX {
                self.spanning.extend_from_slice(&buffer[..part]);
            }
            self.input.consume(part + usize::from(feed.is_some()));
            if feed.is_some() || at_end {
                return Ok(Some(if length <= LINE_BYTES_MAX {
                    InputLine::Text(text(is_first, &self.spanning))
                } else {
                    InputLine::TooLong
                }));
            }
        }
    }
}

/// Why a first line cannot be read; `None` unless it begins as text in UTF-16 does.
pub(crate) fn in_utf16(first: &[u8]) -> Option<String> {
    let marked = [&b"\xFF\xFE"[..], b"\xFE\xFF"].iter().any(|mark| first.starts_with(mark));
    marked.then(|| "text in UTF-16; save the file as UTF-8".to_owned())
}

/// A line without the byte order mark that the first one may have.
fn text(is_first: bool, line: &[u8]) -> &[u8] {
    let unmarked = is_first.then(|| line.strip_prefix(BYTE_ORDER_MARK)).flatten();
    unmarked.unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    fn split(bytes: &[u8], capacity: usize) -> Vec<Option<Vec<u8>>> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, bytes));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push(match line {
                InputLine::Text(text) => Some(text.to_vec()),
                InputLine::TooLong => None,
            });
        }
        all
    }

    #[test]
    fn lines_are_the_same_for_every_size_of_buffer() {
        let bytes = b"one\n\ntwo\r\nthree three three\nlast";
        let wanted: Vec<_> = [&b"one"[..], b"", b"two\r", b"three three three", b"last"]
            .map(|line| Some(line.to_vec()))
            .into();
        for capacity in 1..40 {
            assert_eq!(split(bytes, capacity), wanted, "{capacity}");
        }
        assert!(split(b"", 8).is_empty());
    }

    #[test]
    fn a_byte_order_mark_before_the_first_line_is_not_part_of_it() {
        let marked = b"\xEF\xBB\xBFone\n\xEF\xBB\xBFtwo";
        for capacity in 1..20 {
            let wanted = vec![Some(b"one".to_vec()), Some(b"\xEF\xBB\xBFtwo".to_vec())];
            assert_eq!(split(marked, capacity), wanted, "{capacity}");
        }
        assert_eq!(split(BYTE_ORDER_MARK, 8), [Some(Vec::new())]);
    }

    #[test]
    fn a_line_over_the_limit_is_dropped_and_the_next_one_is_whole() {
        for extra in 0..2 {
            let mut bytes = vec![b'x'; LINE_BYTES_MAX + extra];
            bytes.extend_from_slice(b"\nnext\n");
            for capacity in [4096, 4 << 20] {
                let lines = split(&bytes, capacity);
                assert_eq!(lines[0].is_none(), extra > 0);
                assert_eq!(lines[1..], [Some(b"next".to_vec())]);
            }
        }
    }

    #[test]
    fn a_line_without_end_is_never_held() {
        let endless = io::repeat(b'x').take(64 * LINE_BYTES_MAX as u64);
        let mut lines = Lines::new(BufReader::new(endless));
        assert_eq!(lines.next().unwrap(), Some(InputLine::TooLong));
        assert!(lines.spanning.capacity() <= 2 * LINE_BYTES_MAX);
        assert_eq!(lines.next().unwrap(), None);
    }
}
