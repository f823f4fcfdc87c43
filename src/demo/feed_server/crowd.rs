//! Invented players: who is on the leaderboard, trades and talks, the same for the same seed.
//!
//! They are decoration around the prices. Their names are pseudonyms, their amounts are whole
//! lamports until they are printed, and nothing of them is ever booked.

use rand_core::Rng;

use super::payload::people::{Chat, Entry, SideBet, Trade, Traded};
use super::repertoire::ShownGame;
use crate::model::ids::BotId;
use crate::model::quote::Tick;
use crate::model::streams::{Stream, Streams};

/// Players who take a seat in a game.
const SEATS: u64 = 24;
/// Players to choose from.
const PLAYERS: u64 = 400;
/// Ticks that a sidebet covers (docs/spec/game.md#sidebets).
const SIDEBET_TICKS: Tick = 40;
/// Ticks from one chat message to the next, on average: eleven in 300 frames of a capture.
const TICKS_PER_CHAT: u64 = 30;

/// The random streams of a show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws(Streams);

impl Draws {
    pub(super) fn new(seed: u64) -> Self {
        Self(Streams::new(seed, BotId::new("feed-server").expect("a valid name")))
    }

    /// The stream of a name, for the game at a place.
    pub(super) fn of(&self, name: &str, place: u64) -> Stream {
        self.0.named(name, place)
    }
}

/// A number from 0 to below a bound.
pub(super) fn below(stream: &mut Stream, bound: u64) -> u64 {
    let drawn = (u128::from(stream.next_u64()) * u128::from(bound)) >> 64;
    u64::try_from(drawn).expect("below the bound")
}

/// True with a probability.
pub(super) fn happens(stream: &mut Stream, probability: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    let unit = (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    unit < probability
}

/// The players of one game.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    seats: Vec<Seat>,
    talk: Stream,
    place: u64,
    /// How many of them the leaderboard shows.
    shown: usize,
}

/// One player's part in a game: one buy, one sale.
#[derive(Debug, Clone, Copy)]
struct Seat {
    player: u64,
    enters: Tick,
    leaves: Tick,
    stake: f64,
    has_sidebet: bool,
}

impl Crowd {
    /// The players of the game at a place, of whom the leaderboard shows the first `shown`.
    pub(super) fn of(draws: &Draws, place: u64, shown: usize) -> Self {
        let mut stream = draws.of("crowd", place);
        let tick = |number| Tick::try_from(number).expect("drawn below a small bound");
        let seats = (0..SEATS).map(|seat| {
            let enters = 1 + tick(below(&mut stream, 1 + seat * 6));
            let player = 1 + below(&mut stream, PLAYERS);
            let leaves = enters + 1 + tick(below(&mut stream, 90));
            #[expect(clippy::cast_precision_loss, reason = "at most 200 milli-SOL")]
            let stake = (1 + below(&mut stream, 200)) as f64 / 1_000.0;
            Seat { player, enters, leaves, stake, has_sidebet: seat % 5 == 0 }
        });
        Self { seats: seats.collect(), talk: draws.of("talk", place), place, shown }
    }

    /// The leaderboard at a tick.
    pub(super) fn leaderboard(&self, game: &ShownGame, tick: Tick) -> Vec<Entry> {
        let mut entries: Vec<_> = self
            .seats
            .iter()
            .filter(|seat| seat.enters <= tick)
            .map(|seat| seat.entry(game, tick))
            .collect();
        entries.sort_by(|a, b| b.pnl.total_cmp(&a.pnl));
        entries.truncate(self.shown);
        (1..).zip(&mut entries).for_each(|(rank, entry)| entry.position = rank);
        entries
    }

    /// What is traded at a tick: entries, exits and, at the rug, the forced sales.
    pub(super) fn trades(&self, game: &ShownGame, tick: Tick) -> Vec<Trade> {
        let (price, rugged) = (game.price(tick).get(), tick == game.rug_tick());
        let numbered = (0_u64..).zip(&self.seats);
        numbered
            .filter_map(|(number, seat)| {
                let leaves = seat.leaves == tick || (rugged && seat.holds(tick));
                let sells = leaves && seat.enters < tick;
                let traded = if seat.enters == tick && !rugged {
                    Traded::Buy
                } else if sells {
                    Traded::Sell
                } else {
                    return None;
                };
                let qty = match traded {
                    Traded::Buy => lamports(seat.stake / price),
                    Traded::Sell => seat.qty(game),
                };
                let amount = if traded == Traded::Buy { seat.stake } else { lamports(qty * price) };
                let id = (self.place << 16) | (number << 1) | u64::from(sells);
                Some(Trade { traded, id, player: seat.player, price, tick, qty, amount })
            })
            .collect()
    }

    /// How many trades there were up to a tick.
    pub(super) fn trade_count(&self, game: &ShownGame, tick: Tick) -> usize {
        let (rug, tick) = (game.rug_tick(), tick.min(game.rug_tick()));
        let begun = self.seats.iter().filter(|seat| seat.enters <= tick && seat.enters < rug);
        begun.map(|seat| 1 + usize::from(!seat.holds(tick) || tick == rug)).sum()
    }

    /// What somebody says at a tick, now and then.
    pub(super) fn chat(&mut self, now_ms: u64) -> Option<Chat> {
        (below(&mut self.talk, TICKS_PER_CHAT) == 0).then(|| {
            let player = 1 + below(&mut self.talk, PLAYERS);
            Chat { player, now_ms }
        })
    }

    /// A number that the crowd draws: for traces and moments within a tick.
    pub(super) fn draw(&mut self) -> u64 {
        self.talk.next_u64()
    }
}

impl Seat {
    const fn holds(&self, tick: Tick) -> bool {
        self.enters <= tick && tick < self.leaves
    }

    /// What it bought; nothing in a game that ended before.
    fn qty(&self, game: &ShownGame) -> f64 {
        if self.enters < game.rug_tick() {
            lamports(self.stake / game.price(self.enters).get())
        } else {
            0.0
        }
    }

    fn entry(&self, game: &ShownGame, tick: Tick) -> Entry {
        let (qty, holds) = (self.qty(game), self.holds(tick) && tick < game.rug_tick());
        let sold = game.price(tick.min(self.leaves)).get();
        let pnl = if qty > 0.0 { lamports(qty * sold - self.stake) } else { 0.0 };
        let sidebet_open = self.has_sidebet && tick <= self.enters + SIDEBET_TICKS;
        Entry {
            player: self.player,
            pnl,
            pnl_percent: pnl / self.stake * 100.0,
            qty: if holds { qty } else { 0.0 },
            avg_cost: if holds { game.price(self.enters).get() } else { 0.0 },
            invested: self.stake,
            side_bet: sidebet_open.then(|| SideBet {
                started_at_tick: self.enters,
                game_id: game.id,
                end: self.enters + SIDEBET_TICKS,
            }),
            position: 0,
        }
    }
}

/// An amount with nine decimals, cut off.
fn lamports(amount: f64) -> f64 {
    (amount * 1e9).floor() / 1e9
}
