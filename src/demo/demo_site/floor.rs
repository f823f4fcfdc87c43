//! The floor: who is there, what they own, what they order, and what goes wrong with it.

mod mishaps;
mod order_handler;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use rand_core::Rng;
use serde::Serialize;

use super::looks::Looks;
use super::order::{Deed, Mishap, Order};
use super::payload::{Bet, SOLANA, Trade, json, player_id, player_update, username_status};
use super::player::{Line, Player};
use super::{Config, page};
use crate::demo::feed_server::script::{Cue, Frame, Kind};
use crate::demo::feed_server::site::{Asked, Client, Page, Site, Wish};
use crate::model::account::{Market, OpenSidebet};
use crate::model::game::{self, Game};
use crate::model::ids::{BotId, GameId};
use crate::model::posting::{Posting, PostingKind};
use crate::model::rounding::Quantity;
use crate::model::rules::Rules;
use crate::model::sol::Sol;
use crate::model::streams::Streams;
use mishaps::Mishaps;
use order_handler::Task;

/// The account of who gives no name.
const NOBODY: &str = "demo";

/// Everything that the site keeps.
pub(super) struct Floor {
    rules: Rules,
    bankroll: Sol,
    game: Game,
    games: u64,
    players: BTreeMap<String, Player>,
    /// Who is connected, and as whom.
    clients: BTreeMap<Client, Option<String>>,
    tasks: BTreeMap<u64, Task>,
    /// Counts tasks, trades and traces.
    number: u64,
    loads: u64,
    streams: Streams,
    mishaps: Mishaps,
    looks: Looks,
}

impl Floor {
    pub(super) fn new(config: Config) -> Self {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let mishaps = Mishaps::new((ms(config.latency.0), ms(config.latency.1)));
        let mut floor = Self {
            rules: Rules::observed(),
            bankroll: config.bankroll,
            game: Game::none(),
            games: 0,
            players: BTreeMap::new(),
            clients: BTreeMap::new(),
            tasks: BTreeMap::new(),
            number: 0,
            loads: 0,
            streams: Streams::new(config.seed, BotId::new("demo-site").expect("a valid name")),
            mishaps,
            looks: Looks::default(),
        };
        for order in config.orders {
            // Nobody is there to be told yet.
            floor.obey(order);
        }
        floor
    }

    fn number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Tells everybody who is logged in to an account what the server keeps of it.
    fn update(&mut self, name: &str) -> Vec<Wish> {
        if self.mishaps.meets(Mishap::LoseUpdate) {
            return Vec::new();
        }
        let player = self.players.get(name).map(|player| (name, player));
        let frame = player_update(player, self.game.id, self.rules.sidebet_payout);
        self.tell(name, &frame)
    }

    fn tell(&self, name: &str, frame: &Frame) -> Vec<Wish> {
        let here = self.clients.iter().filter(|(_, known)| known.as_deref() == Some(name));
        here.map(|(&client, _)| Wish::TellOne(client, frame.clone())).collect()
    }

    /// Settles every account at the present tick.
    fn settle(&mut self) -> Vec<Wish> {
        let (quote, game) = (self.game.quote(), self.game.id);
        let mut wishes = Vec::new();
        let names: Vec<_> = self.players.keys().cloned().collect();
        for name in names {
            let market = Market { quote, path: &self.game.path, rules: &self.rules };
            let Some(player) = self.players.get_mut(&name) else { continue };
            let bet = player.sidebet.open;
            let posted = player.settle(game, market);
            for posting in &posted {
                let number = self.number();
                wishes.extend(match posting.kind {
                    PostingKind::Liquidation => {
                        let trade = Trade {
                            is_buy: false,
                            quantity: posting.quantity,
                            amount: posting.delta,
                            price: posting.price,
                            tick: posting.tick,
                            game,
                        };
                        vec![Wish::Tell(trade.told(&name, number))]
                    }
                    _ => bet.map_or_else(Vec::new, |bet| {
                        self.tell(&name, &self.result(&name, bet, posting).told(number))
                    }),
                });
            }
            if !posted.is_empty() {
                wishes.extend(self.update(&name));
            }
        }
        wishes
    }

    /// A sidebet that is over: one that was lost says when it began, one that was won when it ended
    /// and at which price (docs/spec/protocol.md#history).
    fn result<'a>(&self, name: &'a str, bet: OpenSidebet, posting: &Posting) -> Settled<'a> {
        let won = posting.kind == PostingKind::SidebetWon;
        Settled { name, id: player_id(name), bet, won, posting: *posting, game: self.game.id }
    }

    fn obey(&mut self, order: Order) -> Vec<Wish> {
        match order {
            Order::Latency(from, to) => self.mishaps.latency_ms = (from, to),
            Order::LateAck(ms) => self.mishaps.late_ack = Duration::from_millis(ms),
            Order::Next(mishap, times) => self.mishaps.next(mishap, times),
            Order::Drift(by) => {
                self.players.values_mut().for_each(|player| player.drift(by));
                let names: Vec<_> = self.players.keys().cloned().collect();
                return names.iter().flat_map(|name| self.update(name)).collect();
            }
            Order::Logout => return self.log_out(),
            Order::Login => self.mishaps.logged_out = false,
            Order::Switch(switch, on) => self.looks.switch(switch, on),
            Order::Flaw(flaw, part, on) => self.looks.mark(flaw, part, on),
            Order::Text(part, text) => self.looks.write(part, text),
            Order::Do(deed) => return vec![told("demo/do", &Doing::of(&deed))],
        }
        vec![told("demo/looks", &self.looks)]
    }

    fn log_out(&mut self) -> Vec<Wish> {
        self.mishaps.logged_out = true;
        let mut wishes = Vec::new();
        for client in self.clients.values_mut().filter_map(Option::take) {
            drop(client);
        }
        let status = username_status(None, self.number());
        let nobody = player_update(None, self.game.id, self.rules.sidebet_payout);
        for &client in self.clients.keys() {
            wishes.push(Wish::TellOne(client, status.clone()));
            wishes.push(Wish::TellOne(client, nobody.clone()));
        }
        wishes
    }

    /// What the server keeps of an account, as JSON.
    fn ledger(&self, name: &str) -> Page {
        let Some(player) = self.players.get(name) else {
            return Page::nothing("Nobody of that name was here.");
        };
        let quote = self.game.quote();
        let body = serde_json::to_string(&Ledger {
            account: name,
            cash: player.wallet.cash,
            quantity: player.position.quantity,
            sidebet: player.sidebet.open.map(|bet| bet.stake),
            game: self.game.id,
            tick: quote.tick,
            phase: quote.phase.to_string(),
            taken: self.mishaps.taken,
            arrived: &self.mishaps.arrived,
            carried_out: self.mishaps.carried_out,
            refused: self.mishaps.refused,
            lost: self.mishaps.lost,
            loads: self.loads,
            postings: player.postings(),
        });
        let kind = "application/json";
        Page { status: 200, kind, body: body.expect("plain data with text keys") }
    }

    /// A suffix for the class names of the next load.
    fn suffix(&mut self) -> String {
        self.loads += 1;
        let mut drawn = self.streams.named("classes", self.loads);
        let letters = (0..5).map(|_| {
            let sign = drawn.next_u32() % 36;
            char::from_digit(sign, 36).unwrap_or('z')
        });
        letters.collect()
    }
}

impl Site for Floor {
    fn page(&mut self, asked: &Asked) -> Page {
        let parameters = asked.query.split('&').filter_map(|pair| pair.split_once('='));
        let name = parameters.into_iter().find(|(key, _)| *key == "account");
        let name = name.map_or(NOBODY, |(_, name)| name);
        if BotId::new(name).is_err() {
            let what = "An account is named with letters, digits, '-', '_' and '.'.";
            return Page { status: 400, ..Page::nothing(what) };
        }
        match asked.path.as_str() {
            "/" => {
                let suffix = self.suffix();
                page::page(name, &self.looks, &suffix)
            }
            "/account" => self.ledger(name),
            _ => Page::nothing("There is / and /account here."),
        }
    }

    fn came(&mut self, client: Client) -> Vec<Wish> {
        self.clients.insert(client, None);
        Vec::new()
    }

    fn left(&mut self, client: Client) {
        self.clients.remove(&client);
    }

    fn happened(&mut self, cue: &Cue) -> Vec<Wish> {
        match cue.kind {
            Kind::Genesis => {
                self.game.advance(game::Frame::Idle, false);
            }
            Kind::Presale => {
                self.game.begin(self.games, cue.game);
                self.games += 1;
                self.players.values_mut().for_each(Player::open_game);
                self.game.advance(game::Frame::Presale, false);
            }
            Kind::Activation | Kind::Tick => {
                self.game.advance(game::Frame::Price(cue.price), false);
                return self.settle();
            }
            Kind::Rug => {
                self.game.advance(game::Frame::Rug(cue.price), false);
                return self.settle();
            }
            Kind::Countdown | Kind::RugAgain | Kind::Trade | Kind::Chat | Kind::Welcome => {}
        }
        Vec::new()
    }

    fn heard(&mut self, client: Client, frame: &str) -> Vec<Wish> {
        self.hear(client, frame)
    }

    fn woken(&mut self, number: u64) -> Vec<Wish> {
        self.tasks.remove(&number).map_or_else(Vec::new, |task| self.perform(task))
    }

    fn ordered(&mut self, words: &str) -> Vec<Wish> {
        // Who gives orders has read them: what is none here has been complained about there.
        words.parse().map_or_else(|_| Vec::new(), |order| self.obey(order))
    }
}

/// A sidebet that is over.
struct Settled<'a> {
    name: &'a str,
    id: String,
    bet: OpenSidebet,
    won: bool,
    posting: Posting,
    game: GameId,
}

impl Settled<'_> {
    fn told(&self, number: u64) -> Frame {
        let Self { name, id, bet, won, posting, game } = self;
        let profit = posting.delta.minus(bet.stake).unwrap_or_default();
        let bet = Bet {
            player_id: id,
            game_id: *game,
            username: name,
            level: 1,
            price: won.then(|| posting.price.into()),
            bet_amount: bet.stake.into(),
            payout: Some(posting.delta.into()),
            profit: Some(profit.into()),
            x_payout: 5,
            coin_address: SOLANA,
            start_tick: bet.start,
            end_tick: bet.end,
            tick_index: if *won { posting.tick } else { bet.start },
            timestamp: 0,
            kind: "payout",
        };
        bet.told(number)
    }
}

/// What the page is to do at once.
#[derive(Serialize)]
struct Doing<'a> {
    what: &'static str,
    text: &'a str,
    ms: u64,
}

impl<'a> Doing<'a> {
    fn of(deed: &'a Deed) -> Self {
        match deed {
            Deed::Alert(text) => Self { what: "alert", text, ms: 0 },
            Deed::Hang(ms) => Self { what: "hang", text: "", ms: *ms },
            Deed::Reload => Self { what: "reload", text: "", ms: 0 },
            Deed::DropSocket => Self { what: "drop-socket", text: "", ms: 0 },
        }
    }
}

/// An account as JSON; amounts are texts, to the lamport.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ledger<'a> {
    account: &'a str,
    cash: Sol,
    quantity: Quantity,
    sidebet: Option<Sol>,
    game: GameId,
    tick: u32,
    phase: String,
    taken: u64,
    arrived: &'a VecDeque<String>,
    carried_out: u64,
    refused: u64,
    lost: u64,
    loads: u64,
    postings: &'a [Line],
}

/// Something for the page alone: no event of the real site.
fn told(event: &'static str, payload: &impl Serialize) -> Wish {
    Wish::Tell(Frame { event, trace: None, payload: json(payload) })
}
