//! Unbiased statistics: pure functions on sums, counts and blocks of units.
//!
//! Nothing here knows what a game is. A *unit* is an independent draw (a life, so a game when every
//! game has its own bankroll); a *block* is a range of neighbouring units, given by their sums.
//! Formulas, assumptions and limits of each figure: `docs/statistics.md`.

mod blocks;
mod bootstrap;
mod distribution;
mod estimate;
mod exact;
mod forward;
mod histogram;
mod luck;
mod moments;
mod multiple;
#[cfg(test)]
pub(crate) mod noise;
mod overfitting;
mod passage;
mod power;
mod proportion;
mod ratio;

pub use blocks::{mean_of_blocks, paired_difference};
pub use bootstrap::{REPLICATES, Resamples};
pub use distribution::{p_value_text, two_sided};
pub use estimate::{CONFIDENCE, Estimate, Interval, student_estimate};
pub use exact::Wide;
pub use forward::{FOLDS, Forward, MeanErrors, walk_forward};
pub use histogram::Histogram;
pub use luck::{Deflated, deflated_best};
pub use moments::Moments;
pub use multiple::{benjamini_hochberg, holm};
pub use overfitting::{Overfitting, SLICES, overfitting};
pub use passage::{FirstPassage, Ruined};
pub use power::{POWER, units_to_settle};
pub use proportion::{Proportion, wilson};
pub use ratio::Ratio;
