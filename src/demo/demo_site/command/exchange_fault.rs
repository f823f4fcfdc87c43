//! What an exchange does that is not what was ordered: the faults of a hostile one, and two ways of
//! an honest one that are seldom seen.

use serde::{Serialize, Serializer};

use crate::model::order::Action;
use crate::model::quote::{Phase, Quote, Tick};

/// How many ticks a fill is dated back.
pub(in crate::demo::demo_site) const BACK: Tick = 20;

words! {
    /// What a hostile exchange does with some orders of players. It books, tells and acknowledges,
    /// and one thing of it is not what was ordered.
    ExchangeFault {
        /// Ten times the stake is booked.
        StakeTenfold = "stake-tenfold",
        /// A tenth of the stake is booked.
        StakeTenth = "stake-tenth",
        /// A lamport more than the stake is booked.
        StakeLamport = "stake-lamport",
        /// The whole position is sold.
        SellAll = "sell-all",
        /// A tenth of the position is sold.
        SellTenth = "sell-tenth",
        /// A sidebet is booked in place of a buy.
        BetForBuy = "bet-for-buy",
        /// A buy is booked in place of a sidebet.
        BuyForBet = "buy-for-bet",
        /// A buy is booked in place of a sale.
        BuyForSell = "buy-for-sell",
        /// It is filled at 1.5 times the price, or at two thirds of it: whichever is worse.
        FillWorse = "fill-worse",
        /// It is filled half a percent worse than the price.
        FillSlipped = "fill-slipped",
        /// The same as `fill-worse`, and the price of the tick is told.
        FillHidden = "fill-hidden",
        /// It is filled at the price of five ticks before.
        FillStale = "fill-stale",
        /// It is filled at tick and price of twenty ticks before.
        FillBackdated = "fill-backdated",
        /// The tick of the fill is told as one that is still to come.
        FillAhead = "fill-ahead",
        /// 0.05 SOL more than told are debited.
        DebitMore = "debit-more",
        /// A tenth less is in the position than told.
        LotsLess = "lots-less",
        /// It is booked and told twice.
        Twice = "twice",
        /// It is booked twice and told once.
        TwiceSilent = "twice-silent",
        /// It is booked with leverage.
        Leverage = "leverage",
        /// It is booked in the practice coin.
        Practice = "practice",
        /// Half of it is booked as a bonus.
        Bonus = "bonus",
        /// It is told of another player.
        OtherPlayer = "other-player",
        /// It is told of another player, and not booked for this one.
        OtherAccount = "other-account",
        /// It is told of another game.
        OtherGame = "other-game",
        /// It is told as a short.
        Short = "short-told",
        /// A sidebet gets half of its window.
        WindowShort = "window-short",
        /// A sidebet gets twice its window.
        WindowLong = "window-long",
        /// The account states half of the window that the sidebet was told with.
        WindowStated = "window-stated",
        /// A sidebet is placed at four times its stake.
        PayoutFour = "payout-four",
        /// A sidebet that is won pays four times its stake.
        PayoutLess = "payout-less",
        /// A sidebet that is won is told as lost.
        PayoutLost = "payout-lost",
        /// A sidebet that is won is neither told nor paid.
        PayoutMissing = "payout-missing",
        /// The amount of the trade is told as a word.
        Garbled = "garbled",
        /// The amount of the trade is told as a negative one.
        Negative = "negative",
        /// It is acknowledged as done, and not done.
        AckOnly = "ack-only",
        /// It is done, told and acknowledged as refused.
        RefuseDone = "refuse-done",
        /// It is acknowledged as refused, and done afterwards.
        RefuseThenDo = "refuse-then-do",
        /// It is acknowledged under another number, and not told.
        AckOther = "ack-other",
        /// It is done and told when nobody waits for it any longer.
        LateEffect = "late-effect",
        /// A second buy that nobody ordered follows.
        Unasked = "unasked",
        /// A sale of half the position that nobody ordered follows.
        UnaskedSale = "unasked-sale",
        /// A sidebet that nobody ordered follows.
        UnaskedBet = "unasked-bet",
        /// 0.01 SOL are debited some time later, and nothing is told but the balance.
        DebitLater = "debit-later",
        /// Honest: it is acknowledged before anything is told of it.
        AckFirst = "ack-first",
        /// Honest: the new balance is told before the trade.
        BalanceFirst = "balance-first",
        /// Honest: all amounts are told with the noise of doubles.
        Noise = "noise",
    }
}

impl ExchangeFault {
    /// Whether it goes wrong with what is ordered at a quote: a buy, a sale, or a sidebet.
    #[must_use]
    pub fn concerns(self, action: Action, quote: Quote) -> bool {
        let (is_buy, is_bet) =
            (matches!(action, Action::Buy { .. }), matches!(action, Action::Sidebet { .. }));
        let is_active = quote.phase == Phase::Active;
        match self {
            Self::StakeTenfold | Self::StakeTenth | Self::StakeLamport => is_buy || is_bet,
            Self::SellAll | Self::SellTenth | Self::BuyForSell => !is_buy && !is_bet,
            Self::BetForBuy | Self::Leverage => is_buy,
            // What was bought is sold again.
            Self::LotsLess | Self::UnaskedSale | Self::OtherAccount => is_buy && is_active,
            Self::FillStale | Self::FillBackdated => !is_bet && is_active && quote.tick >= BACK,
            Self::FillWorse | Self::FillSlipped | Self::FillHidden | Self::Short => !is_bet,
            Self::BuyForBet
            | Self::WindowShort
            | Self::WindowLong
            | Self::WindowStated
            | Self::PayoutFour => is_bet,
            // What is paid is another matter than what is ordered.
            Self::PayoutLess | Self::PayoutLost | Self::PayoutMissing => false,
            _ => true,
        }
    }
}
