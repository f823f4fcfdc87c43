//! Stage *Ingest* of a live table: what was heard of the feed becomes frames, one a tick.
//!
//! Fed by a bounded channel whose other end belongs to the edge (docs/memory.md); takes the place
//! of the playlist ([`crate::engine::source`]) in worlds that play a feed. Time comes from outside:
//! a tick runs when something was heard, and nothing else happens meanwhile.

use std::collections::VecDeque;
use std::time::Duration;

use bevy_app::App;
use bevy_ecs::prelude::*;
use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};

use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::{Arrival, Arrivals};
use crate::feed::{Fact, Heard};
use crate::model::game::{Frame, Step};
use crate::model::ids::{GameId, GameIndex};
use crate::model::tape::Tape;
use crate::model::time::{Moment, Stamp};

/// What was heard, and when.
pub type Message = (Heard, Stamp);

/// What a live table is still to be told.
#[derive(Resource, Debug)]
pub struct Inbox {
    messages: Receiver<Message>,
    /// Frames that are not told yet, oldest first.
    waiting: VecDeque<Waiting>,
    /// The game that begins with the next presale.
    next: Option<GameId>,
    /// Whether a game is being told.
    open: bool,
    /// Games that came to their rug: the place of the next one. A void game has none.
    finished: u64,
    /// Games after which nothing more is told.
    games_max: u64,
    /// When the last frame arrived.
    last: Option<Moment>,
    /// When the frame arrived that is told at this tick.
    arrived: Option<Stamp>,
    ended: bool,
}

/// A frame that is not told yet.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    arrival: Arrival,
    /// None of what was heard by an earlier session.
    arrived: Option<Stamp>,
}

impl Inbox {
    /// An inbox at the receiving end of a channel, for at most this many games.
    #[must_use]
    pub const fn new(messages: Receiver<Message>, games_max: u64) -> Self {
        Self {
            messages,
            waiting: VecDeque::new(),
            next: None,
            open: false,
            finished: 0,
            games_max,
            last: None,
            arrived: None,
            ended: games_max == 0,
        }
    }

    /// Waits up to `limit` until there is a frame to tell. True when there is one.
    pub fn wait(&mut self, limit: Duration) -> bool {
        let mut deadline = None;
        while self.waiting.is_empty() && !self.ended {
            let message = match self.messages.try_recv() {
                // Made only for who has to wait: it takes memory.
                Err(TryRecvError::Empty) => {
                    let deadline = deadline.get_or_insert_with(|| crossbeam_channel::after(limit));
                    crossbeam_channel::select_biased! {
                        recv(self.messages) -> message => message.map_err(|_| RecvTimeoutError::Disconnected),
                        recv(deadline) -> _ => Err(RecvTimeoutError::Timeout),
                    }
                }
                told => told.map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok((heard, arrived)) => self.take(&heard, arrived),
                Err(RecvTimeoutError::Timeout) => return false,
                // A closed channel is not an empty one.
                Err(RecvTimeoutError::Disconnected) => self.ended = true,
            }
        }
        !self.waiting.is_empty()
    }

    /// True when there is a frame to tell.
    #[must_use]
    pub fn has_frame(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// True when the next frame is the first one of a game.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.waiting.front().is_some_and(|waiting| waiting.arrival.begins.is_some())
    }

    /// True when the next frame says that the game is void.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.waiting.front().is_some_and(|waiting| waiting.arrival.step.frame == Frame::Idle)
    }

    /// True when nothing more will come: the edge let go of the channel, or the games are played.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ended && self.waiting.is_empty()
    }

    /// Messages and frames that wait to be told.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.messages.len() + self.waiting.len()
    }

    /// When the frame of this tick arrived.
    #[must_use]
    pub const fn arrived(&self) -> Option<Stamp> {
        self.arrived
    }

    /// Queues a game again; see [`retell`].
    fn retell(&mut self, game: &Tape) {
        for step in (0..game.steps()).take_while(|_| !self.ended) {
            let begins = (step == 0).then_some((GameIndex::after(self.finished), game.id));
            let arrival = Arrival { step: game.step(step), begins };
            self.waiting.push_back(Waiting { arrival, arrived: None });
        }
        if !self.ended {
            self.finished += 1;
            self.ended = self.finished >= self.games_max;
        }
    }

    /// Takes a message apart.
    fn take(&mut self, heard: &Heard, arrived: Stamp) {
        for fact in &heard.facts {
            if self.ended {
                return;
            }
            let (frame, late) = match *fact {
                Fact::Game { id, .. } => {
                    self.next = Some(id);
                    continue;
                }
                Fact::Presale { late } => (Frame::Presale, late),
                Fact::Tick { price, late, .. } => (Frame::Price(price), late),
                Fact::Rug { price, late, .. } => (Frame::Rug(price), late),
                // A bot that waits for an order in a void game is told that the game is over.
                Fact::Void if self.open => (Frame::Idle, true),
                Fact::Void | Fact::Countdown { .. } | Fact::Seed(_) => continue,
            };
            let begins = (frame == Frame::Presale).then(|| {
                let id = self.next.take().expect("a presale follows its game (Fact)");
                (GameIndex::after(self.finished), id)
            });
            let gap = self.last.replace(heard.at).map_or(0, |last| heard.at.ms_since(last));
            let gap_ms = u32::try_from(gap).unwrap_or(u32::MAX);
            let step = Step { frame, gap_ms, closed: heard.closed || late };
            let arrival = Arrival { step, begins };
            self.waiting.push_back(Waiting { arrival, arrived: Some(arrived) });
            self.open = !matches!(frame, Frame::Idle | Frame::Rug(_));
            if matches!(frame, Frame::Rug(_)) {
                self.finished += 1;
                self.ended = self.finished >= self.games_max;
            }
        }
    }
}

/// Tells a world a whole game that an earlier session heard.
pub fn retell(world: &mut World, game: &Tape) {
    world.resource_mut::<Inbox>().retell(game);
}

/// Adds the stage; needs an [`Inbox`] and one table.
pub fn plugin(app: &mut App) {
    app.add_systems(Tick, ingest.in_set(TickSystems::Ingest));
}

fn ingest(mut inbox: ResMut<Inbox>, mut arrivals: ResMut<Arrivals>) {
    let told = inbox.waiting.pop_front();
    inbox.arrived = told.and_then(|told| told.arrived);
    // The driver runs a tick when there is a frame; without one nothing is on at the table.
    arrivals.0[0] = told.map_or(Arrival::IDLE, |told| told.arrival);
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::{Sender, unbounded};

    use super::*;
    use crate::model::price::Price;

    fn inbox(games_max: u64) -> (Sender<Message>, Inbox) {
        let (sender, receiver) = unbounded();
        (sender, Inbox::new(receiver, games_max))
    }

    fn send(sender: &Sender<Message>, at_ms: u64, closed: bool, facts: Vec<Fact>) {
        let heard = Heard { at: Moment::from_ms(at_ms), closed, facts };
        sender.send((heard, Stamp::default())).unwrap();
    }

    fn game(id: &str) -> Fact {
        Fact::Game { id: GameId::new(id).unwrap(), seed_hash: None }
    }

    fn tick(tick: u32, late: bool) -> Fact {
        Fact::Tick { tick, price: Price::ONE, late }
    }

    fn rug(tick: u32) -> Fact {
        Fact::Rug { tick, price: Price::new(0.02).unwrap(), late: false }
    }

    /// Everything that is told, in order.
    fn told(inbox: &mut Inbox) -> Vec<Arrival> {
        let mut told = Vec::new();
        while inbox.wait(Duration::ZERO) {
            told.extend(inbox.waiting.pop_front().map(|waiting| waiting.arrival));
        }
        told
    }

    #[test]
    fn a_message_of_many_ticks_is_told_one_frame_at_a_time_and_what_is_late_is_closed() {
        let (sender, mut inbox) = inbox(9);
        let presale = Fact::Presale { late: false };
        send(&sender, 1_000, false, vec![game("a"), Fact::Countdown { left_ms: 9_000 }, presale]);
        send(&sender, 1_600, false, vec![tick(0, true), tick(1, true), tick(2, false)]);
        send(&sender, 1_850, true, vec![tick(3, false)]);
        let told = told(&mut inbox);
        let closed: Vec<bool> = told.iter().map(|arrival| arrival.step.closed).collect();
        assert_eq!(closed, [false, true, true, false, true]);
        let gaps: Vec<u32> = told.iter().map(|arrival| arrival.step.gap_ms).collect();
        assert_eq!(gaps, [0, 600, 0, 0, 250]);
        assert_eq!(told[0].begins, Some((GameIndex::FIRST, GameId::new("a").unwrap())));
    }

    #[test]
    fn a_game_that_went_away_gives_its_place_to_the_next() {
        let (sender, mut inbox) = inbox(9);
        let presale = || Fact::Presale { late: false };
        send(&sender, 0, false, vec![game("a"), presale(), tick(0, false), rug(1)]);
        send(&sender, 1, false, vec![game("b"), presale(), tick(0, false), Fact::Void]);
        send(&sender, 2, false, vec![game("c"), Fact::Void, game("d"), presale()]);
        let begun: Vec<_> = told(&mut inbox).iter().filter_map(|it| it.begins).collect();
        let places: Vec<_> = begun.iter().map(|(place, id)| (place.get(), id.as_str())).collect();
        assert_eq!(places, [(0, "a"), (1, "b"), (1, "d")]);
    }

    #[test]
    fn it_is_over_with_the_last_game_wanted_or_when_the_edge_lets_go() {
        let (sender, mut one) = inbox(1);
        let presale = Fact::Presale { late: false };
        send(&sender, 0, false, vec![game("a"), presale, tick(0, false), rug(1), game("b")]);
        assert_eq!(told(&mut one).len(), 3);
        assert!(one.is_over());
        let (sender, mut more) = inbox(2);
        assert!(!more.wait(Duration::ZERO));
        assert!(!more.is_over());
        drop(sender);
        assert!(!more.wait(Duration::ZERO));
        assert!(more.is_over());
    }
}
