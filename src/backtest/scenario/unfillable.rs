//! Orders that can never be filled, whatever the market does: known before a game is played.

use std::collections::BTreeSet;

use super::space::Space;
use crate::base::document::Value as _;
use crate::engine::BotSpec;
use crate::engine::strategy::PlannedOrder;
use crate::model::law::STEPS_MAX;
use crate::model::quote::Tick;
use crate::model::rules::Latency;
use crate::model::setup::Setup;

/// The orders of a scenario, in any of its variants, that can never be filled: each as a sentence
/// with the reason.
#[must_use]
pub fn unfillable(space: &Space) -> Vec<String> {
    let mut told = BTreeSet::new();
    let mut unfillable = Vec::new();
    for variant in &space.variants {
        let mut group = None;
        for bot in &variant.bots {
            // Bots of one declaration order alike.
            if group.replace(&bot.group) == Some(&bot.group) {
                continue;
            }
            let reasons = of_bot(&variant.setup, bot).into_iter();
            unfillable.extend(reasons.filter(|reason| told.insert(reason.clone())));
        }
    }
    unfillable
}

/// The orders of a bot that can never be filled.
fn of_bot(setup: &Setup, bot: &BotSpec) -> Vec<String> {
    let planned = bot.factory.planned();
    let start = setup.bankroll.start();
    // What one order gains may pay for another.
    let pays = planned.iter().any(|order| order.stake.is_none_or(|stake| stake <= start));
    let latency = least(bot.latency.as_ref().unwrap_or(&setup.rules.latency));
    let mut reasons = Vec::new();
    for order in &planned {
        let mut tell = |why: String| {
            reasons.push(format!("`{}`, `{}`: {why}", bot.group, order.parameter));
        };
        amount(setup, order).into_iter().for_each(&mut tell);
        if let Some(stake) = order.stake.filter(|_| !pays) {
            let (stake, start) = (stake.show(), start.show());
            tell(format!("{stake} SOL is more than the bankroll, {start} SOL: it never orders"));
        }
        time(latency, order).into_iter().for_each(tell);
    }
    reasons
}

/// Why the rules refuse the stake, if they do.
fn amount(setup: &Setup, order: &PlannedOrder) -> Option<String> {
    let (stake, rules) = (order.stake?, &setup.rules);
    let (limit, word, side) = if stake < rules.min_bet {
        (rules.min_bet, "min_bet", "below")
    } else if stake > rules.max_bet {
        (rules.max_bet, "max_bet", "above")
    } else {
        return None;
    };
    let (stake, limit) = (stake.show(), limit.show());
    Some(format!("{stake} SOL is {side} `{word}`, {limit} SOL: every such order is refused"))
}

/// Why the order comes at no tick of any game, if it does not.
fn time(latency: Tick, order: &PlannedOrder) -> Option<String> {
    let (from, to) = (*order.ticks.start(), *order.ticks.end());
    if from > to {
        return Some(format!("no tick is from {from} to {to}: it never orders"));
    }
    if from >= STEPS_MAX {
        return Some(format!("no game lasts until tick {from}: the longest has {STEPS_MAX} ticks"));
    }
    (from.saturating_add(latency) >= STEPS_MAX).then(|| {
        format!(
            "with a latency of {latency} ticks an order of tick {from} arrives after the game: the \
             longest has {STEPS_MAX} ticks"
        )
    })
}

/// The shortest time, in ticks, that an order of the active phase is on its way.
fn least(latency: &Latency) -> Tick {
    match latency {
        Latency::Immediate => 0,
        Latency::Ticks(ticks) => *ticks,
        Latency::Sampled(ticks) => ticks.iter().copied().min().unwrap_or_default(),
    }
}
