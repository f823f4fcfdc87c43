//! Misbehaviour on command: what a client has to survive, drawn from the seed of the show.
//!
//! Pure: cues in, actions out. What is wrong with the games themselves is in [`Spoils`].
//!
//! [`Spoils`]: super::repertoire::Spoils

use super::crowd::{Draws, happens};
use super::script::{CueKind, ShowCue};
use crate::model::streams::Stream;

/// What goes wrong on the way. Probabilities are per frame, from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// Frames that are lost.
    pub drop: f64,
    /// Frames that are told twice.
    pub duplicate: f64,
    /// Frames that change places with the one after.
    pub swap: f64,
    /// Frames before which nonsense is sent.
    pub garbage: f64,
    /// Kinds of frames that are never told.
    pub omit: Vec<CueKind>,
    /// The show stands still, again and again.
    pub stall: Option<Stall>,
    /// Frames from one closing of all connections to the next.
    pub disconnect_every: Option<u64>,
    /// Frames from one cut of all connections, in the middle of a frame, to the next.
    pub cut_every: Option<u64>,
}

/// A pause of the whole show that recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stall {
    /// Frames from one to the next.
    pub every: u64,
    /// Milliseconds that it lasts, at any speed.
    pub ms: u64,
}

/// What the server does next.
#[derive(Debug, Clone)]
pub enum ServerAction {
    /// Sends a frame to every client.
    Play(ShowCue),
    /// Sends a WebSocket text frame as it is.
    Garbage(&'static str),
    /// Stands still for milliseconds.
    Stall(u64),
    /// Closes all connections properly.
    Disconnect,
    /// Cuts all connections in the middle of the next frame.
    Cut,
}

/// Nonsense, from harmless to nearly right.
pub const GARBAGE: [&str; 12] = [
    "",
    "garbage",
    "9",
    "42",
    "42[",
    "42{\"event\":\"gameStateUpdate\"}",
    "42[7,8]",
    "42[\"gameStateUpdate\"]",
    "42[\"gameStateUpdate\",\"a text\"]",
    "42[\"gameStateUpdate\",{\"gameId\":7,\"tickCount\":\"x\",\"price\":-1,\"active\":true}]",
    "42[\"never/heard\",{\"__trace\":true},null,[]]",
    "43999[\"an answer to no question\"]",
];

/// Makes a show go wrong.
#[derive(Debug, Clone)]
pub struct Saboteur {
    faults: Faults,
    stream: Stream,
    held: Option<ShowCue>,
    frames: u64,
    garbage: usize,
    /// Frames that were lost or left out so far.
    pub withheld: u64,
}

impl Saboteur {
    /// A saboteur who draws from a seed.
    #[must_use]
    pub fn new(faults: Faults, seed: u64) -> Self {
        let stream = Draws::new(seed).of("faults", 0);
        Self { faults, stream, held: None, frames: 0, garbage: 0, withheld: 0 }
    }

    /// What becomes of a cue.
    pub fn meet(&mut self, cue: ShowCue) -> Vec<ServerAction> {
        let mut actions = Vec::new();
        self.frames += 1;
        let due = |every: Option<u64>| {
            every.is_some_and(|every| every > 0 && self.frames.is_multiple_of(every))
        };
        if let Some(stall) = self.faults.stall.filter(|stall| due(Some(stall.every))) {
            actions.push(ServerAction::Stall(stall.ms));
        }
        if due(self.faults.disconnect_every) {
            actions.push(ServerAction::Disconnect);
        }
        if due(self.faults.cut_every) {
            actions.push(ServerAction::Cut);
        }
        // All are drawn, whatever happens, so that no fault moves another.
        let Faults { garbage, drop, duplicate, swap, .. } = self.faults;
        let [garbage, drop, duplicate, swap] =
            [garbage, drop, duplicate, swap].map(|chance| happens(&mut self.stream, chance));
        if garbage {
            actions.push(ServerAction::Garbage(GARBAGE[self.garbage % GARBAGE.len()]));
            self.garbage += 1;
        }
        if drop || self.faults.omit.contains(&cue.kind) {
            self.withheld += 1;
        } else if swap && self.held.is_none() {
            self.held = Some(cue);
            return actions;
        } else if duplicate {
            actions.extend([ServerAction::Play(cue.clone()), ServerAction::Play(cue)]);
        } else {
            actions.push(ServerAction::Play(cue));
        }
        actions.extend(self.held.take().map(ServerAction::Play));
        actions
    }

    /// What is left when no cue follows.
    pub fn finish(&mut self) -> Option<ServerAction> {
        self.held.take().map(ServerAction::Play)
    }
}
