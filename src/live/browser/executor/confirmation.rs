//! What is known of a click: put together from all that the site says. Pure.

use crate::engine::venue::execution::{AccountSnapshot, OrderRequest};
use crate::live::browser::account_events::{AccountEvent, Deal};
use crate::model::ids::GameId;
use crate::model::order::{Action, Fill};
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Tick;
use crate::model::rounding::part_of;
use crate::model::sol::Sol;

/// Billionths by which a sale may differ from the portion of what was held
/// (docs/spec/provably-fair.md#rounding-of-real-trades).
const FLOORED: u128 = 3;

/// The outcome of a click.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ClickOutcome {
    /// The order was executed, with this fill.
    Done { fill: Fill, tick: Option<Tick>, price: Price },
    /// It was not, and will not be.
    Refused(String),
    /// It was done, in another game than it was for.
    OtherGame(GameId),
    /// Nothing has shown it yet.
    Open,
}

/// Everything that was said since a click.
#[derive(Debug, Default)]
pub(super) struct Confirmation {
    /// What was clicked for, and the account before it.
    ordered: Option<(OrderRequest, AccountSnapshot)>,
    /// The number under which the page sent it.
    asked: Option<u64>,
    answered: Option<Result<(), String>>,
    /// What a trade or a placed sidebet says.
    told: Option<(Fill, Tick, Price)>,
    /// The other game in which it was carried out.
    elsewhere: Option<GameId>,
    /// Another game is on: what is said without the name of its game may be of that one.
    moved_on: bool,
    /// The account after it.
    after: Option<AccountSnapshot>,
    /// It was decided upon: what the page sends from now on was not clicked for.
    is_over: bool,
    /// The page sent an order that was not clicked for.
    amiss: bool,
    /// The socket was gone meanwhile: what was not heard may have been said.
    lost: bool,
}

impl Confirmation {
    /// Nothing yet, of an order that begins with an account.
    pub(super) fn of(request: OrderRequest, before: AccountSnapshot) -> Self {
        Self { ordered: Some((request, before)), ..Self::default() }
    }

    /// Nothing more is waited for.
    pub(super) const fn close(&mut self) {
        self.is_over = true;
    }

    /// Whether the page sent another order than the one that was clicked for, or more than that.
    pub(super) const fn is_amiss(&self) -> bool {
        self.amiss
    }

    /// Takes note of the game that is on.
    pub(super) fn look(&mut self, game: Option<GameId>) {
        self.moved_on |= self.ordered.is_some_and(|(request, _)| game != Some(request.game));
    }

    pub(super) const fn lost(&mut self) {
        self.lost = true;
    }

    /// Takes what was said.
    pub(super) fn take(&mut self, event: &AccountEvent) {
        let Some((OrderRequest { action, .. }, before)) = self.ordered else {
            self.amiss |= matches!(event, AccountEvent::Asked(..));
            return;
        };
        let deal = Deal::of(action);
        match event {
            AccountEvent::Asked(id, asked) if *asked == Some(deal) && !self.is_over => {
                self.amiss |= self.asked.is_some();
                self.asked.get_or_insert(*id);
            }
            AccountEvent::Asked(..) => self.amiss = true,
            // Said twice, it is still one answer.
            AccountEvent::Answered(id, outcome) if self.asked == Some(*id) => {
                self.answered.get_or_insert_with(|| outcome.clone());
            }
            // A rug is told as a sale of everything.
            AccountEvent::Traded { deal: traded, quantity, amount, price, tick, game }
                if *traded == deal && is_exact(action, before, *quantity, *amount) =>
            {
                self.tell((fill(deal, *quantity, *amount), *tick, *price), *game);
            }
            AccountEvent::Placed { stake, price, tick, game } if deal == Deal::Sidebet => {
                self.tell((Fill::Placed { stake: *stake }, *tick, *price), *game);
            }
            AccountEvent::Snapshot(account) if !self.moved_on => self.after = Some(*account),
            _ => {}
        }
    }

    /// Takes what a trade or a placed sidebet says, in its game.
    fn tell(&mut self, told: (Fill, Tick, Price), game: Option<GameId>) {
        let Some((OrderRequest { game: ours, .. }, _)) = self.ordered else { return };
        match game {
            Some(game) if game != ours => self.elsewhere = Some(game),
            None if self.moved_on => {}
            _ => {
                self.told.get_or_insert(told);
            }
        }
    }

    /// What is known now; when patience is over, also what follows from the account alone.
    pub(super) fn verdict(&self, is_over: bool) -> ClickOutcome {
        if let Some(Err(why)) = &self.answered {
            return ClickOutcome::Refused(format!("the site refused: {why}"));
        }
        // What the page did not send, the site did not carry out: a rug may look like a sale of
        // all.
        if self.asked.is_none() && !self.lost {
            return match is_over {
                true => ClickOutcome::Refused("the page sent nothing".to_owned()),
                false => ClickOutcome::Open,
            };
        }
        let answered = self.answered.is_some();
        if let Some(game) = self.elsewhere.filter(|_| answered || is_over) {
            return ClickOutcome::OtherGame(game);
        }
        match (self.told, &self.answered) {
            // The acknowledgement comes last; without it the trade is proof enough, in time.
            (Some((fill, tick, price)), Some(_)) => {
                return ClickOutcome::Done { fill, tick: Some(tick), price };
            }
            (Some((fill, tick, price)), None) if is_over => {
                return ClickOutcome::Done { fill, tick: Some(tick), price };
            }
            _ => {}
        }
        // After a socket is lost, no acknowledgement comes.
        if (answered || is_over || self.lost)
            && let Some((fill, price)) = self.by_account()
        {
            return ClickOutcome::Done { fill, tick: None, price };
        }
        ClickOutcome::Open
    }

    /// What was bought or sold if the account changed by exactly what was ordered. Any other change
    /// may be the rug's: it proves nothing.
    fn by_account(&self) -> Option<(Fill, Price)> {
        let ((OrderRequest { action, .. }, before), after) = (self.ordered?, self.after?);
        let (deal, paid) = (Deal::of(action), before.cash.minus(after.cash).ok()?);
        let (quantity, amount) = match deal {
            Deal::Buy => (difference(after.quantity, before.quantity)?, paid),
            Deal::Sell => (difference(before.quantity, after.quantity)?, paid.negated()),
            // Nothing says at which tick it began.
            Deal::Sidebet => return None,
        };
        if !(is_exact(action, before, quantity, amount) && amount.is_positive()) {
            return None;
        }
        let fill = fill(deal, quantity, amount);
        Price::new(paid.to_f64().abs() / quantity.to_f64()).ok().map(|price| (fill, price))
    }
}

/// Whether exactly what was ordered was traded; a sale may lack what the site floors, lot by lot.
fn is_exact(action: Action, before: AccountSnapshot, quantity: Quantity, amount: Sol) -> bool {
    match action {
        Action::Buy { stake } => amount == stake,
        Action::Sell { portion, .. } => {
            let part = part_of(before.quantity, portion).billionths();
            part.abs_diff(quantity.billionths()) <= FLOORED
        }
        Action::Sidebet { .. } => false,
    }
}

fn fill(deal: Deal, quantity: Quantity, amount: Sol) -> Fill {
    match deal {
        Deal::Buy => Fill::Bought { stake: amount, quantity },
        Deal::Sell | Deal::Sidebet => Fill::Sold { quantity, proceeds: amount },
    }
}

/// What one is more than the other, if it is.
fn difference(more: Quantity, less: Quantity) -> Option<Quantity> {
    let billionths = more.billionths().checked_sub(less.billionths())?;
    (billionths > 0).then(|| Quantity::from_billionths(billionths).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::venue::execution::OrderId;
    use crate::model::time::Stamp;

    fn account(cash: i64, quantity: u128) -> AccountSnapshot {
        let quantity = Quantity::from_billionths(quantity * 1_000_000).unwrap();
        AccountSnapshot { cash: Sol::milli(cash), quantity, arrived: Stamp::default() }
    }

    fn game(name: &str) -> GameId {
        GameId::new(name).unwrap()
    }

    fn order(action: Action) -> OrderRequest {
        OrderRequest { id: OrderId::new(1), action, game: game("ours"), tick: 3 }
    }

    fn traded(deal: Deal, of: Option<&str>) -> AccountEvent {
        let quantity = Quantity::from_billionths(5_000_000).unwrap();
        let (amount, price) = (Sol::milli(5), Price::new(1.0).unwrap());
        AccountEvent::Traded { deal, quantity, amount, price, tick: 3, game: of.map(game) }
    }

    /// What is known, before and after patience is over, of words in an order.
    fn verdicts(action: Action, words: &[AccountEvent]) -> (ClickOutcome, ClickOutcome) {
        let mut confirmation = Confirmation::of(order(action), account(100, 5));
        words.iter().for_each(|event| confirmation.take(event));
        (confirmation.verdict(false), confirmation.verdict(true))
    }

    const BUY: Action = Action::Buy { stake: Sol::milli(5) };

    #[test]
    fn a_sale_that_the_page_did_not_send_is_the_rugs() {
        let sale = traded(Deal::Sell, Some("ours"));
        let words = [sale.clone(), AccountEvent::Snapshot(account(105, 0))];
        let nothing = ClickOutcome::Refused("the page sent nothing".to_owned());
        assert_eq!(verdicts(Action::SELL_ALL, &words), (ClickOutcome::Open, nothing));
        let sent =
            [AccountEvent::Asked(1, Some(Deal::Sell)), sale, AccountEvent::Answered(1, Ok(()))];
        let (known, _) = verdicts(Action::SELL_ALL, &sent);
        assert!(matches!(known, ClickOutcome::Done { .. }), "{known:?}");
    }

    #[test]
    fn what_was_carried_out_in_another_game_is_not_done_in_ours() {
        let asked = AccountEvent::Asked(1, Some(Deal::Buy));
        let words = [asked.clone(), traded(Deal::Buy, Some("next"))];
        let elsewhere = ClickOutcome::OtherGame(game("next"));
        assert_eq!(verdicts(BUY, &words), (ClickOutcome::Open, elsewhere.clone()));
        let words = [&words[..], &[AccountEvent::Answered(1, Ok(()))]].concat();
        assert_eq!(verdicts(BUY, &words), (elsewhere.clone(), elsewhere));
        let (known, _) = verdicts(
            BUY,
            &[asked, traded(Deal::Buy, Some("ours")), AccountEvent::Answered(1, Ok(()))],
        );
        assert!(matches!(known, ClickOutcome::Done { .. }), "{known:?}");
    }

    #[test]
    fn what_names_no_game_proves_nothing_once_another_one_is_on() {
        let bought = AccountEvent::Snapshot(account(95, 10));
        for (event, moves_on) in [&bought, &traded(Deal::Buy, None)]
            .into_iter()
            .flat_map(|event| [(event, false), (event, true)])
        {
            let mut confirmation = Confirmation::of(order(BUY), account(100, 5));
            confirmation.take(&AccountEvent::Asked(1, Some(Deal::Buy)));
            confirmation.look(Some(game("ours")));
            if moves_on {
                confirmation.look(Some(game("next")));
            }
            confirmation.take(event);
            confirmation.take(&AccountEvent::Answered(1, Ok(())));
            let is_done = matches!(confirmation.verdict(true), ClickOutcome::Done { .. });
            assert_eq!(is_done, !moves_on, "{event:?}");
        }
    }

    #[test]
    fn an_order_that_was_not_clicked_for_is_noticed_whenever_the_page_sends_it() {
        let asked = |id, deal| AccountEvent::Asked(id, deal);
        let buy = asked(1, Some(Deal::Buy));
        let is_amiss = |words: &[AccountEvent]| {
            let mut confirmation = Confirmation::of(order(BUY), account(100, 5));
            words.iter().for_each(|event| confirmation.take(event));
            confirmation.is_amiss()
        };
        assert!(!is_amiss(&[buy.clone(), AccountEvent::Answered(1, Ok(()))]));
        assert!(is_amiss(&[asked(1, Some(Deal::Sell))]));
        assert!(is_amiss(&[asked(1, None)]));
        assert!(is_amiss(&[buy.clone(), asked(2, Some(Deal::Buy))]));
        let (mut late, mut at_rest) =
            (Confirmation::of(order(BUY), account(100, 5)), Confirmation::default());
        late.close();
        late.take(&buy);
        at_rest.take(&buy);
        assert!(late.is_amiss() && at_rest.is_amiss());
    }
}
