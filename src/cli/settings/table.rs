//! Every setting, one line each: its name, the field that holds it, its unit and bounds.
//!
//! Its default is that of the field. From the line the setting is read, checked, shown and
//! explained. Settings that need a feature stand in a file of their own.

#[cfg(feature = "browser")]
mod browsers;
#[cfg(feature = "live")]
mod sessions;

use super::key::{Key, key};
use super::sections::Settings;

/// Makes a list of keys of
///
/// ```text
/// /// What it does
/// section.key: how it is written => field, "unit", bounds;
/// ```
///
/// It is written as the type of the field (`key`), in milliseconds (`millis`) or as another type
/// (`via`); or as the type of the field where later sources may only lower it (`limit`) or may not
/// change it (`fixed`).
macro_rules! table {
    ($(
        $(#[doc = $about:literal])+
        $section:ident.$key:ident: $how:ident $(($convert:expr))? => $($field:ident).+,
            $unit:literal, $bounds:expr;
    )+) => {
        [$(
            $how(
                concat!(stringify!($section), ".", stringify!($key)),
                concat!($($about),+).trim_start(),
                |settings| &mut settings.$($field).+,
                $($convert)?
            )
            .within($unit, $bounds),
        )+]
    };
}
#[cfg(feature = "live")]
use table;

impl Settings {
    /// Every setting of this build, in the order of the documentation.
    #[must_use]
    pub fn keys() -> Vec<Key> {
        let paths = Vec::from(table! {
            // Paths.
            /// Folder of the data kept between sessions; if unset, `$XDG_DATA_HOME/replayer` or
            /// `~/.local/share/replayer`
            paths.data: key => paths.data, "", ..;
            /// Folder in which runs and sessions create their folders if --out names none; if
            /// unset, `runs` in the working directory
            paths.runs: key => paths.runs, "", ..;
        });
        [
            paths,
            #[cfg(feature = "live")]
            sessions::keys(),
            #[cfg(feature = "browser")]
            browsers::keys(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Values of which every setting accepts one that is not its default.
    const TEXTS: [&str; 11] = [
        "true",
        "/tmp/elsewhere",
        "127.0.0.1:1",
        "0.5",
        "7",
        "900",
        "2345",
        "2000000",
        "polling",
        "sell",
        "[\"/bin/true\"]",
    ];

    #[test]
    fn every_setting_has_a_name_and_a_field_of_its_own() {
        let mut names = BTreeSet::new();
        let mut changed: Vec<Settings> = vec![Settings::default()];
        for key in Settings::keys() {
            assert!(names.insert(key.name), "{} twice", key.name);
            let mut settings = Settings::default();
            let other = TEXTS
                .iter()
                .find(|text| **text != key.default && key.set(&mut settings, text).is_ok());
            assert!(other.is_some(), "{}: no text for it", key.name);
            assert!(!changed.contains(&settings), "{} sets what another one sets", key.name);
            changed.push(settings);
            // A limit is not taken back: from the beginning.
            let mut settings = Settings::default();
            key.set(&mut settings, &key.default).unwrap();
            assert_eq!(settings, Settings::default(), "{}", key.name);
        }
    }
}
