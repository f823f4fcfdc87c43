//! Text wrapped between words, never inside of a figure.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::columns;

/// Text after a heading, wrapped between words; continuation lines are indented to the text, or a
/// little where the heading is long.
pub(in super::super) fn hanging(heading: &str, text: &str) -> String {
    hung(heading, text, columns())
}

/// The same for a given number of columns.
pub(super) fn hung(heading: &str, text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return format!("{heading}{text}") };
    let begin = shown(heading);
    if begin > columns / 2 {
        let mut lines = Lines { text: String::new(), column: 0, indent: INDENT_LONG, columns };
        lines.flow(&format!("{heading}{text}"));
        return lines.text;
    }
    let mut lines = Lines { text: heading.to_owned(), column: begin, indent: begin, columns };
    lines.flow(text);
    lines.text
}

/// Every line that is wider than this many columns, wrapped; continuation lines are indented by two
/// columns more than the line.
///
/// Quoted lines of a file stay as they are: a caret below one stands under its place.
pub(in super::super) fn wrapped(text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    let fit = |line: &str| {
        if shown(line) <= columns || is_quoted(line) {
            return line.to_owned();
        }
        let words = line.trim_start_matches(' ');
        let before = line.len() - words.len();
        let indent = (before + 2).min(columns / 2);
        let mut lines = Lines { text: " ".repeat(before), column: before, indent, columns };
        lines.flow(words);
        lines.text
    };
    text.split('\n').map(fit).collect::<Vec<_>>().join("\n")
}

/// Indentation below a heading that is too long to indent to its end.
const INDENT_LONG: usize = 4;

/// Columns that a text takes on a terminal; escape sequences take none.
pub(super) fn shown(text: &str) -> usize {
    if !text.contains(ESCAPE) {
        return text.width();
    }
    let mut escaped = false;
    text.chars().filter(|&c| !is_escape(c, &mut escaped)).filter_map(UnicodeWidthChar::width).sum()
}

const ESCAPE: char = '\u{1b}';

/// Whether a character belongs to an escape sequence, which a letter ends.
fn is_escape(c: char, escaped: &mut bool) -> bool {
    let begins = c == ESCAPE;
    let belongs = begins || *escaped;
    *escaped = begins || (*escaped && !c.is_ascii_alphabetic());
    belongs
}

/// Whether a line quotes a file: a number or nothing, then a bar.
fn is_quoted(line: &str) -> bool {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with(' ') && rest.trim_start().starts_with("| ")
}

/// Whether a line may end between two words. Signs, units and the figures that they belong to stay
/// together.
fn may_part(before: &str, after: &str) -> bool {
    let is_sign = |word: &str| matches!(word, "±" | "<" | "=" | "+" | "-");
    let belongs = |word: &str| word.starts_with('%') || word.trim_end_matches([';', ',']) == "SOL";
    let named = |word: &str| matches!(word, "p" | "(p");
    !is_sign(before) && !is_sign(after) && !belongs(after) && !named(before)
}

/// Lines of text that grow word by word.
struct Lines {
    text: String,
    /// Columns of the last line.
    column: usize,
    /// Columns before every line but the first.
    indent: usize,
    /// Most columns of a line.
    columns: usize,
}

impl Lines {
    /// Adds words, which spaces separate.
    fn flow(&mut self, text: &str) {
        let (mut pieces, mut last) = (Vec::<String>::new(), "");
        for word in text.split(' ') {
            match pieces.last_mut() {
                Some(piece) if !last.is_empty() && !may_part(last, word) => {
                    piece.push(' ');
                    piece.push_str(word);
                }
                _ => pieces.push(word.to_owned()),
            }
            last = word;
        }
        pieces.iter().enumerate().for_each(|(at, piece)| self.put(piece, at == 0));
    }

    /// Adds a piece that a line must not end in, unless it is longer than a line.
    fn put(&mut self, piece: &str, is_first: bool) {
        let space = usize::from(!is_first);
        let takes = shown(piece);
        if self.column + space + takes <= self.columns {
            self.text.push_str(&" ".repeat(space));
            self.text.push_str(piece);
            self.column += space + takes;
            return;
        }
        if self.column > self.indent {
            self.end();
        }
        let mut escaped = false;
        for c in piece.chars() {
            let takes = if is_escape(c, &mut escaped) { 0 } else { c.width().unwrap_or(0) };
            if self.column + takes > self.columns {
                self.end();
            }
            self.text.push(c);
            self.column += takes;
        }
    }

    /// Ends the line and begins the next one.
    fn end(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
        self.text.push_str(&" ".repeat(self.indent));
        self.column = self.indent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that figures are written with.
    const VERDICT: &str = "no edge shown: -0.001500 to +0.002500 SOL per game (p < 0.001, corrected \
                           for 4 compared); mean -0.000692 ± 0.000460, or 12.3 % of the stake";

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_sign_or_unit_begins_or_ends_one() {
        for columns in 40..140 {
            let text = hung("aggressive: ", VERDICT, Some(columns));
            for line in text.lines() {
                assert!(shown(line) <= columns, "{columns}: {line}");
                let words: Vec<&str> = line.split_whitespace().collect();
                let (first, last) = (words[0], words[words.len() - 1]);
                assert!(!["±", "%", "<", "SOL"].contains(&first), "{columns}: {text}");
                assert!(!["±", "<", "(p", "p"].contains(&last), "{columns}: {text}");
            }
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words(&text), format!("aggressive: {VERDICT}"));
        }
    }

    #[test]
    fn a_pipe_gets_every_text_on_one_line() {
        assert_eq!(hung("a: ", VERDICT, None), format!("a: {VERDICT}"));
        assert_eq!(wrapped(VERDICT, None), VERDICT);
    }

    #[test]
    fn continuation_lines_are_indented_to_the_text_unless_the_heading_is_long() {
        let text = hung("name: ", "one two three four five six seven eight", Some(24));
        assert_eq!(text, "name: one two three four\n      five six seven\n      eight");
        let text = hung("a-very-long-name: ", "one two three four", Some(24));
        assert_eq!(text, "a-very-long-name: one\n    two three four");
    }

    #[test]
    fn only_lines_that_are_too_wide_are_wrapped_and_quoted_ones_never() {
        let quoted = " 3 | a line of the file that is long\n   |  ^\n\nend";
        let text = format!("error: x.ron:3:11: a sentence that is long\n{quoted}");
        assert_eq!(
            wrapped(&text, Some(30)),
            format!("error: x.ron:3:11: a sentence\n  that is long\n{quoted}")
        );
        assert_eq!(wrapped("a    b", Some(30)), "a    b");
    }

    #[test]
    fn a_word_longer_than_a_line_is_broken_and_wide_or_invisible_characters_are_counted() {
        let path = "/a/path/that/is/much/longer/than/the/terminal/is/wide";
        let text = wrapped(&format!("written to {path}"), Some(24));
        assert!(text.lines().all(|line| shown(line) <= 24), "{text}");
        assert_eq!(text.replace("\n  ", ""), format!("written to{path}"));
        assert_eq!(shown("\u{1b}[32m INFO\u{1b}[0m ok"), 8);
        assert_eq!(shown("日本"), 4);
        let text = wrapped("\u{1b}[33m WARN\u{1b}[0m one two three", Some(12));
        assert_eq!(text, "\u{1b}[33m WARN\u{1b}[0m one\n  two three");
    }
}
