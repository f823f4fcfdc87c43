//! The report of an audit: a verdict on every bot, as text and as JSON.

use std::fmt;

use serde::{Serialize, Serializer};

use super::decisions::BotDecision;
use super::retelling::Retelling;
use crate::base::decimals::counted;
use crate::model::ids::{BotIndex, GameIndex};
use crate::model::quote::Tick;

/// The report of an audit.
#[derive(Debug, Serialize)]
pub struct AuditReport {
    /// Number of games that were compared.
    pub games: u64,
    /// Number of their ticks, including rugs, without presales.
    pub ticks: u64,
    /// The report on each bot, in the order of the scenario.
    pub bots: Vec<BotReport>,
}

impl AuditReport {
    /// Whether every bot decides by the past only.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.bots.iter().all(|bot| bot.verdict == AuditVerdict::PastOnly)
    }
}

/// The report on one bot.
#[derive(Debug, Serialize)]
pub struct BotReport {
    /// Name of the bot in the scenario.
    pub bot: String,
    /// Name of the bot's strategy.
    pub strategy: &'static str,
    /// What the bot decides by.
    pub verdict: AuditVerdict,
    /// Number of decisions in the unchanged games.
    pub decisions: u64,
    /// Number of cuts at which its decisions were compared: two per presale and active tick.
    pub cuts: u64,
    /// The first decision that proves the verdict.
    pub finding: Option<AuditFinding>,
    /// Minimum number of ticks that it must have known in advance.
    pub looks_ahead_ticks: Option<usize>,
}

/// What a bot decides by. Of several verdicts that apply, the first stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditVerdict {
    /// By something that differs when the same game is played again.
    NotRepeatable,
    /// By later ticks of the game.
    LooksAhead,
    /// By the identity of the game: it may know from elsewhere how it continues.
    KnowsTheGame,
    /// By past ticks and its own state only.
    PastOnly,
}

impl AuditVerdict {
    /// The verdict that follows from a difference in a retelling.
    pub(super) const fn of(retelling: Retelling) -> Self {
        match retelling {
            Retelling::Again => Self::NotRepeatable,
            Retelling::Rug | Retelling::Rise => Self::LooksAhead,
            Retelling::Renamed => Self::KnowsTheGame,
        }
    }
}

/// A decision that differs between the unchanged game and a retelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// The bot's place in the scenario.
    #[serde(skip)]
    pub bot: BotIndex,
    /// The game's place in the run.
    pub game: GameIndex,
    /// Name of the game.
    pub id: String,
    /// The tick of the decision; `None` is the presale.
    pub tick: Option<Tick>,
    /// The retelling in which the decision differs.
    pub retelling: Retelling,
    /// The bot's decision in the unchanged game.
    pub whole: Decision,
    /// The bot's decision in the retold game.
    pub retold: Decision,
}

impl AuditFinding {
    /// The position: the game, and the tick after its presale.
    pub(super) const fn at(&self) -> (GameIndex, Option<Tick>) {
        (self.game, self.tick)
    }
}

/// The decisions of a bot at a tick, with rejected orders.
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
    /// The verdict as one sentence.
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
                "NOT REPEATABLE: {place}, and {retold} when the same game was played again; it \
                 uses a clock, random numbers or state of its own and cannot be audited"
            ),
            Retelling::Rug | Retelling::Rise => {
                let next =
                    if *retelling == Retelling::Rug { "the rug came next" } else { "a rise came" };
                let ticks = self.looks_ahead_ticks.unwrap_or(1);
                write!(
                    f,
                    "LOOKS AHEAD: {place} on the whole game, and {retold} when it was cut after \
                     {when} and {next}; it knew {} or more in advance",
                    counted(ticks, "tick")
                )
            }
            Retelling::Renamed => write!(
                f,
                "KNOWS THE GAME: {place}, and {retold} on the same prices under another name, at \
                 another place of a run of another seed; it may know from elsewhere how the game \
                 continues"
            ),
        }
    }
}
