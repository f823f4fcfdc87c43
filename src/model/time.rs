//! Moments: when something arrived, by the clocks of whoever heard it. Nothing here looks at one.

/// When something arrived: milliseconds since 1970-01-01 UTC by the receiver's clock.
pub type Moment = u64;

/// When something arrived, in microseconds of a clock of the edge's: to measure by, and never for
/// results.
pub type Stamp = u64;
