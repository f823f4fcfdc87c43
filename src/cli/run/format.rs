//! Figures as text, and the declarations that they belong to.

use crate::analysis::stats::Estimate;
use crate::analysis::summary::{Assessment, Figures};

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
        |mean| format!("{:+.6} ± {:.6}", mean.value, mean.reach()),
    )
}

/// A ratio in percent, with two decimals.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:+.2}%", share * 100.0))
}
