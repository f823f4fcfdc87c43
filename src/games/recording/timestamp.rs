//! When a row was written, by the recorder's own clock. Generated recordings use it with a fixed
//! first day.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::model::number;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Microseconds since 1970-01-01T00:00:00 on the recorder's [`Clock`]: as a rule local time in
/// layouts 3.1 and 3.2, UTC in 3.3. Use it for gaps inside one file, never as a game's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// What a written time is measured by. Times of different clocks cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// A time without a zone: the recorder's own, wherever it was.
    Local,
    /// UTC: a time with an offset, or a number of seconds since 1970.
    Utc,
}

impl Timestamp {
    /// The start of games without times: fixed, so that the same games always give the same bytes.
    pub const MADE_UP: Self = Self::midnight(2025, 1, 1);

    /// Reads a time as a file says it, a JSON string or number: an ISO time as [`Self::parse`]
    /// reads it, or the seconds, milliseconds, microseconds or nanoseconds since 1970 of a time
    /// from 2001 to 2286. `None` for anything else.
    #[must_use]
    pub fn read(json: &str) -> Option<(Self, Clock)> {
        let content = json.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let text = content.unwrap_or(json).trim();
        iso(text).or_else(|| Some((epoch(text)?, Clock::Utc)))
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS` with up to 9 decimals (cut to 6); a space may replace the `T`; a
    /// time with an offset or `Z` becomes UTC. `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        iso(text).map(|(time, _)| time)
    }

    /// Midnight of a day of the Gregorian calendar.
    #[must_use]
    pub const fn midnight(year: i64, month: i64, day: i64) -> Self {
        Self(days_of_civil(year, month, day) * 86_400 * SECOND)
    }

    /// The moment `micros` microseconds after 1970-01-01T00:00:00.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds after 1970-01-01T00:00:00; negative before it.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The moment that is later by a number of milliseconds.
    #[must_use]
    pub fn after_ms(self, milliseconds: u32) -> Self {
        // The times of a table may be any number of 64 bits.
        Self(self.0.saturating_add(i64::from(milliseconds) * 1_000))
    }

    /// The moment as used in names of recordings: `20251029_184015`.
    #[must_use]
    pub fn file_part(self) -> String {
        let ((year, month, day), (hour, minute, second)) = self.parts();
        format!("{year:04}{month:02}{day:02}_{hour:02}{minute:02}{second:02}")
    }

    /// (Year, month, day) and (hour, minute, second).
    const fn parts(self) -> ((i64, i64, i64), (i64, i64, i64)) {
        let seconds = self.0.div_euclid(SECOND);
        let of_day = seconds.rem_euclid(86_400);
        let time = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        (civil_of_days(seconds.div_euclid(86_400)), time)
    }

    /// Milliseconds from an earlier time to this one, rounded; `None` when time ran backwards or
    /// the gap exceeds 49 days.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> Option<u32> {
        let micros = self.0.checked_sub(earlier.0).filter(|&micros| micros >= 0)?;
        u32::try_from(micros.saturating_add(500) / 1_000).ok()
    }
}

impl fmt::Display for Timestamp {
    /// As recorders write it: `2025-10-29T18:40:15.917485`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = self.parts();
        let micros = self.0.rem_euclid(SECOND);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A time in the layout of ISO 8601, and what it is measured by.
fn iso(text: &str) -> Option<(Timestamp, Clock)> {
    let bytes = text.as_bytes();
    let fixed = bytes.get(..19)?;
    let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let marked = marks.iter().all(|&(at, mark)| fixed[at] == mark);
    if !marked || !matches!(fixed[10], b'T' | b't' | b' ') {
        return None;
    }
    let number = |from: usize, to: usize| digits(&fixed[from..to]);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let sane = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !sane {
        return None;
    }
    let (micros, zone) = fraction(&bytes[19..])?;
    let (ahead_minutes, clock) = offset(zone)?;
    let minutes = days_of_civil(year, month, day) * 1_440 + hour * 60 + minute - ahead_minutes;
    Some((Timestamp((minutes * 60 + second) * SECOND + micros), clock))
}

/// A number of seconds, milliseconds, microseconds or nanoseconds since 1970: which of them, its
/// size says.
fn epoch(text: &str) -> Option<Timestamp> {
    let number = number::parse(text).ok()?;
    // Seconds have ten digits before the point from 2001 to 2286; each smaller unit three more.
    let unit = [(1_000_000, 0), (1_000, 3), (1, 6)].into_iter().find_map(|(micros, zeros)| {
        let least = Decimal::from(10_i64.pow(9 + zeros));
        (least..least * Decimal::TEN).contains(&number).then_some(Decimal::from(micros))
    });
    let nanos = Decimal::from(10_i64.pow(18));
    let micros = match unit {
        Some(micros) => number.checked_mul(micros)?,
        None if (nanos..nanos * Decimal::TEN).contains(&number) => number / Decimal::from(1_000),
        None => return None,
    };
    micros.trunc().normalize().to_string().parse().ok().map(Timestamp)
}

/// The value of a run of decimal digits.
fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
    })
}

/// The microseconds in the text after the seconds, and the rest of it: nothing, `.917485`, `Z`,
/// `+00:00` or a mix.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let (decimals, zone) = match rest.strip_prefix(b".") {
        None => (&rest[..0], rest),
        Some(rest) => {
            let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
            if end == 0 || end > 9 {
                return None;
            }
            rest.split_at(end)
        }
    };
    let kept = &decimals[..decimals.len().min(6)];
    let missing = u32::try_from(6 - kept.len()).ok()?;
    Some((digits(kept)? * 10_i64.pow(missing), zone))
}

/// The minutes that a zone is ahead of UTC, and whether one is given: nothing, `Z`, `+05:30`,
/// `-0800` or `+01`.
fn offset(zone: &[u8]) -> Option<(i64, Clock)> {
    let (sign, hours, minutes) = match zone {
        [] => return Some((0, Clock::Local)),
        [b'Z' | b'z'] => return Some((0, Clock::Utc)),
        [sign, hour @ ..] if hour.len() == 2 => (sign, hour, &hour[..0]),
        [sign, _, _, b':', minute @ ..] if minute.len() == 2 => (sign, &zone[1..3], minute),
        [sign, both @ ..] if both.len() == 4 => (sign, &both[..2], &both[2..]),
        _ => return None,
    };
    let minutes = digits(hours)? * 60 + digits(minutes)?;
    match sign {
        b'+' => Some((minutes, Clock::Utc)),
        b'-' => Some((-minutes, Clock::Utc)),
        _ => None,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March so that
/// the leap day comes last.
const fn days_of_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date that is `days` days after 1970-01-01.
const fn civil_of_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + days.div_euclid(146_097) * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_timestamp_reads_with_and_without_fraction_and_zone() {
        let whole = Timestamp::parse("2025-10-29T18:40:15").unwrap();
        assert_eq!(whole.to_string(), "2025-10-29T18:40:15.000000");
        for text in ["2025-10-29 18:40:15Z", "2025-10-29T18:40:15.0", "2025-10-29T18:40:15+00:00"] {
            assert_eq!(Timestamp::parse(text), Some(whole), "{text}");
        }
        assert_eq!(Timestamp::parse("1970-01-01T00:00:00.000001"), Some(Timestamp(1)));
    }

    #[test]
    fn an_offset_is_converted_and_told_from_a_time_without_one() {
        let utc = Timestamp::parse("2025-10-29T18:40:15.5").unwrap();
        for zone in ["Z", "+00:00", "-0000", "+00"] {
            let text = format!("\"2025-10-29T18:40:15.5{zone}\"");
            assert_eq!(Timestamp::read(&text), Some((utc, Clock::Utc)), "{text}");
        }
        for text in ["2025-10-29T20:40:15.5+02:00", "2025-10-30T00:10:15.500+0530"] {
            assert_eq!(Timestamp::parse(text), Some(utc), "{text}");
        }
        assert_eq!(Timestamp::parse("2025-10-29 10:40:15.5-08"), Some(utc));
        let local = "\"2025-10-29T18:40:15.5\"";
        assert_eq!(Timestamp::read(local), Some((utc, Clock::Local)));
    }

    #[test]
    fn a_number_is_the_time_since_1970_in_the_unit_that_its_size_says() {
        let wanted = Timestamp::parse("2025-12-12T22:16:42.974").unwrap();
        for text in [
            "1765577802.974",
            "\"1765577802.974000\"",
            "1765577802974",
            "1.765577802974e12",
            "1765577802974000",
            "1765577802974000000",
            "\"1765577802974000000\"",
        ] {
            assert_eq!(Timestamp::read(text), Some((wanted, Clock::Utc)), "{text}");
        }
        for text in ["17", "0", "-1765577802", "1e300", "17655778029", "null", "true", "\"\""] {
            assert_eq!(Timestamp::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_timestamp_is_none() {
        for text in ["", "x", "2025-13-01T00:00:00", "2025-10-29T18:40:15.", "2025-10-29T18:40"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_gap_is_rounded_and_unknown_when_time_runs_backwards() {
        let (early, late) = (Timestamp(1_000_000), Timestamp(1_250_600));
        assert_eq!(late.millis_since(early), Some(251));
        assert_eq!(early.millis_since(late), None);
        // Tables hold any number of 64 bits as a time.
        let (first, last) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
        assert_eq!((last.millis_since(first), last.millis_since(Timestamp(0))), (None, None));
        assert_eq!(last.after_ms(250), last);
    }

    #[test]
    fn moments_are_days_and_hours_of_the_calendar() {
        let start = Timestamp::midnight(2025, 1, 1);
        let day = |days: i64| Timestamp(start.0 + days * 86_400 * SECOND);
        assert_eq!(start.to_string(), "2025-01-01T00:00:00.000000");
        assert_eq!(day(58).after_ms(1).to_string(), "2025-02-28T00:00:00.001000");
        assert_eq!(day(59).to_string(), "2025-03-01T00:00:00.000000");
        assert_eq!(day(364).after_ms(86_399_750).to_string(), "2025-12-31T23:59:59.750000");
        // 2028 is a leap year, 2100 is not.
        assert_eq!(day(3 * 365 + 59).file_part(), "20280229_000000");
        assert_eq!(day(75 * 365 + 18 + 59).file_part(), "21000301_000000");
    }

    proptest! {
        #[test]
        fn a_timestamp_reads_back_what_it_writes(micros in -60_000_000_000_000_000_i64..200_000_000_000_000_000) {
            let time = Timestamp(micros);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn any_text_is_taken_or_refused_without_panic(text in ".{0,40}") {
            let _ = (Timestamp::parse(&text), Timestamp::read(&text));
        }
    }
}
