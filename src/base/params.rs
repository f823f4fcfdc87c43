//! Parameters of strategies: declared once, and from that read, defaulted, checked and listed.

use std::ops::{Bound, RangeBounds};

use rust_decimal::Decimal;

use crate::base::document::{DocumentFields, Value};

/// One parameter as the list of strategies shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name in scenarios.
    pub name: &'static str,
    /// Its default, as a scenario would write it.
    pub default: String,
    /// Its unit.
    pub unit: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// What a scenario may set of a strategy. Implemented by [`params!`](crate::params!).
pub trait Params: Clone + Default + Send + Sync + 'static {
    /// All parameters, in the order in which they were declared.
    fn table() -> Vec<Param>;

    /// Takes the parameters out of a scenario's fields; what is absent keeps its default, what is
    /// wrong is reported there.
    fn read(fields: &mut DocumentFields<'_>) -> Self;
}

/// A value that may be held to a range.
pub trait InRange: Value + PartialOrd {
    /// Why the value cannot be, if it cannot.
    fn problem(&self, range: &impl RangeBounds<Self>) -> Option<String> {
        if range.contains(self) {
            return None;
        }
        Some(match (range.start_bound(), range.end_bound()) {
            (Bound::Included(least), Bound::Unbounded) => {
                format!("must be at least {}", least.show())
            }
            (Bound::Included(least), Bound::Included(most)) => {
                format!("must be from {} to {}", least.show(), most.show())
            }
            (_, Bound::Included(most)) => format!("must be at most {}", most.show()),
            _ => "is out of range".to_owned(),
        })
    }
}

impl InRange for crate::model::sol::Sol {}
impl InRange for Decimal {}
impl InRange for u32 {}

/// Reads a parameter of any type that a scenario can hold.
#[must_use]
pub fn read<T: Value>(
    fields: &mut DocumentFields<'_>,
    name: &'static str,
    default: T,
    check: impl FnOnce(&T) -> Option<String>,
) -> T {
    fields.optional_checked(name, check).unwrap_or(default)
}

/// Declares the parameters of a strategy: name, type, default, unit, the values it may take, and
/// what it does.
///
/// ```
/// use replayer::model::sol::Sol;
///
/// replayer::params! {
///     /// Parameters of a bot that buys dips.
///     pub struct DipParams {
///         /// Stake of each buy
///         stake: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
///         /// Ticks to wait before the first buy
///         patience: u32 = 20, "ticks", ..;
///     }
/// }
/// assert_eq!(DipParams::default().patience, 20);
/// ```
#[macro_export]
macro_rules! params {
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $about:literal])+
                $field:ident: $type:ty = $default:expr, $unit:literal, $range:expr;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        $vis struct $name {
            $( $(#[doc = $about])+ pub $field: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $crate::base::params::Params for $name {
            fn table() -> Vec<$crate::base::params::Param> {
                let defaults = Self::default();
                let _ = &defaults;
                vec![$(
                    $crate::base::params::Param {
                        name: stringify!($field),
                        default: $crate::base::document::Value::show(&defaults.$field),
                        unit: $unit,
                        about: concat!($($about),+).trim(),
                    },
                )*]
            }

            fn read(fields: &mut $crate::base::document::DocumentFields<'_>) -> Self {
                let _ = &fields;
                Self {
                    $(
                        $field: $crate::base::params::read(
                            fields,
                            stringify!($field),
                            $default,
                            |value: &$type| $crate::base::params::InRange::problem(value, &($range)),
                        ),
                    )*
                }
            }
        }
    };
}
