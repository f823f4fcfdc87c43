//! Watches what the exchange does: with the order that is on its way, and without any. Pure.
//!
//! ```text
//! trades, sidebets, results ─┬─> the account that must be ── and is not, one frame later ─> alarm
//! snapshots of the account ──┘
//!        └─ of the order on its way ─> confirmation ─> done, refused, or another thing
//!        └─ of no order ─> the rug's, or an alarm
//! ```

#[cfg(test)]
mod laws;

use std::collections::VecDeque;

use super::comparison::{AHEAD, Ordered, plain, shown};
use super::confirmation::{ClickOutcome, Confirmation};
use super::expected::{Balance, ExpectedAccount, Unexplained};
use super::market::{GamePrices, Market, PriceNews, Slippage};
use crate::live::browser::account_events::{AccountEvent, Bet, Deal, Trade};
use crate::model::ids::GameId;
use crate::model::quote::{Phase, Tick};

/// Trades that are known by their names: a trade that is told again comes soon.
const TRADES: usize = 64;

/// What is known of the exchange.
#[derive(Debug, Default)]
pub(super) struct ExchangeWatch {
    market: Market,
    account: ExpectedAccount,
    /// Of the last order, or of the one on its way.
    confirmation: Option<Confirmation>,
    /// The names of the last trades of ours.
    trades: VecDeque<String>,
    /// Sales that may be the rug's: the next frame shows it.
    sales: Vec<Trade>,
    game: Option<GameId>,
    /// What must be told to a person.
    alarm: Option<String>,
}

impl ExchangeWatch {
    /// An order is clicked.
    pub(super) fn begin(&mut self, ordered: Ordered, before: Balance) {
        self.confirmation = Some(Confirmation::of(ordered, before));
    }

    /// No order is on its way: one that was not decided upon was certainly not pressed.
    pub(super) fn end(&mut self) {
        if let Some(confirmation) = self.confirmation.as_mut().filter(|it| it.is_open()) {
            confirmation.close(false);
        }
    }

    /// The account by what was told; none before the first snapshot.
    pub(super) const fn balance(&self) -> Option<Balance> {
        self.account.balance()
    }

    /// The last tick that was heard of a game.
    pub(super) fn tick(&self, game: GameId) -> Tick {
        self.market.of(game).and_then(GamePrices::latest).unwrap_or_default()
    }

    /// Whether the site answered the order that was clicked last.
    pub(super) fn is_answered(&self) -> bool {
        self.confirmation.as_ref().is_some_and(Confirmation::is_answered)
    }

    /// Takes the account as it is stated.
    pub(super) fn forgive(&mut self) {
        self.account.follow(false);
    }

    /// What of the account does not follow from what was told, before the next frame says whether
    /// it will.
    pub(super) fn unexplained(&self) -> Option<Unexplained> {
        self.account.unexplained()
    }

    /// What must be told to a person, once.
    pub(super) const fn alarm(&mut self) -> Option<String> {
        self.alarm.take()
    }

    /// What is known of the order on its way; decided upon, it is no longer on its way.
    pub(super) fn verdict(&mut self, is_over: bool) -> ClickOutcome {
        let Some(confirmation) = &mut self.confirmation else { return ClickOutcome::Open };
        let verdict = confirmation.verdict(is_over, self.account.unexplained(), &self.market);
        if verdict != ClickOutcome::Open || is_over {
            let is_done = matches!(verdict, ClickOutcome::Done(_));
            confirmation.close(is_done);
            if is_done {
                // What was done without being told is in the account by now.
                self.account.follow(confirmation.is_told());
            }
        }
        verdict
    }

    /// Takes what was heard of prices.
    pub(super) fn price(&mut self, news: PriceNews) {
        if matches!(news, PriceNews::Game(game) if !self.market.now().is_of(game)) {
            self.account.next_game(self.market.now());
        }
        self.market.hear(news);
    }

    /// Takes note of a frame of the game that is on: what waited for it is judged.
    pub(super) fn frame(&mut self, game: Option<GameId>, phase: Phase) {
        self.game = game;
        if let Some(confirmation) = &mut self.confirmation {
            confirmation.frame(game);
        }
        for sale in std::mem::take(&mut self.sales) {
            let is_over = phase == Phase::Rugged && self.is_blind(&sale);
            if is_over || self.is_the_rugs(&sale) { self.rug(sale) } else { self.deal(sale) }
        }
        self.account.look(&self.market);
        if matches!(phase, Phase::Presale | Phase::Active)
            && let Some(difference) = self.account.unpaid(&self.market)
        {
            self.raise(format!("sidebet: {difference}"));
        }
        if self.order().is_none()
            && let Some(unexplained) = self.account.unexplained()
        {
            self.raise(unexplained.to_string());
        }
    }

    /// The socket is gone.
    pub(super) fn lost(&mut self) {
        self.account.forget();
        self.sales.clear();
        if let Some(confirmation) = &mut self.confirmation {
            confirmation.lost();
        }
    }

    /// Takes what was said; `me` is who is logged in.
    pub(super) fn take(&mut self, event: AccountEvent, me: Option<&str>) {
        match event {
            AccountEvent::Snapshot(account) => {
                self.account.state(account, &self.market);
                if let Some(confirmation) = &mut self.confirmation {
                    confirmation.state(account);
                }
            }
            AccountEvent::Nobody(_) | AccountEvent::UnreadableAccount(_) => self.account.forget(),
            AccountEvent::Asked(asked) => {
                if !self.confirmation.as_mut().is_some_and(|it| it.ask(&asked)) {
                    self.raise("the page sent an order that was not clicked for".to_owned());
                }
            }
            AccountEvent::Answered(id, answer) => self.answer(id, &answer, me),
            AccountEvent::Traded(trade) => self.trade(trade),
            AccountEvent::TradedByOther(player, trade) => {
                if let Some(confirmation) = self.confirmation.as_mut().filter(|it| it.is_open()) {
                    confirmation.trade_of(&player, &trade, &self.market);
                }
            }
            AccountEvent::Placed(bet) => self.place(&bet, me),
            AccountEvent::Settled(result) => {
                let is_ours = me == Some(result.bet.player.as_str());
                if !is_ours && !self.account.is_open(&result.bet) {
                    return;
                }
                if let Err(difference) = self.account.settle(&result, &self.market) {
                    self.raise(format!("sidebet: {difference}"));
                }
            }
            AccountEvent::Unreadable(name) => {
                self.raise(format!("what the site says of us cannot be read: {name}"));
            }
        }
    }

    /// Takes the sidebet that the account states as open.
    pub(super) fn state_bet(&mut self, stated: &Bet) {
        if let Err(difference) = self.account.compare_bet(stated) {
            self.raise(format!("the sidebet of the account: {difference}"));
        }
    }

    fn answer(&mut self, id: u64, answer: &Result<Option<Bet>, String>, me: Option<&str>) {
        let Some(confirmation) = &mut self.confirmation else { return };
        let action = confirmation.action();
        if !confirmation.answer(id, answer) {
            let why = answer.as_ref().err().cloned().unwrap_or_default();
            self.raise(format!("{action} was done, and is refused behind it: {why}"));
        } else if let Ok(Some(bet)) = answer
            && self.order().is_some()
        {
            self.place(bet, me);
        }
    }

    fn trade(&mut self, trade: Trade) {
        if let Some(id) = &trade.id {
            if self.trades.contains(id) {
                return;
            }
            self.trades.push_back(id.clone());
            if self.trades.len() > TRADES {
                self.trades.pop_front();
            }
        }
        // The account had it before it was told.
        if self.confirmation.as_mut().is_some_and(|it| it.is_late_word(&trade, &self.market)) {
            return;
        }
        let held = self.account.balance().map(|balance| balance.quantity);
        self.account.trade(&trade, &self.market);
        let is_sale = trade.deal == Some(Deal::Sell);
        if is_sale && self.is_the_rugs(&trade) {
            self.rug(trade);
        } else if is_sale
            && (self.is_blind(&trade) || held == Some(trade.quantity) && self.is_ahead(&trade))
        {
            // A rug that is told before its frame.
            self.sales.push(trade);
        } else {
            self.deal(trade);
        }
    }

    /// Whether a sale is the rug's, by its price.
    fn is_the_rugs(&self, sale: &Trade) -> bool {
        let prices = match sale.game {
            Some(game) => self.market.of(game),
            None => Some(self.market.now()),
        };
        let rug = prices.and_then(GamePrices::rug);
        rug.is_some_and(|(_, price)| Slippage::default().permits(sale.price, price))
    }

    /// Whether a sale is told before the frame of its tick.
    fn is_ahead(&self, sale: &Trade) -> bool {
        sale.tick > self.market.now().latest().unwrap_or_default()
    }

    /// Whether the prices of a sale's game were not heard, as of one that we came into late.
    fn is_blind(&self, sale: &Trade) -> bool {
        let prices = sale.game.map_or(Some(self.market.now()), |game| self.market.of(game));
        prices.is_none_or(|prices| {
            let is_behind = prices.latest().is_none_or(|latest| latest + AHEAD < sale.tick);
            is_behind && prices.rug().is_none()
        })
    }

    fn rug(&mut self, sale: Trade) {
        if let Some(confirmation) = self.confirmation.as_mut().filter(|it| it.is_open()) {
            confirmation.rug(sale);
        }
    }

    /// A trade that is the order's, or nobody's.
    fn deal(&mut self, trade: Trade) {
        if let Some(confirmation) = self.confirmation.as_mut().filter(|it| it.is_open()) {
            confirmation.trade(trade);
            return;
        }
        let Trade { kind, amount, tick, .. } = trade;
        let (kind, amount) = (plain(&kind), shown(&amount));
        self.raise(format!(
            "the site booked a trade that was not ordered: {kind} {amount} at tick {tick}"
        ));
    }

    fn place(&mut self, bet: &Bet, me: Option<&str>) {
        let is_ours = me == Some(bet.player.as_str());
        let order = self.confirmation.as_mut().filter(|it| it.is_open());
        match order {
            Some(confirmation) if confirmation.may_be(bet) => {
                confirmation.place(bet);
                if self.account.is_open(bet) {
                    return;
                }
            }
            _ if !is_ours || self.account.is_open(bet) => return,
            _ => {
                let (stake, tick) = (shown(&bet.stake), bet.start);
                self.raise(format!(
                    "the site booked a sidebet that was not ordered: {stake} at tick {tick}"
                ));
            }
        }
        self.account.place(bet, self.game, &self.market);
    }

    /// The order that is on its way.
    fn order(&self) -> Option<&Confirmation> {
        self.confirmation.as_ref().filter(|confirmation| confirmation.is_open())
    }

    /// The first alarm counts.
    fn raise(&mut self, alarm: String) {
        self.alarm.get_or_insert(alarm);
    }
}
