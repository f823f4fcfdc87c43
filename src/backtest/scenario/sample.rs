//! Reads the sample of a scenario: `sample: Sample(min_ticks: 60, sees_length: true)`.

use super::rules::{SPAN_TICKS_MAX, whole};
use crate::analysis::summary::SampleRule;
use crate::base::document::Raw;

const SURVIVORSHIP: &str = "survivorship bias: how long a game lasts is known only after its rug, and \
    the games that last are those in which bots do well, so any rule looks better on them (a rule \
    without an edge gains 4 % a trade where only games of 60 ticks or more are kept). To see the \
    figures of the sample beside those of all games, marked and never judged, write \
    `sees_length: true`";

/// Reads `Sample(min_ticks: …, max_ticks: …, sees_length: true)`.
pub(super) fn read(raw: Raw<'_>) -> Option<SampleRule> {
    raw.one_value("all variants are shown on the same games");
    if raw.name() != "Sample" {
        raw.unknown_name(&["Sample"]);
        return None;
    }
    let mut fields = raw.fields()?;
    let least = fields.raw("min_ticks");
    let min_ticks = least.map(|raw| whole(raw, 0, SPAN_TICKS_MAX));
    let max_ticks = fields.raw("max_ticks").map(|raw| whole(raw, 0, SPAN_TICKS_MAX));
    let sees_length = fields.optional::<bool>("sees_length");
    fields.finish();
    if sees_length != Some(true) {
        raw.problem(SURVIVORSHIP);
    }
    let rule = SampleRule {
        min_ticks: min_ticks.map_or(Some(None), |ticks| ticks.map(Some))?,
        max_ticks: max_ticks.map_or(Some(None), |ticks| ticks.map(Some))?,
    };
    match (rule, least) {
        (SampleRule { min_ticks: None, max_ticks: None }, _) => {
            raw.problem("this sample includes all games: give `min_ticks`, `max_ticks` or both");
        }
        (SampleRule { min_ticks: Some(min), max_ticks: Some(max) }, Some(place)) if min > max => {
            place.problem(format!("no game has from {min} to {max} ticks"));
        }
        _ => {}
    }
    Some(rule)
}
