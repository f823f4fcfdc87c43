//! What is known of a click: put together from all that the site says, and compared with what was
//! ordered. Pure.

use super::comparison::{self, Compared, Difference, Effect, Ordered};
use super::expected::{Balance, Unexplained};
use super::market::Market;
use crate::engine::venue::execution::AccountSnapshot;
use crate::live::browser::account_events::{Asked, Bet, Deal, Trade};
use crate::model::ids::GameId;
use crate::model::order::Action;
use crate::model::quantity::Quantity;

/// The outcome of a click.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ClickOutcome {
    /// The order was executed as it was ordered.
    Done(Effect),
    /// It was not, and will not be.
    Refused(String),
    /// Something else was done.
    Differs(Difference),
    /// Nothing has shown it yet.
    Open,
}

/// What the site tells of an order.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    Trade(Trade),
    Bet(Bet),
}

/// Everything that was said of one order since its click.
#[derive(Debug)]
pub(super) struct Confirmation {
    ordered: Ordered,
    /// The account before it.
    before: Balance,
    /// The account after it, as the site says.
    after: Option<AccountSnapshot>,
    /// Whether the page sent it, and the number under which it did.
    asked: Option<Option<u64>>,
    answered: Option<Result<(), String>>,
    told: Option<Told>,
    /// A sale that was told, and is the rug's unless the site says that the order was done.
    rugs: Option<Trade>,
    /// Somebody else to whom exactly this was told.
    other: Option<String>,
    /// What was found to be another thing.
    differs: Option<Difference>,
    /// A frame of the game was heard since the last thing that was said of the order.
    framed: bool,
    /// Another game is on: what is said without the name of its game may be of that one.
    moved_on: bool,
    /// The socket was gone meanwhile: what was not heard may have been said.
    lost: bool,
    /// It was decided upon.
    is_over: bool,
    /// It was taken for done.
    is_done: bool,
}

impl Confirmation {
    /// Nothing yet, of an order that begins with an account.
    pub(super) const fn of(ordered: Ordered, before: Balance) -> Self {
        Self {
            ordered,
            before,
            after: None,
            asked: None,
            answered: None,
            told: None,
            rugs: None,
            other: None,
            differs: None,
            framed: false,
            moved_on: false,
            lost: false,
            is_over: false,
            is_done: false,
        }
    }

    /// Nothing more is waited for.
    pub(super) const fn close(&mut self, is_done: bool) {
        (self.is_over, self.is_done) = (true, is_done);
    }

    /// Whether a trade is the word of this order that comes behind all others, and is one then.
    #[must_use]
    pub(super) fn is_late_word(&mut self, trade: &Trade, market: &Market) -> bool {
        let is_late = self.is_done
            && !self.is_told()
            && matches!(comparison::traded(&self.ordered, trade, market), Compared::Equal(_));
        if is_late {
            self.told = Some(Told::Trade(trade.clone()));
        }
        is_late
    }

    pub(super) const fn is_open(&self) -> bool {
        !self.is_over
    }

    /// Whether a trade or a sidebet was told of it.
    pub(super) const fn is_told(&self) -> bool {
        self.told.is_some() || self.rugs.is_some()
    }

    /// What the bot ordered.
    pub(super) const fn action(&self) -> Action {
        self.ordered.request.action
    }

    /// Takes note of a frame of the game that is on.
    pub(super) fn frame(&mut self, game: Option<GameId>) {
        self.framed = true;
        self.moved_on |= game != Some(self.ordered.request.game);
    }

    pub(super) const fn lost(&mut self) {
        self.lost = true;
    }

    /// Takes what the page sent; false where that was not clicked for.
    #[must_use]
    pub(super) fn ask(&mut self, asked: &Asked) -> bool {
        let is_ours = asked.deal == Some(Deal::of(self.action()));
        if !is_ours || self.is_over || self.asked.is_some() {
            return false;
        }
        self.asked = Some(asked.id);
        self.framed = false;
        if let Err(difference) = comparison::asked(&self.ordered, asked) {
            self.differ(difference);
        }
        true
    }

    /// Takes an acknowledgement; false where it takes back what was taken for done.
    #[must_use]
    pub(super) fn answer(&mut self, id: u64, answer: &Result<Option<Bet>, String>) -> bool {
        if self.asked != Some(Some(id)) {
            return true;
        }
        let is_taken_back = self.is_over && self.answered.is_none() && answer.is_err();
        // Said twice, it is still one answer.
        self.answered.get_or_insert_with(|| match answer {
            Ok(_) => Ok(()),
            Err(why) => Err(why.clone()),
        });
        self.framed = false;
        !is_taken_back || self.told.is_none()
    }

    /// Takes a trade of ours.
    pub(super) fn trade(&mut self, trade: Trade) {
        if trade.game.is_none() && self.moved_on {
            return;
        }
        self.tell(Told::Trade(trade));
    }

    /// Takes a sale that is the rug's.
    pub(super) fn rug(&mut self, trade: Trade) {
        self.rugs = Some(trade);
    }

    /// Takes a sidebet that was placed.
    pub(super) fn place(&mut self, bet: &Bet) {
        if bet.game.is_none() && self.moved_on || self.told == Some(Told::Bet(bet.clone())) {
            return;
        }
        self.tell(Told::Bet(bet.clone()));
    }

    /// Whether a sidebet may be this order, by another name perhaps.
    pub(super) fn may_be(&self, bet: &Bet) -> bool {
        let is_stake = matches!(self.action(), Action::Sidebet { stake } if stake == bet.stake);
        bet.player == self.ordered.player || is_stake
    }

    fn tell(&mut self, told: Told) {
        self.framed = false;
        if self.told.is_some() {
            let (ordered, done) = ("one".to_owned(), "two of them".to_owned());
            self.differ(Difference { what: "number of orders", ordered, done });
        }
        self.told.get_or_insert(told);
    }

    /// Takes a trade of somebody else, which may be ours under another name.
    pub(super) fn trade_of(&mut self, player: &str, trade: &Trade, market: &Market) {
        if matches!(comparison::traded(&self.ordered, trade, market), Compared::Equal(_)) {
            self.other.get_or_insert_with(|| player.to_owned());
        }
    }

    /// Takes the site's account.
    pub(super) fn state(&mut self, account: AccountSnapshot) {
        if !self.moved_on {
            self.after = Some(account);
            self.framed = false;
        }
    }

    /// Takes note of a difference; the first one counts.
    pub(super) fn differ(&mut self, difference: Difference) {
        self.differs.get_or_insert(difference);
    }

    /// What is known now, with what of the account does not follow from what was told; when
    /// patience is over, also what follows from the account alone.
    pub(super) fn verdict(
        &self,
        is_over: bool,
        unexplained: Option<Unexplained>,
        market: &Market,
    ) -> ClickOutcome {
        if let Some(difference) = &self.differs {
            return ClickOutcome::Differs(difference.clone());
        }
        match self.compared(market) {
            Some(Compared::Differs(difference)) => return ClickOutcome::Differs(difference),
            Some(Compared::Equal(effect)) => return self.confirmed(effect, is_over, unexplained),
            Some(Compared::Open) if is_over => return ClickOutcome::Differs(self.unpriced()),
            Some(Compared::Open) => return ClickOutcome::Open,
            None => {}
        }
        self.untold(is_over, unexplained, market)
    }

    /// How what was told compares; none where nothing was.
    fn compared(&self, market: &Market) -> Option<Compared> {
        match self.told.as_ref()? {
            Told::Trade(trade) => Some(comparison::traded(&self.ordered, trade, market)),
            Told::Bet(bet) => Some(comparison::placed(&self.ordered, bet, market)),
        }
    }

    /// What was told is what was ordered: whether it is also what was answered.
    fn confirmed(
        &self,
        effect: Effect,
        is_over: bool,
        unexplained: Option<Unexplained>,
    ) -> ClickOutcome {
        // A frame later, whatever explains it was told.
        if let Some(unexplained) = unexplained.filter(|_| !self.lost) {
            return match is_over || self.framed {
                true => ClickOutcome::Differs(account(unexplained)),
                false => ClickOutcome::Open,
            };
        }
        match &self.answered {
            Some(Ok(())) => ClickOutcome::Done(effect),
            Some(Err(why)) => ClickOutcome::Differs(self.refused_and_done(why)),
            // The acknowledgement comes last; without it what was told is proof enough, in time.
            None if is_over => ClickOutcome::Done(effect),
            // It left without a number, by another way or under another name: none comes.
            None if self.asked.flatten().is_none() && self.framed => ClickOutcome::Done(effect),
            None => ClickOutcome::Open,
        }
    }

    /// Nothing was told: what follows from the answer and from the account alone. What is also the
    /// rug's proves nothing.
    fn untold(
        &self,
        is_over: bool,
        unexplained: Option<Unexplained>,
        market: &Market,
    ) -> ClickOutcome {
        let since_before = || {
            let AccountSnapshot { cash, quantity, .. } = self.after?;
            Some(Unexplained { due: self.before, said: Balance { cash, quantity } })
        };
        // What was told on a socket that is lost is not all.
        let changed = if self.lost { since_before() } else { unexplained };
        let changed = changed.filter(|_| !self.moved_on);
        let is_rugged = market.of(self.ordered.request.game).is_none_or(|it| it.rug().is_some());
        let exactly = changed.filter(|_| self.asked.is_some() || self.lost || !is_rugged);
        let exactly = exactly.and_then(|changed| changed.change()).and_then(|(paid, more)| {
            let quantity = Quantity::from_billionths(more.abs().mantissa().unsigned_abs()).ok()?;
            let is_more = matches!(self.action(), Action::Buy { .. });
            (more.is_sign_positive() == is_more && !quantity.is_zero())
                .then(|| comparison::by_account(&self.ordered, (paid, quantity), market))
                .flatten()
        });
        if let Some(Err(why)) = &self.answered {
            return match exactly.filter(|_| !is_rugged) {
                Some(_) => ClickOutcome::Differs(self.refused_and_done(why)),
                None => ClickOutcome::Refused(format!("the site refused: {why}")),
            };
        }
        let is_answered = self.answered.is_some();
        // Without an answer, who sold is not known, and nothing depends on it.
        let is_sold = is_answered || is_over && self.asked.is_some();
        if let Some(sale) = self.rugs.as_ref().filter(|_| is_sold)
            && let Compared::Equal(effect) = comparison::traded(&self.ordered, sale, market)
        {
            return ClickOutcome::Done(effect);
        }
        // After a socket is lost, no acknowledgement comes.
        let is_heard = is_answered || is_over || self.lost;
        if let Some(effect) = exactly.filter(|_| is_heard || self.asked.is_none() && self.framed) {
            return match &self.other {
                Some(other) => ClickOutcome::Differs(self.done_for(other)),
                None => ClickOutcome::Done(effect),
            };
        }
        if let Some(changed) = changed.filter(|_| !is_rugged && !self.lost)
            && (is_over || is_answered && self.framed)
        {
            return ClickOutcome::Differs(account(changed));
        }
        if let Some(other) = self.other.as_ref().filter(|_| is_over && is_answered) {
            return ClickOutcome::Differs(self.done_for(other));
        }
        match is_over && self.asked.is_none() && !self.lost {
            true => ClickOutcome::Refused("the page sent nothing".to_owned()),
            false => ClickOutcome::Open,
        }
    }

    /// Whether the site answered.
    pub(super) const fn is_answered(&self) -> bool {
        self.answered.is_some()
    }

    fn done_for(&self, other: &str) -> Difference {
        let (ordered, done) = (self.ordered.player.clone(), other.to_owned());
        Difference { what: "player", ordered, done }
    }

    fn refused_and_done(&self, why: &str) -> Difference {
        let (ordered, done) = (self.action().to_string(), format!("it and said: refused, {why}"));
        Difference { what: "answer", ordered, done }
    }

    fn unpriced(&self) -> Difference {
        let (tick, price) = match &self.told {
            Some(Told::Trade(trade)) => (trade.tick, trade.price.get().to_string()),
            Some(Told::Bet(bet)) => {
                (bet.start, bet.price.map_or_else(String::new, |price| price.get().to_string()))
            }
            None => (0, String::new()),
        };
        let ordered = format!("a tick that was heard of, and not tick {tick}");
        Difference { what: "price", ordered, done: format!("{price}x") }
    }
}

/// An account that does not follow from what was told.
fn account(Unexplained { due, said }: Unexplained) -> Difference {
    Difference { what: "account", ordered: due.to_string(), done: said.to_string() }
}
