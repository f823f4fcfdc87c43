//! Stage *Fill* where the venue is elsewhere: orders are sent, and what became of them comes back.
//!
//! Takes the place of the simulated venue in live worlds whose orders a site executes. Knows neither how
//! an order gets there nor what time it is; whoever is [`Away`] does. A fill is booked at the tick and
//! price that it was executed at. What the site says of the account is compared with ours whenever both
//! are of the same moment, and a difference is booked as what it is.

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::bot::InFlight;
use crate::inbox::{Inbox, Stamp};
use crate::ledger::{Corrections, Filled, Fills, Postings, Refusals};
use crate::model::account::{Holding, Wallet};
use crate::model::ids::GameId;
use crate::model::order::{Action, Fill, Refusal};
use crate::model::posting::PostingKind;
use crate::model::price::Price;
use crate::model::quote::{self, Phase};
use crate::model::rounding::Quantity;
use crate::model::sol::Sol;
use crate::order::{Accepted, Order};
use crate::schedule::{Tick, TickSystems};
use crate::table::Tables;

/// Lamports by which the site may differ from us for every sale since both agreed: it floors lot by lot
/// (spec/provably-fair.md 4).
const LAMPORTS_PER_SALE: i128 = 3;

/// The way to a venue elsewhere. Nothing here waits.
pub trait Away: Send + Sync {
    /// Sends an order; false when it cannot be sent, and so will not be done.
    fn send(&mut self, sent: Sent) -> bool;

    /// What came back, oldest first.
    fn receive(&mut self) -> Option<Returned>;

    /// Says that the site's account and ours are not the same.
    fn alarm(&mut self, drift: Drift);
}

/// An order on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sent {
    /// Its number.
    pub id: u64,
    /// What is wished.
    pub action: Action,
    /// The game that it is for.
    pub game: GameId,
    /// The tick at which it was sent.
    pub tick: quote::Tick,
}

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Returned {
    /// An order was executed.
    Done {
        /// Its number.
        id: u64,
        /// What the site made of it.
        fill: Fill,
        /// The tick of its execution.
        tick: quote::Tick,
        /// The price of its execution.
        price: Price,
    },
    /// An order was not executed, and will not be.
    NotDone {
        /// Its number.
        id: u64,
    },
    /// Nobody knows whether an order was executed.
    Unknown {
        /// Its number.
        id: u64,
    },
    /// How the site's account stood.
    Statement(Statement),
}

/// What the site says of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// SOL at hand.
    pub cash: Sol,
    /// The open position.
    pub quantity: Quantity,
    /// When it came, by the clock that stamps what the inbox takes.
    pub came: Stamp,
}

/// A difference between the site's account and ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drift {
    /// The site's cash less ours.
    pub cash: Sol,
    /// What is held there.
    pub held_there: Quantity,
    /// What is held here.
    pub held_here: Quantity,
}

/// The venue elsewhere, and what is on its way.
#[derive(Resource)]
struct Elsewhere {
    away: Box<dyn Away>,
    /// Orders on their way: number, order, and the place of the game that it was for.
    underway: Vec<(u64, Order, u64)>,
    sent: u64,
    /// What the site last said, while it has not been compared.
    statement: Option<Statement>,
    /// When the message came that last changed our account by itself: by a settlement.
    settled: Stamp,
    /// Sales since both accounts agreed.
    sales: i128,
}

/// Adds the stage; needs an [`Inbox`], one table and one bot.
pub fn plugin(app: &mut App, away: Box<dyn Away>) {
    let elsewhere =
        Elsewhere { away, underway: Vec::new(), sent: 0, statement: None, settled: 0, sales: 0 };
    let compare = compare.after(TickSystems::Post).before(TickSystems::Record);
    app.insert_resource(elsewhere).add_systems(Tick, (fill.in_set(TickSystems::Fill), compare));
}

fn fill(
    tables: Res<Tables>,
    mut elsewhere: ResMut<Elsewhere>,
    mut accepted: ResMut<Accepted>,
    (mut fills, mut refusals): (ResMut<Fills>, ResMut<Refusals>),
    mut bots: Query<&mut InFlight>,
) {
    let Elsewhere { away, underway, sent, statement, .. } = &mut *elsewhere;
    while let Some(returned) = away.receive() {
        let (id, outcome) = match returned {
            Returned::Statement(said) => {
                *statement = Some(said);
                continue;
            }
            Returned::Done { id, fill, tick, price } => (id, Ok((fill, tick, price))),
            Returned::NotDone { id } => (id, Err(Refusal::NotDone)),
            Returned::Unknown { id } => (id, Err(Refusal::Unconfirmed)),
        };
        let Some(at) = underway.iter().position(|(number, ..)| *number == id) else { continue };
        let (_, order, game) = underway.remove(at);
        if let Ok(mut in_flight) = bots.get_mut(order.entity) {
            in_flight.0 = false;
        }
        let now = tables.game(order.bot.table);
        let quote = now.quote();
        let over = now.index != game || matches!(quote.phase, Phase::Rugged | Phase::Cooldown);
        match outcome {
            // The site settled it with the game: its account says what came of it.
            Ok(_) if over => order.refuse(&mut refusals, quote.tick, Refusal::TooLate),
            Ok((fill, tick, price)) => {
                fills.0.push(Filled { bot: order.entity, fill, at: Some((tick, price)) });
            }
            Err(refusal) => order.refuse(&mut refusals, quote.tick, refusal),
        }
    }
    for order in accepted.0.drain(..) {
        let game = tables.game(order.bot.table);
        let tick = game.quote().tick;
        *sent += 1;
        let gone = Sent { id: *sent, action: order.action, game: game.id, tick };
        if away.send(gone) {
            underway.push((gone.id, order, game.index));
            if let Ok(mut in_flight) = bots.get_mut(order.entity) {
                in_flight.0 = true;
            }
        } else {
            order.refuse(&mut refusals, tick, Refusal::NotDone);
        }
    }
}

/// Compares the accounts when nothing is on its way, and nothing was settled here that the site did not
/// know of when it spoke.
fn compare(
    (inbox, postings): (Res<Inbox>, Res<Postings>),
    mut elsewhere: ResMut<Elsewhere>,
    mut corrections: ResMut<Corrections>,
    bots: Query<(Entity, &Wallet, &Holding)>,
) {
    let Elsewhere { away, underway, statement, settled, sales, .. } = &mut *elsewhere;
    for (_, posting) in &postings.0 {
        match posting.kind {
            PostingKind::SidebetWon | PostingKind::SidebetLost | PostingKind::Liquidation => {
                *settled = inbox.arrived().unwrap_or(*settled);
            }
            _ => {}
        }
        *sales += i128::from(matches!(posting.kind, PostingKind::Sell | PostingKind::Liquidation));
    }
    if !underway.is_empty() || !corrections.0.is_empty() {
        return;
    }
    let Some(said) = statement.take_if(|said| *settled <= said.came) else { return };
    let Some((bot, wallet, holding)) = bots.iter().next() else { return };
    let Ok(delta) = said.cash.minus(wallet.cash) else { return };
    if delta != Sol::ZERO {
        corrections.0.push((bot, delta));
    }
    if delta.lamports().abs() > LAMPORTS_PER_SALE * *sales || said.quantity != holding.quantity {
        let (held_there, held_here) = (said.quantity, holding.quantity);
        away.alarm(Drift { cash: delta, held_there, held_here });
    }
    *sales = 0;
}
