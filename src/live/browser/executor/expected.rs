//! The account as it must be by everything that was told of it: whatever else the site says of it
//! is a debit or a credit that nobody told of. Pure.

use std::fmt;

use rust_decimal::Decimal;

use super::comparison::{self, Difference, FLOORED, shown, tokens};
use super::market::{GamePrices, Market};
use crate::engine::venue::execution::AccountSnapshot;
use crate::live::browser::account_events::{Bet, BetResult, Deal, Trade};
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::rounding::proceeds;
use crate::model::sol::Sol;

/// What there must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Balance {
    pub(super) cash: Sol,
    pub(super) quantity: Quantity,
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", shown(&self.cash), tokens(&self.quantity))
    }
}

/// An account that does not follow from what was told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unexplained {
    /// What there must be.
    pub(super) due: Balance,
    /// What the site says.
    pub(super) said: Balance,
}

impl Unexplained {
    /// How much less cash and how many more tokens the site says.
    pub(super) fn change(&self) -> Option<(Sol, Decimal)> {
        let Self { due, said } = self;
        let more = said.quantity.to_decimal().checked_sub(due.quantity.to_decimal())?;
        Some((due.cash.minus(said.cash).ok()?, more))
    }
}

impl fmt::Display for Unexplained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { due, said } = self;
        write!(f, "the site's account is not ours: {due} by what was told, {said} there")
    }
}

/// The account by what was told.
#[derive(Debug, Default)]
pub(super) struct ExpectedAccount {
    /// None before the first snapshot of a socket.
    balance: Option<Balance>,
    /// Trades since the site's account was the same: each may differ by what the site floors.
    trades: u128,
    /// The sidebet that is open, as far as was told.
    bet: Option<OpenBet>,
    /// A snapshot that is not what must be, until more is told.
    unexplained: Option<AccountSnapshot>,
}

/// A sidebet of which no result was told yet.
#[derive(Debug)]
struct OpenBet {
    bet: Bet,
    game: Option<GameId>,
    /// The account shows its payout already.
    is_paid: bool,
    /// The socket was gone meanwhile: its result may have been told.
    is_unsure: bool,
}

impl OpenBet {
    /// The prices that it depends on, where all of them were heard.
    fn prices<'a>(&self, market: &'a Market) -> Option<&'a GamePrices> {
        market.of(self.game?).filter(|_| !self.is_unsure)
    }
}

impl ExpectedAccount {
    /// The account by what was told; none before the first snapshot.
    pub(super) const fn balance(&self) -> Option<Balance> {
        self.balance
    }

    /// The socket is gone: what is told on the next one begins with a snapshot.
    pub(super) fn forget(&mut self) {
        let bet = self.bet.take().map(|open| OpenBet { is_unsure: true, ..open });
        *self = Self { bet, ..Self::default() };
    }

    /// Takes a trade of ours.
    pub(super) fn trade(&mut self, trade: &Trade, market: &Market) {
        let Some(balance) = &mut self.balance else { return };
        let changed = match trade.deal {
            Some(Deal::Buy) => balance
                .cash
                .minus(trade.amount)
                .and_then(|cash| Ok((cash, balance.quantity.plus(trade.quantity)?))),
            // The account showed it before it was told.
            Some(Deal::Sell) if balance.quantity.is_zero() => return,
            Some(Deal::Sell) => balance
                .cash
                .plus(trade.amount)
                .map(|cash| (cash, balance.quantity.less(trade.quantity))),
            // It is told as what it is: unasked for.
            _ => return,
        };
        if let Ok((cash, quantity)) = changed {
            *balance = Balance { cash, quantity };
            self.trades += 1;
        }
        self.look(market);
    }

    /// Takes a sidebet of ours that was placed, in the game that is on.
    pub(super) fn place(&mut self, bet: &Bet, game: Option<GameId>, market: &Market) {
        if let Some(balance) = &mut self.balance
            && let Ok(cash) = balance.cash.minus(bet.stake)
        {
            balance.cash = cash;
        }
        let (bet, game) = (bet.clone(), bet.game.or(game));
        self.bet = Some(OpenBet { bet, game, is_paid: false, is_unsure: false });
        self.look(market);
    }

    /// Takes what became of a sidebet.
    ///
    /// # Errors
    /// In what it is not what the sidebet must come to.
    pub(super) fn settle(&mut self, result: &BetResult, market: &Market) -> Result<(), Difference> {
        let open = self.bet.take();
        if let Some(balance) = &mut self.balance
            && let Ok(cash) = balance.cash.plus(result.payout)
            && !open.as_ref().is_some_and(|open| open.is_paid)
        {
            balance.cash = cash;
        }
        self.look(market);
        match open {
            Some(open) => comparison::settled(&open.bet, result, open.prices(market)),
            // One from before we came.
            None => Ok(()),
        }
    }

    /// Takes what the site says of the account.
    pub(super) fn state(&mut self, account: AccountSnapshot, market: &Market) {
        if self.balance.is_none() {
            self.accept(account);
        }
        self.unexplained = Some(account);
        self.look(market);
    }

    /// Takes the site's account as it is.
    pub(super) const fn accept(&mut self, account: AccountSnapshot) {
        let AccountSnapshot { cash, quantity, .. } = account;
        self.balance = Some(Balance { cash, quantity });
        (self.trades, self.unexplained) = (0, None);
    }

    /// An order is done: where it was not told, the last snapshot has it.
    pub(super) fn follow(&mut self, is_told: bool) {
        if let Some(account) = self.unexplained.filter(|_| !is_told) {
            self.accept(account);
        }
    }

    /// Compares the sidebet that the account states with the one that is open.
    ///
    /// # Errors
    /// In what it is another one.
    pub(super) fn compare_bet(&self, stated: &Bet) -> Result<(), Difference> {
        // One of before we came, or that was not told yet, is compared when it is told.
        match self.bet.as_ref().filter(|open| open.bet.start == stated.start) {
            Some(open) if !open.is_unsure => comparison::stated(&open.bet, stated),
            _ => Ok(()),
        }
    }

    /// Whether a sidebet is the one that is open.
    pub(super) fn is_open(&self, bet: &Bet) -> bool {
        self.bet.as_ref().is_some_and(|OpenBet { bet: open, game, .. }| {
            let is_game = bet.game.is_none_or(|other| game.is_none_or(|game| game == other));
            is_game && open.stake == bet.stake && open.start == bet.start
        })
    }

    /// Takes note of the next game: a position that was held is the rug's.
    pub(super) fn next_game(&mut self, before: &GamePrices) {
        let Some(balance) = self.balance.filter(|balance| !balance.quantity.is_zero()) else {
            return;
        };
        match before.rug() {
            Some((_, price)) => self.balance = liquidated(balance, price),
            // Nobody knows how it ended.
            None => self.forget(),
        }
        self.trades += 1;
    }

    /// A sidebet that is won and was neither told nor paid, when its game is long over.
    pub(super) fn unpaid(&mut self, market: &Market) -> Option<Difference> {
        let is_over = |open: &mut OpenBet| open.game.is_some_and(|it| !market.now().is_of(it));
        let open = self.bet.take_if(is_over).filter(|open| !open.is_paid)?;
        comparison::is_won(&open.bet, open.prices(market)?)?.then(|| Difference {
            what: "payout",
            ordered: shown(&comparison::payout_of(&open.bet)),
            done: "nothing".to_owned(),
        })
    }

    /// What of the site's account does not follow from what was told; none where all of it does.
    pub(super) fn unexplained(&self) -> Option<Unexplained> {
        let AccountSnapshot { cash, quantity, .. } = self.unexplained?;
        Some(Unexplained { due: self.balance?, said: Balance { cash, quantity } })
    }

    /// Looks whether the last snapshot follows from what was told, or from the rug alone: what it
    /// sells and pays need not be told.
    pub(super) fn look(&mut self, market: &Market) {
        let (Some(said), Some(due)) = (self.unexplained, self.balance) else { return };
        let sold = market.now().rug().and_then(|(_, price)| liquidated(due, price));
        let open = self.bet.as_ref().filter(|OpenBet { bet, game, is_paid, .. }| {
            let prices = game.and_then(|game| market.of(game));
            !is_paid && prices.and_then(|prices| comparison::is_won(bet, prices)) == Some(true)
        });
        let won = open.map(|open| comparison::payout_of(&open.bet));
        let paid = |balance: Balance| {
            let cash = balance.cash.plus(won?).ok()?;
            Some(Balance { cash, ..balance })
        };
        let alone = [(Some(due), false), (sold, false), (paid(due), true)];
        let candidates = alone.into_iter().chain([(sold.and_then(paid), true)]);
        let floored = FLOORED * (self.trades + 1);
        for (candidate, is_paid) in candidates {
            if candidate.is_some_and(|candidate| is_near(candidate, said, floored)) {
                if let Some(open) = self.bet.as_mut().filter(|_| is_paid) {
                    open.is_paid = true;
                }
                self.accept(said);
                return;
            }
        }
    }
}

/// A balance whose position is sold at a price.
fn liquidated(balance: Balance, price: Price) -> Option<Balance> {
    let cash = balance.cash.plus(proceeds(balance.quantity, price).ok()?).ok()?;
    Some(Balance { cash, quantity: Quantity::ZERO })
}

fn is_near(due: Balance, said: AccountSnapshot, floored: u128) -> bool {
    due.cash.lamports().abs_diff(said.cash.lamports()) <= floored
        && due.quantity.billionths().abs_diff(said.quantity.billionths()) <= floored
}
