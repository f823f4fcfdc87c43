//! What clients say, and the orders among it: taken, carried out after a while, acknowledged last.

use std::collections::BTreeMap;
use std::time::Duration;

use rand_core::Rng;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Floor;
use crate::demo::demo_site::order::Mishap;
use crate::demo::demo_site::payload::{
    Bet, Exact, SOLANA, Trade, json, player_id, player_update, username_status,
};
use crate::demo::demo_site::player::{Failure, Player};
use crate::demo::feed_server::site::{Client, Wish};
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
    Acknowledge(Client, u64, Box<RawValue>),
}

/// An order of a player.
pub(super) struct Request {
    client: Client,
    name: String,
    action: Action,
    /// The number that its acknowledgement is to carry.
    id: Option<u64>,
}

/// The answer to an order. The real site's refusals were never seen (docs/spec/protocol.md#orders).
#[derive(Serialize)]
struct Answer<'a> {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sidebet: Option<Box<RawValue>>,
}

impl Answer<'_> {
    const DONE: Self = Self { success: true, error: None, message: None, sidebet: None };
}

/// The fields of what a client says.
type Said<'a> = BTreeMap<String, &'a RawValue>;

impl Floor {
    pub(super) fn hear(&mut self, client: Client, frame: &str) -> Vec<Wish> {
        let Ok(Packet::Event(event)) = Packet::parse(frame) else { return Vec::new() };
        let said = event.payload().and_then(|payload| serde_json::from_str(payload.get()).ok());
        let said: Said<'_> = said.unwrap_or_default();
        match &*event.name {
            "authenticate" => self.authenticate(client, &said, event.id),
            "ping" => answer(client, event.id, json(&serde_json::Map::new())),
            "buyOrder" | "sellOrder" | "requestSidebet" | "shortOrder" => {
                self.take(client, &event, &said)
            }
            // Queries for what this site does not have.
            _ => Vec::new(),
        }
    }

    fn authenticate(&mut self, client: Client, said: &Said<'_>, id: Option<u64>) -> Vec<Wish> {
        let name =
            said.get("account").and_then(|name| serde_json::from_str::<String>(name.get()).ok());
        let name = name.filter(|name| BotId::new(name).is_ok());
        let Some(name) = name.filter(|_| !self.mishaps.logged_out) else {
            let mut wishes = vec![Wish::TellOne(client, username_status(None, self.number()))];
            wishes.push(Wish::TellOne(client, player_update(None, self.game.id, 0)));
            wishes.extend(rejection(client, id, "not authenticated"));
            return wishes;
        };
        let bankroll = self.bankroll;
        self.players.entry(name.clone()).or_insert_with(|| Player::new(bankroll));
        let status = username_status(Some(&name), self.number());
        let player = self.players.get(&name).map(|player| (name.as_str(), player));
        let update = player_update(player, self.game.id, self.rules.sidebet_payout);
        self.clients.insert(client, Some(name));
        let mut wishes = vec![Wish::TellOne(client, status), Wish::TellOne(client, update)];
        wishes.extend(answer(client, id, json(&Answer::DONE)));
        wishes
    }

    /// Takes an order: it is carried out after a while, at the price of then.
    fn take(&mut self, client: Client, event: &Event<'_>, said: &Said<'_>) -> Vec<Wish> {
        let much = said.get("amount").or(said.get("percentage"));
        self.mishaps.arrive(format!("{} {}", event.name, much.map_or("", |much| much.get())));
        let name = self.clients.get(&client).cloned().flatten();
        let (Some(name), id) = (name, event.id) else {
            self.mishaps.refused += 1;
            return rejection(client, event.id, "not authenticated");
        };
        let Some(action) = action(&event.name, said) else {
            self.mishaps.refused += 1;
            return rejection(client, id, "the order cannot be understood");
        };
        if self.mishaps.meets(Mishap::LoseOrder) {
            self.mishaps.lost += 1;
            return Vec::new();
        }
        let number = self.number();
        let (least, most) = self.mishaps.latency_ms;
        let drawn = self.streams.named("latency", number).next_u64();
        let ms = least + drawn % (most.saturating_sub(least) + 1);
        self.tasks.insert(number, Task::CarryOut(Request { client, name, action, id }));
        vec![Wish::Wake(Duration::from_millis(ms), number)]
    }

    pub(super) fn perform(&mut self, task: Task) -> Vec<Wish> {
        match task {
            Task::CarryOut(request) => self.carry_out(&request),
            Task::Acknowledge(client, id, payload) => answer(client, Some(id), payload),
        }
    }

    fn carry_out(&mut self, request: &Request) -> Vec<Wish> {
        let Request { client, name, action, id } = request;
        if self.mishaps.meets(Mishap::Refuse) {
            self.mishaps.refused += 1;
            return self.acknowledge(*client, *id, &failed("refused on command"));
        }
        let (quote, game) = (self.game.quote(), self.game.id);
        let market = Market { quote, path: &self.game.path, rules: &self.rules };
        let Some(player) = self.players.get_mut(name) else { return Vec::new() };
        let fill = match player.carry_out(*action, game, market) {
            Ok(fill) => fill,
            Err(failure) => {
                self.mishaps.refused += 1;
                let why = match failure {
                    // A sale that comes too late is the rug's.
                    Failure::Refused(Rejection::Phase(Phase::Rugged)) => "rugged".to_owned(),
                    Failure::Refused(rejection) => rejection.to_string(),
                    Failure::Amount(error) => error.to_string(),
                };
                return self.acknowledge(*client, *id, &failed(&why));
            }
        };
        self.mishaps.carried_out += 1;
        let is_told = !self.mishaps.meets(Mishap::LoseTrade);
        let number = self.number();
        let trade = |is_buy, quantity, amount| {
            let (price, tick) = (quote.price, quote.tick);
            Trade { is_buy, quantity, amount, price, tick, game }.told(name, number)
        };
        let (mut wishes, done) = match fill {
            Fill::Bought { stake, quantity } => {
                (vec![Wish::Tell(trade(true, quantity, stake))], json(&Answer::DONE))
            }
            Fill::Sold { quantity, proceeds } => {
                (vec![Wish::Tell(trade(false, quantity, proceeds))], json(&Answer::DONE))
            }
            Fill::Placed { stake } => {
                let player = player_id(name);
                let bet = self.placed(&player, name, stake);
                let (told, message) = (bet.told(number), Some("Side bet placed"));
                let sidebet = Some(told.payload.clone());
                let done = Answer { message, sidebet, ..Answer::DONE };
                (self.tell(name, &told), json(&done))
            }
        };
        if !is_told {
            wishes.clear();
        }
        wishes.extend(self.update(name));
        wishes.extend(self.acknowledge(*client, *id, &done));
        wishes
    }

    fn placed<'a>(&self, id: &'a str, name: &'a str, stake: Sol) -> Bet<'a> {
        let quote = self.game.quote();
        Bet {
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
    fn acknowledge(&mut self, client: Client, id: Option<u64>, payload: &RawValue) -> Vec<Wish> {
        let Some(id) = id else { return Vec::new() };
        if self.mishaps.meets(Mishap::LoseAck) {
            return Vec::new();
        }
        let times = if self.mishaps.meets(Mishap::DoubleAck) { 2 } else { 1 };
        let late = self.mishaps.late_ack;
        let mut wishes = Vec::new();
        for _ in 0..times {
            if late.is_zero() {
                wishes.push(Wish::Answer(client, id, payload.to_owned()));
            } else {
                let number = self.number();
                self.tasks.insert(number, Task::Acknowledge(client, id, payload.to_owned()));
                wishes.push(Wish::Wake(late, number));
            }
        }
        wishes
    }
}

/// What a client wishes; `None` where that cannot be understood.
fn action(event: &str, said: &Said<'_>) -> Option<Action> {
    // From the text of the number: no float becomes money.
    let amount = || said.get("amount").and_then(|amount| amount.get().parse::<Sol>().ok());
    match event {
        "buyOrder" => amount().map(|stake| Action::Buy { stake }),
        "sellOrder" => {
            let percent = said.get("percentage")?.get().parse().ok()?;
            Portion::percent(percent).map(|portion| Action::Sell { portion })
        }
        "requestSidebet" => {
            let payout = said.get("xPayout").is_none_or(|payout| payout.get() == "5");
            amount().filter(|_| payout).map(|stake| Action::Sidebet { stake })
        }
        // Shorts are not played here.
        _ => None,
    }
}

fn failed(why: &str) -> Box<RawValue> {
    json(&Answer { success: false, error: Some(why), ..Answer::DONE })
}

fn rejection(client: Client, id: Option<u64>, why: &str) -> Vec<Wish> {
    answer(client, id, failed(why))
}

/// An acknowledgement, where one is wanted.
fn answer(client: Client, id: Option<u64>, payload: Box<RawValue>) -> Vec<Wish> {
    id.map(|id| Wish::Answer(client, id, payload)).into_iter().collect()
}
