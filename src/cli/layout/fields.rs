//! What is logged, on one line each.

use std::fmt;

use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultFields, Writer};

use crate::base::printable;

/// Writes what an event says as usual, but on one line: what a feed, a page or a server said in it
/// begins no line of its own, and does nothing to a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cli) struct OneLine;

impl<'writer> FormatFields<'writer> for OneLine {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        let mut text = String::new();
        DefaultFields::new().format_fields(Writer::new(&mut text), fields)?;
        writer.write_str(&printable::one_line(&text))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_others_say_begins_no_line_of_a_log_and_does_nothing_to_a_terminal() {
        let kept = Kept::default();
        let writer = kept.clone();
        let lines = tracing_subscriber::fmt::layer()
            .fmt_fields(OneLine)
            .with_ansi(false)
            .with_writer(move || writer.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let said = "x\n2026-01-01T00:00:00Z  INFO forged\r\u{1b}]0;title\u{7}\u{202e}";
            tracing::warn!("no connection: {said}");
            tracing::warn!(said, "with a field");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.chars().any(|sign| sign != '\n' && printable::is_unprintable(sign)));
        assert!(text.contains("no connection: x\\n2026-01-01T00:00:00Z  INFO forged"), "{text}");
    }
}
