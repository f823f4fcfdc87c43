//! A time as it is given on the command line.

use std::str::FromStr;

use crate::games::recording::Timestamp;

/// A moment: a day, or a day and a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct When(pub(super) Timestamp);

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rest = match text.len() {
            10 => "T00:00:00",
            16 => ":00",
            _ => "",
        };
        Timestamp::parse(&format!("{text}{rest}"))
            .map(Self)
            .ok_or_else(|| "expected YYYY-MM-DD or YYYY-MM-DDTHH:MM".to_owned())
    }
}
