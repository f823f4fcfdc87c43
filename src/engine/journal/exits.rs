//! Exits: the sales and liquidations of a game, each with what it cost, paid and was meant to pay.

use crate::model::exit::ExitReason;
use crate::model::ids::BotIndex;
use crate::model::posting::Posting;
use crate::model::rounding;
use crate::model::sol::Sol;

/// A position, or a part of one, that was sold or liquidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitRow {
    /// The bot's place in the scenario.
    pub bot: BotIndex,
    /// Why it was sold.
    pub reason: ExitReason,
    /// What it had cost, in SOL.
    pub cost: Sol,
    /// What it paid, in SOL.
    pub proceeds: Sol,
    /// What it would have paid at the level that the order waited for, in SOL; none without a
    /// level.
    pub at_level: Option<Sol>,
}

/// The exits among the postings of a game, in their order.
pub(super) fn exits_of(postings: &[(BotIndex, Posting)]) -> Vec<ExitRow> {
    let sold = postings.iter().filter(|(_, posting)| posting.sale.is_some());
    // Counted first, so that a game allocates once at most.
    let mut exits = Vec::with_capacity(sold.count());
    exits.extend(postings.iter().filter_map(|(bot, posting)| {
        let sale = posting.sale?;
        let level = sale.exit.level();
        Some(ExitRow {
            bot: *bot,
            reason: sale.exit.reason(),
            cost: sale.cost,
            proceeds: posting.delta,
            // A level so high that it would pay more than there is says nothing.
            at_level: level.and_then(|level| rounding::proceeds(posting.quantity, level).ok()),
        })
    }));
    exits
}
