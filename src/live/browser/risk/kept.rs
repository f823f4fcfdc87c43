//! What is kept of an account's losses between sessions, and its text: one line of JSON and its
//! SHA-256. A text that is not exactly what would be written is damage.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::hex::hex;
use crate::model::sol::Sol;

/// The version of the text; the only one so far.
const FORMAT: &str = "replayer losses 1";

/// What was lost and ordered within a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanTotals {
    /// The loss, below zero for a gain. What was open when it was noted counts as lost.
    pub lost: Sol,
    /// The number of orders, with those that may have been sent.
    pub orders: u32,
}

/// What is kept of an account's losses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeptLosses {
    /// The furthest day of UTC that was seen, counted from 1970-01-01.
    pub day: u64,
    /// What was lost and ordered on that day.
    pub today: SpanTotals,
    /// What was lost and ordered since the record was begun.
    pub in_all: SpanTotals,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content<'a> {
    format: &'a str,
    account: &'a str,
    day: u64,
    today: SpanTotals,
    in_all: SpanTotals,
}

impl SpanTotals {
    const fn covers(self, other: Self) -> bool {
        self.lost.lamports() >= other.lost.lamports() && self.orders >= other.orders
    }
}

impl KeptLosses {
    /// Whether who reads this knows of at least as much as the other says.
    #[must_use]
    pub const fn covers(&self, other: &Self) -> bool {
        self.day == other.day && self.today.covers(other.today) && self.in_all.covers(other.in_all)
    }

    /// The text of a loss record of an account.
    #[must_use]
    pub fn to_text(&self, account: &str) -> String {
        let Self { day, today, in_all } = *self;
        let content = Content { format: FORMAT, account, day, today, in_all };
        let content = serde_json::to_string(&content).expect("numbers and texts");
        let digest = hex(Sha256::digest(&content).into());
        format!("{content}\n{digest}\n")
    }

    /// Reads the text of a loss record of an account.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of_text(text: &str, account: &str) -> Result<Self, String> {
        let (line, _) = text.split_once('\n').ok_or("it has no whole line")?;
        let content: Content<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if content.format != FORMAT {
            return Err(format!("it is not of the version `{FORMAT}`"));
        }
        if content.account != account {
            return Err("it belongs to another account".to_owned());
        }
        let Content { day, today, in_all, .. } = content;
        let kept = Self { day, today, in_all };
        // Every single byte counts, those of the digest too.
        if kept.to_text(account) != text {
            return Err("its digest does not match its content".to_owned());
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn totals() -> impl Strategy<Value = SpanTotals> {
        (any::<i64>(), any::<u32>())
            .prop_map(|(lost, orders)| SpanTotals { lost: Sol::from_lamports_const(lost), orders })
    }

    fn losses() -> impl Strategy<Value = KeptLosses> {
        (any::<u64>(), totals(), totals()).prop_map(|(day, today, in_all)| KeptLosses {
            day,
            today,
            in_all,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_for_its_own_account_only(kept in losses()) {
            let text = kept.to_text("ours");
            prop_assert_eq!(KeptLosses::of_text(&text, "ours"), Ok(kept));
            prop_assert!(KeptLosses::of_text(&text, "theirs").is_err());
        }

        #[test]
        fn any_changed_lost_or_added_byte_is_damage(
            kept in losses(),
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            what in 0..3_u8,
        ) {
            let whole = kept.to_text("ours").into_bytes();
            let mut bytes = whole.clone();
            let at = place.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at),
                _ => bytes.insert(at, byte),
            }
            if let Ok(text) = String::from_utf8(bytes) && text.as_bytes() != whole {
                prop_assert!(KeptLosses::of_text(&text, "ours").is_err(), "{text}");
            }
        }
    }

    #[test]
    fn a_record_of_another_version_says_so() {
        let text = KeptLosses::default().to_text("ours").replace("losses 1", "losses 2");
        let why = KeptLosses::of_text(&text, "ours").unwrap_err();
        assert!(why.contains("not of the version"), "{why}");
    }
}
