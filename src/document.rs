//! RON text as fields with places, so that every problem of a file is reported at once, each with
//! its line and column.
//!
//! The `ron` crate reads the text; but a typed read stops at the first problem. Here each struct is
//! taken apart into its fields as raw text ([`RawValue`]), every field is then read on its own, and
//! what is wrong is noted with the place of that field's text in the file.

use std::cell::RefCell;
use std::fmt;

use ron::value::RawValue;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::model::sol::Sol;

/// Something wrong with a file, at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)
    }
}

/// A text and the problems found in it so far.
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

/// A piece of a document's text: one value.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    document: &'a Document<'a>,
    text: &'a str,
}

/// The fields of one struct, such as `Conservative(buy: 0.005)`, taken one by one.
#[derive(Debug)]
pub struct Fields<'a> {
    whole: Raw<'a>,
    name: &'a str,
    fields: Vec<(&'a str, Raw<'a>)>,
    asked: Vec<&'static str>,
}

/// A type that a field can hold.
pub trait Value: Sized {
    /// Reads it from RON text.
    ///
    /// # Errors
    /// What is wrong, as the rest of a sentence about the field.
    fn parse(text: &str) -> Result<Self, String>;

    /// Writes it as RON text.
    fn show(&self) -> String;
}

impl<'a> Document<'a> {
    /// A document without problems yet.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text, problems: RefCell::new(Vec::new()) }
    }

    /// The value that the document is, if its text is RON at all.
    #[must_use]
    pub fn root(&'a self) -> Option<Raw<'a>> {
        let document = self;
        match ron::from_str::<&RawValue>(self.text) {
            Ok(raw) => Some(Raw { document, text: raw.trim().get_ron() }),
            Err(error) => {
                let start = error.span.start;
                let what = format!("not RON: {}", error.code);
                let problem = Problem { line: start.line, column: start.col, what };
                self.problems.borrow_mut().push(problem);
                None
            }
        }
    }

    /// Notes a problem at the start of a piece of the text.
    pub fn problem(&self, at: &str, what: impl Into<String>) {
        let offset = (at.as_ptr() as usize)
            .checked_sub(self.text.as_ptr() as usize)
            .filter(|&offset| self.text.is_char_boundary(offset))
            .unwrap_or(0);
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.problems.borrow_mut().push(Problem {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            what: what.into(),
        });
    }

    /// The problems found, in the order of the text.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.borrow().clone();
        problems.sort();
        problems.dedup();
        problems
    }
}

impl<'a> Raw<'a> {
    /// The text of the value.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// Notes a problem with this value.
    pub fn problem(&self, what: impl Into<String>) {
        self.document.problem(self.text, what);
    }

    /// Reads the value as a type; notes what is wrong.
    #[must_use]
    pub fn read<T: Value>(&self) -> Option<T> {
        T::parse(self.text).map_err(|what| self.problem(what)).ok()
    }

    /// Takes the value apart as a struct with an optional name: `Name(field: value, …)`, `Name`.
    #[must_use]
    pub fn fields(self) -> Option<Fields<'a>> {
        let name_length =
            self.text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(self.text.len());
        let (name, body) = self.text.split_at(name_length);
        let fields = Fields { whole: self, name, fields: Vec::new(), asked: Vec::new() };
        if body.is_empty() {
            return Some(fields);
        }
        match ron::from_str::<RawFields<'a>>(body) {
            Ok(RawFields(found)) => {
                let document = self.document;
                let fields_found = found
                    .into_iter()
                    .map(|(name, raw)| (name, Raw { document, text: raw.trim().get_ron() }));
                Some(Fields { fields: fields_found.collect(), ..fields })
            }
            Err(error) => {
                self.problem(format!("expected `{name}(field: value, …)`: {}", error.code));
                None
            }
        }
    }

    /// Takes the value apart as a list.
    #[must_use]
    pub fn list(self) -> Option<Vec<Self>> {
        match ron::from_str::<Vec<&'a RawValue>>(self.text) {
            Ok(items) => {
                let document = self.document;
                let items = items.into_iter();
                Some(items.map(|raw| Raw { document, text: raw.trim().get_ron() }).collect())
            }
            Err(_) => {
                self.problem("expected a list: `[…, …]`");
                None
            }
        }
    }

    /// Takes the value apart as a name around one value: `PerGame(0.1)`.
    #[must_use]
    pub fn wrapped(self) -> Option<(&'a str, Self)> {
        let (name, body) = self.text.split_once('(')?;
        let inner = body.trim_end().strip_suffix(')')?.trim_end().trim_end_matches(',');
        let inner = inner.trim();
        ron::from_str::<IgnoredAny>(inner).ok()?;
        Some((name.trim(), Raw { document: self.document, text: inner }))
    }
}

impl<'a> Fields<'a> {
    /// The name in front of the fields; empty where there is none.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// Notes a problem with the struct as a whole.
    pub fn problem(&self, what: impl Into<String>) {
        self.whole.problem(what);
    }

    /// Takes a field's value as it stands.
    pub fn raw(&mut self, name: &'static str) -> Option<Raw<'a>> {
        self.asked.push(name);
        let mut first = None;
        self.fields.retain(|&(field, raw)| {
            if field != name {
                return true;
            }
            if first.is_some() {
                raw.document.problem(field, format!("field `{name}` is given twice"));
            } else {
                first = Some(raw);
            }
            false
        });
        first
    }

    /// Takes a field that must be there.
    pub fn required_raw(&mut self, name: &'static str) -> Option<Raw<'a>> {
        let found = self.raw(name);
        if found.is_none() {
            self.problem(format!("field `{name}` is missing"));
        }
        found
    }

    /// Takes and reads a field that must be there.
    pub fn required<T: Value>(&mut self, name: &'static str) -> Option<T> {
        self.required_raw(name)?.read()
    }

    /// Takes and reads a field that may be absent.
    pub fn optional<T: Value>(&mut self, name: &'static str) -> Option<T> {
        self.optional_checked(name, |_| None)
    }

    /// Takes and reads a field that may be absent; a value that the check objects to is a problem.
    pub fn optional_checked<T: Value>(
        &mut self,
        name: &'static str,
        check: impl Fn(&T) -> Option<String>,
    ) -> Option<T> {
        let raw = self.raw(name)?;
        let value = raw.read::<T>()?;
        match check(&value) {
            Some(what) => {
                raw.problem(format!("`{name}`: {what}"));
                None
            }
            None => Some(value),
        }
    }

    /// Notes every field that nobody asked for.
    pub fn finish(self) {
        for (field, raw) in &self.fields {
            let known = self.asked.join(", ");
            let what = if known.is_empty() {
                format!("unknown field `{field}`: `{}` takes none", self.name)
            } else {
                format!("unknown field `{field}`, expected one of: {known}")
            };
            raw.document.problem(field, what);
        }
    }
}

/// The fields of a struct in the order of the text, names and raw values.
struct RawFields<'a>(Vec<(&'a str, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawFields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = RawFields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields in parentheses: `(field: value, …)`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(Identifier(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(RawFields(fields))
            }
        }

        deserializer.deserialize_struct("", &[], Collect)
    }
}

/// A field's name, borrowed from the text.
struct Identifier<'a>(&'a str);

impl<'de> Deserialize<'de> for Identifier<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;

        impl<'de> Visitor<'de> for Borrow {
            type Value = Identifier<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Identifier(name))
            }
        }

        deserializer.deserialize_identifier(Borrow)
    }
}

/// The text of a number or an amount: bare, or in quotes.
fn unquoted(text: &str) -> String {
    ron::from_str::<String>(text).unwrap_or_else(|_| text.replace('_', ""))
}

impl Value for Sol {
    fn parse(text: &str) -> Result<Self, String> {
        unquoted(text).parse().map_err(|error| format!("{text}: {error}"))
    }

    fn show(&self) -> String {
        self.to_decimal().normalize().to_string()
    }
}

impl Value for Decimal {
    fn parse(text: &str) -> Result<Self, String> {
        Self::from_str_exact(&unquoted(text))
            .map_err(|_| format!("{text}: expected a decimal number such as 1.5"))
    }

    fn show(&self) -> String {
        self.normalize().to_string()
    }
}

macro_rules! plain_value {
    ($type:ty, $expected:literal) => {
        impl Value for $type {
            fn parse(text: &str) -> Result<Self, String> {
                ron::from_str(text).map_err(|_| format!(concat!("{}: expected ", $expected), text))
            }

            fn show(&self) -> String {
                format!("{self:?}")
            }
        }
    };
}

plain_value!(u32, "a whole number from 0 to 4294967295");
plain_value!(u64, "a whole number from 0 to 18446744073709551615");
plain_value!(bool, "true or false");
plain_value!(String, "text in quotes");
plain_value!(Vec<u32>, "a list of whole numbers");

#[cfg(test)]
mod tests {
    use super::*;

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
        let problems: Vec<String> = document.problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
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
    fn a_field_given_twice_is_a_problem() {
        let document = Document::new("(a: 1, a: 2)");
        let mut fields = document.root().unwrap().fields().unwrap();
        assert_eq!(fields.required::<u64>("a"), Some(1));
        assert_eq!(document.problems()[0].to_string(), "1:8: field `a` is given twice");
    }

    #[test]
    fn amounts_are_read_from_their_text_never_through_a_float() {
        for text in ["0.1", "\"0.1\"", "1e-1"] {
            assert_eq!(Sol::parse(text).unwrap(), Sol::milli(100), "{text}");
        }
        assert_eq!(Sol::parse("0.123456789").unwrap().to_string(), "0.123456789");
        assert!(Sol::parse("NaN").unwrap_err().contains("finite"));
    }

    #[test]
    fn a_name_around_a_value_is_taken_apart() {
        let document = Document::new("PerGame( 0.1 )");
        let (name, inner) = document.root().unwrap().wrapped().unwrap();
        assert_eq!((name, inner.text()), ("PerGame", "0.1"));
    }
}
