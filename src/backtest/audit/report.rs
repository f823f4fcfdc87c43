//! What an audit came to: a verdict on every bot, in words and for machines.

use std::fmt;

use serde::{Serialize, Serializer};

use super::decisions::BotDecision;
use super::retelling::Retelling;
use crate::model::quote::Tick;

/// What an audit came to.
#[derive(Debug, Serialize)]
pub struct AuditReport {
    /// Games compared.
    pub games: u64,
    /// Ticks of them, rugs included and presales not.
    pub ticks: u64,
    /// What was found of each bot, in the order of the scenario.
    pub bots: Vec<BotReport>,
}

impl AuditReport {
    /// True when no bot decides by more than the past.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.bots.iter().all(|bot| bot.verdict == AuditVerdict::PastOnly)
    }
}

/// What was found of a bot.
#[derive(Debug, Serialize)]
pub struct BotReport {
    /// Its name.
    pub bot: String,
    /// The name of its strategy.
    pub strategy: &'static str,
    /// What it decides by.
    pub verdict: AuditVerdict,
    /// Wishes on the whole games.
    pub decisions: u64,
    /// Cuts before which its decisions were compared: two for every presale and active tick.
    pub cuts: u64,
    /// The first decision that gave it away.
    pub finding: Option<AuditFinding>,
    /// Ticks that it must have known in advance, at least.
    pub looks_ahead_ticks: Option<usize>,
}

/// What a bot decides by. Of several that could be passed the first stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditVerdict {
    /// By something that differs when the very same game is told twice.
    NotRepeatable,
    /// By what comes later.
    LooksAhead,
    /// By which game it is: it may know from elsewhere how it goes on.
    KnowsTheGame,
    /// By what it was told.
    PastOnly,
}

impl AuditVerdict {
    /// What a difference at a retelling says.
    pub(super) const fn of(retelling: Retelling) -> Self {
        match retelling {
            Retelling::Again => Self::NotRepeatable,
            Retelling::Rug | Retelling::Rise => Self::LooksAhead,
            Retelling::Renamed => Self::KnowsTheGame,
        }
    }
}

/// A decision that differs between a game as it is and a retelling of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// The bot's place in the scenario.
    #[serde(skip)]
    pub bot: u32,
    /// The game's place in the run.
    pub game: u64,
    /// The game's name.
    pub id: String,
    /// The tick; `None` is the presale.
    pub tick: Option<Tick>,
    /// The retelling that it differs from.
    pub retelling: Retelling,
    /// What the bot decided on the whole game.
    pub whole: Decision,
    /// What it decided when the game was retold.
    pub retold: Decision,
}

impl AuditFinding {
    /// Where it is: the game, and the tick after its presale.
    pub(super) const fn at(&self) -> (u64, Option<Tick>) {
        (self.game, self.tick)
    }
}

/// What a bot decided at a tick, and what was refused to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision(pub(super) Vec<BotDecision>);

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (place, said) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            match said.rejection {
                None => write!(f, "{comma}{}", said.action)?,
                Some(why) => write!(f, "{comma}{} refused ({why})", said.action)?,
            }
        }
        Ok(())
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for BotReport {
    /// The verdict in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bot, strategy, decisions, cuts, .. } = self;
        let Some(AuditFinding { game, id, tick, retelling, whole, retold, .. }) = &self.finding
        else {
            return write!(
                f,
                "bot {bot} ({strategy}) decides by the past only ({decisions} decisions at {cuts} \
                 cuts compared)"
            );
        };
        let when = tick.map_or_else(|| "the presale".to_owned(), |tick| format!("tick {tick}"));
        let place = format!("bot {bot} ({strategy}), game {game} ({id}), {when}: decided {whole}");
        match retelling {
            Retelling::Again => write!(
                f,
                "NOT REPEATABLE: {place}, and {retold} when the very same game was told again; it \
                 uses a clock, chance or state of its own and cannot be audited"
            ),
            Retelling::Rug | Retelling::Rise => {
                let next =
                    if *retelling == Retelling::Rug { "the rug came next" } else { "a rise came" };
                let ticks = self.looks_ahead_ticks.unwrap_or(1);
                let s = if ticks == 1 { "" } else { "s" };
                write!(
                    f,
                    "LOOKS AHEAD: {place} on the whole game, and {retold} when it was cut after \
                     {when} and {next}; it knew {ticks} tick{s} or more in advance"
                )
            }
            Retelling::Renamed => write!(
                f,
                "KNOWS THE GAME: {place}, and {retold} on the same prices under another name, at \
                 another place of a run of another seed; it may know from elsewhere how the game \
                 goes on"
            ),
        }
    }
}
