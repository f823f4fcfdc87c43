//! Figures, and what they say: sums of runs, estimates, intervals, verdicts.

pub mod stats;
pub mod summary;
