//! What a choice is worth, in a sentence that claims no more than its figures do.

use super::{Best, BlockSums, Selection, SelectionKind, SelectionVerdict};
use crate::analysis::stats::{Estimate, p_value_text};
use crate::analysis::summary::evidence::{Evidence, SPREAD_MIN};
use crate::analysis::summary::{UNITS_MIN, units_of};
use crate::base::decimals::{plain, signed};

/// The verdict on a choice; `of_best` is the evidence of its best candidate.
pub(super) fn verdict(
    selection: &Selection,
    sums: &BlockSums,
    of_best: Option<Evidence>,
) -> SelectionVerdict {
    let (Some(best), Some(evidence)) = (&selection.best, of_best) else {
        let (kind, text) = nothing_compared(selection, sums);
        return SelectionVerdict { kind, text };
    };
    let Best { id, statistic, by_luck, p_value, .. } = best;
    let units = units_of(sums.games_per_unit);
    let among = match selection.compared {
        1 => format!("{id}, the only one compared,"),
        many => format!("{id}, the best of {many},"),
    };
    let [errors, by_luck] = [statistic.abs(), *by_luck].map(|figure| plain(figure, 1));
    let p = p_value_text(*p_value);
    let (kind, mut text) = if all_lose(selection, sums) {
        let who = match selection.compared {
            1 => format!("{id} loses beyond luck, {errors} standard errors below zero"),
            many => format!(
                "each of {many} candidates loses beyond luck; the best, {id}, is {errors} \
                 standard errors below zero"
            ),
        };
        (SelectionKind::AllLose, format!("all lose: {who}"))
    } else if *statistic < 0.0 {
        let text = format!("NOISE: none gains; {among} is {errors} standard errors below zero");
        (SelectionKind::Noise, text)
    } else if evidence.hangs_on_few() {
        let worth = evidence.worth();
        let text = format!(
            "NOISE: {among} is {errors} standard errors above zero, but a few {units} decide; by \
             the law, they spread like {worth} equal ones, and {SPREAD_MIN} are needed"
        );
        (SelectionKind::Noise, text)
    } else if Evidence::is_beyond_luck_one_sided(*p_value) {
        let text = format!(
            "edge: {among} is {errors} standard errors above zero; the best of as many without \
             an edge shows {by_luck} (p {p})"
        );
        (SelectionKind::Edge, text)
    } else {
        let text = format!(
            "NOISE: {among} is {errors} standard errors above zero; luck alone shows \
             {by_luck} half of the time (p {p})"
        );
        (SelectionKind::Noise, text)
    };
    if let Some(found) = selection.overfitting {
        text += &format!("; probability of overfitting {:.2}", found.probability);
    }
    if let Some(walk) = &selection.walk_forward {
        let Estimate { value, low, high, .. } = walk.pnl_per_unit;
        let unit = if sums.games_per_unit == Some(1) { "game" } else { "life" };
        text += &format!(
            "; chosen on the past and scored on what follows: {} SOL per {unit} ({} to {})",
            signed(value, 6),
            signed(low, 6),
            signed(high, 6)
        );
    }
    text += &left_out(selection, sums);
    SelectionVerdict { kind, text }
}

/// Whether every candidate that bets loses beyond luck: by its p-value, corrected for all, or by the
/// same amount in every life.
fn all_lose(selection: &Selection, sums: &BlockSums) -> bool {
    let enough = sums.candidates.iter().zip(&selection.candidates);
    enough.filter(|(it, _)| it.evidence.is_sufficient() && it.evidence.staked > 0).all(
        |(it, shown)| {
            let falls = it.evidence.mean.is_some_and(|mean| mean.value < 0.0);
            let is_sure = shown.p_holm.is_some_and(Evidence::is_beyond_luck);
            falls && (it.evidence.is_constant || (is_sure && !it.evidence.hangs_on_few()))
        },
    )
}

/// Why no candidate is compared.
fn nothing_compared(selection: &Selection, sums: &BlockSums) -> (SelectionKind, String) {
    let units = units_of(sums.games_per_unit);
    let count = selection.units;
    if count < UNITS_MIN {
        let text = format!("insufficient: {count} {units}, {UNITS_MIN} needed");
        return (SelectionKind::TooFewGames, text);
    }
    if sums.candidates.iter().all(|it| it.evidence.staked == 0) {
        return (SelectionKind::NoStake, "no stake: no bet was placed".to_owned());
    }
    let is_constant = |evidence: &Evidence| evidence.staked >= UNITS_MIN && evidence.is_constant;
    if !sums.candidates.iter().any(|it| is_constant(&it.evidence)) {
        let text = format!("insufficient: no candidate has a stake in {UNITS_MIN} {units}");
        return (SelectionKind::TooFewGames, text);
    }
    let same = format!("every candidate ends all {units} the same");
    if all_lose(selection, sums) {
        (SelectionKind::AllLose, format!("all lose: {same}"))
    } else {
        (SelectionKind::TooFewGames, format!("insufficient: {same}, so nothing can be tested"))
    }
}

/// The candidates that are not compared, by reason; nothing where all are.
fn left_out(selection: &Selection, sums: &BlockSums) -> String {
    let units = units_of(sums.games_per_unit);
    let count = |of: &dyn Fn(&Evidence) -> bool| {
        sums.candidates.iter().filter(|it| of(&it.evidence)).count()
    };
    let reasons = [
        (count(&|it| it.staked == 0), "without a stake".to_owned()),
        (
            count(&|it| !it.is_sufficient() && it.staked > 0),
            format!("with a stake in fewer than {UNITS_MIN} {units}"),
        ),
        (
            count(&|it| it.is_sufficient() && it.staked > 0 && it.is_constant),
            format!("that end all {units} the same"),
        ),
        (
            selection.candidates.iter().filter(|it| it.copy_of.is_some()).count(),
            "that only scale another".to_owned(),
        ),
    ];
    let told: Vec<String> = reasons
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{count} {why}"))
        .collect();
    if told.is_empty() { String::new() } else { format!("; not compared: {}", told.join(", ")) }
}
