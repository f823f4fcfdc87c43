//! What a summary has to know before the first game: who plays, how long a life is, how many games
//! there will be.

use serde::{Deserialize, Serialize};

use crate::engine::BotSpec;
use crate::model::expectation::Oracle;
use crate::model::quote::Tick;
use crate::model::setup::{Bankroll, Setup};
use crate::model::sol::Sol;

/// Most blocks that the units of a run are cut into.
pub const BLOCKS_MAX: usize = 1_024;

/// What is known before the first game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's seed, which the resampling draws from.
    pub seed: u64,
    /// Games of the whole run, of which a part may be summed here; `None` where nobody knows before it ends.
    pub games: Option<u64>,
    /// Games of a life; `None`: all games are one life.
    pub games_per_unit: Option<u64>,
    /// The smallest bet of the rules: with less cash a life is ruined.
    pub min_bet: Sol,
    /// Which games the scenario's `sample` asks for.
    pub sample: Option<SampleRule>,
    /// The bots, in the order of the scenario, those of a declaration together.
    pub bots: Vec<PlanEntry>,
}

/// A bot of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// Its name.
    pub id: String,
    /// The name of its declaration, shared by the bots of a `count`.
    pub group: String,
    /// Its strategy.
    pub strategy: String,
    /// What the law of the game says of its run.
    pub oracles: Vec<Oracle>,
}

/// Games chosen by their length, which nobody knows while they are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRule {
    /// Earliest tick of the rug.
    pub min_ticks: Option<Tick>,
    /// Latest tick of the rug.
    pub max_ticks: Option<Tick>,
}

impl Plan {
    /// The plan of a run of so many games, if anybody knows, at such a table.
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
            min_bet: setup.rules.min_bet,
            sample: None,
            bots: players.iter().map(entry).collect(),
        }
    }

    /// The life that a game is of, and whether it is the life's last game.
    pub(super) fn unit_of(&self, game: u64) -> (u64, bool) {
        match self.games_per_unit {
            Some(games) => (game / games, (game + 1).is_multiple_of(games)),
            None => (0, self.games == Some(game + 1)),
        }
    }
}

/// Bots that the scenario declared together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeclaredBot {
    pub(super) name: String,
    /// The place of the first of them.
    pub(super) first: usize,
    pub(super) count: usize,
}

impl DeclaredBot {
    /// The places of the bots.
    pub(super) const fn bots(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.count
    }

    pub(super) const fn is_alone(&self) -> bool {
        self.count == 1
    }
}

/// The declarations of the scenario, in its order.
pub(super) fn declared(bots: &[PlanEntry]) -> Vec<DeclaredBot> {
    let mut declared: Vec<DeclaredBot> = Vec::new();
    for (first, bot) in bots.iter().enumerate() {
        match declared.last_mut() {
            Some(last) if last.name == bot.group => last.count += 1,
            _ => declared.push(DeclaredBot { name: bot.group.clone(), first, count: 1 }),
        }
    }
    declared
}
