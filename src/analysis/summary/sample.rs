//! Games chosen by their length: their number, and the biased figures they would have given.

use serde::{Deserialize, Serialize};

use super::amounts::in_sol;
use super::assessment::{Sample, SampleFigures};
use super::plan::SampleRule;
use super::sums::{SampleSums, Sums};
use super::{Summary, UNITS_MIN, sol};
use crate::model::quote::Tick;

const WARNING: &str = "SELECTION BIAS: these games were chosen by their length, which is unknown \
                       while they are played. Their figures are neither ranked nor judged.";

/// Numbers of games inside and outside a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Games {
    chosen: u64,
    too_short: u64,
    too_long: u64,
}

impl Games {
    /// Counts a game; true when it is in the sample.
    pub(super) fn add(&mut self, rule: Option<SampleRule>, rug_tick: Tick) -> bool {
        let Some(rule) = rule else { return false };
        let too_short = rule.min_ticks.is_some_and(|min| rug_tick < min);
        let too_long = rule.max_ticks.is_some_and(|max| rug_tick > max);
        self.too_short += u64::from(too_short);
        self.too_long += u64::from(too_long && !too_short);
        let chosen = !too_short && !too_long;
        self.chosen += u64::from(chosen);
        chosen
    }

    /// Adds the counts of another part of the run.
    pub(super) const fn merge(&mut self, part: &Self) {
        self.chosen += part.chosen;
        self.too_short += part.too_short;
        self.too_long += part.too_long;
    }
}

impl Summary {
    /// The figures of the sample; `None` without one.
    pub(super) fn assess_sample(&self) -> Option<Sample> {
        let rule = self.plan.sample?;
        let several = self.declared().filter(|(declared, _)| !declared.is_alone());
        let bots = self.plan.bots.iter().zip(&self.bots);
        Some(Sample {
            warning: WARNING.to_owned(),
            min_ticks: rule.min_ticks,
            max_ticks: rule.max_ticks,
            games: self.sampled.chosen,
            too_short: self.sampled.too_short,
            too_long: self.sampled.too_long,
            bots: bots.filter_map(|(bot, sums)| figures(&bot.id, sums)).collect(),
            groups: several.filter_map(|(declared, sums)| figures(&declared.name, sums)).collect(),
        })
    }
}

fn figures(id: &str, sums: &Sums) -> Option<SampleFigures> {
    let SampleSums { pnl, per_game, per_stake, .. } = sums.sample.as_ref()?;
    let enough = |units: u64| units >= UNITS_MIN;
    Some(SampleFigures {
        id: id.to_owned(),
        pnl: sol(*pnl),
        pnl_per_game: per_game.estimate().filter(|_| enough(per_game.units())).map(in_sol),
        pnl_per_stake: per_stake.estimate().filter(|_| enough(per_stake.units())),
    })
}
