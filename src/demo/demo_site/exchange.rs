//! The exchange: who is there, what they own, what they order, and what goes wrong with it.

mod cheating;
mod hostile;
mod order_faults;
mod order_handler;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use rand_core::Rng;
use serde::Serialize;

use super::account::{AccountPosting, DemoAccount};
use super::command::{AccountOption, OrderFault, PageAction, SiteCommand};
use super::page_state::PageState;
use super::payload::{
    SOLANA, SidebetPayload, TradePayload, json, player_id, player_update, username_status,
};
use super::{Config, page};
use crate::demo::feed_server::script::{CueFrame, CueKind, ShowCue};
use crate::demo::feed_server::site::{Asked, ServedSite, SiteAction, SiteClient, SitePage};
use crate::model::account::{Market, OpenSidebet};
use crate::model::game::{self, Game};
use crate::model::ids::{BotId, GameId, GameIndex};
use crate::model::posting::{Posting, PostingKind};
use crate::model::quantity::Quantity;
use crate::model::rules::Rules;
use crate::model::sol::Sol;
use crate::model::streams::Streams;
use order_faults::OrderFaults;
use order_handler::Task;

/// The account of who gives no name.
const NOBODY: &str = "demo";

/// Everything that the site keeps.
pub(super) struct DemoExchange {
    rules: Rules,
    bankroll: Sol,
    game: Game,
    games: u64,
    players: BTreeMap<String, DemoAccount>,
    /// Who is connected, and as whom.
    clients: BTreeMap<SiteClient, Option<String>>,
    tasks: BTreeMap<u64, Task>,
    /// Counts tasks, trades and traces.
    number: u64,
    loads: u64,
    streams: Streams,
    faults: OrderFaults,
    page_state: PageState,
    /// What is open or switched on in every account.
    options: BTreeSet<AccountOption>,
}

impl DemoExchange {
    pub(super) fn new(config: Config) -> Self {
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let faults = OrderFaults::new(ms(*config.latency.start())..=ms(*config.latency.end()));
        let mut exchange = Self {
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
            faults,
            page_state: PageState::default(),
            options: BTreeSet::new(),
        };
        for order in config.orders {
            // Nobody is there to be told yet.
            exchange.obey(order);
        }
        exchange
    }

    fn number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Tells everybody who is logged in to an account what the server keeps of it.
    fn update(&mut self, name: &str) -> Vec<SiteAction> {
        if self.faults.meets(OrderFault::LoseUpdate) {
            return Vec::new();
        }
        let player = self.players.get(name).map(|player| (name, player));
        let frame = player_update(player, self.game.id, self.rules.sidebet_payout);
        self.tell(name, &frame)
    }

    fn update_all(&mut self) -> Vec<SiteAction> {
        let names: Vec<_> = self.players.keys().cloned().collect();
        names.iter().flat_map(|name| self.update(name)).collect()
    }

    fn tell(&self, name: &str, frame: &CueFrame) -> Vec<SiteAction> {
        let here = self.clients.iter().filter(|(_, known)| known.as_deref() == Some(name));
        here.map(|(&client, _)| SiteAction::TellOne(client, frame.clone())).collect()
    }

    /// Settles every account at the present tick.
    fn settle(&mut self) -> Vec<SiteAction> {
        let (quote, game) = (self.game.quote(), self.game.id);
        let mut actions = Vec::new();
        let names: Vec<_> = self.players.keys().cloned().collect();
        for name in names {
            let market = Market { quote, path: &self.game.path, rules: &self.rules };
            let Some(player) = self.players.get_mut(&name) else { continue };
            let bet = player.account.sidebet.open;
            let posted = player.settle(game, market);
            for posting in &self.paid(&name, &posted) {
                let number = self.number();
                actions.extend(match posting.kind {
                    PostingKind::Liquidation => {
                        let trade = TradePayload {
                            is_buy: false,
                            quantity: posting.quantity,
                            amount: posting.delta,
                            price: posting.price,
                            tick: posting.tick,
                            game,
                        };
                        vec![SiteAction::Tell(trade.told(&name, number))]
                    }
                    _ => bet.map_or_else(Vec::new, |bet| {
                        self.tell(&name, &self.result(&name, bet, posting).told(number))
                    }),
                });
            }
            if !posted.is_empty() {
                actions.extend(self.update(&name));
            }
        }
        actions
    }

    /// A sidebet that is over: one that was lost says when it began, one that was won when it ended
    /// and at which price (docs/spec/protocol.md#history).
    fn result<'a>(&self, name: &'a str, bet: OpenSidebet, posting: &Posting) -> Settled<'a> {
        let won = posting.kind == PostingKind::SidebetWon;
        Settled { name, id: player_id(name), bet, won, posting: *posting, game: self.game.id }
    }

    fn obey(&mut self, order: SiteCommand) -> Vec<SiteAction> {
        match order {
            SiteCommand::Latency(from, to) => self.faults.latency_ms = from..=to,
            SiteCommand::LateAck(ms) => self.faults.late_ack = Duration::from_millis(ms),
            SiteCommand::Next(fault, times) => self.faults.next(fault, times),
            SiteCommand::Cheat(fault, times) => self.faults.cheat(fault, times),
            SiteCommand::Drift(by) => {
                self.players.values_mut().for_each(|player| player.drift(by));
                return self.update_all();
            }
            SiteCommand::AccountOption(option, on) => {
                self.options.remove(&option);
                self.options.extend(on.then_some(option));
                let options = &self.options;
                self.players.values_mut().for_each(|player| player.options.clone_from(options));
                return self.update_all();
            }
            SiteCommand::Logout => return self.log_out(),
            SiteCommand::Login => self.faults.logged_out = false,
            SiteCommand::PageFault(switch, on) => self.page_state.switch(switch, on),
            SiteCommand::ControlFault(flaw, part, on) => self.page_state.mark(flaw, part, on),
            SiteCommand::Text(part, text) => self.page_state.write(part, text),
            SiteCommand::Do(action) => return vec![told("demo/do", &Doing::of(&action))],
        }
        vec![told("demo/page_state", &self.page_state)]
    }

    fn log_out(&mut self) -> Vec<SiteAction> {
        self.faults.logged_out = true;
        let mut actions = Vec::new();
        for client in self.clients.values_mut().filter_map(Option::take) {
            drop(client);
        }
        let status = username_status(None, self.number());
        let nobody = player_update(None, self.game.id, self.rules.sidebet_payout);
        for &client in self.clients.keys() {
            actions.push(SiteAction::TellOne(client, status.clone()));
            actions.push(SiteAction::TellOne(client, nobody.clone()));
        }
        actions
    }

    /// What the server keeps of an account, as JSON, with its lists of orders and postings or without:
    /// they grow.
    fn ledger(&self, name: &str, lists: bool) -> SitePage {
        let Some(player) = self.players.get(name) else {
            return SitePage::nothing("Nobody of that name was here.");
        };
        let quote = self.game.quote();
        let body = serde_json::to_string(&Ledger {
            account: name,
            cash: player.account.wallet.cash,
            quantity: player.account.position.quantity,
            sidebet: player.account.sidebet.open.map(|bet| bet.stake),
            game: self.game.id,
            tick: quote.tick,
            phase: quote.phase.to_string(),
            taken: self.faults.taken,
            arrived: lists.then_some(&self.faults.arrived),
            carried_out: self.faults.carried_out,
            refused: self.faults.refused,
            lost: self.faults.lost,
            loads: self.loads,
            postings: lists.then(|| player.postings()),
        });
        let kind = "application/json";
        SitePage { status: 200, kind, body: body.expect("plain data with text keys") }
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

impl ServedSite for DemoExchange {
    fn page(&mut self, asked: &Asked) -> SitePage {
        let parameters = asked.query.split('&').filter_map(|pair| pair.split_once('='));
        let name = parameters.into_iter().find(|(key, _)| *key == "account");
        let name = name.map_or(NOBODY, |(_, name)| name);
        if BotId::new(name).is_err() {
            let what = "An account is named with letters, digits, '-', '_' and '.'.";
            return SitePage { status: 400, ..SitePage::nothing(what) };
        }
        match asked.path.as_str() {
            "/" => {
                let suffix = self.suffix();
                page::page(name, &self.page_state, &suffix)
            }
            "/account" => self.ledger(name, true),
            "/counts" => self.ledger(name, false),
            "/worker.js" => page::worker(),
            _ => SitePage::nothing("There is /, /account and /counts here."),
        }
    }

    fn came(&mut self, client: SiteClient) -> Vec<SiteAction> {
        self.clients.insert(client, None);
        Vec::new()
    }

    fn left(&mut self, client: SiteClient) {
        self.clients.remove(&client);
    }

    fn happened(&mut self, cue: &ShowCue) -> Vec<SiteAction> {
        match cue.kind {
            CueKind::Genesis => {
                self.game.advance(game::Frame::Idle, false);
            }
            CueKind::Presale => {
                self.game.begin(GameIndex::after(self.games), cue.game);
                self.games += 1;
                self.players.values_mut().for_each(DemoAccount::open_game);
                self.game.advance(game::Frame::Presale, false);
            }
            CueKind::Activation | CueKind::Tick => {
                self.game.advance(game::Frame::Price(cue.price), false);
                return self.settle();
            }
            CueKind::Rug => {
                self.game.advance(game::Frame::Rug(cue.price), false);
                return self.settle();
            }
            CueKind::Countdown
            | CueKind::RugAgain
            | CueKind::Trade
            | CueKind::Chat
            | CueKind::Welcome => {}
        }
        Vec::new()
    }

    fn heard(&mut self, client: SiteClient, frame: &str) -> Vec<SiteAction> {
        self.hear(client, frame)
    }

    fn woken(&mut self, number: u64) -> Vec<SiteAction> {
        self.tasks.remove(&number).map_or_else(Vec::new, |task| self.perform(task))
    }

    fn ordered(&mut self, words: &str) -> Vec<SiteAction> {
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
    fn told(&self, number: u64) -> CueFrame {
        let Self { name, id, bet, won, posting, game } = self;
        let profit = posting.delta.minus(bet.stake).unwrap_or_default();
        let bet = SidebetPayload {
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
    fn of(action: &'a PageAction) -> Self {
        match action {
            PageAction::Alert(text) => Self { what: "alert", text, ms: 0 },
            PageAction::Hang(ms) => Self { what: "hang", text: "", ms: *ms },
            PageAction::Reload => Self { what: "reload", text: "", ms: 0 },
            PageAction::DropSocket => Self { what: "drop-socket", text: "", ms: 0 },
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
    #[serde(skip_serializing_if = "Option::is_none")]
    arrived: Option<&'a VecDeque<String>>,
    carried_out: u64,
    refused: u64,
    lost: u64,
    loads: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    postings: Option<&'a [AccountPosting]>,
}

/// Something for the page alone: no event of the real site.
fn told(event: &'static str, payload: &impl Serialize) -> SiteAction {
    SiteAction::Tell(CueFrame { event, trace: None, payload: json(payload) })
}
