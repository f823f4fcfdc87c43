//! Reads the bankroll of a scenario: `PerGame(0.1)`, `Lives(bankroll: 0.1, games: 50)`,
//! `Lives(bankroll: 0.1, days: 7)` or `Compounding(0.1)`.

use std::num::NonZeroU64;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::rules;
use crate::base::document::{DocumentFields, Raw, Value as _};
use crate::model::law::GAMES_PER_DAY;
use crate::model::rules::Rules;
use crate::model::setup::Bankroll;

/// Most days of a life: ten years.
const DAYS_MAX: Decimal = Decimal::from_parts(3_650, 0, 0, false, 0);

/// Reads a bankroll, which must pay for a bet.
pub(super) fn read(raw: Raw<'_>, rules: Option<&Rules>) -> Option<Bankroll> {
    let bankroll = match raw.name() {
        "PerGame" => Bankroll::PerGame(rules::amount(raw.wrapped()?)?),
        "Lives" => lives(raw.fields()?)?,
        "Compounding" => Bankroll::Compounding(rules::amount(raw.wrapped()?)?),
        _ => {
            raw.unknown_name(&["PerGame", "Lives", "Compounding"]);
            return None;
        }
    };
    let start = bankroll.start();
    if let Some(least) = rules.map(|rules| rules.min_bet).filter(|&least| start < least) {
        let (start, least) = (start.show(), least.show());
        raw.problem(format!(
            "{start} SOL is below the smallest bet of the rules, {least} SOL: nobody could bet"
        ));
    }
    Some(bankroll)
}

fn lives(mut fields: DocumentFields<'_>) -> Option<Bankroll> {
    let bankroll = fields.required_raw("bankroll").map(rules::amount);
    let (games, days) = (fields.raw("games"), fields.raw("days"));
    let games = match (games, days) {
        (Some(games), None) => games
            .checked(|games: &u64| (*games == 0).then(|| "must be at least 1".to_owned()))
            .and_then(NonZeroU64::new),
        (None, Some(days)) => days.checked(problem).and_then(games_of),
        (Some(_), Some(days)) => {
            days.problem("the length of a life is `games` or `days`, not both");
            None
        }
        (None, None) => {
            fields.problem("the length of a life is missing: `games: 50`, or `days: 7`");
            None
        }
    };
    fields.finish();
    Some(Bankroll::Lives { bankroll: bankroll??, games: games? })
}

fn problem(days: &Decimal) -> Option<String> {
    let fits = *days > Decimal::ZERO && *days <= DAYS_MAX;
    (!fits).then(|| format!("must be above 0 and at most {DAYS_MAX}"))
}

/// The games that are played in a number of days, at least one.
fn games_of(days: Decimal) -> Option<NonZeroU64> {
    let games = days.checked_mul(Decimal::from(GAMES_PER_DAY))?.round().to_u64()?;
    NonZeroU64::new(games.max(1))
}
