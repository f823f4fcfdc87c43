//! Stage *Fill* where the venue is elsewhere: orders are sent, and what became of them comes back.
//!
//! Takes the place of the simulated venue in live worlds whose orders a site executes. Knows neither how
//! an order gets there nor what time it is; the [`RemoteVenue`] does. A fill is booked at
//! the tick and price that it was executed at, and before the rug of its game: a rug waits for the
//! orders that it may have overtaken. One order is on its way at a time: a sidebet waits for what
//! becomes of the trade of its tick. What the site says of the account is compared with ours;
//! nothing is sent while both differ, and a difference that lasts is booked as what it is.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine::bot::InFlight;
use crate::engine::inbox::Inbox;
use crate::engine::ledger::{Corrections, Filled, Fills, Postings, Rejections};
use crate::engine::order::{Accepted, Order};
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::Tables;
use crate::engine::venue::arrive;
use crate::engine::venue::execution::{
    AccountSnapshot, Execution, ExecutionReport, OrderId, OrderRequest, OrderStatus, VenueEvent,
};
use crate::model::account::{Position, Sidebet, Wallet};
use crate::model::exit::Exit;
use crate::model::game::Game;
use crate::model::ids::{GameId, GameIndex, TableIndex};
use crate::model::order::{Fill, Rejection};
use crate::model::posting::PostingKind;
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::quote::Phase;
use crate::model::sol::Sol;
use crate::model::time::Stamp;

/// Lamports by which the site may differ from us for every sale since both agreed: it floors lot by
/// lot (docs/spec/provably-fair.md#rounding-of-real-trades).
const LAMPORTS_PER_SALE: i128 = 3;

/// How long a difference between the accounts may last, in microseconds: the site tells of an
/// account when it changes, and so before or behind what we book of it.
const LASTING_US: u64 = 2_000_000;

/// The way to a venue elsewhere.
pub trait RemoteVenue: Send + Sync {
    /// Sends an order; false when it cannot be sent, and so will not be done.
    fn send(&mut self, request: OrderRequest) -> bool;

    /// What came back, oldest first; nothing here waits.
    fn receive(&mut self) -> Option<VenueEvent>;

    /// Waits for what comes back next; none when it takes longer than it may.
    fn wait(&mut self) -> Option<VenueEvent>;

    /// True once nothing is executed there any longer: orders are then filled here, on paper.
    fn is_off(&self) -> bool {
        false
    }

    /// Whether what arrived then is too old to be traded on.
    fn is_late(&self, _arrived: Stamp) -> bool {
        false
    }

    /// Says that the site's account and ours are not the same.
    fn alarm(&mut self, drift: Drift);
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

/// A position that was open before the world was there, and that its bot takes over: booked as bought
/// at its average cost, as soon as its game has begun here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TakenOver {
    /// The game that it is held in.
    pub game: GameId,
    /// The quantity that is held.
    pub quantity: Quantity,
    /// Average cost per unit.
    pub price: Price,
    /// What was paid for it, in SOL, which the bankroll holds until it is booked.
    pub cost: Sol,
}

/// An order on its way.
#[derive(Debug, Clone, Copy)]
struct Pending {
    /// The id of its request.
    id: OrderId,
    order: Order,
    /// The place of the game that it was decided in.
    game: GameIndex,
}

/// The venue elsewhere, and what is on its way.
#[derive(Resource)]
struct RemoteOrders {
    remote: Box<dyn RemoteVenue>,
    underway: Vec<Pending>,
    /// The order behind the one that is on its way, and the game that it is for: a void game
    /// leaves its place to another.
    waiting: Option<(Order, GameId)>,
    /// The id of the last request.
    last: OrderId,
    /// Orders that were not done, or too late to be booked.
    failed: Vec<(Order, Rejection, Option<Arc<str>>)>,
    /// What was done at ticks that are still to come here: word of it does not wait behind the
    /// feed.
    ahead: Vec<ExecutionReport>,
    account: Comparison,
    /// What is still to be booked of before the world was there.
    taken_over: Option<TakenOver>,
}

/// How the site's account and ours compare.
#[derive(Default)]
struct Comparison {
    /// What the site last said.
    said: Option<AccountSnapshot>,
    /// When the message came that last changed our account.
    changed: Stamp,
    /// Since when both differ.
    differs: Option<Stamp>,
    /// Sales since both agreed.
    sales: i128,
}

/// Adds the stage; needs an [`Inbox`], one table and one bot.
pub fn plugin(app: &mut App, remote: Box<dyn RemoteVenue>) {
    let (underway, failed, ahead) = (Vec::new(), Vec::new(), Vec::new());
    let (waiting, last, account) = (None, OrderId::default(), Comparison::default());
    let taken_over = None;
    app.insert_resource(RemoteOrders {
        remote,
        underway,
        waiting,
        last,
        failed,
        ahead,
        account,
        taken_over,
    });
    let hear = hear.after(TickSystems::Advance).before(TickSystems::Settle);
    // Before the next order is on its way: a bot that always has one would never be compared.
    let compare = compare.after(TickSystems::Settle).before(TickSystems::Decide);
    app.add_systems(Tick, (hear, send.in_set(TickSystems::Fill), compare));
}

/// Lets the bot of a world with a venue elsewhere take a position over.
///
/// # Panics
/// When the venue of the world is here.
pub fn take_over(app: &mut App, position: TakenOver) {
    app.world_mut().resource_mut::<RemoteOrders>().taken_over = Some(position);
}

/// Who is shown the orders that a venue here executes.
#[derive(Resource)]
struct DryRun {
    remote: Box<dyn RemoteVenue>,
    /// The id of the last request.
    last: OrderId,
}

/// Adds, beside a venue here, somebody elsewhere who is shown every order and executes none.
pub fn dry_run(app: &mut App, remote: Box<dyn RemoteVenue>) {
    let tell = tell.after(TickSystems::Admit).before(TickSystems::Fill);
    app.insert_resource(DryRun { remote, last: OrderId::default() }).add_systems(Tick, tell);
}

fn tell(tables: Res<Tables>, mut dry_run: ResMut<DryRun>, accepted: Res<Accepted>) {
    let DryRun { remote, last } = &mut *dry_run;
    while remote.receive().is_some() {}
    for order in &accepted.0 {
        // Who cannot look now has missed it.
        remote.send(request(last, order, tables.game(order.bot.table)));
    }
}

/// The request of an order in a game, under the next id.
fn request(last: &mut OrderId, order: &Order, game: &Game) -> OrderRequest {
    *last = last.next();
    OrderRequest { id: *last, action: order.action, game: game.id, tick: game.quote().tick }
}

/// Hears what became of orders. What was done is booked before anything is settled, and not before
/// its tick has come: until then there is no price at which the account could be marked.
fn hear(
    (tables, inbox): (Res<Tables>, Res<Inbox>),
    mut orders: ResMut<RemoteOrders>,
    mut fills: ResMut<Fills>,
    mut bots: Query<(Entity, &mut InFlight)>,
) {
    let RemoteOrders { remote, underway, waiting, failed, ahead, account, taken_over, .. } =
        &mut *orders;
    // Not in the presale, whose settlement fills the wallet, and not in a game before it that is still to be
    // told. Of a game that never came, the comparison of the accounts says what became of it.
    let (game, quote) = (table_of(&tables).id, table_of(&tables).quote());
    let is_due = |position: &mut TakenOver| {
        quote.phase == Phase::Active && (position.game == game || inbox.backlog() == 0)
    };
    if let Some(position) = taken_over.take_if(is_due)
        && position.game == game
        && let Some((bot, _)) = bots.iter().next()
    {
        let TakenOver { quantity, price, cost, .. } = position;
        let fill = Fill::Bought { stake: cost, quantity };
        let at = Some((quote.tick, price));
        fills.0.push(Filled { bot, fill, exit: Exit::OTHER, at });
    }
    let mut before = std::mem::take(ahead).into_iter().map(VenueEvent::Report);
    loop {
        let event = before.next().or_else(|| remote.receive()).or_else(|| {
            let rugged = |pending: &Pending| {
                let game = tables.game(pending.order.bot.table);
                game.index == pending.game && game.quote().phase == Phase::Rugged
            };
            underway.iter().any(rugged).then(|| remote.wait()).flatten()
        });
        let report = match event {
            None => return,
            Some(VenueEvent::Snapshot(snapshot)) => {
                account.said = Some(snapshot);
                continue;
            }
            Some(VenueEvent::Report(report)) => report,
        };
        let Some(at) = underway.iter().position(|pending| pending.id == report.id) else {
            continue;
        };
        let Pending { order, game: place, .. } = underway[at];
        let game = tables.game(order.bot.table);
        let quote = game.quote();
        let open = game.index == place && quote.phase != Phase::Cooldown;
        if let OrderStatus::Filled(execution) = &report.status
            && open
            && quote.phase != Phase::Rugged
            && execution.tick > quote.tick
        {
            ahead.push(report);
            continue;
        }
        underway.remove(at);
        let mut lands = |order: Order| {
            if let Ok((_, mut in_flight)) = bots.get_mut(order.entity) {
                in_flight.arrive();
            }
        };
        lands(order);
        let is_unknown = matches!(report.status, OrderStatus::Unknown(_));
        match report.status {
            OrderStatus::Filled(Execution { fill, tick, price, .. }) if open => {
                // Behind the rug there is no tick, whatever is said.
                let at = Some((tick.min(quote.tick), price));
                // The venue is not told why; the order that was sent knows.
                let exit = order.action.exit();
                fills.0.push(Filled { bot: order.entity, fill, exit, at });
            }
            // Too late for our game: the site's account shows the outcome.
            OrderStatus::Filled(_) => failed.push((order, Rejection::TooLate, None)),
            OrderStatus::Shown => failed.push((order, Rejection::NotDone, None)),
            OrderStatus::Rejected(why) => {
                failed.push((order, Rejection::NotDone, Some(why.into())));
            }
            OrderStatus::Unknown(why) => {
                failed.push((order, Rejection::Unconfirmed, Some(why.into())));
            }
        }
        if let Some((behind, _)) = waiting.take_if(|_| is_unknown) {
            // Nobody knows what account it would find.
            lands(behind);
            failed.push((behind, Rejection::NotDone, None));
        }
    }
}

/// The game of the only table.
fn table_of(tables: &Tables) -> &Game {
    tables.game(TableIndex::FIRST)
}

fn send(
    (tables, inbox): (Res<Tables>, Res<Inbox>),
    mut orders: ResMut<RemoteOrders>,
    mut accepted: ResMut<Accepted>,
    (mut fills, mut rejections): (ResMut<Fills>, ResMut<Rejections>),
    mut bots: Query<(&mut InFlight, (&Wallet, &Position, &Sidebet))>,
) {
    let RemoteOrders { remote, underway, waiting, last, failed, account, .. } = &mut *orders;
    for (order, rejection, said) in failed.drain(..) {
        let tick = tables.game(order.bot.table).quote().tick;
        order.reject_as_said(&mut rejections, tick, (rejection, said));
    }
    // What waited finds the account as the order before left it, and perhaps another game.
    if let Some((order, game)) = waiting.take_if(|_| underway.is_empty())
        && let Ok((mut in_flight, state)) = bots.get_mut(order.entity)
    {
        in_flight.arrive();
        let (now, rules) = (tables.game(order.bot.table), &tables.setup().rules);
        let quote = now.quote();
        let verdict = if now.id != game || matches!(quote.phase, Phase::Rugged | Phase::Cooldown) {
            Err(Rejection::TooLate)
        } else if quote.closed {
            Err(Rejection::Closed)
        } else {
            rules.admit(order.action, quote, state)
        };
        match verdict {
            // Its bot was not asked, so nothing else was accepted.
            Ok(()) => accepted.0.push(order),
            Err(rejection) => order.reject(&mut rejections, quote.tick, rejection),
        }
    }
    for order in accepted.0.drain(..) {
        let game = tables.game(order.bot.table);
        let mut leaves = || {
            if let Ok((mut in_flight, _)) = bots.get_mut(order.entity) {
                in_flight.send();
            }
        };
        if !underway.is_empty() {
            *waiting = Some((order, game.id));
            leaves();
            continue;
        }
        if remote.is_off() {
            if let Ok((_, state)) = bots.get(order.entity) {
                let rules = &tables.setup().rules;
                arrive(rules, (order, game.quote()), state, &mut fills, &mut rejections);
            }
            continue;
        }
        let request = request(last, &order, game);
        // A world that is behind decides on what is over.
        let is_late = inbox.arrived().is_some_and(|arrived| remote.is_late(arrived));
        if account.differs.is_none() && !is_late && remote.send(request) {
            underway.push(Pending { id: request.id, order, game: game.index });
            leaves();
        } else {
            order.reject(&mut rejections, request.tick, Rejection::NotDone);
        }
    }
}

/// Compares the accounts while nothing is on its way.
fn compare(
    (inbox, postings): (Res<Inbox>, Res<Postings>),
    mut orders: ResMut<RemoteOrders>,
    mut corrections: ResMut<Corrections>,
    bots: Query<(Entity, &Wallet, &Position)>,
) {
    let RemoteOrders { remote, underway, account, taken_over, .. } = &mut *orders;
    let now = inbox.arrived().unwrap_or_default();
    for (_, posting) in &postings.0 {
        account.changed = now;
        let sold = matches!(posting.kind, PostingKind::Sell | PostingKind::Liquidation);
        account.sales += i128::from(sold);
    }
    // What is taken over is in the site's account, and not in ours before its game has begun here. On
    // paper both accounts go their own ways.
    let is_settled = underway.is_empty() && corrections.0.is_empty() && taken_over.is_none();
    if !is_settled || remote.is_off() {
        return;
    }
    let Some(said) = account.said else { return };
    let Some((bot, wallet, position)) = bots.iter().next() else { return };
    let Ok(cash) = said.cash.minus(wallet.cash) else { return };
    let (held_there, held_here) = (said.quantity, position.quantity);
    if cash != Sol::ZERO || held_there != held_here {
        let rounded = cash.lamports().abs() <= LAMPORTS_PER_SALE * account.sales;
        let rounded = rounded && held_there == held_here;
        let since = *account.differs.get_or_insert(now);
        let lasts = now.us_since(since) >= LASTING_US;
        let settled = rounded && account.changed <= said.arrived;
        if !(lasts || settled) {
            return;
        }
        if !rounded {
            remote.alarm(Drift { cash, held_there, held_here });
        }
        if cash != Sol::ZERO {
            corrections.0.push((bot, cash));
        }
    }
    (account.said, account.differs, account.sales) = (None, None, 0);
}
