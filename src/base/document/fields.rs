//! The fields of a struct, taken one by one; a field that nothing took is unknown.

use std::fmt;

use ron::value::RawValue;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::similar::one_of;
use super::value::excerpt;
use super::{Raw, Value};

/// The fields of one struct, such as `Conservative(buy: 0.005)`, taken one by one.
#[derive(Debug)]
pub struct DocumentFields<'a> {
    whole: Raw<'a>,
    name: &'a str,
    fields: Vec<(&'a str, Raw<'a>)>,
    asked: Vec<&'static str>,
}

impl<'a> DocumentFields<'a> {
    /// The fields of a value: `Name(field: value, …)`, `(field: value, …)` or `Name` without any.
    pub(super) fn of(whole: Raw<'a>) -> Option<Self> {
        let (name, body) = (whole.name(), whole.body());
        let found = if body.is_empty() && !name.is_empty() {
            Vec::new()
        } else {
            ron::from_str::<RawFields<'a>>(body).ok()?.0
        };
        let fields = found.into_iter().map(|(name, raw)| (name, whole.part(name, raw))).collect();
        Some(Self { whole, name, fields, asked: Vec::new() })
    }

    /// The name before the fields; empty where there is none.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// Notes a problem with the struct as a whole.
    pub fn problem(&self, what: impl Into<String>) {
        self.whole.problem(what);
    }

    /// Takes the raw value of a field; `None` when it is absent.
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

    /// Takes the raw value of a required field; notes a problem when it is absent.
    pub fn required_raw(&mut self, name: &'static str) -> Option<Raw<'a>> {
        let found = self.raw(name);
        if found.is_none() {
            self.problem(format!("field `{name}` is missing"));
        }
        found
    }

    /// Takes and reads a required field.
    pub fn required<T: Value>(&mut self, name: &'static str) -> Option<T> {
        self.required_raw(name)?.read()
    }

    /// Takes and reads an optional field.
    pub fn optional<T: Value>(&mut self, name: &'static str) -> Option<T> {
        self.raw(name)?.read()
    }

    /// Notes every field that was not taken.
    pub fn finish(self) {
        for (field, raw) in &self.fields {
            let shown = excerpt(field);
            let what = if self.asked.is_empty() {
                format!("unknown field `{shown}`: `{}` takes none", self.name)
            } else {
                format!("unknown field `{shown}`{}", one_of(field, &self.asked))
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
