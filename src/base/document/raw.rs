//! Takes a value apart, with its place in the text.

use std::ops::Range;

use ron::value::RawValue;
use rust_decimal::Decimal;

use super::value::POINT;
use super::{DocumentFields, Raw, Value, excerpt, one_of};

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

    /// Notes what is likely a mistake with this value, though it can be read.
    pub fn warn(&self, what: impl Into<String>) {
        let picked = self.document.span_of(self.text).is_some();
        self.document.warn(if picked { self.text } else { self.written }, what);
    }

    /// The value as it is written, short enough for a message.
    #[must_use]
    pub fn shown(&self) -> String {
        excerpt(self.document.as_written(self.text))
    }

    /// Notes that the value begins with none of the `known` names.
    pub fn unknown_name(&self, known: &[&str]) {
        let name = self.name();
        let what = if name.is_empty() { self.shown() } else { format!("`{}`", excerpt(name)) };
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
        read.map_err(|what| self.problem(format!("{}: {what}", self.shown()))).ok()
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
                self.problem(format!("{}: expected a list: `[…, …]`", self.shown()));
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
                self.problem(match self.decimal_comma() {
                    Some(number) => format!("write `{name}({number})`: {POINT}"),
                    None => format!("expected one value in parentheses: `{name}(value)`"),
                });
                None
            }
        }
    }

    /// The number meant by two values in parentheses that are one number with a decimal comma.
    fn decimal_comma(self) -> Option<String> {
        let inside = self.body().trim().strip_prefix('(')?.strip_suffix(')')?;
        let is_one = !inside.contains(char::is_whitespace) && inside.matches(',').count() == 1;
        let number = inside.replace(',', ".");
        (is_one && Decimal::parse(&number).is_ok() && !number.ends_with('.')).then_some(number)
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
    pub(super) fn body(self) -> &'a str {
        &self.text[self.name_range().end..]
    }

    fn name_range(&self) -> Range<usize> {
        let begins = self.text.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let ends = || self.text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        0..if begins { ends().unwrap_or(self.text.len()) } else { 0 }
    }

    /// A part of the value, in field `field`: as written, or as picked.
    pub(super) fn part(self, field: &'a str, raw: &'a RawValue) -> Self {
        let written = self.piece(raw.trim().get_ron());
        let text = if written.is_choice() { written.picked(field) } else { written.text };
        Self { text, field, ..written }
    }

    /// A piece of the value's text, as it is written.
    pub(super) const fn piece(self, text: &'a str) -> Self {
        Self { document: self.document, text, written: text, field: self.field }
    }
}
