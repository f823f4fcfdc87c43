//! Declares settings: each once, with its type, default, unit and bounds.

/// Makes the structs of the sections, [`Settings`](super::Settings) of them, and the list of all keys, of
///
/// ```text
/// /// About the section
/// name: Struct if "feature" {
///     /// What it does
///     key: type = default, "unit", bounds;
/// }
/// ```
///
/// A section with a feature is there in builds with it only.
macro_rules! settings {
    ($(
        $(#[doc = $about_section:literal])+
        $section:ident: $Section:ident $(if $feature:literal)? {
            $(
                $(#[doc = $about:literal])+
                $key:ident: $type:ty = $default:expr, $unit:literal, $bounds:expr;
            )+
        }
    )+) => {
        /// Every setting, by section.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Settings {
            $(
                $(#[doc = $about_section])+
                $(#[cfg(feature = $feature)])?
                pub $section: $Section,
            )+
        }

        $(
            $(#[doc = $about_section])+
            $(#[cfg(feature = $feature)])?
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub struct $Section {
                $($(#[doc = $about])+ pub $key: $type,)+
            }

            $(#[cfg(feature = $feature)])?
            impl Default for $Section {
                fn default() -> Self {
                    Self { $($key: $default,)+ }
                }
            }
        )+

        /// The sections that only other builds have, each with its feature.
        const ABSENT: &[(&str, &str)] = &[
            $($(#[cfg(not(feature = $feature))] (stringify!($section), $feature),)?)+
        ];

        impl Settings {
            /// The feature that a setting needs, or a whole section; `None` for what this build has or
            /// nobody knows. Only other commands ask for what it says.
            #[must_use]
            pub fn absent(name: &str) -> Option<&'static str> {
                let section = name.split('.').next()?;
                let known = ABSENT.iter().find(|(absent, _)| *absent == section)?;
                Some(known.1)
            }

            /// Every setting, in the order of the documentation.
            #[must_use]
            pub fn keys() -> Vec<Key> {
                let defaults = Self::default();
                let mut keys = Vec::new();
                $($(#[cfg(feature = $feature)])? keys.extend([$(Key {
                    name: concat!(stringify!($section), ".", stringify!($key)),
                    about: concat!($($about),+).trim_start(),
                    unit: $unit,
                    default: defaults.$section.$key.show(),
                    quoted: <$type as Setting>::QUOTED,
                    range: Bounds::<$type>::words(&$bounds),
                    check: |text| key::read::<$type>(text, &$bounds).map(drop),
                },)+]);)+
                keys
            }

            /// Reads every setting from its text.
            ///
            /// # Errors
            /// The first key whose text is no value of it, and why.
            pub(super) fn read<'a>(
                text: impl Fn(&str) -> &'a str,
            ) -> Result<Self, (&'static str, String)> {
                Ok(Self {
                    $($(#[cfg(feature = $feature)])? $section: $Section {
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
