//! The items of the queue, and the lines written for them.

use std::io;

use crate::feed::Fact;
use crate::feed::capture::{self, Direction, RawEvent};
use crate::games::recording::Timestamp;
use crate::games::recording::format::{RecordLine, VERSION};
use crate::model::ids::GameId;
use crate::model::time::Moment;

/// The two kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKind {
    /// Facts of games, in `feed_*` files.
    Recording,
    /// Events as received, in `capture_*` files.
    Capture,
}

/// The content of a message of the queue.
#[derive(Debug)]
pub(super) enum Item {
    Facts {
        at: Moment,
        closed: bool,
        /// The game of the first facts.
        game: Option<GameId>,
        facts: Vec<Fact>,
    },
    Note {
        at: Moment,
        text: String,
    },
    Verdict {
        at: Moment,
        game: GameId,
        fair: bool,
        text: String,
    },
    Raw {
        at: Moment,
        direction: Direction,
        event: String,
        data: String,
    },
}

/// One message: an item, and the number of losses before it.
#[derive(Debug)]
pub(super) struct SpoolMessage {
    pub(super) item: Item,
    pub(super) lost_before: u64,
    pub(super) weight: usize,
}

impl ItemKind {
    /// The file name of a part, without the extension.
    pub(super) fn stem(self, started: Moment, part: u32) -> String {
        let prefix = match self {
            Self::Recording => "feed",
            Self::Capture => "capture",
        };
        let micros = i64::try_from(started.as_ms()).unwrap_or_default().saturating_mul(1_000);
        format!("{prefix}_{}_{part:03}", Timestamp::from_micros(micros).file_part())
    }

    /// The first line of a part.
    pub(super) fn head(self, (source, started): (&str, Moment), part: u32) -> io::Result<Vec<u8>> {
        let program = env!("CARGO_PKG_VERSION");
        let mut line = Vec::new();
        match self {
            Self::Recording => {
                RecordLine::Head { recording: VERSION, program, source, started, part }
                    .write(&mut line)?;
            }
            Self::Capture => {
                capture::write_head(&mut line, (source, started), part)?;
            }
        }
        Ok(line)
    }
}

impl Item {
    /// Number of losses if it is dropped: its facts, or one.
    pub(super) const fn count(&self) -> u64 {
        match self {
            Self::Facts { facts, .. } => facts.len() as u64,
            _ => 1,
        }
    }

    /// The game that it is of: of facts of two games, the one that begins.
    pub(super) fn game(&self) -> Option<GameId> {
        match self {
            Self::Facts { game, facts, .. } => {
                let begun = facts.iter().rev().find_map(|fact| match fact {
                    Fact::Game { id, .. } => Some(*id),
                    Fact::Seed(reveal) => game.is_none().then_some(reveal.game_id),
                    _ => None,
                });
                begun.or(*game)
            }
            Self::Verdict { game, .. } => Some(*game),
            Self::Note { .. } | Self::Raw { .. } => None,
        }
    }

    /// Approximate bytes in the queue.
    pub(super) fn weight(&self) -> usize {
        let fact = |fact: &Fact| match fact {
            Fact::Seed(reveal) => {
                512 + reveal.record.prices.as_ref().map_or(0, |all| all.len() * 8)
            }
            _ => size_of::<Fact>(),
        };
        let inside = match self {
            Self::Facts { facts, .. } => facts.iter().map(fact).sum(),
            Self::Note { text, .. } | Self::Verdict { text, .. } => text.len(),
            Self::Raw { event, data, .. } => event.len() + data.len(),
        };
        size_of::<Self>() + inside
    }

    /// The time of the item.
    pub(super) const fn at(&self) -> Moment {
        match *self {
            Self::Facts { at, .. }
            | Self::Note { at, .. }
            | Self::Verdict { at, .. }
            | Self::Raw { at, .. } => at,
        }
    }

    /// Passes on its lines, each with whether a game begins with it.
    pub(super) fn lines(
        &self,
        mut each: impl FnMut(bool, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut line = Vec::with_capacity(128);
        match self {
            Self::Facts { at, closed, game, facts } => {
                let mut game = *game;
                for fact in facts {
                    line.clear();
                    if let Fact::Game { id, .. } = fact {
                        game = Some(*id);
                    }
                    if write_fact(&mut line, (*at, *closed), game, fact)? {
                        each(matches!(fact, Fact::Game { .. }), &line)?;
                    }
                }
                return Ok(());
            }
            Self::Note { at, text } => RecordLine::Note { note: text, at: *at }.write(&mut line)?,
            Self::Verdict { at, game, fair, text } => {
                RecordLine::Verdict { verdict: *game, fair: *fair, text, at: *at }
                    .write(&mut line)?;
            }
            Self::Raw { at, direction, event, data } => {
                let event = RawEvent { name: event, data };
                capture::write_event(&mut line, (*at, *direction), event)?;
            }
        }
        each(false, &line)
    }
}

/// Writes the line of a fact; false when the fact has none.
fn write_fact(
    line: &mut Vec<u8>,
    (at, closed): (Moment, bool),
    game: Option<GameId>,
    fact: &Fact,
) -> io::Result<bool> {
    let Some(game) = game.or(match fact {
        Fact::Seed(reveal) => Some(reveal.game_id),
        _ => None,
    }) else {
        let note = "a fact of an unnamed game";
        return RecordLine::Note { note, at }.write(line).map(|()| true);
    };
    match *fact {
        Fact::Countdown { .. } => return Ok(false),
        Fact::Game { id, ref seed_hash } => {
            let seed_hash = seed_hash.as_deref();
            RecordLine::Game { game: id, seed_hash, at }.write(line)?;
        }
        Fact::Presale { late } => {
            RecordLine::Presale { presale: game, at, late, closed }.write(line)?;
        }
        Fact::Tick { tick: t, price, late } => {
            RecordLine::Tick { tick: game, t, p: price.get(), at, late, closed }.write(line)?;
        }
        Fact::Rug { tick: t, price, late } => {
            RecordLine::Rug { rug: game, t, p: price.get(), at, late, closed }.write(line)?;
        }
        Fact::Void => RecordLine::Void { void: game, at }.write(line)?,
        Fact::Seed(ref reveal) => {
            let seed = serde_json::value::to_raw_value(reveal)?;
            RecordLine::Seed { seed: &seed, at }.write(line)?;
        }
    }
    Ok(true)
}
