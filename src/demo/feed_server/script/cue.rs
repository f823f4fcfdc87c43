//! What a script is made of: frames, and when each is told.

use serde_json::value::RawValue;

use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CueKind {
    /// The next game is announced and the last one revealed: 36 keys.
    Genesis,
    /// The countdown: 7 keys.
    Countdown,
    /// The presale opens: 21 keys.
    Presale,
    /// Tick 0: 14 keys.
    Activation,
    /// A tick: 21 keys.
    Tick,
    /// The rug, for the first time: 21 keys.
    Rug,
    /// The rug once more, with the history before it: 36 keys.
    RugAgain,
    /// A trade of another player.
    Trade,
    /// A chat message of another player.
    Chat,
    /// What a client hears first: 37 keys.
    Welcome,
}

/// A Socket.IO event of the show.
#[derive(Debug, Clone)]
pub struct CueFrame {
    /// The name of the event, as the site spells it.
    pub event: &'static str,
    /// What stands before the payload in many events.
    pub trace: Option<Box<RawValue>>,
    /// Its payload as JSON.
    pub payload: Box<RawValue>,
}

/// A frame and when it is told.
#[derive(Debug, Clone)]
pub struct ShowCue {
    /// Milliseconds since the show began; never less than those of the cue before.
    pub at_ms: u64,
    /// The kind of the frame.
    pub kind: CueKind,
    /// The game that it belongs to.
    pub game: GameId,
    /// The tick of that game that it tells, 0 before the activation.
    pub tick: Tick,
    /// The price at that tick.
    pub price: Price,
    /// The event that is sent.
    pub frame: CueFrame,
}
