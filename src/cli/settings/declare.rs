//! Declares settings: each once, with its type, default, unit and bounds.

/// Makes the structs of the sections, [`Settings`](super::Settings) of them, and the list of all keys, of
///
/// ```text
/// /// About the section
/// name: Struct {
///     /// What it does
///     key: type = default, "unit", bounds;
/// }
/// ```
macro_rules! settings {
    ($(
        $(#[doc = $about_section:literal])+
        $section:ident: $Section:ident {
            $(
                $(#[doc = $about:literal])+
                $key:ident: $type:ty = $default:expr, $unit:literal, $bounds:expr;
            )+
        }
    )+) => {
        /// Every setting, by section.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Settings {
            $($(#[doc = $about_section])+ pub $section: $Section,)+
        }

        $(
            $(#[doc = $about_section])+
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $Section {
                $($(#[doc = $about])+ pub $key: $type,)+
            }

            impl Default for $Section {
                fn default() -> Self {
                    Self { $($key: $default,)+ }
                }
            }
        )+

        impl Settings {
            /// Every setting, in the order of the documentation.
            #[must_use]
            pub fn keys() -> Vec<Key> {
                let defaults = Self::default();
                vec![$($(Key {
                    name: concat!(stringify!($section), ".", stringify!($key)),
                    about: concat!($($about),+).trim_start(),
                    unit: $unit,
                    default: defaults.$section.$key.show(),
                    quoted: <$type as Setting>::QUOTED,
                    range: Bounds::<$type>::words(&$bounds),
                    check: |text| key::read::<$type>(text, &$bounds).map(drop),
                },)+)+]
            }

            /// Reads every setting from its text.
            ///
            /// # Errors
            /// The first key whose text is no value of it, and why.
            pub(super) fn read<'a>(
                text: impl Fn(&str) -> &'a str,
            ) -> Result<Self, (&'static str, String)> {
                Ok(Self {
                    $($section: $Section {
                        $($key: {
                            let name = concat!(stringify!($section), ".", stringify!($key));
                            key::read::<$type>(text(name), &$bounds).map_err(|what| (name, what))?
                        },)+
                    },)+
                })
            }
        }
    };
}

pub(super) use settings;
