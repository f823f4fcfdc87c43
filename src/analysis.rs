//! Statistics and summaries of runs: sums, estimates, intervals, verdicts.

pub mod stats;
pub mod summary;
