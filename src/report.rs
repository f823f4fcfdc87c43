//! What a run amounts to: exact sums per bot, and figures that do not flatter.

use serde::Serialize;

use crate::journal::{GameRecord, Row, RunDigest};
use crate::model::sol::Sol;

/// Fewest games whose average says anything; below, none is judged.
pub const GAMES_MIN: u64 = 30;

/// Standard errors from zero at which an average is called a gain or a loss.
const SURE: f64 = 2.0;

/// What a run amounts to.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's seed.
    pub seed: u64,
    /// Games played.
    pub games: u64,
    /// Ticks of these games, tick 0 and the rug counted, the presale not.
    pub ticks: u64,
    /// The digest of these games.
    pub digest: RunDigest,
    /// One entry per bot, in the order of the scenario.
    pub bots: Vec<BotSummary>,
    /// Bots that the scenario declared together, and what they did together.
    #[serde(skip)]
    pub groups: Vec<Group>,
}

/// Bots that the scenario declared together; a bot declared alone is a group of one.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name in the scenario.
    pub name: String,
    /// Its bots: the places of the first and of the one after the last.
    pub bots: (usize, usize),
    /// Their P&L together, per game: the game is the unit, because bots of one game share its luck.
    pub moments: Moments,
}

impl Summary {
    /// A summary of no games yet; `bots` gives each bot's group, name and strategy, groups
    /// together.
    #[must_use]
    pub fn new<'a>(
        scenario: &str,
        seed: u64,
        bots: impl IntoIterator<Item = (&'a str, &'a str, &'static str)>,
    ) -> Self {
        let mut summary = Self {
            scenario: scenario.to_owned(),
            seed,
            games: 0,
            ticks: 0,
            digest: RunDigest::default(),
            bots: Vec::new(),
            groups: Vec::new(),
        };
        for (place, (group, id, strategy)) in bots.into_iter().enumerate() {
            match summary.groups.last_mut() {
                Some(last) if last.name == group => last.bots.1 = place + 1,
                _ => summary.groups.push(Group {
                    name: group.to_owned(),
                    bots: (place, place + 1),
                    moments: Moments::default(),
                }),
            }
            summary.bots.push(BotSummary { id: id.to_owned(), strategy, ..Default::default() });
        }
        summary
    }

    /// Adds the next game of the run.
    pub fn add(&mut self, game: &GameRecord) {
        self.games += 1;
        self.ticks += u64::from(game.rug_tick) + 1;
        self.digest.add(game.index, game.digest);
        for (bot, row) in self.bots.iter_mut().zip(&game.rows) {
            bot.add(row);
        }
        for group in &mut self.groups {
            let rows = &game.rows[group.bots.0..group.bots.1];
            group.moments.add(rows.iter().map(|row| row.pnl.lamports()).sum());
        }
    }
}

/// Everything one bot did in a run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BotSummary {
    /// Its name.
    pub id: String,
    /// Its strategy.
    pub strategy: &'static str,
    /// Games played.
    pub games: u64,
    /// Buys filled.
    pub buys: u64,
    /// Sales filled.
    pub sells: u64,
    /// Sales above average cost.
    pub sells_won: u64,
    /// Holdings liquidated at a rug.
    pub liquidations: u64,
    /// Sidebets won.
    pub sidebets_won: u64,
    /// Sidebets lost.
    pub sidebets_lost: u64,
    /// Orders refused.
    pub refused: u64,
    /// SOL put into buys.
    pub bought: Sol,
    /// SOL put into sidebets.
    pub wagered: Sol,
    /// SOL gained.
    pub pnl: Sol,
    /// Mean SOL gained per game.
    pub pnl_per_game: f64,
    /// Standard error of that mean, games taken as independent; absent below two games.
    pub pnl_per_game_se: Option<f64>,
    /// SOL that the law of the game makes of this exposure on average.
    pub expected_pnl: f64,
    /// Deepest drawdown: of a single game with `PerGame`, of the whole life with `Compounding`.
    pub max_drawdown: Sol,
    /// Cash after the last game.
    pub final_cash: Sol,
    #[serde(skip)]
    moments: Moments,
}

/// Sums of a figure per game, exact in lamports, so that no order of adding changes them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    count: u64,
    sum: i128,
    squares: i128,
}

impl Moments {
    /// Adds one game's figure, in lamports.
    pub const fn add(&mut self, lamports: i128) {
        self.count += 1;
        self.sum += lamports;
        self.squares += lamports * lamports;
    }

    /// How many games were added.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Mean per game in SOL; zero of none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum as f64 / self.count as f64 * 1e-9 }
    }

    /// Standard error of the mean in SOL; `None` below two games.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn standard_error(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let n = self.count as f64;
        // n * sum of squares - square of the sum, in whole numbers: nothing cancels.
        let scaled = i128::from(self.count) * self.squares - self.sum * self.sum;
        Some((scaled as f64 / (n * (n - 1.0)) / n).sqrt() * 1e-9)
    }

    /// What the average says, in words that claim no more than it does.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match self.standard_error() {
            _ if self.count < GAMES_MIN => "too few games",
            None => "too few games",
            Some(0.0) if self.sum == 0 => "no stake",
            Some(error) if self.mean() > SURE * error => "gains",
            Some(error) if self.mean() < -SURE * error => "loses",
            Some(_) => "no edge shown",
        }
    }
}

impl BotSummary {
    fn add(&mut self, row: &Row) {
        let tally = &row.tally;
        self.games += 1;
        for (sum, count) in [
            (&mut self.buys, tally.buys),
            (&mut self.sells, tally.sells),
            (&mut self.sells_won, tally.sells_won),
            (&mut self.liquidations, tally.liquidations),
            (&mut self.sidebets_won, tally.sidebets_won),
            (&mut self.sidebets_lost, tally.sidebets_lost),
            (&mut self.refused, tally.refused),
        ] {
            *sum += u64::from(count);
        }
        for (sum, amount) in [
            (&mut self.bought, tally.bought),
            (&mut self.wagered, tally.wagered),
            (&mut self.pnl, row.pnl),
        ] {
            *sum = sum.plus(amount).expect("a run turns over less than 10^15 SOL");
        }
        self.moments.add(row.pnl.lamports());
        self.pnl_per_game = self.moments.mean();
        self.pnl_per_game_se = self.moments.standard_error();
        self.expected_pnl += tally.expected;
        self.max_drawdown = self.max_drawdown.max(row.max_drawdown);
        self.final_cash = row.cash;
    }
}
