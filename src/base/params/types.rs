//! The types of parameters: a single value, an optional one, a list.

use std::ops::{Bound, RangeBounds};

use rust_decimal::Decimal;

use super::scalar::{self, Scalar};
use crate::base::document::Raw;

/// How a scenario writes an absent value.
const NONE: &str = "None";

/// A type of a parameter: any [`Scalar`], an `Option` of one, a `Vec` of one.
pub trait ParamType: Clone {
    /// The single value that the range applies to: the type itself, or that of its items.
    type Item: Scalar;
    /// The allowed number of items: [`Length`] for a list, `()` for anything else.
    type Length;

    /// Reads the value where a scenario writes it; notes any problem there.
    fn read<R: RangeBounds<Self::Item>>(
        raw: Raw<'_>,
        limits: &ParamLimits<'_, R, Self::Length>,
    ) -> Option<Self>;

    /// The value as a scenario writes it.
    fn written(&self) -> String;

    /// The decimal numbers in the value.
    fn decimals(&self) -> Vec<Decimal>;

    /// The type's name in the list of strategies.
    fn type_name() -> String;

    /// The allowed values, in words; `None` where all are allowed.
    fn allowed<R: RangeBounds<Self::Item>>(range: &R, length: &Self::Length) -> Option<String>;
}

/// The limits of a parameter.
#[derive(Debug, Clone, Copy)]
pub struct ParamLimits<'a, R, L> {
    /// The name of the parameter.
    pub name: &'a str,
    /// The range of each single value.
    pub range: &'a R,
    /// The allowed number of items.
    pub length: &'a L,
}

/// Smallest and largest number of items of a list, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    least: usize,
    most: usize,
}

impl Length {
    /// The lengths that a range of numbers permits.
    #[must_use]
    pub fn of(range: &impl RangeBounds<usize>) -> Self {
        let least = match range.start_bound() {
            Bound::Included(&least) => least,
            Bound::Excluded(&least) => least.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let most = match range.end_bound() {
            Bound::Included(&most) => most,
            Bound::Excluded(&most) => most.saturating_sub(1),
            Bound::Unbounded => usize::MAX,
        };
        Self { least, most }
    }

    const fn permits(self, items: usize) -> bool {
        self.least <= items && items <= self.most
    }

    fn text(self) -> String {
        let items = |number| if number == 1 { "item" } else { "items" };
        match self {
            Self { least, most } if least == most => format!("{least} {}", items(least)),
            Self { least, most: usize::MAX } => format!("at least {least} {}", items(least)),
            Self { least: 0, most } => format!("at most {most} {}", items(most)),
            Self { least, most } => format!("{least} to {most} items"),
        }
    }
}

impl<T: Scalar> ParamType for T {
    type Item = T;
    type Length = ();

    fn read<R: RangeBounds<T>>(raw: Raw<'_>, limits: &ParamLimits<'_, R, ()>) -> Option<T> {
        scalar::read(raw, limits.name, limits.range, None)
    }

    fn written(&self) -> String {
        self.show()
    }

    fn decimals(&self) -> Vec<Decimal> {
        self.decimal().into_iter().collect()
    }

    fn type_name() -> String {
        T::TYPE.to_owned()
    }

    fn allowed<R: RangeBounds<T>>(range: &R, (): &()) -> Option<String> {
        scalar::allowed(range)
    }
}

/// Written `None`, `5` or `Some(5)`.
impl<T: Scalar> ParamType for Option<T> {
    type Item = T;
    type Length = ();

    fn read<R: RangeBounds<T>>(raw: Raw<'_>, limits: &ParamLimits<'_, R, ()>) -> Option<Self> {
        let value = match raw.name() {
            NONE => return raw.alone().map(|()| None),
            "Some" => raw.wrapped()?,
            _ => raw,
        };
        scalar::read(value, limits.name, limits.range, Some(NONE)).map(Some)
    }

    fn written(&self) -> String {
        self.as_ref().map_or_else(|| NONE.to_owned(), ParamType::written)
    }

    fn decimals(&self) -> Vec<Decimal> {
        self.iter().filter_map(Scalar::decimal).collect()
    }

    fn type_name() -> String {
        format!("{} or {NONE}", T::TYPE)
    }

    fn allowed<R: RangeBounds<T>>(range: &R, (): &()) -> Option<String> {
        scalar::allowed(range)
    }
}

/// Written `[1, 2, 3]`.
impl<T: Scalar> ParamType for Vec<T> {
    type Item = T;
    type Length = Length;

    fn read<R: RangeBounds<T>>(raw: Raw<'_>, limits: &ParamLimits<'_, R, Length>) -> Option<Self> {
        let ParamLimits { name, range, length } = *limits;
        let items = raw.list()?;
        if !length.permits(items.len()) {
            let (list, right, found) = (raw.shown(), length.text(), items.len());
            raw.problem(format!("{list}: `{name}` must have {right}, not {found}"));
            return None;
        }
        // Read all items before checking any, so that every wrong one is noted.
        let read: Vec<_> =
            items.into_iter().map(|item| scalar::read(item, name, range, None)).collect();
        read.into_iter().collect()
    }

    fn written(&self) -> String {
        let items: Vec<String> = self.iter().map(ParamType::written).collect();
        format!("[{}]", items.join(", "))
    }

    fn decimals(&self) -> Vec<Decimal> {
        self.iter().filter_map(Scalar::decimal).collect()
    }

    fn type_name() -> String {
        format!("list of {}s", T::TYPE)
    }

    fn allowed<R: RangeBounds<T>>(range: &R, length: &Length) -> Option<String> {
        let each = scalar::allowed(range).map_or_else(String::new, |each| format!(", each {each}"));
        Some(format!("{}{each}", length.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_says_how_many_items_there_may_be() {
        for (length, text) in [
            (Length::of(&(1..=8)), "1 to 8 items"),
            (Length::of(&(1..9)), "1 to 8 items"),
            (Length::of(&(2..=2)), "2 items"),
            (Length::of(&(1..=1)), "1 item"),
            (Length::of(&(..=3)), "at most 3 items"),
            (Length::of(&(1..)), "at least 1 item"),
            (Length::of(&(..)), "at least 0 items"),
        ] {
            assert_eq!(length.text(), text);
        }
        assert!(Length::of(&(1..=2)).permits(2));
        assert!(!Length::of(&(1..=2)).permits(0));
        assert!(!Length::of(&(1..=2)).permits(3));
    }
}
