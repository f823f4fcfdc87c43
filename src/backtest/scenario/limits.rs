//! Reads the limits of a bot's real orders.

use super::rules;
use crate::base::document::{Raw, excerpt};
use crate::model::order::OrderLimits;

/// Reads `Limits(max_stake: …, …)`; the name may be left out.
pub(super) fn read(raw: Raw<'_>) -> Option<OrderLimits> {
    raw.one_value("all variants share the limits of a bot");
    if !matches!(raw.name(), "" | "Limits") {
        raw.problem(format!("expected `(max_stake: …, …)`, not {}", excerpt(raw.text())));
        return None;
    }
    let mut fields = raw.fields()?;
    let mut amount = |name| fields.raw(name).and_then(rules::amount);
    let (max_stake, max_loss) = (amount("max_stake"), amount("max_loss"));
    let mut number = |name| fields.raw(name).and_then(at_least_one);
    let limits = OrderLimits {
        max_stake,
        max_loss,
        max_orders_per_minute: number("max_orders_per_minute"),
        max_losing_streak: number("max_losing_streak"),
        max_orders: number("max_orders"),
        max_minutes: number("max_minutes"),
    };
    // A value that is not read leaves a problem.
    fields.finish();
    Some(limits)
}

fn at_least_one(raw: Raw<'_>) -> Option<u32> {
    raw.checked(|&number| (number == 0).then(|| "must be at least 1".to_owned()))
}
