//! What to change where orders are refused, by kind.

use crate::model::refusals::RejectionKind;

/// What to change, as a sentence without its full stop.
pub(super) const fn hint(kind: RejectionKind) -> &'static str {
    match kind {
        RejectionKind::Phase => "sell only while `view.is_active()`: the presale permits no sale",
        RejectionKind::TooLate => {
            "the game was over before the order was executed: lower the `latency`, or order earlier"
        }
        RejectionKind::BelowMinimum => "raise the stake, or lower `min_bet` of the rules",
        RejectionKind::AboveMaximum => "lower the stake, or raise `max_bet` of the rules",
        RejectionKind::InsufficientBalance => {
            "lower the stake, raise the `bankroll`, or ask `view.can_afford(stake)` first"
        }
        RejectionKind::TooLarge => "lower the stake: no position of that size can be booked",
        RejectionKind::NothingToSell => {
            "sell only while `view.position` is not flat, and not less than a billionth of a token"
        }
        RejectionKind::PortionNotOffered => {
            "sell 10, 25, 50 or 100 %, or set `portions: Any` in the rules"
        }
        RejectionKind::SidebetOpen | RejectionKind::SidebetCooldown => {
            "bet only while `view.can_sidebet()`, or lower `sidebet_cooldown` of the rules"
        }
        RejectionKind::InFlight => {
            "wait until the order before has arrived, or lower the `latency`"
        }
        RejectionKind::OnePerTick => "submit one trade and one sidebet a tick",
        RejectionKind::Closed => {
            "the feed was late or unreliable: see `replayer inspect` of the recording"
        }
        RejectionKind::NotDone | RejectionKind::Unconfirmed => {
            "the site did not execute it: the log of the session says why"
        }
    }
}
