//! The normal distribution and Student's, as used by this crate.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// From this many degrees of freedom on, Student's distribution is approximated by the normal one
/// with its first correction, which is then right to eight digits. The library's own is wrong in
/// the fifth digit at 100,000 and does not terminate at 100 million.
const FREEDOM_MAX: f64 = 1e4;

/// The smallest p-value that is told, 2.2e-308: no double below it holds all its digits, so it
/// stands for everything that is smaller. Nothing that varies is certain.
const P_VALUE_MIN: f64 = f64::MIN_POSITIVE;

/// The value that a standard normal variable is at or below with a probability.
pub(super) fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

/// The probability that a standard normal variable is at or below a value.
pub(super) fn normal_share(value: f64) -> f64 {
    Normal::standard().cdf(value)
}

/// The number of standard errors that an interval of a confidence reaches to either side; infinite
/// without a degree of freedom.
pub(super) fn student_reach(confidence: f64, freedom: f64) -> f64 {
    let upper = f64::midpoint(1.0, confidence);
    if freedom > FREEDOM_MAX {
        let z = normal_quantile(upper);
        return z + (z.powi(3) + z) / (4.0 * freedom);
    }
    StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |student| student.inverse_cdf(upper))
}

/// A p-value as text: three decimals, or two digits and an exponent below 0.001 (`2.8e-119`). What
/// is at most the smallest number that a double holds in full is told as a bound.
#[must_use]
pub fn p_value_text(p: f64) -> String {
    if p <= P_VALUE_MIN {
        "< 2.3e-308".to_owned()
    } else if p < 0.001 {
        format!("{p:.1e}")
    } else {
        format!("{p:.3}")
    }
}

/// Probability that luck alone puts a figure at least this many standard errors from zero, on
/// either side.
///
/// At least 2.2e-308 where the figure varies. Without any spread (a standard error of zero) a
/// figure other than zero is certain.
#[must_use]
pub fn two_sided(value: f64, standard_error: f64, freedom: f64) -> f64 {
    if standard_error <= 0.0 {
        return if value == 0.0 { 1.0 } else { 0.0 };
    }
    let distance = (value / standard_error).abs();
    let above = if freedom > FREEDOM_MAX {
        let shrunk = distance * (1.0 - 1.0 / (4.0 * freedom));
        normal_share(-shrunk / (1.0 + distance * distance / (2.0 * freedom)).sqrt())
    } else {
        StudentsT::new(0.0, 1.0, freedom).map_or(0.5, |student| student.sf(distance))
    };
    (2.0 * above).clamp(P_VALUE_MIN, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_are_those_of_printed_tables() {
        assert!((normal_quantile(0.975) - 1.959_964).abs() < 1e-6);
        assert!((student_reach(0.95, 29.0) - 2.045_230).abs() < 1e-5);
        assert!((student_reach(0.95, 1e7) - 1.959_964).abs() < 1e-6);
        assert!(student_reach(0.95, 0.0).is_infinite());
    }

    #[test]
    fn the_correction_takes_over_where_nobody_can_see_it() {
        let at = |freedom| (student_reach(0.95, freedom), two_sided(3.0, 1.0, freedom));
        let (before, after) = (at(FREEDOM_MAX), at(FREEDOM_MAX + 1.0));
        assert!((before.0 - after.0).abs() < 1e-7, "{before:?} {after:?}");
        assert!((before.1 / after.1 - 1.0).abs() < 1e-5, "{before:?} {after:?}");
    }

    #[test]
    fn a_p_value_is_never_zero_however_far_a_figure_is_from_zero() {
        for freedom in [29.0, 4_999.0, 1e6] {
            let p = two_sided(60.0, 1.0, freedom);
            assert!(p > 0.0 && p < 1e-20, "{freedom}: {p}");
        }
        assert_eq!(p_value_text(two_sided(60.0, 1.0, 1e9)), "< 2.3e-308");
        assert_eq!(p_value_text(2.84e-119), "2.8e-119");
        assert_eq!(p_value_text(0.000_999_4), "1.0e-3");
        assert_eq!([0.001, 0.034_56, 1.0].map(p_value_text), ["0.001", "0.035", "1.000"]);
        assert_eq!(p_value_text(0.0), "< 2.3e-308");
    }

    #[test]
    fn a_figure_without_spread_is_certain_unless_it_is_zero() {
        assert!(two_sided(1.0, 0.0, 40.0).abs() < f64::EPSILON);
        assert!((two_sided(0.0, 0.0, 40.0) - 1.0).abs() < f64::EPSILON);
        assert!((two_sided(-2.045_230, 1.0, 29.0) - 0.05).abs() < 1e-5);
    }
}
