//! What clients say, and the orders among it: taken, carried out after a while, acknowledged last.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_core::Rng;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{DemoExchange, cheating};
use crate::demo::demo_site::account::{DemoAccount, Failure};
use crate::demo::demo_site::command::{ExchangeFault, OrderFault};
use crate::demo::demo_site::payload::{
    Exact, SOLANA, SidebetPayload, TradePayload, json, player_id, player_update, username_status,
};
use crate::demo::feed_server::site::{SiteAction, SiteClient};
use crate::feed::event;
use crate::feed::socketio::{Event, Packet};
use crate::model::account::Market;
use crate::model::ids::BotId;
use crate::model::order::{Action, Fill, Portion, Rejection};
use crate::model::quote::Phase;
use crate::model::sol::Sol;

/// What is still to be done.
pub(super) enum Task {
    /// An order is to be carried out.
    CarryOut(Request),
    /// An acknowledgement is to be said.
    Acknowledge(SiteClient, u64, Box<RawValue>),
    /// A player's balance becomes less by itself, and the player is told.
    Debit(String, Sol),
}

/// An order of a player.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) client: SiteClient,
    pub(super) name: String,
    pub(super) action: Action,
    /// The number that its acknowledgement is to carry.
    pub(super) id: Option<u64>,
}

/// The answer to an order. The real site's refusals were never seen (docs/spec/protocol.md#orders).
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sidebet: Option<Box<RawValue>>,
}

impl Answer<'_> {
    pub(super) const DONE: Self = Self { success: true, error: None, message: None, sidebet: None };
}

/// The fields of what a client says.
type Said<'a> = BTreeMap<String, &'a RawValue>;

impl DemoExchange {
    pub(super) fn hear(&mut self, client: SiteClient, frame: &str) -> Vec<SiteAction> {
        let Ok(Packet::Event(event)) = Packet::parse(frame) else { return Vec::new() };
        let said = event.payload().and_then(|payload| serde_json::from_str(payload.get()).ok());
        let said: Said<'_> = said.unwrap_or_default();
        match &*event.name {
            "authenticate" => self.authenticate(client, &said, event.id),
            "ping" => answer(client, event.id, json(&serde_json::Map::new())),
            event::BUY_ORDER | event::SELL_ORDER | event::REQUEST_SIDEBET | event::SHORT_ORDER => {
                self.take(client, &event, &said)
            }
            // Queries for what this site does not have.
            _ => Vec::new(),
        }
    }

    fn authenticate(
        &mut self,
        client: SiteClient,
        said: &Said<'_>,
        id: Option<u64>,
    ) -> Vec<SiteAction> {
        let name =
            said.get("account").and_then(|name| serde_json::from_str::<String>(name.get()).ok());
        let name = name.filter(|name| BotId::new(name).is_ok());
        let Some(name) = name.filter(|_| !self.faults.logged_out) else {
            let mut actions =
                vec![SiteAction::TellOne(client, username_status(None, self.number()))];
            actions.push(SiteAction::TellOne(client, player_update(None, self.game.id, 0)));
            actions.extend(rejection(client, id, "not authenticated"));
            return actions;
        };
        let bankroll = self.bankroll;
        let opened = || DemoAccount::new(bankroll, &self.options);
        self.players.entry(name.clone()).or_insert_with(opened);
        let status = username_status(Some(&name), self.number());
        let player = self.players.get(&name).map(|player| (name.as_str(), player));
        let update = player_update(player, self.game.id, self.rules.sidebet_payout);
        self.clients.insert(client, Some(name));
        let mut actions =
            vec![SiteAction::TellOne(client, status), SiteAction::TellOne(client, update)];
        actions.extend(answer(client, id, json(&Answer::DONE)));
        actions
    }

    /// Takes an order: it is carried out after a while, at the price of then.
    fn take(&mut self, client: SiteClient, event: &Event<'_>, said: &Said<'_>) -> Vec<SiteAction> {
        let much = said.get("amount").or(said.get("percentage"));
        self.faults.arrive(format!("{} {}", event.name, much.map_or("", |much| much.get())));
        let name = self.clients.get(&client).cloned().flatten();
        let (Some(name), id) = (name, event.id) else {
            self.faults.refused += 1;
            return rejection(client, event.id, "not authenticated");
        };
        let Some(action) = action(&event.name, said) else {
            self.faults.refused += 1;
            return rejection(client, id, "the order cannot be understood");
        };
        if self.faults.meets(OrderFault::LoseOrder) {
            self.faults.lost += 1;
            return Vec::new();
        }
        let number = self.number();
        let (least, most) = (*self.faults.latency_ms.start(), *self.faults.latency_ms.end());
        let drawn = self.streams.named("latency", number).next_u64();
        let ms = least + drawn % (most.saturating_sub(least) + 1);
        self.tasks.insert(number, Task::CarryOut(Request { client, name, action, id }));
        vec![SiteAction::Wake(Duration::from_millis(ms), number)]
    }

    pub(super) fn perform(&mut self, task: Task) -> Vec<SiteAction> {
        match task {
            Task::CarryOut(request) => self.carry_out(&request),
            Task::Acknowledge(client, id, payload) => answer(client, Some(id), payload),
            Task::Debit(name, by) => {
                if let Some(player) = self.players.get_mut(&name) {
                    player.drift(by.negated());
                }
                self.update(&name)
            }
        }
    }

    fn carry_out(&mut self, request: &Request) -> Vec<SiteAction> {
        let Request { client, name, action, id } = request;
        if self.faults.meets(OrderFault::Refuse) {
            self.faults.refused += 1;
            return self.acknowledge(*client, *id, &failed("refused on command"));
        }
        let fault = self.faults.with(*action, self.game.quote());
        if let Some(answered) = fault.and_then(|fault| self.put_off(fault, request)) {
            return answered;
        }
        let (told, done) = match self.book(name, *action, fault) {
            Ok(booked) => booked,
            Err(why) => {
                self.faults.refused += 1;
                return self.acknowledge(*client, *id, &failed(&why));
            }
        };
        self.faults.carried_out += 1;
        let told = if self.faults.meets(OrderFault::LoseTrade) { Vec::new() } else { told };
        match fault {
            Some(fault) => self.answer_otherwise(fault, request, (told, done)),
            None => {
                let mut actions = told;
                actions.extend(self.update(name));
                actions.extend(self.acknowledge(*client, *id, &done));
                actions
            }
        }
    }

    /// Books an order, with a fault perhaps: what is told of it, and its acknowledgement.
    pub(super) fn book(
        &mut self,
        name: &str,
        action: Action,
        fault: Option<ExchangeFault>,
    ) -> Result<(Vec<SiteAction>, Box<RawValue>), String> {
        let (real, game) = (self.game.quote(), self.game.id);
        let action = fault.map_or(action, |fault| cheating::booked(fault, action));
        let quote = fault.map_or(real, |fault| cheating::quote(fault, action, &self.game));
        let market = Market { quote, path: &self.game.path, rules: &self.rules };
        let Some(player) = self.players.get_mut(name) else { return Err("nobody".to_owned()) };
        let fill = player.carry_out(action, game, market).map_err(|failure| match failure {
            // A sale that comes too late is the rug's.
            Failure::Refused(Rejection::Phase(Phase::Rugged)) => "rugged".to_owned(),
            Failure::Refused(rejection) => rejection.to_string(),
            Failure::Amount(error) => error.to_string(),
        })?;
        let number = self.number();
        let retold = |frame| match fault {
            Some(fault) => cheating::told(fault, frame, real.price),
            None => frame,
        };
        let trade = |is_buy, quantity, amount| {
            let (price, tick) = (quote.price, quote.tick);
            let trade = TradePayload { is_buy, quantity, amount, price, tick, game };
            (vec![SiteAction::Tell(retold(trade.told(name, number)))], json(&Answer::DONE))
        };
        Ok(match fill {
            Fill::Bought { stake, quantity } => trade(true, quantity, stake),
            Fill::Sold { quantity, proceeds } => trade(false, quantity, proceeds),
            Fill::Placed { stake } => {
                let player = player_id(name);
                let told = retold(self.placed(&player, name, stake).told(number));
                let (message, sidebet) = (Some("Side bet placed"), Some(told.payload.clone()));
                let done = Answer { message, sidebet, ..Answer::DONE };
                (self.tell(name, &told), json(&done))
            }
        })
    }

    fn placed<'a>(&self, id: &'a str, name: &'a str, stake: Sol) -> SidebetPayload<'a> {
        let quote = self.game.quote();
        SidebetPayload {
            player_id: id,
            game_id: self.game.id,
            username: name,
            level: 1,
            price: Some(Exact::from(quote.price)),
            bet_amount: stake.into(),
            payout: None,
            profit: None,
            x_payout: self.rules.sidebet_payout,
            coin_address: SOLANA,
            start_tick: quote.tick,
            end_tick: quote.tick + self.rules.sidebet_window,
            tick_index: quote.tick,
            timestamp: 0,
            kind: "placed",
        }
    }

    /// Acknowledges an order, as well as it is to go.
    pub(super) fn acknowledge(
        &mut self,
        client: SiteClient,
        id: Option<u64>,
        payload: &RawValue,
    ) -> Vec<SiteAction> {
        let Some(id) = id else { return Vec::new() };
        if self.faults.meets(OrderFault::LoseAck) {
            return Vec::new();
        }
        let times = if self.faults.meets(OrderFault::DoubleAck) { 2 } else { 1 };
        let late = self.faults.late_ack;
        let mut actions = Vec::new();
        for _ in 0..times {
            if late.is_zero() {
                actions.push(SiteAction::Answer(client, id, payload.to_owned()));
            } else {
                let number = self.number();
                self.tasks.insert(number, Task::Acknowledge(client, id, payload.to_owned()));
                actions.push(SiteAction::Wake(late, number));
            }
        }
        actions
    }
}

/// What a client orders; `None` where that cannot be understood.
fn action(name: &str, said: &Said<'_>) -> Option<Action> {
    // From the text of the number: no float becomes money.
    let amount = || said.get("amount").and_then(|amount| amount.get().parse::<Sol>().ok());
    match name {
        event::BUY_ORDER => amount().map(|stake| Action::Buy { stake }),
        event::SELL_ORDER => {
            let percent = said.get("percentage")?.get().parse().ok()?;
            Portion::percent(percent).map(Action::sell)
        }
        event::REQUEST_SIDEBET => {
            let payout = said.get("xPayout").is_none_or(|payout| payout.get() == "5");
            amount().filter(|_| payout).map(|stake| Action::Sidebet { stake })
        }
        // Shorts are not played here.
        _ => None,
    }
}

pub(super) fn failed(why: &str) -> Box<RawValue> {
    json(&Answer { success: false, error: Some(why), ..Answer::DONE })
}

fn rejection(client: SiteClient, id: Option<u64>, why: &str) -> Vec<SiteAction> {
    answer(client, id, failed(why))
}

/// An acknowledgement, where one is wanted.
pub(super) fn answer(
    client: SiteClient,
    id: Option<u64>,
    payload: Box<RawValue>,
) -> Vec<SiteAction> {
    id.map(|id| SiteAction::Answer(client, id, payload)).into_iter().collect()
}
