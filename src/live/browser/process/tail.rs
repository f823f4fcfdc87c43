//! The last words of a browser: what it wrote to its stderr, bounded.

use std::collections::VecDeque;
use std::fmt;

use crate::base::printable;

/// What stands before the address, in the one line that has it.
const LISTENING: &str = "DevTools listening on ";
/// Lines that are kept.
const LINES_MAX: usize = 40;
/// Bytes of a line that are kept.
const LINE_BYTES_MAX: usize = 400;

/// The end of what was said. Its `Display` has the lines beside each other.
#[derive(Debug, Default)]
pub(super) struct OutputTail {
    lines: VecDeque<String>,
    /// The line that is not over.
    open: Vec<u8>,
}

impl OutputTail {
    /// Takes what was said; returns the address where the browser listens, if that was in it.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<String> {
        let mut address = None;
        for &byte in bytes {
            match byte {
                b'\n' => address = self.end_line().or(address),
                _ if self.open.len() < LINE_BYTES_MAX => self.open.push(byte),
                _ => {}
            }
        }
        address
    }

    fn end_line(&mut self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.open);
        let line = text.trim_end_matches('\r').to_owned();
        self.open.clear();
        let address = line.trim_end().strip_prefix(LISTENING).map(str::to_owned);
        if self.lines.len() == LINES_MAX {
            self.lines.pop_front();
        }
        // The address opens the browser to anyone who can read it: not into any log.
        self.lines.push_back(if address.is_some() { LISTENING.to_owned() } else { line });
        address
    }
}

impl fmt::Display for OutputTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return f.write_str("it said nothing");
        }
        f.write_str("it said last: ")?;
        for (at, line) in self.lines.iter().enumerate() {
            let between = if at == 0 { "" } else { " | " };
            write!(f, "{between}{}", printable::one_line(line))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_pieces_and_not_kept() {
        let mut tail = OutputTail::default();
        assert_eq!(tail.push(b"[1:2:ERROR] dbus\nDevTools liste"), None);
        let found = tail.push(b"ning on ws://127.0.0.1:1/devtools/browser/x\nmore\n");
        assert_eq!(found.as_deref(), Some("ws://127.0.0.1:1/devtools/browser/x"));
        let kept = tail.to_string();
        assert!(
            kept.contains("dbus") && kept.contains("more") && !kept.contains("ws://"),
            "{kept}"
        );
    }

    #[test]
    fn a_page_that_prints_an_address_in_a_line_is_not_believed() {
        let mut tail = OutputTail::default();
        let said = b"[1:2:INFO:CONSOLE(1)] \"DevTools listening on ws://127.0.0.1:6/x\"\n";
        assert_eq!(tail.push(said), None);
    }

    #[test]
    fn endless_lines_and_endlessly_many_take_no_more_room() {
        let mut tail = OutputTail::default();
        for n in 0..1_000 {
            tail.push(format!("{n} {}\n", "x".repeat(5_000)).as_bytes());
        }
        tail.push(&vec![b'y'; 1_000_000]);
        let kept = tail.to_string();
        assert!(kept.len() < LINES_MAX * (LINE_BYTES_MAX + 10) + 100, "{}", kept.len());
        assert!(kept.contains("999 x") && !kept.contains("959 x"));
    }
}
