//! A figure with its interval.

use serde::{Deserialize, Serialize};

use super::distribution::student_reach;

/// Probability that an interval of this crate covers what it estimates.
pub const CONFIDENCE: f64 = 0.95;

/// The range in which a figure may lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end, in the unit of the figure.
    pub low: f64,
    /// Upper end, in the unit of the figure.
    pub high: f64,
}

/// A figure, its standard error and its 95 % interval, all in one unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The estimate itself, in the unit of the figure.
    pub value: f64,
    /// Its standard error, in the unit of the figure.
    pub standard_error: f64,
    /// Lower end of the interval, in the unit of the figure.
    pub low: f64,
    /// Upper end of the interval, in the unit of the figure.
    pub high: f64,
}

/// An estimate with Student's interval.
#[must_use]
pub fn student_estimate(value: f64, standard_error: f64, freedom: f64) -> Estimate {
    Estimate::around(value, standard_error, student_reach(CONFIDENCE, freedom))
}

impl Estimate {
    /// The estimate `value ± reach` standard errors.
    #[must_use]
    pub fn around(value: f64, standard_error: f64, reach: f64) -> Self {
        let (low, high) = (value - reach * standard_error, value + reach * standard_error);
        Self { value, standard_error, low, high }
    }

    /// The same figure in another unit: everything times `factor`.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let (one, other) = (self.low * factor, self.high * factor);
        Self {
            value: self.value * factor,
            standard_error: self.standard_error * factor.abs(),
            low: one.min(other),
            high: one.max(other),
        }
    }

    /// Half the width of the interval.
    #[must_use]
    pub fn reach(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}
