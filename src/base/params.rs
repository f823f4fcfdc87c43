//! Parameters of strategies: declared once, and from that read, defaulted, checked and listed.

mod scalar;
mod types;

use std::ops::RangeBounds;

use rust_decimal::Decimal;

use crate::base::document::DocumentFields;

pub use scalar::{Scalar, is_reserved};
pub use types::{Length, ParamLimits, ParamType};

/// A parameter as the list of strategies shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name in scenarios.
    pub name: &'static str,
    /// Its type: `amount`, `whole number or None`, `list of names`.
    pub type_name: String,
    /// Its default, as a scenario would write it.
    pub default: String,
    /// The allowed values, in words; `None` where the type says it all.
    pub allowed: Option<String>,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// What the parameter does.
    pub about: &'static str,
}

/// The parameters of a strategy that a scenario may set. Implemented by
/// [`params!`](crate::params!).
pub trait Params: Clone + Default + Send + Sync + 'static {
    /// All parameters, in the order of their declaration.
    fn table() -> Vec<Param>;

    /// Reads the parameters from a scenario's fields. An absent one keeps its default; a wrong one
    /// is reported on the fields.
    fn read(fields: &mut DocumentFields<'_>) -> Self;
}

/// A parameter as [`params!`](crate::params!) declares it.
#[derive(Debug, Clone)]
pub struct Declared<T: ParamType, R> {
    /// Its name in scenarios.
    pub name: &'static str,
    /// Its value where a scenario leaves it out.
    pub default: T,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// The allowed range of each single value.
    pub range: R,
    /// The allowed number of items.
    pub length: T::Length,
    /// What the parameter does.
    pub about: &'static str,
}

impl<T: ParamType, R: RangeBounds<T::Item>> Declared<T, R> {
    /// The parameter as the list of strategies shows it.
    #[must_use]
    pub fn listed(&self) -> Param {
        Param {
            name: self.name,
            type_name: T::type_name(),
            default: self.default.written(),
            allowed: T::allowed(&self.range, &self.length),
            unit: self.unit,
            about: self.about,
        }
    }

    /// Reads the parameter from a scenario's fields; its default where it is absent or wrong.
    #[must_use]
    pub fn read(self, fields: &mut DocumentFields<'_>) -> T {
        let Self { name, default, range, length, unit, .. } = self;
        let limits = ParamLimits { name, range: &range, length: &length };
        let Some(raw) = fields.raw(name) else { return default };
        let Some(value) = T::read(raw, &limits) else { return default };
        if unit == "%" {
            let usual = default.decimals().into_iter().max().unwrap_or(Decimal::ONE_HUNDRED);
            if let Some(share) = value.decimals().into_iter().find(|it| is_share(*it, usual)) {
                let percent = (share * Decimal::ONE_HUNDRED).normalize();
                let share = share.normalize();
                raw.warn(format!(
                    "`{name}: {share}` is {share} %: for {percent} % write {percent}"
                ));
            }
        }
        value
    }
}

/// Whether a percentage is likely meant as a share of one: below 1, and a hundred times as much is
/// nearer to the usual value.
fn is_share(percent: Decimal, usual: Decimal) -> bool {
    percent > Decimal::ZERO && percent < Decimal::ONE && percent * Decimal::TEN < usual
}

/// Declares the parameters of a strategy, each as
/// `name: type = default, unit, range, length least..=most;`.
///
/// - The type is `Sol`, `Decimal`, `u32`, `bool` or a type of [`param_enum!`](crate::param_enum!);
///   or an `Option` or a `Vec` of one.
/// - Unit and range may be left out together: then there is no unit, and any value is allowed.
/// - A list has a `length`, and only a list has one. The range applies to each item.
/// - The comment above says what the parameter does.
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
///         /// Buys in the presale, too
///         early: bool = false;
///         /// Sells at a loss of this many percent; never where it is `None`
///         stop_loss: Option<u32> = None, "%", 1..=100;
///         /// Sells a part at each of these gains
///         targets: Vec<u32> = vec![10, 25], "%", 1..=1_000, length 1..=8;
///     }
/// }
/// assert_eq!(DipParams::default().targets, [10, 25]);
/// ```
#[macro_export]
macro_rules! params {
    // One parameter, with the omitted parts filled in.
    (@declared $field:ident: $type:ty = $default:expr, [$($about:literal)+], []) => {
        $crate::params!(@declared $field: $type = $default, [$($about)+], ["", .., ()])
    };
    (@declared $field:ident: $type:ty = $default:expr, [$($about:literal)+],
        [$unit:literal, $range:expr]) => {
        $crate::params!(@declared $field: $type = $default, [$($about)+], [$unit, $range, ()])
    };
    (@declared $field:ident: $type:ty = $default:expr, [$($about:literal)+],
        [$unit:literal, $range:expr, length $length:expr]) => {
        $crate::params!(
            @declared $field: $type = $default, [$($about)+],
            [$unit, $range, $crate::base::params::Length::of(&$length)]
        )
    };
    (@declared $field:ident: $type:ty = $default:expr, [$($about:literal)+],
        [$unit:literal, $range:expr, $length:expr]) => {
        $crate::base::params::Declared::<$type, _> {
            name: ::core::stringify!($field),
            default: $default,
            unit: $unit,
            range: $range,
            length: $length,
            about: ::core::concat!($($about),+).trim(),
        }
    };
    (
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident {
            $(
                $(#[doc = $about:literal])+
                $field:ident: $type:ty = $default:expr
                    $(, $unit:literal, $range:expr $(, length $length:expr)?)?;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(::core::fmt::Debug, ::core::clone::Clone)]
        $vis struct $name {
            $( $(#[doc = $about])+ pub $field: $type, )*
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* }
            }
        }

        impl $crate::base::params::Params for $name {
            fn table() -> ::std::vec::Vec<$crate::base::params::Param> {
                ::std::vec![$(
                    $crate::params!(
                        @declared $field: $type = $default, [$($about)+],
                        [$($unit, $range $(, length $length)?)?]
                    )
                    .listed(),
                )*]
            }

            fn read(fields: &mut $crate::base::document::DocumentFields<'_>) -> Self {
                let _ = &fields;
                Self {
                    $(
                        $field: $crate::params!(
                            @declared $field: $type = $default, [$($about)+],
                            [$($unit, $range $(, length $length)?)?]
                        )
                        .read(fields),
                    )*
                }
            }
        }
    };
}
