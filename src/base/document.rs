//! Splits RON text into fields with positions, so that every problem of a file is reported at once,
//! each with its line and column.
//!
//! The `ron` crate reads the text, but a typed read stops at the first problem. Here each struct is
//! split into its fields as raw text ([`RawValue`]); then every field is read on its own, and each
//! problem is noted at the position of that field's text in the file.

mod brackets;
mod choice;
mod draw;
mod fields;
mod mend;
mod raw;
mod repairs;
mod similar;
mod tokens;
mod value;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ron::error::{Position, SpannedError};
use ron::value::RawValue;
use serde::Serialize;

pub(crate) use choice::WORDS;
pub use choice::{Choice, Pick, VALUES_MAX, Values};
pub use draw::Draw;
pub use fields::DocumentFields;
use mend::{TOO_DEEP, mend};
use repairs::Repaired;
pub use similar::one_of;
pub use value::{Value, excerpt};

/// A problem of a file, with its position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// Line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// Column in characters, from 1; 0 for the file as a whole.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.what),
            line => write!(f, "{line}:{}: {}", self.column, self.what),
        }
    }
}

/// A text and the problems found in it so far.
#[derive(Debug)]
pub struct Document {
    /// The text as it is written.
    written: String,
    /// The text to read, where that is another: `ron` reads no more of a text than its first fault.
    repaired: Option<Repaired>,
    /// Why the text is not RON, and where.
    not_ron: Option<(usize, String)>,
    /// The problems by their byte offset as written; lines are counted once, on demand.
    problems: RefCell<Vec<(usize, String)>>,
    /// What is likely a mistake, by byte offset as written.
    warnings: RefCell<Vec<(usize, String)>>,
    /// The values picked for choices, by the offset at which each choice begins.
    picks: BTreeMap<usize, (usize, Pick)>,
    /// The choices met so far without a pick.
    met: RefCell<choice::Met>,
}

/// A piece of a document's text: one value.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    document: &'a Document,
    /// The text to read: the picked value in place of a choice; empty where the choice is broken.
    text: &'a str,
    /// The text as written, choices included.
    written: &'a str,
    /// The field that the value belongs to; empty where there is none.
    field: &'a str,
}

impl Document {
    /// A document of a text. A leading byte order mark is ignored. Of a text that is not RON, what
    /// is wrong is noted, and as much as possible can be read all the same.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut document = Self::with(text, []);
        let is_text = !document.written.contains('\0');
        if let Err(error) = ron::from_str::<&RawValue>(&document.written)
            && is_text
        {
            document.not_ron = Some(document.reason(&error));
            let (faults, repaired) = mend(&document.written);
            faults.into_iter().for_each(|(at, what)| document.note(at, what));
            let is_ron = |it: &Repaired| ron::from_str::<&RawValue>(&it.text).is_ok();
            document.repaired = repaired.filter(is_ron);
        }
        document
    }

    /// A document with values picked for choices, given by the byte ranges of the choices.
    #[must_use]
    pub fn with(text: &str, picks: impl IntoIterator<Item = (Range<usize>, Pick)>) -> Self {
        // Without the newline, a comment on the last line would not end a raw value.
        let written = format!("{}\n", text.strip_prefix('\u{feff}').unwrap_or(text));
        let picks = picks.into_iter().map(|(span, pick)| (span.start, (span.end, pick))).collect();
        Self {
            written,
            repaired: None,
            not_ron: None,
            problems: RefCell::default(),
            warnings: RefCell::default(),
            picks,
            met: RefCell::default(),
        }
    }

    /// The text to read.
    fn text(&self) -> &str {
        self.repaired.as_ref().map_or(&self.written, |repaired| &repaired.text)
    }

    /// The choices met while reading the document, in the order of the text.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        self.met.borrow().choices()
    }

    /// Whether a value is to be drawn anywhere, be it possible or not.
    #[must_use]
    pub fn has_draws(&self) -> bool {
        self.met.borrow().has_draws()
    }

    /// The document's value; `None` when the text is not RON.
    #[must_use]
    pub fn root(&self) -> Option<Raw<'_>> {
        if let Some(at) = self.written.find('\0') {
            self.note(at, "a NUL byte: this is not a text file");
            return None;
        }
        match ron::from_str::<&RawValue>(self.text()) {
            Ok(raw) => {
                let text = raw.trim().get_ron();
                Some(Raw { document: self, text, written: text, field: "" })
            }
            Err(error) => {
                if self.problems.borrow().is_empty() {
                    let (at, what) = self.reason(&error);
                    self.note(at, what);
                }
                None
            }
        }
    }

    /// Why the text as it is written is not RON, and where that was noticed.
    fn reason(&self, error: &SpannedError) -> (usize, String) {
        let what = match &error.code {
            ron::Error::ExceededRecursionLimit => TOO_DEEP.to_owned(),
            ron::Error::Eof => "not RON: the text ends too soon".to_owned(),
            code => format!("not RON: {code}"),
        };
        (self.offset(error.span.start), what)
    }

    /// The problems found, in the order of the text; at least one when the text is not RON.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut noted = self.problems.borrow().clone();
        if noted.is_empty() {
            noted.extend(self.not_ron.clone());
        }
        self.placed(noted)
    }

    /// What is likely a mistake, in the order of the text.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        self.placed(self.warnings.borrow().clone())
    }

    fn placed(&self, mut noted: Vec<(usize, String)>) -> Vec<Problem> {
        noted.sort();
        noted.dedup();
        // Count each position from the one before: a line may be long and full of problems.
        let (mut line, mut column, mut seen) = (1, 1, 0);
        let place = |(offset, what): (usize, String)| {
            let between = &self.written[seen..offset];
            seen = offset;
            line += between.matches('\n').count();
            column = match between.rsplit_once('\n') {
                Some((_, line)) => line.chars().count() + 1,
                None => column + between.chars().count(),
            };
            Problem { line, column, what }
        };
        noted.into_iter().map(place).collect()
    }

    /// Notes a problem at the start of a piece of the text.
    fn problem(&self, at: &str, what: impl Into<String>) {
        self.note(self.span_of(at).map_or(0, |span| span.start), what);
    }

    /// Notes what is likely a mistake, at the start of a piece of the text.
    fn warn(&self, at: &str, what: impl Into<String>) {
        let offset = self.span_of(at).map_or(0, |span| span.start);
        if let Some(offset) = self.place(offset) {
            self.warnings.borrow_mut().push((offset, printable(what)));
        }
    }

    /// The byte range of a piece of the text to read; `None` for any other text.
    fn span_of(&self, piece: &str) -> Option<Range<usize>> {
        let text = self.text();
        let start = (piece.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        let end = start.checked_add(piece.len()).filter(|&end| end <= text.len())?;
        text.is_char_boundary(start).then_some(start..end)
    }

    /// A piece of the text to read as it is written.
    fn as_written<'a>(&'a self, piece: &'a str) -> &'a str {
        let place = || {
            let (repaired, span) = (self.repaired.as_ref()?, self.span_of(piece)?);
            self.written.get(repaired.written(span.start)..repaired.written(span.end))
        };
        place().unwrap_or(piece)
    }

    /// Where an offset of the text to read is in the text as it is written; `None` in a value that
    /// was put in for a missing one, which is a problem already.
    fn place(&self, offset: usize) -> Option<usize> {
        let Some(repaired) = &self.repaired else { return Some(offset) };
        let written = repaired.written(offset);
        (!repaired.is_stand_in(written)).then_some(written)
    }

    /// Notes a problem at a byte offset of the text.
    pub fn note(&self, offset: usize, what: impl Into<String>) {
        if let Some(offset) = self.place(offset) {
            self.problems.borrow_mut().push((offset, printable(what)));
        }
    }

    /// The byte offset of a line and column; the end of the text for positions after it.
    fn offset(&self, position: Position) -> usize {
        let end = self.written.trim_end().len();
        let lines_before = position.line.saturating_sub(1);
        let line_start = match lines_before.checked_sub(1) {
            None => 0,
            Some(last) => {
                self.written.match_indices('\n').nth(last).map_or(end, |(newline, _)| newline + 1)
            }
        };
        let column = position.col.saturating_sub(1);
        let line = &self.written[line_start..];
        let within = line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset);
        (line_start + within).min(end)
    }
}

/// A message without signs that a terminal would obey: a file's content may be quoted.
fn printable(what: impl Into<String>) -> String {
    what.into().replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sol::Sol;

    fn shown(document: &Document) -> Vec<String> {
        document.problems().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_problem_of_a_struct_is_found_with_its_place() {
        let text = "// a comment\nBot(\n    id: 5,\n    stake: 0.0000000001, // fine\n    x: 1,\n)";
        let document = Document::new(text);
        let mut fields = document.root().unwrap().fields().unwrap();
        assert_eq!(fields.name(), "Bot");
        assert_eq!(fields.required::<String>("id"), None);
        assert_eq!(fields.optional::<Sol>("stake"), None);
        assert_eq!(fields.required::<u64>("seed"), None);
        fields.finish();
        assert_eq!(
            shown(&document),
            [
                "2:1: field `seed` is missing",
                "3:9: 5: expected text in quotes",
                "4:12: 0.0000000001: an amount has at most 9 decimals \
                 (one lamport is 0.000000001 SOL)",
                "5:5: unknown field `x`, expected one of: id, stake, seed",
            ]
        );
    }

    #[test]
    fn a_bracket_that_is_not_closed_is_one_problem_and_the_rest_is_read() {
        let document = Document::new("Scenario(\n  name: \"x\",\n  seed: [1,\n)");
        let mut fields = document.root().unwrap().fields().unwrap();
        assert_eq!(fields.required::<String>("name").as_deref(), Some("x"));
        let expected = "4:1: `]` is missing before this `)`: the `[` of line 3 is not closed";
        assert_eq!(shown(&document), [expected]);
    }

    #[test]
    fn an_end_that_comes_too_soon_is_shown_where_the_text_ends() {
        let document = Document::new("Scenario(\n  seed: 1,\n\n\n");
        let expected = "2:11: the text ends here, but the `(` of line 1 is not closed";
        assert_eq!(shown(&document), [expected]);
    }

    #[test]
    fn text_that_is_not_ron_is_never_without_a_problem() {
        // What is put in quotes for reading may be a text where it stands.
        let document = Document::new("(name: 5x)");
        let mut fields = document.root().unwrap().fields().unwrap();
        assert_eq!(fields.required::<String>("name").as_deref(), Some("5x"));
        assert_eq!(shown(&document).len(), 1, "{:?}", shown(&document));
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let document = Document::new("(ä: \"öü\", ß: -1)");
        let mut fields = document.root().unwrap().fields().unwrap();
        assert_eq!(fields.required::<u64>("ß"), None);
        assert!(shown(&document)[0].starts_with("1:14: -1"), "{:?}", shown(&document));
    }

    #[test]
    fn a_field_given_twice_is_a_problem() {
        let document = Document::new("(a: 1, a: 2)");
        let mut fields = document.root().unwrap().fields().unwrap();
        assert_eq!(fields.required::<u64>("a"), Some(1));
        assert_eq!(shown(&document), ["1:8: field `a` is given twice"]);
    }

    #[test]
    fn a_name_around_a_value_is_taken_apart() {
        for (text, name, inner) in [
            ("PerGame( 0.1 )", "PerGame", "0.1"),
            ("PerGame(0.1,) // tenth", "PerGame", "0.1"),
            (
                "PerGame /* (a: 1) */ ( // one )\n Inner((2), \")\") )",
                "PerGame",
                "Inner((2), \")\")",
            ),
            ("Sampled([1, (2)])", "Sampled", "[1, (2)]"),
        ] {
            let document = Document::new(text);
            let root = document.root().unwrap();
            assert_eq!(root.name(), name, "{text}");
            assert_eq!(root.wrapped().unwrap().text(), inner, "{text}");
        }
    }

    #[test]
    fn a_name_around_no_value_or_two_is_a_problem() {
        for text in ["PerGame", "PerGame()", "PerGame(1, 2)", "PerGame(a: 1)", "[1]", "1"] {
            let document = Document::new(text);
            assert!(document.root().unwrap().wrapped().is_none(), "{text}");
            assert_eq!(document.problems().len(), 1, "{text}");
        }
    }

    #[test]
    fn a_byte_order_mark_and_a_comment_without_an_end_are_no_problem() {
        let document = Document::new("\u{feff}(a: 1) // the end");
        assert_eq!(document.root().unwrap().text(), "(a: 1)", "{:?}", shown(&document));
    }
}
