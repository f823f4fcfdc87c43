//! Types of time: when something arrived, by the receiver's clocks. Nothing here reads a clock.

use serde::{Deserialize, Serialize};

/// When something arrived: milliseconds since 1970-01-01 UTC by the receiver's clock. Written as
/// that number.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// The moment `ms` milliseconds after 1970-01-01 UTC.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// Milliseconds from another moment to this one; 0 where the other one is later, because clocks
    /// are set back.
    #[must_use]
    pub const fn ms_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// When something arrived: microseconds of a monotonic clock since it started. For measuring only,
/// never for results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(u64);

impl Stamp {
    /// The stamp `us` microseconds after its clock was started.
    #[must_use]
    pub const fn from_us(us: u64) -> Self {
        Self(us)
    }

    /// Microseconds from another stamp to this one; 0 where the other one is later.
    #[must_use]
    pub const fn us_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_passes_backwards() {
        let [early, late] = [1_000, 1_250].map(Moment::from_ms);
        assert_eq!((late.ms_since(early), early.ms_since(late)), (250, 0));
        let [early, late] = [7, 9].map(Stamp::from_us);
        assert_eq!((late.us_since(early), early.us_since(late)), (2, 0));
    }

    #[test]
    fn a_moment_is_written_as_its_number() {
        let text = serde_json::to_string(&Moment::from_ms(1_765_559_818_000)).unwrap();
        assert_eq!(text, "1765559818000");
        assert_eq!(serde_json::from_str::<Moment>(&text).unwrap().as_ms(), 1_765_559_818_000);
    }
}
