//! Verdicts on figures, in words that claim no more than the figures do.

use super::UNITS_MIN;
use super::assessment::{Verdict, VerdictKind};
use crate::analysis::stats::{CONFIDENCE, Estimate, p_value_text};
use crate::base::decimals::{plain, signed};

/// The inputs of a verdict.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    /// Number of completed lives.
    pub(super) units: u64,
    /// Number of completed lives with a stake.
    pub(super) staked: u64,
    /// Games per life; `None`: the run is one life.
    pub(super) games_per_unit: Option<u64>,
    /// P&L per game in SOL; `None` where it is not estimated.
    pub(super) per_game: Option<Estimate>,
    /// The p-value of a zero mean, corrected for all comparisons.
    pub(super) p_adjusted: Option<f64>,
    /// Number of bots or declarations compared.
    pub(super) compared: usize,
    /// Units needed to confirm a mean like this.
    pub(super) units_to_settle: Option<u64>,
    /// Whether the cash after the last game is below the smallest bet.
    pub(super) is_broke: bool,
}

impl Case {
    /// Whether there are enough units for estimates.
    pub(super) const fn is_sufficient(&self) -> bool {
        self.units >= UNITS_MIN && (self.staked == 0 || self.staked >= UNITS_MIN)
    }

    /// The verdict as a code and a sentence.
    pub(super) fn verdict(&self) -> Verdict {
        let (kind, text) = match (self.per_game, self.p_adjusted) {
            _ if self.staked == 0 && self.units >= UNITS_MIN => {
                (VerdictKind::NoStake, "no stake: no bet was placed".to_owned())
            }
            (Some(mean), Some(p)) if self.is_sufficient() => self.judge(mean, p),
            _ => (VerdictKind::TooFewGames, self.too_few()),
        };
        Verdict { kind, text }
    }

    fn judge(&self, mean: Estimate, p: f64) -> (VerdictKind, String) {
        let Estimate { value, low, high, .. } = mean;
        let of = if self.compared > 1 {
            format!(" (p {}, corrected for {} compared)", p_value_text(p), self.compared)
        } else {
            format!(" (p {})", p_value_text(p))
        };
        if p < 1.0 - CONFIDENCE && value > 0.0 {
            let [low, high] = [low, high].map(|sol| plain(sol, 6));
            (VerdictKind::Edge, format!("edge: gains {low} to {high} SOL per game{of}"))
        } else if p < 1.0 - CONFIDENCE {
            let [least, most] = [-high, -low].map(|sol| plain(sol, 6));
            (VerdictKind::Loses, format!("loses {least} to {most} SOL per game{of}"))
        } else {
            let [low, high] = [low, high].map(|sol| signed(sol, 6));
            let text = format!("no edge shown: {low} to {high} SOL per game{of}");
            (VerdictKind::NoEdgeShown, text + &self.more_games())
        }
    }

    fn more_games(&self) -> String {
        let games = self
            .units_to_settle
            .map(|units| units.saturating_mul(self.games_per_unit.unwrap_or(1)));
        match games {
            Some(games) => {
                format!("; about {} games would be needed to confirm it", rounded(games))
            }
            None => String::new(),
        }
    }

    fn too_few(&self) -> String {
        let broke = if self.is_broke { "broke; " } else { "" };
        let Self { units, staked, .. } = self;
        match self.games_per_unit {
            None => {
                format!("{broke}one life is one sample: no statistics; use Lives(…) for them")
            }
            _ if *units >= UNITS_MIN => {
                format!("insufficient: a stake in {staked} games, {UNITS_MIN} needed")
            }
            Some(1) => format!("insufficient: {units} games, {UNITS_MIN} needed"),
            Some(games) => {
                format!("{broke}insufficient: {units} lives of {games} games, {UNITS_MIN} needed")
            }
        }
    }
}

/// A number of games rounded to two digits, with thousands separators: an estimate is no more
/// precise.
fn rounded(games: u64) -> String {
    let scale = 10_u64.pow(games.checked_ilog10().unwrap_or(0).saturating_sub(1));
    let digits = games.div_ceil(scale).saturating_mul(scale).to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(value: f64, p: f64) -> Case {
        Case {
            units: 400,
            staked: 400,
            games_per_unit: Some(1),
            per_game: Some(Estimate::around(value, 0.001, 2.0)),
            p_adjusted: Some(p),
            compared: 4,
            units_to_settle: Some(12_345),
            is_broke: false,
        }
    }

    #[test]
    fn a_verdict_says_the_interval_and_the_games_that_would_settle_it() {
        let text = case(0.0005, 0.6).verdict().text;
        assert_eq!(
            text,
            "no edge shown: -0.001500 to +0.002500 SOL per game (p 0.600, corrected for 4 \
             compared); about 13,000 games would be needed to confirm it"
        );
        let edge = case(0.005, 0.000_1).verdict();
        assert_eq!(edge.kind, VerdictKind::Edge);
        assert!(edge.text.starts_with("edge: gains 0.003000 to 0.007000 SOL per game (p 1.0e-4"));
        let loss = case(-0.005, 0.01).verdict();
        assert_eq!(loss.kind, VerdictKind::Loses);
        assert!(loss.text.starts_with("loses 0.003000 to 0.007000 SOL per game"));
    }

    #[test]
    fn an_interval_without_zero_is_no_edge_when_many_were_compared() {
        assert_eq!(case(0.0025, 0.051).verdict().kind, VerdictKind::NoEdgeShown);
    }

    #[test]
    fn too_little_is_never_judged() {
        for few in [
            Case { units: 29, staked: 29, ..case(1.0, 0.0) },
            Case { staked: 29, ..case(1.0, 0.0) },
            Case { units: 1, staked: 1, games_per_unit: None, ..case(1.0, 0.0) },
        ] {
            assert!(!few.is_sufficient());
            assert_eq!(few.verdict().kind, VerdictKind::TooFewGames, "{few:?}");
        }
        let idle = Case { staked: 0, p_adjusted: Some(1.0), ..case(0.0, 1.0) };
        assert_eq!(idle.verdict().kind, VerdictKind::NoStake);
    }

    #[test]
    fn large_numbers_are_rounded_and_grouped() {
        for (games, text) in [(7, "7"), (99, "99"), (1_234, "1,300"), (98_765_432, "99,000,000")] {
            assert_eq!(rounded(games), text);
        }
    }
}
