//! What a setting is: its name, what it does, which values it may have, and its field.

use std::fmt;
use std::ops::{RangeFrom, RangeFull, RangeInclusive};
use std::sync::Arc;
#[cfg(feature = "live")]
use std::time::Duration;

use super::sections::Settings;
use super::values::Setting;

/// What settings in the environment begin with: `REPLAYER__SECTION__KEY`.
pub(super) const PREFIX: &str = "REPLAYER";

/// One setting, as it is listed and explained.
#[derive(Clone)]
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
    field: Arc<dyn Field>,
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
        format!("{PREFIX}__{name}")
    }

    /// Gives the setting the value that a text says.
    ///
    /// # Errors
    /// Why the text is no value of it; the setting is left as it is then.
    pub(super) fn set(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        self.field.set(settings, text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The field that holds a setting, whatever its type.
trait Field: Send + Sync {
    /// Gives it the value that a text says.
    fn set(&self, settings: &mut Settings, text: &str) -> Result<(), String>;
}

/// The beginning of a line of the table; [`Line::within`] completes it.
///
/// `T` is the type of the field, `V` that of the value as it is written: a `Duration` is written as
/// milliseconds.
pub(super) struct Line<T, V> {
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut T,
    convert: Convert<T, V>,
}

/// To a field from its value as it is written, and back.
pub(super) type Convert<T, V> = (fn(V) -> T, fn(&T) -> V);

/// A setting that is written as the type of its field.
pub(super) fn key<T: Setting + Clone + 'static>(
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut T,
) -> Line<T, T> {
    via(name, about, lens, (|value| value, T::clone))
}

/// A time that is written in milliseconds.
#[cfg(feature = "live")]
pub(super) fn millis(
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut Duration,
) -> Line<Duration, u64> {
    let shown = |time: &Duration| time.as_millis().try_into().unwrap_or(u64::MAX);
    via(name, about, lens, (Duration::from_millis, shown))
}

/// A setting that is written as another type than that of its field.
pub(super) fn via<T, V>(
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut T,
    convert: Convert<T, V>,
) -> Line<T, V> {
    Line { name, about, lens, convert }
}

impl<T: 'static, V: Setting + 'static> Line<T, V> {
    /// Completes it with its unit and its bounds.
    pub(super) fn within(
        self,
        unit: &'static str,
        bounds: impl Bounds<V> + Send + Sync + 'static,
    ) -> Key {
        let (_, written) = self.convert;
        Key {
            name: self.name,
            about: self.about,
            unit,
            default: written((self.lens)(&mut Settings::default())).show(),
            quoted: V::QUOTED,
            range: bounds.words(),
            field: Arc::new(Bounded { line: self, bounds }),
        }
    }
}

struct Bounded<T, V, B> {
    line: Line<T, V>,
    bounds: B,
}

impl<T, V: Setting, B: Bounds<V> + Send + Sync> Field for Bounded<T, V, B> {
    fn set(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        let value = V::read(text)?;
        if let Some(problem) = self.bounds.problem(&value) {
            return Err(problem);
        }
        let Line { lens, convert: (from_written, _), .. } = self.line;
        *lens(settings) = from_written(value);
        Ok(())
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
