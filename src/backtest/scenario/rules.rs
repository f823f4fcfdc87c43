//! Reads rules, latency and amounts of a scenario.

use crate::base::document::{DocumentFields, Raw, Value};
use crate::base::params::Scalar;
use crate::model::rules::{Latency, Portions, Rules};
use crate::model::sol::Sol;

/// Maximum length of a game in ticks (docs/spec/game.md#prices): no span of a rule exceeds it.
pub(super) const SPAN_TICKS_MAX: u32 = 5_000;

/// Maximum payout of a won sidebet, in stakes.
const PAYOUT_MAX: u32 = 1_000;

/// Maximum stake or bankroll: a thousand times as much still fits into the range of money.
const AMOUNT_MAX: Sol = Sol::milli(1_000_000_000);

/// Reads `Observed`, `Compat` or `Custom(base: …, …)`.
pub(super) fn read(raw: Raw<'_>) -> Option<Rules> {
    match raw.name() {
        "Custom" => custom(raw.fields()?),
        _ => named(raw, &["Observed", "Compat", "Custom"]),
    }
}

/// Reads the latency of orders: `Immediate`, `Ticks(2)` or `Sampled([1, 1, 2])`.
pub(super) fn latency(raw: Raw<'_>) -> Option<Latency> {
    match raw.name() {
        "Immediate" => raw.alone().map(|()| Latency::Immediate),
        "Ticks" => raw.wrapped().and_then(ticks).map(Latency::Ticks),
        "Sampled" => {
            let samples = raw.wrapped()?;
            let listed = samples.list()?;
            if listed.is_empty() {
                samples.problem("`Sampled` needs at least one latency to draw from");
                return None;
            }
            // All are read before one is found missing, so that every wrong one is noted.
            let read: Vec<Option<u32>> = listed.into_iter().map(ticks).collect();
            read.into_iter().collect::<Option<_>>().map(Latency::Sampled)
        }
        _ => {
            raw.unknown_name(&["Immediate", "Ticks", "Sampled"]);
            None
        }
    }
}

/// Reads an amount of SOL above zero.
pub(super) fn amount(raw: Raw<'_>) -> Option<Sol> {
    raw.checked(|amount: &Sol| {
        if amount.is_positive() {
            amount.problem(&(..=AMOUNT_MAX))
        } else {
            Some("must be above zero".to_owned())
        }
    })
}

fn named(raw: Raw<'_>, known: &[&str]) -> Option<Rules> {
    match raw.name() {
        "Observed" => raw.alone().map(|()| Rules::observed()),
        "Compat" => raw.alone().map(|()| Rules::compat()),
        _ => {
            raw.unknown_name(known);
            None
        }
    }
}

fn custom(mut fields: DocumentFields<'_>) -> Option<Rules> {
    let base = fields.required_raw("base").and_then(|raw| named(raw, &["Observed", "Compat"]));
    let (least, most) = (fields.raw("min_bet"), fields.raw("max_bet"));
    let (min_bet, max_bet) = (least.map(amount), most.map(amount));
    let latency = fields.raw("latency").map(latency);
    let portions = fields.raw("portions").map(portions);
    let payout = fields.raw("sidebet_payout").map(|raw| whole(raw, 1, PAYOUT_MAX));
    let window = fields.raw("sidebet_window").map(|raw| whole(raw, 1, SPAN_TICKS_MAX));
    let cooldown = fields.raw("sidebet_cooldown").map(|raw| whole(raw, 0, SPAN_TICKS_MAX));
    fields.finish();

    // A missing value is the base's; a wrong one has been noted.
    let base = base?;
    let (min_bet, max_bet) =
        (min_bet.unwrap_or(Some(base.min_bet))?, max_bet.unwrap_or(Some(base.max_bet))?);
    if let Some(place) = most.or(least).filter(|_| min_bet > max_bet) {
        let (min, max) = (min_bet.show(), max_bet.show());
        place.problem(format!("the smallest bet, {min} SOL, is above the largest, {max} SOL"));
    }
    Some(Rules {
        min_bet,
        max_bet,
        sidebet_payout: payout.unwrap_or(Some(base.sidebet_payout))?,
        sidebet_window: window.unwrap_or(Some(base.sidebet_window))?,
        sidebet_cooldown: cooldown.unwrap_or(Some(base.sidebet_cooldown))?,
        portions: portions.unwrap_or(Some(base.portions))?,
        latency: latency.unwrap_or(Some(base.latency))?,
    })
}

fn portions(raw: Raw<'_>) -> Option<Portions> {
    match raw.name() {
        "Any" => raw.alone().map(|()| Portions::Any),
        "Buttons" => raw.alone().map(|()| Portions::Buttons),
        _ => {
            raw.unknown_name(&["Any", "Buttons"]);
            None
        }
    }
}

fn ticks(raw: Raw<'_>) -> Option<u32> {
    whole(raw, 0, SPAN_TICKS_MAX)
}

/// Reads an integer within bounds, both included.
pub(super) fn whole(raw: Raw<'_>, least: u32, most: u32) -> Option<u32> {
    raw.checked(|value: &u32| value.problem(&(least..=most)))
}
