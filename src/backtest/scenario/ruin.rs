//! Reads the thresholds of ruin of a scenario: `ruin: Below([0.5, 0.1])`.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::base::document::{Raw, excerpt};

/// Most shares of a scenario.
const SHARES_MAX: usize = 16;

/// Most decimals of a share: a billionth of the bankroll.
const DECIMALS_MAX: u32 = 9;

/// Reads `Below([…])`: shares of the bankroll, in billionths, in the order of the file.
pub(super) fn read(raw: Raw<'_>) -> Option<Vec<u64>> {
    raw.one_value("all variants are held against the same shares");
    if raw.name() != "Below" {
        raw.unknown_name(&["Below"]);
        return None;
    }
    let list = raw.wrapped()?;
    let listed = list.list()?;
    if listed.is_empty() || listed.len() > SHARES_MAX {
        let count = listed.len();
        list.problem(format!("must have 1 to {SHARES_MAX} shares of the bankroll, not {count}"));
        return None;
    }
    let mut shares = Vec::with_capacity(listed.len());
    for place in listed {
        // All are read before one is found missing, so that every wrong one is noted.
        let share = place.checked(problem).and_then(billionths);
        if share.is_some() && shares.contains(&share) {
            place.problem(format!("{} is listed twice", excerpt(place.text())));
        }
        shares.push(share);
    }
    shares.into_iter().collect()
}

fn problem(share: &Decimal) -> Option<String> {
    let fits = *share > Decimal::ZERO && *share <= Decimal::ONE;
    if !fits {
        return Some("a share of the bankroll, above 0 and at most 1".to_owned());
    }
    let exact = share.normalize().scale() <= DECIMALS_MAX;
    (!exact).then(|| format!("a share of the bankroll has at most {DECIMALS_MAX} decimals"))
}

fn billionths(share: Decimal) -> Option<u64> {
    share.checked_mul(Decimal::from(1_000_000_000_u32))?.to_u64()
}
