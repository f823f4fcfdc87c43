//! The curves of a run: `curves.json`, so that a page can be drawn without reading rows again.

use serde::{Deserialize, Serialize};

use super::plan::DeclaredBot;
use super::sums::Sums;
use super::{Summary, sol};
use crate::analysis::stats::{Histogram, Ruined};
use crate::model::sol::Sol;

/// Number of bars of a histogram.
const BARS: usize = 42;

/// Most points of a curve of ruin.
const RUIN_POINTS_MAX: usize = 256;

/// The curves of all bots of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// Name of the scenario.
    pub scenario: String,
    /// Games played at each point of the curves over time, in order; the last is the whole run. A
    /// curve begins with zero at zero games, which is not one of the points. Without points for
    /// lives of several games, which begin with the same bankroll and do not add up to a curve:
    /// the fan of the bankroll says how they went.
    pub games: Vec<u64>,
    /// One entry per declaration of the scenario, in its order: a bot, or all bots of a `count`
    /// together.
    pub curves: Vec<Curve>,
}

/// The curves of one bot, or of the bots of one declaration together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The bot's name, or that of the declaration.
    pub id: String,
    /// P&L since the beginning of the run, at each point, in SOL.
    pub pnl: Vec<Sol>,
    /// Distance of the P&L below its highest point so far, at each point, in SOL; never negative.
    pub drawdown: Vec<Sol>,
    /// Histogram of the P&L of units, lowest first.
    pub units: Vec<Bin>,
    /// Histogram of the deepest drawdown of units, lowest first.
    pub drawdowns: Vec<Bin>,
    /// Share of lives ruined by games played, one point per change; empty for several bots
    /// together.
    pub ruin: Vec<RuinPoint>,
}

/// A bar of a histogram: the units from `low` (included) to `high` (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Lower end in SOL; `null` in the first bar, which has no lower bound.
    pub low: Option<f64>,
    /// Upper end in SOL; `null` in the last bar, which has no upper bound.
    pub high: Option<f64>,
    /// Number of units in the bar.
    pub units: u64,
}

/// Share of lives ruined after a number of games.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RuinPoint {
    /// Games played in the life.
    pub games: u64,
    /// Share of lives ruined by then, from 0 to 1.
    pub share: f64,
}

impl Summary {
    /// The curves of the games added.
    #[must_use]
    pub fn curves(&self) -> Curves {
        // Where this is a part of a run, its first game is not the run's.
        let before = self.next.unwrap_or(0) - self.games;
        let adds_up = self.plan.games_per_unit.is_none_or(|games| games == 1);
        let first = self.declared().next().filter(|_| adds_up);
        let lines = first.and_then(|(_, sums)| sums.lines.as_ref());
        let ends = lines.into_iter().flat_map(|lines| lines.pnl.ends());
        let curve = |declared: &DeclaredBot, sums: &Sums| {
            let lines = sums.lines.as_ref().filter(|_| adds_up);
            curve(&declared.name, sums, lines.map_or(&[], |lines| lines.pnl.figures()))
        };
        Curves {
            scenario: self.plan.scenario.clone(),
            games: ends.map(|end| (end - before).min(self.games)).collect(),
            curves: self.declared().map(|(declared, sums)| curve(declared, sums)).collect(),
        }
    }
}

/// The curve of one declaration, with the gains of neighbouring stretches of the run.
fn curve(id: &str, sums: &Sums, gains: &[i128]) -> Curve {
    let (mut now, mut peak) = (0, 0);
    let (mut pnl, mut drawdown) = (Vec::new(), Vec::new());
    for gain in gains {
        now += gain;
        peak = peak.max(now);
        pnl.push(sol(now));
        drawdown.push(sol(peak - now));
    }
    Curve {
        id: id.to_owned(),
        pnl,
        drawdown,
        units: bins(&sums.unit_pnl),
        drawdowns: bins(&sums.drawdowns),
        ruin: ruin(sums),
    }
}

/// Bars of equal width over the middle 98 % of the figures; the rest falls into the outer two bars.
/// Where the middle is a single figure, they are over all figures.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a figure to look at; a place among the bars"
)]
fn bins(figures: &Histogram) -> Vec<Bin> {
    let between = |share: f64| Some((figures.quantile(share)?, figures.quantile(1.0 - share)?));
    let (Some(middle), Some(all)) = (between(0.01), between(0.0)) else { return Vec::new() };
    let (low, high) = if middle.0 < middle.1 { middle } else { all };
    if high <= low {
        return vec![Bin { low: None, high: None, units: figures.count() }];
    }
    let width = (high - low) / (BARS - 2) as f64;
    let edge = |place: usize| (low + place as f64 * width) * 1e-9;
    let mut bars: Vec<Bin> = (0..BARS)
        .map(|place| Bin {
            low: (place > 0).then(|| edge(place - 1)),
            high: (place + 1 < BARS).then(|| edge(place)),
            units: 0,
        })
        .collect();
    for (figure, units) in figures.bars() {
        // Below the first edge is negative, which the cast turns into zero.
        let place = ((figure - low) / width + 1.0).floor() as usize;
        bars[place.min(BARS - 1)].units += units;
    }
    bars
}

/// The share of lives ruined by games played, thinned to at most [`RUIN_POINTS_MAX`] points.
#[expect(clippy::cast_precision_loss, reason = "a share")]
fn ruin(sums: &Sums) -> Vec<RuinPoint> {
    let lives = sums.ruin.lives() as f64;
    let point = |at: Ruined| RuinPoint { games: at.games, share: at.lives as f64 / lives };
    let all: Vec<RuinPoint> = sums.ruin.curve().map(point).collect();
    let every = all.len().div_ceil(RUIN_POINTS_MAX).max(1);
    let last = all.len().wrapping_sub(1);
    let kept = all.iter().enumerate().filter(|&(at, _)| at % every == 0 || at == last);
    kept.map(|(_, &point)| point).collect()
}
