//! What is known of a click: put together from all that the site says. Pure.

use crate::browser::errand::Statement;
use crate::browser::witness::{Deal, Word};
use crate::model::order::Fill;
use crate::model::price::Price;
use crate::model::quote::Tick;
use crate::model::rounding::Quantity;

/// What came of a click.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It was done.
    Done { fill: Fill, tick: Option<Tick>, price: Price },
    /// It was not, and will not be.
    Refused(String),
    /// Nobody knows.
    Open,
}

/// Everything that was said since a click.
#[derive(Debug, Default)]
pub(super) struct Proof {
    deal: Option<(Deal, Statement)>,
    /// The number under which the page sent it.
    asked: Option<u64>,
    answered: Option<Result<(), String>>,
    /// What a trade or a placed sidebet says.
    told: Option<(Fill, Tick, Price)>,
    /// The account after it.
    after: Option<Statement>,
    /// The socket was gone meanwhile: what was not heard may have been said.
    lost: bool,
}

impl Proof {
    /// Nothing yet, of a deal that begins with an account.
    pub(super) fn of(deal: Deal, before: Statement) -> Self {
        Self { deal: Some((deal, before)), ..Self::default() }
    }

    pub(super) const fn lost(&mut self) {
        self.lost = true;
    }

    /// Takes what was said.
    pub(super) fn take(&mut self, word: &Word) {
        let Some((deal, _)) = self.deal else { return };
        match word {
            Word::Asked(id, asked) if *asked == deal => {
                self.asked.get_or_insert(*id);
            }
            // Said twice, it is still one answer.
            Word::Answered(id, outcome) if self.asked == Some(*id) => {
                self.answered.get_or_insert_with(|| outcome.clone());
            }
            Word::Traded { deal: traded, quantity, amount, price, tick } if *traded == deal => {
                let (stake, proceeds, quantity) = (*amount, *amount, *quantity);
                let fill = match deal {
                    Deal::Buy => Fill::Bought { stake, quantity },
                    _ => Fill::Sold { quantity, proceeds },
                };
                self.told.get_or_insert((fill, *tick, *price));
            }
            Word::Placed { stake, price, tick } if deal == Deal::Sidebet => {
                self.told.get_or_insert((Fill::Placed { stake: *stake }, *tick, *price));
            }
            Word::Statement(statement) => self.after = Some(*statement),
            _ => {}
        }
    }

    /// What is known now; when patience is over, also what follows from the account alone.
    pub(super) fn verdict(&self, is_over: bool) -> Verdict {
        if let Some(Err(why)) = &self.answered {
            return Verdict::Refused(format!("the site refused: {why}"));
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
        let answered = self.answered.is_some();
        if (answered || is_over)
            && let Some((fill, price)) = self.by_account()
        {
            return Verdict::Done { fill, tick: None, price };
        }
        if is_over && self.asked.is_none() && !self.lost {
            return Verdict::Refused("the page sent nothing".to_owned());
        }
        Verdict::Open
    }

    /// What the account says that was bought or sold.
    fn by_account(&self) -> Option<(Fill, Price)> {
        let ((deal, before), after) = (self.deal?, self.after?);
        let paid = before.cash.minus(after.cash).ok()?;
        let fill = match deal {
            Deal::Buy => {
                let quantity = difference(after.quantity, before.quantity)?;
                (paid.is_positive()).then_some(Fill::Bought { stake: paid, quantity })?
            }
            Deal::Sell => {
                let quantity = difference(before.quantity, after.quantity)?;
                Fill::Sold { quantity, proceeds: paid.negated() }
            }
            // Nothing says at which tick it began.
            Deal::Sidebet => return None,
        };
        let (Fill::Bought { quantity, .. } | Fill::Sold { quantity, .. }) = fill else {
            return None;
        };
        Price::new(paid.to_f64().abs() / quantity.to_f64()).ok().map(|price| (fill, price))
    }
}

/// What one is more than the other, if it is.
fn difference(more: Quantity, less: Quantity) -> Option<Quantity> {
    let billionths = more.billionths().checked_sub(less.billionths())?;
    (billionths > 0).then(|| Quantity::from_billionths(billionths).ok()).flatten()
}
