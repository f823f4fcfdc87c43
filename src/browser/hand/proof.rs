//! What is known of a click: put together from all that the site says. Pure.

use crate::browser::errand::Statement;
use crate::browser::witness::{Deal, Word};
use crate::model::ids::GameId;
use crate::model::order::{Action, Fill};
use crate::model::price::Price;
use crate::model::quote::Tick;
use crate::model::rounding::{Quantity, part_of};
use crate::model::sol::Sol;

/// Billionths by which a sale may differ from the portion of what was held
/// (spec/provably-fair.md 4).
const FLOORED: u128 = 3;

/// What came of a click.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It was done.
    Done { fill: Fill, tick: Option<Tick>, price: Price },
    /// It was not, and will not be.
    Refused(String),
    /// It was done, in another game than it was for.
    Elsewhere(GameId),
    /// Nobody knows.
    Open,
}

/// Everything that was said since a click.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// What was clicked for, in which game, and the account before it.
    ordered: Option<(Action, GameId, Statement)>,
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
    after: Option<Statement>,
    /// The socket was gone meanwhile: what was not heard may have been said.
    lost: bool,
}

impl Proof {
    /// Nothing yet, of an order that begins with an account.
    pub(super) fn of(action: Action, game: GameId, before: Statement) -> Self {
        Self { ordered: Some((action, game, before)), ..Self::default() }
    }

    /// Takes note of the game that is on.
    pub(super) fn look(&mut self, game: Option<GameId>) {
        self.moved_on |= self.ordered.is_some_and(|(_, of, _)| game != Some(of));
    }

    pub(super) const fn lost(&mut self) {
        self.lost = true;
    }

    /// Takes what was said.
    pub(super) fn take(&mut self, word: &Word) {
        let Some((action, _, before)) = self.ordered else { return };
        let deal = Deal::of(action);
        match word {
            Word::Asked(id, asked) if *asked == deal => {
                self.asked.get_or_insert(*id);
            }
            // Said twice, it is still one answer.
            Word::Answered(id, outcome) if self.asked == Some(*id) => {
                self.answered.get_or_insert_with(|| outcome.clone());
            }
            // A rug is told as a sale of everything.
            Word::Traded { deal: traded, quantity, amount, price, tick, game }
                if *traded == deal && is_exact(action, before, *quantity, *amount) =>
            {
                self.tell((fill(deal, *quantity, *amount), *tick, *price), *game);
            }
            Word::Placed { stake, price, tick, game } if deal == Deal::Sidebet => {
                self.tell((Fill::Placed { stake: *stake }, *tick, *price), *game);
            }
            Word::Statement(statement) if !self.moved_on => self.after = Some(*statement),
            _ => {}
        }
    }

    /// Takes what a trade or a placed sidebet says, in its game.
    fn tell(&mut self, told: (Fill, Tick, Price), game: Option<GameId>) {
        let Some((_, ours, _)) = self.ordered else { return };
        match game {
            Some(game) if game != ours => self.elsewhere = Some(game),
            None if self.moved_on => {}
            _ => {
                self.told.get_or_insert(told);
            }
        }
    }

    /// What is known now; when patience is over, also what follows from the account alone.
    pub(super) fn verdict(&self, is_over: bool) -> Verdict {
        if let Some(Err(why)) = &self.answered {
            return Verdict::Refused(format!("the site refused: {why}"));
        }
        // What the page did not send, the site did not carry out: a rug may look like a sale of all.
        if self.asked.is_none() && !self.lost {
            return match is_over {
                true => Verdict::Refused("the page sent nothing".to_owned()),
                false => Verdict::Open,
            };
        }
        let answered = self.answered.is_some();
        if let Some(game) = self.elsewhere.filter(|_| answered || is_over) {
            return Verdict::Elsewhere(game);
        }
        match (self.told, &self.answered) {
            // The acknowledgement comes last; without it the trade is proof enough, in time.
            (Some((fill, tick, price)), Some(_)) => {
                return Verdict::Done { fill, tick: Some(tick), price };
            }
            (Some((fill, tick, price)), None) if is_over => {
                return Verdict::Done { fill, tick: Some(tick), price };
            }
            _ => {}
        }
        if (answered || is_over)
            && let Some((fill, price)) = self.by_account()
        {
            return Verdict::Done { fill, tick: None, price };
        }
        Verdict::Open
    }

    /// What was bought or sold if the account changed by exactly what was ordered. Any other change
    /// may be the rug's: it proves nothing.
    fn by_account(&self) -> Option<(Fill, Price)> {
        let ((action, _, before), after) = (self.ordered?, self.after?);
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
fn is_exact(action: Action, before: Statement, quantity: Quantity, amount: Sol) -> bool {
    match action {
        Action::Buy { stake } => amount == stake,
        Action::Sell { portion } => {
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
