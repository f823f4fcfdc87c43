//! The settings that a summary needs before the first game: the bots, the length of a life, the
//! number of games.

use serde::{Deserialize, Serialize};

use crate::engine::BotSpec;
use crate::model::expectation::Oracle;
use crate::model::quote::Tick;
use crate::model::setup::{Bankroll, Setup};
use crate::model::sol::Sol;

/// Most blocks that the units of a run are divided into.
pub const BLOCKS_MAX: usize = 1_024;

/// The settings known before the first game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the scenario, from which resampling draws.
    pub seed: u64,
    /// Games of the whole run, of which this may be a part; `None` where unknown before it ends.
    pub games: Option<u64>,
    /// Games per life; `None`: all games are one life.
    pub games_per_unit: Option<u64>,
    /// What a life starts with, in SOL.
    pub start: Sol,
    /// The smallest bet of the rules, in SOL: a life with less cash is ruined.
    pub min_bet: Sol,
    /// Shares of the bankroll, in billionths, below which falls are counted.
    pub below: Vec<u64>,
    /// Whether the spread of bankrolls by game of the life is kept.
    pub fan: bool,
    /// The games that the scenario's `sample` selects.
    pub sample: Option<SampleRule>,
    /// The bots, in the order of the scenario; those of one declaration are adjacent.
    pub bots: Vec<PlanEntry>,
}

/// A bot of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// Name of the bot.
    pub id: String,
    /// The name of its declaration, shared by all bots of a `count`.
    pub group: String,
    /// Name of the strategy.
    pub strategy: String,
    /// The figures that the law of the game predicts for it.
    pub oracles: Vec<Oracle>,
}

/// A selection of games by their length, which is unknown while they are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRule {
    /// Lowest rug tick; `None` for no bound.
    pub min_ticks: Option<Tick>,
    /// Highest rug tick; `None` for no bound.
    pub max_ticks: Option<Tick>,
}

impl Plan {
    /// The plan of a run of `games` games, where known, with this setup.
    #[must_use]
    pub fn new(scenario: &str, setup: &Setup, players: &[BotSpec], games: Option<u64>) -> Self {
        let entry = |player: &BotSpec| PlanEntry {
            id: player.id.to_string(),
            group: player.group.clone(),
            strategy: player.strategy.to_owned(),
            oracles: player.oracles(setup),
        };
        Self {
            scenario: scenario.to_owned(),
            seed: setup.seed,
            games,
            games_per_unit: match setup.bankroll {
                Bankroll::Compounding(_) => None,
                Bankroll::PerGame(_) | Bankroll::Lives { .. } => Some(setup.life_games()),
            },
            start: setup.bankroll.start(),
            min_bet: setup.rules.min_bet,
            below: Vec::new(),
            fan: false,
            sample: None,
            bots: players.iter().map(entry).collect(),
        }
    }

    /// The index of the life that a game belongs to, and whether it is the life's last game.
    pub(super) fn unit_of(&self, game: u64) -> (u64, bool) {
        match self.games_per_unit {
            Some(games) => (game / games, (game + 1).is_multiple_of(games)),
            None => (0, self.games == Some(game + 1)),
        }
    }
}

/// The bots of one declaration of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeclaredBot {
    pub(super) name: String,
    /// The index of the first of them.
    pub(super) first: usize,
    pub(super) count: usize,
    /// Whether it has a `count`, which may be 1: then its name is not that of a bot.
    counted: bool,
}

impl DeclaredBot {
    /// The indices of the bots.
    pub(super) const fn bots(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.count
    }

    /// Whether it is a bot of its own, declared without a `count`.
    pub(super) const fn is_alone(&self) -> bool {
        !self.counted
    }
}

/// The declarations of the scenario, in its order.
pub(super) fn declared(bots: &[PlanEntry]) -> Vec<DeclaredBot> {
    let mut declared: Vec<DeclaredBot> = Vec::new();
    for (first, bot) in bots.iter().enumerate() {
        match declared.last_mut() {
            Some(last) if last.name == bot.group => last.count += 1,
            _ => {
                let (name, counted) = (bot.group.clone(), bot.id != bot.group);
                declared.push(DeclaredBot { name, first, count: 1, counted });
            }
        }
    }
    declared
}
