//! Charts as data: what the scripts of a page draw, kept apart from how they draw it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::embed;

/// The charts of a page by the id of their element.
#[derive(Debug, Default)]
pub(super) struct Charts(BTreeMap<String, Chart>);

/// A chart.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Chart {
    /// Curves over a common axis.
    Lines(LineChart),
    /// A histogram.
    Bars(Bars),
    /// One game, tick by tick.
    Game(GameChart),
    /// The map of a sweep.
    Map(Map),
}

/// Curves over a common axis.
#[derive(Debug, Serialize)]
pub(super) struct LineChart {
    /// What is along the axis, in a word: `games`.
    pub x_name: &'static str,
    /// Where the points are.
    pub x: Vec<f64>,
    /// `SOL`, or `%` for shares from 0 to 1.
    pub unit: &'static str,
    /// Whether a value holds until the next one, instead of leading to it.
    pub steps: bool,
    /// The curves.
    pub series: Vec<Series>,
}

/// One curve.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    /// Whose.
    pub name: String,
    /// Which colour and dash: the place of the bot in the scenario.
    pub slot: usize,
    /// Whether it is drawn before anyone asks for it.
    pub shown: bool,
    /// One per point; amounts are decimal text, statistics numbers.
    pub y: Vec<ChartNumber>,
    /// Ends of a band around something, one per point; empty without.
    pub low: Vec<f64>,
    pub high: Vec<f64>,
}

/// A figure to draw.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum ChartNumber {
    /// An exact amount, as text.
    Exact(crate::model::sol::Sol),
    /// A statistic.
    Double(f64),
}

/// A histogram.
#[derive(Debug, Serialize)]
pub(super) struct Bars {
    /// Colour of the bars: the place of the bot in the scenario.
    pub slot: usize,
    /// The unit of the ends.
    pub unit: &'static str,
    /// What is counted, in a word: `games`.
    pub counted: &'static str,
    /// Lower end, upper end and count of each bar; `null` where a bar is open.
    pub bins: Vec<(Option<f64>, Option<f64>, u64)>,
    /// The mean, drawn as a line.
    pub mean: Option<f64>,
}

/// One game, tick by tick.
#[derive(Debug, Serialize)]
pub(super) struct GameChart {
    /// Ticks that are drawn.
    pub ticks: Vec<u32>,
    /// The price at each; `null` where it is not known.
    pub prices: Vec<Option<f64>>,
    /// Whether every tick is known, so that the prices make a line.
    pub whole: bool,
    /// The tick of the rug.
    pub rug: u32,
    /// Those who played, the one to begin with first.
    pub bots: Vec<GameBot>,
}

/// What a bot did in the game.
#[derive(Debug, Serialize)]
pub(super) struct GameBot {
    /// Whose.
    pub name: String,
    /// What it would have had at each tick that is drawn, in SOL; empty where prices are not known.
    pub worth: Vec<f64>,
    /// What it booked.
    pub events: Vec<ChartEvent>,
    /// Its sidebets.
    pub windows: Vec<Window>,
}

/// A posting, as a mark.
#[derive(Debug, Serialize)]
pub(super) struct ChartEvent {
    /// When.
    pub tick: u32,
    /// What.
    pub kind: String,
    /// At what price, as text.
    pub price: String,
    /// What was gained or paid, as text.
    pub delta: crate::model::sol::Sol,
}

/// A sidebet, from its stake to its end.
#[derive(Debug, Serialize)]
pub(super) struct Window {
    /// The tick of the stake.
    pub from: u32,
    /// The tick at which it was won or lost.
    pub to: u32,
    /// Which of the two.
    pub won: bool,
}

/// The map of a sweep: what its variants gained, by their values.
#[derive(Debug, Serialize)]
pub(super) struct Map {
    /// What was left open.
    pub dimensions: Vec<ChartDimension>,
    /// Of each variant, by its number: the place of its value in each dimension.
    pub variants: Vec<Vec<usize>>,
    /// What can be shown.
    pub measures: Vec<Measure>,
}

/// A choice of a sweep.
#[derive(Debug, Serialize)]
pub(super) struct ChartDimension {
    /// What it is of.
    pub name: String,
    /// Its values as written, in the order of the axis.
    pub values: Vec<String>,
}

/// A figure of every variant, with the ends of its interval; `null` where it cannot be said.
#[derive(Debug, Serialize)]
pub(super) struct Measure {
    /// Whose, and what.
    pub name: String,
    /// `SOL`, or `%` for shares.
    pub unit: &'static str,
    /// By the number of the variant.
    pub value: Vec<Option<f64>>,
    pub low: Vec<Option<f64>>,
    pub high: Vec<Option<f64>>,
}

impl Charts {
    /// Adds a chart for the element of an id.
    pub(super) fn add(&mut self, id: &str, chart: Chart) {
        let before = self.0.insert(id.to_owned(), chart);
        debug_assert!(before.is_none(), "two charts called {id}");
    }

    /// All of them, as JSON for a `script` element.
    pub(super) fn json(&self) -> String {
        embed::json(&self.0)
    }
}
