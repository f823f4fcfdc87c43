//! What a setting is: its name, what it does, and which values it may have.

use std::ops::{RangeFrom, RangeFull, RangeInclusive};

use super::values::Setting;

/// What settings in the environment begin with: `REPLAYER__SECTION__KEY`.
pub(super) const PREFIX: &str = "REPLAYER";

/// One setting, as it is listed and explained.
#[derive(Debug, Clone)]
pub struct Key {
    /// Section and name: `record.queue_messages`.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// Its default, as a file would say it; empty where it is not set by default.
    pub default: String,
    /// Whether a file writes it between quotes.
    pub quoted: bool,
    /// The values that it may have, in words; empty where all do.
    pub range: String,
    /// Says why a text is no value of it.
    pub(super) check: fn(&str) -> Result<(), String>,
}

impl Key {
    /// The section of its name.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// Its name in its section.
    #[must_use]
    pub fn short(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, short)| short)
    }

    /// A text of it as JSON: a number or a truth where it is one, null where it is not set.
    #[must_use]
    pub fn json(&self, text: &str) -> serde_json::Value {
        match (text, self.quoted) {
            ("", _) => serde_json::Value::Null,
            (text, true) => text.into(),
            (text, false) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        }
    }

    /// Its name in the environment: `REPLAYER__RECORD__QUEUE_MESSAGES`.
    #[must_use]
    pub fn variable(&self) -> String {
        let name = self.name.replace('.', "__").to_uppercase();
        format!("{}__{name}", PREFIX)
    }
}

/// The values that a setting may have.
pub(super) trait Bounds<T> {
    /// Why a value is none of them.
    fn problem(&self, value: &T) -> Option<String>;

    /// In words; empty where all values are.
    fn words(&self) -> String;
}

impl<T> Bounds<T> for RangeFull {
    fn problem(&self, _: &T) -> Option<String> {
        None
    }

    fn words(&self) -> String {
        String::new()
    }
}

impl<T: Setting + PartialOrd> Bounds<T> for RangeInclusive<T> {
    fn problem(&self, value: &T) -> Option<String> {
        (!self.contains(value)).then(|| format!("must be {}", Bounds::<T>::words(self)))
    }

    fn words(&self) -> String {
        format!("from {} to {}", self.start().show(), self.end().show())
    }
}

impl<T: Setting + PartialOrd> Bounds<T> for RangeFrom<T> {
    fn problem(&self, value: &T) -> Option<String> {
        (!self.contains(value)).then(|| format!("must be {}", Bounds::<T>::words(self)))
    }

    fn words(&self) -> String {
        format!("at least {}", self.start.show())
    }
}

/// What is not set is within any bounds.
impl<T: Setting + PartialOrd> Bounds<Option<T>> for RangeInclusive<T> {
    fn problem(&self, value: &Option<T>) -> Option<String> {
        value.as_ref().and_then(|value| Bounds::<T>::problem(self, value))
    }

    fn words(&self) -> String {
        Bounds::<T>::words(self)
    }
}

/// What is not set is within any bounds.
impl<T: Setting + PartialOrd> Bounds<Option<T>> for RangeFrom<T> {
    fn problem(&self, value: &Option<T>) -> Option<String> {
        value.as_ref().and_then(|value| Bounds::<T>::problem(self, value))
    }

    fn words(&self) -> String {
        Bounds::<T>::words(self)
    }
}

/// Reads a value and holds it to its bounds.
///
/// # Errors
/// Why the text is no such value.
pub(super) fn read<T: Setting>(text: &str, bounds: &impl Bounds<T>) -> Result<T, String> {
    let value = T::read(text)?;
    bounds.problem(&value).map_or(Ok(value), Err)
}
