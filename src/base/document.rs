//! Splits RON text into fields with positions, so that every problem of a file is reported at once,
//! each with its line and column.
//!
//! The `ron` crate reads the text, but a typed read stops at the first problem. Here each struct is
//! split into its fields as raw text ([`RawValue`]); then every field is read on its own, and each
//! problem is noted at the position of that field's text in the file.

mod choice;
mod fields;
mod similar;
mod value;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use ron::error::Position;
use ron::value::RawValue;
use serde::Serialize;

pub(crate) use choice::WORDS;
pub use choice::{Choice, Draw, Pick, VALUES_MAX, Values};
pub use fields::DocumentFields;
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
    text: String,
    /// The problems by their byte offset; lines are counted once, on demand.
    problems: RefCell<Vec<(usize, String)>>,
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
    /// A document without problems so far. A leading byte order mark is ignored.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::with(text, [])
    }

    /// A document with values picked for choices, given by the byte ranges of the choices.
    #[must_use]
    pub fn with(text: &str, picks: impl IntoIterator<Item = (Range<usize>, Pick)>) -> Self {
        // Without the newline, a comment on the last line would not end a raw value.
        let text = format!("{}\n", text.strip_prefix('\u{feff}').unwrap_or(text));
        let picks = picks.into_iter().map(|(span, pick)| (span.start, (span.end, pick))).collect();
        Self { text, problems: RefCell::default(), picks, met: RefCell::default() }
    }

    /// The choices met while reading the document, in the order of the text.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        self.met.borrow().choices()
    }

    /// The document's value; `None` when the text is not RON.
    #[must_use]
    pub fn root(&self) -> Option<Raw<'_>> {
        if let Some(at) = self.text.find('\0') {
            self.note(at, "a NUL byte: this is not a text file");
            return None;
        }
        match ron::from_str::<&RawValue>(&self.text) {
            Ok(raw) => {
                let text = raw.trim().get_ron();
                Some(Raw { document: self, text, written: text, field: "" })
            }
            Err(error) => {
                self.note(self.offset(error.span.start), format!("not RON: {}", error.code));
                None
            }
        }
    }

    /// The problems found, in the order of the text.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut noted = self.problems.borrow().clone();
        noted.sort();
        noted.dedup();
        // Count each position from the one before: a line may be long and full of problems.
        let (mut line, mut column, mut seen) = (1, 1, 0);
        let place = |(offset, what): (usize, String)| {
            let between = &self.text[seen..offset];
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

    /// The byte range of a piece of the text; `None` for any other text.
    fn span_of(&self, piece: &str) -> Option<Range<usize>> {
        let start = (piece.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let end = start.checked_add(piece.len()).filter(|&end| end <= self.text.len())?;
        self.text.is_char_boundary(start).then_some(start..end)
    }

    /// Notes a problem at a byte offset of the text.
    pub fn note(&self, offset: usize, what: impl Into<String>) {
        // A file's content may be quoted, but must not reach a terminal as a command.
        let what = what.into().replace(char::is_control, "\u{fffd}");
        self.problems.borrow_mut().push((offset, what));
    }

    /// The byte offset of a line and column; the end of the text for positions after it.
    fn offset(&self, position: Position) -> usize {
        let end = self.text.trim_end().len();
        let lines_before = position.line.saturating_sub(1);
        let line_start = match lines_before.checked_sub(1) {
            None => 0,
            Some(last) => {
                self.text.match_indices('\n').nth(last).map_or(end, |(newline, _)| newline + 1)
            }
        };
        let column = position.col.saturating_sub(1);
        let line = &self.text[line_start..];
        let within = line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset);
        (line_start + within).min(end)
    }
}

impl<'a> Raw<'a> {
    /// The text to read: the picked value in place of a choice.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The name that the value begins with: `PerGame` in `PerGame(0.1)`; empty where there is none.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.text[self.name_range()]
    }

    /// The byte range of the value in the document's text.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.document.span_of(self.written)
    }

    /// Notes a problem with this value: at the picked value where that is a piece of the text,
    /// otherwise at the choice.
    pub fn problem(&self, what: impl Into<String>) {
        // A broken choice has already been reported.
        if !self.text.is_empty() || self.written.is_empty() {
            let picked = self.document.span_of(self.text).is_some();
            self.document.problem(if picked { self.text } else { self.written }, what);
        }
    }

    /// Notes that the value begins with none of the `known` names.
    pub fn unknown_name(&self, known: &[&str]) {
        let name = self.name();
        let what =
            if name.is_empty() { excerpt(self.text) } else { format!("`{}`", excerpt(name)) };
        self.problem(format!("{what} is not known here{}", one_of(name, known)));
    }

    /// Reads the value as a type; notes a problem otherwise.
    #[must_use]
    pub fn read<T: Value>(&self) -> Option<T> {
        self.checked(|_| None)
    }

    /// Reads the value as a type; notes what is wrong, or what `check` returns.
    pub fn checked<T: Value>(&self, check: impl FnOnce(&T) -> Option<String>) -> Option<T> {
        let read = T::parse(self.text).and_then(|value| match check(&value) {
            Some(what) => Err(what),
            None => Ok(value),
        });
        read.map_err(|what| self.problem(format!("{}: {what}", excerpt(self.text)))).ok()
    }

    /// Splits the value as a struct with an optional name: `Name(field: value, …)`, `Name`.
    #[must_use]
    pub fn fields(self) -> Option<DocumentFields<'a>> {
        let fields = DocumentFields::of(self);
        if fields.is_none() {
            let name = excerpt(self.name());
            self.problem(format!("expected fields in parentheses: `{name}(field: value, …)`"));
        }
        fields
    }

    /// Splits the value as a list.
    #[must_use]
    pub fn list(self) -> Option<Vec<Self>> {
        match ron::from_str::<Vec<&'a RawValue>>(self.text) {
            Ok(items) => Some(items.into_iter().map(|raw| self.part(self.field, raw)).collect()),
            Err(_) => {
                self.problem(format!("{}: expected a list: `[…, …]`", excerpt(self.text)));
                None
            }
        }
    }

    /// The value in the parentheses after the name: the `0.1` of `PerGame(0.1)`.
    #[must_use]
    pub fn wrapped(self) -> Option<Self> {
        match ron::from_str::<(&'a RawValue,)>(self.body()) {
            Ok((raw,)) => Some(self.part(self.field, raw)),
            Err(_) => {
                let name = excerpt(self.name());
                self.problem(format!("expected one value in parentheses: `{name}(value)`"));
                None
            }
        }
    }

    /// Checks that the value is a name alone, such as `Observed`; anything more is a problem.
    #[must_use]
    pub fn alone(self) -> Option<()> {
        if self.body().is_empty() {
            return Some(());
        }
        self.problem(format!("expected `{}` alone, without parentheses", excerpt(self.name())));
        None
    }

    /// The text after the name.
    fn body(self) -> &'a str {
        &self.text[self.name_range().end..]
    }

    fn name_range(&self) -> Range<usize> {
        let begins = self.text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let ends = || self.text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        0..if begins { ends().unwrap_or(self.text.len()) } else { 0 }
    }

    /// A part of the value, in field `field`: as written, or as picked.
    fn part(self, field: &'a str, raw: &'a RawValue) -> Self {
        let written = self.piece(raw.trim().get_ron());
        let text = if written.is_choice() { written.picked(field) } else { written.text };
        Self { text, field, ..written }
    }

    /// A piece of the value's text, as it is written.
    const fn piece(self, text: &'a str) -> Self {
        Self { document: self.document, text, written: text, field: self.field }
    }
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
    fn text_that_is_not_ron_is_one_problem_at_its_place() {
        let document = Document::new("Scenario(\n  name: \"x\",\n  seed: [1,\n)");
        assert!(document.root().is_none());
        assert_eq!(document.problems().len(), 1);
        assert_eq!(document.problems()[0].line, 4);
    }

    #[test]
    fn an_end_that_comes_too_soon_is_shown_where_the_text_ends() {
        let document = Document::new("Scenario(\n  seed: 1,\n\n\n");
        assert!(document.root().is_none());
        assert!(shown(&document)[0].starts_with("2:11: not RON"), "{:?}", shown(&document));
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
