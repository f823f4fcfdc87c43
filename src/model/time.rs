//! Types of time: when something arrived, by the receiver's clocks. Nothing here reads a clock.

/// When something arrived: milliseconds since 1970-01-01 UTC by the receiver's clock.
pub type Moment = u64;

/// When something arrived: microseconds of a monotonic clock. For measuring only, never for
/// results.
pub type Stamp = u64;
