//! The state machine of the feed: messages in, facts out, in the order of the game.
//!
//! Its facts keep the order that [`Fact`] defines, whatever the input. A price that was not
//! received is never invented: everything after a missing one waits until a later frame knows it
//! (`partialPrices`, `prices`, `gameHistory`), and is then reported as late. Where no frame does,
//! the game is voided before the next one is reported. The next game is held back during its
//! cooldown, because the history that completes the previous one comes with its first full frame
//! (docs/spec/protocol.md#phases-and-boundaries).

mod game;
mod names;
mod path;

use serde_json::value::RawValue;

use super::anomaly::{Anomalies, Anomaly};
use super::event;
use super::fact::Fact;
use super::frame::history::{self, HistoryEntry};
use super::frame::{FeedFrame, prices::ObservedPrices};
use crate::model::ids::GameId;
use crate::model::quote::{Phase, Tick};
use crate::model::time::Moment;
use game::FollowedGame;
use names::Names;

/// The other known events (docs/spec/protocol.md#other-events), sorted. They add no price that a
/// frame does not have.
const PASSED_OVER: &[&str] = &[
    "battleEventUpdate",
    "chatHistory",
    "crateInfo",
    event::CURRENT_SIDEBET,
    event::CURRENT_SIDEBET_RESULT,
    "gameStatePlayerUpdate",
    "godCandle50xUpdate",
    "goldenHourDrawing",
    "goldenHourUpdate",
    "inboxMessages",
    "leaderboardData",
    "maintenanceUpdate",
    "mutedPlayers",
    event::NEW_CHAT_MESSAGE,
    "newSideBet",
    "playerCosmetics",
    "playerLeaderboardPosition",
    event::PLAYER_UPDATE,
    "rugPassQuestCompleted",
    "rugRoyaleUpdate",
    "rugpassStatus",
    "rugpoolDrawing",
    "rugpoolStatus",
    "sidebetEventUpdate",
    event::NEW_TRADE,
    event::USERNAME_STATUS,
];

/// Follows the games of a feed.
#[derive(Debug, Default)]
pub struct Machine {
    /// The game that is being reported.
    current: Option<FollowedGame>,
    /// The game after it, while the end of the current one may still become known.
    next: Option<FollowedGame>,
    /// Every game that was received.
    heard: Names,
    /// Every game whose seed was reported.
    revealed: Names,
    anomalies: Anomalies,
    /// The prices of the current frame.
    observed: ObservedPrices,
}

impl Machine {
    /// A machine that has received nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message and appends the new facts; true when it was a frame of a game.
    ///
    /// The payload is the event's argument other than the trace (docs/spec/protocol.md#transport).
    pub fn take(&mut self, at: Moment, name: &str, payload: &str, facts: &mut Vec<Fact>) -> bool {
        self.anomalies.begin(at);
        if name != event::GAME_STATE {
            if PASSED_OVER.binary_search(&name).is_err() {
                self.anomalies.unknown_event(name);
            }
            return false;
        }
        let Some(frame) = FeedFrame::read(payload, &mut self.anomalies) else { return false };
        if let Some(history) = frame.history {
            self.harvest(history, facts);
        }
        let Some(id) = frame.game else {
            self.anomalies.note(Anomaly::Nameless);
            return false;
        };
        self.hear(id, &frame, facts);
        true
    }

    /// The phase of the last game; Cooldown before any.
    #[must_use]
    pub fn phase(&self) -> Phase {
        let last = self.next.as_ref().or(self.current.as_ref());
        last.map_or(Phase::Cooldown, FollowedGame::phase)
    }

    /// The name of the game that is being reported, or of the next one where that is already known.
    #[must_use]
    pub fn game(&self) -> Option<GameId> {
        self.next.as_ref().or(self.current.as_ref()).map(|game| game.id)
    }

    /// The highest tick received of the game that is being reported, including ticks held back.
    #[must_use]
    pub fn tick(&self) -> Option<Tick> {
        self.current.as_ref().and_then(FollowedGame::highest)
    }

    /// The anomalies so far.
    #[must_use]
    pub const fn anomalies(&self) -> &Anomalies {
        &self.anomalies
    }

    fn hear(&mut self, id: GameId, frame: &FeedFrame<'_>, facts: &mut Vec<Fact>) {
        let is = |game: &Option<FollowedGame>| game.as_ref().is_some_and(|game| game.id == id);
        if !is(&self.current) && !is(&self.next) {
            if !self.heard.insert(id) {
                self.anomalies.note(Anomaly::Older);
                return;
            }
            // A game that waited for its turn when yet another one came was never reported.
            self.next = Some(FollowedGame::new(id));
        }
        if let Some(next) = self.next.as_mut().filter(|next| next.id == id) {
            next.absorb(frame, &mut self.anomalies);
            if next.phase() != Phase::Cooldown {
                self.void(facts);
            }
            self.turn(facts);
        }
        if let Some(current) = self.current.as_mut().filter(|current| current.id == id) {
            current.hear(frame, &mut self.observed, facts, &mut self.anomalies);
        }
        self.turn(facts);
    }

    /// Voids the current game, unless it is over.
    fn void(&mut self, facts: &mut Vec<Fact>) {
        if let Some(game) = self.current.as_mut().filter(|game| !game.is_over()) {
            self.anomalies.note(Anomaly::Unfinished { game: game.id });
            game.void(facts);
        }
    }

    /// Begins the next game if there is one and the current one is over.
    fn turn(&mut self, facts: &mut Vec<Fact>) {
        if self.current.as_ref().is_none_or(FollowedGame::is_over)
            && let Some(mut next) = self.next.take()
        {
            next.begin(facts);
            self.current = Some(next);
        }
    }

    /// Reports new seeds, and completes the current game if it is among the finished ones.
    fn harvest(&mut self, history: &RawValue, facts: &mut Vec<Fact>) {
        for entry in history::entries(history, &mut self.anomalies) {
            if self.revealed.contains(entry.game) {
                continue;
            }
            self.complete(&entry, facts);
            if let Some(reveal) = entry.reveal(&mut self.anomalies) {
                self.revealed.insert(entry.game);
                self.heard.insert(entry.game);
                facts.push(Fact::Seed(Box::new(reveal)));
            }
        }
    }

    fn complete(&mut self, entry: &HistoryEntry<'_>, facts: &mut Vec<Fact>) {
        // The next game was played while the end of this one was awaited.
        if self.next.as_ref().is_some_and(|next| next.id == entry.game) {
            self.next = None;
        }
        let current = self.current.as_mut();
        let current = current.filter(|game| game.id == entry.game && !game.is_over());
        if let Some(game) = current.filter(|_| entry.is_rugged())
            && let Some(prices) = entry.prices(&mut self.anomalies)
        {
            game.complete(&prices, facts, &mut self.anomalies);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_events_are_in_order_and_a_new_one_is_counted_by_its_name() {
        assert!(PASSED_OVER.is_sorted());
        let (mut machine, mut facts) = (Machine::new(), Vec::new());
        assert!(!machine.take(Moment::default(), event::NEW_CHAT_MESSAGE, "{}", &mut facts));
        assert!(!machine.take(Moment::default(), "weather", "{}", &mut facts));
        let unknown: Vec<_> = machine.anomalies().unknown_events().named().collect();
        assert_eq!((unknown.as_slice(), facts.len()), ([("weather", 1)].as_slice(), 0));
    }
}
