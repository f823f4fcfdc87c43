//! The definition of a setting: its name, its meaning, its allowed values, and its field.

use std::fmt;
use std::ops::{RangeFrom, RangeFull, RangeInclusive};
use std::sync::Arc;
#[cfg(feature = "live")]
use std::time::Duration;

use super::sections::Settings;
use super::values::Setting;

/// Prefix of settings in the environment: `REPLAYER__SECTION__KEY`.
pub(super) const PREFIX: &str = "REPLAYER";

/// One setting, as it is listed and explained.
#[derive(Clone)]
pub struct Key {
    /// Section and name: `record.queue_messages`.
    pub name: &'static str,
    /// What it does, as `config explain` prints it.
    pub about: &'static str,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// Default as written in a file; empty if unset by default.
    pub default: String,
    /// Whether a file writes it in quotes.
    pub quoted: bool,
    /// The allowed values, in words; empty if all are allowed.
    pub range: String,
    field: Arc<dyn Field>,
}

impl Key {
    /// The section of its name.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// Its name within its section.
    #[must_use]
    pub fn short(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, short)| short)
    }

    /// Its text as JSON: a number or a boolean where it is one, null where it is unset.
    #[must_use]
    pub fn json(&self, text: &str) -> serde_json::Value {
        match (text, self.quoted) {
            ("", _) => serde_json::Value::Null,
            (text, true) => text.into(),
            (text, false) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        }
    }

    /// Its environment variable: `REPLAYER__RECORD__QUEUE_MESSAGES`.
    #[must_use]
    pub fn variable(&self) -> String {
        let name = self.name.replace('.', "__").to_uppercase();
        format!("{PREFIX}__{name}")
    }

    /// Sets the value from a text.
    ///
    /// # Errors
    /// Why it must not be set; the setting is then left unchanged.
    pub(super) fn set(&self, settings: &mut Settings, text: &str) -> Result<(), NotSet> {
        self.field.set(settings, text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why a value is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "browser"), expect(dead_code, reason = "only armed sessions have limits"))]
pub(super) enum NotSet {
    /// It is not a value of the setting, for this reason.
    Invalid(String),
    /// It is above an earlier one, and the setting is a limit.
    Raises,
    /// It differs from an earlier one, and the setting cannot be changed.
    Changes,
}

/// What a later source may make of a value.
type Succession<V> = fn(earlier: &V, later: &V) -> Result<(), NotSet>;

/// The field that holds a setting, whatever its type.
trait Field: Send + Sync {
    /// Sets the value from a text.
    fn set(&self, settings: &mut Settings, text: &str) -> Result<(), NotSet>;
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
    succession: Succession<V>,
}

/// Conversions from the written value to the field's, and back.
pub(super) type Convert<T, V> = (fn(V) -> T, fn(&T) -> V);

/// A setting that is written as the type of its field.
pub(super) fn key<T: Setting + Clone + 'static>(
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut T,
) -> Line<T, T> {
    via(name, about, lens, (|value| value, T::clone))
}

/// A limit, unset where there is none: a later source may lower it and never raise it.
#[cfg(feature = "browser")]
pub(super) fn limit<T: Setting + Clone + PartialOrd + 'static>(
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut Option<T>,
) -> Line<Option<T>, Option<T>> {
    let succession: Succession<Option<T>> = |earlier, later| match (earlier, later) {
        (Some(earlier), Some(later)) if later <= earlier => Ok(()),
        (None, _) => Ok(()),
        (Some(_), _) => Err(NotSet::Raises),
    };
    Line { succession, ..key(name, about, lens) }
}

/// A setting that no later source may change.
#[cfg(feature = "browser")]
pub(super) fn fixed<T: Setting + Clone + PartialEq + 'static>(
    name: &'static str,
    about: &'static str,
    lens: fn(&mut Settings) -> &mut Option<T>,
) -> Line<Option<T>, Option<T>> {
    let succession: Succession<Option<T>> = |earlier, later| {
        if earlier.is_none() || earlier == later { Ok(()) } else { Err(NotSet::Changes) }
    };
    Line { succession, ..key(name, about, lens) }
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
    Line { name, about, lens, convert, succession: |_, _| Ok(()) }
}

impl<T: 'static, V: Setting + 'static> Line<T, V> {
    /// Completes the setting with its unit and its bounds.
    pub(super) fn within(
        self,
        unit: &'static str,
        bounds: impl AllowedValues<V> + Send + Sync + 'static,
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

impl<T, V: Setting, B: AllowedValues<V> + Send + Sync> Field for Bounded<T, V, B> {
    fn set(&self, settings: &mut Settings, text: &str) -> Result<(), NotSet> {
        let value = V::read(text).map_err(NotSet::Invalid)?;
        if let Some(problem) = self.bounds.problem(&value) {
            return Err(NotSet::Invalid(problem));
        }
        let Line { lens, convert: (from_written, written), succession, .. } = self.line;
        succession(&written(lens(settings)), &value)?;
        *lens(settings) = from_written(value);
        Ok(())
    }
}

/// The values that a setting allows.
pub(super) trait AllowedValues<T> {
    /// Why a value is not allowed; `None` if it is.
    fn problem(&self, value: &T) -> Option<String>;

    /// The allowed values in words; empty if all are allowed.
    fn words(&self) -> String;
}

impl<T> AllowedValues<T> for RangeFull {
    fn problem(&self, _: &T) -> Option<String> {
        None
    }

    fn words(&self) -> String {
        String::new()
    }
}

impl<T: Setting + PartialOrd> AllowedValues<T> for RangeInclusive<T> {
    fn problem(&self, value: &T) -> Option<String> {
        (!self.contains(value)).then(|| format!("must be {}", AllowedValues::<T>::words(self)))
    }

    fn words(&self) -> String {
        format!("from {} to {}", self.start().show(), self.end().show())
    }
}

impl<T: Setting + PartialOrd> AllowedValues<T> for RangeFrom<T> {
    fn problem(&self, value: &T) -> Option<String> {
        (!self.contains(value)).then(|| format!("must be {}", AllowedValues::<T>::words(self)))
    }

    fn words(&self) -> String {
        format!("at least {}", self.start.show())
    }
}

/// An unset value is within any bounds.
impl<T: Setting + PartialOrd> AllowedValues<Option<T>> for RangeInclusive<T> {
    fn problem(&self, value: &Option<T>) -> Option<String> {
        value.as_ref().and_then(|value| AllowedValues::<T>::problem(self, value))
    }

    fn words(&self) -> String {
        AllowedValues::<T>::words(self)
    }
}

/// An unset value is within any bounds.
impl<T: Setting + PartialOrd> AllowedValues<Option<T>> for RangeFrom<T> {
    fn problem(&self, value: &Option<T>) -> Option<String> {
        value.as_ref().and_then(|value| AllowedValues::<T>::problem(self, value))
    }

    fn words(&self) -> String {
        AllowedValues::<T>::words(self)
    }
}
