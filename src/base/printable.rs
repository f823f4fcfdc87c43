//! Text from outside, in a form that a terminal, a log or a page shows as it is.
//!
//! What a feed, a page, a server or a file name says may hold line breaks, escape sequences and
//! marks that turn the direction of writing: printed as they are, they forge lines of a log, move
//! the cursor or show a name as another one. Here they become visible escapes, as Rust writes them.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

/// A text on one line: every sign that is not to be printed is escaped, line breaks and tabs too.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_unprintable)
}

/// The same of a text of several lines, whose line breaks and tabs are ours and stay.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |sign| is_unprintable(sign) && !matches!(sign, '\n' | '\t'))
}

/// A JSON document with escapes for what JSON permits and a terminal does not show as it is.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    // They stand in strings only, where these escapes are the same text.
    let is_escaped = |sign: char| is_unprintable(sign) && sign != '\n';
    if !text.chars().any(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        if is_escaped(sign) {
            let mut units = [0; 2];
            for unit in sign.encode_utf16(&mut units) {
                write!(shown, "\\u{unit:04x}").expect("a text takes all text");
            }
        } else {
            shown.push(sign);
        }
    }
    Cow::Owned(shown)
}

/// A path on one line.
#[must_use]
pub fn path(path: &Path) -> String {
    one_line(&path.to_string_lossy()).into_owned()
}

/// Whether a sign moves, hides or turns what is printed: control characters, separators of lines,
/// and marks of direction or without a width (Unicode Standard Annex 9, Trojan Source).
#[must_use]
pub fn is_unprintable(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{061c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        match sign {
            _ if !is_escaped(sign) => shown.push(sign),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ => write!(shown, "\\u{{{:x}}}", u32::from(sign)).expect("a text takes all text"),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_forge_a_line_or_move_the_cursor_is_shown_as_an_escape() {
        for (text, shown) in [
            ("a\n2026-01-01T00:00:00Z  INFO b", "a\\n2026-01-01T00:00:00Z  INFO b"),
            ("\u{1b}]0;owned\u{7}", "\\u{1b}]0;owned\\u{7}"),
            ("over\rwritten\t", "over\\rwritten\\t"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("exe\u{202e}gnp.", "exe\\u{202e}gnp."),
            ("a\u{200b}b\u{2028}c\u{feff}", "a\\u{200b}b\\u{2028}c\\u{feff}"),
        ] {
            assert_eq!(one_line(text), shown);
        }
    }

    #[test]
    fn json_says_the_same_with_escapes() {
        let said = "a\u{1b}\n\u{202e}\u{9b}\u{7f}\u{e0041}é";
        let text = serde_json::to_string(said).unwrap();
        let shown = json(&text);
        assert!(!shown.chars().any(is_unprintable), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), said);
    }

    #[test]
    fn what_can_be_printed_stays_and_is_not_copied() {
        for text in ["", "1.5 SOL ± 2 %", "Größe 日本 é", "C:\\x"] {
            assert!(matches!(one_line(text), Cow::Borrowed(same) if same == text), "{text}");
        }
        assert_eq!(lines("a\n\tb\u{1b}[2J"), "a\n\tb\\u{1b}[2J");
    }
}
