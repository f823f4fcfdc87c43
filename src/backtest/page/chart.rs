//! The data of charts, which the scripts of a page draw.

use std::collections::BTreeMap;

use serde::Serialize;

use super::embed;

/// The charts of a page, by the id of their element.
#[derive(Debug, Default)]
pub(super) struct Charts(BTreeMap<String, Chart>);

/// The data of one chart.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Chart {
    /// Curves over a common axis.
    Lines(LineChart),
    /// A histogram of P&L.
    Bars(Bars),
    /// One game, tick by tick.
    Game(GameChart),
    /// The map of a sweep.
    Map(Map),
}

/// Curves over a common axis.
#[derive(Debug, Serialize)]
pub(super) struct LineChart {
    /// The quantity on the axis, in a word: `games`.
    pub x_name: &'static str,
    /// The positions of the points.
    pub x: Vec<f64>,
    /// `SOL`, or `%` for shares from 0 to 1.
    pub unit: &'static str,
    /// Whether a value holds until the next one, instead of being connected to it.
    pub steps: bool,
    /// The curves, in the order of the legend.
    pub series: Vec<Series>,
}

/// One curve of a line chart.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    /// Name of the bot.
    pub name: String,
    /// Index of the colour and dash: the place of the bot in the scenario.
    pub slot: usize,
    /// Whether it is shown at first.
    pub shown: bool,
    /// One value per point; amounts are decimal strings, statistics numbers.
    pub y: Vec<ChartNumber>,
    /// Lower ends of a band, one per point; empty without a band.
    pub low: Vec<f64>,
    pub high: Vec<f64>,
}

/// A number in a chart.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum ChartNumber {
    /// An exact amount, as a string.
    Exact(crate::model::sol::Sol),
    /// A statistic, as a double.
    Double(f64),
}

/// A histogram of one bot.
#[derive(Debug, Serialize)]
pub(super) struct Bars {
    /// Index of the colour: the place of the bot in the scenario.
    pub slot: usize,
    /// The unit of the bins' ends.
    pub unit: &'static str,
    /// What is counted, in a word: `games`.
    pub counted: &'static str,
    /// Lower end, upper end and count of each bin; `null` where a bin is open.
    pub bins: Vec<(Option<f64>, Option<f64>, u64)>,
    /// The mean, drawn as a line.
    pub mean: Option<f64>,
}

/// One game, tick by tick.
#[derive(Debug, Serialize)]
pub(super) struct GameChart {
    /// The ticks to draw.
    pub ticks: Vec<u32>,
    /// The price at each tick; `null` where it is unknown.
    pub prices: Vec<Option<f64>>,
    /// Whether every tick is known, so that the prices form a line.
    pub whole: bool,
    /// The tick of the rug.
    pub rug: u32,
    /// The bots that played, first the one to show at first.
    pub bots: Vec<GameBot>,
}

/// What a bot did in the game.
#[derive(Debug, Serialize)]
pub(super) struct GameBot {
    /// Name of the bot.
    pub name: String,
    /// The bot's worth at each tick if it had sold then, in SOL; empty where prices are unknown.
    pub worth: Vec<f64>,
    /// The postings of the bot.
    pub events: Vec<ChartEvent>,
    /// The sidebets of the bot.
    pub windows: Vec<Window>,
}

/// A posting, as a mark.
#[derive(Debug, Serialize)]
pub(super) struct ChartEvent {
    /// Tick of the posting.
    pub tick: u32,
    /// Kind of the posting, as in the journal.
    pub kind: String,
    /// Price of the posting, as a decimal string.
    pub price: String,
    /// Gain or cost in SOL, as a decimal string.
    pub delta: crate::model::sol::Sol,
}

/// A sidebet, from its stake to its end.
#[derive(Debug, Serialize)]
pub(super) struct Window {
    /// The tick of the stake.
    pub from: u32,
    /// The tick at which it was won or lost.
    pub to: u32,
    /// Whether it was won.
    pub won: bool,
}

/// The map of a sweep: what its variants gained, by their values.
#[derive(Debug, Serialize)]
pub(super) struct Map {
    /// The choices of the sweep.
    pub dimensions: Vec<ChartDimension>,
    /// For each variant, by number: the index of its value in each dimension.
    pub variants: Vec<Vec<usize>>,
    /// The figures that can be shown.
    pub measures: Vec<Measure>,
}

/// A choice of a sweep.
#[derive(Debug, Serialize)]
pub(super) struct ChartDimension {
    /// Name of the choice.
    pub name: String,
    /// Values as written, in the order of the axis.
    pub values: Vec<String>,
}

/// A figure of every variant, with the ends of its interval; `null` where there is none.
#[derive(Debug, Serialize)]
pub(super) struct Measure {
    /// The bot and the figure.
    pub name: String,
    /// `SOL`, or `%` for shares.
    pub unit: &'static str,
    /// The values, by number of the variant.
    pub value: Vec<Option<f64>>,
    /// Number of the variant that the sweep calls the best, if it is one of this bot.
    pub best: Option<u64>,
    pub low: Vec<Option<f64>>,
    pub high: Vec<Option<f64>>,
}

impl Charts {
    /// Adds a chart for the element of an id.
    pub(super) fn add(&mut self, id: &str, chart: Chart) {
        let before = self.0.insert(id.to_owned(), chart);
        debug_assert!(before.is_none(), "two charts called {id}");
    }

    /// All charts, as JSON for a `script` element.
    pub(super) fn json(&self) -> String {
        embed::json(&self.0)
    }
}
