//! Figures as text, and the declarations that they belong to.

use crate::analysis::stats::Estimate;
use crate::analysis::summary::{Assessment, Figures};
use crate::base::decimals::{plain, signed};

/// The figures of each declaration of the scenario, in its order: a bot, or several together.
pub(super) fn declared(assessment: &Assessment) -> impl Iterator<Item = &Figures> {
    let mut before = None;
    let firsts =
        assessment.bots.iter().filter(move |bot| before.replace(&bot.group) != Some(&bot.group));
    firsts.map(|bot| assessment.groups.iter().find(|group| group.id == bot.group).unwrap_or(bot))
}

/// A figure with half the width of its interval; a dash if there is none.
pub(super) fn with_interval(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(
        || "insufficient".to_owned(),
        |mean| format!("{} ± {}", sol(mean.value), plain(mean.reach(), 6)),
    )
}

/// A ratio in percent, with two decimals.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{}%", signed(share * 100.0, 2)))
}

/// A gain or loss of SOL, with six decimals.
pub(super) fn sol(value: f64) -> String {
    signed(value, 6)
}
