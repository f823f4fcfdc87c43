//! Verdicts on figures, in words that claim no more than the figures do.

use super::assessment::{Verdict, VerdictKind};
use super::evidence::{Evidence, SPREAD_MIN};
use super::{UNITS_MIN, units_of};
use crate::analysis::stats::{Estimate, p_value_text};
use crate::base::decimals::{counted, grouped, plain, signed};

/// The inputs of a verdict.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    /// What the lives allow to be said.
    pub(super) evidence: Evidence,
    /// Games per life; `None`: the run is one life.
    pub(super) games_per_unit: Option<u64>,
    /// P&L per game in SOL, in the error that the lives show.
    pub(super) per_game: Option<Estimate>,
    /// P&L per game in SOL, in the error in which it is judged; `None` where it is not judged.
    pub(super) judged_per_game: Option<Estimate>,
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
    /// The verdict as a code and a sentence.
    pub(super) fn verdict(&self) -> Verdict {
        let Evidence { units, staked, is_constant, .. } = self.evidence;
        let (kind, text) = match (self.judged_per_game, self.p_adjusted, self.per_game) {
            _ if staked == 0 && units >= UNITS_MIN => {
                (VerdictKind::NoStake, "no stake: no bet was placed".to_owned())
            }
            (Some(mean), Some(p), _) => self.judge(mean, p),
            (_, _, Some(_)) if is_constant && self.evidence.is_sufficient() => {
                (VerdictKind::Constant, self.constant())
            }
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
        // Then it is wider than the interval of the mean beside it.
        let by_law = if self.evidence.is_judged_by_law() { ", by the law's spread" } else { "" };
        if self.evidence.hangs_on_few() {
            (VerdictKind::NoEdgeShown, self.hangs_on_few())
        } else if Evidence::is_beyond_luck(p) && value > 0.0 {
            let [low, high] = [low, high].map(|sol| plain(sol, 6));
            (VerdictKind::Edge, format!("edge: gains {low} to {high} SOL per game{by_law}{of}"))
        } else if Evidence::is_beyond_luck(p) {
            let [least, most] = [-high, -low].map(|sol| plain(sol, 6));
            (VerdictKind::Loses, format!("loses {least} to {most} SOL per game{by_law}{of}"))
        } else {
            let [low, high] = [low, high].map(|sol| signed(sol, 6));
            let text = format!("no edge shown: {low} to {high} SOL per game{by_law}{of}");
            (VerdictKind::NoEdgeShown, text + &self.more_games())
        }
    }

    fn more_games(&self) -> String {
        match self.units_to_settle.map(|units| self.in_games(units)) {
            Some(games) => {
                format!("; about {} games would be needed to confirm it", rounded(games))
            }
            None => String::new(),
        }
    }

    /// A few lives decide: how many these are worth, and how many more would do.
    fn hangs_on_few(&self) -> String {
        let units = units_of(self.games_per_unit);
        let (count, worth) = (self.evidence.units, self.evidence.worth());
        let mut text = format!(
            "no edge shown: a few {units} decide; by the law, these {count} spread like {worth} \
             equal ones, and {SPREAD_MIN} are needed"
        );
        if let Some(needed) = self.evidence.units_to_spread() {
            text += &format!(" (about {} games)", rounded(self.in_games(needed)));
        }
        text
    }

    /// All lives ended the same.
    fn constant(&self) -> String {
        let (units, count) = (units_of(self.games_per_unit), self.evidence.units);
        let mean = self.evidence.mean.map_or(0.0, |mean| mean.value);
        let how = if mean < 0.0 { "loses" } else { "gains" };
        format!(
            "{how} {:.6} SOL in each of {count} {units}: without a spread there is no interval, no \
             p-value and no verdict",
            mean.abs()
        )
    }

    fn too_few(&self) -> String {
        let broke = if self.is_broke { "broke; " } else { "" };
        let Evidence { units, staked, .. } = self.evidence;
        let Some(games) = self.games_per_unit else {
            return format!("{broke}one life is one sample: no statistics; use Lives(…) for them");
        };
        let name = units_of(Some(games));
        if units >= UNITS_MIN {
            return format!("insufficient: a stake in {staked} {name}, {UNITS_MIN} needed");
        }
        match games {
            1 => format!("insufficient: {}, {UNITS_MIN} needed", counted(units, "game")),
            games => {
                let lives = counted(units, "life");
                format!("{broke}insufficient: {lives} of {games} games, {UNITS_MIN} needed")
            }
        }
    }

    fn in_games(&self, units: u64) -> u64 {
        units.saturating_mul(self.games_per_unit.unwrap_or(1))
    }
}

/// A number of games rounded to two digits, with thousands separators: an estimate is no more
/// precise.
fn rounded(games: u64) -> String {
    let scale = 10_u64.pow(games.checked_ilog10().unwrap_or(0).saturating_sub(1));
    grouped(games.div_ceil(scale).saturating_mul(scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::summary::LawSpread;

    fn case(value: f64, p: f64) -> Case {
        let mean = Some(Estimate::around(value, 0.001, 2.0));
        Case {
            evidence: Evidence { units: 400, staked: 400, mean, is_constant: false, law: None },
            games_per_unit: Some(1),
            per_game: mean,
            judged_per_game: mean,
            p_adjusted: Some(p),
            compared: 4,
            units_to_settle: Some(12_345),
            is_broke: false,
        }
    }

    fn with(case: Case, change: impl FnOnce(&mut Evidence)) -> Case {
        let mut evidence = case.evidence;
        change(&mut evidence);
        let judged_per_game = evidence.judged();
        let p_adjusted = judged_per_game.and(case.p_adjusted);
        Case { evidence, judged_per_game, p_adjusted, ..case }
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
    fn an_interval_by_the_law_says_so() {
        let law = Some(LawSpread { error: 0.01, effective: 300.0 });
        let text = with(case(0.005, 0.6), |evidence| evidence.law = law).verdict().text;
        assert!(text.contains("SOL per game, by the law's spread (p 0.600"), "{text}");
    }

    #[test]
    fn what_hangs_on_a_few_games_says_how_many_more_are_needed() {
        let law = Some(LawSpread { error: 0.0001, effective: 4.0 });
        for value in [0.005, -0.005] {
            let few = with(case(value, 0.000_1), |evidence| evidence.law = law).verdict();
            assert_eq!(few.kind, VerdictKind::NoEdgeShown);
            assert_eq!(
                few.text,
                "no edge shown: a few games decide; by the law, these 400 spread like 4.0 equal \
                 ones, and 10 are needed (about 1,000 games)"
            );
        }
    }

    #[test]
    fn what_is_just_too_few_is_not_rounded_up_to_enough() {
        let law = Some(LawSpread { error: 0.0001, effective: 9.99 });
        let text = with(case(0.005, 0.000_1), |evidence| evidence.law = law).verdict().text;
        assert!(text.contains("spread like 9.9 equal ones, and 10 are needed"), "{text}");
    }

    #[test]
    fn lives_that_all_end_the_same_are_not_judged() {
        let mean = Some(Estimate::around(-0.005, 0.0, 2.0));
        let case = Case { per_game: mean, games_per_unit: Some(9), ..case(-0.005, 0.0) };
        let constant = with(case, |evidence| (evidence.mean, evidence.is_constant) = (mean, true));
        assert_eq!(constant.verdict().kind, VerdictKind::Constant);
        assert_eq!(
            constant.verdict().text,
            "loses 0.005000 SOL in each of 400 lives: without a spread there is no interval, no \
             p-value and no verdict"
        );
    }

    #[test]
    fn too_little_is_never_judged() {
        let alone = Case { games_per_unit: None, ..case(1.0, 0.0) };
        for (few, text) in [
            (
                with(case(1.0, 0.0), |it| (it.units, it.staked) = (29, 29)),
                "insufficient: 29 games, 30 needed",
            ),
            (
                with(case(1.0, 0.0), |it| it.staked = 29),
                "insufficient: a stake in 29 games, 30 needed",
            ),
            (
                with(Case { games_per_unit: Some(7), ..case(1.0, 0.0) }, |it| it.staked = 29),
                "insufficient: a stake in 29 lives, 30 needed",
            ),
            (with(alone, |it| (it.units, it.staked) = (1, 1)), "one life is one sample"),
        ] {
            let verdict = few.verdict();
            assert_eq!(verdict.kind, VerdictKind::TooFewGames, "{few:?}");
            assert!(verdict.text.starts_with(text), "{}", verdict.text);
        }
        let idle = with(case(0.0, 1.0), |it| (it.staked, it.is_constant) = (0, true));
        assert_eq!(idle.verdict().kind, VerdictKind::NoStake);
    }

    #[test]
    fn large_numbers_are_rounded_and_grouped() {
        for (games, text) in [(7, "7"), (99, "99"), (1_234, "1,300"), (98_765_432, "99,000,000")] {
            assert_eq!(rounded(games), text);
        }
    }
}
