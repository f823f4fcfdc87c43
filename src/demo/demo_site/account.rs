//! A player's account, kept by the engine's own rules and arithmetic.

use std::collections::BTreeSet;

use serde::Serialize;

use super::command::AccountOption;
use crate::model::account::{LedgerError, Market, OwnedAccount};
use crate::model::ids::GameId;
use crate::model::order::{Action, Fill, Rejection};
use crate::model::posting::Posting;
use crate::model::quantity::Quantity;
use crate::model::sol::{AmountError, Sol};

/// Postings that are kept to be looked at; the oldest go first.
const POSTINGS_MAX: usize = 20_000;

/// The account of one player of the demo site.
#[derive(Debug, Clone, Default)]
pub(super) struct DemoAccount {
    pub(super) account: OwnedAccount,
    /// What sales of this game gained.
    pub(super) pnl: Sol,
    /// What sidebets of this game gained, those that are over.
    pub(super) sidebet_pnl: Sol,
    /// What is open or switched on in it.
    pub(super) options: BTreeSet<AccountOption>,
    postings: Vec<AccountPosting>,
}

/// A posting as tests read it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountPosting {
    game: GameId,
    tick: u32,
    kind: &'static str,
    quantity: Quantity,
    delta: Sol,
    cash: Sol,
}

/// Why an order was not carried out.
#[derive(Debug)]
pub(super) enum Failure {
    /// The rules are against it.
    Refused(Rejection),
    /// It leads out of the range of money.
    Amount(AmountError),
}

impl DemoAccount {
    /// A player with a bankroll, in a game that may be on; some things are open or switched on.
    pub(super) fn new(bankroll: Sol, options: &BTreeSet<AccountOption>) -> Self {
        let mut player = Self { options: options.clone(), ..Self::default() };
        player.account.parts().open_game(Some(bankroll));
        player
    }

    /// Begins a game with what there is.
    pub(super) fn open_game(&mut self) {
        self.account.parts().open_game(None);
        (self.pnl, self.sidebet_pnl) = (Sol::ZERO, Sol::ZERO);
    }

    /// Carries an order out at the present price.
    ///
    /// # Errors
    /// When the rules or the range of money are against it; nothing was booked then.
    ///
    /// # Panics
    /// When the ledger law would break: the order was permitted.
    pub(super) fn carry_out(
        &mut self,
        action: Action,
        game: GameId,
        market: Market<'_>,
    ) -> Result<Fill, Failure> {
        let state = (&self.account.wallet, &self.account.position, &self.account.sidebet);
        market.rules.admit(action, market.quote, state).map_err(Failure::Refused)?;
        let fill = market
            .rules
            .execute(action, market.quote, &self.account.position)
            .map_err(Failure::Amount)?;
        let before = self.account.position.cost;
        let mut posted = Vec::new();
        let mut post = |posting| posted.push(posting);
        lawful(self.account.parts().apply(fill, action.exit(), market, &mut post));
        if let Fill::Sold { proceeds, .. } = fill {
            self.gain(before, proceeds);
        }
        self.keep(game, posted);
        Ok(fill)
    }

    /// Settles what the tick settles; says what was booked.
    ///
    /// # Panics
    /// When the ledger law would break.
    pub(super) fn settle(&mut self, game: GameId, market: Market<'_>) -> Vec<Posting> {
        use crate::model::posting::PostingKind::{Liquidation, SidebetLost, SidebetWon};
        let (cost, stake) =
            (self.account.position.cost, self.account.sidebet.open.map(|bet| bet.stake));
        let mut posted = Vec::new();
        lawful(self.account.parts().settle(market, &mut |posting| posted.push(posting)));
        for posting in &posted {
            match posting.kind {
                Liquidation => self.gain(cost, posting.delta),
                SidebetWon | SidebetLost => {
                    let stake = stake.unwrap_or_default();
                    let net = posting.delta.minus(stake);
                    self.sidebet_pnl = sum(net.and_then(|net| self.sidebet_pnl.plus(net)));
                }
                _ => {}
            }
        }
        self.keep(game, posted.clone());
        posted
    }

    /// Changes the balance by itself, as far as it goes: no further than to nothing.
    pub(super) fn drift(&mut self, by: Sol) {
        let after = sum(self.account.wallet.cash.plus(by)).max(Sol::ZERO);
        let change = sum(after.minus(self.account.wallet.cash));
        self.account.wallet.bankroll = sum(self.account.wallet.bankroll.plus(change));
        self.account.wallet.cash = after;
    }

    pub(super) fn postings(&self) -> &[AccountPosting] {
        &self.postings
    }

    /// Notes what a sale gained over the cost of what it sold.
    fn gain(&mut self, cost_before: Sol, proceeds: Sol) {
        let cost = cost_before.minus(self.account.position.cost);
        let gain = cost.and_then(|cost| proceeds.minus(cost));
        self.pnl = sum(gain.and_then(|gain| self.pnl.plus(gain)));
    }

    fn keep(&mut self, game: GameId, posted: Vec<Posting>) {
        self.postings.extend(posted.into_iter().map(|posting| AccountPosting {
            game,
            tick: posting.tick,
            kind: posting.kind.code(),
            quantity: posting.quantity,
            delta: posting.delta,
            cash: posting.cash,
        }));
        let surplus = self.postings.len().saturating_sub(POSTINGS_MAX);
        self.postings.drain(..surplus);
    }
}

/// A sum of amounts that are far from the end of the range.
fn sum(amount: Result<Sol, AmountError>) -> Sol {
    amount.expect("no balance of a demo comes near 10^15 SOL")
}

/// What was permitted does not break the law of the ledger.
fn lawful(done: Result<(), LedgerError>) {
    if let Err(error) = done {
        panic!("the ledger of the demo site is broken: {error}");
    }
}
