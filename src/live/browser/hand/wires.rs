//! What a hand is connected with: errands and words of the page in, answers out.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::feed::capture::Direction;
use crate::live::browser::errand::{Answer, Errand};
use crate::live::browser::guard::Limits;
use crate::live::switch::Switch;
use crate::model::ids::GameId;
use crate::model::quote::Phase;

/// Orders that may wait for the hand: a bot has one on its way at a time.
const ERRANDS: usize = 16;
/// What the hand may still have to hear; one more disarms.
const WORDS: usize = 4_096;

/// What is done with a button.
#[derive(Debug, Clone, PartialEq)]
pub enum Touch {
    /// It is clicked, within these limits.
    Click(Limits),
    /// It is framed, and nothing is ever clicked; the first pictures of that go into a folder.
    Show(Option<PathBuf>),
}

/// How the hand works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Longest time to wait for the site to confirm a click: 3 s; an acknowledgement took 0.2 s
    /// (docs/spec/protocol.md#orders).
    pub patience: Duration,
    /// Oldest frame of the game on which something is clicked: 2 s
    /// (docs/spec/original.md#feed-quality).
    pub freshness: Duration,
    /// Silence of the game behind which a person must look: 10 s.
    pub silence: Duration,
    /// Shortest time between two clicks.
    pub spacing: Duration,
}

impl Default for Manner {
    fn default() -> Self {
        let [patience, freshness, silence] = [3, 2, 10].map(Duration::from_secs);
        Self { patience, freshness, silence, spacing: Duration::ZERO }
    }
}

/// What the hand is told of the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A text of the game's socket.
    Text {
        /// Whether the page received it or sent it.
        direction: Direction,
        /// The text.
        text: String,
        /// When it was heard.
        arrived: Instant,
    },
    /// Where the game is.
    Scene(Scene),
    /// The socket is gone.
    Lost,
}

/// Where the game is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// The game that is on.
    pub game: Option<GameId>,
    /// Its phase.
    pub phase: Phase,
    /// True while nothing may be decided.
    pub closed: bool,
    /// When that was heard.
    pub heard: Instant,
}

/// The hand's own ends.
#[derive(Debug)]
pub(super) struct Wires {
    pub(super) errands: mpsc::Receiver<Errand>,
    pub(super) said: mpsc::Receiver<Said>,
    pub(super) answers: Sender<Answer>,
}

/// What the world holds the hand by.
#[derive(Debug)]
pub struct Reins {
    errands: mpsc::Sender<Errand>,
    answers: Receiver<Answer>,
}

impl Reins {
    /// Gives the hand something to do; false when it does not take it.
    #[must_use]
    pub fn send(&self, errand: Errand) -> bool {
        self.errands.try_send(errand).is_ok()
    }

    /// What came of it, oldest first; does not wait.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        self.answers.try_recv().ok()
    }

    /// What comes of it next, if it comes so soon.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Option<Answer> {
        self.answers.recv_timeout(limit).ok()
    }
}

/// What tells the hand of the page.
#[derive(Debug)]
pub struct Whisper {
    said: mpsc::Sender<Said>,
    switch: Switch,
}

impl Whisper {
    /// Tells it. What is not taken any more disarms: the hand would click without knowing. A hand that
    /// is gone clicks nothing.
    pub fn tell(&self, said: Said) {
        if let Err(TrySendError::Full(_)) = self.said.try_send(said) {
            self.switch.disarm("what is heard of the page is not taken any more");
        }
    }
}

/// Connects a hand.
pub(super) fn connect(switch: Switch) -> (Wires, Reins, Whisper) {
    let (errands, to_do) = mpsc::channel(ERRANDS);
    let (whispers, said) = mpsc::channel(WORDS);
    // Never more than there were errands and statements, and the world takes them every tick.
    let (answers, answered) = unbounded();
    let wires = Wires { errands: to_do, said, answers };
    (wires, Reins { errands, answers: answered }, Whisper { said: whispers, switch })
}
