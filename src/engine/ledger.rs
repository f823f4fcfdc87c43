//! Stages *Settle* and *Post*: the only writer of [`Wallet`], [`Position`], [`Sidebet`], [`Tally`]
//! and
//! [`LifeTally`].
//!
//! Settle runs before the bots decide (what a venue elsewhere has executed, rug liquidation,
//! sidebets won and lost), Post after the venue here has executed. Read by strategies, admission and the journal. Both are sparse: they touch
//! a bot only when something happens to it.

use std::collections::VecDeque;

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine::bot::{Books, BooksItem, Bot};
use crate::engine::checkpoint::Checkpointed;
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::{Seats, Table, Tables};
use crate::model::account::{LedgerError, LifeTally, Market, Position, Sidebet, Tally, Wallet};
use crate::model::exit::Exit;
use crate::model::order::Fill;
use crate::model::posting::{Posting, Rejected};
use crate::model::price::Price;
use crate::model::quote::{self, Phase, Quote};
use crate::model::sol::Sol;

/// What was booked at this tick, in the order it was booked; cleared at the next.
#[derive(Resource, Debug, Default)]
pub struct Postings(pub(crate) Vec<(Bot, Posting)>);

/// What the venue filled, to be booked. Written by the venue.
#[derive(Resource, Debug, Default)]
pub struct Fills(pub(crate) Vec<Filled>);

/// What accounts are to be corrected by, because a site says so. Written by the venue.
#[derive(Resource, Debug, Default)]
pub struct Corrections(pub(crate) Vec<(Entity, Sol)>);

/// A fill of a bot.
#[derive(Debug, Clone, Copy)]
pub struct Filled {
    /// The entity of the bot.
    pub bot: Entity,
    /// What became of its order.
    pub fill: Fill,
    /// Why its order sells, where it does.
    pub exit: Exit,
    /// Tick and price of its execution, where that was not now.
    pub at: Option<(quote::Tick, Price)>,
}

/// What was refused at this tick. Written by admission and the venue; cleared at the next.
#[derive(Resource, Debug, Default)]
pub struct Rejections(pub(crate) Vec<(Entity, Bot, Rejected)>);

/// The open sidebets of each table by end tick. All windows are of one length, so a sidebet placed
/// later never ends earlier, and what is due is always at the front.
#[derive(Resource, Debug, Default, Clone)]
struct Agenda(Vec<VecDeque<(quote::Tick, Entity)>>);

/// Adds the stages of the ledger to the schedule.
pub fn plugin(app: &mut App) {
    app.init_resource::<Postings>()
        .init_resource::<Fills>()
        .init_resource::<Corrections>()
        .init_resource::<Rejections>()
        .init_resource::<Agenda>()
        .checkpoint_resource::<Agenda>()
        .checkpoint_component::<Wallet>()
        .checkpoint_component::<Position>()
        .checkpoint_component::<Sidebet>()
        .checkpoint_component::<Tally>()
        .checkpoint_component::<LifeTally>()
        .add_systems(Tick, (settle.in_set(TickSystems::Settle), post.in_set(TickSystems::Post)));
}

fn settle(
    tables: Res<Tables>,
    seats: Query<(&Table, &Seats)>,
    mut books: Query<Books>,
    mut agenda: ResMut<Agenda>,
    (mut fills, mut postings): (ResMut<Fills>, ResMut<Postings>),
) {
    postings.0.clear();
    // What a venue elsewhere did since the last tick, the rug of this one does not find undone.
    book(&tables, &mut fills, &mut books, &mut agenda, &mut postings);
    seats.iter().for_each(|(&Table(table), seats)| {
        let game = tables.game(table);
        let market = Market { quote: game.quote(), path: &game.path, rules: &tables.setup().rules };
        if agenda.0.len() <= table.at() {
            agenda.0.resize_with(table.at() + 1, VecDeque::new);
        }
        let due = &mut agenda.0[table.at()];
        match market.quote.phase {
            Phase::Cooldown => {}
            Phase::Presale => {
                due.clear();
                let fresh = tables.setup().fresh_cash(game.index);
                for bot in seats.iter() {
                    if let Ok(mut books) = books.get_mut(bot) {
                        books.account().open_game(fresh);
                    }
                }
            }
            Phase::Active => {
                while let Some(&(end, bot)) = due.front()
                    && end <= market.quote.tick
                {
                    due.pop_front();
                    settle_bot(&mut books, bot, market, &mut postings);
                }
            }
            Phase::Rugged => {
                due.clear();
                seats.iter().for_each(|bot| settle_bot(&mut books, bot, market, &mut postings));
            }
        }
    });
}

fn settle_bot(books: &mut Query<Books>, bot: Entity, market: Market<'_>, postings: &mut Postings) {
    if let Ok(mut books) = books.get_mut(bot) {
        let who = *books.bot;
        let settled =
            books.account().settle(market, &mut |posting| postings.0.push((who, posting)));
        hold(settled, &books, market);
    }
}

fn post(
    tables: Res<Tables>,
    rejections: Res<Rejections>,
    mut books: Query<Books>,
    mut agenda: ResMut<Agenda>,
    (mut fills, mut corrections): (ResMut<Fills>, ResMut<Corrections>),
    mut postings: ResMut<Postings>,
) {
    for (bot, _, refused) in &rejections.0 {
        if let Ok(mut books) = books.get_mut(*bot) {
            books.tally.refuse(&refused.rejection);
        }
    }
    if fills.0.is_empty() && corrections.0.is_empty() {
        return;
    }
    for (bot, delta) in corrections.0.drain(..) {
        let Ok(mut books) = books.get_mut(bot) else { continue };
        let who = *books.bot;
        let game = tables.game(who.table);
        let market = Market { quote: game.quote(), path: &game.path, rules: &tables.setup().rules };
        let booked = books.account().correct(delta, market, &mut |posting| {
            postings.0.push((who, posting));
        });
        hold(booked, &books, market);
    }
    book(&tables, &mut fills, &mut books, &mut agenda, &mut postings);
}

/// Books what was filled.
fn book(
    tables: &Tables,
    fills: &mut Fills,
    books: &mut Query<Books>,
    agenda: &mut Agenda,
    postings: &mut Postings,
) {
    for Filled { bot, fill, exit, at } in fills.0.drain(..) {
        let Ok(mut books) = books.get_mut(bot) else { continue };
        let who = *books.bot;
        let game = tables.game(who.table);
        let now = game.quote();
        let quote = at.map_or(now, |(tick, price)| Quote { tick, price, ..now });
        let market = Market { quote, path: &game.path, rules: &tables.setup().rules };
        let booked = books.account().apply(fill, exit, market, &mut |posting| {
            postings.0.push((who, posting));
        });
        hold(booked, &books, market);
        if let Some(bet) = books.sidebet.open
            && matches!(fill, Fill::Placed { .. })
        {
            agenda.0[who.table.at()].push_back((bet.end, bot));
        }
    }
}

/// Holds the ledger law: a broken ledger stops the run, in release builds too, with the state that
/// broke it.
fn hold(booked: Result<(), LedgerError>, books: &BooksItem<'_, '_>, market: Market<'_>) {
    if let Err(error) = booked {
        panic!(
            "the ledger law is broken: {error}; {:?} at {:?}: {:?}, {:?}, {:?}, {:?}",
            books.bot, market.quote, books.wallet, books.position, books.sidebet, books.tally
        );
    }
}
