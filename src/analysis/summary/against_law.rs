//! Measured figures beside what the law of the game gives for them, in the error of the law.

#![expect(clippy::cast_precision_loss, reason = "statistics, not money")]

use super::UNITS_MIN;
use super::amounts::{SOL, ratio};
use super::assessment::{OracleCheck, OracleFigure};
use super::counts::{EXPECTED_PER_LAMPORT, variance_in_sol};
use super::evidence::Evidence;
use super::sums::Sums;
use crate::analysis::stats::{Moments, Ratio};
use crate::model::expectation::{Oracle, OracleOf};

/// Fewest events of the rarer kind (won or lost) that a share must be expected to have: below, its
/// distance from what is expected is not normal.
const RARER_MIN: f64 = 6.0;

/// The P&L beside the expectation of the same exposure.
pub(super) fn check(sums: &Sums, evidence: &Evidence) -> Option<OracleCheck> {
    let scale = SOL / EXPECTED_PER_LAMPORT as f64;
    let difference = Moments::estimate(&sums.beyond_law)?.scaled(scale);
    let expected = sums.units.mean()? * SOL - difference.value;
    let law = evidence.law;
    let z = law.filter(|_| !evidence.hangs_on_few()).map(|law| difference.value / law.error);
    let (error, effective) = (law.map(|law| law.error), law.map(|law| law.effective));
    Some(OracleCheck { expected, difference, error, effective, z })
}

/// Closed forms beside the measured figures.
pub(super) fn closed_forms(
    oracles: &[Oracle],
    sums: &Sums,
    evidence: &Evidence,
) -> Vec<OracleFigure> {
    let figure = |oracle: &Oracle| {
        let (estimate, error) = match oracle.what {
            OracleOf::LivesRuined => {
                let lives = sums.ruin.lives();
                let ruined = (lives >= UNITS_MIN).then_some(sums.ruin.ruined())?;
                share(oracle.value, ruined as f64, lives as f64)
            }
            OracleOf::GamesWithSidebetWon => of_trials(oracle.value, &sums.games_with_sidebet_won)?,
            OracleOf::SidebetWinRate => of_trials(oracle.value, &sums.sidebets_won)?,
            OracleOf::PnlPerSidebetStake => {
                let staked = &sums.per_sidebet_stake;
                // Bots with this oracle place nothing but sidebets, so all of the spread is theirs.
                let spread = variance_in_sol(sums.law.sum()).sqrt() / (staked.below() as f64 * SOL);
                let error = (!evidence.hangs_on_few()).then_some(spread);
                (ratio(staked)?.value, error)
            }
        };
        Some(OracleFigure {
            name: oracle.name.clone(),
            expected: oracle.value,
            estimate,
            z: error.filter(|&error| error > 0.0).map(|error| (estimate - oracle.value) / error),
        })
    };
    oracles.iter().filter_map(figure).collect()
}

/// A share of trials, each won with the same chance whatever came before it, and its error.
fn of_trials(chance: f64, won: &Ratio) -> Option<(f64, Option<f64>)> {
    (won.units() >= UNITS_MIN).then(|| share(chance, won.above() as f64, won.below() as f64))
}

fn share(chance: f64, won: f64, of: f64) -> (f64, Option<f64>) {
    let rarer = of * chance.min(1.0 - chance);
    let error = (chance * (1.0 - chance) / of).sqrt();
    (won / of, (rarer >= RARER_MIN).then_some(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_share_is_that_of_its_true_chance() {
        let (share_won, error) = share(0.2, 30.0, 100.0);
        assert!((share_won - 0.3).abs() < 1e-15);
        assert!((error.unwrap() - 0.04).abs() < 1e-15);
        // Even where nothing was won: the trials themselves would show no error at all.
        assert!(share(0.2, 0.0, 100.0).1.unwrap() > 0.03);
        // Five lost ones are expected: too few to say how far from usual none is.
        assert_eq!(share(0.95, 100.0, 100.0).1, None);
    }
}
