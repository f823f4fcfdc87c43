//! Single values that parameters can hold, and their ranges.

use std::ops::{Bound, RangeBounds};

use rust_decimal::Decimal;

use crate::base::document::{Raw, Value, WORDS};
use crate::model::sol::Sol;

/// A single value: the type of a parameter, of its `Option` or of the items of its list.
///
/// Numbers implement it here; [`param_enum!`](crate::param_enum!) implements it for names.
pub trait Scalar: Value + Clone + PartialOrd {
    /// The type's name in the list of strategies; the plural adds an `s`.
    const TYPE: &'static str;

    /// The allowed names, for a type of a few names; empty for a number.
    const NAMES: &'static [&'static str] = &[];

    /// The value as a decimal number, if it is one that may have decimals.
    fn decimal(&self) -> Option<Decimal> {
        None
    }

    /// What is wrong with the value, as the rest of a sentence about it; `None` when it is valid.
    fn problem(&self, range: &impl RangeBounds<Self>) -> Option<String> {
        if range.contains(self) {
            return None;
        }
        let range = range_text(range).unwrap_or_else(|| "any".to_owned());
        Some(format!("must be {range}"))
    }
}

impl Scalar for Sol {
    const TYPE: &'static str = "amount";
}

impl Scalar for Decimal {
    const TYPE: &'static str = "number";

    fn decimal(&self) -> Option<Decimal> {
        Some(*self)
    }
}

impl Scalar for u32 {
    const TYPE: &'static str = "whole number";
}

impl Scalar for bool {
    const TYPE: &'static str = "boolean";
    const NAMES: &'static [&'static str] = &["true", "false"];
}

/// The values that a range permits, in words; `None` where it permits everything.
fn range_text<T: Value + PartialOrd>(range: &impl RangeBounds<T>) -> Option<String> {
    let least = match range.start_bound() {
        Bound::Included(least) => Some(format!("at least {}", least.show())),
        Bound::Excluded(least) => Some(format!("above {}", least.show())),
        Bound::Unbounded => None,
    };
    let most = match range.end_bound() {
        Bound::Included(most) => Some(format!("at most {}", most.show())),
        Bound::Excluded(most) => Some(format!("below {}", most.show())),
        Bound::Unbounded => None,
    };
    match (range.start_bound(), range.end_bound()) {
        (Bound::Included(least), Bound::Included(most)) => {
            Some(format!("from {} to {}", least.show(), most.show()))
        }
        _ => match (least, most) {
            (Some(least), Some(most)) => Some(format!("{least} and {most}")),
            (least, most) => least.or(most),
        },
    }
}

/// The permitted values as the list of strategies shows them; `None` for all values of a type
/// without names.
pub(super) fn allowed<T: Scalar>(range: &impl RangeBounds<T>) -> Option<String> {
    if T::NAMES.is_empty() {
        return range_text(range);
    }
    let permitted = |name: &&&str| T::parse(name).is_ok_and(|value| range.contains(&value));
    let names: Vec<&str> = T::NAMES.iter().filter(permitted).copied().collect();
    Some(format!("one of {}", names.join(", ")))
}

/// Reads a single value of a parameter; `or` is the alternative spelling that the message mentions.
pub(super) fn read<T: Scalar>(
    raw: Raw<'_>,
    name: &str,
    range: &impl RangeBounds<T>,
    or: Option<&str>,
) -> Option<T> {
    if !T::NAMES.is_empty() {
        if !T::NAMES.contains(&raw.name()) {
            let known: Vec<&str> = T::NAMES.iter().copied().chain(or).collect();
            raw.unknown_name(&known);
            return None;
        }
        raw.alone()?;
    }
    let within = |value: T| match value.problem(range) {
        Some(what) => Err(format!("`{name}` {what}")),
        None => Ok(value),
    };
    let or = or.map_or_else(String::new, |or| format!(", or `{or}`"));
    let wrong = |what| raw.problem(format!("{}: {what}{or}", raw.shown()));
    T::parse(raw.text()).and_then(within).map_err(wrong).ok()
}

/// True for a name with another meaning where a parameter stands: a choice, or an optional value.
#[must_use]
pub const fn is_reserved(name: &str) -> bool {
    let mut at = 0;
    while at < WORDS.len() {
        if is_same(name, WORDS[at]) {
            return true;
        }
        at += 1;
    }
    is_same(name, "None") || is_same(name, "Some")
}

/// Equality of texts, usable in constants.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Declares a type whose values are names, for parameters of [`params!`](crate::params!). Scenarios
/// write the names exactly as here.
///
/// ```
/// replayer::param_enum! {
///     /// What a bot does after its last step.
///     pub enum AfterLast {
///         /// Begins again with the first.
///         Restart,
///         /// Waits for the next game.
///         Stop,
///     }
/// }
///
/// replayer::params! {
///     /// Parameters of a bot that takes steps.
///     pub struct StepParams {
///         /// What it does after its last step
///         after_last: AfterLast = AfterLast::Stop;
///     }
/// }
/// assert_eq!(StepParams::default().after_last, AfterLast::Stop);
/// ```
///
/// Names with another meaning in scenarios do not compile: `Grid`, `Range`, `Uniform`,
/// `LogUniform`, `None` and `Some`.
///
/// ```compile_fail
/// replayer::param_enum! {
///     /// What a bot looks at.
///     pub enum Sight {
///         /// The last prices.
///         Range,
///     }
/// }
/// ```
#[macro_export]
macro_rules! param_enum {
    (
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident {
            $( $(#[doc = $about:literal])* $variant:ident ),+ $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
            ::core::cmp::PartialOrd,
            ::core::cmp::Ord,
        )]
        $vis enum $name {
            $( $(#[doc = $about])* $variant, )+
        }

        const _: () = {
            $(
                ::core::assert!(
                    !$crate::base::params::is_reserved(::core::stringify!($variant)),
                    ::core::concat!(
                        "`", ::core::stringify!($variant), "` has another meaning in scenarios"
                    )
                );
            )+
        };

        impl $crate::base::document::Value for $name {
            fn parse(
                text: &str,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                $(
                    if text == ::core::stringify!($variant) {
                        return ::core::result::Result::Ok(Self::$variant);
                    }
                )+
                let known = <Self as $crate::base::params::Scalar>::NAMES;
                ::core::result::Result::Err(::std::format!(
                    "is not known here{}",
                    $crate::base::document::one_of(text, known)
                ))
            }

            fn show(&self) -> ::std::string::String {
                ::std::format!("{self:?}")
            }
        }

        impl $crate::base::params::Scalar for $name {
            const TYPE: &'static str = "name";
            const NAMES: &'static [&'static str] = &[$( ::core::stringify!($variant) ),+];
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_says_what_it_permits() {
        assert_eq!(range_text::<u32>(&(..)), None);
        assert_eq!(range_text(&(1..=5_u32)).unwrap(), "from 1 to 5");
        assert_eq!(range_text(&(1..5_u32)).unwrap(), "at least 1 and below 5");
        assert_eq!(range_text(&(1_u32..)).unwrap(), "at least 1");
        assert_eq!(range_text(&(..=5_u32)).unwrap(), "at most 5");
        assert_eq!(range_text(&(..5_u32)).unwrap(), "below 5");
        let above = (Bound::Excluded(Decimal::ZERO), Bound::Included(Decimal::ONE));
        assert_eq!(range_text(&above).unwrap(), "above 0 and at most 1");
        assert_eq!(allowed::<bool>(&(..)).unwrap(), "one of true, false");
        assert_eq!(allowed(&(true..)).unwrap(), "one of true");
    }

    #[test]
    fn names_with_a_meaning_of_their_own_are_reserved() {
        for name in ["Grid", "Range", "Uniform", "LogUniform", "None", "Some"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["", "Gri", "Grids", "grid", "Nothing", "Restart"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
