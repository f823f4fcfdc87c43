//! The show: games in, timed frames out, in the boundary sequence of
//! docs/spec/protocol.md#phases-and-boundaries.
//!
//! Pure: the same repertoire and style make the same frames at the same times, no matter who
//! listens and how fast they are played. Time is that of the show, in milliseconds since its
//! beginning.

mod cue;

use std::collections::VecDeque;
use std::ops::Range;

use serde::Serialize;

use super::crowd::{Crowd, Draws, below};
use super::payload::past::{BEFORE, HISTORY_GAMES, Past};
use super::payload::people::{Entry, Trace};
use super::payload::{
    Activation, Coin, Countdown, Full, GAME_VERSION, PartialPrices, PayloadNumber, PayloadPrices,
    Pledge, RugRoyale, TickFrame, json,
};
use super::repertoire::{Repertoire, ShownGame};
use crate::feed::event;
use crate::model::quote::Tick;
pub use cue::{CueFrame, CueKind, ShowCue};

/// Milliseconds of the cooldown with the presale, and of the presale.
const COOLDOWN_MS: u32 = 15_000;
const PRESALE_MS: u32 = 10_000;
/// Milliseconds from one frame of the countdown to the next.
const COUNTDOWN_STEP_MS: u32 = 100;
/// Milliseconds from the rug to its second frame (5 games, protocol.md 2).
const RUG_AGAIN_MS: Range<u64> = 770..770 + 990;
/// Milliseconds from there to the next game.
const GENESIS_MS: Range<u64> = 236..236 + 291;
/// The beginning of every show, for timestamps: 2030-01-01.
const EPOCH_MS: u64 = 1_893_456_000_000;

/// How a show looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Pads leaderboard and history, so that frames have the sizes of captured ones: 4 kB, and
    /// more than 270 kB with the history.
    pub padded: bool,
    /// Tells trades and chat between the frames of the market.
    pub talkative: bool,
}

/// A show while it is told.
#[derive(Debug, Clone)]
pub struct ShowScript {
    repertoire: Repertoire,
    style: Style,
    draws: Draws,
    past: Past,
    place: u64,
    game: ShownGame,
    crowd: Crowd,
    /// The leaderboard of the last game, shown until the presale.
    board_before: Vec<Entry>,
    now_ms: u64,
    next: Step,
    moment: Moment,
    waiting: VecDeque<ShowCue>,
}

/// What is told next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Genesis,
    Countdown(u32),
    Presale,
    PresaleCountdown(u32),
    Activation,
    Tick(Tick),
    RugAgain,
    Nothing,
}

/// What was told last.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Before { left_ms: u32 },
    Active { tick: Tick },
    Rugged { tick_count: Tick },
}

impl ShowScript {
    /// A show before its first frame.
    #[must_use]
    pub fn new(repertoire: Repertoire, style: Style) -> Self {
        let mut past = Past::new();
        let before: Vec<_> = repertoire.before(HISTORY_GAMES as u64).collect();
        for game in before.iter().rev() {
            past.push(game, EPOCH_MS, style.padded);
        }
        let draws = Draws::new(repertoire.seed());
        let place = repertoire.first();
        let (game, crowd) = (repertoire.game(place), Crowd::of(&draws, place, shown(style)));
        Self {
            repertoire,
            style,
            draws,
            past,
            place,
            game,
            crowd,
            board_before: Vec::new(),
            now_ms: 0,
            next: Step::Genesis,
            moment: Moment::Before { left_ms: COOLDOWN_MS },
            waiting: VecDeque::new(),
        }
    }

    /// What a client hears first that connects now: the full frame with the whole path so far.
    #[must_use]
    pub fn welcome(&self) -> CueFrame {
        state(&self.full(CueKind::Welcome))
    }

    fn advance(&mut self) {
        match self.next {
            Step::Genesis => self.genesis(),
            Step::Countdown(left_ms) => {
                self.wait(u64::from(COUNTDOWN_STEP_MS));
                self.count_down(left_ms);
                let is_last = left_ms == PRESALE_MS + COUNTDOWN_STEP_MS;
                let next = Step::Countdown(left_ms - COUNTDOWN_STEP_MS);
                self.next = if is_last { Step::Presale } else { next };
            }
            Step::Presale => {
                self.wait(u64::from(COUNTDOWN_STEP_MS));
                self.moment = Moment::Before { left_ms: PRESALE_MS };
                self.board_before.clear();
                self.tell(CueKind::Presale, 0, state(&self.tick_frame(0)));
                self.next = Step::PresaleCountdown(PRESALE_MS);
            }
            Step::PresaleCountdown(left_ms) => {
                // The countdown says 10000 a second time, right after the presale opened.
                self.wait(if left_ms == PRESALE_MS { 0 } else { u64::from(COUNTDOWN_STEP_MS) });
                self.count_down(left_ms);
                let next = Step::PresaleCountdown(left_ms.saturating_sub(COUNTDOWN_STEP_MS));
                self.next = if left_ms == COUNTDOWN_STEP_MS { Step::Activation } else { next };
            }
            Step::Activation => {
                self.wait(u64::from(COUNTDOWN_STEP_MS));
                self.moment = Moment::Active { tick: 0 };
                self.tell(CueKind::Activation, 0, state(&self.activation()));
                self.next = Step::Tick(1);
            }
            Step::Tick(tick) => self.tick(tick),
            Step::RugAgain => {
                let drawn = self.crowd.draw();
                self.wait(one_of(RUG_AGAIN_MS, drawn));
                let rug_tick = self.game.rug_tick();
                let after = Tick::try_from(1 + (drawn >> 32) % 3).expect("at most 3");
                self.moment = Moment::Rugged { tick_count: rug_tick + after };
                self.tell(CueKind::RugAgain, rug_tick, state(&self.full(CueKind::RugAgain)));
                self.next = Step::Genesis;
            }
            Step::Nothing => {}
        }
    }

    fn genesis(&mut self) {
        if matches!(self.moment, Moment::Rugged { .. }) {
            let drawn = self.crowd.draw();
            self.wait(one_of(GENESIS_MS, drawn));
            self.past.push(&self.game, EPOCH_MS + self.now_ms, self.style.padded);
            self.board_before = self.crowd.leaderboard(&self.game, self.game.rug_tick());
            self.place += 1;
            self.game = self.repertoire.game(self.place);
            self.crowd = Crowd::of(&self.draws, self.place, shown(self.style));
        }
        self.moment = Moment::Before { left_ms: COOLDOWN_MS };
        self.tell(CueKind::Genesis, 0, state(&self.full(CueKind::Genesis)));
        let goes_on = self.place < self.repertoire.end();
        let countdown = Step::Countdown(COOLDOWN_MS - COUNTDOWN_STEP_MS);
        self.next = if goes_on { countdown } else { Step::Nothing };
    }

    fn count_down(&mut self, left_ms: u32) {
        self.moment = Moment::Before { left_ms };
        let frame = state(&Countdown {
            game_id: self.game.id.as_str(),
            cooldown_timer: left_ms,
            cooldown_paused: false,
            allow_pre_round_buys: left_ms <= PRESALE_MS,
            leaderboard: &self.board_before,
            connected_players: self.connected(),
            provably_fair: Pledge::of(&self.game),
        });
        self.tell(CueKind::Countdown, 0, frame);
    }

    fn tick(&mut self, tick: Tick) {
        // A step of a tape is a tick and the presale before it.
        let gap_ms = u64::from(self.game.tape.gap_ms(tick as usize + 1));
        self.wait(gap_ms);
        let rugged = tick == self.game.rug_tick();
        self.moment =
            if rugged { Moment::Rugged { tick_count: tick } } else { Moment::Active { tick } };
        let kind = if rugged { CueKind::Rug } else { CueKind::Tick };
        self.tell(kind, tick, state(&self.tick_frame(tick)));
        self.next = if rugged { Step::RugAgain } else { Step::Tick(tick + 1) };
        if self.style.talkative {
            self.talk(tick, gap_ms);
        }
    }

    /// Tells what is traded and said at a tick, all before the next one.
    fn talk(&mut self, tick: Tick, gap_ms: u64) {
        let (game, began_ms) = (self.game.id, self.now_ms);
        let next = self.game.rug_tick().min(tick + 1);
        let next_ms = u64::from(self.game.tape.gap_ms(next as usize + 1)).min(gap_ms);
        let mut payloads: Vec<_> = self
            .crowd
            .trades(&self.game, tick)
            .iter()
            .map(|trade| (CueKind::Trade, event::NEW_TRADE, json(&trade.in_game(game))))
            .collect();
        if let Some(chat) = self.crowd.chat(EPOCH_MS + began_ms) {
            payloads.push((CueKind::Chat, event::NEW_CHAT_MESSAGE, json(&chat)));
        }
        let mut stream = self.draws.of("traces", self.place ^ u64::from(tick) << 32);
        let mut moments: Vec<_> =
            payloads.iter().map(|_| below(&mut stream, next_ms.max(1))).collect();
        moments.sort_unstable();
        for ((kind, event, payload), moment_ms) in payloads.into_iter().zip(moments) {
            let trace = Trace::of(below(&mut stream, u64::MAX), below(&mut stream, u64::MAX));
            let frame = CueFrame { event, trace: Some(json(&trace)), payload };
            let at_ms = began_ms + moment_ms;
            let price = self.game.price(tick);
            self.waiting.push_back(ShowCue { at_ms, kind, game, tick, price, frame });
        }
    }

    fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    fn tell(&mut self, kind: CueKind, tick: Tick, frame: CueFrame) {
        let (at_ms, game, price) = (self.now_ms, self.game.id, self.game.price(tick));
        self.waiting.push_back(ShowCue { at_ms, kind, game, tick, price, frame });
    }

    /// A number of people that changes a little.
    fn connected(&self) -> u32 {
        let tick = match self.moment {
            Moment::Before { .. } => 0,
            Moment::Active { tick } | Moment::Rugged { tick_count: tick } => tick,
        };
        118 + tick / 16 % 9
    }

    fn tick_frame(&self, tick: Tick) -> TickFrame<'_> {
        let before = matches!(self.moment, Moment::Before { .. });
        let board = if before { Vec::new() } else { self.crowd.leaderboard(&self.game, tick) };
        TickFrame {
            active: !before,
            price: PayloadNumber(self.game.price(tick).get()),
            partial_prices: PartialPrices::of(self.game.path(tick), tick),
            trade_count: if before { 0 } else { self.crowd.trade_count(&self.game, tick) },
            rugged: matches!(self.moment, Moment::Rugged { .. }),
            tick_count: tick,
            cooldown_timer: if before { PRESALE_MS } else { 0 },
            cooldown_paused: false,
            pause_message: "",
            allow_pre_round_buys: before,
            averages: self.past.averages(),
            leaderboard: board,
            game_id: self.game.id.as_str(),
            connected_players: self.connected(),
            rugpool: self.past.rugpool(),
            rug_royale: RugRoyale::NONE,
            provably_fair: Pledge::of(&self.game),
        }
    }

    fn activation(&self) -> Activation<'_> {
        Activation {
            active: true,
            price: PayloadNumber(self.game.price(0).get()),
            rugged: false,
            tick_count: 0,
            cooldown_timer: 0,
            cooldown_paused: false,
            pause_message: "",
            allow_pre_round_buys: false,
            leaderboard: &[],
            game_id: self.game.id.as_str(),
            connected_players: self.connected(),
            game_version: GAME_VERSION,
            partial_prices: PartialPrices::of(self.game.path(0), 0),
            provably_fair: Pledge::of(&self.game),
        }
    }

    /// The full frame of the present moment, as it is told at the boundary or to a newcomer.
    fn full(&self, kind: CueKind) -> Full<'_> {
        let (left_ms, tick, tick_count) = match self.moment {
            Moment::Before { left_ms } => (left_ms, None, 0),
            Moment::Active { tick } => (0, Some(tick), tick),
            Moment::Rugged { tick_count } => (0, Some(self.game.rug_tick()), tick_count),
        };
        let path = tick.map_or(&BEFORE[..], |tick| self.game.path(tick));
        let last = path.len() - 1;
        let welcome = kind == CueKind::Welcome;
        Full {
            game_history: self.past.history(),
            averages: self.past.averages(),
            extremes: self.past.extremes(),
            available_shitcoins: [Coin::PRACTICE],
            active: tick.is_some(),
            price: PayloadNumber(path[last].get()),
            rugged: matches!(self.moment, Moment::Rugged { .. }),
            tick_count,
            cooldown_timer: left_ms,
            cooldown_paused: false,
            pause_message: "",
            allow_pre_round_buys: left_ms > 0 && left_ms <= PRESALE_MS,
            leaderboard: tick.map_or_else(
                || self.board_before.clone(),
                |tick| self.crowd.leaderboard(&self.game, tick),
            ),
            game_id: self.game.id.as_str(),
            connected_players: self.connected(),
            game_version: GAME_VERSION,
            rug_royale: welcome.then_some(RugRoyale::NONE),
            prices: welcome.then_some(PayloadPrices(path)),
            partial_prices: (!welcome).then(|| PartialPrices::of(path, tick.unwrap_or(0))),
            provably_fair: Pledge::of(&self.game),
        }
    }
}

impl Iterator for ShowScript {
    type Item = ShowCue;

    fn next(&mut self) -> Option<ShowCue> {
        if self.waiting.is_empty() {
            self.advance();
        }
        self.waiting.pop_front()
    }
}

/// A frame of the market.
fn state(payload: &impl Serialize) -> CueFrame {
    CueFrame { event: event::GAME_STATE, trace: None, payload: json(payload) }
}

/// Players on the leaderboard.
const fn shown(style: Style) -> usize {
    if style.padded { 10 } else { 2 }
}

/// The number of a range that a draw chooses.
const fn one_of(range: Range<u64>, drawn: u64) -> u64 {
    range.start + drawn % (range.end - range.start)
}
