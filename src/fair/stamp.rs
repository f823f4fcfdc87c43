//! Made-up times for generated games: they count from a fixed day, so that the same games are
//! always the same bytes.

use std::fmt;

use serde::{Serialize, Serializer};

/// A moment in milliseconds since the start of 2025, shown without a time zone as recordings show
/// theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Stamp(u64);

const DAY_MS: u64 = 86_400_000;

impl Stamp {
    /// The moment so many milliseconds later.
    #[must_use]
    pub const fn after_ms(self, milliseconds: u64) -> Self {
        Self(self.0 + milliseconds)
    }

    /// The moment in the names of recordings: `YYYYMMDD_HHMMSS`.
    #[must_use]
    pub fn file_part(self) -> String {
        let ([year, month, day], [hour, minute, second, _]) = self.parts();
        format!("{year:04}{month:02}{day:02}_{hour:02}{minute:02}{second:02}")
    }

    /// Year, month and day; hour, minute, second and millisecond.
    const fn parts(self) -> ([u64; 3], [u64; 4]) {
        let (mut year, mut month, mut day) = (2025, 1, self.0 / DAY_MS);
        while day >= year_days(year) {
            day -= year_days(year);
            year += 1;
        }
        while day >= month_days(year, month) {
            day -= month_days(year, month);
            month += 1;
        }
        let ms = self.0 % DAY_MS;
        ([year, month, day + 1], [ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000])
    }
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn year_days(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

const fn month_days(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Stamp {
    /// `YYYY-MM-DDTHH:MM:SS.ffffff`, to microseconds as in recordings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([year, month, day], [hour, minute, second, ms]) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}000")
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_and_hours_of_the_calendar() {
        let day = |days: u64| Stamp::default().after_ms(days * DAY_MS);
        assert_eq!(Stamp::default().to_string(), "2025-01-01T00:00:00.000000");
        assert_eq!(day(58).after_ms(1).to_string(), "2025-02-28T00:00:00.001000");
        assert_eq!(day(59).to_string(), "2025-03-01T00:00:00.000000");
        assert_eq!(day(364).after_ms(DAY_MS - 250).to_string(), "2025-12-31T23:59:59.750000");
        // 2028 is a leap year, 2100 is not.
        assert_eq!(day(3 * 365 + 59).file_part(), "20280229_000000");
        assert_eq!(day(75 * 365 + 18 + 59).file_part(), "21000301_000000");
    }
}
